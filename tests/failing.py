#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes each system call and each allocation of pore fail once, and looks at what comes of it.

usage: failing.py PORE LIBRARY [FAULTS]

Each scenario runs once as it should, and what it calls is remembered: a system call with what it is about, such as
"history write cache/pore/#.index", or the innermost callers of an allocation. Then it runs again and again, and each
time one of them fails. LIBRARY (tests/failing.c) does that.

The run has to end, by an exit status of its own and with one line of what went wrong, or with the output of ever. What
it leaves must be what there was before or what was to be made, and the same command has to come to the right end
without the fault. Where there is no memory GLib ends the program: then the same holds for what is left.

FAULTS is how many faults of each scenario are tried, each of another kind, or "all"; if it is not said two, the same
in each run, and of allocations few. SEED says which, SCENARIO and ONLY take those that match a regular expression;
VERBOSE=1 says what came of each.
"""
import array
import collections
import difflib
import errno
import fcntl
import os
import pty
import random
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios

SECONDS = 30  # nothing is quiet for so long, unless it hangs
SCREEN = struct.pack("HHHH", 30, 110, 0, 0)
NOTIF_RECV, NOTIF_SEND, CONTINUE = 0xC0502100, 0xC0182101, 1

# What may go wrong with which call.
FILES = "ENOENT EACCES EIO"
ERRORS = {
    "openat": "ENOENT EACCES EMFILE EINTR EIO", "open": "ENOENT EACCES EMFILE EINTR EIO",
    "read": "EIO EINTR", "pread64": "EIO EINTR", "getdents64": "EIO", "readlink": FILES, "readlinkat": FILES,
    "write": "ENOSPC EIO EINTR EPIPE", "writev": "ENOSPC EIO EINTR", "pwrite64": "ENOSPC EIO EINTR",
    "close": "EIO", "fsync": "EIO ENOSPC", "fdatasync": "EIO", "ftruncate": "EIO ENOSPC",
    "fallocate": "ENOSPC EOPNOTSUPP",
    "lseek": "EIO", "fcntl": "ENOLCK EIO EINTR", "flock": "ENOLCK EINTR", "ioctl": "EIO ENOTTY EINTR",
    "mmap": "ENOMEM EACCES", "mremap": "ENOMEM", "mprotect": "ENOMEM", "brk": "",
    "statx": FILES, "newfstatat": FILES, "stat": FILES, "lstat": FILES, "fstat": "EIO",
    "statfs": "EIO", "fstatfs": "EIO",
    "access": FILES, "faccessat": FILES, "faccessat2": FILES, "getcwd": "ENOENT", "chdir": FILES, "fchdir": "EIO",
    "mkdir": "ENOSPC EACCES", "mkdirat": "ENOSPC EACCES", "rmdir": "EIO",
    "unlink": "EIO EACCES", "unlinkat": "EIO EACCES",
    "link": "EIO EPERM", "linkat": "EIO EPERM", "symlink": "EIO", "symlinkat": "EIO",
    "rename": "EIO ENOSPC", "renameat": "EIO ENOSPC", "renameat2": "EIO ENOSPC",
    "chmod": "EPERM", "fchmod": "EPERM", "fchmodat": "EPERM", "fchown": "EPERM", "utimensat": "EPERM",
    "execve": "EACCES ENOENT ENOMEM", "clone": "EAGAIN", "clone3": "EAGAIN", "fork": "EAGAIN", "vfork": "EAGAIN",
    "wait4": "ECHILD EINTR", "waitid": "ECHILD EINTR", "kill": "ESRCH", "pipe": "EMFILE", "pipe2": "EMFILE",
    "dup": "EMFILE", "dup2": "EINTR", "dup3": "EINTR", "eventfd2": "EMFILE", "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM", "socket": "EMFILE EACCES", "connect": "ECONNREFUSED EINTR", "socketpair": "EMFILE",
    "getrandom": "EINTR ENOSYS", "sysinfo": "EPERM", "setpgid": "EPERM", "sched_getaffinity": "EINVAL",
    "setpriority": "EPERM", "pidfd_open": "EMFILE ENOSYS", "close_range": "ENOSYS", "memfd_create": "EMFILE",
    "inotify_init1": "EMFILE", "inotify_add_watch": "ENOSPC",
}
# Where their path is, or their file.
PATHS = {name: 0 for name in "open stat lstat access mkdir rmdir unlink link rename symlink readlink chmod execve "
         "chdir statfs".split()}
PATHS.update({name: 1 for name in "openat newfstatat statx faccessat faccessat2 mkdirat unlinkat linkat readlinkat "
              "renameat renameat2 fchmodat utimensat inotify_add_watch".split()})
FDS = {name: 0 for name in "read pread64 write pwrite64 writev close fsync fdatasync ftruncate fallocate lseek fcntl "
       "flock ioctl getdents64 fstat fstatfs fchmod fchown dup dup2 dup3 connect fchdir".split()}
FDS["mmap"] = 4

# Of some calls nothing can come of a failure, or nothing but what a real kernel would never do. They are not made to
# fail, each for its reason.
SPARED = (
    # A real close() closes, whatever it says: this one would leave a pipe open, and the reader of it wait.
    r"close (pipe|socket|anon_inode|/dev)",
    # GLib wakes its loops so, does not look whether it could, and waits for ever.
    r"write anon_inode",
    # There is nowhere to say it.
    r"write stderr",
    # The C library's own, and what it cannot have it does without, or ends.
    r"/usr/lib/locale|/gconv|/usr/share/locale|/etc/(localtime|ld\.so)|/usr/share/zoneinfo",
    r"(mprotect|munmap) ",
)

# Neither is there anything to be done about libgit2 1.5, which forgets a lock where it has no memory for the reference,
# and frees what it never allocated where it has none for the text of an error or a reference's name; and the locale is
# the C library's.
SPARED_PLACES = (r" \S*:setlocale\+|git_reference__alloc\+.*git_reference_create_matching|:git_error_set\+|"
                 r":git_refspec_transform\+")


def fail(text):
    sys.exit(f"FAIL: {text}")


class Spared(Exception):
    """Seccomp is not to be had."""


Result = collections.namedtuple("Result", "status out err terminal modes_kept failed")


class Yard:
    """A folder with archives, a repository, marks and an index; kept as they were, and a copy to work in."""

    def __init__(self, pore, library):
        self.pore, self.library = os.path.abspath(pore), os.path.abspath(library)
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="pore-failing-"))
        self.folder = os.path.join(self.top, "live")
        self.demo = os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo")
        os.mkdir(self.folder)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": f"{self.folder}/home", "TMPDIR": f"{self.folder}/tmp", "TZ": "UTC",
            "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null", "G_SLICE": "always-malloc",
        }
        for name in ("CACHE", "STATE", "CONFIG"):
            self.environment[f"XDG_{name}_HOME"] = f"{self.folder}/{name.lower()}"
        for role in ("AUTHOR", "COMMITTER"):
            self.environment.update({f"GIT_{role}_NAME": "Ann Example", f"GIT_{role}_EMAIL": "ann@example.org",
                                     f"GIT_{role}_DATE": "2026-11-01T10:00:00Z"})
        self.fill()
        shutil.move(self.folder, f"{self.top}/kept")
        self.restore(True)

    def restore(self, warm):
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run(["cp", "-a", f"{self.top}/kept", self.folder], check=True)
        if not warm:
            shutil.rmtree(f"{self.folder}/cache")

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def must(self, *words):
        result = self.run(words)
        if result.status != 0:
            fail(f"pore {' '.join(words)}: {result.err}")

    def fill(self):
        for name in ("home", "tmp", "config"):
            os.mkdir(os.path.join(self.folder, name))
        boxes = sorted(os.path.join(self.demo, name) for name in os.listdir(self.demo) if name.endswith(".mbox"))
        self.must("import", "upstream.git", *boxes[:2])
        self.must("sync", "mirror.git", f"file://{self.folder}/upstream.git")
        self.must("import", "upstream.git", *boxes[2:3])
        self.must("import", "demo.git", *boxes[:2], *boxes[3:])
        shutil.copy(boxes[0], os.path.join(self.folder, "more.mbox"))
        shutil.copy(boxes[2], os.path.join(self.folder, "few.mbox"))
        self.git("init", "-q", "-b", "master", "code")
        for number in range(3):
            for name in "ab":
                self.write(f"code/{name}", "".join(f"line {line}\n" for line in range(30) if line != number * 10))
            self.git("-C", "code", "add", "-A")
            self.git("-C", "code", "commit", "-q", "-m", f"lines: remove the {number}th")
        self.git("-C", "code", "format-patch", "-q", "--thread=shallow", "--base=HEAD~2", "-o", f"{self.folder}/mails",
                 "HEAD~2")
        self.git("-C", "code", "reset", "-q", "--hard", "HEAD~2")
        self.must("import", "topic.git", *(f"mails/{name}" for name in sorted(os.listdir(f"{self.folder}/mails"))))
        self.must("mark", "demo.git", "later", LAMP)
        self.must("list", "--history", "demo.git")
        self.must("list", "--history", "topic.git")
        stamp = "2026-11-20T10:00:00.000000Z"
        self.write("exported", f"<{PULSE}> reviewed {stamp}\n<{QUEUE}> later {stamp}\n")
        self.write("editor", "#!/bin/sh\necho Good. >>\"$1\"\n", 0o755)
        self.write("send", f"#!/bin/sh\ncat >{self.folder}/sent\n", 0o755)
        for name, script in SCRIPTS.items():
            self.write(name, script)

    def run(self, words, faults=None, places=None, terminal=False):
        """Runs pore; FAULTS is who is asked about its calls, PLACES are variables for LIBRARY."""
        return Run(self, words, faults, places, terminal).result


class Run:
    """One run of pore, until it ends."""

    def __init__(self, yard, words, faults, places, terminal):
        self.yard, self.faults = yard, faults
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.screen, self.listener, self.ours, self.poll = b"", None, set(), select.poll()
        self.master, slave = pty.openpty() if terminal else (None, None)
        environment, theirs = dict(yard.environment), None
        if faults or places:
            environment["LD_PRELOAD"] = yard.library
        environment.update(places or {})
        if faults:
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            environment.update({"FAILING_CALLS": ",".join(faults.calls), "FAILING_SOCKET": str(theirs.fileno())})
        before = None
        if terminal:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, SCREEN)
            before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            [yard.pore, *words], cwd=yard.folder, env=environment, stdin=slave if terminal else subprocess.DEVNULL,
            stdout=slave if terminal else self.out, stderr=self.err, pass_fds=[theirs.fileno()] if theirs else [],
            start_new_session=True, preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if terminal else None)
        if faults:
            theirs.close()
            self.listen(mine)
        self.wait()
        after = termios.tcgetattr(slave) if terminal else None
        if terminal:
            os.close(self.master)
            os.close(slave)
        self.result = Result(self.status, self.text(self.out), self.text(self.err), self.screen, before == after,
                             faults.failed if faults else None)

    @staticmethod
    def text(file):
        file.seek(0)
        return file.read().decode(errors="replace")

    def listen(self, mine):
        text, listeners, _, _ = socket.recv_fds(mine, 8192, 1)
        mine.close()
        if not listeners:
            self.process.wait()
            raise Spared()
        self.listener = listeners[0]
        self.names = {int(number): name for name, number in (word.split("=") for word in text.decode().split())}

    def wait(self):
        ended = os.pidfd_open(self.process.pid)
        for file in (ended, self.listener, self.master):
            if file is not None:
                self.poll.register(file, select.POLLIN)
        self.status, typed = None, False
        while self.status is None:
            events = self.poll.poll(SECONDS * 1000)
            if not events and self.master is not None and not typed:
                # A line of the script may have been the answer to a question that did not come.
                os.write(self.master, b"\x07\x07:quit\r")
                typed = True
            elif not events:
                os.killpg(self.process.pid, 9)
                self.process.wait()
                self.status = "hangs"
                break
            for file, event in events:
                self.heed(file, event, ended)
        while self.master is not None and select.select([self.master], [], [], 0)[0]:
            if not self.heed(self.master, select.POLLIN, ended):
                break
        os.close(ended)
        if self.listener is not None:
            os.close(self.listener)

    def heed(self, file, event, ended):
        if file == self.master:
            try:
                self.screen += os.read(file, 1 << 16)
            except OSError:
                return False
        elif file == ended:
            self.status = self.process.wait()
        elif event & select.POLLIN:
            self.answer()
        else:
            self.poll.unregister(file)
        return True

    def answer(self):
        request = array.array("B", bytes(80))
        try:
            fcntl.ioctl(self.listener, NOTIF_RECV, request)
            call = struct.unpack("=QIIiIQ6Q", request)
            error = self.faults.error(self.kind(call[1], self.names[call[3]], call[6:]))
            reply = struct.pack("=QqiI", call[0], -1 if error else 0, -error, 0 if error else CONTINUE)
            fcntl.ioctl(self.listener, NOTIF_SEND, array.array("B", reply))
        except FileNotFoundError:
            pass  # it has ended, or a signal has come meanwhile

    def kind(self, thread, name, arguments):
        """What is called and with what, the same in each run, or None if it is not pore's."""
        try:
            ours = thread in self.ours or os.readlink(f"/proc/{thread}/exe") == self.yard.pore
            if not ours:
                return None
            who = "child"
            if os.path.exists(f"/proc/{self.process.pid}/task/{thread}"):
                self.ours.add(thread)
                with open(f"/proc/{thread}/comm") as file:
                    who = file.read().strip()
            return f"{who} {name} {self.plain(self.object(thread, name, arguments))}"
        except OSError:
            return None

    def object(self, thread, name, arguments):
        if name in PATHS:
            with open(f"/proc/{thread}/mem", "rb", 0) as memory:
                memory.seek(arguments[PATHS[name]])
                path = memory.read(1024).split(b"\0")[0].decode(errors="replace")
            if name == "openat":
                return ("w " if arguments[2] & 3 else "r ") + path
            return path
        if name in FDS:
            file = struct.unpack("i", struct.pack("I", arguments[FDS[name]] & 0xFFFFFFFF))[0]
            if file < 0:
                return "anonymous"
            if file < 3:
                return ("stdin", "stdout", "stderr")[file]
            path = os.readlink(f"/proc/{thread}/fd/{file}")
            return f"{path} {arguments[1]:#x}" if name in ("ioctl", "fcntl") else path
        return ""

    def plain(self, path):
        path = path.replace(self.yard.folder + "/", "").replace(self.yard.top, "TOP")
        path = re.sub(r"^(pipe|socket|anon_inode):.*", r"\1", path)
        path = re.sub(r"(?<![a-z])[0-9a-f]{2}/[0-9a-f]{38}|[0-9a-f]{12,}", "#", path)
        path = re.sub(r"[._-][A-Za-z0-9]{6}(?![A-Za-z0-9])(?=[^/]*$)|\d{2,}", "#", path)
        return path


