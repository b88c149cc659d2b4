#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Answers on a real terminal, tmux's: an editor that has it, that is stopped, resized, killed; signals and a
# terminal that goes away. Whatever happens, the draft is on the disk and it is said where.
set -u
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
unset NO_COLOR TMUX LINES COLUMNS COLORTERM VISUAL

pore=${PORE:-./pore}
case $pore in /*) ;; *) pore=$PWD/$pore ;; esac
command -v tmux >/dev/null || { echo "no tmux"; exit 77; }
work=$(mktemp -d) || exit 99
TMUX_TMPDIR=$work
XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache HOME=$work
export TMUX_TMPDIR XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME HOME
mux() { tmux -f /dev/null -L pore-answer "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
cd "$work" || exit 99
failed=0

fail() {
    echo "FAIL: $*"
    mux capture-pane -p -t pore
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

shows() { mux capture-pane -p -t pore | grep -qF -e "$1"; }
see() { wait_until "\"$1\" is not on the screen" shows "$1"; }
press() { mux send-keys -t pore "$@"; }
drafts() { find state/pore/drafts -name '*.eml'; }
no_drafts() { [ -z "$(drafts)" ]; }
one_draft() { [ "$(drafts | wc -l)" -eq 1 ]; }
says_where() { [ -s err ] && [ "$(cat err)" = "pore: draft kept in $work/$(drafts)" ]; }

# begin: a pane with a shell in it, and pore, whose errors come to the file err.
begin() {
    rm -rf state/pore/drafts err pid
    mux new-session -d -s pore -x 100 -y 24 -c "$work" "env PS1='$ ' sh" || exit 99
    press -l "sh -c 'echo \$\$ >pid; exec $pore -F rc --all list.git 2>err'; echo \"<\$?>\""
    press Enter
    see 'Series 1'
}
end() { mux kill-session -t pore; }

mkdir -p config
cat >editor <<'.'
#!/bin/sh
echo "$$" >editor.pid
echo "editing:$(stty size)"
read -r line
echo "$line" >>"$1"
.
cat >send <<'.'
#!/bin/sh
cat >sent
touch asks
read -r word </dev/tty
[ "$word" = secret ] || { echo 'send: wrong password' >&2; exit 77; }
.
chmod +x editor send
printf 'set editor="%s/editor" sendmail="%s/send" from="Mia <mia@example.org>"\n' "$work" "$work" >rc
cat >mbox <<'.'
From mboxrd@z Thu Jan  1 00:00:00 1970
From: Ann Example <ann@example.org>
Date: Fri, 1 Mar 2019 10:00:00 +0000
Message-ID: <1@example.org>
Subject: [PATCH] widget: turn it

Turn.

.
"$pore" import list.git mbox >import.out 2>&1 || { cat import.out; exit 99; }

# So that the server stays when a pane goes.
mux new-session -d -s keep cat || { echo "tmux does not start"; exit 77; }

# The editor has the terminal, of whatever size; pore takes that of the end.
begin
press r
see 'editing:24 100'
one_draft || fail 'no draft while the editor runs'
mux resize-window -t pore -x 120 -y 30
press -l 'Looks good.'
press Enter
see '(s)end, (e)dit, (k)eep, (d)iscard? To ann@example.org: Re: [PATCH] widget: turn it'
mux capture-pane -p -t pore | tail -n 1 | grep -qF '(s)end' || fail 'the size after the editor'

# What sends may ask for a password; what it complains about is to be read.
press s
wait_until 'no question for a password' [ -e asks ]
rm asks
press -l wrong
press Enter
see 'send: wrong password'
one_draft || fail 'no draft after sending failed'
press q R
see 'editing:30 120'
press Enter
see '(s)end'
press s
wait_until 'no question for a password' [ -e asks ]
press -l secret
press Enter
see 'Mail sent.'
no_drafts || fail 'the draft of what was sent is there'
grep -q '^Looks good\.$' sent || fail 'not what was written was sent'
press q
see '<0>'
[ ! -s err ] || fail "something was said: $(cat err)"
end

# Stopped and continued, as one job.
begin
press r
see 'editing:24 100'
press C-z
wait_until 'the shell after a stop' shows '$ '
press -l 'echo "in"-the-shell'
press Enter
see 'in-the-shell'
press -l 'fg >/dev/null; echo "<$?>"'
press Enter
press -l 'After the stop.'
press Enter
see '(s)end'
grep -q '^After the stop\.$' "$(drafts)" || fail 'what was written after a stop'
press k
see 'Draft kept in '
press q
see '<0>'
end

# An interrupt is the editor's.
begin
press r
see 'editing:'
press C-c
see 'Press any key'
press Space
see 'Draft kept in '
one_draft || fail 'no draft after an interrupt'
press q
wait_until 'where the draft is, at the end' says_where
end

# Signals while the question is open, and while the editor runs.
for signal in TERM HUP; do
    begin
    press r
    see 'editing:'
    press Enter
    see '(s)end'
    kill -$signal "$(cat pid)"
    wait_until "$signal at the question" says_where
    end

    begin
    press r
    see 'editing:'
    kill -$signal "$(cat pid)"
    press -l 'written after the signal'
    press Enter
    wait_until "$signal while editing" says_where
    grep -q 'written after the signal' "$(drafts)" || fail "$signal: what was written is lost"
    end
done

# The terminal goes away.
begin
press r
see 'editing:'
press Enter
see '(s)end'
end
wait_until 'no terminal at the question' says_where
begin
press r
see 'editing:'
end
wait_until 'no terminal while editing' says_where

exit $failed
