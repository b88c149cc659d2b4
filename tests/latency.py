#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a reader waits, measured from outside through a pseudo terminal.

usage: latency.py PORE ARCHIVE

Prints the time from the start to the first rows, and of keys, while the archive is read, while a limit on bodies
runs, and idle, the time from the key's last byte to the screen's answer; and how long it takes until two versions of
a large series are compared. Every key moves the cursor and asks for
something that is known by its words, so that a redraw for arriving mails is not taken for the answer.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 50, 160
PAUSE = 0.02
ANSWERS = [(b"jV", b"pore 0"), (b"k~", b"not bound")]


class Browser:
    def __init__(self, command):
        self.start = time.monotonic()
        self.seen = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(command[0], command)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

    def wait_for(self, pattern, seconds):
        """The seconds until PATTERN has come, or None."""
        start = time.monotonic()
        self.seen = b""
        while True:
            left = start + seconds - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                return None
            self.seen += os.read(self.terminal, 1 << 16)
            if re.search(pattern, self.seen):
                return time.monotonic() - start

    def drain(self, seconds):
        """Reads what comes for so long; what there was of it."""
        end = time.monotonic() + seconds
        seen = b""
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return seen
            if select.select([self.terminal], [], [], left)[0]:
                seen += os.read(self.terminal, 1 << 16)

    def press(self, keys):
        os.write(self.terminal, keys)

    def end(self):
        os.kill(self.process, signal.SIGTERM)
        try:
            while os.read(self.terminal, 1 << 16):
                pass
        except OSError:
            pass
        os.waitpid(self.process, 0)


def measure(browser, count, until=None):
    """Times of COUNT keys; fewer if UNTIL is no longer on the status line."""
    times = []
    for i in range(count):
        keys, answer = ANSWERS[i % len(ANSWERS)]
        browser.press(keys)
        waited = browser.wait_for(answer, 10)
        if waited is None:
            sys.exit("latency: no answer to a key within 10 seconds")
        times.append(waited)
        seen = browser.seen + browser.drain(PAUSE)
        if until and i > 50 and re.search(until, seen):
            break
    return times


def report(what, times):
    times = sorted(times)
    at = lambda share: times[min(int(len(times) * share), len(times) - 1)] * 1000
    print("%-28s %5d keys: median %6.2f ms, 99%% %6.2f ms, longest %6.2f ms"
          % (what, len(times), at(0.5), at(0.99), times[-1] * 1000))


def compare(browser):
    """Of the newest series of 30 to 60 patches and more than one version."""
    browser.press(b":limit ~n 30-60 ~v\r")
    browser.drain(2)
    start = time.monotonic()
    browser.press(b":first-entry\r:compare-versions\r")
    if browser.wait_for(rb"patches? [^\n]*unchanged|[0-9]+ (changed|added|dropped|unchanged)", 10) is None:
        print("two versions compared        none of 30 to 60 patches to compare")
    else:
        print("two versions compared        %6.2f ms" % ((time.monotonic() - start) * 1000))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pore, archive = sys.argv[1:]
    browser = Browser([pore, "-F", "/dev/null", "--all", archive])
    if browser.wait_for(rb"New|Exist", 30) is None:
        sys.exit("latency: no rows within 30 seconds")
    print("first rows %.0f ms after the start" % ((time.monotonic() - browser.start) * 1000))
    report("while the range is read", measure(browser, 1000, rb"\)---\(\d+%\)|\(end\)"))
    browser.press(b":limit ~b unlikely_word_in_a_mail\r")
    browser.drain(0.1)
    report("while a body limit runs", measure(browser, 400))
    browser.press(b"\x07")
    browser.press(b":limit all\r")
    browser.drain(2)
    report("idle", measure(browser, 300))
    start = time.monotonic()
    browser.press(b":limit ~s fix\r")
    browser.wait_for(rb"Limit: ~s fix", 10)
    print("limit by subject             %6.2f ms" % ((time.monotonic() - start) * 1000))
    compare(browser)
    browser.end()


if __name__ == "__main__":
    main()