class Faults:
    """What is asked about each call: remembers them all, or has one fail."""

    def __init__(self, calls, kind=None, number=0, error=0):
        self.calls, self.kind, self.number, self.code = calls, kind, number, error
        self.seen = collections.Counter()
        self.failed = False

    def error(self, kind):
        if kind is None:
            return 0
        self.seen[kind] += 1
        if kind != self.kind or self.seen[kind] != self.number:
            return 0
        self.failed = True
        return self.code


PULSE = "20261105-pulse-timeout-v2-0-5e90c2d7a113@example.com"
QUEUE = "20261119141109.12-1-yusuf.adeyemi@example.com"
LAMP = "20261119184200.75-1-oskar.lind@example.net"

BROWSE = ["-F", "/dev/null", "-e", "set nowait_key nobeep from=\"Mia <mia@example.org>\""]
SCRIPTS = {
    "looking": """:limit ~f yusuf
:search pulse
:write-screen index.screen
:limit ~i 20261105-pulse-timeout
:display-message
:write-screen series.screen
:display-message
:write-screen pager.screen
:exit
:compare-versions
:write-screen compare.screen
:exit
:exit
:digest
:write-screen digest.screen
:exit
:quit
""",
    "doing": """:limit ~i 20261105-pulse-timeout
:mark reviewed
:save-message saved.mbox
:pipe-message cat >piped
:fetch-mail
:write-screen index.screen
:quit
""",
    "answering": """:set editor=./editor sendmail=./send
:limit ~i 20261105-pulse-timeout
:reply
s
:write-screen index.screen
:quit
""",
    "applying": """:set repo=code
:apply-series topic
:write-screen index.screen
:quit
""",
}


