# SPDX-License-Identifier: GPL-2.0-or-later
"""The browser in a terminal of its own: what is on the screen, and when it came there."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from screen import COLUMNS, ROWS, Screen

PATIENCE = 300
SETTLED = 0.3


class Silence(Exception):
    """What was waited for has not come."""


class Terminal:
    """A program on a screen. Times are seconds of the monotonic clock."""

    def __init__(self, command, environment):
        self.screen = Screen()
        self.start = time.monotonic()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execve(command[0], command, dict(environment, TERM="xterm-256color"))

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def receive(self, seconds):
        """What has come within so long, and when; None and None if nothing."""
        if not select.select([self.terminal], [], [], max(seconds, 0))[0]:
            return None, None
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:  # how Linux says that the other end was closed
            data = b""
        if not data:
            raise Silence("the program has ended")
        return data, time.monotonic()

    def read(self, seconds):
        """The same, and the screen is brought up to date."""
        data, arrived = self.receive(seconds)
        if data:
            self.screen.feed(data)
        return data, arrived

    def press(self, keys):
        """When they were sent."""
        sent = time.monotonic()
        os.write(self.terminal, keys)
        return sent

    def until(self, condition, seconds=PATIENCE):
        """When the condition came to hold of the screen."""
        end = time.monotonic() + seconds
        arrived = time.monotonic()
        while not condition(self.screen):
            _, came = self.read(end - time.monotonic())
            if came is None:
                raise Silence("the screen does not come to show what it should")
            arrived = came
        return arrived

    def until_sent(self, pattern, seconds=PATIENCE):
        """When bytes that match have come. The screen is looked at only then: it takes longer than a key should."""
        seen = b""
        end = time.monotonic() + seconds
        while not re.search(pattern, seen):
            data, arrived = self.receive(end - time.monotonic())
            if data is None:
                raise Silence("no answer to a key")
            seen += data
        self.screen.feed(seen)
        return arrived

    def take(self, seconds):
        """Takes what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def quiet(self, seconds):
        """Waits until nothing has come for so long."""
        while self.read(seconds)[0] is not None:
            pass

    def finish(self):
        """Waits for the end of the program; what it has used."""
        try:
            while True:
                self.read(PATIENCE)
        except Silence:
            pass
        os.close(self.terminal)
        return os.wait4(self.process, 0)[2]

    def end(self):
        os.kill(self.process, signal.SIGTERM)
        return self.finish()


class Browser(Terminal):
    """pore, with a status line that says in fixed places what is waited for."""

    STATUS = re.compile(r"\[(\d+) of (\d+)\] \{(.*)\} <(.*)>")

    def __init__(self, pore, arguments, environment):
        status = 'set status_format="[%v of %t] {%V} <%R>"'
        super().__init__([pore, "--config=/dev/null", "--no-system-rc", f"--execute={status}", *arguments],
                         environment)

    @classmethod
    def status(cls, screen):
        """Rows shown, series, the limit, what runs; None if there is no such line yet."""
        match = cls.STATUS.match(screen.line(-2))
        return match and (int(match[1]), int(match[2]), match[3], match[4])

    def idle(self, screen):
        """All is read that is to be, and nothing runs."""
        status = self.status(screen)
        return status and status[1] > 0 and not status[3]

    def settle(self):
        """Waits until all is read, also what is begun when something else is done; when that was."""
        while True:
            done = self.until(self.idle)
            self.take(SETTLED)
            if self.idle(self.screen):
                return done

    def full(self, screen):
        """The first screen: every row of the list has something, or the range is read and has no more."""
        status = self.status(screen)
        return status and status[1] > 0 and (screen.line(-3) or "reading" not in status[3])

    def memory(self):
        """Bytes: the most until now."""
        with open(f"/proc/{self.process}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))

    def work(self):
        """Seconds of processors until now."""
        with open(f"/proc/{self.process}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def quit(self):
        self.press(b"Q")
        return self.finish()
