#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What it costs to open an archive again, and to know more of it than is shown.

usage: reopening.py PORE ARCHIVE [SMALL LARGE]

Opens ARCHIVE for the first time and again, with caches and state of its own: by `pore list --history`, whole process,
and in the browser until the first screen is full. SMALL and LARGE are archives of which the second has ten times the
mails (generate.py makes them): their first readings and the memory that the newest 500 mails take are compared.
"""
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder may be read-only
from latency import Browser

RANGE = ["-n", "500"]
RUNS = 3


class Home:
    """Caches and state of its own, empty at first."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="pore-bench-")
        for name in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = os.path.join(self.folder, name.lower())
        return self

    def __exit__(self, *ignored):
        shutil.rmtree(self.folder)

    def size(self):
        return sum(os.path.getsize(os.path.join(path, name))
                   for path, _, names in os.walk(self.folder) for name in names)


def run(command):
    """Seconds, mebibytes at most, and seconds of processors of one run."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"reopening: {' '.join(command)} failed")
    return time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def first_screen(pore, archive):
    """Seconds from the start until the last row of the first screen is drawn, and the browser."""
    browser = Browser([pore, "-F", "/dev/null", *RANGE, archive])
    taken = browser.wait_for(rb"pore: .*\[Series", 60)
    return taken, browser


def leave(browser):
    browser.press(b"q")
    browser.wait_for(rb"\x1b\[\?1049l", 60)
    os.waitpid(browser.process, 0)


def compare_openings(pore, archive):
    command = [pore, "list", "--history", *RANGE, archive]
    with Home() as home:
        first = run(command)[0]
        again = min(run(command)[0] for _ in range(RUNS))
        everything = min(run([pore, "list", "--all", archive])[0] for _ in range(RUNS))
        shown, browser = first_screen(pore, archive)
        leave(browser)
        print(f"opened for the first time, all of it indexed: 1; again: {again / first:.4f} "
              f"(1/{first / again:.0f}); again with --all, every mail listed: {everything / first:.4f}")
        print(f"first full screen when opened again: {shown * 1000:.0f} ms")
        print(f"index: {home.size() / 2**20:.0f} MiB")


def compare_sizes(pore, small, large):
    taken, worked, memory = {}, {}, {}
    for archive in small, large:
        command = [pore, "list", "--history", *RANGE, archive]
        with Home() as home:
            taken[archive], _, worked[archive] = run(command)
            memory[archive] = min(run(command)[1] for _ in range(RUNS))
            print(f"{archive}: index {home.size() / 2**20:.0f} MiB, memory opened again {memory[archive]:.1f} MiB")
    print(f"first reading, large to small: {taken[large] / taken[small]:.2f}, "
          f"time of processors, which other work disturbs less: {worked[large] / worked[small]:.2f}; "
          f"memory: {memory[large] / memory[small]:.3f}")


def main():
    if len(sys.argv) not in (3, 5):
        sys.exit(__doc__.split("\n\n")[1])
    compare_openings(sys.argv[1], sys.argv[2])
    if len(sys.argv) == 5:
        compare_sizes(sys.argv[1], sys.argv[3], sys.argv[4])


if __name__ == "__main__":
    main()