class Scenario:
    """A command, and what tells that it has done its work: probes, and files that it makes."""

    def __init__(self, name, words, warm=True, terminal=False, files=(), probes=(), once=False):
        self.name, self.words, self.warm, self.terminal = name, words, warm, terminal
        self.files, self.probes, self.once = files, probes, once

    def restore(self, yard):
        """What only reads leaves no more than an index."""
        if self.probes or self.files:
            yard.restore(self.warm)
        elif not self.warm:
            shutil.rmtree(f"{yard.folder}/cache", ignore_errors=True)

    def run(self, yard, faults=None, places=None):
        return yard.run(self.words, faults, places, self.terminal)

    def state(self, yard):
        """What can be seen from outside."""
        found = []
        for words in self.probes:
            if words[0] == "git":
                done = subprocess.run(words, cwd=yard.folder, env=yard.environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
                found.append((done.returncode, done.stdout))
            else:
                result = yard.run(words)
                stamped = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "WHEN", result.out)
                found.append((result.status, stamped, result.err))
        return found

    def made(self, yard):
        texts = {}
        for name in self.files:
            try:
                with open(os.path.join(yard.folder, name), errors="replace") as file:
                    texts[name] = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z|(Date|Message-ID): .*", "WHEN", file.read())
            except OSError:
                texts[name] = None
        return texts


