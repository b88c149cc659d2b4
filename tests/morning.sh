#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The morning: a list was read and two of its series reviewed; over night new versions of both came and
# other mail. What is new, what changed and in how much, on the command line.
set -u
. "$(dirname "$0")/support.sh"
TZ=UTC
export TZ

command -v git >/dev/null || { echo "no git"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"

# expect WHAT COMMAND...: what it prints, ends with 0 and without complaint, is what stands on
# standard input, where fields are separated by " | ".
expect() {
    what=$1
    shift
    sed 's/ | /\t/g' >expected
    "$@" >got 2>err || fail "$what: exit $?: $(cat err)"
    [ ! -s err ] || fail "$what: $(cat err)"
    diff -u expected got >difference || { fail "$what"; cat difference; }
}

# mail SENDER ID SUBJECT [PARENT]: a mail whose body is on standard input, appended to the list.
git init -q --bare list.git || exit 99
git -C list.git symbolic-ref HEAD refs/heads/master
clock=1795000000
mail() {
    clock=$((clock + 600))
    {
        printf 'From: %s <%s@example.org>\nTo: list@example.org\nSubject: %s\n' "$1" "$(echo "$1" | tr 'A-Z ' 'a-z.')" "$3"
        printf 'Date: %s\nMessage-ID: <%s@example.org>\n' "$(date -u -R -d "@$clock" 2>/dev/null || date -u -R -r $clock)" "$2"
        [ -z "${4-}" ] || printf 'In-Reply-To: <%s@example.org>\n' "$4"
        echo
        cat
    } >mail
    {
        printf 'commit refs/heads/master\ncommitter L <l@example.org> %s +0000\ndata 0\n' $clock
        git -C list.git rev-parse -q --verify master >/dev/null && echo 'from refs/heads/master^0'
        printf 'M 100644 inline m\ndata %s\n' "$(wc -c <mail)"
        cat mail
        echo
    } | git -C list.git fast-import --quiet --force || exit 99
}

# diff_of FILE LINE CONTEXT OLD NEW: a patch that changes OLD to NEW there.
diff_of() {
    printf 'A change of %s.\n\nSigned-off-by: A <a@example.org>\n---\n %s | 2 +-\n 1 file changed\n\n' "$1" "$1"
    printf 'diff --git a/%s b/%s\nindex %07x..%07x 100644\n--- a/%s\n+++ b/%s\n' "$1" "$1" "$2" "$2" "$1" "$1"
    printf '@@ -%d,3 +%d,3 @@\n %s\n-%s\n+%s\n end\n-- \n2.47.1\n' "$2" "$2" "$3" "$4" "$5"
}

# ---- the day before

echo 'Three patches.' | mail 'Ann Oak' pump-v1-0 '[PATCH 0/3] pump: three things'
diff_of pump.c 10 'begin' 'one' 'first' | mail 'Ann Oak' pump-v1-1 '[PATCH 1/3] pump: one' pump-v1-0
diff_of pump.c 20 'begin' 'two' 'second' | mail 'Ann Oak' pump-v1-2 '[PATCH 2/3] pump: two' pump-v1-0
diff_of pump.h 30 'begin' 'three' 'third' | mail 'Ann Oak' pump-v1-3 '[PATCH 3/3] pump: three' pump-v1-0
diff_of lamp.c 5 'begin' 'dark' 'light' | mail 'Bo Ash' lamp-v2 '[PATCH v2] lamp: shine'
diff_of door.c 5 'begin' 'shut' 'open' | mail 'Cy Elm' door-v1 '[PATCH] door: open'
echo 'Fine with me.' | mail 'Bo Ash' reply-1 'Re: [PATCH 1/3] pump: one' pump-v1-1

echo 'mirror.git: 7 new commits' |
    expect "the first sync" "$pore" sync mirror.git "file://$work/list.git"
expect "the day before" "$pore" list mirror.git <<'END'
New | - | v1 | 1/1 | door-v1@example.org | Cy Elm <cy.elm@example.org> | door: open
New | - | v2 | 1/1 | lamp-v2@example.org | Bo Ash <bo.ash@example.org> | lamp: shine
New | - | v1 | 3/3 | pump-v1-0@example.org | Ann Oak <ann.oak@example.org> | pump: three things
END
: | expect "reviewed" "$pore" mark mirror.git reviewed pump-v1-0@example.org '<lamp-v2@example.org>'
: | expect "ignored" "$pore" mark mirror.git ignored door-v1@example.org
seen=$(git -C mirror.git rev-parse HEAD)

# ---- over night

echo 'Three patches, one of them better.' | mail 'Ann Oak' pump-v2-0 '[PATCH v2 0/3] pump: three things'
# The same, in another place.
diff_of pump.c 110 'others have changed this' 'one' 'first' |
    mail 'Ann Oak' pump-v2-1 '[PATCH v2 1/3] pump: one' pump-v2-0
diff_of pump.c 120 'begin' 'two' 'the second' | mail 'Ann Oak' pump-v2-2 '[PATCH v2 2/3] pump: two' pump-v2-0
diff_of pump.h 30 'begin' 'three' 'third' | mail 'Ann Oak' pump-v2-3 '[PATCH v2 3/3] pump: three' pump-v2-0
# A resend of what was reviewed.
diff_of lamp.c 6 'begin' 'dark' 'light' | mail 'Bo Ash' lamp-v3 '[PATCH v3] lamp: shine'
diff_of door.c 5 'begin' 'shut' 'wide open' | mail 'Cy Elm' door-v2 '[PATCH v2] door: open'
diff_of wind.c 5 'begin' 'still' 'moving' | mail 'Di Fir' wind-v1 '[PATCH] wind: blow'
echo 'And the end?' | mail 'Di Fir' reply-2 'Re: [PATCH v2 3/3] pump: three' pump-v2-3

echo 'mirror.git: 8 new commits' | expect "sync" "$pore" sync mirror.git
echo 'mirror.git: up to date' | expect "sync again" "$pore" sync mirror.git

# ---- the morning

cat >known <<'END'
New | - | v1 | 1/1 | wind-v1@example.org | Di Fir <di.fir@example.org> | wind: blow
Exist | ignored | v2 | 1/1 | door-v2@example.org | Cy Elm <cy.elm@example.org> | door: open
Exist | reviewed v2, 0 of 1 changed | v3 | 1/1 | lamp-v3@example.org | Bo Ash <bo.ash@example.org> | lamp: shine
Exist | reviewed v1, 1 of 3 changed | v2 | 3/3 | pump-v2-0@example.org | Ann Oak <ann.oak@example.org> | pump: three things
END
expect "the morning" "$pore" list --history mirror.git "$seen.." <known
expect "the morning, every state" "$pore" list --history --all-states mirror.git "$seen.." <known
"$pore" list --all mirror.git >all
sed 's/ | /\t/g' known | diff -u - all || fail "states with history are not those of the whole archive"

# Without the history nothing is said but of the range.
sed -e 's/^Exist | [^|]* |/New | - |/' known | expect "the range alone" "$pore" list mirror.git "$seen.."

# What was skipped is known by its own mark.
"$pore" list --all --all-states mirror.git | cut -f 1,2,3,5 | grep ^Skip | sed 's/\t/ | /g' >skipped
diff -u - skipped <<'END' || fail "skipped postings"
Skip | ignored | v1 | door-v1@example.org
Skip | reviewed | v2 | lamp-v2@example.org
Skip | reviewed | v1 | pump-v1-0@example.org
END

# The digest, as who knows the archive sees it; the texts are those of the range.
"$pore" digest --history mirror.git "$seen.." >digest || fail "digest --history"
grep -E '^(New|Exist|Skip ) +v[0-9]' digest | cut -c 1-20 >states
diff -u - states <<'END' || fail "digest --history: states"
New   v1      1/1  D
Exist v2      1/1  C
Exist v3      1/1  B
Exist v2      3/3  A
END
[ "$(grep -c '^New:  ' digest)" -eq 5 ] || fail "digest --history: $(grep -c '^New:  ' digest) entries"
grep -q 'v1\]\|\[PATCH 0/3\]\|Exist: ' digest && fail "digest --history prints what is not in the range"
"$pore" digest mirror.git "$seen.." | grep -q '^Exist' && fail "digest without --history knows the history"

# The evening before, seen from today: listed, and skipped since.
"$pore" list --history mirror.git "..$seen" | cut -f 1,2,5 | sed 's/\t/ | /g' >evening
diff -u - evening <<'END' || fail "a range in the past"
Skip | ignored | door-v1@example.org
Skip | reviewed | lamp-v2@example.org
Skip | reviewed | pump-v1-0@example.org
END
[ "$("$pore" digest --history mirror.git "..$seen" | grep -c '^New:  ')" -eq 4 ] ||
    fail "the digest of a range in the past has no texts"

# The archive is moved: what is known of it goes with it.
mv mirror.git moved.git
expect "the archive was moved" "$pore" list --history moved.git "$seen.." <known
[ "$(find cache/pore -name '*.index' | wc -l)" -eq 1 ] || fail "other indexes: $(ls cache/pore)"

# The new version is reviewed: nothing has changed since.
: | expect "reviewed again, by a reply" "$pore" mark moved.git reviewed reply-2@example.org
"$pore" list --history moved.git "$seen.." | cut -f 2,5 | grep -qx "reviewed	pump-v2-0@example.org" ||
    fail "the new version is not reviewed"

exit $failed
