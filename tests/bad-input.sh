#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is broken or strange, as the command line meets it: one line and exit 2
# where nothing can be done, a counted mark where the rest can go on, and for a
# strange mail the row that it deserves.
set -u
. "$(dirname "$0")/support.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"

# refused TEXT ARGUMENT...: exit 2, nothing on standard output, one line that holds TEXT.
refused() {
    text=$1
    shift
    run 2 "$@"
    [ ! -s out ] || fail "pore $*: writes to standard output"
    [ "$(wc -l <err)" -eq 1 ] || { fail "pore $*: not one line on standard error"; cat err; }
    grep -q '^pore: ' err || fail "pore $*: no 'pore: ' in front"
    grep -qF -- "$text" err || { fail "pore $*: does not name $text"; cat err; }
}

refused_everywhere() {
    for command in mails list stats digest; do
        refused "$2" $command "$1"
    done
    refused "$2" "$1"
    refused "$2" show "$1" x@example.org
    refused "$2" mark "$1" reviewed x@example.org
}

# ---- archives, one loose object at a time

# add ARCHIVE NAME FILE: a commit on top whose tree holds FILE as the blob NAME.
clock=1793000000
add() {
    clock=$((clock + 60))
    GIT_AUTHOR_DATE="$clock +0000" GIT_COMMITTER_DATE="$clock +0000"
    export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
    [ -d "$1" ] || git init -q --bare "$1"
    blob=$(git -C "$1" hash-object -w --stdin <"$3")
    tree=$(printf '100644 blob %s\t%s\n' "$blob" "$2" | git -C "$1" mktree)
    tip=$(git -C "$1" rev-parse -q --verify HEAD)
    commit=$(echo "$2" | git -C "$1" commit-tree ${tip:+-p "$tip"} "$tree")
    git -C "$1" update-ref HEAD "$commit"
}

# mail ID SUBJECT: a mail on standard output.
mail() {
    cat <<END
From: Ada Sample <ada@example.org>
To: list@example.org
Subject: $2
Date: Mon, 16 Nov 2026 12:00:00 +0000
Message-ID: <$1>

Text of $1.
---
 a.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-int a;
+int b;
-- 
2.47.1
END
}

object() {
    name=$(git -C "$1" rev-parse "$2")
    echo "$1/objects/$(echo "$name" | cut -c 1-2)/$(echo "$name" | cut -c 3-)"
}

# three ARCHIVE: an archive of three mails.
three() {
    for n in 1 2 3; do
        mail $n@example.org "[PATCH $n/3] part $n" >mail.$n
        add "$1" m mail.$n
    done
}

# ---- nothing can be done

refused_everywhere no/such/path no/such/path
mkdir folder
refused_everywhere folder folder
echo text >file
refused_everywhere file file
git init -q --bare empty.git
refused_everywhere empty.git empty.git
add program.git README.md file
refused_everywhere program.git program.git

three good.git
for command in mails list stats digest; do
    refused nosuch $command good.git nosuch..HEAD
    refused nosuch $command good.git HEAD..nosuch
    refused HEAD~1..HEAD~2 $command good.git HEAD~1..HEAD~2
    refused HEAD...HEAD~1 $command good.git HEAD...HEAD~1
    refused 2026-13-45 $command --since 2026-13-45 good.git
    refused never $command --until never good.git
    refused --frob $command --frob good.git
    refused 3x $command -n 3x good.git
    refused -n $command -n -1 good.git
    refused zero $command --readers zero good.git
    refused archive $command
    refused extra $command good.git HEAD~1..HEAD extra
done
refused --frob --frob good.git
refused show show good.git
refused archive import
refused no/mails.mbox import new.git no/mails.mbox
[ ! -e new.git ] || fail "a refused import leaves an archive behind"
refused no/such.git import --withdraw x@example.org no/such.git

# What goes with another command only.
for command in mails stats show mark marks sync import ''; do
    refused --history ${command:+"$command"} --history good.git 1@example.org
done
for command in digest list mails stats show mark marks sync import; do
    refused --no-history $command --no-history good.git 1@example.org
