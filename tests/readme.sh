#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What README.md and the examples of the manual have one type is typed: commands are run as they
# stand there, on a list that is made for it, and porercs are read. A block of README.md that is not
# known here is a failure.
set -u
. "$(dirname "$0")/support.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
python3 -c '' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"
HOME=$work TERM=xterm-256color LINES=24 COLUMNS=80
PATH=$work/bin:$PATH
export HOME TERM LINES COLUMNS PATH pore

# --- a project, and its list ------------------------------------------------------------

# mail DAYS-AGO ID PARENT SUBJECT: with what is on standard input, as one of an mbox.
mail() {
    printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ann Example <ann@example.org>\n'
    printf 'Date: %s\nTo: list@example.org\nSubject: %s\n' "$(date -Rd "$1 days ago")" "$4"
    printf 'Message-ID: <%s@example.org>\n%s\n' "$2" "${3:+In-Reply-To: <$3@example.org>
}"
    cat
    echo
}

# posting VERSION DAYS-AGO TEXT: a cover letter and two patches.
posting() {
    echo Hello. | mail "$2" "v$1-0" '' "[PATCH v$1 0/2] file: say it well"
    git checkout -q -B "version$1" master
    sed -i 's/one/ONE/' file && git commit -qam 'file: begin loud'
    sed -i "s/three/$3/" file && git commit -qam 'file: end well'
    for number in 1 2; do
        at=version$1~$((2 - number))
        { printf 'Why.\n---\n'; git diff "$at~" "$at"; } |
            mail "$2" "v$1-$number" "v$1-0" "[PATCH v$1 $number/2] $(git log -1 --format=%s "$at")"
    done
}

git init -q -b master project && cd project || exit 99
printf 'one\ntwo\nthree\n' >file
git add file && git commit -qm base
base=$(git rev-parse HEAD)
{ posting 1 10 drei; posting 2 1 THREE; } | gzip >../list.mbox.gz
git checkout -q master && cd .. || exit 99
mkdir -p Mail/list/cur Mail/list/new Mail/list/tmp
printf 'Reviewed-by: Ann Example <ann@example.org>\n' |
    mail 0 answer v2-0 'Re: [PATCH v2 0/2] file: say it well' | sed 1d >Mail/list/cur/1:2,S
echo Half. | mail 0 half '' '[PATCH 1/2] other: half of it' | sed 1d >Mail/list/new/2
reviewed=v1-0@example.org newest=v2-0@example.org
"$pore" import origin.git list.mbox.gz Mail/list >out || fail "import"
commit=$(git -C origin.git rev-parse --short=8 HEAD~5)

# --- what is run ------------------------------------------------------------------------

# The browser gets a terminal, shows what it shows, and is left.
mkdir bin
cat >bin/pore <<'END'
#!/bin/sh
"$pore" --help | grep -qF "  pore $1 " && exec "$pore" "$@"
number=$(ls "$HOME" | grep -c '^screen')
printf ':write-screen %s\n:quit\n' "$HOME/screen.$number" >"$HOME/keys"
exec timeout 60 python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
    "$pore" --script "$HOME/keys" "$@" >/dev/null </dev/null
END
chmod +x bin/pore

# The blocks, without what indents them: block.1, block.2 …
awk '/^    / { if (!on) number++; on = 1; print substr($0, 5) >"block." number; next }
     !/^$/ { on = 0 }' "$top/README.md"
blocks=0 ran=0

# run_block NUMBER: as it stands there, but for what stands for something else.
run_block() {
    sed -e "s,https://lore.kernel.org/linux-kselftest,file://$work/origin.git," \
        -e "s/1d980064/$commit/" -e "s/MESSAGE-ID/$newest/" "block.$1" >commands
    sh -e commands >out 2>err || { fail "README.md, block $1"; cat commands out err; }
    ran=$((ran + 1))
}

