# SPDX-License-Identifier: GPL-2.0-or-later
"""A reader that does anything: what keys it presses, at random but the same for the same seed."""
import collections
import random

from screen import COLUMNS, ROWS
from terminal import Silence

REDRAW = b"\x0c"
REDRAWN = rb"\x1b\[H\x1b\[2J"  # what only that key, another size and coming back to the terminal send
ABORT = b"\x07"
PATIENT, STUCK = 2, 20  # seconds without an answer: whether it is a question that waits is tried; it is a finding
BURST = "at once"  # many keys in one write, answered together

MOVES = [b"j", b"k", b"z", b"Z", b"]", b"[", b">", b"<", b"=", b"*", b"H", b"M", b"J", b"K", b"\x1b[B", b"\x1b[A",
         b"\x1b[6~", b"\x1b[5~", b"\x1b[H", b"\x1b[F", b"\x1b3j", b"\x1b12k", b"\x1b9\x1b9z", b"n"]
PAGER = [b" ", b"-", b"\r", b"j", b"k", b"}", b"{", b")", b"(", b'"', b"'", b"+", b"_", b"S", b"T", b"h", b"H",
         b"\x1bv", b"\x1bV", b"\x1bW", b"\x1bw", b"\\", b"n", b"^", b"$", b">", b"<", b"]", b"[", b"\x0e", b"\x10",
         b"y", b"Y"]
SERIES = [b"j", b"k", b"*", b"=", b"P", b")", b"(", b"v", b"t", b"\x0e", b"\x10", b"N", b"F", b"d", b"u", b"z", b"Z",
          b"i"]
INDEX = [b"\t", b"\x1b\t", b"\x1bv", b"\x1bV", b"\x1bl", b"t", b"N", b"F", b"d", b"u", b"\x12", b"h", b"$", b";t",
         b";N", b";F", b"\x1b2u", b"&", b"#", b"i", b"y", b"Y", b"V"]
WRONG = [b"~", b"\x1b[99~", b"\x1bOR", b"\x01", b"\xff", b"\xc3", b"\xe2\x82\xac", b"\x1b\x1b", b"\x00", b"E", b"X",
         b"\x1b[<0;3;4M", b"\x1b[200~paste\x1b[201~", b"f", b"b"]
ORDERS = "date from subject state version patches replies trailers arrival".split()
WORDS = ("fix lock error patch buffer the of memory test ring poll file net return null leak cleanup driver revert "
         "use add remove race size unlikely_word_in_a_mail").split()
PEOPLE = "john jens li david alex person1 kumar pavel bot example.org intel redhat".split()
EXPRESSIONS = [r"a.*b", r"^\[?re", r"(x+x+)+y", r"\bio_\w+", r"[[:upper:]]{3,}", r"é|ü", r".", r"$", r"foo|bar"]
BROKEN = ["~", "~s", "~s [", "~s (a", "(", ")", "~b *", "~q", "~d 99/99/9999", "~n 5-1", "~n x", "!", "|", "~(",
          "~(~(~A))", "~s '", "~f \"", "~z 1K-", "~d <", "~m 1-", "((((((((~A", "\\", "%s", "~A" * 50, "a" * 3000]
READING = "b B h y C L t c".split()
STORED = "s f e i x W Y".split()
RANGES = "a n w V u m z".split()
FLAGS = list("ADFINOPQRSTUv=")
SIZES = [(1, 1), (10, 3), (300, 100), (2, 80), (3, 200), (50, 1), (5, 20), (24, 80), (25, 69), (60, 119), (50, 160)]


