#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual says what the program has, and nothing that it does not have: options as --help
# prints them, the rest as the program's tables have it. No terminal is needed.
set -u

pore=${PORE:-./pore}
top=${srcdir:-.}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# same WHAT PROGRAM MANUAL: both files, sorted, have the same lines, and some.
same() {
    sort -u "$2" >"$2.sorted"
    sort -u "$3" >"$3.sorted"
    [ -s "$2.sorted" ] || fail "$1: none were found in the source"
    comm -23 "$2.sorted" "$3.sorted" | sed 's/^/    not in the manual: /' >"$work/differences"
    comm -13 "$2.sorted" "$3.sorted" | sed 's/^/    not in the program: /' >>"$work/differences"
    [ ! -s "$work/differences" ] || fail "$1:
$(cat "$work/differences")"
}

# mdoc's escapes undone, of a file or of standard input.
plain() {
    sed -e 's/\\&//g' -e 's/\\-/-/g' -e 's/\\(ti/~/g' -e 's/\\(ha/^/g' -e 's/\\(dq/"/g' \
        -e "s/\\\\(aq/'/g" -e 's/\\e/\\/g' "$@"
}

# The lines of a page from ".Sh NAME" or ".Ss NAME" to the next one.
section() {
    awk -v name="$2" '/^\.S[hs] / { on = substr($0, 5) == name } on' "$1"
}

pore_1=$top/man/pore.1
porerc_5=$top/man/porerc.5
pore_keys_5=$top/man/pore-keys.5

# --- options and commands of the command line ---------------------------------

# The page's text without mdoc's macros: "--all" is written ".Fl -all".
sed -E -e 's/(^\.| )Fl -/\1--/g' -e 's/(^\.| )Fl ([a-zA-Z])/\1-\2/g' -e 's/\\-/-/g' "$pore_1" \
    >"$work/page"

options() {
    grep -oE '(^|[][ |,=])--?[a-zA-Z][a-z-]*' "$1" | grep -oE -e '--?[a-zA-Z][a-z-]*' | sort -u
}

"$pore" --help >"$work/help" || fail "pore --help"
[ -s "$work/help" ] || fail "pore --help prints nothing"
"$pore" --version | grep -qE '^pore [0-9]+\.[0-9]+' || fail "pore --version"

commands=$(grep -oE '^ *(usage: )? *pore [a-z]+ ' "$work/help" | awk '{ print $NF }' | sort -u)
for command in digest list mails stats show import; do
    echo "$commands" | grep -qx "$command" || fail "pore --help does not name $command"
done
for command in $commands; do
    grep -qE "^\.(It|Nm|Ss|Cm|Ic).* $command|^\.Ic $command" "$pore_1" ||
        fail "the manual has no command $command"
    "$pore" "$command" --help >"$work/help.$command" || fail "pore $command --help"
    [ -s "$work/help.$command" ] || fail "pore $command --help prints nothing"
done

for option in $(for help in "$work"/help*; do options "$help"; done | sort -u); do
    grep -qE -e "(^|[^-a-zA-Z])$option([^-a-zA-Z]|\$)" "$work/page" ||
        fail "the manual has no option $option"
done

# --- commands of the browser, and their keys ----------------------------------

sed -n 's/^COMMAND("\([^"]*\)".*/\1/p' "$top/ui/commands.def" >"$work/commands"
sed -n '/^\.Sh COMMANDS/,/^\.Sh EXAMPLES/p' "$pore_keys_5" >"$work/commands.page"
sed -n 's/^\.It Ic \([^ ]*\).*/\1/p' "$work/commands.page" >"$work/commands.manual"
same "commands of pore-keys(5)" "$work/commands" "$work/commands.manual"

# "command key" of each binding without an argument.
awk '!/^#/ && NF == 3 { print $3, $2 }' "$top/keymaps/mutt.keys" >"$work/keys"
plain "$work/commands.page" | awk '
    /^\.It Ic / { command = $3; keys = 0 }
    /^Keys:/ { keys = 1; next }
    keys && /^\.Ic / {
        if (command == "jump" || command == "digit-argument") next
        line = substr($0, 5)
        sub(/ [.;]$/, "", line)
        count = split(line, key, " , ")
        for (i = 1; i <= count; i++) print command, key[i]
    }' >"$work/keys.manual"
