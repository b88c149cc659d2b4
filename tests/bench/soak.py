#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An hour with one browser, in which nothing may grow that need not and no key may be lost.

usage: soak.py [--minutes=60] [--seed=N] [--range=--all] [--later=4000] PORE ARCHIVE

The browser reads a copy of ARCHIVE whose newest mails have not come yet. Keys are pressed at random (browsing.py),
while mails arrive, git packs and another pore sets marks (meanwhile.py). The same seed presses the same keys, but what
they meet depends on time.

A key is answered when one pressed behind it, in the same write, has drawn the screen anew. What it took is from the
write until then; the table says how long the main thread computed in this time and how long it waited for a
processor, for on a loaded machine the rest is not the browser's.

Memory is compared in one state, which is come back to again and again: the index without limit, folded, in
the order of arrival, the screen of one size, all read, nothing running. "held" is memory that is no file's, "between"
the most of it since the row above. malloc keeps much of what was freed, each thread's apart, so that what is held grows
to what the work has once needed, and by steps; "in use" is what has not been freed, as malloc itself says when gdb asks
it ("-": there is no gdb, or a sanitizer's malloc). Memory is flat if from the median of the middle third to that of the
last, beside MAIL bytes for each mail that came, what is in use grows by no more than IN_USE_SLACK, and what is held by
no more than HELD_SLACK. A mail takes 600 bytes of the model, and each reading of what is new 12 KB, whether it brings
one mail or hundreds. The slack is for what the keys leave: marks, notes, steps to be undone, lines of prompts, the pieces
of packs that were looked at, what was found out about series that were opened. A leak of 500 bytes a key is above it.
Another browser that is started at the end shows what the state takes by itself.

Exit status 1 if there was a finding.
"""
import argparse
import glob
import os
import re
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import time

from archive import Archive
from browsing import BURST, Reader
from meanwhile import Growing, Meanwhile
from measure import Home, run
from screen import COLUMNS, ROWS
from terminal import Browser, Silence, Terminal

MAIL = 3000  # bytes: they are added six at a time
IN_USE_SLACK, HELD_SLACK = 8e6, 32e6
SAMPLES = 12  # in an hour; fewer in less than a quarter of one
LONGEST = 0.5  # seconds that a key may take of the main thread
PROMPT = b"the shell waits> "
# As Browser's, but what may be cut off comes last.
STATUS = re.compile(r"\[(\d+) of (\d+)\] <(.*?)> \{(.*)")
SETTINGS = ['set status_format="[%v of %t] <%R> {%V}"', "set wait_key=no", "set print_command='cat >/dev/null'",
            "set editor=true", "bind index q noop", "bind index x noop", "bind generic Q noop", "bind generic ! noop",
            "bind generic | noop", "bind generic p noop", 'macro editor ^L "<abort-line><refresh>"']


class Ended(Exception):
    """The browser has, and nobody asked it to."""


class Soaked(Browser):
    """pore as a job of a shell, as a user has it, which can be suspended; its standard error is a file."""

    def __init__(self, pore, arguments, home):
        self.errors = os.path.join(home.folder, "errors")
        self.size = ROWS, COLUMNS
        self.tail, self.away = b"", True
        self.environment = dict(home.environment, HOME=home.folder)
        Terminal.__init__(self, ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"],
                         dict(self.environment, PS1=PROMPT.decode()))
        self.shell = self.process
        self.until_sent(PROMPT)
        command = [pore, "--config=/dev/null", "--no-system-rc", *(f"--execute={line}" for line in SETTINGS),
                   *arguments]
        self.press(f"cd {shlex.quote(home.folder)}; stty -echo\n".encode())
        self.until_sent(PROMPT)
        self.start_job(f"{shlex.join(command)} 2>{shlex.quote(self.errors)}")
        self.until(self.full)
        with open(f"/proc/{self.shell}/task/{self.shell}/children") as children:
            self.process = int(children.read().split()[0])

    @classmethod
    def status(cls, screen):
        match = STATUS.match(screen.line(-2))
        return match and (int(match[1]), int(match[2]), match[4].rstrip("}"), match[3])

    def start_job(self, line):
        self.press(line.encode() + b"\n")
        self.tail, self.away = b"", False

    def receive(self, seconds):
        data, arrived = super().receive(seconds)
        if data:
            self.tail = (self.tail + data)[-1000:]
            if not self.away and PROMPT in self.tail:
                self.away = True
                raise Ended(f"pore has ended: {self.tail!r} {self.complaints()}")
        return data, arrived

    def check(self):
        """What may never be."""
        if os.path.getsize(self.errors):
            raise Silence("on standard error:\n" + self.complaints())
        if "assertion" in self.screen.line(-1) or "CRITICAL" in self.screen.line(-1):
            raise Silence("on the message line: " + self.screen.line(-1))

    def complaints(self):
        with open(self.errors, errors="replace") as errors:
            return errors.read()[:20000]

    def at_size(self, rows, columns):
        if self.size != (rows, columns):
            self.resize(rows, columns)
            self.size = rows, columns
            self.take(0.1)

    def shown(self):
        return "\n".join(map(self.screen.line, range(self.screen.rows)))

    def suspend(self, seconds):
        self.away = True
        self.press(b"\x1a")
        self.until_sent(PROMPT, 20)
        self.take(seconds)
        # Keys that had not been read when pore stopped are the shell's now: it takes them for a command.
        self.press(b"\n")
        self.until_sent(PROMPT, 20)
        self.start_job("fg")
        self.quiet(0.3)

    def quit(self):
        """Did it end as it should?"""
        self.away = True
        self.press(b":quit\r")
        self.until_sent(PROMPT)
        self.press(b"echo status $?\n")
        self.until_sent(PROMPT)
        good = b"status 0" in self.tail and not self.complaints()
        self.abandon()
        return good

    def abandon(self):
        os.close(self.terminal)  # hangs up
        os.waitpid(self.shell, 0)

    # --- what the kernel says of it

    def schedule(self):
        """Seconds that the main thread computed and that it waited for a processor."""
        with open(f"/proc/{self.process}/schedstat") as stat:
            return tuple(int(field) / 1e9 for field in stat.read().split()[:2])

    def memory(self):
        """Bytes: of no file, and its share of all."""
        with open(f"/proc/{self.process}/smaps_rollup") as rollup:
            fields = {line.split()[0]: int(line.split()[1]) * 1024 for line in rollup if line.endswith("kB\n")}
        return fields["Anonymous:"], fields["Pss:"]

    def in_use(self):
        """Bytes that were allocated and not freed; None if nobody says."""
        path = os.path.join(os.path.dirname(self.errors), "malloc")
        calls = f'set $out = (void *)fopen("{path}", "w")', "call (int)malloc_info(0, $out)", "call (int)fclose($out)"
        if shutil.which("gdb"):
            subprocess.run(["gdb", "-batch", "-p", str(self.process), *(f"-ex={call}" for call in calls)],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not os.path.exists(path):
            return None
        with open(path) as info:
            totals = info.read().rpartition("</heap>")[2]
        found = re.findall(r'type="(fast|rest|mmap|current)".* size="(\d+)"', totals)
        sizes = {kind: int(size) for kind, size in found}
        return sizes["current"] + sizes["mmap"] - sizes["fast"] - sizes["rest"] if "current" in sizes else None

    def descriptors(self):
        """How many are open, and how many of them are files that were removed."""
        folder = f"/proc/{self.process}/fd"
        targets = [os.readlink(os.path.join(folder, name)) for name in os.listdir(folder)]
        return len(targets), sum(target.endswith("(deleted)") for target in targets)

    def threads(self):
        return len(os.listdir(f"/proc/{self.process}/task"))


class Record:
    """What was measured in the state that is come back to."""

    def __init__(self, reader, growing):
        self.reader, self.growing = reader, growing
        self.start = time.monotonic()
        self.rows, self.peak = [], 0
        names = "   min     keys   mails repacks in use MB  held MB  between    Pss  files removed threads   load"
        print(names, flush=True)

    def come_back(self):
        """To the state in which memory is compared."""
        browser, reader = self.reader.browser, self.reader
        reader.doing = "coming back"
        reader.home()
        for line in ("set collapse_all pager_index_lines=0 nohide_done noarrow_cursor help", "sort-mailbox arrival",
                     "limit all", "untag-pattern ~A", "collapse-all fold", "first-entry", "sync-mailbox"):
            reader.command(line)
            browser.settle()
        browser.take(16)  # GLib keeps threads of its pools for 15 seconds

    def take(self):
        self.come_back()
        browser = self.reader.browser
        private, share = browser.memory()
        in_use = browser.in_use()
        minutes = (time.monotonic() - self.start) / 60
        files, removed = browser.descriptors()
        self.rows.append((in_use, private, self.growing.mails, files, browser.threads()))
        print(f"{minutes:6.1f} {self.reader.keys:8} {self.growing.mails:7} {self.growing.packings:7} "
              f"{'-' if in_use is None else round(in_use / 1e6, 1):>9} {private / 1e6:8.1f} {self.peak / 1e6:8.1f} "
              f"{share / 1e6:6.1f} {files:6} {removed:7} {browser.threads():7} {os.getloadavg()[0]:6.1f}", flush=True)
        self.peak = 0

    def grown(self, column):
        """Bytes beside what came with mails, from the middle third to the last; 0 where they are not known."""
        third = max(len(self.rows) // 3, 1)
        beside = [row[column] - MAIL * row[2] for row in self.rows if row[column]]
        return statistics.median(beside[-third:]) - statistics.median(beside[third:-third] or beside) if beside else 0

    def findings(self):
        files, threads = [row[3] for row in self.rows], [row[4] for row in self.rows]
        for column, what, slack in (0, "in use", IN_USE_SLACK), (1, "held", HELD_SLACK):
            grown = self.grown(column)
            print(f"memory {what}, from the middle third to the last: {grown / 1e6:+.1f} MB beside that of new mails")
            if grown > slack:
                yield f"memory {what} is not flat"
        if files[-1] > max(files[:len(files) // 2 + 1]) + 8:
            yield f"open files: {files}"
        if threads[-1] > max(threads[:len(threads) // 2 + 1]):
            yield f"threads: {threads}"


def shares(values):
    values = sorted(value * 1000 for value in values)
    return ", ".join(f"{label} {values[min(int(len(values) * share), len(values) - 1)]:.1f}" for label, share in
                     (("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999), ("longest", 1)))


def print_answers(what, answers):
    """What was waited for them, and the longest of them."""
    print(f"\n{what}, {len(answers)} measured, ms")
    if answers:
        print("  answered: " + shares(answer[0] for answer in answers))
        print("  of which the main thread computed: " + shares(answer[1] for answer in answers))
    print("  the longest: all, computing, waiting for a processor")
    for took, computing, waiting, keys in sorted(answers, key=lambda answer: -answer[1])[:8]:
        print(f"{took * 1000:9.1f} {computing * 1000:9.1f} {waiting * 1000:9.1f}  {keys}")


def stacks(browser, pore, folder):
    """Where its threads are, or were when it died, for a finding."""
    cores = glob.glob(os.path.join(folder, "core*"))
    alive = os.path.exists(f"/proc/{browser.process}")
    where = ["-p", str(browser.process)] if alive else [pore, *cores]
    if not shutil.which("gdb") or not (alive or cores):
        return "no stacks: gdb or a core is missing"
    return subprocess.run(["gdb", "-batch", "-ex", "thread apply all backtrace 25", *where],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace").stdout


def press_keys(record, others, minutes):
    """Until the time is over; what was found."""
    reader = record.reader
    try:
        record.take()
        others.start()
        samples = min(max(round(minutes / 1.25), 3), SAMPLES)
        for part in range(1, samples + 1):
            while time.monotonic() - record.start < minutes * 60 * part / samples:
                reader.step()
                record.peak = max(record.peak, reader.browser.memory()[0])
            record.take()
    except (Silence, Ended) as found:
        return [str(found), f"while: {reader.doing}; the last keys: {list(reader.last)}",
                stacks(reader.browser, others.pore, others.folder)]
    finally:
        others.end()
    return []


def start_another(growing, pore, arguments, home, seed):
    """What the state takes by itself."""
    print("a browser just started:")
    browser = Soaked(pore, arguments, home)
    Record(Reader(browser, seed), growing).take()
    browser.quit()


def soak(pore, archive, home, chosen):
    """What was found."""
    growing = Growing(archive, home.folder, chosen.later, chosen.seed)
    arguments = [*shlex.split(chosen.range), growing.path]
    run([pore, "list", *arguments], home)  # indexes them, for a first reading takes more than what follows
    browser = Soaked(pore, arguments, home)
    others = Meanwhile(growing, pore, home.folder, browser.environment, chosen.seed)
    browser.settle()
    reader = Reader(browser, chosen.seed)
    record = Record(reader, growing)
    findings = press_keys(record, others, chosen.minutes)
    print(f"keys {reader.keys}, mails added {growing.mails}, of them real {growing.real_mails}, "
          f"repacks and the like {growing.packings}, runs of another pore {others.runs}")
    done = ", ".join(f"{name} {count}" for name, count in sorted(reader.done.items()))
    print(f"questions left unanswered {reader.questions}; done: {done}")
    bursts = [answer for answer in reader.answers if answer[3].startswith(BURST)]
    keys = [answer for answer in reader.answers if not answer[3].startswith(BURST)]
    print_answers("keys", keys)
    print_answers("bursts of 10 to 300 keys", bursts)
    if findings:
        browser.abandon()
    else:
        findings += record.findings()
        findings += [] if browser.quit() else ["the exit status is not 0: " + browser.complaints()]
        start_another(growing, pore, arguments, home, chosen.seed)
    slow = max((computed for _, computed, _, _ in keys), default=0)
    findings += [f"a key took {slow:.1f} s"] if slow > LONGEST else []
    return findings + others.findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--range", default="--all", help="words of the command line")
    parser.add_argument("--later", type=int, default=4000, help="mails of the archive that are yet to come")
    parser.add_argument("pore", type=os.path.abspath)
    parser.add_argument("archive")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, [resource.getrlimit(resource.RLIMIT_CORE)[1]] * 2)
    with Home() as home:
        archive = Archive(chosen.archive, home.folder)
        print(f"soak: {archive.name}, {archive.mails} mails, {chosen.minutes:g} minutes, seed {chosen.seed}")
        findings = soak(chosen.pore, archive, home, chosen)
    for finding in findings:
        print(f"FOUND: {finding}")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