class Reader:
    """Presses keys in BROWSER and watches that each is answered."""

    def __init__(self, browser, seed):
        self.browser = browser
        self.random = random.Random(seed)
        self.keys = self.questions = 0
        self.last = collections.deque(maxlen=30)
        self.done = {}
        self.answers = []  # (seconds, of which the main thread computed and waited for a processor, what was done)
        self.doing = "start"
        self.plan = {
            self.walk: 12, self.read_mails: 12, self.series: 8, self.limit: 12, self.sort: 4, self.search: 6,
            self.tag: 4, self.mark: 6, self.note: 3, self.compare: 5, self.trailers: 4, self.contributors: 3,
            self.digest: 1, self.help: 2, self.prompts: 5, self.refresh: 6, self.save: 2, self.pipe: 2,
            self.resize: 6, self.suspend: 1, self.macro: 2, self.wrong: 4, self.burst: 6, self.rest: 2,
            self.settings: 3, self.answer_mail: 1}

    # --- keys

    def press(self, keys):
        self.browser.press(keys)
        self.last.append(keys)
        self.keys += 1

    def probe(self, keys=b"", prompt=False):
        """Presses KEYS and one behind them whose answer is known; what it took. A prompt is left first.

        A question that takes no key but its own lets that one wait: it is left, too, and the time is none of a key."""
        browser = self.browser
        browser.take(0)
        before = browser.schedule()
        self.keys += 2 if keys else 1
        self.last.append(keys)
        sent = browser.press(keys + (ABORT if prompt else b"") + REDRAW)
        asked = False
        try:
            try:
                answered = browser.until_sent(REDRAWN, PATIENT)
            except Silence:
                browser.press(ABORT + ABORT + REDRAW)
                asked = True
                answered = browser.until_sent(REDRAWN, STUCK)
        except Silence as silence:
            raise Silence(f"{silence}: {self.doing}, {keys!r}, then shown:\n" + browser.shown()) from None
        computed, waited = (b - a for a, b in zip(before, browser.schedule()))
        if not asked or computed > PATIENT / 4:
            self.answers.append((answered - sent, computed, waited, f"{self.doing} {keys[:40]!r}"))
        self.questions += asked
        browser.check()

    def key(self, keys):
        """Presses one, hurriedly or not."""
        if self.random.random() < 0.5:
            self.press(keys)
            self.browser.take(self.random.choice([0, 0, 0.002, 0.01, 0.05]))
        else:
            self.probe(keys)

    def keys_of(self, pool, most):
        for _ in range(self.random.randint(1, most)):
            self.key(self.random.choice(pool))

    def line(self, command, text):
        """Answers the question that COMMAND asks: with TEXT, or edited, or not at all."""
        self.press(command)
        for part in self.edits(text):
            self.press(part)
        leave = self.random.random() < 0.08
        self.probe(ABORT if leave else b"\r", prompt=leave)

    def edits(self, text):
        yield b"\x15"  # what is suggested
        line = text.encode()
        if self.random.random() < 0.75:
            yield line
            return
        cut = self.random.randint(0, len(line))
        yield line[:cut]
        yield self.random.choice([b"\t", b"\t\t\t", b"\x1b[A", b"\x1b[A\x1b[A\x1b[B", b"\x12", b"x\x7f", b"\x01\x05",
                                  b"\x02\x06", b"\x1bb\x1bf", b"\x1bd", b"\x17", b"\x0b", b"\x16\x03",
                                  b"\xc3\xa9\xe4\xb8\x96\x08"])
        yield line[cut:]

    def command(self, line):
        """Has LINE done, as it is."""
        self.press(b":" + line.encode())
        self.probe(b"\r")

    def step(self):
        what = self.random.choices(list(self.plan), list(self.plan.values()))[0]
        self.doing = what.__name__
        self.done[self.doing] = self.done.get(self.doing, 0) + 1
        what()
        if self.random.random() < 0.35:
            self.home()

    def home(self):
        """Back to the index, whatever is open. "q" does nothing there, lest the browser ends."""
        self.browser.at_size(ROWS, COLUMNS)
        self.probe(ABORT)
        for tries in range(40):
            self.probe(b"q", prompt=True)
            self.browser.quiet(0.02 * (1 + tries))
            status = self.browser.status(self.browser.screen)
            if status and '~e "' in status[2]:
                self.command("exit")  # an index above the contributors
            elif status:
                return
        raise Silence(f"no way back to the index, behind {self.browser.tail[-300:]!r}, of which is not read "
                      f"{self.browser.screen.rest[:80]!r}:\n" + self.browser.shown())

    # --- what is done

    def expression(self):
        kind = self.random.random()
        return self.random.choice(WORDS if kind < 0.7 else PEOPLE if kind < 0.8 else EXPRESSIONS)

    def term(self, deep=0):
        kind = self.random.random()
        if kind < 0.06:
            return self.random.choice(BROKEN)
        if kind < 0.35:
            return f"~{self.random.choice(STORED)} {self.expression()}"
        if kind < 0.47:
            return f"~{self.random.choice(READING)} {self.expression()}"
        if kind < 0.57:
            bound = self.random.choice(["<", ">", "", "-"])
            return f"~{self.random.choice(RANGES)} {bound}{self.random.randint(0, 40)}"
        if kind < 0.65:
            offset = f"{self.random.randint(1, 20)}{self.random.choice('ymwdH')}"
            return f"~{self.random.choice('dr')} {self.random.choice('<>')}{offset}"
        if kind < 0.75 or deep > 2:
            return "~" + self.random.choice(FLAGS)
        return self.random.choice(["! {}", "({} | {})", "{} {}", "~({})", "({} !{})"]).format(
            self.term(deep + 1), self.term(deep + 1))

    def walk(self):
        self.keys_of(MOVES, 25)

    def read_mails(self):
        self.keys_of(MOVES, 6)
        self.key(b"\r")
        self.keys_of(MOVES, 4)
        self.key(b"\r")
        self.keys_of(PAGER, 30)

    def series(self):
        self.key(b"\r")
        self.keys_of(SERIES, 15)

    def limit(self):
        self.home()
        self.line(b"l", self.random.choice(["all", "all", "new", self.expression(), *(self.term() for _ in range(10))]))
        how = self.random.random()
        if how < 0.3:
            self.keys_of(MOVES, 10)
        elif how < 0.4:
            self.probe(ABORT)
        elif how < 0.5:
            self.browser.take(self.random.uniform(0, 2))
        if self.random.random() < 0.5:
            self.line(b"l", "all")

    def sort(self):
        self.home()
        reverse = self.random.choice(["sort-mailbox", "sort-reverse"])
        self.command(f"{reverse} {self.random.choice(ORDERS)}")
        self.keys_of(MOVES, 4)

    def search(self):
        self.line(self.random.choice([b"/", b"\x1b/"]), self.random.choice([self.expression(), self.term()]))
        for _ in range(self.random.randint(0, 6)):
            self.key(b"n")

    def tag(self):
        self.home()
        self.keys_of([b"t", b"j", b"k"], 8)
        self.line(self.random.choice([b"T", b"\x14"]), self.term())
        self.key(self.random.choice([b";N", b";F", b";t", b";d", b"u"]))

    def mark(self):
        self.keys_of([b"N", b"F", b"d", b"u", b"\x12", b"j", b"k", b"\x1b3u", b"wl", b"Wl", b"wf", b"Wf", b"D\x07"], 12)
        if self.random.random() < 0.2:
            self.home()
            self.line(self.random.choice([b"D", b"U"]), f"~m {self.random.randint(1, 9)}")
            self.key(b"u")

    def note(self):
        self.line(b"e", " ".join(self.random.choices(WORDS, k=self.random.randint(0, 12))))
        self.keys_of([b"u", b"j", b"k"], 3)

    def compare(self):
        self.home()
        if self.random.random() < 0.5:
            self.line(b"l", "~v ~n <" + str(self.random.randint(3, 60)))
            self.keys_of(MOVES, 6)
        self.key(self.random.choice([b"c", b"c", b"\x1bc"]))
        self.keys_of([*MOVES, b"\r", b"(", b")", b"v", b"q", b"\x07"], 12)

    def trailers(self):
        self.keys_of(MOVES, 4)
        self.key(b"+")
        self.keys_of([*MOVES, b"\r", b"q"], 8)

    def contributors(self):
        self.home()
        if len(self.browser.status(self.browser.screen)[2]) > 60:
            self.line(b"l", "all")  # the index above them is known by its limit, which has this one in front
        self.key(self.random.choice([b"a", b"\x1ba"]))
        self.keys_of([b"j", b"k", b"z", b"Z", b"*", b"="], 6)
        self.key(b"\r")
        self.keys_of([*MOVES, b"\r"], 8)
        self.home()

    def digest(self):
        self.home()
        if self.random.random() < 0.8:
            self.line(b"l", f"~m 1-{self.random.randint(1, 300)}")
        self.key(b"\x1bd")
        self.browser.take(self.random.uniform(0, 1))
        self.keys_of(PAGER, 10)

    def help(self):
        self.key(b"?")
        self.keys_of(PAGER, 10)
        self.key(b"q")

    def prompts(self):
        """Questions that are begun, completed, and left."""
        self.press(self.random.choice([b":", b"l", b"/", b"s", b"T", b"e"]))
        for _ in range(self.random.randint(1, 15)):
            self.press(self.random.choice([b"a", b"~", b" ", b"li", b"set ", b"\t", b"\x1b[A", b"\x1b[B", b"\x12",
                                           b"\x7f", b"\x17", b"\x15", b"\x02", b"\x06", b"\x1bd", b"\x16\x07", b"\x04",
                                           b"\xe4\xb8\x96"]))
            self.browser.take(self.random.choice([0, 0.005]))
        self.probe(ABORT + ABORT, prompt=True)

    def refresh(self):
        self.key(self.random.choice([b".", b".", b".", b"G"]))
        self.keys_of(MOVES, 5)

    def save(self):
        if self.random.random() < 0.3:
            self.key(b"t")
        self.press(b"s")
        self.press(b"\x15saved-%d\r" % self.random.randrange(20))
        self.probe(self.random.choice([b"y", b"o", b"a", b"\r"]), prompt=True)
        self.browser.take(0.1)

    def pipe(self):
        self.command(self.random.choice(["pipe-message cat >/dev/null", "pipe-message head -c 10", "shell-escape true",
                                         "shell-escape false", "shell-escape echo words", "print-message"]))
        self.browser.quiet(0.3)
        self.press(b"\r")  # "Press any key"
        self.probe(prompt=True)

    def resize(self):
        for _ in range(self.random.randint(1, 4)):
            self.browser.at_size(*self.random.choice(SIZES))
            self.probe(self.random.choice(MOVES))
            if self.random.random() < 0.5:
                self.random.choice([self.walk, self.read_mails, self.prompts, self.help, self.burst])()
        if self.random.random() < 0.8:
            self.browser.at_size(ROWS, COLUMNS)

    def suspend(self):
        self.browser.suspend(self.random.uniform(0, 0.5))
        self.probe(prompt=True)

    def macro(self):
        self.home()
        keys = "".join(self.random.choices(["j", "k", "<next-page>", "<display-message>", "q", "<tag-entry>", "z", "*"],
                                           k=self.random.randint(1, 20)))
        self.command(f"macro index,series,pager E \"{keys}\"")
        for _ in range(self.random.randint(1, 4)):
            self.key(b"E")
        if self.random.random() < 0.1:  # one that presses itself
            self.command('macro index E "jE"')
            self.key(b"E")

    def wrong(self):
        for _ in range(self.random.randint(1, 6)):
            self.press(self.random.choice(WRONG))
        self.browser.take(0.05)
        self.probe(ABORT + ABORT, prompt=True)

    def burst(self):
        pool = MOVES + PAGER + SERIES + INDEX + [b"q", b"c", b"\r", b"\r"]
        before, self.doing = self.doing, BURST
        self.press(b"".join(self.random.choices(pool, k=self.random.randint(10, 300))))
        self.probe(ABORT + ABORT, prompt=True)
        self.doing = before

    def rest(self):
        self.browser.take(self.random.choice([1, 2, 5, 12]))
        self.probe()

    def settings(self):
        name = self.random.choice(["wrap", "word_differences", "help", "arrow_cursor", "hide_done", "collapse_all",
                                   "markers", "resolve", "pager_stop", "mouse"])
        self.command(f"set {self.random.choice(['', 'no', 'inv'])}{name}")
        self.command(self.random.choice([f"set pager_index_lines={self.random.randint(0, 12)}", "set theme=light",
                                         "set theme=dark", f"set compare_context={self.random.randint(0, 9)}",
                                         f"color index red default {self.expression()}", "uncolor index *", "set ?",
                                         "what"]))
        self.key(self.random.choice(MOVES))

    def answer_mail(self):
        self.press(self.random.choice([b"r", b"g", b"L"]))
        self.press(b"\r\r\r")
        self.browser.quiet(0.3)
        self.press(b"q")
        self.browser.quiet(0.1)
        self.probe(b"y", prompt=True)