# is_read FILE: it is a porerc, and with a line more that is wrong it is none.
is_read() {
    { cat "$1"; echo 'set nothing=1'; } >wrong
    for rc in "$1" wrong; do
        rm -f screen.*
        pore -F "$rc" --all list.git || fail "pore -F $rc"
        tail -n 1 screen.0 >"said.${rc##*/}"
    done
    [ -z "$(cat "said.${1##*/}")" ] || { fail "$1"; cat "$1" "said.${1##*/}"; }
    grep -q nothing said.wrong || { fail "a wrong porerc is not noticed"; cat screen.0; }
}

# lines NUMBER: so many were printed.
lines() {
    [ "$(wc -l <out)" -eq "$1" ] || { fail "\"$first\" prints not $1 lines:"; cat out; }
}

while [ -e "block.$((blocks + 1))" ]; do
    blocks=$((blocks + 1))
    first=$(head -n 1 block.$blocks)
    case $first in
    "git clone URL"*)
        echo "not run: $first (installs Debian's packages, needs the network)" ;;
    ./configure*)
        echo "not run: $first (installs into the system)" ;;
    "pore sync "*)
        run_block $blocks
        [ "$(pore mails --all lists/linux-kselftest | wc -l)" -eq 8 ] || fail "sync: not 8 mails"
        for number in 0 1 2 3; do
            grep -q 'v2.*2/2.*file: say it well' screen.$number ||
                { fail "the browser does not show the series"; cat screen.$number; }
        done
        ;;
    "pore import "*)
        run_block $blocks
        grep -q '8 mails added' out || { fail "import"; cat out; }
        ;;
    "set theme="*)
        mkdir -p .config/pore src
        cp -r project src/linux
        echo 'bind index X limit "~I"' >.config/pore/keys
        is_read block.$blocks
        ran=$((ran + 1))
        ;;
    "pore marks "*)
        git init -q --bare -b master team.git
        git clone -q team.git team 2>err
        git -C team commit -q --allow-empty -m begin && git -C team push -q origin master 2>err
        pore mark list.git reviewed "$reviewed" || fail "mark"
        run_block $blocks
        git -C team.git show HEAD:marks.txt | grep -qF "$reviewed" || fail "marks are not shared"
        ;;
    "pore list --all "*)
        run_block $blocks
        lines 1
        grep -q "$tab$newest$tab" out || { fail "$first"; cat out; }
        ;;
    "pore list --history "*)
        run_block $blocks
        lines 2
        grep -q "${tab}reviewed v1, 1 of 2 changed$tab.*$newest$tab" out || { fail "$first"; cat out; }
        ;;
    "pore diff "*)
        ln -s "$work/list.git" project/list.git
        (cd project && git checkout -q master && sed -i 's,^pore diff,cd project; &,' "../block.$blocks")
        run_block $blocks
        grep -q '^2:  ! 2:  file: end well' out || { fail "diff"; cat out; }
        [ "$(git -C project log --format=%b master | grep -c '^Reviewed-by: Ann')" -eq 2 ] ||
            fail "the patches are not applied with their trailers"
        ;;
    *)
        fail "README.md has a block that nobody runs:"
        cat block.$blocks
        ;;
    esac
done
echo "README.md: $ran of $blocks blocks run"
[ $ran -ge 7 ] || fail "only $ran blocks were found and run"

# --- the examples of the manual -------------------------------------------------------------

# examples PAGE: that section, without mdoc's escapes.
examples() {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh [^E]/p' "$top/man/$1" | sed -e 's/\\&//g' -e 's/\\(ti/~/g' \
        -e 's/\\(ha/^/g' -e 's/\\(dq/"/g' -e "s/\\\\(aq/'/g" -e 's/\\e/\\/g'
}

git clone -q --bare project project.git && git -C project.git update-ref refs/heads/master "$base"
git clone -q project.git example
cp list.mbox.gz example
examples pore.1 | sed -n 's/^\.Dl \$ //p' | sed -e "s,https://lore.kernel.org/kvm,file://$work/origin.git," \
    -e "s/1d980064/$commit/" -e "s/2026[0-9]*\.[^ ]*@example.com/$newest/" -e 's/selftests/other/' >commands
(cd example && sh -e ../commands >../out 2>../err) || { fail "pore(1)"; cat commands out err; }
[ -s example/digest.txt ] || fail "pore(1): no digest"
git -C project.git show HEAD:marks.txt | grep -q '^<half@example.org> ignored' ||
    fail "pore(1): marks are not shared"
[ "$(git -C example log --format=%b | grep -c '^Reviewed-by: Ann')" -eq 2 ] ||
    fail "pore(1): the patches are not applied"
echo "pore(1): $(wc -l <commands) lines run"
for page in porerc.5 pore-keys.5; do
    examples $page | sed -n '/^\.Bd/,/^\.Ed/p' | grep -v '^\.' >"$page"
    [ -s "$page" ] || fail "$page has no examples"
    is_read "$page"
    echo "$page: $(grep -c . "$page") lines read"
done
exit $failed