done
for option in --all '-n 1' '--since now'; do
    for command in show mark marks sync; do
        # shellcheck disable=SC2086 # the words of it
        refused "${option%% *}" $command $option good.git 1@example.org
    done
done
refused --raw mark --raw good.git reviewed 1@example.org
refused --readers mark --readers 1000 good.git reviewed 1@example.org

refused Message-IDs mark
refused Message-IDs mark good.git
refused Message-IDs mark good.git reviewed
refused frob mark good.git frob 1@example.org
for note in '' "a${tab}b" "$(head -c 1001 /dev/zero | tr '\0' n)" "$(printf '\377')"; do
    refused note mark good.git "note=$note" 1@example.org
done
refused export marks
refused frob marks frob
refused export marks export a b
refused import marks import
refused Message-IDs marks same 1@example.org
refused Message-IDs marks not-same 1@example.org 2@example.org 3@example.org
refused Message-IDs marks not-corrected
refused 1@example.org marks same 1@example.org '<1@example.org>'
refused mails marks same '' 1@example.org
refused no/such/marks marks import no/such/marks
refused no/such/marks marks export no/such/marks
refused folder marks import folder
refused folder marks export folder
refused URL sync
refused URL sync good.git no/such.git more
refused no/such.git sync no/such.git
refused folder sync folder
refused good.git sync good.git
refused no/such.git sync fetched.git "$work/no/such.git"
[ ! -e fetched.git ] || fail "a refused sync leaves an archive behind"

run 1 show good.git nobody@example.org
[ "$(wc -l <err)" -eq 1 ] || fail "show of nothing: not one line on standard error"
run 1 mark good.git reviewed nobody@example.org
[ "$(wc -l <err)" -eq 1 ] || fail "mark of nothing: not one line on standard error"
run 0 mails good.git HEAD~2..HEAD
[ "$(wc -l <out)" -eq 2 ] || fail "a range of two mails has $(wc -l <out)"

# ---- the rest goes on

# goes_on ARCHIVE TEXT ID...: these mails are listed and standard error reports with TEXT.
goes_on() {
    broken=$1
    text=$2
    shift 2
    for command in list stats digest mails; do
        run 0 $command --all "$broken"
        grep -qE -- "$text" err || { fail "$command $broken: no report of $text"; cat err; }
    done
    cut -f 5 out >ids
    printf '%s\n' "$@" | diff - ids || fail "mails $broken: other mails"
}

three no-blob.git
rm -f "$(object no-blob.git HEAD~1:m)"
goes_on no-blob.git '\b1\b' 3@example.org 1@example.org
run 1 show no-blob.git 2@example.org
run 0 show no-blob.git 1@example.org

three no-tree.git
rm -f "$(object no-tree.git 'HEAD~1^{tree}')"
goes_on no-tree.git '\b1\b' 3@example.org 1@example.org

three no-commit.git
rm -f "$(object no-commit.git HEAD~2)"
goes_on no-commit.git . 3@example.org 2@example.org

three damaged.git
blob=$(object damaged.git HEAD~1:m)
chmod u+w "$blob"
echo 'no zlib' >"$blob"
goes_on damaged.git '\b1\b' 3@example.org 1@example.org

add no-m.git m mail.1
add no-m.git README file
add no-m.git m mail.3
goes_on no-m.git '\b1\b' 3@example.org 1@example.org

