#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What make installs, removes again and packs, file by file. The build's folder is BUILD.
set -u

. "$(dirname "$0")/support.sh"

build=${BUILD:-$(dirname "$pore")}
[ -f "$build/Makefile" ] || {
    echo "skip: no makefile beside $pore"
    exit 77
}
work=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

# build_makes TARGET [VARIABLE=VALUE...]
build_makes() {
    env -u srcdir "${MAKE:-make}" -s -C "$build" "$@" >"$work/make" 2>&1 || {
        fail "make $*"
        tail -n 20 "$work/make"
    }
}

# --- install and uninstall: a system with what every system and zsh have, and with a stranger's file ---

place="$work/a place"
mkdir -p "$place/usr/bin" "$place/usr/share/man/man1" "$place/usr/share/zsh/site-functions"
echo '.TH STRANGER 1' >"$place/usr/share/man/man1/stranger.1"

# into_place TARGET: whatever folders configure was given.
into_place() {
    build_makes "$1" DESTDIR="$place" prefix=/usr exec_prefix=/usr bindir=/usr/bin datarootdir=/usr/share \
        datadir=/usr/share mandir=/usr/share/man docdir=/usr/share/doc/pore
}

contents() {
    (cd "$place" && find . -printf '%m %y %P\n' | LC_ALL=C sort -k 3)
}

contents >"$work/before"
into_place install
contents >"$work/installed"
LC_ALL=C sort -k 3 - "$work/before" >"$work/wanted" <<'LIST'
755 f usr/bin/pore
755 d usr/share/bash-completion
755 d usr/share/bash-completion/completions
644 f usr/share/bash-completion/completions/pore
755 d usr/share/doc
755 d usr/share/doc/pore
644 f usr/share/doc/pore/COPYING
644 f usr/share/doc/pore/HACKING.md
644 f usr/share/doc/pore/NEWS.md
644 f usr/share/doc/pore/README.md
755 d usr/share/doc/pore/examples
644 f usr/share/doc/pore/examples/dark.theme
644 f usr/share/doc/pore/examples/emacs.keys
644 f usr/share/doc/pore/examples/light.theme
644 f usr/share/doc/pore/examples/mutt.keys
644 f usr/share/doc/pore/examples/vim.keys
755 d usr/share/fish
755 d usr/share/fish/vendor_completions.d
644 f usr/share/fish/vendor_completions.d/pore.fish
644 f usr/share/man/man1/pore.1
755 d usr/share/man/man5
644 f usr/share/man/man5/pore-keys.5
644 f usr/share/man/man5/porerc.5
644 f usr/share/zsh/site-functions/_pore
LIST
same "what is installed" "$work/wanted" "$work/installed"

for file in man/pore.1:man/man1/pore.1 ui/completions/pore.bash:bash-completion/completions/pore \
    ui/dark.theme:doc/pore/examples/dark.theme; do
    cmp "$top/${file%%:*}" "$place/usr/share/${file#*:}" || fail "${file#*:} is another file"
done
pore="$place/usr/bin/pore"
cd "$work" || exit 99
run 0 --version
[ -s out ] || fail "the installed program says nothing"

into_place uninstall
contents >"$work/after"
same "what is left by uninstall" "$work/before" "$work/after"

# --- the tarball: what is in the repository, and what its reader need not make ---

build_makes distdir distdir="$work/packed" top_distdir="$work/packed"
cat >"$work/generated" <<'LIST'
Makefile.in
aclocal.m4
build-aux/ar-lib
build-aux/compile
build-aux/depcomp
build-aux/install-sh
build-aux/missing
build-aux/test-driver
config.h.in
configure
LIST
(cd "$work/packed" && find . ! -type d -printf '%P\n') | LC_ALL=C sort >"$work/files"
for file in $(cat "$work/generated"); do
    grep -qx "$file" "$work/files" || fail "$file is not packed"
done
[ -x "$work/packed/configure" ] && [ -x "$work/packed/bootstrap" ] || fail "what is to be run cannot be"

# git_files OPTION...: in the order of the list, without what only a clone needs.
git_files() {
    git -C "$top" ls-files "$@" | grep -vx '\.gitignore' | LC_ALL=C sort
}

if [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$(cd "$top" && pwd -P)" ]; then
    grep -vxFf "$work/generated" "$work/files" >"$work/sources"
    git_files >"$work/tracked"
    git_files -co --exclude-standard >"$work/known"
    missing=$(LC_ALL=C comm -13 "$work/sources" "$work/tracked")
    [ -z "$missing" ] || fail "in the repository, and not packed:
$missing"
    odd=$(LC_ALL=C comm -23 "$work/sources" "$work/known")
    [ -z "$odd" ] || fail "packed, and not of the repository:
$odd"
else
    echo "note: not a clone, packed files are not compared with git's"
fi

# --- the tests that lie there are run; test_shuffle_archive is run by real-archives.sh ---

printf 'include Makefile\nprint-tests:\n\t@echo $(UNIT_TESTS) $(SCRIPT_TESTS)\n' >"$work/print.mk"
(cd "$build" && "${MAKE:-make}" -s -f "$work/print.mk" print-tests) | tr ' ' '\n' >"$work/run"
for test in $(cd "$top" && ls tests/test_*.c tests/*.sh); do
    case $test in
    tests/support.sh | tests/test_shuffle_archive.c) ;;
    *) grep -qx "${test%.c}" "$work/run" || fail "$test is never run" ;;
    esac
done
exit $failed
