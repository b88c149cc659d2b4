# SPDX-License-Identifier: GPL-2.0-or-later
"""Running things and saying what they took: homes, processes, processors, and the table."""
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LABEL, VALUE = 58, 10
MEMORY, MEMORY_A_MAIL = 64e6, 600


class Home:
    """Caches, state and settings for whoever is run with its environment; empty, or a copy of another's."""

    def __init__(self, like=None):
        self.folder = tempfile.mkdtemp(prefix="pore-bench-")
        if like:
            shutil.copytree(like.folder, self.folder, dirs_exist_ok=True)
        names = {f"XDG_{name}_HOME": os.path.join(self.folder, name.lower())
                 for name in ("CACHE", "STATE", "CONFIG", "DATA")}
        self.environment = dict(os.environ, **names)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        shutil.rmtree(self.folder)

    def size(self):
        return sum(os.path.getsize(os.path.join(path, name))
                   for path, _, names in os.walk(self.folder) for name in names)


class Cost:
    """What a process took: seconds, seconds of processors, bytes at most.

    The bytes are never less than this program itself has, about 15 MB: Linux counts them from before the exec."""

    def __init__(self, wall=0.0, work=0.0, memory=0):
        self.wall, self.work, self.memory = wall, work, memory

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.work + other.work, max(self.memory, other.memory))


def run(command, home, stdin=None):
    with open(stdin or os.devnull, "rb") as given:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=home.environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


@contextlib.contextmanager
def one_processor():
    """Children started meanwhile run on one processor alone."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def processors():
    return len(os.sched_getaffinity(0))


# --- the table ----------------------------------------------------------------


def heading(title):
    print(f"\n{title}\n")
    columns("", "median", "lowest", "highest", "wanted")


def columns(label, *values, verdict=""):
    print(f"{label:{LABEL}}" + "".join(f"{value:>{VALUE}}" for value in values) + verdict, flush=True)


def judged(met):
    return "  met" if met else "  not met"


def row(label, values, wanted=None, places=2):
    """The median of VALUES, one or several, is WANTED or less, or is not."""
    values = values if isinstance(values, (list, tuple)) else [values]
    median, lowest, highest = (f"{take(values):.{places}f}" for take in (statistics.median, min, max))
    spread = (lowest, highest) if len(values) > 1 else ("", "")
    columns(label, median, *spread, "" if wanted is None else f"{wanted:g}",
            verdict="" if wanted is None else judged(float(median) <= wanted))


def memory_row(what, values, mails):
    """Of bytes, where MAILS are listed."""
    row(f"memory, {what}, MB", [value / 1e6 for value in values], (MEMORY + MEMORY_A_MAIL * mails) // 1e6, 0)


class Keys:
    """What keys waited, in rows of their own."""

    def __init__(self):
        self.rows = []

    def add(self, what, times, most, longest):
        """Seconds, of which 99 of 100 are to be MOST milliseconds or less, all LONGEST; None: as it comes."""
        times = sorted(time * 1000 for time in times)
        self.rows.append((f"{what}, {len(times)} keys, ms", times[len(times) // 2],
                          times[min(len(times) * 99 // 100, len(times) - 1)], times[-1], most, longest))

    def print(self):
        print()
        columns("", "median", "99 of 100", "longest", "wanted")
        for what, median, nearly_all, all_of_them, most, longest in self.rows:
            met = (most is None or nearly_all <= most) and all_of_them <= longest
            columns(what, *(f"{value:.2f}" for value in (median, nearly_all, all_of_them)),
                    f"{'-' if most is None else most}, {longest}", verdict=judged(met))
