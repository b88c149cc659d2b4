#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pore am: git makes of what it prints what it makes of the mails themselves, however they are encoded; with
# trailers the same trees. Then the browser applies, and is killed at random moments: tests/applied.py. KILLS=1000 for
# more of that.
set -u
. "$(dirname "$0")/support.sh"
command -v git >/dev/null && command -v python3 >/dev/null || { echo "no git or python3"; exit 77; }

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"
TZ=UTC GIT_AUTHOR_DATE='2019-03-01 10:20:30 +0100' GIT_COMMITTER_DATE='2019-03-02 11:22:33 +0200'
export TZ GIT_AUTHOR_DATE GIT_COMMITTER_DATE
printf '[advice]\n\tdetachedHead = false\n' >gitconfig
GIT_CONFIG_GLOBAL=$work/gitconfig

# commit MESSAGE [AUTHOR]
commit() {
    git -C code add -A
    printf '%b' "$1" | git -C code commit -q --author="${2:-Ann Example <ann@example.org>}" -F - || exit 99
}

# --- a topic, by several authors ------------------------------------------------------------

git init -q -b master code
seq 40 >code/numbers
printf 'ein Gr\303\274\303\237\n' >code/words
seq 30 | sed 's/$/ of many/' >code/old-name
printf '#!/bin/sh\n' >code/script
printf 'one\r\ntwo\r\nthree\r\n' >code/dos
commit 'begin'
base=$(git -C code rev-parse HEAD)
sed -i 's/^20$/twenty/' code/numbers
commit 'numbers: spell one out\n\nFrom the beginning it was wrong.\n>From then on, too.\n\nSigned-off-by: Ann Example <ann@example.org>\n'
printf 'ein Gru\303\237, \342\202\254 5\n' >code/words
commit 'words: t\303\266rn it\n\n\303\234ber alles.\n' 'J\303\266rg Sch\303\244fer <joerg@example.com>'
git -C code mv old-name new-name
chmod 755 code/script
printf '\0\1\2\377\n' >code/data
commit 'files: rename, make executable, add\n' 'Bob Sample <bob@example.com>'
printf 'a trailing blank \n\tand = signs: =3D =20\nFrom here\n.\n' >code/odd
printf '%0300d\n' 7 >>code/odd
commit 'odd: add\n\n---\nis not the end of it.\n'
topic=$(git -C code rev-parse HEAD)

# recode HOW FILE...: writes each mail, encoded in another way, to HOW/FILE.
cat >recode.py <<'END'
import base64, os, quopri, re, sys
how, files = sys.argv[1], sys.argv[2:]
for name in files:
    mail = open(name, "rb").read()
    head, body = mail.split(b"\n\n", 1)
    head = re.sub(rb"\AFrom .*\n", b"", head)
    charset = b"UTF-8"
    if how in ("latin1", "latin1-quoted"):
        try:
            body = body.decode().encode("latin-1")
            charset = b"ISO-8859-1"
        except UnicodeError:
            pass
    encoding = b"8bit"
    if how == "base64":
        body, encoding = base64.encodebytes(body), b"base64"
    elif how in ("quoted", "latin1-quoted"):
        body, encoding = quopri.encodestring(body), b"quoted-printable"
    if how != "plain":
        head = re.sub(rb"\n(MIME-Version|Content-[^:]*):[^\n]*(\n[ \t][^\n]*)*", b"", head)
        head += (b"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=" + charset +
                 b"\nContent-Transfer-Encoding: " + encoding)
    mail = head + b"\n\n" + body
    if how == "crlf":
        mail = mail.replace(b"\n", b"\r\n")
    open(os.path.join(how, os.path.basename(name)), "wb").write(mail)
END

# id FILE: its Message-ID.
id() { tr -d '\r' <"$1" | sed -n 's/^Message-I[dD]: <\(.*\)>$/\1/p' | head -n 1; }

# apply FOLDER [OPTION...]: what git am of standard input makes of the base, in a clone of its own.
apply() {
    clone=$1
    shift
    git clone -q code "$clone" && git -C "$clone" checkout -q --detach "$base" || exit 99
    git -C "$clone" am -q "$@" >am.out 2>&1 || { fail "git am in $clone"; cat am.out; }
}

# told TEXT: a line on standard error is this.
told() { grep -qxF -- "pore: $1" err || { fail "standard error has no line: $1"; cat err; }; }
not_told() { ! grep -qF -- "$1" err || { fail "standard error has a line: $1"; cat err; }; }

# reply FILE FROM PARENT BODY: appends a mail to the mbox FILE.
number=0
reply() {
    number=$((number + 1))
    printf 'From r Thu Jan  1 00:00:00 1970\nFrom: %s\nDate: Sat, 2 Mar 2019 10:%02d:00 +0000\nMessage-ID: <reply-%d@example.org>\nIn-Reply-To: <%s>\nSubject: Re: it\n\n%b\n\n' \
        "$2" "$number" "$number" "$3" "$4" >>"$1"
}

