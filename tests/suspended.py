#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Presses ^Z while pore draws: it stops, as it does at any other time.

usage: suspended.py PORE

The screen is so large that pore waits for the terminal amid a drawing, until what it has written is read.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios

sys.dont_write_bytecode = True  # the source folder may be read-only
bench = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench")
SCREEN = struct.pack("HHHH", 120, 300, 0, 0)
SERIES = "200"
STATUS = 'set status_format="%<v?%<R?reading&[all]>&nothing>"'


def lead(command, report):
    """A session's leader, with COMMAND as its job; says how that stops."""
    fcntl.ioctl(0, termios.TIOCSWINSZ, SCREEN)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(command[0], command)
    _, status = os.waitpid(process, os.WUNTRACED)
    os.write(report, b"stopped" if os.WIFSTOPPED(status) else b"ended")
    if os.WIFSTOPPED(status):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    os._exit(0)


def until(terminal, words):
    """Takes nothing that comes behind them."""
    seen = b""
    while not seen.endswith(words):
        seen += os.read(terminal, 1)


def what_comes(terminal, said):
    """What comes first after ^Z: that it stops, or the answer to a key behind."""
    until(terminal, b"[all]")
    os.write(terminal, b"\x0c")
    until(terminal, b"\x1b[H\x1b[2J")
    os.write(terminal, b"\x1a")
    os.write(terminal, b"V")
    seen = b""
    while b"pore 0" not in seen:
        if said in select.select([terminal, said], [], [])[0]:
            return os.read(said, 100).decode()
        seen += os.read(terminal, 1 << 16)
    return "went on"


def suspend(pore, archive):
    said, report = os.pipe()
    leader, terminal = pty.fork()
    if leader == 0:
        lead([pore, "--config=/dev/null", "--no-system-rc", "--execute=" + STATUS, "--all", archive], report)
    what = what_comes(terminal, said)
    os.close(terminal)  # hangs up
    os.waitpid(leader, 0)
    return what


def main():
    with tempfile.TemporaryDirectory(prefix="pore-suspended-") as folder:
        archive = os.path.join(folder, "list.git")
        subprocess.run([sys.executable, os.path.join(bench, "generate.py"), "--series", SERIES, archive], check=True)
        for name in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = os.path.join(folder, name.lower())
        os.environ["TERM"] = "xterm-256color"
        what = suspend(os.path.abspath(sys.argv[1]), archive)
    if what != "stopped":
        sys.exit(f"FAIL: pore {what} after ^Z")


if __name__ == "__main__":
    main()