same "keys of pore-keys(5) and keymaps/mutt.keys" "$work/keys" "$work/keys.manual"

grep '^ *\[CONTEXT_' "$top/ui/commands.c" | grep -o '"[a-z]*"' | tr -d '"' >"$work/contexts"
section "$pore_keys_5" Contexts | sed -n 's/^\.It Cm //p' >"$work/contexts.manual"
same "contexts of pore-keys(5)" "$work/contexts" "$work/contexts.manual"

sed -n 's/^static const char \*const names\[\] = {\(.*\), NULL};/\1/p' "$top/ui/keymap.c" |
    tr -d '" ' | tr , '\n' >"$work/keymaps"
section "$pore_keys_5" Keymaps | sed -n 's/^\.It Cm //p' >"$work/keymaps.manual"
same "keymaps of pore-keys(5)" "$work/keymaps" "$work/keymaps.manual"

# --- porerc -------------------------------------------------------------------

sed -n 's/^    X("\([a-z]*\)", run_.*/\1/p' "$top/ui/rc.c" >"$work/rc"
section "$porerc_5" COMMANDS | sed -n 's/^\.It Ic \([^ ]*\).*/\1/p' >"$work/rc.manual"
same "commands of porerc(5)" "$work/rc" "$work/rc.manual"

# Each setting as "name: what it takes, at first value", lines of the table put together.
awk '
    /^(BOOLEAN|NUMBER|STRING|FORMAT|CHOICE)\(/ { line = "" }
    { sub(/^ +/, " "); line = line $0 }
    /"\)$/ { print line; line = "" }' "$top/ui/settings.def" >"$work/table"
sed -E \
        -e 's/^BOOLEAN\(([a-z_]+), true, .*/\1: yes or no, at first yes/' \
        -e 's/^BOOLEAN\(([a-z_]+), false, .*/\1: yes or no, at first no/' \
        -e 's/^NUMBER\(([a-z_]+), ([0-9]+), ([0-9]+), ([0-9]+), .*/\1: number \3 to \4, at first \2/' \
        -e 's/^STRING\(([a-z_]+), "", .*/\1: text, at first empty/' \
        -e 's/^STRING\(([a-z_]+), "(([^"\\]|\\.)*)", .*/\1: text, at first \2/' \
        -e 's/^FORMAT\(([a-z_]+), "(([^"\\]|\\.)*)", .*/\1: text, at first \2/' \
        -e 's/^CHOICE\(([a-z_]+), "([^"]*)", .*/\1: word, at first \2/' "$work/table" >"$work/settings"
section "$porerc_5" SETTINGS | awk '
    /^\.It Va / { name = $3; getline; sub(/^\.Pq /, ""); sub(/at first Ql /, "at first ")
                  if (sub(/at first "/, "at first ")) sub(/"$/, "")
                  print name ": " $0 }' | plain >"$work/settings.manual"
same "settings of porerc(5)" "$work/settings" "$work/settings.manual"

orders=$(sed -n '/^CHOICE(sort/,/^[A-Z]/p' "$top/ui/settings.def" | grep -o '"[a-z -]*"' | tr -d '"' |
    tr ' ' '\n' | grep -vx -e '' -e 'reverse-.*' | sort -u)
[ -n "$orders" ] || fail "no orders were found in the source"
for order in $orders; do
    section "$porerc_5" SETTINGS | sed -n '/^\.It Va sort/,/^\.It Va status/p' |
        grep -qE "^\.Ql $order( |\$)" || fail "porerc(5): sort has no $order"
done

# letters FILE FUNCTION: the letters that FUNCTION of FILE takes.
letters() {
    awk -v name="$2" '$0 ~ "^(static )?bool " name "\\(" { on = 1 } /^}/ { on = 0 } on' "$1" |
        sed -n "s/^ *case '\(.\)':.*/\1/p"
}

# items PAGE SECTION: what its list has, one character each.
items() {
    section "$1" "$2" | plain | sed -n 's/^\.It Li \(.\).*/\1/p'
}

# accepted SETTING: the letters that it takes.
accepted() {
    sed -nE "s/^FORMAT\\($1, \"([^\"\\\\]|\\\\.)*\", \"([^\"]*)\", .*/\2/p" "$work/table" | fold -w 1
}

accepted index_format >"$work/index"
items "$porerc_5" "Letters of index_format" >"$work/index.manual"
same "letters of index_format" "$work/index" "$work/index.manual"
letters "$top/ui/index_format.c" index_status_expand >"$work/status"
accepted status_format >"$work/status.accepted"
same "letters that status_format takes" "$work/status" "$work/status.accepted"
items "$porerc_5" "Letters of status_format" >"$work/status.manual"
same "letters of status_format" "$work/status" "$work/status.manual"
letters "$top/ui/pager.c" expand >"$work/pager"
accepted pager_format >"$work/pager.accepted"
same "letters that pager_format takes" "$work/pager" "$work/pager.accepted"
items "$porerc_5" "Letters of pager_format" >"$work/pager.manual"
same "letters of pager_format" "$work/pager" "$work/pager.manual"
letters "$top/ui/answerer.c" expand_attribution >"$work/attribution"
accepted attribution >"$work/attribution.accepted"
same "letters that attribution takes" "$work/attribution" "$work/attribution.accepted"
items "$porerc_5" "Letters of attribution" >"$work/attribution.manual"
same "letters of attribution" "$work/attribution" "$work/attribution.manual"

sed -n 's/^ *OBJECT(\([a-z_0-9]*\), STYLE_.*/\1/p' "$top/ui/colour.c" >"$work/objects"
section "$porerc_5" Objects | sed -n 's/^\.It Cm //p' | sed 's/ , / /g' | tr ' ' '\n' >"$work/objects.manual"
same "colour objects of porerc(5)" "$work/objects" "$work/objects.manual"

# "bright" in front of a name is said once for all of them.
awk '/^static const char \*const names\[\]/ { on = 1 } on { print } /^};/ { on = 0 }' \
    "$top/ui/colour.c" | grep -o '"[a-z]*"' | tr -d '"' | grep -v '^bright' >"$work/colours"
[ -s "$work/colours" ] || fail "no names of colours were found in the source"
awk '/^\} attributes\[\]/ { on = 1 } on { print } /^};/ { on = 0 }' "$top/ui/colour.c" |
    sed -n 's/^ *{"\([a-z]*\)".*/\1/p' >"$work/attributes"
[ -s "$work/attributes" ] || fail "no attributes were found in the source"
for word in $(cat "$work/colours" "$work/attributes"); do
    section "$porerc_5" "Colours and attributes" | grep -qE "^\.Ql $word( |\$)" ||
        fail "porerc(5) has no colour or attribute $word"
done

# --- patterns -------------------------------------------------------------------

# Each as "letter argument".
sed -n -e "s/^ *{ *'\(.\)', NULL, .*/\1/p" -e "s/^ *{ *'\(.\)', \"\([A-Z]*\)[^\"]*\", .*/\1 \2/p" \
    "$top/src/pattern.c" | sed 's/ EXPR$/ expr/; s/ RANGE$/ range/; s/ DATES$/ dates/; s/ PATTERN/ pattern/' \
    >"$work/letters"
section "$porerc_5" PATTERNS | plain | sed -n 's/^\.It Li ~//p' |
    sed -e 's/ Ar / /' -e 's/ Li )$//' >"$work/letters.manual"
same "letters of patterns" "$work/letters" "$work/letters.manual"

# Those that need the text of mails, and are marked so.
sed -n 's/^#define TEXT_LETTERS "\(.*\)"/\1/p' "$top/src/pattern_parse.c" | fold -w 1 >"$work/texts"
section "$porerc_5" PATTERNS | plain |
    awk '/^\.It Li ~/ { letter = substr($3, 2, 1) }
         /^\.El/ { letter = "" }
         /^\.Pq read$/ && letter { print letter }' >"$work/texts.manual"
same "letters that need texts" "$work/texts" "$work/texts.manual"

# --- the pages themselves ---------------------------------------------------------

if command -v mandoc >/dev/null; then
    for page in "$pore_1" "$porerc_5" "$pore_keys_5"; do
        mandoc -T lint -W warning "$page" || fail "mandoc has something to say of $page"
    done
fi

exit $failed
