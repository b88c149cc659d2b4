# SPDX-License-Identifier: GPL-2.0-or-later
"""What ten times the mails cost: made-up lists (generate.py) of a hundredth, a tenth and all of so many mails.

A thread in each is a tenth of the mails long, up to 100,000. The lists are kept in a folder if one is named; their
names tell which generator made them.
"""
import hashlib
import os
import shutil
import subprocess
import sys

from measure import Home, columns, judged, row, run
from plot import Plot
from terminal import Browser
from waiting import FRAME, LIMIT_RUNS, first_screen, limit, limit_and_back, no_limit

GENERATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generate.py")
NEWEST = ["-n", "500"]
TENFOLD = 10.5  # ten, and some noise
FLAT = 1.1
SERIES = 100000
LIMITS = {"subject": "~s timeout", "person": "~f person7@"}


def made_up(folder, *arguments):
    """The list that the generator makes of ARGUMENTS, made now if it is not there."""
    with open(GENERATOR, "rb") as source:
        version = hashlib.sha256(source.read()).hexdigest()[:8]
    path = os.path.join(folder, "-".join([*(word.strip("-") for word in arguments), version]) + ".git")
    if not os.path.exists(path):
        shutil.rmtree(path + ".part", ignore_errors=True)
        subprocess.run([sys.executable, "-B", GENERATOR, *arguments, path + ".part"], check=True)
        os.rename(path + ".part", path)
    return path


def of_size(pore, archive, runs):
    """What costs what in one list; the unit is in the name."""
    costs = {}
    with Home() as home:
        newest = [pore, "list", "--history", *NEWEST, archive]
        costs["first reading, processor s"] = run(newest, home).work
        costs["opened again -n 500, ms"] = min(run(newest, home).wall for _ in range(runs)) * 1000
        shown, memory = zip(*(opened(pore, archive, home) for _ in range(runs)))
        costs["first screen -n 500, ms"] = min(shown)
        costs["memory -n 500, MB"] = min(memory)
        browser = Browser(pore, ["--all", archive], home.environment)
        browser.settle()
        costs["known list read with --all, processor s"] = browser.work()
        costs["memory --all, MB"] = browser.memory() / 1e6
        for what, pattern in LIMITS.items():
            costs[f"limit by {what}, ms"] = min(limit_and_back(browser, pattern) for _ in range(LIMIT_RUNS)) * 1000
        costs["the long thread opened, ms"] = long_thread(browser) * 1000
        browser.quit()
    return costs


def opened(pore, archive, home):
    """Milliseconds to the first screen and megabytes at the end, of a known list."""
    shown, browser = first_screen(pore, [*NEWEST, archive], home)
    browser.settle()
    memory = browser.memory() / 1e6
    browser.quit()
    return shown, memory


def long_thread(browser):
    """Seconds until the long thread's mails are listed."""
    limit(browser, "=s long_thread")
    sent = browser.press(b"\r")
    done = browser.until(lambda screen: not browser.status(screen))
    browser.quiet(0.3)
    browser.press(b"q")
    no_limit(browser)
    return done - sent


def short(value):
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def growth(pore, mails, folder, runs, picture):
    sizes = [mails // 100, mails // 10, mails]
    costs = [of_size(pore, made_up(folder, str(size)), runs) for size in sizes]
    plot = Plot("What grows as a list grows", sizes)
    columns("", *(f"{size:,}" for size in sizes), "tenfold", "wanted")
    for name in costs[0]:
        values = [cost[name] for cost in costs]
        plot.add(name.rsplit(",", 1)[0], values)
        wanted = FLAT if name.startswith("memory -n") else TENFOLD
        tenfold = values[-1] / values[-2]
        columns(name, *map(short, values), f"{tenfold:.2f}", f"{wanted:g}", verdict=judged(tenfold <= wanted))
    plot.write(picture)
    print(f"drawn in {picture}")


def limits(pore, folder):
    """Over series of one patch each."""
    with Home() as home:
        browser = Browser(pore, ["--all", made_up(folder, "--series", str(SERIES))], home.environment)
        browser.settle()
        for what, pattern in LIMITS.items():
            taken = [limit_and_back(browser, pattern) * 1000 for _ in range(LIMIT_RUNS)]
            row(f"limit by {what} over {SERIES:,} series, ms", taken, FRAME)
        browser.quit()
