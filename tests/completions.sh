#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the shells offer behind "pore" is what the program has, and nothing else: its commands and
# their options as --help prints them, settings, states of marks; folders and files where these
# stand. Each shell that is here is asked as its key for completing would ask it.
set -u
. "$(dirname "$0")/support.sh"

completions=$top/ui/completions
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
# What is offered of files lies in a folder of its own.
mkdir -p "$work/at/there/archive.git"
: >"$work/at/there/file"
settle_in "$work"
cd at || exit 99
HOME=$work
export HOME work completions

# --- what there is ------------------------------------------------------------------

# wanted LINE WORDS: what is to be offered behind it, a word a line.
number=0
wanted() {
    number=$((number + 1))
    echo "$2" | grep . | sort >"$work/wanted.$number"
    [ -s "$work/wanted.$number" ] || fail "nothing was found to be offered behind \"$1\""
    printf '%s\n' "$1" >>"$work/lines"
}

# options [COMMAND]
options() {
    "$pore" "$@" --help | sed -nE 's/^  (-[a-zA-Z])?(, )?(--[a-z-]+)?[ =].*/\1\n\3/p'
}

commands=$("$pore" --help | sed -n 's/^  pore \([a-z]*\) .*/\1/p')
actions=$("$pore" marks --help | sed -n '/^Actions/,$s/^  \([a-z-]*\) .*/\1/p')
states=$("$pore" mark --help | tr '\n' ' ' | sed 's/.*STATE is \([^.]*\)\..*/\1/' |
    sed 's/=TEXT/=/; s/ or /, /; s/, /\n/g')
settings=$(sed -nE 's/^(BOOLEAN|NUMBER|STRING|FORMAT|CHOICE)\(([a-z_]+),.*/set \2=/p' \
    "$top/ui/settings.def")

wanted 'pore ' "$commands
there"
for command in "" $commands; do
    wanted "pore ${command:+$command }-" "$(options $command)"
done
wanted "pore -e 's" "$settings"
wanted 'pore marks ' "$actions"
wanted 'pore mark there/archive.git ' "$states"
for line in 'pore there/a' 'pore --all there/a' 'pore -n 5 there/a' 'pore list there/a' \
    'pore list --since yesterday there/a' 'pore mark --verify there/a'; do
    wanted "$line" archive.git
done
for line in 'pore import there/archive.git there/f' 'pore -F there/f' 'pore marks export there/f'; do
    wanted "$line" file
done

# --- what is offered ------------------------------------------------------------------

# compare SHELL: what it offered lies in offered.1, offered.2 … Some give the folder of a file, too,
# and zsh offers words with a dash in them for a dash.
compare() {
    offered=0
    for at in $(seq $number); do
        case $(sed -n ${at}p "$work/lines") in
        *" -") grep '^-' "$work/offered.$at" ;;
        *) sed 's,/$,,; s,.*/,,' "$work/offered.$at" | grep . ;;
        esac | sort -u >"$work/sorted"
        offered=$((offered + $(grep -c '^-' "$work/sorted")))
        cmp -s "$work/wanted.$at" "$work/sorted" && continue
        fail "$1, behind \"$(sed -n ${at}p "$work/lines")\":"
        comm -23 "$work/wanted.$at" "$work/sorted" | sed 's/^/    not offered: /'
        comm -13 "$work/wanted.$at" "$work/sorted" | sed 's/^/    not in the program: /'
    done
    echo "$1: $(echo "$commands" | wc -l) commands, $offered options, $(echo "$settings" | wc -l)" \
        "settings in both"
    rm -f "$work"/offered.*
}

# As readline calls it; quotes are taken away before.
cat >"$work/ask.bash" <<'.'
compopt() { :; }
. "$completions/pore.bash"
number=0
while IFS= read -r line; do
    text=${line%\'*}
    COMP_WORDS=($text) COMP_CWORD=${#COMP_WORDS[@]}
    case $line in
    *\'*) COMP_WORDS+=("${line##*\'}") ;;
    *" ") COMP_WORDS+=("") ;;
    *) ((COMP_CWORD--)) ;;
    esac
    _pore pore "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}" >"$work/offered.$((++number))"
done <"$work/lines"
.
if command -v bash >/dev/null; then
    bash --norc "$work/ask.bash"
    compare bash
else
    echo "no bash"
fi

# An interactive shell on a terminal of its own; what compadd adds is written down.
cat >"$work/.zshrc" <<'.'
fpath=($completions $fpath)
autoload -U compinit
compinit -D -u
compadd() {
    local -a found
    if (( ! ${argv[(I)-[OAD]]} )); then
        builtin compadd -O found "$@"
        print -rl -- $found >>$work/offered.$number
    fi
    builtin compadd "$@"
}
zle-line-init() {
    local line
    number=0
    while IFS= read -r line; do
        : >$work/offered.$((++number))
        BUFFER=$line CURSOR=$#line
        zle list-choices
    done <$work/lines
    exit
}
zle -N zle-line-init
.
if command -v zsh >/dev/null; then
    ZDOTDIR=$work timeout 60 zsh -fc \
        'zmodload zsh/zpty && zpty shell zsh -d -i && while zpty -r shell line; do :; done' >/dev/null
    compare zsh
else
    echo "no zsh"
fi

cat >"$work/ask.fish" <<'.'
source $completions/pore.fish
set number 0
while read line
    set number (math $number + 1)
    complete -C $line | string replace -r '\t.*' '' >$work/offered.$number
end <$work/lines
.
if command -v fish >/dev/null; then
    fish --no-config "$work/ask.fish"
    compare fish
else
    echo "no fish"
fi

exit $failed
