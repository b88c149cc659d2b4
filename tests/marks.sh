#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Marks on the command line: setting, listing and sharing them, corrections, what stands in the way;
# and the index on disk, which changes nothing but the time it takes.
set -u
. "$(dirname "$0")/support.sh"

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"

# quiet ARGUMENT...: ends with 0 and says nothing.
quiet() {
    run 0 "$@"
    [ ! -s out ] && [ ! -s err ] || { fail "pore $* is not quiet"; cat out err; }
}

# says TEXT: one line on standard error that holds TEXT.
says() {
    [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$1" err || { fail "standard error has no line: $1"; cat err; }
}

# mark MARK ID [NAME]: what list says of the posting ID.
mark() {
    "$pore" list --all --all-states "${3-demo.git}" >list 2>list.err || fail "list"
    found=$(cut -f 2,5 list | sed -n "s/$tab$2\$//p")
    [ "$found" = "$1" ] || fail "$2 is marked '$found', not '$1'"
}

"$pore" import demo.git "$top"/tests/demo/*.mbox >/dev/null || exit 99
pulse=20261105-pulse-timeout-v2-0-5e90c2d7a113@example.com
queue=20261119141109.12-1-yusuf.adeyemi@example.com
lamp=20261119184200.75-1-oskar.lind@example.net
timer=20261119070251.400-1-marek@dolny.example.net

# ---- the index: the same is printed without one, with one, with a damaged one and where there can be none

reports() {
    for report in mails stats "list --all-states" digest; do
        for range in --all "-n 20" "" "HEAD~30..HEAD~5"; do
            # shellcheck disable=SC2086 # the words of them
            "$pore" $report demo.git $range 2>&1 || echo "exit $?"
        done
    done
}
reports >without
[ ! -e cache/pore ] || fail "a report of a range writes an index"
"$pore" list --history demo.git >history || fail "list --history"
index=$(find cache/pore -name '*.index')
[ -f "$index" ] || fail "there is no index: $(ls -R cache)"
reports >with
same "reports with an index" without with
"$pore" list --history demo.git >again
same "list --history with an index" history again
size=$(wc -c <"$index")
for damage in empty short garbage pages; do
    cp "$index" kept
    case $damage in
    empty) : >"$index" ;;
    short) head -c $((size / 2)) kept >"$index" ;;
    garbage) head -c "$size" /dev/zero | tr '\0' x >"$index" ;;
    pages) { head -c 4096 kept; head -c $((size - 4096)) /dev/zero | tr '\0' x; } >"$index" ;;
    esac
    rm -f "$index"-*
    reports >with
    same "reports with a damaged index: $damage" without with
    "$pore" list --history demo.git >again 2>err
    same "list --history with a damaged index: $damage" history again
    [ "$(wc -l <err)" -le 1 ] || { fail "list --history with a damaged index: $damage"; cat err; }
done
rm -rf cache
echo >nothing
XDG_CACHE_HOME=$work/nothing "$pore" list --history demo.git >again 2>err || fail "no cache"
says "$work/nothing/pore"
same "list --history without a place for an index" history again
XDG_CACHE_HOME=$work/nothing "$pore" show --raw demo.git $pulse >shown || fail "no cache: show"

# ---- show takes mails from the index

"$pore" mails --all demo.git >mails
cut -f 1,5 mails | while read -r commit id; do
    git -C demo.git cat-file blob "$commit:m" >wanted 2>/dev/null || continue
    [ -n "$id" ] && [ "$(cut -f 5 mails | grep -cxF -- "$id")" -eq 1 ] || continue
    "$pore" show --raw demo.git "<$id>" >shown
    cmp wanted shown
done >differ
[ ! -s differ ] || { fail "show --raw with an index"; head -n 5 differ; }
for id in $pulse 20261118065512.2240-2-dvale@example.org; do
    "$pore" show --series demo.git $id >with || fail "show --series"
    XDG_CACHE_HOME=$work/nothing "$pore" show --series demo.git $id >without
    [ -s with ] || fail "show --series shows nothing"
    same "show --series with an index" without with
done
run 1 show demo.git nobody@example.org
says nobody@example.org

# ---- setting marks

"$pore" list --all --all-states demo.git | cut -f 2 | sort -u >marks
[ "$(cat marks)" = - ] || fail "marks before any was set: $(cat marks)"
quiet mark demo.git reviewed $pulse
mark reviewed $pulse
quiet mark demo.git later "<$queue>"
mark later $queue
quiet mark demo.git ignored $lamp
mark ignored $lamp
quiet mark demo.git flagged $lamp $timer $timer
mark 'ignored, flagged' $lamp
mark flagged $timer
quiet mark demo.git unflagged $lamp
mark ignored $lamp
quiet mark demo.git unreviewed $lamp
mark - $lamp
quiet mark demo.git reviewed $lamp
mark reviewed $lamp
quiet mark demo.git unreviewed $lamp

# A part of a series stands for it, and so does a reply.
part=$(awk -F "$tab" '$2 == "patch" && $4 == "2/2" { print $5 }' mails | head -n 1)
reply=$(awk -F "$tab" '$2 == "reply" { print $5 }' mails | while read -r id; do
    "$pore" show --series demo.git "$id" >/dev/null 2>&1 && { echo "$id"; break; }
done)
for id in "$part" "$reply"; do
    [ -n "$id" ] || fail "the demonstration has no such mail"
    "$pore" list --all --all-states demo.git | cut -f 2,5 >before
    quiet mark demo.git later "$id"
    "$pore" list --all --all-states demo.git | cut -f 2,5 >after
    [ "$(diff before after | grep -c "^> later")" -ge 1 ] || fail "later $id marks nothing"
    quiet mark demo.git unreviewed "$id"
done

# From standard input, as a script has them.
"$pore" list --all demo.git | awk -F '\t' '$7 ~ /^tools: / { print $5 }' >ids
[ -s ids ] || fail "the demonstration has no series of tools"
"$pore" mark demo.git ignored - <ids >out 2>err || fail "mark -"
[ ! -s out ] && [ ! -s err ] || { fail "mark - is not quiet"; cat out err; }
while read -r id; do
    mark ignored "$id"
done <ids
"$pore" mark demo.git unreviewed - $queue <ids || fail "mark - and more"
mark - "$(head -n 1 ids)"
mark - $queue
"$pore" mark demo.git ignored - </dev/null >out 2>err || fail "mark of nothing"

# One that is not there is named, the others are marked.
run 1 mark demo.git later nobody@example.org $queue noone@example.org
[ ! -s out ] && [ "$(wc -l <err)" -eq 2 ] || fail "mark of unknown mails"
grep -q '^pore: .*nobody@example.org' err && grep -q '^pore: .*noone@example.org' err ||
    { fail "unknown mails are not named"; cat err; }
mark later $queue
lonely=$(awk -F "$tab" '$2 == "other" { print $5 }' mails | head -n 1)
[ -z "$lonely" ] || { run 1 mark demo.git later "$lonely"; says "$lonely"; }

# ---- export and import

quiet mark demo.git reviewed $pulse
quiet mark demo.git 'note=Look at the locking again; 再看' $queue
quiet mark demo.git 'note=Later' $queue
run 0 marks export
cp out exported
sort -c exported 2>/dev/null || fail "what was exported is not sorted"
grep -q "^<$pulse> reviewed " exported || fail "export has no reviewed"
grep -q "^<$timer> flagged " exported || fail "export has no flagged"
grep -q "^<$queue> note .* Look at the locking again; 再看\$" exported || fail "export has no note"
quiet marks export file
same "export to a file" exported file
chmod 600 file
quiet marks export file
[ "$(ls -l file | cut -c 1-10)" = -rw------- ] || fail "export changes permissions"

home() {
    XDG_STATE_HOME=$work/$1
    export XDG_STATE_HOME
}
home other
run 0 marks import file
[ "$(wc -l <out)" -eq 1 ] || fail "import says $(cat out)"
mark reviewed $pulse
mark later $queue
run 0 marks export
same "export, import, export" exported out
run 0 marks import file
grep -q ' 0 ' out || fail "a second import says $(cat out)"
"$pore" marks import - <file >/dev/null || fail "import of standard input"
run 0 marks export
same "a second import" exported out

# Both go on; the newest word counts, the notes of both stay, in either order.
quiet mark demo.git unreviewed $pulse
quiet mark demo.git 'note=Of the other' $queue
quiet marks export theirs
home state
quiet mark demo.git no-note $timer
quiet mark demo.git ignored $queue
quiet marks export ours
run 0 marks import theirs
mark - $pulse
mark ignored $queue
quiet marks export merged
grep -q 'Of the other$' merged && grep -q 'Later$' merged || fail "notes do not survive"
home third
run 0 marks import theirs ours
run 0 marks export
same "import in another order" merged out
home state
quiet mark demo.git no-note $queue
run 0 marks export
[ "$(grep -c "^<$queue> no-note" out)" -eq 3 ] || fail "no-note leaves notes"

# A note on a patch, as the posting's lead it was before the cover letter came, is taken back too.
home patches
patch=20261104053115.7011-2-priya.raman@example.com
echo "<$patch> note 2026-11-04T08:15:30.000001Z Came without its cover" >early
run 0 marks import early
quiet mark demo.git no-note 20261104053115.7011-1-priya.raman@example.com
run 0 marks export
grep -q "^<$patch> no-note " out || fail "no-note leaves the note on a patch"

# What git leaves of two versions, and what is no line of marks.
{ echo '# ours and theirs'; echo; echo '<<<<<<< HEAD'; cat ours; echo =======; cat theirs; echo '>>>>>>> b'; } >conflict
home fourth
run 0 marks import conflict
run 0 marks export
same "import of a conflict" merged out
home fifth
for line in 'frob' '<a@example.org>' '<a@example.org> frob 2026-11-21T08:15:30.000001Z' \
    '<a@example.org> later tomorrow' 'same <a@example.org> 2026-11-21T08:15:30.000001Z' \
    "$(printf '<a@example.org> note 2026-11-21T08:15:30.000001Z \377')"; do
    { cat ours; printf '%s\n' "$line"; } >wrong
    run 2 marks import wrong
    says "$(wc -l <wrong)"
    run 0 marks export
    [ ! -s out ] || fail "something of a wrong file is taken: $line"
done
head -c 100000 /dev/urandom >noise
run 2 marks import noise
[ "$(wc -l <err)" -eq 1 ] || fail "import of noise"
: >empty
run 0 marks import empty

# ---- corrections

home corrections
ids() {
    "$pore" list --all demo.git | cut -f 5 | sort
}
ids >rules
quiet marks same $queue "<$timer>"
ids | diff rules - | grep -c '^[<>]' >count
[ "$(cat count)" -eq 1 ] || fail "same: $(cat count) rows of the list are others"
quiet marks same $timer $queue
quiet marks not-same $queue $timer
ids | diff rules - || fail "not-same"
"$pore" list --all --all-states demo.git | awk -F '\t' '$1 == "Skip" { print $5 }' >skipped
old=$(head -n 1 skipped)
[ -n "$old" ] || fail "the demonstration has no skipped series"
for listed in $(ids); do
    "$pore" marks not-same "$old" "$listed"
done
ids | grep -qxF "$old" || fail "not-same leaves $old skipped"
for listed in $(cat rules); do
    quiet marks not-corrected "$listed" "$old"
done
ids | diff rules - || fail "not-corrected"
quiet marks same $queue $timer
quiet marks export corrected
grep -q "^same <.*> <.*> 20" corrected && grep -q "^not-corrected <" corrected || fail "export has no corrections"
"$pore" list --all demo.git >wanted
home sixth
run 0 marks import corrected
"$pore" list --all demo.git >got
same "corrections that were imported" wanted got

# ---- what stands in the way

# No place for marks: the list is printed, and a mark is not set.
home nothing
run 0 list --all demo.git
cut -f 2 out | sort -u | grep -qx -e - || fail "list without marks"
[ "$(wc -l <err)" -le 1 ] || { fail "list without a place for marks"; cat err; }
run 2 mark demo.git later $queue
[ ! -s out ] && [ -s err ] || fail "mark without a place for marks"
run 2 marks same $queue $timer

# Damaged marks are kept aside, which is said once.
home damaged
quiet mark demo.git later $queue
rm -f damaged/pore/marks.sqlite-*
head -c 5000 /dev/zero | tr '\0' x >damaged/pore/marks.sqlite
run 0 list --all demo.git
says "$work/damaged/pore/"
ls damaged/pore >files
[ "$(wc -l <files)" -ge 2 ] || { fail "damaged marks are not kept"; cat files; }
found=0
for file in damaged/pore/*; do
    head -c 5000 /dev/zero | tr '\0' x | cmp -s - "$file" && found=1
done
[ $found = 1 ] || fail "damaged marks are not kept as they were"
quiet mark demo.git later $queue
mark later $queue

exit $failed
