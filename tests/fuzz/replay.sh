#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs each fuzz target over its corpus: what was found once is not found again.
set -eu
for target in subject mail text patch answer pattern rc record pack; do
    "$BUILD/tests/fuzz/fuzz_$target" "$srcdir/tests/corpus/$target"
done
