#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs each fuzz target over its corpus: what was found once is not found again.
set -eu
for source in "$srcdir"/tests/fuzz/fuzz_*.c; do
    target=${source##*/fuzz_}
    target=${target%.c}
    "$BUILD/tests/fuzz/fuzz_$target" "$srcdir/tests/corpus/$target"
done
