#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills pore at random moments and looks at what is left.

usage: killed.py PORE [RUNS]

Each run marks series, in the browser or by a command, imports marks, reads a history into the index, or syncs a mirror,
and is ended by SIGKILL. Then every mark that the screen showed must be there, of what one command was to mark all or
nothing, what the index says must be what the archive says, and the mirror must be readable and come up to date. RUNS is
30 if it is not said.
"""
import datetime
import fcntl
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

sys.dont_write_bytecode = True  # the source folder may be read-only
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench"))
from generate import List

MAILS = 3000
GROWTH = 60
TRIES = 200
SERIES = 20
IMPORTED = 2000
LETTERS = {"reviewed": b"r", "later": b"l", "ignored": b"D"}
FORMAT = 'set index_format="[%z] %i" index_format_wide="[%z] %i"'
SCREEN = struct.pack("HHHH", 30, 100, 0, 0)


def fail(text):
    sys.exit(f"FAIL: {text}")


class Yard:
    """A folder with an archive, a mirror of it, and caches and state of its own."""

    def __init__(self, pore):
        self.pore = os.path.abspath(pore)
        self.folder = tempfile.mkdtemp(prefix="pore-killed-")
        for name in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = os.path.join(self.folder, name.lower())
        os.environ["TERM"] = "xterm-256color"
        self.archive = os.path.join(self.folder, "list.git")
        self.mirror = os.path.join(self.folder, "mirror.git")
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=master", self.archive], check=True)
        self.list = List(0, None)
        self.grow(MAILS)
        self.say("sync", self.mirror, "file://" + self.archive)

    def grow(self, mails):
        """Adds mails to the archive."""
        importer = subprocess.Popen(["git", "-C", self.archive, "fast-import", "--quiet", "--force"],
                                    stdin=subprocess.PIPE)
        self.list.mails = self.list.written + mails
        self.list.out = importer.stdin
        if self.list.written:
            importer.stdin.write(b"reset refs/heads/master\nfrom refs/heads/master^0\n\n")
        self.list.make()
        importer.stdin.close()
        if importer.wait() != 0:
            fail("git fast-import")

    def say(self, *words):
        """What pore prints; it must succeed."""
        done = subprocess.run([self.pore, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            fail(f"pore {' '.join(words)}: status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def forget_index(self):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


def kill_after(words, seconds):
    """Runs WORDS, so long at most. Did that succeed?"""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return process.returncode == 0


class Marking:
    """Marks one series after the other in the browser, and remembers what was shown."""

    def __init__(self, yard):
        self.yard = yard
        self.shown = {}
        self.kept = set()

    def run(self, seconds):
        ids = list(self.marks())
        first = random.randrange(max(1, len(ids) - 30))
        process, terminal = pty.fork()
        if process == 0:
            os.execv(self.yard.pore, [self.yard.pore, "-F", "/dev/null", "-e", FORMAT, "-n", "200", self.yard.archive])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, SCREEN)
        self.wait_for(terminal, rb"\[Series", 20)
        shown = self.mark_rows(terminal, ids[first:first + 30], seconds)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
        self.shown = shown

    def marks(self):
        """What is said of each series that the browser lists. A mark may be that of an older posting."""
        rows = self.yard.say("list", "--history", "-n", "200", self.yard.archive).splitlines()
        return {fields[4]: fields[1] for fields in (row.split("\t") for row in rows)}

    def mark_rows(self, terminal, ids, count):
        """Marks some of IDS, one after the other. A mark that the row shows counts as shown."""
        shown = {}
        for message_id in ids[:max(1, int(count * 30))]:
            state = random.choice(list(LETTERS))
            named = re.escape(message_id).encode()
            os.write(terminal, b":limit ~i %b\r" % named)
            self.until_shown(terminal, rb"\] %b" % named)
            os.write(terminal, b":mark %b\r" % state.encode())
            self.until_shown(terminal, rb"\[%b\] %b" % (LETTERS[state], named))
            shown[message_id] = state
        for message_id in ids[-2:]:
            os.write(terminal, b":limit ~i %b\r:mark later\r" % re.escape(message_id).encode())
            shown.pop(message_id, None)
        return shown

    def until_shown(self, terminal, row):
        """Has the screen drawn anew until ROW is on it."""
        for _ in range(TRIES):
            os.write(terminal, b":refresh\r")
            if self.wait_for(terminal, rb"---pore: .*---", 20, row):
                return
            select.select([terminal], [], [], 0.1)
        fail(f"the browser does not show {row!r}")

    @staticmethod
    def wait_for(terminal, pattern, seconds, wanted=None):
        """Waits until PATTERN has come; was WANTED there then?"""
        seen = b""
        while select.select([terminal], [], [], seconds)[0]:
            try:
                seen += os.read(terminal, 1 << 16)
            except OSError:
                break
            plain = re.sub(rb"\x1b\[[0-9;]*m|\x1b\(B", b"", seen)
            if re.search(pattern, plain):
                return wanted is None or re.search(wanted, plain) is not None
        fail("the browser does not answer")

    def check(self):
        marks = self.marks()
        for message_id, state in self.shown.items():
            if not marks[message_id].startswith(state):
                fail(f"{message_id} was shown as {state} and is {marks[message_id]}")
        exported = self.yard.say("marks", "export")
        kept = set(re.findall(r"^<([^>]*)> (?:reviewed|later|ignored|unreviewed) ", exported, re.M))
        if not self.kept <= kept:
            fail(f"marks are lost: {self.kept - kept}")
        self.kept = kept


class Commanding:
    """Gives many series a note by one command."""

    def __init__(self, yard):
        self.yard = yard
        self.number = 0
        self.done = False

    def run(self, seconds):
        rows = self.yard.say("list", "-n", "1000", self.yard.archive).splitlines()
        ids = [row.split("\t")[4] for row in rows]
        self.number += 1
        self.done = kill_after([self.yard.pore, "mark", self.yard.archive, f"note=Run {self.number}",
                                *random.sample(ids, SERIES)], seconds)

    def check(self):
        noted = len(re.findall(rf"> note \S+ Run {self.number}$", self.yard.say("marks", "export"), re.M))
        if noted != SERIES and (noted != 0 or self.done):
            fail(f"{noted} of {SERIES} series have their note")


class Importing:
    """Imports marks on the same made-up series again and again, always later ones."""

    def __init__(self, yard):
        self.yard = yard
        self.file = os.path.join(yard.folder, "marks")
        self.stamp = ""
        self.done = False

    def run(self, seconds):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.stamp = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with open(self.file, "w") as file:
            for number in range(IMPORTED):
                file.write(f"<{number}@import.example.org> {random.choice(list(LETTERS))} {self.stamp}\n")
        self.done = kill_after([self.yard.pore, "marks", "import", self.file], seconds)

    def check(self):
        taken = self.count()
        if taken != IMPORTED and (taken != 0 or self.done):
            fail(f"{taken} of {IMPORTED} marks are imported")
        self.yard.say("marks", "import", self.file)
        if self.count() != IMPORTED:
            fail("marks cannot be imported after a kill")

    def count(self):
        return len(re.findall(rf"@import\.example\.org> \S+ {self.stamp}$", self.yard.say("marks", "export"), re.M))


class Indexing:
    def __init__(self, yard):
        self.yard = yard

    def run(self, seconds):
        if random.random() < 0.3:
            self.yard.forget_index()
        kill_after([self.yard.pore, "list", "--history", "-n", "300", self.yard.archive], seconds)

    def check(self):
        everything = set(self.states("--all"))
        past = random.randrange(MAILS - 200)
        for words in ("-n", "300"), (f"HEAD~{past + 100}..HEAD~{past}",):
            for line in self.states("--history", *words):
                if line not in everything:
                    fail(f"with the index: {line!r}, which reading everything does not say")

    def states(self, *words):
        """State, have and total and Message-ID of what is listed."""
        for line in self.yard.say("list", "--all-states", self.yard.archive, *words).splitlines():
            fields = line.split("\t")
            yield fields[0], fields[2], fields[3], fields[4]


class Syncing:
    def __init__(self, yard):
        self.yard = yard

    def run(self, seconds):
        self.yard.grow(GROWTH)
        kill_after([self.yard.pore, "sync", self.yard.mirror], seconds)

    def check(self):
        self.yard.say("list", "-n", "10", self.yard.mirror)
        self.yard.say("sync", self.yard.mirror)
        if self.yard.say("mails", "-n", "1", self.yard.mirror) != self.yard.say("mails", "-n", "1", self.yard.archive):
            fail("the mirror does not come up to date")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    runs = int(sys.argv[2]) if len(sys.argv) == 3 else 30
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    random.seed(seed)
    yard = Yard(sys.argv[1])
    try:
        activities = [Marking(yard), Indexing(yard), Commanding(yard), Syncing(yard), Importing(yard)]
        for number in range(runs):
            activity = activities[number % len(activities)]
            activity.run(random.random() ** 2 * 0.5)
            activity.check()
    except SystemExit as end:
        sys.exit(f"{end} (SEED={seed})")
    finally:
        shutil.rmtree(yard.folder, ignore_errors=True)
    print(f"{runs} runs killed; SEED={seed}")


if __name__ == "__main__":
    main()
