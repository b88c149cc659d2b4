#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails that want to do something to the terminal, or to whoever reads them: in groups of ten, each
a series in two versions that people have answered, with POISONS wherever a mail can have them.
The same seed makes the same mails."""
import base64
import quopri
import random

# What a mail may want to put on a terminal. Numbers are ones that no screen of the test needs, so
# that none of these can be taken for what curses sends by itself.
POISONS = {
    "cursor": [b"\x1b[777;777H", b"\x1b[777A", b"\x1b[777d"],
    "attributes": [b"\x1b[777m", b"\x1b[38;5;777m", b"\x1b[777;1m"],
    "modes": [b"\x1b[?777h", b"\x1b[777l", b"\x1b[?1004h", b"\x1b[?2026h"],
    "questions": [b"\x05", b"\x1b[c", b"\x1b[>c", b"\x1b[6n", b"\x1bZ", b"\x1b[?777$p", b"\x1b[21t"],
    "window": [b"\x1b[3;777;777t", b"\x1b[8;777;777t", b"\x1bktitle\x1b\\"],
    "title": [b"\x1b]0;title\x07", b"\x1b]2;title\x1b\\", b"\x1b]l;title\x9c"],
    "clipboard": [b"\x1b]52;c;cm0gLXJm\x07", b"\x1b]52;p;?\x1b\\", b"\x1bPtmux;\x1b\x1b]52;c;QQ==\x07\x1b\\"],
    "link": [b"\x1b]8;;https://example.org/\x1b\\here\x1b]8;;\x1b\\"],
    "strings": [b"\x1bP+q544e\x1b\\", b"\x1bPq#0\x1b\\", b"\x1b_Gi=1\x1b\\", b"\x1b^x\x1b\\", b"\x1bXx\x1b\\",
                b"\x1b]1337;File=:QQ==\x07", b"\x1b]777;notify;a;b\x07", b"\x1b]4;1;?\x07"],
    "reset": [b"\x1bc", b"\x1b[!p", b"\x1b#8", b"\x1b%@", b"\x1b%G", b"\x1bn", b"\x1b|"],
    "paste": [b"\x1b[201~touch escaped\n", b"\x1b[200~", b"\x1b[?2004l"],
    "printer": [b"\x1b[5i", b"\x1b[4i", b"\x1b[?5i"],
    "lone escape": [b"\x1b", b"\x1b\x1b", b"\x1b["],
    "C0": [bytes([1, 2, 3, 6, 0x11, 0x12, 0x13, 0x14]), b"\x07\x0b\x0c", b"\x0e\x0f\x10\x18\x1a\x1c\x1f", b"\x7f",
           b"\0a\0", b"\rover", b"\b\b\bback", b"\ttab"],
    "C1, UTF-8": ["\x9b777m".encode(), "\x9d0;title\x9c".encode(), "\x90x\x9c".encode(), "\x85\x84\x8d".encode(),
                  "\x9bc\x9a".encode()],
    "C1, bytes": [b"\x9b777m", b"\x9d0;title\x9c", b"\x90x\x9c", b"\x84\x85\x8d\x9a"],
    "no UTF-8": [b"\xff\xfe", b"cut\xe2\x82", b"\x80\xbf", b"\xc0\x9b777m", b"\xe0\x80\x9b777m", b"\xf0\x80\x80\x9bc",
                 b"\xf4\x90\x80\x80", b"\xed\xa0\x80\xed\xb0\x80", b"\xfc\x84\x80\x80\x80\x80"],
    "direction": ["\u202eesrever\u202c".encode(), "\u2066isolate\u2069".encode(), "\u2067\u2068\u202a\u202b".encode(),
                  "\u200e\u200f\u061c".encode(), "/*\u202e } \u2066if (is_admin)\u2069 \u2066 begin */".encode()],
    "not to be seen": ["a\u200bb\u200cc\u200dd".encode(), "\u00ad\u2060\ufeff".encode(), "\u180e\u2062\u2064".encode(),
                       "\u115f\u3164\uffa0".encode(), "\U000e0001\U000e0041\U000e007f".encode(),
                       "\ufff9a\ufffab\ufffb".encode(), "\U0001d173\U0001d17a".encode()],
    "lines": ["\u2028".encode(), "\u2029".encode()],
    "nobody's": ["\ue000\U0010fffd".encode(), "\ufffe\uffff\ufdd0\U0001fffe".encode()],
    "piles": [("e" + "\u0301" * 40).encode(), ("Z" + "\u0489\u0337\u20dd" * 9).encode()],
    "wide": ["\u5927\u5b66 \U0001f600\ufdfd\u2e3b".encode(), "\U0001f468\u200d\U0001f469\u200d\U0001f467".encode(),
             "\u2764\ufe0f\U0001f1e9\U0001f1ea".encode(), ("\u5b57" * 90).encode()],
    "marks": ["\u0301\u0300".encode(), "\u03b5\u0301\u0300".encode()],
    "right to left": ["\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627".encode()],
    "words": [b"$(touch escaped)`touch escaped`;touch escaped", b"'\"\\%s%n%1$s%%", b"-rf --exec=touch", b"../../escaped",
              b"/etc/passwd", b"<b>&amp;", b"|touch escaped", b"~A|~f .*((("],
}

# What a terminal may get as it is.
HARMLESS = ("wide", "marks", "right to left", "words")

GROUP = 10

# Charsets of encoded words and of bodies; those that iconv has not are names only.
CHARSETS = ["utf-8", "us-ascii", "iso-8859-1", "windows-1252", "iso-2022-jp", "utf-7", "hz-gb-2312", "utf-16", "utf-16le",
            "koi8-r", "gb18030", "x-\x1b[777m", "utf-8\x9b", "utf-32be", "iso-2022-kr", "euc-jp"]


def encode(poison, charset):
    """POISON in CHARSET, so that decoding gives it; bytes that are no text stay."""
    try:
        return poison.decode("utf-8").encode({"hz-gb-2312": "hz"}.get(charset, charset))
    except (UnicodeError, LookupError):
        return poison


def encoded_word(poison, charset, quoted):
    bytes_ = encode(poison, charset)
    if quoted:
        text = "".join(f"={byte:02X}" for byte in bytes_).encode()
        return b"=?" + charset.encode() + b"?Q?" + text + b"?="
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(bytes_) + b"?="


HEAD = rb"""From: "@@ Eve @@" <eve%(mark)s@example.org>
To: @@ <to@example.org>, "@@" <list@@@lists.example.org>
Cc: "@@" <cc@@@example.org>, @@
Reply-To: @@ <answers@@@example.org>
Subject: [PATCH@prefix@ v%(version)d %(number)d/2] @title@: %(what)s
Date: Fri, 1 Mar 2019 %(hour)02d:%(minute)02d:00 +0000 (@@)
Message-ID: <%(id)s>
X-Mailer: @@
X-Ev@@il: @@
X-Change-Id: @@
List-Id: @@ <list.@@.example.org>
MIME-Version: 1.0
"""

BODY = rb"""@@ What %(what)s does. @@
It costs @@ nothing.

