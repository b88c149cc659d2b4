#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile.py PORE: has pore show hostile mails (hostile_mails.py) on a terminal, a pseudo one, in every
view and by every command, and takes apart each byte that comes to it. Nothing may be among them
but text that can be seen and the control sequences that terminfo has for the terminal, with numbers
that are on its screen; and the clipboard's, with clean text in it. Works in the current folder."""
import base64
import curses
import fcntl
import multiprocessing
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import termios
import threading
import unicodedata

from hostile_mails import GROUP, HARMLESS, POISONS, Generator

SEED = 20190301
MAILS = 1000
ROWS, COLUMNS = 60, 160  # at most

# Seconds without a byte after which pore hangs.
PATIENCE = 120

# --- what may come to a terminal -----------------------------------------------------------

# What curses uses of terminfo (curs_terminfo(5)) when it draws: neither the title of the window, nor
# the printer, nor what asks the terminal for something.
FIXED = """smcup rmcup smkx rmkx civis cnorm cvvis clear el el1 ed home cub1 cuf1 cuu1 cud1 cr ind ri il1 dl1 ich1
    dch1 smir rmir sgr0 bold dim rev smso rmso smul rmul sitm ritm blink invis op oc smacs rmacs enacs ht nel
    smm rmm sc rc smam rmam""".split()
ONE_NUMBER = "ech cub cuf cuu cud hpa vpa indn rin il dl ich dch".split()
COLOURS = "setaf setab".split()

# ECMA-48, and xterm's strings that end with BEL.
SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-~])", re.DOTALL)
# What pore puts there: Message-IDs of these mails, and links to them.
COPIED = re.compile(r"(https://lore\.kernel\.org/r/)?g\d+\.\w+\.")
CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/]*=*)\x07")


def expansions(name):
    """All that the capability NAME can become on this screen."""
    capability = curses.tigetstr(name)
    if not capability:
        return
    if name == "cup":
        yield from (curses.tparm(capability, row, column) for row in range(ROWS) for column in range(COLUMNS))
    elif name == "csr":
        yield from (curses.tparm(capability, top, end) for top in range(ROWS) for end in range(top, ROWS))
    elif name == "sgr":
        yield from (curses.tparm(capability, *(bits >> bit & 1 for bit in range(9))) for bits in range(512))
    elif name == "rep":
        yield from (curses.tparm(capability, ord("x"), count)[1:] for count in range(COLUMNS + 1))
    elif name == "XM":
        yield from (curses.tparm(capability, on) for on in (0, 1))
    elif name in COLOURS:
        yield from (curses.tparm(capability, colour) for colour in range(max(curses.tigetnum("colors"), 0)))
    elif name in ONE_NUMBER:
        yield from (curses.tparm(capability, number) for number in range(max(ROWS, COLUMNS) + 1))
    else:
        yield capability


def read_grammar(term):
    """The sequences and the control characters that TERM may be sent."""
    curses.setupterm(term, os.open(os.devnull, os.O_WRONLY))
    sequences, controls = set(), set(b"\r\n\b")
    for name in FIXED + ONE_NUMBER + COLOURS + ["cup", "csr", "sgr", "rep", "XM"]:
        for text in expansions(name):
            text = re.sub(rb"\$<[^>]*>", b"", text)
            if re.fullmatch(rb"\x1b\][A-Z]", text):  # the console's, which has no end
                sequences.add(text)
                continue
            sequences.update(SEQUENCE.findall(text))
            controls.update(byte for byte in SEQUENCE.sub(b"", text) if byte < 0x20)
    if curses.tigetflag("AX") > 0:  # which of the two colours is as it was (user_caps(5))
        sequences.update((b"\x1b[39m", b"\x1b[49m"))
    return sequences, controls


