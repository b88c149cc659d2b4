#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Full disks, read-only file systems, damaged files, a clock that was set back, and several at once:
# what goes wrong is said in one line, all else goes on, and nothing is lost.
set -u
. "$(dirname "$0")/support.sh"
TZ=UTC
export TZ
unset NO_COLOR TMUX LINES COLUMNS COLORTERM

self=$top/tests/adversity.sh
command -v git >/dev/null || { echo "no git"; exit 77; }
# Run by itself where file systems can be mounted: in the same folder.
if [ "${1-}" = mounts ]; then
    work=$PWD
else
    work=$(mktemp -d) || exit 99
    trap 'tmux -L pore kill-server 2>/dev/null; chmod -R u+w "$work"; rm -rf "$work"' EXIT
    trap 'exit 99' HUP INT TERM
fi
settle_in "$work"
TMUX_TMPDIR=$work HOME=$work
export TMUX_TMPDIR HOME

# quiet ARGUMENT...: ends with 0 and complains of nothing.
quiet() {
    run 0 "$@"
    [ ! -s err ] || { fail "pore $* is not quiet"; head -n 5 err; }
}

# refused TEXT ARGUMENT...: exit 2 and one line that holds TEXT.
refused() {
    text=$1
    shift
    run 2 "$@"
    says "$text" "$@"
}

# says TEXT WHAT...: there is one line on standard error, and it holds TEXT.
says() {
    text=$1
    shift
    [ "$(wc -l <err)" -eq 1 ] && grep -q '^pore: ' err && grep -qF -e "$text" err ||
        { fail "$*: standard error is not one line with: $text"; head -n 5 err; }
}

# marked MARK ID [ARCHIVE]: what list says of the posting ID.
marked() {
    "$pore" list --all --all-states "${3-demo.git}" >list 2>list.err || fail "list"
    found=$(cut -f 2,5 list | sed -n "s/$tab$2\$//p")
    [ "$found" = "$1" ] || { fail "$2 is marked '$found', not '$1'"; cat list.err; }
}

# reports [ARCHIVE]: what needs no place to write in, to the end of printed; what is said, to
# complaints.
reports() {
    for report in "list --all" "list --history" mails stats digest "show --series"; do
        case $report in show*) id=$queue ;; *) id= ;; esac
        # shellcheck disable=SC2086 # the words of them
        timeout 120 "$pore" $report "${1-demo.git}" $id 2>&1 >report </dev/null || echo "exit $?"
        case $report in list*) cut -f 1,3- report ;; *) cat report ;; esac >>printed
    done >complaints
}
# all_reports WHAT COUNT: it is printed as ever, and COUNT lines are said.
all_reports() {
    : >printed
    reports
    same "$1: what is printed" printed.wanted printed
    [ "$(wc -l <complaints)" -eq "$2" ] || { fail "$1: not $2 complaints"; cat complaints; }
}

# browse ARCHIVE: the browser, driven by the script on standard input, which ends it; its
# status is 0 or that of a script with an error. Its screens are in the files that the script names.
browse() {
    cat >script
    [ -p done ] || mkfifo done
    tmux -f /dev/null -L pore new-session -d -x 200 -y 24 \
        "\"$pore\" -F /dev/null -e 'set nowait_key' -e 'set nobeep' --script script $1 2>err; echo \$? >done" ||
        { fail "tmux does not start"; return; }
    status=$(timeout 120 cat done)
}
can_browse() {
    command -v tmux >/dev/null || { echo "no tmux: the browser is not tried: $1"; return 1; }
}

# shown TEXT SCREEN..., shown_not TEXT SCREEN
shown() {
    text=$1
    shift
    for screen; do
        grep -qF -e "$text" "$screen" || { fail "$screen does not show: $text"; cat "$screen"; }
    done
}
shown_not() {
    grep -qF -e "$1" "$2" && { fail "$2 shows: $1"; cat "$2"; }
}

# with_sql FILE SQL
with_sql() {
    python3 -c 'import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.executescript(sys.argv[2])
database.close()' "$1" "$2" || fail "sqlite"
}

# mail ID SUBJECT: an mbox of one patch.
mail() {
    cat <<END
From mboxrd@z Thu Jan  1 00:00:00 1970
From: Ada Sample <ada@example.org>
Subject: $2
Date: Sat, 21 Nov 2026 06:00:00 +0000
Message-ID: <$1>

A change.
---
 a.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-int a;
+int b;
END
}

