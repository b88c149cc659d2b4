#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual says what the program has, and nothing that it does not have: options as --help
# prints them, the rest as the program's tables have it. Each comparison prints how much it held
# together. No terminal is needed.
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

# same WHAT PROGRAM MANUAL: both files have the same lines, in any order, and some.
same() {
    sort -u "$2" | grep . >"$2.sorted"
    sort -u "$3" | grep . >"$3.sorted"
    [ -s "$2.sorted" ] || fail "$1: none were found in the program"
    comm -23 "$2.sorted" "$3.sorted" | sed 's/^/    not in the manual: /' >"$work/differences"
    comm -13 "$2.sorted" "$3.sorted" | sed 's/^/    not in the program: /' >>"$work/differences"
    if [ -s "$work/differences" ]; then
        fail "$1:"
        cat "$work/differences"
    else
        echo "$1: $(wc -l <"$2.sorted") in both"
    fi
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

# What is set as MACRO in standard input, a word a line, without what stands behind it.
words() {
    plain | sed -n "s/^\\.$1 //p" | sed -E 's/ [.,:;)|]+$//; s/ [,|] /\n/g'
}

pore_1=$top/man/pore.1
porerc_5=$top/man/porerc.5
pore_keys_5=$top/man/pore-keys.5

# --- commands and options of the command line -----------------------------------------

"$pore" --help >"$work/help" || fail "pore --help"
"$pore" --version | grep -qE '^pore [0-9]+\.[0-9]+' || fail "pore --version"
sed -n 's/^  pore \([a-z]*\) .*/\1/p' "$work/help" >"$work/shell"
section "$pore_1" Commands | words 'It Cm' >"$work/shell.manual"
same "commands of the shell" "$work/shell" "$work/shell.manual"
section "$pore_1" SYNOPSIS | awk '/^\.Nm/ { getline; if (sub(/^\.Cm /, "")) print }' >"$work/synopsis"
same "commands of the synopsis" "$work/shell" "$work/synopsis"

# Each as "command option", with "=" behind the option if it takes something; the browser is
# "browser". An option in a page stands as "Fl n Ar number , Fl -newest Ar number".
for command in "" $(cat "$work/shell"); do
    "$pore" $command --help | sed -nE 's/^  (-[^ ].*)/\1/p' | awk -v command="${command:-browser}" '
        { takes = /--[a-z-]*=/ ? "=" : ""
          if (match($0, /^-[a-zA-Z]/)) print command, substr($0, 1, 2) takes
          if (match($0, /--[a-z-]+/)) print command, substr($0, RSTART, RLENGTH) takes }'
done >"$work/options"
awk -v every="browser $(tr '\n' ' ' <"$work/shell")" '
    function options(line, i, word, count, words) {
        count = split(line, words, " ")
        for (i = 1; i < count; i++)
            if (words[i] == "Fl")
                found[++options_found] = "-" words[i + 1] (words[i + 2] == "Ar" ? "=" : "")
    }
    function print_for(commands, i, j, count, names) {
        count = split(commands, names, " ")
        for (i = 1; i <= count; i++)
            for (j = 1; j <= options_found; j++) print names[i], found[j]
        options_found = 0
    }
    /^\.S[hs] / { name = substr($0, 5); group = ""; waiting = 0
                  own = name == "Options of one command"
                  in_browser = name == "Options of the browser"
                  common = name == "Options that say which mails" || name == "Options of reading" }
    in_browser { group = "browser" }
    common && /the browser and of/ { group = "browser" }
    common && /^\.Cm / { line = substr($0, 5); gsub(/[,:]/, "", line); group = group " " line }
    (common || in_browser) && /^\.It / { options($0); print_for(group) }
    own && /^\.It / { options($0); waiting = 1; next }
    own && waiting && /^\.Cm / { line = substr($0, 5); gsub(/[,:]/, "", line); print_for(line)
                                 waiting = 0 }
    own && /^Each command has/ { waiting = 2 }
    own && waiting == 2 && /^\.Fl / { options(substr($0, 2)); print_for(every) }
' "$pore_1" >"$work/options.manual"
same "options of commands" "$work/options" "$work/options.manual"

# What no more than two commands have stands in the synopsis, too, by its long name.
awk 'FNR == NR { count[$2]++; next } $1 != "browser" && /--/ && count[$2] <= 2' \
    "$work/options" "$work/options" | tr -d = >"$work/own"
section "$pore_1" SYNOPSIS | sed 's/^\.//' | awk '
    /^Nm/ { getline; command = $2 }
    { for (i = 1; i < NF; i++) if ($i == "Fl") print command, "-" $(i + 1) }' >"$work/own.manual"
same "options in the synopsis" "$work/own" "$work/own.manual"

"$pore" marks --help | sed -n '/^Actions/,$s/^  \([a-z-]*\) .*/\1/p' >"$work/actions"
section "$pore_1" SYNOPSIS | awk '/^\.Cm marks/ { getline; print }' | words Cm >"$work/actions.manual"
same "actions of marks" "$work/actions" "$work/actions.manual"

# --- what is printed --------------------------------------------------------------------

XDG_CACHE_HOME=$work XDG_STATE_HOME=$work "$pore" import "$work/demo.git" "$top"/tests/demo/*.mbox \
    >"$work/out" || fail "import"

# The columns by the first word of what is said of them, and as many as are printed.
for command in list mails; do
    "$pore" $command --help | tr '\n' ' ' |
        sed 's/.*between them, are: \([^.]*\)\..*/\1/; s/, */\n/g' >"$work/columns.$command"
    section "$pore_1" Columns | awk -v command="$command" '
        /^\.Cm / { on = $2 == command }
        /^\.It/ && on { getline; sub(/[:, ].*/, ""); print }' >"$work/columns.$command.manual"
    same "columns of $command" "$work/columns.$command" "$work/columns.$command.manual"
    XDG_CACHE_HOME=$work XDG_STATE_HOME=$work "$pore" $command --all "$work/demo.git" |
        awk -F '\t' '{ print NF }' | sort -u >"$work/fields"
    grep . "$work/columns.$command.manual" | wc -l | tr -d ' ' | cmp -s - "$work/fields" ||
        fail "$command prints so many columns: $(cat "$work/fields")"
done

# texts FILE FUNCTION: the strings in it.
texts() {
    awk -v name="$2" '$0 ~ "^[a-z].*[ *]" name "\\(" { on = 1 } on { print } /^}/ { on = 0 }' "$1" |
        grep -oE '"[^"]+"' | tr -d '"'
}

# column COMMAND NUMBER: what is set as literal in the description of that column.
column() {
    section "$pore_1" Columns | awk -v command="$1" -v number="$2" '
        /^\.Cm / { on = $2 == command; item = 0 }
        /^\.It/ { item++ }
        on && item == number' | words Ql
}

texts "$top/src/series/series.c" series_state_name >"$work/states"
column list 1 >"$work/states.manual"
same "states of series" "$work/states" "$work/states.manual"
texts "$top/src/mail/mail.c" mail_kind_name >"$work/kinds"
column mails 2 >"$work/kinds.manual"
same "kinds of mails" "$work/kinds" "$work/kinds.manual"
texts "$top/src/series/rules.c" series_rule_text | grep -vx nothing >"$work/rules"
section "$pore_1" "What is one series" | words 'It Li' >"$work/rules.manual"
same "rules" "$work/rules" "$work/rules.manual"
"$pore" mark --help | tr '\n' ' ' | sed 's/.*STATE is \([^.]*\)\..*/\1/' | sed 's/=TEXT/=/; s/ or /, /; s/, /\n/g' \
    >"$work/wishes"
section "$pore_1" Marks | words 'It Cm' | sed 's/ Ns Ar text$//' >"$work/wishes.manual"
same "states of marks" "$work/wishes" "$work/wishes.manual"
grep -oE "^    \{'.', \"[a-z]+\", MARK_CHANGE" "$top/ui/marker.c" | sed 's/.*"\(.*\)".*/\1/' >"$work/markable"
sed -n 's/^\.It Ic mark Oo Cm \(.*\) Oc Pq mails/\1/p' "$pore_keys_5" | sed 's/ | /\n/g' \
    >"$work/markable.manual"
same "states that keys set" "$work/markable" "$work/markable.manual"

cat "$top/src/mail/mail.h" "$top/src/mail/message.h" "$top/src/pattern.h" "$top/src/expression.h" \
    "$top/src/store/marks.h" |
    sed -nE 's/^#define (MAIL_[A-Z]*|MESSAGE_[A-Z]*|[A-Z]*_LENGTH|MARK_NOTE)_MAX (\(\(size_t\))?([0-9]+).*/\3/p' |
    sort | uniq -c >"$work/limits"
section "$pore_1" Limits | words 'It Li' | sort | uniq -c >"$work/limits.manual"
same "limits" "$work/limits" "$work/limits.manual"

# --- what is around ---------------------------------------------------------------------

{
    cat "$top"/ui/*.c "$top"/src/*.c "$top"/src/*/*.c |
        grep -oE 'getenv\("[A-Z_]+"\)|g_get_user_[a-z]+_dir|setlocale\(LC_ALL' |
        sed -e 's/.*"\(.*\)".*/\1/' -e 's/setlocale.*/LC_ALL\nLC_CTYPE\nLANG/' |
        sed 's/g_get_user_\([a-z]*\)_dir/XDG_\U\1_HOME/'
} >"$work/environment"
section "$pore_1" ENVIRONMENT | words 'It Ev' >"$work/environment.manual"
same "variables of the environment" "$work/environment" "$work/environment.manual"
sed -n 's/^static const int watched\[\] = {\(.*\)};/\1/p' "$top/ui/signals.c" | sed 's/, /\n/g' \
    >"$work/signals"
section "$pore_1" Signals | words 'It Dv' >"$work/signals.manual"
same "signals" "$work/signals" "$work/signals.manual"

# --- commands of the browser, and their keys ----------------------------------------------

# The views that words stand for, in both.
spell_out() {
    sed -e 's/everywhere/lists texts/g' -e 's/lists but contributors/index series list/' \
        -e 's/lists/index series contributors list/g' -e 's/texts/pager text/g' \
        -e 's/mails/index series pager list/g' -e 's/prompts/editor/g'
}

# Each as "command view".
tr '\n' ' ' <"$top/ui/commands.def" | sed 's/COMMAND("/\n&/g' |
    sed -nE 's/^COMMAND\("([^"]*)", *([A-Z_ |]*),.*/\1 \2/p' | sed -e 's/COMMANDS_//g' -e 's/|//g' |
    awk '{ print $1, tolower(substr($0, length($1) + 2)) }' | sed 's/ editor/ prompts/' | spell_out |
    awk '{ for (i = 2; i <= NF; i++) print $1, $i }' >"$work/commands"
sed -n '/^\.Sh COMMANDS/,/^\.Sh EXAMPLES/p' "$pore_keys_5" | plain >"$work/page"
sed -nE 's/^\.It Ic ([^ ]*).* Pq (.*)/\1 \2/p' "$work/page" | tr -d , |
    spell_out | awk '{ for (i = 2; i <= NF; i++) print $1, $i }' >"$work/commands.manual"
cut -d ' ' -f 1 "$work/commands" >"$work/names"
cut -d ' ' -f 1 "$work/commands.manual" >"$work/names.manual"
same "commands of the browser" "$work/names" "$work/names.manual"
same "commands and the views they work in" "$work/commands" "$work/commands.manual"

# Each as "view key command", what runs there: a view's own keys go before those of all.
awk '
    FNR == NR { works[$1, $2] = 1; views[$2] = 1; next }
    /^#/ || NF < 3 { next }
    { what = $3; for (i = 4; i <= NF; i++) what = what " " $i
      if ($3 == "jump" || $3 == "digit-argument") what = $3
      if ($1 == "generic") { generic[$2] = what; next }
      count = split($1, list, ",")
      for (i = 1; i <= count; i++) { own[list[i], $2] = 1; print list[i], $2, what } }
    END { for (key in generic) for (view in views) {
              split(generic[key], words, " ")
              if (!((view, key) in own) && ((words[1], view) in works)) print view, key, generic[key] } }
' "$work/commands" "$top/keymaps/mutt.keys" >"$work/keys"
awk '
    function take(keys, views, what, i, count, key, digit) {
        count = split(keys, key, " , ")
        for (i = 1; i <= count; i++)
            if (match(key[i], / No to Ic /)) {
                digit = substr(key[i], RSTART - 1, 1) + 0
                for (; digit <= substr(key[i], length(key[i])) + 0; digit++)
                    print views "\t" substr(key[i], 1, RSTART - 2) digit "\t" what
            } else
                print views "\t" key[i] "\t" what
    }
    /^\.It Ic / { command = $3; views = $0; sub(/.* Pq /, "", views) }
    /^\.(It|br|El)/ { keys = 0; next }
    /^Keys:/ { keys = 1; next }
    /^is$/ { is = 1; next }
    keys && /^\.Ic / { text = substr($0, 5)
                       if (sub(/ [.;]$/, "", text)) take(text, views, command) }
    keys && /^\.Pq / { some = substr($0, 5); sub(/ [.;]$/, "", some); take(text, some, command) }
    !keys && /^\.Ic / { line = substr($0, 5); sub(/ [.,]$/, "", line); gsub(/ Cm /, " ", line)
                        if (is) take(text, views, line); else text = line
                        is = 0 }
' "$work/page" | tr -d , | spell_out | awk -F '\t' '
    { count = split($1, view, " ")
      for (i = 1; i <= count; i++) print view[i], $2, $3 }' >"$work/keys.manual"
same "keys and what they run in which view" "$work/keys" "$work/keys.manual"

texts "$top/ui/commands.c" context_name >"$work/contexts"
section "$pore_keys_5" Contexts | words 'It Cm' >"$work/contexts.manual"
same "contexts" "$work/contexts" "$work/contexts.manual"
{
    sed -n '/^static const struct key_name/,/^};/p' "$top/ui/keys.c" | grep -oE '"[A-Z][A-Za-z]+"' | tr -d '"'
    sed -n 's/^#define FUNCTION_KEY_MAX \([0-9]*\)/F1\nF\1/p' "$top/ui/keys.c"
} >"$work/key-names"
section "$pore_keys_5" "How keys are written" | plain | grep -oE '^\.Li <[A-Za-z0-9]+>' |
    sed 's/.*<\(.*\)>/\1/' >"$work/key-names.manual"
same "names of keys" "$work/key-names" "$work/key-names.manual"
sed -n 's/^static const char \*const names\[\] = {\(.*\), NULL};/\1/p' "$top/ui/keymap.c" |
    tr -d '" ' | tr , '\n' >"$work/keymaps"
section "$pore_keys_5" Keymaps | words 'It Cm' >"$work/keymaps.manual"
same "keymaps" "$work/keymaps" "$work/keymaps.manual"

# --- porerc -------------------------------------------------------------------------------

sed -n 's/^    X("\([a-z]*\)", run_.*/\1/p' "$top/ui/rc.c" >"$work/rc"
section "$porerc_5" COMMANDS | sed -n 's/^\.It Ic \([^ ]*\).*/\1/p' >"$work/rc.manual"
same "commands of porerc" "$work/rc" "$work/rc.manual"

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
same "settings, their types and values" "$work/settings" "$work/settings.manual"

# The words that some take; "reverse-" stands for each that begins so.
for setting in $(sed -n 's/^CHOICE(\([a-z_]*\),.*/\1/p' "$work/table"); do
    sed -nE "s/^CHOICE\\($setting, \"[^\"]*\", ((\"[^\"]*\" *)*),.*/\\1/p" "$work/table" | tr -d '"' |
        tr ' ' '\n' | sed 's/^\(reverse-\).*/\1/' >"$work/choices"
    section "$porerc_5" SETTINGS | awk -v name="$setting" '/^\.It Va / { on = $3 == name; next } on' |
        words Ql >"$work/choices.manual"
    same "words that $setting takes" "$work/choices" "$work/choices.manual"
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
for name in index_format index_format_narrow index_format_wide; do
    letters "$top/ui/index_format.c" 'expand_[a-z]*' >"$work/letters"
    accepted "$name" >"$work/letters.accepted"
    same "letters that $name takes and expands" "$work/letters" "$work/letters.accepted"
done
for format in status_format:index_format:index_status_expand pager_format:pager:expand \
    attribution:answerer:expand_attribution; do
    name=${format%%:*} function=${format##*:}
    file=${format#*:} file=${file%:*}
    letters "$top/ui/$file.c" "$function" >"$work/letters"
    accepted "$name" >"$work/letters.accepted"
    same "letters that $name takes and expands" "$work/letters" "$work/letters.accepted"
    items "$porerc_5" "Letters of $name" >"$work/letters.manual"
    same "letters of $name" "$work/letters" "$work/letters.manual"
done

sed -n 's/^ *OBJECT(\([a-z_0-9]*\), STYLE_.*/\1/p' "$top/ui/colour.c" >"$work/objects"
section "$porerc_5" Objects | words 'It Cm' >"$work/objects.manual"
same "objects of colour" "$work/objects" "$work/objects.manual"
{
    awk '/^static const char \*const names\[\]/ { on = 1 } on { print } /^};/ { on = 0 }' \
        "$top/ui/colour.c" | grep -o '"[a-z]*"' | tr -d '"' | sed 's/^bright.*black$/&/; t; s/^bright.*/bright/'
    awk '/^\} attributes\[\]/ { on = 1 } on { print } /^};/ { on = 0 }' "$top/ui/colour.c" |
        sed -n 's/^ *{"\([a-z]*\)".*/\1/p'
    # As the names above are put together with others, and what is no name.
    printf '%s\n' light color0 color255 '# Ns Ar rrggbb'
} >"$work/colours"
section "$porerc_5" "Colours and attributes" | words Ql >"$work/colours.manual"
same "colours and attributes" "$work/colours" "$work/colours.manual"

# --- patterns -----------------------------------------------------------------------------

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
texts "$top/src/pattern.c" expand_simple | paste -d ' ' - - | grep '~' >"$work/simple"
section "$porerc_5" "Simple searches" | words Ql |
    awk '/^~./ { while (count > 0) print word[count--], $0; next } { word[++count] = $0 }' |
    grep -v '^[~=%] ' >"$work/simple.manual"
same "words of simple searches" "$work/simple" "$work/simple.manual"

# --- the pages themselves -----------------------------------------------------------------

if command -v mandoc >/dev/null; then
    for page in "$pore_1" "$porerc_5" "$pore_keys_5"; do
        mandoc -T lint -W warning "$page" || fail "mandoc has something to say of $page"
    done
fi

exit $failed
