#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tutorial of pore(1), followed to the letter on a real terminal, tmux's: what stands behind a
# "$" is typed into a shell, keys are pressed, and each text that it sets in quotes has to be on
# the screen then.
set -u
. "$(dirname "$0")/support.sh"

command -v tmux >/dev/null || { echo "no tmux"; exit 77; }
work=$(mktemp -d) || exit 99
TMUX_TMPDIR=$work
export TMUX_TMPDIR
unset NO_COLOR TMUX LINES COLUMNS COLORTERM VISUAL ENV
mux() { tmux -f /dev/null -L pore "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
settle_in "$work"

# The steps as lines: "shell COMMAND", "key KEY", "see TEXT".
sed -n '/^\.Sh TUTORIAL/,/^\.Sh ENVIRONMENT/p' "$top/man/pore.1" |
    sed -e 's/\\&//g' -e 's/\\(ti/~/g' -e 's/\\e/\\/g' |
    awk '/^\.It Li \$ / { step = 1; sub(/^\.It Li \$ /, ""); print "shell " $0; next }
         /^\.It Ic / { step = 1; for (i = 3; i <= NF; i++) print "key " $i; next }
         /^\.El/ { step = 0 }
         /^\.Ql / && step { sub(/^\.Ql /, ""); sub(/ [.,:;)]+$/, ""); print "see " $0 }' >steps
for what in shell key see; do
    grep -q "^$what " steps || fail "no step of the tutorial says what to $what"
done

# wait_until WHAT COMMAND...: runs COMMAND until it succeeds, for ten seconds at most.
wait_until() {
    what=$1
    shift
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { fail "$what"; mux capture-pane -p; return 1; }
        sleep 0.05
    done
}

shows() { mux capture-pane -p | grep -qF -e "$1"; }
is() { [ "$(mux display-message -p "$1")" = "$2" ]; }

printf '#!/bin/sh\necho "Looks good." >>"$1"\n' >editor
chmod +x editor
ln -s "$top/tests" tests
mux new-session -d -x 80 -y 24 "env TZ=UTC EDITOR=$work/editor PATH=${pore%/*}:$PATH PS1='$ ' sh" ||
    { echo "tmux does not start"; exit 77; }
done_so_far=
while read -r what text; do
    case $what in
    shell)
        wait_until "after$done_so_far: still not in the shell" is '#{alternate_on}' 0 || break
        mux send-keys -l -- "clear; $text"
        mux send-keys Enter
        done_so_far=" \"$text\""
        case $text in
        "pore demo"*) wait_until "$text does not start" is '#{alternate_on}' 1 || break ;;
        esac
        ;;
    key)
        case $text in
        Esc) mux send-keys Escape ;;
        Enter | Space | Tab) mux send-keys "$text" ;;
        *) mux send-keys -l -- "$text" ;;
        esac
        done_so_far="$done_so_far $text"
        ;;
    see) wait_until "after$done_so_far: \"$text\" is not on the screen" shows "$text" || break ;;
    esac
done <steps
wait_until "after$done_so_far: still not in the shell" is '#{alternate_on}' 0

# What was done is there for the next day.
"$pore" list --all --history demo.git >list || fail "list"
grep -q "^Exist${tab}reviewed${tab}v3${tab}3/3${tab}.*ring: let two" list || {
    fail "the series is not marked as reviewed"
    cat list
}
[ "$(cat state/pore/drafts/* | tail -n 1)" = "Looks good." ] || fail "the draft was not kept"

echo "tutorial: $(grep -c ^shell steps) commands, $(grep -c ^key steps) keys," \
    "$(grep -c ^see steps) things seen"
exit $failed