describe='%an <%ae> %ad'
for how in plain quoted base64 latin1 latin1-quoted crlf; do
    mkdir "$how" sent-"$how"
    git -C code format-patch -q --thread=shallow --cover-letter -o ../sent-"$how" --base="$base" \
        --subject-prefix="PATCH $how" --from="Ann Example <ann@example.org>" "$base".."$topic" || exit 99
    sed -i "s/\*\*\* SUBJECT HERE/$how: a series/" sent-"$how"/0000*
    python3 recode.py "$how" sent-"$how"/* || exit 99
    "$pore" import "$how".git "$how"/* >/dev/null || exit 99
    second=$(id "$how"/0002*)
    cover=$(id "$how"/0000*)

    # The same commits.
    run 0 am --no-trailers "$how".git "$second"
    told "the base-commit is $base"
    apply "$how"-by-pore <out
    # Mails of which the body begins a line with "From " must not be given to git as an mbox of one.
    git clone -q code "$how"-by-git && git -C "$how"-by-git checkout -q --detach "$base"
    git -C "$how"-by-git am -q "$work/$how"/000[1-9]* >am.out 2>&1 || { fail "git am of $how"; cat am.out; }
    [ "$(git -C "$how"-by-pore rev-parse HEAD)" = "$(git -C "$how"-by-git rev-parse HEAD)" ] || {
        fail "$how: other commits than of the mails"
        git -C "$how"-by-pore log --format=raw -p "$base".. >1
        git -C "$how"-by-git log --format=raw -p "$base".. >2
        diff 1 2 | head -n 20
    }
    # As many mails as there are patches, told what the format is, too.
    [ "$(git -C "$how"-by-pore rev-list --count "$base"..)" -eq 4 ] || fail "$how: not four commits"
    [ "$(git -C "$how"-by-git rev-parse 'HEAD^{tree}')" = "$(git -C code rev-parse "$topic^{tree}")" ] ||
        [ "$how" = crlf ] || echo "note: $how: the mails make another tree than they were made from"

    # With trailers the same trees, authors and dates; and the trailers.
    : >replies
    reply replies 'Rita Reviewer <rita@example.org>' "$cover" 'Reviewed-by: Rita Reviewer <rita@example.org>'
    reply replies 'Tom Tester <tom@example.org>' "$second" 'Tested-by: Tom T\303\266ster <tom@example.org>'
    reply replies 'Mallory <mallory@example.net>' "$second" 'Acked-by: Linus Example <linus@example.org>'
    reply replies 'kernel test robot <lkp@example.com>' "$second" 'Tested-by: kernel test robot <lkp@example.com>'
    reply replies 'Ann Example <ann@example.org>' "$second" '> Reviewed-by: Someone Quoted <q@example.org>\n\nThanks.'
    "$pore" import "$how".git replies >/dev/null || exit 99
    run 0 am "$how".git "$cover"
    told 'added to all patches: Reviewed-by: Rita Reviewer <rita@example.org>'
    told 'added to patch 2: Tested-by: Tom Töster <tom@example.org>'
    told 'not added, as Mallory <mallory@example.net> sent it: Acked-by: Linus Example <linus@example.org>'
    told 'not added, as a machine sent it: Tested-by: kernel test robot <lkp@example.com>'
    not_told Quoted
    apply "$how"-with-trailers <out
    for format in "%T" "$describe" "%s"; do
        git -C "$how"-by-git log --format="$format" "$base".. >1
        git -C "$how"-with-trailers log --format="$format" "$base".. >2
        same "$how: $format with trailers" 1 2
    done
    git -C "$how"-with-trailers log --format='%(trailers:only)' "$base".. >trailers
    [ "$(grep -c '^Reviewed-by: Rita Reviewer <rita@example.org>$' trailers)" -eq 4 ] || fail "$how: Reviewed-by"
    [ "$(grep -c '^Tested-by: Tom Töster <tom@example.org>$' trailers)" -eq 1 ] || fail "$how: Tested-by"
    grep -q 'Linus\|robot\|Quoted' trailers && fail "$how: a trailer too many"
    # Without them a message is what it was.
    git -C "$how"-by-git log --format=%B "$base".. >1
    git -C "$how"-with-trailers log --format=%B "$base".. | grep -v '^Reviewed-by: Rita\|^Tested-by: Tom' >2
    grep . 1 >1.blank
    grep . 2 >2.blank
    same "$how: messages" 1.blank 2.blank
done

# --- what is taken ---------------------------------------------------------------------------

first=$(id plain/0001*)
run 0 am --patches 1-2,4 plain.git "$first"
[ "$(grep -c '^From [0-9a-f]\{40\} ' out)" -eq 3 ] || fail "not three patches"
run 0 am -P 3 --no-trailers plain.git "<$first>"
[ "$(grep -c '^From [0-9a-f]\{40\} ' out)" -eq 1 ] || fail "not one patch"
tail -n +2 out | sed '$d' >1
tail -c 1 plain/0003* | od -An -c | grep -q '\\n' || echo >>1
same "--no-trailers changes the bytes of a mail" plain/0003* 1
for bad in '' 0 x 1- 2-1 1,,2 , 1,2x -1 99999999999999999999; do
    run 2 am --patches="$bad" plain.git "$first"
done
run 1 am --patches=3-7 plain.git "$first"
told "patch 5 is not there"
[ ! -s out ] || fail "something is printed though a patch is not there"
run 1 am plain.git nobody@example.org
told "plain.git: no mail with the Message-ID nobody@example.org"
run 2 am plain.git
run 2 am none.git "$first"

# A newer version, which lacks a patch; what was said of the older one is still true of what is the same.
git -C code checkout -q --detach "$topic"
sed -i 's/=3D/=3d/' code/odd
git -C code commit -q --amend -a --no-edit
mkdir sent-v2 v2
git -C code format-patch -q -v2 --thread=shallow --cover-letter -o ../sent-v2 --subject-prefix='PATCH plain' \
    --in-reply-to="$(id plain/0000*)" --from="Ann Example <ann@example.org>" "$base".. || exit 99
sed -i 's/\*\*\* SUBJECT HERE/plain: a series/' sent-v2/*0000*
rm sent-v2/*0003*
python3 recode.py plain sent-v2/* && mv plain/v2* v2
"$pore" import plain.git v2/* >/dev/null || exit 99
run 0 am plain.git "$first"
told "v2 is newer and taken"
told "patch 3 is missing"
told "added to patches 1, 2, as was said of v1: Reviewed-by: Rita Reviewer <rita@example.org>"
told "added to patch 2, as was said of v1: Tested-by: Tom Töster <tom@example.org>"
[ "$(grep -c '^From [0-9a-f]\{40\} ' out)" -eq 3 ] || fail "not the three patches of v2"
run 0 am --exact plain.git "$first"
not_told newer
[ "$(grep -c '^From [0-9a-f]\{40\} ' out)" -eq 4 ] || fail "not the four patches of v1"

# --- lines that begin mails, and mails that would do harm --------------------------------------

cat >torn <<'END'
From: Ann Example <ann@example.org>
Date: Fri, 1 Mar 2019 10:00:00 +0000
Message-ID: <torn@example.org>
Subject: [PATCH] torn: it would be

From ann@example.org Fri Mar  1 10:00:00 2019
is how a mail begins.
---
diff --git a/torn b/torn
new file mode 100644
--- /dev/null
+++ b/torn
@@ -0,0 +1 @@
+torn
END
cat >harmful <<'END'
From: "Mallory [2J" <mallory@example.net>
Date: Fri, 1 Mar 2019 11:00:00 +0000
Message-ID: <harmful@example.org>
Subject: =?utf-8?q?=5BPATCH=5D_=1B=5D0=3Btitle=07_--abort?=

Reviewed-by: =1B[31m <x@example.net>
---
diff --git a/../harm b/../harm
new file mode 100644
--- /dev/null
+++ b/../harm
@@ -0,0 +1 @@
+harm
diff --git a/.git/hooks/post-applypatch b/.git/hooks/post-applypatch
new file mode 100755
--- /dev/null
+++ b/.git/hooks/post-applypatch
@@ -0,0 +1,2 @@
+#!/bin/sh
+: >harm
END
"$pore" import odd.git torn harmful >/dev/null || exit 99
: >replies
reply replies "$(printf 'Mal\033[31mlory\007 <mallory@example.net>')" harmful@example.org \
    'Reviewed-by: \033]0;x\007Mallory <mallory@example.net>\nAcked-by: \033[2J <other@example.net>'
"$pore" import odd.git replies >/dev/null || exit 99
run 0 am odd.git torn@example.org
apply torn-by-pore <out
git -C torn-by-pore log -1 --format=%b >1
printf '>From ann@example.org Fri Mar  1 10:00:00 2019\nis how a mail begins.\n\n' >2
same "a line that begins a mail" 2 1
run 0 am odd.git harmful@example.org
git clone -q code harmed
git -C harmed am -q <out >am.out 2>&1 && fail "a harmful patch applies"
[ ! -e harm ] && [ ! -e harmed/harm ] || fail "harm is done"

# --- in the browser, killed ----------------------------------------------------------------------

python3 "$top/tests/applied.py" "$pore" "${KILLS:-20}" || failed=1
exit $failed