Change-Id: @@
Link: https://lore.example.org/r/@@@example.org [1@@]
Closes: @@
Fixes: 0123456789ab ("@@ widget: @@")
Reported-by: @@ Rita <rita@@@example.com>
Signed-off-by: "@@" <@@>
---
 dir@@/file.c | 3 ++-@@
 1 file changed, 2 insertions(+), 1 deletion(-) @@
 create mode 100644 dir@@/file.c

diff --git a/dir@@/file.c b/dir@@/file.c
new file mode 100644 @@
index 0000000..1234567 @@
--- a/dir@@/file.c
+++ b/dir@@/file.c
@@@@ -1,2 +1,3 @@@@ first @@
 context @@
-one @@ word %(version)d
+two @@ words %(version)d
+three @@
--
@@
"""

COVER = rb"""@@ This makes the widget turn. @@

Changes in v%(version)d: @@
 - oil @@
Link to v1: https://lore.example.org/r/@@@example.org

---
base-commit: @@
change-id: 20190301-@@-0123456789ab
prerequisite-patch-id: @@

Best regards,
--
@@ Eve
"""

REPLY = rb"""On Fri, @@ wrote:
> What it @@ does.
> > deeper @@
> > > and deeper @@
>
> diff --git a/dir@@/file.c b/dir@@/file.c
> +two @@ words

Turn it @@ off.
Nit: @@