class Terminal:
    """What a terminal of the kind TERM may get in LOCALE; TERM None: from what does not move about."""

    def __init__(self, term, locale):
        self.term, self.locale, self.utf8 = term, locale, "UTF-8" in locale
        self.seen = {}
        self.bytes = 0
        self.sequences, self.controls = set(), set(b"\r\n\t")
        if term:  # curses knows one terminal in a process
            with multiprocessing.get_context("fork").Pool(1) as pool:
                self.sequences, self.controls = pool.apply(read_grammar, (term,))

    def sequence_at(self, data, at):
        """The sequence that begins there, or None."""
        if data[at:at + 3] in self.sequences:  # one without an end
            return data[at:at + 3]
        match = SEQUENCE.match(data, at)
        if not match:
            return None
        said = CLIPBOARD.fullmatch(match[0]) if self.term and self.term.startswith("xterm") else None
        if said:
            lines = base64.b64decode(said[1]).decode("utf-8").split("\n")
            return match[0] if all(COPIED.match(line) and is_visible(line) for line in lines) else None
        return match[0] if match[0] in self.sequences else None

    def stray(self, data):
        """Where in DATA the first thing is that may not be there; None if all may."""
        at = combining = 0
        while at < len(data):
            byte = data[at]
            if byte == 0x1b:
                sequence = self.sequence_at(data, at)
                if not sequence:
                    return at
                kind = re.sub(rb"[0-9]+(;[0-9]+)*", b"#", CLIPBOARD.sub(b"\x1b]52\x07", sequence))
                self.seen[kind] = self.seen.get(kind, 0) + 1
                at += len(sequence)
            elif byte < 0x80:
                if byte == 0x7f or (byte < 0x20 and byte not in self.controls):
                    return at
                combining = 0
                at += 1
            else:
                length = character_length(data, at) if self.utf8 else 0
                if not length:
                    return at
                combines = unicodedata.category(data[at:at + length].decode()) in ("Mn", "Me")
                combining = combining + 1 if combines else 0
                if combining > 4:
                    return at
                at += length
        return None


HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
FILLERS = "\u115f\u3164\uffa0"


def is_visible(text):
    return not any(unicodedata.category(c) in HIDDEN or c in FILLERS or ord(c) & 0xfffe == 0xfffe or
                   0xfdd0 <= ord(c) <= 0xfdef for c in text)


def character_length(data, at):
    """How many bytes the character at AT has; 0 if it is none that can be seen."""
    length = 2 if data[at] < 0xe0 else 3 if data[at] < 0xf0 else 4
    try:
        character = data[at:at + length].decode()
    except UnicodeDecodeError:
        return 0
    return length if is_visible(character) else 0


# --- running pore ---------------------------------------------------------------------------

failed = 0


def fail(what):
    global failed
    failed += 1
    if failed <= 20:
        print("FAIL:", what)


def run(arguments, term, locale, sizes=((24, 80),)):
    """Runs pore on a terminal of that kind, whose size changes while it is read from. All bytes that
    came to it."""
    process, descriptor = pty.fork()
    if process == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *sizes[0], 0, 0))
        os.execve(PORE, [b"pore", *arguments], {**os.environ, "TERM": term, "LC_ALL": locale})
    pieces, taken, step = [], 0, 1
    while True:
        if not select.select([descriptor], [], [], PATIENCE)[0]:
            os.kill(process, 9)
            fail(f"pore hangs: {arguments}")
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # its other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
        taken += len(piece)
        if len(sizes) > 1 and taken > step * 20000:
            fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", *sizes[step % len(sizes)], 0, 0))
            step += 1
    os.close(descriptor)
    return b"".join(pieces), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def check(terminal, data, what):
    terminal.bytes += len(data)
    at = terminal.stray(data)
    if at is not None:
        fail(f"{what} ({terminal.term or 'output'}, {terminal.locale}): "
             f"{data[max(at - 60, 0):at]!r} and then {data[at:at + 40]!r}")


def check_strays_are_found(terminals):
    """What all the others rely on."""
    for terminal in terminals:
        assert terminal.stray(b"text\r\n") is None
        for kind, poisons in POISONS.items():
            for poison in poisons:
                found = terminal.stray(b"text " + poison + b" text") is not None
                if not found and kind not in HARMLESS and not set(poison) <= set(b"overbacktab \t\r\b"):
                    fail(f"{kind} {poison!r} is not found on {terminal.term}, {terminal.locale}")


# --- what is shown ----------------------------------------------------------------------------

# No name for an archive that anybody would choose.
NAME = "li\x1b[777mst\x9b\u202e.git".encode()

