/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one function that each fuzz target defines: libFuzzer calls it, and so does
 * replay.c in a build without libFuzzer. Aborts on a finding. */
#ifndef PORE_TESTS_FUZZ_H
#define PORE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