pulse=20261105-pulse-timeout-v2-0-5e90c2d7a113@example.com
queue=20261119141109.12-1-yusuf.adeyemi@example.com
lamp=20261119184200.75-1-oskar.lind@example.net

# ---- where nothing can be written: as part of both halves

# read_only: the folders of state and cache hold marks and an index.
read_only() {
    all_reports "$1" 1
    grep -qF "$XDG_CACHE_HOME/pore" complaints || { fail "$1: the index is not named"; cat complaints; }
    marked reviewed $pulse
    for command in "mark demo.git later $queue" "mark demo.git unreviewed $pulse" \
        "marks same $queue $lamp" "marks import exported"; do
        # shellcheck disable=SC2086 # the words of it
        refused "$XDG_STATE_HOME/pore" $command
    done
    run 1 mark demo.git later nobody@example.org
    says nobody@example.org "$1: mark"
    quiet marks export
    same "$1: export" exported out
    marked reviewed $pulse
    same "$1: marks" marks.before state/pore/marks.sqlite
}

# ==== with mounts

mounts() {
    # A disk that is full from the first start on.
    mkdir full
    mount -t tmpfs -o size=600k,mode=0700 none full || exit 99
    disk() { dd if=/dev/zero of=full/filler bs=1024 2>/dev/null; }
    XDG_STATE_HOME=$work/full/state XDG_CACHE_HOME=$work/full/cache
    disk
    # The index, and in both lists the marks.
    all_reports "full from the start" 3
    [ "$(grep -c 'disk is full' complaints)" -eq 3 ] || { fail "full from the start"; cat complaints; }
    refused "disk is full" mark demo.git later $queue
    refused "disk is full" marks same $queue $lamp
    cp exported kept
    refused "disk is full" marks export kept
    same "an export of what cannot be read" exported kept
    rm full/filler
    quiet mark demo.git later $queue
    marked later $queue

    # One that fills up with marks and an index on it: both are read.
    quiet list --history demo.git
    disk
    all_reports "full with marks" 0
    marked later $queue
    refused "disk is full" mark demo.git later $lamp
    quiet marks export
    [ "$(wc -l <out)" -eq 1 ] || fail "full: export"
    refused "No space left" marks export full/exported
    [ ! -e full/exported ] || fail "a part of an export is left"
    ls full | grep -qvx -e state -e cache -e filler && fail "something is left on the full disk: $(ls full)"
    rm full/filler
    quiet mark demo.git later $lamp
    marked later $queue
    marked later $lamp
    quiet mark demo.git unreviewed $lamp

    # It is full when a browser starts, and when one is there; when there is room again, it marks again.
    if can_browse 'a full disk'; then
        rm -rf full/cache
        browse demo.git <<END
:shell-escape dd if=/dev/zero of=full/filler bs=1024 2>/dev/null || :
:last-entry
:mark later
:write-screen filled
:previous-entry
:next-entry
:write-screen after
:shell-escape rm full/filler
:mark flagged
:write-screen room
:quit
END
        [ "$status" = 2 ] || fail "a mark on a full disk is no error of the script: $status"
        shown 'disk is full' filled
        shown_not 'disk is full' after
        shown_not 'disk is full' room
        last=$("$pore" list --history demo.git | tail -n 1 | cut -f 5)
        marked flagged "$last"
        marked later $queue
        disk
        browse demo.git <<END
:write-screen start
:next-entry
:write-screen next
:display-message
:write-screen opened
:exit
:shell-escape rm full/filler
:last-entry
:mark later
:write-screen room
:quit
END
        [ "$status" = 0 ] || { fail "a browser that starts on a full disk: $status"; cat err; }
        shown 'disk is full' start
        shown_not 'disk is full' next
        shown_not 'disk is full' opened
        shown_not 'disk is full' room
        [ ! -s err ] || { fail "a browser that started on a full disk"; cat err; }
        marked 'later, flagged' "$last"
        marked later $queue
    fi

    # An archive on it: nothing is added, and what is there stays sound.
    cp -R demo.git full/list.git
    before=$(git -C full/list.git rev-parse HEAD)
    disk
    # libgit2 leaks where it cannot write a pack.
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 timeout 120 "$pore" import full/list.git new.mbox >out 2>err
    status=$?
    [ $status -eq 2 ] || fail "import on a full disk: exit $status"
    says full/list.git "import on a full disk"
    rm full/filler
    git -C full/list.git fsck --strict >/dev/null 2>&1 || fail "import on a full disk breaks the archive"
    [ "$(git -C full/list.git rev-parse HEAD)" = "$before" ] || fail "import on a full disk moves HEAD"
    quiet import full/list.git new.mbox
    git clone -q --mirror demo.git full/mirror.git
    git -C full/mirror.git config remote.origin.url "file://$work/full/list.git"
    disk
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 timeout 120 "$pore" sync full/mirror.git >out 2>err
    status=$?
    [ $status -eq 2 ] || fail "sync on a full disk: exit $status"
    says full/ "sync on a full disk"
    rm full/filler
    git -C full/mirror.git fsck --strict >/dev/null 2>&1 || fail "sync on a full disk breaks the archive"
    [ "$(git -C full/mirror.git rev-parse HEAD)" = "$before" ] || fail "sync on a full disk moves HEAD"
    run 0 sync full/mirror.git
    [ "$(git -C full/mirror.git rev-parse HEAD)" = "$(git -C full/list.git rev-parse HEAD)" ] ||
        fail "sync after a full disk"
    umount full || fail "something is left running"

    # Marks on one disk, the index on another that is full.
    mount -t tmpfs -o size=40k,mode=0700 none full || exit 99
    XDG_STATE_HOME=$work/state
    all_reports "no room for an index" 1
    marked reviewed $pulse
    quiet_but_for_index() {
        run 0 "$@"
        [ ! -s err ] || says "$XDG_CACHE_HOME" "$@"
    }
    quiet_but_for_index mark demo.git later $queue
    marked later $queue
    quiet_but_for_index mark demo.git unreviewed $queue
    umount full

    # Read-only: the cache and the state; with neither of them ever used; the archive.
    frozen() { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; }
    XDG_CACHE_HOME=$work/cache
    rm -rf cache
    mkdir -p cache/pore empty
    quiet marks export
    cp out exported
    cp state/pore/marks.sqlite marks.before
    frozen cache
    frozen state
    read_only "read-only"
    if can_browse 'a read-only home'; then
        browse demo.git <<END
:write-screen start
:next-entry
:write-screen next
:first-entry
:mark later
:write-screen mark
:display-message
:write-screen opened
:exit
:sync-mailbox
:write-screen refreshed
:quit
END
        [ "$status" = 2 ] || fail "a mark on a read-only disk is no error of the script: $status"
        shown "$work/state/pore: Read-only file system" start mark
        for screen in next opened refreshed; do
            shown_not 'Read-only file system' $screen
        done
        [ "$(wc -l <err)" -eq 1 ] || { fail "a read-only home: standard error"; cat err; }
    fi
    umount cache
    umount state
    frozen empty
    XDG_CACHE_HOME=$work/empty/cache XDG_STATE_HOME=$work/empty/state
    all_reports "an empty read-only home" 1
    refused "$work/empty/state" mark demo.git later $queue
    XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state

    # Without any variable it is the home that the system knows.
    home=$(getent passwd "$(id -u)" | cut -d : -f 6)
    case $work/$pore/$top in
    *"${home:-/}"*) echo "the home cannot be covered: it is not tried without variables" ;;
    *)
        mount -t tmpfs -o ro none "$home" || exit 99
        (
            unset HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_CONFIG_HOME
            all_reports "no variables" 1
            refused "$home/.local/state/pore" mark demo.git later $queue
            exit $failed
        ) || failed=1
        umount "$home"
        ;;
    esac

    cp -R demo.git frozen.git
    frozen frozen.git
    : >printed
    reports frozen.git
    sed 's/frozen/demo/' printed >printed.frozen
    same "a read-only archive" printed.wanted printed.frozen
    [ ! -s complaints ] || { fail "a read-only archive"; cat complaints; }
    quiet mark frozen.git later $queue
    marked later $queue frozen.git
    quiet mark frozen.git unreviewed $queue
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 timeout 120 "$pore" import frozen.git new.mbox >out 2>err
    status=$?
    [ $status -eq 2 ] || fail "import into a read-only archive: exit $status"
    says frozen.git "import into a read-only archive"
    umount frozen.git
}