FORMATS = ["%4C%Z %s", "%i|%t", "%f|%e", "%n|%a|%s", "%b|%I%M%E|%D|%[%d]|%t", "%-20.20n|%-30.30t|%20.20i|%-9.9a",
           "%S%V%p%h%w%d%r%k%K %s", "%Z%z|%Y|%s", "%y|%Q|%s"]
SORTS = "arrival date from subject state version patches replies trailers reverse-from reverse-subject".split()
LIMITS = ["~s turn", "~f eve", "~b what", "~s \x1b[777m|~f \u202e|~A", "~i \x9b", "~z \x1b]0;title\x07",
          "~s \"[\x1b[777m\"", "all"]
# What is wrong is said, with what was typed.
MISTAKES = [":source \x1b[777m\x9b", ":color \x1b]0;title\x07", ":set \u202e=\x1bc", ":bind index \x1b[777m exit",
            ":save-message none\x1b[777m/\x9b", ":\x1b[777m", ":jump \x9b", "\\Cg", ":mark \u202e", ":sort-mailbox \x1b[777m"]
# The views, and what stands in each.
VIEWS = {"index": b"---pore: li", "series": b"---pore: [v", "pager": b"Date: ", "compare": b"pore: [v1-v2", "trailers": b"pore: trailers",
         "contributors": b"ontributors", "domains": b"omains", "digest": b"Digest", "help": b"Help for"}
# Exit status of a script that had mistakes in it.
SCRIPT_FAILED = 2


def walk_text():
    return ["^    ", "$", "-^", ":toggle-wrap", ">>    <$", ":toggle-wrap"]


def walk_mail():
    return ["yY", *walk_text(), "h", *walk_text(), ":set word_differences", "T    ", "^}}{+", "/widget<Enter>nn\\en",
            "T", "h", ":set noword_differences"]


def walk_series(row, seen):
    """A series, six of its mails, what became of it. "q" does nothing in the index."""
    lines = [f":jump {row}", "<Enter>", "<Enter>", "zv=yY", *seen("series")]
    for mail in range(2, 8):
        lines += ["=" + "j" * mail + "<Enter>", *walk_mail(), *seen("pager"), "q"]
    lines += ["c", "zz", *seen("compare"), "=<Enter>", "   ", "q", "j<Enter>", "   ", "q", "v", "   ", "qqqq",
              "<Enter>", "+", "zz", *seen("trailers"), "<Enter>", "  ", "q", "q", "#\\Cg", "e\\Cg", "A\\Cg", "i", "s\\Cg", "|\\Cg", "p\\Cg", "qqqqqq"]
    return lines


def walk(rows, folder):
    """The lines of a script for the browser, which shows what was wrong with the porerc at first: each
    view of the series in ROWS, and what else echoes what mails say."""
    taken = dict.fromkeys(VIEWS, 0)

    def seen(view):
        taken[view] += 1
        return [f":write-screen -a {folder}/{view}.{taken[view]}"]

    lines = ["q", ":bind index q noop", ":bind index x noop", *seen("index")]
    for text in FORMATS:
        lines += [f':set index_format="{text}"', "=zzzzzzzz*"]
    lines += [":reset index_format", *(f":sort-mailbox {sort}" for sort in SORTS), ":sort-mailbox arrival", "=\\eV"]
    for limit in LIMITS:
        lines += [f":limit {limit}", "z\\el", ":digest", "z", "q"]
    lines += [*MISTAKES, ":tag-pattern ~A", ";y", ";s\\Cg", ":untag-pattern ~A", ":what-key", "\\001", ":what-key", "\u202e"]
    lines += [":set save_address", "s\\Cg", ":set nosave_address", "/\u202e\u200b\x9be\u0301\u0301\u0301\u0301\u0301<Enter>",
              "/<Up>\\Cg", ":edit-note \x1b[777m \u202e\x9b", "e\\Cg", ":mark-pattern flagged ~s \x1b[777m|~A", ":undo-mark"]
    for view in ("contributors", "domains"):
        lines += [f":{view}", *seen(view), "zzzzzzzz*", "=<Enter>", "z\\el", f":{view}", "jjj<Enter>", "z\\el", ":limit all", "q"]
    lines += [":digest", *seen("digest"), *[" "] * 30, "/turn<Enter>", "q", "?", *seen("help"), "    q"]
    for row in rows:
        lines += walk_series(row, seen)
    for size in ((40, 120), (7, 30), (60, 160), (24, 80)):
        lines += [":shell-escape stty rows %d cols %d" % size, "=zz", "<Enter>", "zz", "<Enter>", "  ", "qqqq"]
    # Answers, and a branch that is called like the series.
    lines += ["=", "A<Enter>", "q", "r", "g", "L", "R\\Cg", "R<Enter>", "q", ":fetch-mail", ".", ":limit all", "z",
              ":mark reviewed", ":sync-mailbox", ":quit"]
    return "".join(line + "\n" for line in lines)


