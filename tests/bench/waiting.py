# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a reader waits: for the first screen, for keys, for limits, for another order; and whether the browser
sleeps when there is nothing to do.

Measured from outside, through a terminal: from the last byte sent to the last one of the answer. A key is two, one
that moves the cursor and one whose answer is known by its words, so that a redraw for something else is not taken for
it.
"""
import os
import re

from measure import Home, Keys, memory_row, row, run
from terminal import Browser, Silence

ANSWERS = [(b"jV", rb"pore 0"), (b"k~", rb"not bound")]
PAUSE = 0.01
MOST_KEYS = 1000
ORDERS = "date from subject state version patches replies trailers arrival".split()
NOWHERE = "~(~b unlikely_word_in_a_mail)"  # of each series all mails, answers too
SOMEWHERE = "~b lock"
LIMITS = {"subject": "~s fix", "person": "~f john"}
LIMIT_RUNS = 5
IDLE_KEYS = 300
IDLE_SECONDS = 5

KNOWN_START, UNKNOWN_START = 50, 100  # ms
BUSY_MOST, BUSY_LONGEST, IDLE_LONGEST = 8, 50, 5
FRAME = 16.7
AT_ONCE = 100


# --- starting -----------------------------------------------------------------


def first_screen(pore, arguments, home):
    """Milliseconds from the start to the first full screen, and the browser."""
    browser = Browser(pore, arguments, home.environment)
    return (browser.until(browser.full) - browser.start) * 1000, browser


def start(pore, archive, runs):
    ranges = {"": [], " -n 500": ["-n", "500"], " --all": ["--all"]}
    unknown, known = [], {name: [] for name in ranges}
    for _ in range(runs):
        with Home() as home:
            shown, browser = first_screen(pore, [*ranges[" -n 500"], archive.path], home)
            unknown.append(shown)
            browser.settle()
            browser.quit()
            for name, arguments in ranges.items():
                shown, browser = first_screen(pore, [*arguments, archive.path], home)
                known[name].append(shown)
                browser.quit()
    row("first screen, unknown archive -n 500, ms", unknown, UNKNOWN_START, places=0)
    for name, times in known.items():
        row(f"first screen, known archive{name}, ms", times, KNOWN_START, places=0)


# --- keys ---------------------------------------------------------------------


def press_keys(browser, count, until=None):
    """What each of so many keys waited; of fewer if UNTIL comes to hold of the screen."""
    times = []
    for i in range(count):
        pressed, answer = ANSWERS[i % len(ANSWERS)]
        sent = browser.press(pressed)
        times.append(browser.until_sent(answer) - sent)
        browser.take(PAUSE)
        if until and until(browser.screen):
            break
    return times


def enter(browser, line):
    """Types a line at the prompt; when Enter was pressed."""
    browser.press(b":" + line.encode())
    browser.quiet(0.05)
    return browser.press(b"\r")


def limit(browser, pattern):
    """Seconds from Enter until the screen shows all that the limit lets through."""
    sent = enter(browser, "limit " + pattern)
    done = browser.until(lambda screen: (status := browser.status(screen)) and status[2:] == (pattern, ""))
    browser.quiet(0.05)
    return done - sent


def limit_and_back(browser, pattern):
    taken = limit(browser, pattern)
    no_limit(browser)
    return taken


def no_limit(browser):
    enter(browser, "limit all")
    browser.until(lambda screen: (status := browser.status(screen)) and status[2:] == ("", ""))
    browser.quiet(0.05)


def sort(browser):
    """Seconds from Enter, for each order, until a key typed behind it is answered."""
    times = []
    for order in ORDERS:
        for command in "sort-mailbox", "sort-reverse":
            sent = enter(browser, f"{command} {order}")
            browser.press(b"kV")
            times.append(browser.until_sent(rb"pore 0") - sent)
            browser.press(b"j~")
            browser.until_sent(rb"not bound")
            browser.quiet(0.05)
    enter(browser, "sort-mailbox arrival")
    browser.quiet(0.2)
    return times


def keys_in_limit(browser):
    """What keys wait while a limit reads mails."""
    enter(browser, f"limit {NOWHERE}")
    running = lambda screen: (status := browser.status(screen)) and status[2] == NOWHERE and status[3]
    browser.until(running)
    times = press_keys(browser, MOST_KEYS, lambda screen: not running(screen))
    browser.until(browser.idle)
    no_limit(browser)
    return times


def first_match(browser):
    """Seconds from Enter until the first of many series is shown."""
    started = enter(browser, f"limit {SOMEWHERE}")
    first = browser.until(lambda screen: (status := browser.status(screen)) and status[2] == SOMEWHERE and
                          0 < status[0] < status[1])
    browser.until(browser.idle)
    no_limit(browser)
    return first - started


def limit_bodies(browser, pore, archive, runs):
    ratios = []
    for _ in range(runs):
        with Home() as home:
            mails = run([pore, "mails", "--all", archive.path], home).wall
        ratios.append(limit_and_back(browser, NOWHERE) / mails)
    row("limit by text of all mails / mails --all", ratios, 1)
    row("limit by text, first match, ms", [first_match(browser) * 1000 for _ in range(runs)], AT_ONCE, places=0)


def wake_ups(browser):
    """How often a thread of it ran in the time. One that has not run has made no system call either."""
    def runs():
        return {thread: switches(f"/proc/{browser.process}/task/{thread}/status")
                for thread in os.listdir(f"/proc/{browser.process}/task")}

    before = runs()
    browser.take(IDLE_SECONDS)
    after = runs()
    return sum(after.get(thread, before.get(thread, 0) + 1) - before.get(thread, 0)
               for thread in before.keys() | after.keys())


def switches(path):
    with open(path) as status:
        return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)


def compare(browser):
    """Seconds until two versions of the newest series of 30 to 60 patches are compared; None if there is none."""
    limit(browser, "~n 30-60 ~v")
    sent = enter(browser, "first-entry")
    enter(browser, "compare-versions")
    try:
        done = browser.until(lambda screen: re.search(r"\d+ (changed|added|dropped|unchanged)|patches? .*unchanged",
                                                      "\n".join(map(screen.line, range(5)))), 10)
    except Silence:
        return None
    browser.press(b"q")
    browser.quiet(0.1)
    return done - sent


def waiting(pore, archive, runs):
    keys = Keys()
    with Home() as home:
        browser = Browser(pore, ["--all", archive.path], home.environment)
        browser.until(browser.full)
        keys.add("while --all is read and indexed", press_keys(browser, MOST_KEYS, browser.idle),
                 BUSY_MOST, BUSY_LONGEST)
        browser.settle()
        keys.add("while a limit reads mails", keys_in_limit(browser), BUSY_MOST, BUSY_LONGEST)
        keys.add("another order", sort(browser), None, BUSY_LONGEST)
        keys.add("idle", press_keys(browser, IDLE_KEYS), IDLE_LONGEST, IDLE_LONGEST)
        limit_bodies(browser, pore, archive, runs)
        for what, pattern in LIMITS.items():
            row(f"limit by {what}, ms", [limit_and_back(browser, pattern) * 1000 for _ in range(LIMIT_RUNS)], FRAME)
        compared = compare(browser)
        if compared:
            row("two versions of 30 to 60 patches compared, ms", compared * 1000, places=0)
        no_limit(browser)
        browser.take(1)
        row(f"times that a thread ran in {IDLE_SECONDS} s idle", wake_ups(browser), 0, places=0)
        memory_row("browser --all", [browser.memory()], archive.mails)
        browser.quit()
    keys.print()
