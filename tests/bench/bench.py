#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures what pore is to be fast at, and prints a table for each archive.

usage: bench.py PORE ARCHIVE...

In the environment:
    RUNS    rounds of everything that is measured more than once; 3
    MAILS   the largest of the made-up lists; 1000000; 0: none
    KEEP    a folder in which made-up lists are kept for the next time
    PLOT    where the plot of what grows is written; bench-growth.svg
    OTHERS  1: other mail programs, too, with the first archive; take a small one
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder may be read-only

from archive import Archive
from growth import growth, limits
from measure import heading, processors
from others import others
from reading import day, first_reading
from terminal import Silence
from waiting import start, waiting

LEAST_MAILS = 10000
NO_ARCHIVE = """bench: which archive? For example:
    git clone --mirror https://lore.kernel.org/LIST/0 list.git
    make bench ARCHIVE=list.git"""


def measure(pore, archive, runs):
    heading(f"{archive.name}: {archive.mails:,} mails")
    first_reading(pore, archive, runs)
    day(pore, archive, runs)
    start(pore, archive, runs)
    waiting(pore, archive, runs)


def measure_growth(pore, mails, runs):
    with tempfile.TemporaryDirectory(prefix="pore-bench-") as folder:
        folder = os.environ.get("KEEP") or folder
        os.makedirs(folder, exist_ok=True)
        heading("a made-up list of patches")
        limits(pore, folder)
        print("\nmade-up lists\n")
        growth(pore, mails, folder, runs, os.environ.get("PLOT") or "bench-growth.svg")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if len(sys.argv) < 3:
        sys.exit(NO_ARCHIVE)
    pore = os.path.abspath(sys.argv[1])
    runs = int(os.environ.get("RUNS") or 3)
    mails = int(os.environ.get("MAILS") or 1000000)
    if 0 < mails < LEAST_MAILS:
        sys.exit(f"bench: MAILS is 0 or at least {LEAST_MAILS}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pore-bench-") as work:
        archives = [Archive(path, work) for path in sys.argv[2:]]
        version = subprocess.run([pore, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
        print(f"{version.splitlines()[0]}, {processors()} processors, load {os.getloadavg()[0]:.1f}, "
              f"median of {runs} where there is one")
        for archive in archives:
            measure(pore, archive, runs)
        if os.environ.get("OTHERS") == "1":
            heading(f"other programs, {archives[0].name}")
            others(archives[0])
    if mails:
        measure_growth(pore, mails, runs)
    print(f"\n{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that folders are cleared away
    try:
        main()
    except Silence as silence:
        sys.exit(f"bench: {silence}")
    except KeyboardInterrupt:
        sys.exit(1)
