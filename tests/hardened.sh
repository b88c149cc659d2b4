#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the flags that configure chose (HARDENING) have made of the program.
set -u

. "$(dirname "$0")/support.sh"
export LC_ALL=C

case ${HARDENING-} in
*[!\ ]*) ;;
*)
    echo "skip: built without hardening"
    exit 77
    ;;
esac
command -v readelf >/dev/null && readelf -h "$pore" >/dev/null 2>&1 || {
    echo "skip: no readelf, or not an ELF program"
    exit 77
}

header=$(readelf -W -h "$pore")
segments=$(readelf -W -l "$pore")
dynamic=$(readelf -W -d "$pore")
symbols=$(readelf -W --dyn-syms "$pore")

# shows TEXT PATTERN WHAT
shows() {
    echo "$1" | grep -Eq "$2" || fail "$3"
}

# chosen FLAG: a compiler need not know each of them, and the user's flags may be against it.
chosen() {
    case " $HARDENING " in
    *" $1 "*) return 0 ;;
    esac
    echo "note: built without $1"
    return 1
}

# Every linker for ELF has these.
shows "$header" 'Type: +DYN' "not position independent"
shows "$segments" 'INTERP' "not a program"
shows "$segments" 'GNU_RELRO' "relocations stay writable"
shows "$dynamic" 'BIND_NOW|FLAGS_1.* NOW' "functions are bound when they are first called"
shows "$segments" 'GNU_STACK .* RW ' "no word on the stack, or it is executable"
! echo "$segments" | grep -E '^ +LOAD .* RWE ' || fail "memory that can be written and executed"
! echo "$dynamic" | grep TEXTREL || fail "code is relocated"

if chosen -fstack-protector-strong; then
    shows "$symbols" ' __stack_chk_fail(@|$)' "the stack is not protected"
fi
if chosen -D_FORTIFY_SOURCE=3 || chosen -D_FORTIFY_SOURCE=2; then
    shows "$symbols" ' __[a-z]+_chk(@|$)' "no function is fortified"
fi
exit $failed
