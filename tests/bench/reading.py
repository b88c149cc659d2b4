# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading an archive costs: for the first time, again, and when a day's mail has come.

Every first reading is paired with git's printing of the same mails just before it, so that what else the machine does
at the time disturbs both; the time of processors is hardly disturbed.
"""
import tempfile

from archive import Younger
from measure import Home, memory_row, one_processor, processors, row, run
from terminal import Browser

NEWEST = ["list", "--history", "-n", "500"]
# What is run: by the name in the table, with what is wanted of it on all processors and on one.
COMMANDS = {"mails --all": (["mails", "--all"], None, None),
            "list --history -n 500": (NEWEST, 0.60, 1.05),
            "list --history --all": (["list", "--history", "--all"], 0.60, 1.05)}
MAILS, NEW, ALL = COMMANDS
SHARE = 0.10
AGAIN = 1 / 50
DAY, DAY_COST = 300, 3


class Round:
    """Costs by the names of the commands: of git before each, of pore in a home that knows nothing, and again."""

    def __init__(self, pore, archive, again):
        self.git, self.first, self.again = {}, {}, {}
        for name, (arguments, _, _) in COMMANDS.items():
            command = [pore, *arguments, archive.path]
            with Home() as home:
                self.git[name] = archive.print_with_git(home)
                self.first[name] = run(command, home)
                self.index = home.size()
                if again and name != MAILS:
                    self.again[name] = run(command, home)
                    self.week_again = run([pore, "list", "--history", archive.path], home)
        if again:
            self.browser = browse(pore, archive)

    def to_git(self, name):
        return self.first[name].wall / self.git[name].wall

    def work_to_git(self, name):
        return self.first[name].work / self.git[name].work

    def beyond_reading(self, work):
        return work / self.first[MAILS].work - 1


def browse(pore, archive):
    """Seconds of processors that the browser takes until all of the archive is read and indexed."""
    with Home() as home:
        browser = Browser(pore, ["--all", archive.path], home.environment)
        browser.settle()
        usage = browser.quit()
        return usage.ru_utime + usage.ru_stime


def first_reading(pore, archive, runs):
    with Home() as home:  # so that nobody pays for what the kernel has not read yet
        archive.print_with_git(home)
    rounds = [Round(pore, archive, True) for _ in range(runs)]
    print_ratios(rounds, f"{processors()} processors", 1)
    with one_processor():
        print_ratios([Round(pore, archive, False) for _ in range(runs)], "one processor", 2)
    print_work(rounds)
    print_again(rounds)
    memory_row(ALL, [one.first[ALL].memory for one in rounds], archive.mails)
    row("index, bytes a mail", rounds[0].index / archive.mails, places=0)


def print_ratios(rounds, where, which):
    row(f"git cat-file, {where}, s", [cost.wall for one in rounds for cost in one.git.values()])
    for name, command in COMMANDS.items():
        row(f"  first {name} / git", [one.to_git(name) for one in rounds], command[which])


def print_work(rounds):
    for name in COMMANDS:
        row(f"{name} / git, processor time", [one.work_to_git(name) for one in rounds])
    row("engine, index / reading, list --all, processor time",
        [one.beyond_reading(one.first[ALL].work) for one in rounds], SHARE)
    row("engine, index, screen / reading, browser, processor time",
        [one.beyond_reading(one.browser) for one in rounds], SHARE)


def print_again(rounds):
    row("opened again / first, list --history",
        [one.week_again.wall / one.first[NEW].wall for one in rounds], AGAIN, places=4)
    for name in NEW, ALL:
        row(f"opened again / first, {name}",
            [one.again[name].wall / one.first[name].wall for one in rounds], AGAIN, places=4)


def day(pore, archive, runs):
    """A list that is known but for its last mails, of which git prints the subjects and pore makes series."""
    with Home() as known, tempfile.TemporaryDirectory(prefix="pore-bench-") as folder:
        younger = Younger(archive, folder, DAY)
        younger.go_back()
        run([pore, *NEWEST, younger.path], known)
        younger.go_forward()
        ranges = {"these alone": [f"{younger.old}.."], "a week listed": []}
        logs, ratios = [], {name: [] for name in ranges}
        for _ in range(runs):
            for name, chosen in ranges.items():
                with Home(known) as home:
                    log = ["git", "-C", younger.newest, "log", f"-{younger.count}", "--format=%s"]
                    logs.append(run(log, home).wall)
                    taken = run([pore, "list", "--history", younger.path, *chosen], home).wall
                    ratios[name].append(taken / logs[-1])
        row(f"git log -{younger.count}, ms", [taken * 1000 for taken in logs], places=1)
        for name, values in ratios.items():
            row(f"{younger.count} new mails, {name} / git log", values, DAY_COST)