# --- the tests -------------------------------------------------------------------------------


class Server(threading.Thread):
    """A git server that says nothing but hostile errors."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = b"git://127.0.0.1:%d/x" % self.socket.getsockname()[1]

    def run(self):
        while True:
            connection = self.socket.accept()[0]
            connection.recv(4096)
            said = b"ERR \x1b[777m\xc2\x9b777m\x1b]0;title\x07\xe2\x80\xae\xff\r\n no"
            connection.sendall(b"%04x%s" % (len(said) + 4, said))
            connection.close()


def git(*words, data=None):
    subprocess.run(["git", *words], input=data, check=True, stdout=subprocess.DEVNULL)


def make_archive(generator, plain):
    """Three mails in four by pore import, the last ones as commits that somebody else has made."""
    mails = [mail for which in range(MAILS // GROUP) for mail in generator.group(which)]
    ours = MAILS * 3 // 4
    folder = b"mails\x1b[777m"
    for part in (b"new", b"cur", b"tmp"):
        os.makedirs(os.path.join(folder, part))
    for at, (_, mail) in enumerate(mails[:ours]):
        with open(os.path.join(folder, b"new", b"%04d" % at), "wb") as file:
            file.write(mail)
    output, status = run([b"import", NAME, folder], "xterm", "C.UTF-8")
    check(plain, output, "import")
    if status:
        fail(f"import: {output}")
    commits = [generator.commit(1551484800 + at, mail) for at, (_, mail) in enumerate(mails[ours:])]
    # What stands behind the first one's committer is what it is based on.
    commits[0] = re.sub(rb"(\ndata [0-9]+\n.*?\n)(?=M 100644)", rb"\1from refs/heads/master^0\n", commits[0],
                        count=1, flags=re.DOTALL)
    git(b"--git-dir", NAME, "fast-import", "--quiet", data=b"".join(commits))
    git(b"--git-dir", NAME, "update-ref", "refs/tags/v1\u202e\x9b".encode(), "master")
    return [mail_id for mail_id, _ in mails]


def check_commands(ids, plains, url):
    """What the commands print, and say of what is wrong."""
    odd = [b"\x1b[777m\x9b\xff", "\x9b\u202e".encode()]
    every = [[b"list", b"--all", NAME], [b"list", b"--all", b"--all-states", NAME], [b"mails", b"--all", NAME],
             [b"stats", b"--all", NAME], [b"digest", b"--all", NAME], [b"digest", b"--classic", b"--all", NAME],
             [b"list", NAME, "refs/tags/v1\u202e\x9b".encode()], [b"marks", b"export"], [b"sync", NAME],
             [b"sync", b"new\x1b[777m.git", url]]
    for word in odd:
        every += [[b"list", word], [b"list", NAME, word + b".." + word], [b"list", b"--since", word, NAME],
                  [b"list", b"--" + word, NAME], [b"show", NAME, word], [b"diff", NAME, word, word],
                  [b"am", b"-P", word, NAME, ids[1]], [b"mark", NAME, word, ids[1]], [b"marks", word],
                  [b"marks", b"import", word], [b"marks", b"import", b"odd"], [b"import", word, word],
                  [b"marks", b"same", word, word], [b"import", b"--withdraw", word, NAME],
                  [b"sync", word, b"git://" + word], [b"mark", NAME, b"note=" + word, ids[1]],
                  [b"digest", b"--all", b"--name", "\x9b\u202e\x1b[777m".encode(), NAME],
                  [b"--script", word, NAME]]
    for mail_id in ids[::29]:
        every += [[b"show", NAME, mail_id], [b"show", b"--raw", NAME, mail_id]]
    for mail_id in ids[6::50]:
        every += [[b"show", b"--series", NAME, mail_id], [b"show", b"--series", b"--raw", NAME, mail_id],
                  [b"diff", NAME, mail_id], [b"am", NAME, mail_id], [b"mark", NAME, b"flagged", mail_id]]
    with open("odd", "wb") as file:
        file.write(b"\x1b[777m\xc2\x9b\n")
    for number, arguments in enumerate(every):
        plain = plains[number % 7 == 0]
        output, status = run(arguments, "xterm", plain.locale)
        check(plain, output, f"pore {arguments}")
        if status not in (0, 1, 2):
            fail(f"pore {arguments}: exit {status}")
    return len(every)


def check_browser(terminal, plain, rows, sizes):
    name = f"{terminal.term}.{terminal.locale}"
    os.mkdir(name)
    with open("script", "w", encoding="utf-8") as file:
        file.write(walk(rows, name))
    output, status = run([b"-F", b"rc\x1b[777m", b"-e", b"set nobeep", b"-e", "set \x1b[777m=\u202e".encode(),
                          b"--script", b"script", b"--all", NAME], terminal.term, terminal.locale, sizes)
    with open(name + ".out", "wb") as file:
        file.write(output)
    check(terminal, output, "pore")
    if status != SCRIPT_FAILED:
        fail(f"pore on {name}: exit {status}")
    shown = dict.fromkeys(VIEWS, 0)
    for file_name in os.listdir(name):
        with open(os.path.join(name, file_name), "rb") as file:
            screen = re.sub(rb"\x1b\[[0-9;]*m", b"", file.read())
        check(plain, screen, f"the screen {file_name}")
        view = file_name.split(".")[0]
        shown[view] += VIEWS[view] in screen
    if not all(shown.values()):
        fail(f"not all views were shown on {name}: {shown}")
    print(f"{name}: {' '.join(f'{view}:{count}' for view, count in shown.items())}")


PORE = b""


def main():
    global PORE
    PORE = os.fsencode(sys.argv[1])
    generator = Generator(SEED)
    plains = [Terminal(None, "C.UTF-8"), Terminal(None, "C")]
    terminals = [Terminal("xterm-256color", "C.UTF-8"), Terminal("xterm-256color", "C"),
                 Terminal("vt100", "C.UTF-8"), Terminal("linux", "C.UTF-8")]
    check_strays_are_found(plains + terminals)
    server = Server()
    server.start()
    ids = make_archive(generator, plains[0])
    git(b"--git-dir", NAME, "config", "remote.origin.url", server.url)
    git("init", "-q", "--bare", "project.git")
    git("--git-dir=project.git", "fast-import", "--quiet", data=b"commit refs/heads/master\n"
        b"committer C <c@example.org> 1551398400 +0000\ndata 0\nM 100644 inline dir/file.c\ndata 0\n\n")
    with open(b"rc\x1b[777m", "wb") as file:
        file.write(b'set nobeep pager_stop nowait_key shell=/bin/sh repo=project.git from="Mia <mia@example.org>"\n'
                   b'set editor="cat %s >>drafts; true" print_command="cat >/dev/null" theme=dark\n'
                   b"set \xc2\x9b777m=1\nbind \x1b[777m\n")
    commands = check_commands(ids, plains, server.url)
    for at, terminal in enumerate(terminals):
        check_browser(terminal, plains[0], range(1 + at, 101, 4 if at == 0 else 11),
                      ((24, 80), (50, 150), (10, 40), (60, 160), (30, 100)) if at == 0 else ((24, 80),))
    print(f"seed {SEED}: {MAILS} mails, {sum(generator.used.values())} poisons of {len(POISONS)} kinds; {commands} commands")
    for terminal in plains + terminals:
        print(f"{terminal.term or 'output'}, {terminal.locale}: {terminal.bytes} bytes,"
              f" {sum(terminal.seen.values())} sequences of {len(terminal.seen)} kinds")
    if os.path.exists("escaped"):
        fail("a mail was run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