def listing(yard):
    """The names of all files but git's objects, what belongs to a database, and drafts, which are kept on purpose."""
    names = set()
    for folder, _, files in os.walk(yard.folder):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), yard.folder)
            if not re.search(r"/objects/|\.index(-wal|-shm|-journal)?$|marks\.sqlite-|logs/|/drafts/|\.screen$", path):
                names.add(path)
    return names


MARKS = ("marks", "export")


def fsck(repository):
    return ("git", "-C", repository, "fsck", "--strict", "--no-dangling")


LIST_NEW = (("list", "--all", "--all-states", "demo.git"), MARKS)
SCENARIOS = [
    Scenario("list cold", ["list", "--all", "demo.git"], warm=False),
    Scenario("list warm", ["list", "-n", "20", "--history", "demo.git"]),
    Scenario("history cold", ["list", "-n", "20", "--history", "demo.git"], warm=False),
    Scenario("mails", ["mails", "--all", "demo.git"], warm=False),
    Scenario("stats", ["stats", "--all", "demo.git"]),
    Scenario("digest", ["digest", "--all", "demo.git"]),
    Scenario("show", ["show", "demo.git", PULSE]),
    Scenario("show series", ["show", "--series", "--raw", "demo.git", PULSE], warm=False),
    Scenario("diff", ["diff", "demo.git", PULSE]),
    Scenario("am", ["am", "topic.git", "ID"]),
    Scenario("mark", ["mark", "demo.git", "reviewed", PULSE, QUEUE], probes=LIST_NEW),
    Scenario("marks export", ["marks", "export", "marks.out"], files=("marks.out",), probes=(MARKS,)),
    Scenario("marks import", ["marks", "import", "exported"], probes=(MARKS,)),
    Scenario("marks same", ["marks", "same", PULSE, QUEUE], probes=(MARKS,)),
    Scenario("import new", ["import", "new.git", "few.mbox", "more.mbox"],
             probes=(("mails", "--all", "new.git"), fsck("new.git"))),
    Scenario("import grown", ["import", "demo.git", "few.mbox"],
             probes=(("mails", "--all", "demo.git"), fsck("demo.git"))),
    Scenario("withdraw", ["import", "--withdraw", LAMP, "demo.git"], once=True,
             probes=(("mails", "--all", "demo.git"),)),
    Scenario("sync new", ["sync", "new.git", "file://FOLDER/upstream.git"],
             probes=(("mails", "--all", "new.git"), fsck("new.git"))),
    Scenario("sync grown", ["sync", "mirror.git"],
             probes=(("mails", "--all", "mirror.git"), fsck("mirror.git"))),
    Scenario("browser looks", [*BROWSE, "--script", "looking", "--all", "demo.git"], terminal=True,
             files=("index.screen", "series.screen", "pager.screen", "compare.screen", "digest.screen")),
    Scenario("browser does", [*BROWSE, "--script", "doing", "demo.git"], warm=False, terminal=True, once=True,
             files=("saved.mbox", "piped", "index.screen"), probes=LIST_NEW),
    Scenario("browser answers", [*BROWSE, "--script", "answering", "demo.git"], terminal=True,
             files=("sent", "index.screen"), probes=(MARKS,)),
    Scenario("browser applies", [*BROWSE, "--script", "applying", "topic.git"], terminal=True, once=True,
             files=("index.screen",),
             probes=(("git", "-C", "code", "log", "--format=%T %s", "--branches"),
                     ("git", "-C", "code", "status", "--short"), fsck("code"))),
]

