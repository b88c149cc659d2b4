#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Applies a series in the browser, and kills it at random moments of that.

usage: applied.py PORE [RUNS]

What is left must be the repository as it was, byte for byte, or all of the new branch; and nothing is left of the
killed runs when the next one has come to its end. RUNS is 20 if it is not said.
"""
import fcntl
import glob
import hashlib
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

PATCHES = 8
TRIES = 400
SCREEN = struct.pack("HHHH", 30, 120, 0, 0)


def fail(text):
    sys.exit(f"FAIL: {text}")


class Yard:
    """A folder with a repository that somebody works in, and an archive of a series for it."""

    def __init__(self, pore):
        self.pore = os.path.abspath(pore)
        self.folder = tempfile.mkdtemp(prefix="pore-applied-")
        for name in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = os.path.join(self.folder, name.lower())
        os.environ["TERM"] = "xterm-256color"
        os.environ["GIT_CONFIG_GLOBAL"] = os.environ["GIT_CONFIG_SYSTEM"] = "/dev/null"
        for role in ("AUTHOR", "COMMITTER"):
            os.environ[f"GIT_{role}_NAME"] = "Ann Example"
            os.environ[f"GIT_{role}_EMAIL"] = "ann@example.org"
        self.repository = os.path.join(self.folder, "code")
        self.archive = os.path.join(self.folder, "list.git")
        self.make_topic()
        self.dirty()

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repository, *words], check=True, stdout=subprocess.PIPE,
                              text=True).stdout.strip()

    def write(self, name, text):
        with open(os.path.join(self.repository, name), "w") as file:
            file.write(text)

    def make_topic(self):
        os.mkdir(self.repository)
        self.git("init", "-q", "-b", "master")
        for number in range(PATCHES):
            self.write(f"file{number}", "".join(f"line {line}\n" for line in range(50)))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "begin")
        for number in range(PATCHES):
            self.write(f"file{number}", "".join(f"line {line}\n" for line in range(50) if line != 20))
            self.git("commit", "-q", "-a", "-m", f"file{number}: remove a line")
        mails = os.path.join(self.folder, "mails")
        self.git("format-patch", "-q", "--thread=shallow", "-o", mails, f"HEAD~{PATCHES}")
        subprocess.run([self.pore, "import", self.archive, *sorted(glob.glob(f"{mails}/*"))], check=True,
                       stdout=subprocess.DEVNULL)
        self.tree = self.git("rev-parse", "HEAD^{tree}")
        self.git("reset", "-q", "--hard", f"HEAD~{PATCHES}")

    def dirty(self):
        self.write("file0", "somebody works on it\n")
        self.write("file1", "and has staged that\n")
        self.git("add", "file1")
        self.write("untracked", "and not this\n")

    def listing(self):
        """All there is. Git may date objects anew that are there."""
        entries = {}
        for folder, folders, files in os.walk(self.repository):
            for name in folders + files:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                dated = name in folders or "/objects/" not in path
                text = b"" if name in folders else open(path, "rb").read()
                entries[path] = (status.st_mode, dated and status.st_mtime_ns, hashlib.sha256(text).hexdigest())
        return entries

    def branches(self):
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/").split()

    def folders(self):
        return glob.glob(os.path.join(os.environ["XDG_CACHE_HOME"], "pore", "applying", "*"))

    def wait_for_git(self):
        """Waits until no git works in what is left of a run."""
        for _ in range(TRIES):
            if not any(b"git" in line and self.folder.encode() in line for line in commands()):
                return
            time.sleep(0.05)
        fail("git does not end")


def commands():
    """The command lines of all processes; some end meanwhile."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                yield file.read()
        except OSError:
            pass


class Browser:
    def __init__(self, yard):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execv(yard.pore, [yard.pore, "-F", "/dev/null", "-e", f"set repo={yard.repository}", yard.archive])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, SCREEN)
        self.wait_for(rb"file0: remove a line")

    def press(self, keys):
        os.write(self.terminal, keys)

    def wait_for(self, pattern):
        seen = b""
        while select.select([self.terminal], [], [], 20)[0]:
            try:
                seen += os.read(self.terminal, 1 << 16)
            except OSError:
                break
            if re.search(pattern, re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\(B", b"", seen)):
                return
        fail(f"the browser does not show {pattern!r}: {seen[-2000:]!r}")

    def kill(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def apply(yard):
    """Once without being killed. Returns how long that took."""
    browser = Browser(yard)
    browser.press(b"A")
    browser.wait_for(rb"to branch: ")
    begun = time.monotonic()
    browser.press(b"\r")
    browser.wait_for(rb"Applied %d patches to branch" % PATCHES)
    seconds = time.monotonic() - begun
    browser.kill()
    return seconds


def check(yard, before):
    """True if the branch was made."""
    made = set(yard.branches()) - {"master"}
    if not made:
        after = yard.listing()
        for path in sorted(set(before) | set(after)):
            if before.get(path) != after.get(path):
                fail(f"{path}: {before.get(path)} has become {after.get(path)}")
        return False
    branch = made.pop()
    if yard.git("rev-parse", f"{branch}^{{tree}}") != yard.tree:
        fail(f"the branch {branch} has not all patches")
    yard.git("branch", "-q", "-D", branch)
    yard.git("fsck", "--strict", "--no-dangling")
    return True


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    runs = int(sys.argv[2]) if len(sys.argv) == 3 else 20
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    random.seed(seed)
    yard = Yard(sys.argv[1])
    made = 0
    try:
        seconds = apply(yard)
        if not check(yard, yard.listing()):
            fail("there is no branch")
        for _ in range(runs):
            before = yard.listing()
            browser = Browser(yard)
            browser.press(b"A")
            browser.wait_for(rb"to branch: ")
            browser.press(b"\r")
            time.sleep(random.random() * seconds * 1.2)
            browser.kill()
            yard.wait_for_git()
            made += check(yard, before)
        apply(yard)
        if yard.folders():
            fail(f"something is left of killed runs: {yard.folders()}")
    except SystemExit as end:
        sys.exit(f"{end} (SEED={seed})")
    finally:
        shutil.rmtree(yard.folder, ignore_errors=True)
    print(f"{runs} runs killed, {made} of them too late; SEED={seed}")


if __name__ == "__main__":
    main()