if [ "${1-}" = mounts ]; then
    mounts
    exit $failed
fi

# ==== without mounts

"$pore" import demo.git "$top"/tests/demo/*.mbox >/dev/null || exit 99
mail new@example.org '[PATCH] new: one' >new.mbox
: >printed
reports
[ ! -s complaints ] || { fail "reports"; cat complaints; }
mv printed printed.wanted
quiet mark demo.git reviewed $pulse
quiet marks export
cp out exported
cp state/pore/marks.sqlite marks.before

# ---- permissions, which do not count for root

frozen=
if [ "$(id -u)" -ne 0 ]; then
    plain=$pore
    frozen=1
elif command -v setpriv >/dev/null; then
    # Nobody reads what everybody may; what make coverage counts cannot go to the build.
    printf '#!/bin/sh\nGCOV_PREFIX=%s exec setpriv --reuid=65534 --regid=65534 --clear-groups "%s" "$@"\n' \
        "$work/counts" "$pore" >nobody
    mkdir -m 777 counts
    chmod 755 nobody "$work"
    plain=$pore
    ./nobody --version >/dev/null 2>&1 && frozen=1
fi
if [ -n "$frozen" ]; then
    [ ! -x nobody ] || pore=$work/nobody
    chmod 755 state state/pore cache cache/pore
    chmod 444 state/pore/* cache/pore/*
    rm -f cache/pore/*
    chmod 555 state state/pore cache cache/pore
    # Nor is the home to be looked into, where git's configuration would be.
    mkdir closed
    chmod 000 closed
    HOME=$work/closed
    read_only "without permission"
    chmod 755 state/pore
    chmod 000 state/pore/marks.sqlite
    chmod 555 state/pore
    run 0 list --all demo.git
    says "$work/state/pore" "marks that may not be read"
    refused "$work/state/pore" marks export
    HOME=$work
    rmdir closed
    pore=$plain
    chmod 755 state state/pore cache cache/pore
    chmod 600 state/pore/*
    same "marks that could not be read" marks.before state/pore/marks.sqlite
    marked reviewed $pulse
else
    echo "permissions are not tried: they do not count here"
fi

# ---- a damaged index: made anew, and the next one finds nothing wrong with it

rm -rf cache
quiet list --history demo.git
index=$(find cache/pore -name '*.index')
cp "$index" index.good
pages=$(($(wc -c <index.good) / 4096))

# mended WHAT: the file at $index, whatever it is now, changes nothing.
mended() {
    rm -f "$index"-*
    for time in first second; do
        : >printed
        reports
        same "an index $1, the $time time" printed.wanted printed
        [ ! -s complaints ] || { fail "an index $1, the $time time"; cat complaints; }
    done
}
# overwrite PAGE: that page of the index becomes noise, which is the same each time.
overwrite() {
    awk -v page="$1" 'BEGIN { for (i = 0; i < 4096; i++) printf "%c", 33 + (i * i + page * 7) % 90 }' |
        dd of="$index" bs=4096 seek="$1" count=1 conv=notrunc 2>/dev/null
}
page=0
while [ $page -lt "$pages" ]; do
    cp index.good "$index"
    overwrite $page
    mended "with another page $page"
    page=$((page + 1))
done
: >"$index"
mended "of no length"
head -c 100 index.good >"$index"
mended "of 100 bytes"
head -c $((pages * 4096 - 5000)) index.good >"$index"
mended "that was cut"
printf 'no database at all' >"$index"
mended "of text"
if command -v python3 >/dev/null; then
    cp index.good "$index"
    with_sql "$index" 'PRAGMA user_version = 1000'
    mended "of a later version"
    rm "$index"
    with_sql "$index" 'CREATE TABLE mails(a); INSERT INTO mails VALUES(1)'
    mended "that is another program's"
    # SQLite finds nothing wrong with these.
    for sql in "UPDATE mails SET parent = zeroblob(20) WHERE parent IS NOT NULL AND age % 3 = 0" \
        "UPDATE mails SET parent = NULL WHERE age % 3 = 0" \
        "UPDATE mails SET id = randomblob(20) WHERE age % 3 = 0" \
        "UPDATE mails SET received = 0 WHERE age % 3 = 0" \
        "UPDATE mails SET record = NULL WHERE age % 3 = 0" \
        "UPDATE mails SET record = zeroblob(50) WHERE age % 3 = 0" \
        "DELETE FROM mails WHERE age % 3 = 0" \
        "DELETE FROM spans" "DELETE FROM epochs" \
        "UPDATE spans SET newest = newest + 5" "UPDATE spans SET oldest = oldest - 5" \
        "DROP TABLE keys"; do
        cp index.good "$index"
        with_sql "$index" "$sql"
        mended "after $sql"
    done
else
    echo "no python3: files of others and of other versions are not tried"
fi

# ---- damaged marks: kept aside, each of them, and said by whoever does it

home() {
    XDG_STATE_HOME=$work/$1
    mkdir -p "$XDG_STATE_HOME/pore"
    marks=$XDG_STATE_HOME/pore/marks.sqlite
}
home damaged
printf 'the first damaged file' >"$marks"
run 0 mails demo.git
says "$marks.damaged" "damaged marks"
quiet mails demo.git
quiet mark demo.git later $queue
marked later $queue
cp "$marks" second
printf 'SQLite format 3' | dd of=second bs=100 seek=1 conv=notrunc 2>/dev/null
cp second "$marks"
run 0 mark demo.git later $lamp
says "$marks.damaged-2" "damaged marks, again"
marked later $lamp
marked - $queue
: >third
head -c 4096 "$marks" >third
cp third "$marks"
run 0 list --all demo.git
says "$marks.damaged-3" "damaged marks, a third time"
printf 'the first damaged file' | cmp -s - "$marks.damaged" || fail "the first damaged marks are gone"
same "the second damaged marks" second "$marks.damaged-2"
same "the third damaged marks" third "$marks.damaged-3"
if can_browse 'damaged marks'; then
    printf 'the fourth damaged file' >"$marks"
    browse demo.git <<END
:write-screen start
:next-entry
:write-screen next
:first-entry
:mark later
:write-screen mark
:quit
END
    [ "$status" = 0 ] || fail "a browser with damaged marks: $status"
    shown "$marks.damaged-4" start
    shown_not damaged-4 next
    [ ! -s err ] || { fail "a browser with damaged marks"; cat err; }
    first=$("$pore" list --history demo.git | head -n 1 | cut -f 5)
    marked later "$first"
fi

# Marks of a later version are left alone.
if command -v python3 >/dev/null; then
    home later
    quiet mark demo.git later $queue
    with_sql "$marks" 'PRAGMA user_version = 1000; ALTER TABLE marks ADD COLUMN more TEXT'
    cp "$marks" kept
    run 0 list --all demo.git
    says "another version" "marks of a later version"
    quiet mails demo.git
    refused "another version" mark demo.git later $lamp
    refused "another version" marks export
    refused "another version" marks import exported
    same "marks of a later version" kept "$marks"
    ls "$XDG_STATE_HOME/pore" | grep -q damaged && fail "marks of a later version are called damaged"
fi

# ---- a clock that was set back: what is said now counts all the same

home clock
ahead=$(date -u -d '+20 hours' +%Y-%m-%dT%H:%M:%S.000000Z 2>/dev/null) || ahead=
if [ -n "$ahead" ]; then
    echo "<$queue> reviewed $ahead v2" >future
    quiet marks import future
    marked reviewed $queue
    quiet mark demo.git later $queue
    marked later $queue
    quiet mark demo.git unreviewed $queue
    marked - $queue
    run 0 marks import future
    marked - $queue
fi
if command -v python3 >/dev/null; then
    quiet mark demo.git reviewed $lamp
    # In the year 2096.
    with_sql "$marks" 'UPDATE marks SET state_stamp = 4000000000000000 WHERE state > 0'
    marked reviewed $lamp
    quiet mark demo.git ignored $lamp
    marked ignored $lamp
    quiet mark demo.git flagged $lamp
    marked 'ignored, flagged' $lamp
    quiet marks export far
    sort far | cmp -s - far || fail "the export of the far future is not sorted"
    home elsewhere
    refused far: marks import far
    quiet marks export
    [ ! -s out ] || fail "something of the far future was taken"
fi

# ---- several at once

home several
rm -rf cache
for reader in 1 2 3; do
    timeout 120 "$pore" list --history demo.git >read.$reader 2>err.$reader &
done
wait
quiet list --history demo.git
for reader in 1 2 3; do
    same "first reading $reader of three" out read.$reader
    [ ! -s err.$reader ] || { fail "first reading $reader of three"; cat err.$reader; }
done
cut -f 5 out >ids
while read -r id; do
    timeout 120 "$pore" mark demo.git later "$id" >>said 2>&1 &
done <ids
wait
[ ! -s said ] || { fail "marks at once"; cat said; }
"$pore" list --history demo.git | cut -f 2 | sort -u >states
[ "$(cat states)" = later ] || { fail "of marks at once some are lost"; "$pore" list --history demo.git; }

if can_browse 'several at once'; then
    home browsers
    # A mark beside a browser; then a second browser, which marks, too.
    cat >inner <<END
:write-screen inner
:last-entry
:mark flagged
:sync-mailbox
:shell-escape "$pore" mark demo.git unreviewed $queue
:sync-mailbox
:write-screen inner-refreshed
:quit
END
    browse demo.git <<END
:limit ~s queue
:write-screen before
:shell-escape "$pore" mark demo.git reviewed $queue
:sync-mailbox
:write-screen marked
:limit all
:first-entry
:mark ignored
:shell-escape "$pore" -F /dev/null -e 'set nowait_key' --script inner demo.git
:sync-mailbox
:write-screen outer
:undo-mark
:quit
END
    [ "$status" = 0 ] || { fail "two browsers: $status"; cat err; }
    row() { grep -E "^ *$2 " "$1" | cut -c 1-8; }
    first=$("$pore" list --history demo.git | head -n 1 | cut -f 5)
    last=$("$pore" list --history demo.git | tail -n 1 | cut -f 5)
    [ "$(row before 1)" != "$(row marked 1)" ] || { fail "a mark beside a browser"; cat before marked; }
    [ "$(row inner 1)" = "$(row outer 1)" ] || { fail "a mark of another browser"; cat inner outer; }
    grep -E '^ *[0-9]+ ' inner-refreshed | cut -c 1-100 >rows.inner
    grep -E '^ *[0-9]+ ' outer | cut -c 1-100 >rows.outer
    same "two browsers after their next refresh" rows.inner rows.outer
    marked - "$first"
    marked flagged "$last"
    marked - $queue

    # Underneath: everything is packed anew, mails come by import and by fetch, and in the end it is gone.
    home underneath
    cp -R demo.git upstream.git
    git clone -q --mirror upstream.git mirror.git
    git -C mirror.git config remote.origin.url "file://$work/upstream.git"
    browse mirror.git <<END
:shell-escape git -C mirror.git gc -q --prune=now
:last-entry
:display-message
:display-message
:write-screen packed
:exit
:exit
:shell-escape "$pore" import upstream.git new.mbox >out 2>&1 && "$pore" sync mirror.git >out 2>&1
:sync-mailbox
:write-screen synced
:limit ~s new:
:mark reviewed
:shell-escape git -C mirror.git repack -q -a -d && git -C mirror.git fetch -q
:sync-mailbox
:write-screen fetched
:display-message
:display-message
:write-screen read
:exit
:exit
:quit
END
    [ "$status" = 0 ] || { fail "an archive that is packed anew: $status"; cat err out; }
    shown 'new: one' synced fetched
    shown '+int b;' read
    shown_not 'could not' packed
    marked reviewed new@example.org mirror.git
    browse mirror.git <<END
:shell-escape mv mirror.git moved.git
:sync-mailbox
:write-screen gone
:next-entry
:first-entry
:mark later
:quit
END
    [ "$status" = 0 ] || [ "$status" = 2 ] || fail "an archive that is gone: $status"
    shown mirror.git gone
    "$pore" list --history moved.git >moved || fail "an archive that was moved"
fi

# ---- with mounts, where these are allowed

home state
# shellcheck disable=SC2016
if unshare -rm sh -c 'mkdir -p probe && mount -t tmpfs -o size=64k none probe &&
        mount --bind state state && mount -o remount,bind,ro state' 2>/dev/null; then
    PORE=$pore srcdir=$top unshare -rm sh "$self" mounts || failed=1
else
    echo "nothing can be mounted here: full disks and read-only file systems are not tried"
fi

exit $failed