# What could not be removed is left, and what is in a folder that could not be opened to be removed.
KEEPS = (r" (unlink|rmdir|newfstatat (?!.*/)|fcntl \S* 0x[23]|"
         r"openat r (hooks|info|branches|refs|heads|tags|objects|pack)\b)")
# Where a question does not come up, the key that answers it opens a prompt, which keeps what is entered.
PROMPTED = {"state/pore/history"}
# What a library says, and ends.
LIBRARIES = r'pore|"\?", line 0, col 0: Out of memory$|crash '
# Where a small sample takes allocations from, too; not libgit2's, which has ways of its own to crash.
SAMPLED = ("list warm", "mark", "marks import", "browser looks")

NO_MEMORY = re.compile(r"^crash |failed to allocate|creating thread|Cannot allocate memory|out of memory", re.I | re.M)


class Sweep:
    """All faults of one scenario."""

    def __init__(self, yard, scenario):
        self.yard, self.scenario = yard, scenario
        self.findings = []
        yard.restore(scenario.warm)
        self.before = scenario.state(yard)
        yard.restore(scenario.warm)
        self.good = scenario.run(yard)
        if self.good.status != 0 or self.good.err and not scenario.name == "am":
            fail(f"{scenario.name}: {self.good.status} {self.good.err}")
        self.made = scenario.made(yard)
        self.after = scenario.state(yard)
        self.names = listing(yard)
        self.scenario.restore(yard)

    def calls(self):
        """Each call that it makes, and how often."""
        faults = Faults(ERRORS)
        self.scenario.run(self.yard, faults=faults)
        self.scenario.restore(self.yard)
        return faults.seen

    def call_faults(self):
        for kind, count in sorted(self.calls().items()):
            if any(re.search(pattern, kind) for pattern in SPARED):
                continue
            name = next(word for word in kind.split(" ") if word in ERRORS)
            # Memory of no file is refused for want of memory alone.
            codes = ["ENOMEM"] if kind.endswith("mmap anonymous") else ERRORS[name].split()
            for number in sorted({1, (count + 1) // 2, count}):
                for code in codes:
                    yield (kind, number, code)

    def places(self):
        file = os.path.join(self.yard.top, "places")
        if os.path.exists(file):
            os.unlink(file)
        self.scenario.run(self.yard, places={"FAILING_PLACES": file})
        self.scenario.restore(self.yard)
        with open(file) as lines:
            for line in lines:
                place, whose, callers = line.rstrip("\n").split(" ", 2)
                if not re.search(SPARED_PLACES, f" {callers}"):
                    yield place, whose_is(whose, callers), callers

    def try_call(self, kind, number, code):
        name = next(word for word in kind.split(" ") if word in ERRORS)
        faults = Faults([name], kind, number, getattr(errno, code))
        result = self.scenario.run(self.yard, faults=faults)
        what = f"{kind}, the {number}th: {code}"
        if faults.failed:
            self.judge(what, result, code == "ENOMEM" or name.startswith("clone"))
        self.scenario.restore(self.yard)
        return faults.failed

    def try_place(self, place, whose, callers):
        result = self.scenario.run(self.yard, places={"FAILING_PLACE": place})
        may_abort = whose == "glib" or crashes_itself(callers, result.err)
        self.judge(f"allocation {place} {whose} {callers}", result, may_abort)
        self.scenario.restore(self.yard)

    def judge(self, what, result, may_abort):
        wrong = []
        # A reader that has gone is no fault, and wants nothing more.
        self.judge_end(result, may_abort, wrong, gone=" stdout," in what and what.endswith("EPIPE"))
        state = self.scenario.state(self.yard)
        if state != self.before and state != self.after:
            wrong.append(f"ends with {result.status}: {result.err.strip()}; is left: {difference(self.after, state)}")
        if not (self.scenario.once and state == self.after):
            again = self.scenario.run(self.yard)
            if again.status != 0 or again.err != self.good.err:
                wrong.append(f"the next run: {again.status} {again.err.strip()}")
            elif again.out != self.good.out and not self.scenario.probes:
                wrong.append(f"the next run prints: {difference(self.good.out, again.out)}")
            elif self.scenario.state(self.yard) != self.after:
                wrong.append(f"after the next run: {difference(self.after, self.scenario.state(self.yard))}")
            extra = listing(self.yard) - self.names - (PROMPTED if self.scenario.terminal else set())
            if died(result):  # as after a kill
                extra = {name for name in extra if ".import-" not in name}
            if extra and not re.search(KEEPS, what):
                wrong.append(f"in the way: {sorted(extra)}")
        if os.environ.get("VERBOSE"):
            print(f"{self.scenario.name}: {what}: {result.status} {result.err.strip()}")
        for text in wrong:
            self.findings.append((what, text))
            print(f"FAIL: {self.scenario.name}: {what}: {text}", flush=True)

    def judge_end(self, result, may_abort, wrong, gone):
        lines = result.err.splitlines()
        # A script says each of its lines that could not be done.
        others = [line for line in lines if not re.match(r"pore: \w+:\d+: ", line)]
        if died(result) and not (may_abort and result.status in (-5, -6, -11) and NO_MEMORY.search(result.err)):
            wrong.append(f"ends by {result.status}: {result.err.strip()}")
        if not died(result) and [line for line in lines if not re.match(LIBRARIES, line)]:
            wrong.append(f"says: {result.err.strip()}")
        elif not died(result) and result.status not in (0, 1, 2):
            wrong.append(f"ends with {result.status}")
        elif not died(result) and result.status != 0 and (not lines or len(others) > 3 or not lines[0].strip()):
            wrong.append(f"ends with {result.status}, and says {len(lines)} lines: {result.err.strip()}")
        elif result.status == 0 and not lines and not self.scenario.terminal:
            if result.out != self.good.out and not gone:
                wrong.append(f"says nothing and prints: {difference(self.good.out, result.out)}")
        if result.status == 0 and not lines and self.scenario.made(self.yard) != self.made:
            if not (self.scenario.terminal and self.shown(result.terminal)):
                wrong.append(f"says nothing and makes: {difference(self.made, self.scenario.made(self.yard))}")
        if self.scenario.terminal:
            self.judge_terminal(result, wrong)

    def shown(self, terminal):
        plain = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\(B", b"", terminal).decode(errors="replace")
        return re.search(r"[Cc]ould not|[Cc]annot|No such file|Permission|Input/output|Too many|No space|denied|"
                         r"temporarily|memory|interrupted|failed|Broken|Nothing was|not read|, not its base|"
                         r"not a git repository|The history: ", plain)

    @staticmethod
    def judge_terminal(result, wrong):
        if not result.modes_kept:
            wrong.append("the terminal's modes are not put back")
        if result.terminal.rfind(b"\x1b[?1049h") > result.terminal.rfind(b"\x1b[?1049l"):
            wrong.append("the terminal's other screen is left open")


def died(result):
    return result.status == "hangs" or result.status < 0


def crashes_itself(callers, text):
    """Has a library crashed in the very call from pore that needed the memory? There is nothing to be done then."""
    def call(line):
        words = line.split(" ")
        while words and words[0].startswith(("crash", "failing", "libc.so")):
            words.pop(0)
        return not words[0].startswith("pore") and next((word for word in words if word.startswith("pore")), None)
    crash = next((line for line in text.splitlines() if line.startswith("crash ")), None)
    return crash is not None and call(crash) and call(crash) == call(callers)


def whose_is(whose, callers):
    """The C library allocates for GLib, too."""
    first = next((word for word in callers.split(" ") if not word.startswith("libc.so")), "")
    return "glib" if first.startswith("libglib") and ":g_try_" not in callers.split(" ")[0] else whose


def difference(wanted, got):
    lines = [repr(value).replace("\\n", "\n").splitlines() for value in (wanted, got)]
    return "\n".join(list(difflib.unified_diff(*lines, "wanted", "got", n=0, lineterm=""))[:12])


def few(faults, count):
    """Of each kind one, as far as they go; of GLib's allocations, which all come to the same, one in twenty."""
    random.shuffle(faults)
    kinds = {fault[0]: (attempt, fault) for attempt, fault in faults if "glib" not in fault or random.random() < 0.05}
    return random.sample(list(kinds.values()), min(count, len(kinds)))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.split("\n\n")[1])
    count = sys.argv[3] if len(sys.argv) == 4 else "some"
    seed = int(os.environ.get("SEED", 1 if count == "some" else random.randrange(1 << 30)))
    random.seed(seed)
    only = os.environ.get("ONLY", "")
    yard = Yard(sys.argv[1], sys.argv[2])
    runs, findings, tried = 0, 0, collections.Counter()
    try:
        topic = yard.run(["list", "--all", "topic.git"]).out.split("\t")[4]
        for scenario in SCENARIOS:
            scenario.words = [topic if word == "ID" else word.replace("FOLDER", yard.folder) for word in scenario.words]
            if not re.search(os.environ.get("SCENARIO", ""), scenario.name):
                continue
            sweep = Sweep(yard, scenario)
            faults = [(sweep.try_call, fault) for fault in sweep.call_faults()]
            if count != "some" or scenario.name in SAMPLED:
                faults += [(sweep.try_place, place) for place in sweep.places()]
            faults = [(attempt, fault) for attempt, fault in faults
                      if re.search(only, f"{attempt.__name__} {' '.join(map(str, fault))}")]
            total = len(faults)
            if count == "some":
                faults = few([fault for fault in faults if not "libgit2" in str(fault[1][2])], 2)
            elif count != "all":
                faults = few(faults, int(count))
            for attempt, fault in faults:
                attempt(*fault)
                runs += 1
            findings += len(sweep.findings)
            print(f"{scenario.name}: {len(faults)} faults of {total}, {len(sweep.findings)} findings", flush=True)
    except Spared:
        print("the kernel lets nobody filter system calls here")
        sys.exit(77)
    finally:
        shutil.rmtree(yard.top, ignore_errors=True)
    print(f"{runs} faults, {findings} findings; SEED={seed}")
    sys.exit(findings != 0)


if __name__ == "__main__":
    main()
