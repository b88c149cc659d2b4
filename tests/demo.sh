#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Imports the demonstration mails and compares what the commands say of them
# with files that were worked out by hand.
set -u
. "$(dirname "$0")/support.sh"

demo=$top/tests/demo
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"
archive=$work/demo.git

"$pore" import "$archive" "$demo"/*.mbox >/dev/null || { fail "import"; exit 1; }
"$pore" import --withdraw 20261111200509.333-1-marek@dolny.example.net "$archive" ||
    fail "import --withdraw"

"$pore" list --all --all-states "$archive" >"$work/list" || fail "list"
same "list --all-states" "$demo/list.expected" "$work/list"

grep -v '^Skip' "$demo/list.expected" >"$work/listed"
"$pore" list --all "$archive" >"$work/list" || fail "list"
same "list" "$work/listed" "$work/list"

"$pore" mails --all "$archive" >"$work/rows" || fail "mails"
cut -f 2- "$work/rows" >"$work/mails"
same "mails" "$demo/mails.expected" "$work/mails"
cut -f 1 "$work/rows" | while read -r commit; do
    git -C "$archive" cat-file -e "$commit:m" 2>/dev/null || echo "$commit"
done >"$work/no-mails"
[ ! -s "$work/no-mails" ] || fail "mails: commits that hold no mail: $(cat "$work/no-mails")"

for readers in 1 3; do
    "$pore" mails --all --readers $readers "$archive" >"$work/readers" || fail "--readers $readers"
    same "mails --readers $readers" "$work/rows" "$work/readers"
done

"$pore" stats --all "$archive" >"$work/stats" || fail "stats"
sed -n 's/^ *\([0-9][0-9]*\)[[:blank:]]*\([^[:blank:]].*\)/\1 \2/p' "$work/stats" >"$work/counts"
same "stats" "$demo/stats.expected" "$work/counts"

# A range says the same of its mails as git does.
second=$(git -C "$archive" rev-list HEAD | sed -n 2p)
"$pore" mails -n 1 "$archive" >"$work/one" || fail "-n"
head -n 1 "$work/rows" >"$work/first"
same "mails -n 1" "$work/first" "$work/one"
# The newest commit is the withdrawal, the one below it the newest mail.
"$pore" mails "$archive" "$second~3..$second" >"$work/three" || fail "range"
head -n 3 "$work/rows" >"$work/first"
same "mails A..B" "$work/first" "$work/three"
"$pore" mails --since 2026-11-20T00:00Z "$archive" | cut -f 5 >"$work/since"
head -n 6 "$work/rows" | cut -f 5 >"$work/first"
same "mails --since" "$work/first" "$work/since"
# Without a range, what arrived in the seven days before the newest mail.
"$pore" mails "$archive" >"$work/week" || fail "mails without a range"
head -n 50 "$work/rows" >"$work/first"
same "mails without a range" "$work/first" "$work/week"

# The digest: who is counted, what is listed, and nothing that a terminal obeys.
for form in "" --classic; do
    "$pore" digest $form --all --name Lantern "$archive" >"$work/digest" || fail "digest $form"
    while IFS= read -r line; do
        grep -qxF -- "$line" "$work/digest" || fail "digest $form has no line: $line"
    done <"$demo/digest.lines"
    grep -q 'From here on' "$work/digest" && fail "digest $form shows a skipped text"
    grep -q 'unlock word' "$work/digest" && fail "digest $form shows a withdrawn mail"
    tr -d '\t\n -~\200-\377' <"$work/digest" | grep -q . && fail "digest $form lets control characters through"
done

# One mail: its text, its bytes, its series.
id=20261114130711.9-1-su.mingyuan@example.com
"$pore" show "$archive" $id >"$work/text" || fail "show"
grep -qF '屏幕滚动以后' "$work/text" || fail "show decodes no GB18030"
"$pore" show --raw "$archive" "<$id>" >"$work/raw" || fail "show --raw"
iconv -f gb18030 -t utf-8 "$work/raw" | grep -qF '屏幕滚动以后' || fail "show --raw changes bytes"
"$pore" show "$archive" 20261119070251.400-1-marek@dolny.example.net >"$work/text" || fail "show"
grep -qx '+	return a != b && a - b < UINT32_MAX / 2;' "$work/text" || fail "show: no attached patch"
# A rerolled patch stands between those that it takes from the version before.
"$pore" show --series "$archive" 20261118065512.2240-2-dvale@example.org >"$work/text" ||
    fail "show --series"
for line in '+	pool->used = 0;' '+	uint32_t mark;' '+	pool->count = count;'; do
    grep -qxF -- "$line" "$work/text" || fail "show --series: no $line"
done
grep -q 'at = at->next' "$work/text" && fail "show --series shows the replaced patch"
# Raw, it is what git am takes: an mbox of the patches, without the cover letter.
for id in 20261117093018.6118-1-tomasz.wilk@example.com 20261118065512.2240-2-dvale@example.org; do
    "$pore" show --raw --series "$archive" $id >"$work/am.mbox" || fail "show --raw --series"
    rm -rf "$work/am"
    mkdir "$work/am"
    git mailsplit -o"$work/am" "$work/am.mbox" >"$work/count"
    [ "$(cat "$work/count")" -eq 3 ] || fail "show --raw --series: $(cat "$work/count") mails of 3 patches"
    for mail in "$work"/am/*; do
        git mailinfo "$work/message" "$work/patch" <"$mail" >"$work/info"
        git apply --numstat <"$work/patch" >/dev/null || fail "git am does not take $(grep ^Subject "$work/info")"
    done
done
"$pore" show "$archive" nobody@example.org >"$work/out" 2>"$work/err"
[ $? -eq 1 ] || fail "show of an unknown mail does not exit with 1"
"$pore" show "$archive" 20261111200509.333-1-marek@dolny.example.net >"$work/out" 2>"$work/err"
[ $? -eq 1 ] || fail "show of a withdrawn mail does not exit with 1"

# Importing again adds nothing, and what was withdrawn stays away.
before=$(git -C "$archive" rev-parse HEAD)
"$pore" import "$archive" "$demo"/*.mbox >/dev/null || fail "import of known mails"
"$pore" mails --all "$archive" | cut -f 2- >"$work/again"
same "mails after a second import" "$demo/mails.expected" "$work/again"
[ "$before" = "$(git -C "$archive" rev-parse HEAD)" ] || fail "import adds known mails"

# The bytes that were imported are those of the mbox.
cat "$demo"/3-latin1-gb18030.mbox | gzip >"$work/raw.mbox.gz"
"$pore" import "$work/raw.git" "$work/raw.mbox.gz" >/dev/null || fail "import of a .gz"
git -C "$work/raw.git" cat-file blob HEAD~3:m >"$work/mail"
sed -n '2,/^From /p' "$demo/3-latin1-gb18030.mbox" | sed '$d' | sed '$d' >"$work/bytes"
cmp "$work/bytes" "$work/mail" || fail "import changes bytes"

exit $failed