# Mails in a pack that was cut off, newer ones beside it.
three pack.git
git -C pack.git gc -q
pack=$(echo pack.git/objects/pack/*.pack)
chmod u+w "$pack"
cp "$pack" whole.pack
head -c 300 whole.pack >"$pack"
refused_everywhere pack.git pack.git
cp whole.pack "$pack"
mail 4@example.org '[PATCH] part 4' >mail.4
add pack.git m mail.4
head -c 300 whole.pack >"$pack"
goes_on pack.git . 4@example.org

# ---- strange mails

# stream ARCHIVE: makes it of the mails appended to the file stream since.
append() {
    clock=$((clock + 60))
    printf 'commit refs/heads/master\ncommitter C <c@example.org> %s +0000\ndata 0\nM 100644 inline m\ndata %s\n' \
        "$clock" "$(wc -c <"$1")" >>stream
    cat "$1" >>stream
    echo >>stream
}
stream() {
    git init -q --bare "$1"
    git -C "$1" symbolic-ref HEAD refs/heads/master
    git -C "$1" fast-import --quiet --date-format=raw-permissive <stream || exit 99
    rm stream
}

# fine ARCHIVE: all commands end with 0 and print no control character. What mails says is
# left in rows, its commits cut off.
fine() {
    for command in list stats digest mails; do
        run 0 $command --all "$1"
        [ "$(LC_ALL=C tr -d '\t\n -~\200-\377' <out | wc -c)" -eq 0 ] ||
            fail "pore $command $1: control characters"
    done
    cut -f 2- out >rows
}

# row FIELD...: one of the rows has exactly these fields.
row() {
    wanted=$1
    shift
    for field; do
        wanted=$wanted$tab$field
    done
    grep -qxF -- "$wanted" rows || { fail "no row: $wanted"; head -n 5 rows; }
}

# strange NAME [MESSAGE-ID]: an archive of the mail in the file NAME between two ordinary ones;
# showing it works too.
strange() {
    mail before@example.org '[PATCH] before' >ordinary
    append ordinary
    append "$1"
    mail after@example.org '[PATCH] after' >ordinary
    append ordinary
    stream "$1.git"
    fine "$1.git"
    row patch v1 - before@example.org ada@example.org before
    row patch v1 - after@example.org ada@example.org after
    [ "$(wc -l <rows)" -eq 3 ] || { fail "$1: $(wc -l <rows) rows"; head -n 5 rows; }
    [ $# -eq 1 ] || run 0 show "$1.git" "$2"
}

: >nothing
strange nothing
row other v1 - '' '' ''

printf 'Just a text,\n\nwithout any header.\n' >no-headers
strange no-headers
row other v1 - '' '' ''

mail x@example.org '[PATCH] nameless' | grep -v '^Message-ID' >no-id
strange no-id
row patch v1 - '' ada@example.org nameless

mail before@example.org '[PATCH] another' >same-id
strange same-id before@example.org
row patch v1 - before@example.org ada@example.org another

{ mail line@example.org '[PATCH] a long line'; head -c 10000000 /dev/zero | tr '\0' x; } >long-line
strange long-line line@example.org
row patch v1 - line@example.org ada@example.org 'a long line'

{ printf 'Subject: '; head -c 10000000 /dev/zero | tr '\0' y; echo; mail l@example.org b | grep -v ^Subject; } >long-subject
strange long-subject l@example.org

{ mail large@example.org '[PATCH] a large mail'; head -c 100000000 /dev/zero | tr '\0' 'z' | fold -w 99; } >large
strange large large@example.org
row patch v1 - large@example.org ada@example.org 'a large mail'
rm -rf large large.git

{ awk 'BEGIN { for (i = 0; i < 100000; i++) print "X-Header-" i ": " i }'; mail h@example.org '[PATCH] headers'; } >headers
strange headers h@example.org
row patch v1 - h@example.org ada@example.org headers

{ awk 'BEGIN { for (i = 0; i < 100000; i++) print "Subject: more" }'; mail s@example.org '[PATCH] subjects'; } >subjects
strange subjects s@example.org

{ printf 'References:'; awk 'BEGIN { for (i = 0; i < 100000; i++) print " <" i "@example.org>" }'
    mail r@example.org '[PATCH] references'; } >references
strange references r@example.org
row patch v1 - r@example.org ada@example.org references

mail n@example.org '[PATCH] NULs' | sed 's/Text of/Text\x00\x00of/; s/^To: /To: \x00/' >nuls
strange nuls n@example.org
row patch v1 - n@example.org ada@example.org NULs

mail c@example.org '[PATCH] controls' | sed 's/controls/con\x1b[31mtrols\x07/; s/Text/\x1b[2JText\x9b31m/' >controls
strange controls c@example.org

mail t@example.org '[PATCH] a	tab and	more' >tab
strange tab t@example.org
row patch v1 - t@example.org ada@example.org 'a tab and more'

# with HEADER...: the mail on standard input with these headers more.
with() {
    for header; do
        printf '%s\n' "$header"
    done
    cat
}
number=0
for charset in utf-8 utf-16 us-ascii gb18030 iso-2022-jp utf-7 y true 8 '' 'no such "charset' "$(head -c 5000 /dev/zero | tr '\0' a)"; do
    number=$((number + 1))
    mail y@example.org '[PATCH] a lie' | sed 's/Text/T\xe4\xff\xfe\xc3t/' |
        with 'MIME-Version: 1.0' "Content-Type: text/plain; charset=\"$charset\"" \
            'Content-Transfer-Encoding: 8bit' >lie.$number
    strange lie.$number y@example.org
    row patch v1 - y@example.org ada@example.org 'a lie'
done
for encoding in base64 quoted-printable x-uuencode 8-bit 'base64 base64' '' '=?utf-8?q?base64?='; do
    number=$((number + 1))
    mail y@example.org '[PATCH] a lie' | sed 's/Text/=\xe4=ZZ=/' |
        with 'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' \
            "Content-Transfer-Encoding: $encoding" >lie.$number
    strange lie.$number y@example.org
    row patch v1 - y@example.org ada@example.org 'a lie'
done
for word in '=?utf-8?q?=?=' '=?no-such?b?aaaa?=' '=?utf-8?b?/w==?=' '=?utf-8?q?a' '=?utf-8?q?=0A=1B=00?=' '=?utf-16?b?//4A?='; do
    number=$((number + 1))
    mail y@example.org "[PATCH] $word" >lie.$number
    strange lie.$number y@example.org
done

# parts COUNT: a mail of that many parts, each in the one before.
parts() {
    printf 'From: Ada Sample <ada@example.org>\nSubject: [PATCH] parts\nMessage-ID: <p@example.org>\n'
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++)
            printf "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i
        print "Content-Type: text/plain\n\nThe innermost text."
        for (i = n - 1; i >= 0; i--)
            printf "--b%d--\n", i
    }'
}
for count in 3 1000 20000; do
    parts $count >parts.$count
    strange parts.$count p@example.org
    row patch v1 - p@example.org ada@example.org parts
done
run 0 show parts.3.git p@example.org
grep -qx 'The innermost text.' out || fail "the innermost text of three parts is not shown"

for numbers in 7/3 0/0 1/99999 99999999999999999999/99999999999999999999; do
    mail i@example.org "[PATCH $numbers] numbers" >numbers
    rm -rf numbers.git
    strange numbers i@example.org
    [ "${#numbers}" -gt 7 ] || cut -f 3 rows | grep -qx "$numbers" || fail "no row with $numbers"
    row_count=$("$pore" list --all --all-states numbers.git | wc -l)
    [ "$row_count" -eq 3 ] || fail "list of $numbers has $row_count rows"
done
mail w@example.org '[PATCH v99999999999999999999 1/2] version' >version
strange version w@example.org

number=0
for date in 'Sat, 01 Jan 0000 00:00:00 +0000' 'Fri, 31 Dec 9999 23:59:59 +0000' \
    'Mon, 16 Nov 2026 12:00:00 +2100' 'Mon, 16 Nov 2026 12:00:00 -9999' 'Mon, 99 Foo 99999999999' '' \
    'Thu, 01 Jan 1970 00:00:00 +0000' 'Fri, 13 Dec 1901 20:45:51 +0000'; do
    number=$((number + 1))
    mail d@example.org '[PATCH] dates' | sed "s/^Date: .*/Date: $date/" >date.$number
    strange date.$number d@example.org
    row patch v1 - d@example.org ada@example.org dates
done

# The archive's own dates and zones.
for when in '0 +0000' '253402300799 +2100' '1793000000 -9959'; do
    printf 'commit refs/heads/master\ncommitter C <c@example.org> %s\ndata 0\nM 100644 inline m\ndata %s\n' \
        "$when" "$(wc -c <mail.1)" >>stream
    cat mail.1 >>stream
    printf '\n' >>stream
    rm -rf when.git
    stream when.git
    fine when.git
    row patch v1 1/3 1@example.org ada@example.org 'part 1'
    run 0 mails when.git
    [ "$(wc -l <out)" -eq 1 ] || fail "a mail of $when is not in the last seven days"
done

# More trailers than count: who reads the mail is told.
for count in 10 70; do
    {
        printf 'From: %s\nSubject: [PATCH] acked\nMessage-ID: <acked-%s@example.org>\n\nText.\n\n' ada@example.org $count
        awk -v count=$count 'BEGIN { while (count-- > 0) print "Acked-by: Bo <" count "@example.org>" }'
        printf -- '---\ndiff --git a/a b/a\n'
    } >acked
    append acked
done
stream acked.git
fine acked.git
run 0 show acked.git acked-10@example.org
! grep -qF '[-- ' out || fail "show: ten trailers are too many"
run 0 show acked.git acked-70@example.org
grep -qxF '[-- Of the trailers of this mail only the first 64 count. --]' out || { fail "show: 70 trailers"; cat out; }

# ---- strange threads

mail self@example.org '[PATCH 1/2] self' | with 'In-Reply-To: <self@example.org>' >one
append one
mail a@example.org '[PATCH 1/3] a' | with 'In-Reply-To: <c@example.org>' >one
append one
mail b@example.org '[PATCH 2/3] b' | with 'In-Reply-To: <a@example.org>' >one
append one
mail c@example.org '[PATCH 3/3] c' | with 'In-Reply-To: <b@example.org>' >one
append one
mail d@example.org 'Re: d' | with 'In-Reply-To: <e@example.org>' >one
append one
mail e@example.org 'Re: e' | with 'In-Reply-To: <d@example.org>' >one
append one
stream loop.git
fine loop.git
[ "$(wc -l <rows)" -eq 6 ] || fail "the reply loop has $(wc -l <rows) rows"
run 0 list --all loop.git
grep -q "${tab}v1${tab}3/3$tab" out || { fail "the looping series is not whole"; cat out; }
for id in self a d; do
    run 0 show loop.git $id@example.org
done
run 0 show --series loop.git self@example.org
run 0 show --series loop.git a@example.org
# A reply that hangs on no patch.
run 1 show --series loop.git d@example.org

# deep replies|patches COUNT: so many mails, each an answer to the one before: replies to one
# patch, or patches of one series.
deep() {
    awk -v n="$2" -v form="$1" 'BEGIN {
        for (i = 1; i <= n; i++) {
            text = "From: Ada Sample <ada@example.org>\nSubject: " \
                (i > 1 && form == "replies" ? "Re: [PATCH] deep" : form == "replies" ? "[PATCH] deep" : \
                "[PATCH " i "/" n "] deep " i) "\nMessage-ID: <" i "@example.org>\n"
            if (i > 1)
                text = text "In-Reply-To: <" i - 1 "@example.org>\n"
            text = text "\nText.\n"
            printf "commit refs/heads/master\ncommitter C <c@example.org> %d +0000\ndata 0\n", 1793000000 + i
            printf "M 100644 inline m\ndata %d\n%s\n", length(text), text
        }
    }' >stream
    stream "deep-$1.git"
    fine "deep-$1.git"
    [ "$(wc -l <rows)" -eq "$2" ] || fail "deep $1: $(wc -l <rows) rows"
    run 0 show "deep-$1.git" "$2@example.org"
}
deep replies 100000
row patch v1 - 1@example.org ada@example.org deep
run 0 list --all deep-replies.git
[ "$(wc -l <out)" -eq 1 ] || fail "deep replies: $(wc -l <out) postings"
deep patches 20000
run 0 list --all deep-patches.git
[ "$(cut -f 4 out)" = 20000/20000 ] || { fail "the deep series is not whole"; head -n 3 out; }

# ---- a reader that goes away

for command in mails digest 'list --all-states'; do
    archive=deep-patches.git
    # shellcheck disable=SC2086 # the options are words
    { timeout 120 "$pore" $command --all $archive 2>err; echo $? >status; } | head -n 1 >out
    [ ! -s err ] || { fail "pore $command | head: $(cat err)"; }
    [ -s out ] || fail "pore $command | head: nothing"
    # 0, or what the signal makes of it
    case $(cat status) in 0 | 141) ;; *) fail "pore $command | head: exit $(cat status)" ;; esac
done

exit $failed
