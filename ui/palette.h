/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The colours of terminals, and what becomes of a look where there are fewer of them. Pure. */
#ifndef PORE_PALETTE_H
#define PORE_PALETTE_H

#include "look.h"

#include <glib.h>
#include <stdint.h>

/* 0xRRGGBB of NUMBER, 0 to 255, in xterm's palette. The first 16 are different on many a
 * terminal, the others on hardly any. */
uint32_t palette_rgb(int number);

/* The number of the colour that stands for RGB where there are COUNT: of 256 the nearest of those
 * that are the same everywhere, of 8 or 16 the one of its hue; a middling gray is 8, bright
 * black, of 8 too. */
int palette_nearest(uint32_t rgb, int count);

/* LOOK as a terminal of COUNT colours has it: 0, 8, 16 or 256, or more for one that shows any RGB.
 *
 * Of no colours: its mono_attributes. Of 8, bright ones are bold, but bright black is
 * dim, for it cannot be told from black everywhere. Of 8 or 16, a background of the 256 that can
 * be neither shown nor read upon becomes reverse video. */
struct look palette_fit(const struct look *look, int count);

/* Appends the SGR sequence (ECMA-48, 8.3.117; colours as xterm has them) that sets LOOK, whatever
 * was set before. */
void palette_append_sgr(GString *out, const struct look *look);

#endif