Reviewed-by: @@ Rex @@ <rex@@@example.com>
Acked-by: "@@" <@@@example.com> # @@
Tested-by: Tom <tom@example.com> @@
X@@-by: @@
"""


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kinds = list(POISONS)
        self.used = {kind: 0 for kind in POISONS}

    def poison(self, kind=None):
        kind = kind or self.random.choice(self.kinds)
        self.used[kind] += 1
        return self.random.choice(POISONS[kind])

    def fill(self, template, values, header=False):
        """TEMPLATE with a poison for each "@@", some as encoded words where it is a header. "@@@@"
        is that of a hunk."""
        text = template % {name.encode(): value for name, value in values.items() if name != "title"}
        # One that cannot be read any more is of no series.
        text = text.replace(b"@prefix@", b" @@" if self.random.random() < 0.05 else b"")
        text = text.replace(b"@title@", values["title"])
        pieces = text.replace(b"@@@@ -", b"\x00HUNK -").replace(b" @@@@ ", b" \x00HUNK ").split(b"@@")
        out = [pieces[0]]
        for piece in pieces[1:]:
            poison = self.poison()
            if header and self.random.random() < 0.4:
                poison = encoded_word(poison, self.random.choice(CHARSETS), self.random.random() < 0.5) + b" "
            elif header:
                poison = poison.replace(b"\n", b" ")
            out += [poison, piece]
        return b"".join(out).replace(b"\x00HUNK", b"@@")

    def parameters(self):
        """Names of charsets, boundaries and files."""
        poison = self.poison().replace(b"\n", b"")
        return b'; name="%s"; x-%s*=utf-8\'\'%s' % (poison, poison, "".join(
            f"%{byte:02X}" for byte in poison).encode())

    def part(self, body):
        """BODY with the headers that say how it is encoded."""
        charset = self.random.choice(["utf-8"] * 60 + CHARSETS)
        transfer = self.random.choice(["8bit"] * 5 + ["quoted-printable", "base64", "x-\x1b[777m"])
        if transfer == "quoted-printable":
            body = quopri.encodestring(body)
        elif transfer == "base64":
            body = base64.encodebytes(body)
        return (b"Content-Type: text/plain; charset=%s%s\nContent-Transfer-Encoding: %s\n"
                b"Content-Disposition: inline; filename=\"%s\"\n\n%s" % (
                    charset.encode("latin-1"), self.parameters(), transfer.encode(),
                    self.poison().replace(b"\n", b""), body))

    def with_body(self, head, body):
        if self.random.random() < 0.9:
            return head + self.part(body)
        boundary = b"b" + self.poison().replace(b"\n", b"").replace(b'"', b"")
        return (head + b'Content-Type: multipart/mixed; boundary="%s"%s\n\npreamble %s\n' % (
            boundary, self.parameters(), self.poison()) +
                b"--%s\n%s\n--%s\nContent-Type: text/html\n\n<p>%s\n--%s--\nepilogue %s\n" % (
                    boundary, self.part(body), boundary, self.poison(), boundary, self.poison()))

    def mail(self, values, body, parent=None):
        head = self.fill(HEAD, values, True)
        if parent:
            head = head.replace(b"Subject: ", b"In-Reply-To: <%s>\nReferences: %s\n <%s>\nSubject: %s" % (
                parent, self.poison().replace(b"\n", b""), parent,
                b"Re: " if body is REPLY else b""), 1)
        if body is not BODY or self.random.random() < 0.2:
            return self.with_body(head, self.fill(body, values))
        # The next version's is the same but for a few words.
        other, self.random = self.random, random.Random(values["what"] + values["title"])
        text = self.fill(body, values)
        self.random = other
        return self.with_body(head, text)

    def group(self, which):
        """GROUP mails: (Message-ID, the mail)."""
        kind = self.kinds[which % len(self.kinds)]
        mark = self.poison(kind).replace(b"\n", b"").replace(b">", b"").replace(b"<", b"").replace(b"\0", b"")
        title = b"widget %d %s turn" % (which, mark if which % 2 else encoded_word(mark, "utf-8", which % 4))
        plan = [("c", 1, 0, None, COVER), ("p", 1, 1, "c1", BODY), ("q", 1, 2, "c1", BODY),
                ("r", 1, 1, "p1", REPLY), ("s", 1, 0, "c1", REPLY),
                ("c", 2, 0, None, COVER), ("p", 2, 1, "c2", BODY), ("q", 2, 2, "c2", BODY),
                ("r", 2, 1, "p2", REPLY), ("s", 2, 2, "q2", REPLY)]
        mails = []
        for at, (name, version, number, parent, body) in enumerate(plan):
            def make_id(key):
                return b"g%d.%s.%s@example.org" % (which, key.encode(), mark)
            key = f"{name}{version}"
            values = {"id": make_id(key), "mark": mark, "title": title, "version": version, "number": number,
                      "what": b"%s %d" % (name.encode(), number), "hour": which % 24, "minute": at}
            mails.append((values["id"], self.mail(values, body, make_id(parent) if parent else None)))
        return mails

    def commit(self, when, mail):
        """MAIL as a commit for git fast-import, by somebody no better."""
        author = self.poison().translate(None, b"<>\n\0")
        subject = self.poison().replace(b"\0", b"")
        return (b"commit refs/heads/master\nauthor %s <%s> %d +0000\ncommitter C <c@example.org> %d +0000\n"
                b"data %d\n%s\nM 100644 inline m\ndata %d\n%s\n" % (
                    author, author, when, when, len(subject), subject, len(mail), mail))
