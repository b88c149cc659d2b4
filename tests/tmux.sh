#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The browser on a real terminal, tmux's: start, browse, resize, suspend, a hostile
# mail, and the ways out, each of which must leave the terminal as it was.
set -u
LC_ALL=C.UTF-8
TZ=UTC
# The signals of a crash are tested, so a sanitizer must leave them alone.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:handle_segv=0
TSAN_OPTIONS=${TSAN_OPTIONS:-}:handle_segv=0
export LC_ALL TZ ASAN_OPTIONS TSAN_OPTIONS
unset NO_COLOR TMUX LINES COLUMNS COLORTERM

pore=${PORE:-./pore}
case $pore in /*) ;; *) pore=$PWD/$pore ;; esac
command -v tmux >/dev/null || { echo "no tmux"; exit 77; }
work=$(mktemp -d) || exit 99
# A server of its own: nobody's sessions or configuration.
TMUX_TMPDIR=$work
# Nor anybody's settings and history.
XDG_CONFIG_HOME=$work/config
XDG_STATE_HOME=$work/state
XDG_CACHE_HOME=$work/cache
export TMUX_TMPDIR XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
mux() { tmux -f /dev/null -L pore "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
cd "$work" || exit 99
failed=0

fail() {
    echo "FAIL: $*"
    mux capture-pane -p
    failed=1
}

# wait_until WHAT COMMAND...: runs COMMAND until it succeeds, for ten seconds at most.
wait_until() {
    what=$1
    shift
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { fail "$what"; return 1; }
        sleep 0.05
    done
}

shows() { mux capture-pane -p | grep -qF -e "$1"; }
shows_not() { ! shows "$1"; }
see() { wait_until "\"$1\" is not on the screen" shows "$1"; }
press() { mux send-keys "$@"; }
is() { [ "$(mux display-message -p "$1")" = "$2" ]; }

# shell COMMAND: has the shell run it and say how it ended, on a line of its own.
number=0
shell() {
    number=$((number + 1))
    press -l "$1; echo \"<\$?>\" $number."
    press Enter
}
ended() { see "<$1> $number."; }

# The terminal is as it was: modes, alternate screen, cursor, key pad.
check_terminal() {
    wait_until "$1: alternate screen" is '#{alternate_on}' 0
    wait_until "$1: cursor hidden" is '#{cursor_flag}' 1
    wait_until "$1: keypad mode" is '#{keypad_flag}' 0
    press -l "clear; stty -g >$work/after; echo \"done\"-$number"
    press Enter
    see "done-$number"
    cmp -s "$work/before" "$work/after" || fail "$1: terminal modes"
}

mail() { # FROM DAY ID PARENT SUBJECT; body on standard input
    printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: %s\nDate: %s Mar 2019 10:00:00 +0000\n' \
        "$1" "$2"
    printf 'Message-ID: <%s@example.org>\n' "$3"
    [ -z "$4" ] || printf 'In-Reply-To: <%s@example.org>\n' "$4"
    printf 'Subject: %s\n\n' "$5"
    cat
    printf '\n'
}

ann='Ann Example <ann@example.org>'
{
    mail "$ann" 1 a0 '' '[PATCH 0/2] widget: make it turn' <<'.'
The cover letter.
.
    mail "$ann" 1 a1 a0 '[PATCH 1/2] widget: oil it' <<'.'
Oil.
---
 file.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/file.c b/file.c
--- a/file.c
+++ b/file.c
@@ -1 +1 @@
-dry line
+oily line
-- 
2.39
.
    mail "$ann" 1 a2 a0 '[PATCH 2/2] widget: turn it' <<'.'
Turn.
.
    printf 'E\033]0;owned\007ve <e@example.org>' >from
    printf 'text \033[2J\033[?1049l\033c\033]0;owned\007 end of it\n' |
        mail "$(cat from)" 2 e '' "$(printf '[PATCH] evil \033[31m\033[5;5H subject')"
} >mbox
"$pore" import list.git mbox >import.out 2>&1 || { cat import.out; exit 99; }

mux new-session -d -x 80 -y 24 "env PS1='$ ' sh" || { echo "tmux does not start"; exit 77; }
press -l "cd $work; stty -g >before; echo \"ready\"-"
press Enter
see ready-

# Start, browse to a diff and back, quit.
shell "$pore --all list.git"
see 'Series 2'
see 'make it turn'
press j Enter
see '(all)'
see 'oil it'
press j Enter
see '+oily line'
press J
see 'Turn.'
press q q
see 'Series 2'

# Other sizes, and the first one again.
press Enter
see 'Patches:2/2'
for size in '200 60' '10 3' '1 1' '40 10'; do
    mux resize-window -x "${size% *}" -y "${size#* }"
    press k j
done
mux resize-window -x 80 -y 24
see 'Patches:2/2'
see 'q:Exit'
wait_until 'the tree after resizing' shows '>widget: turn it'

# Out to the shell and back.
press C-z
wait_until 'stopped' is '#{alternate_on}' 0
press -l 'echo "in"-the-shell'
press Enter
wait_until 'the shell' shows 'in-the-shell'
shell fg
see 'Patches:2/2'
see '>widget: turn it'
press q q
ended 0
check_terminal 'quit'

# A hostile mail shows what it is and does nothing.
shell "$pore --all list.git"
see 'evil ^[[31m^[[5;5H subject'
press Enter Enter
see 'text ^[[2J^[[?1049l^[c^[]0;owned^G end of it'
is '#{alternate_on}' 1 || fail 'a mail has left the alternate screen'
is '#{pane_title}' owned && fail 'a mail has set the title'
press Q
ended 0
check_terminal 'a hostile mail'

# Signals that end it.
for signal in TERM:143 HUP:129 SEGV:139 ABRT:134; do
    shell "sh -c 'echo \$\$ >pid; exec $pore --all list.git'"
    see 'Series 2'
    kill -"${signal%:*}" "$(cat pid)"
    ended "${signal#*:}"
    check_terminal "$signal"
done

# Other terminals than tmux is: what it draws then is only roughly right, but it runs.
for term in xterm-256color screen-256color tmux-256color linux vt100; do
    shell "TERM=$term $pore --all list.git"
    see 'make it turn'
    press l '~f ann' Enter
    see 'Series 1 of 2'
    press q
    ended 0
    check_terminal "$term"
done

# A porerc with an error in it, a prompt with its history from one run to the next, a script.
mkdir -p config/pore
printf 'set index_format="%%4C [%%s]"\nset nonsense\n' >config/pore/porerc
shell "$pore --all list.git"
see 'porerc:2: '
see '   2 [widget: make it turn]'
press : 'set nohelp' Enter
see '   1 ['
press q
ended 0
shell "$pore -F /dev/null --all list.git"
see 'make it turn'
press : Up
see ':set nohelp'
press C-g q
ended 0
printf '# moves, limits, writes\nj\n:limit ~f ann\n:write-screen shot\n:quit\n' >script
shell "$pore -F /dev/null --script script --all list.git"
ended 0
grep -q 'Series 1 of 2' shot || fail 'the script did not write its screen'
check_terminal 'a script'

# Saved for git am.
shell "$pore -F /dev/null --script save --all list.git"
ended 2
printf ':last-entry\n:save-message saved.mbox\n:quit\n' >script
shell "$pore -F /dev/null --script script --all list.git"
ended 0
grep -c '^From ' saved.mbox | grep -qx 2 || fail 'the series was not saved'

# What is new is fetched from where a mirror was made from.
"$pore" sync mirror.git "file://$work/list.git" >sync.out 2>&1 || fail "sync: $(cat sync.out)"
shell "$pore -F /dev/null mirror.git"
see 'make it turn'
mail "$ann" 3 late '' '[PATCH] arrived late' >late.mbox <<'.'
Late.
.
"$pore" import list.git late.mbox >import.out 2>&1 || fail "import: $(cat import.out)"
press G
see '1 new mail.'
press =
see 'arrived late'
press q
ended 0
check_terminal 'a fetch'

# Nothing to browse on: one line, exit 2.
for how in 'TERM=dumb' 'TERM=' 'TERM=no-such'; do
    shell "$how $pore --all list.git 2>err; cat err; test \$(wc -l <err) -eq 1"
    ended 0
done
shell "$pore --all list.git </dev/null 2>err"
ended 2
shell "$pore --all list.git >out 2>err"
ended 2
[ -s out ] && fail 'something was written to a pipe'
[ "$(wc -l <err)" -eq 1 ] || fail 'not one line of error'
check_terminal 'errors'

exit $failed
