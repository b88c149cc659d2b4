/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "palette.h"

#include <stdbool.h>
#include <stdlib.h>

/* The palette: 16 that have names, a cube of 6 by 6 by 6, 24 grays. */
#define NAMED 16
#define GRAYS 232

/* Less between the strongest and the weakest of red, green and blue is no hue. */
#define HUE_LEAST 32

/* Less between the brightness of a text and of its background, and it is hard to read. */
#define BRIGHTNESS_LEAST 100

enum { BLACK = 0, WHITE = 7, BRIGHT = 8 };

static const int cube[] = {0, 95, 135, 175, 215, 255};

static uint32_t join(int red, int green, int blue)
{
    return (uint32_t)red << 16 | (uint32_t)green << 8 | (uint32_t)blue;
}

uint32_t palette_rgb(int number)
{
    static const uint32_t named[NAMED] = {
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    };
    if (number < NAMED)
        return named[MAX(number, 0)];
    if (number >= GRAYS) {
        int level = 8 + 10 * (MIN(number, 255) - GRAYS);
        return join(level, level, level);
    }
    number -= NAMED;
    return join(cube[number / 36], cube[number / 6 % 6], cube[number % 6]);
}

static int component(uint32_t rgb, int index)
{
    return (int)(rgb >> (16 - 8 * index) & 0xFF);
}

/* The square of how far two colours are from each other. */
static int distance(uint32_t one, uint32_t other)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int difference = component(one, i) - component(other, i);
        sum += difference * difference;
    }
    return sum;
}

static int nearest_of_cube(uint32_t rgb)
{
    int number = 0;
    for (int i = 0; i < 3; i++) {
        int best = 0;
        for (int level = 1; level < 6; level++)
            if (abs(cube[level] - component(rgb, i)) < abs(cube[best] - component(rgb, i)))
                best = level;
        number = number * 6 + best;
    }
    number += NAMED;
    int gray = (component(rgb, 0) + component(rgb, 1) + component(rgb, 2)) / 3;
    gray = GRAYS + CLAMP((gray - 3) / 10, 0, 255 - GRAYS);
    return distance(rgb, palette_rgb(gray)) < distance(rgb, palette_rgb(number)) ? gray : number;
}

/* The nearest by distance would be some gray for every colour that is not garish. */
static int nearest_of_named(uint32_t rgb, int count)
{
    int most = 0, least = 255, hue = 0;
    for (int i = 0; i < 3; i++) {
        int strength = component(rgb, i);
        most = MAX(most, strength);
        least = MIN(least, strength);
    }
    if (most - least < HUE_LEAST) {
        if (most < 64)
            return BLACK;
        if (most < 176)
            return BRIGHT + BLACK;
        return most > 240 && count > 8 ? BRIGHT + WHITE : WHITE;
    }
    for (int i = 0; i < 3; i++)
        if (2 * component(rgb, i) > most + least)
            hue |= 1 << i;
    return hue + (count > 8 && most > 240 ? BRIGHT : 0);
}

int palette_nearest(uint32_t rgb, int count)
{
    return count < 256 ? nearest_of_named(rgb, count) : nearest_of_cube(rgb);
}

/* How bright a colour is to the eye, 0 to 255 (ITU-R BT.601, "luma"). */
static int brightness(uint32_t rgb)
{
    return (299 * component(rgb, 0) + 587 * component(rgb, 1) + 114 * component(rgb, 2)) / 1000;
}

static int32_t fit_colour(int32_t colour, int count)
{
    if (colour == LOOK_DEFAULT || (colour < count && !(colour & LOOK_RGB)))
        return colour;
    if (colour & LOOK_RGB)
        return palette_nearest((uint32_t)colour & 0xFFFFFF, count);
    /* Of 8, bright is for palette_fit() to do. */
    return colour < NAMED ? colour : palette_nearest(palette_rgb(colour), count);
}

/* Can text in FOREGROUND be read on BACKGROUND, one of the first 16, and does that stand out from
 * a terminal's own background? */
static bool stands_out(int32_t foreground, int32_t background)
{
    return foreground != LOOK_DEFAULT && background % BRIGHT != BLACK &&
           abs(brightness(palette_rgb(foreground)) - brightness(palette_rgb(background))) >=
               BRIGHTNESS_LEAST;
}

struct look palette_fit(const struct look *look, int count)
{
    struct look fit = *look;
    if (count <= 0) {
        fit.foreground = fit.background = LOOK_DEFAULT;
        fit.attributes = look->mono_attributes;
        return fit;
    }
    if (count > 256)
        return fit;
    fit.foreground = fit_colour(look->foreground, count);
    fit.background = fit_colour(look->background, count);
    if (count < 256 && look->background >= NAMED && !stands_out(fit.foreground, fit.background)) {
        fit.background = LOOK_DEFAULT;
        fit.attributes |= LOOK_REVERSE;
    }
    if (count < NAMED && fit.foreground == BRIGHT + BLACK) {
        fit.foreground = LOOK_DEFAULT;
        fit.attributes |= LOOK_DIM;
    } else if (count < NAMED && fit.foreground >= BRIGHT) {
        fit.foreground -= BRIGHT;
        fit.attributes |= LOOK_BOLD;
    }
    if (count < NAMED && fit.background >= BRIGHT)
        fit.background -= BRIGHT;
    return fit;
}

static void append_colour(GString *out, int32_t colour, int base)
{
    if (colour == LOOK_DEFAULT)
        return;
    if (colour & LOOK_RGB)
        g_string_append_printf(out, ";%d;2;%d;%d;%d", base + 8, component((uint32_t)colour, 0),
                               component((uint32_t)colour, 1), component((uint32_t)colour, 2));
    else if (colour < BRIGHT)
        g_string_append_printf(out, ";%d", base + colour);
    else if (colour < NAMED)
        g_string_append_printf(out, ";%d", base + 60 + colour - BRIGHT);
    else
        g_string_append_printf(out, ";%d;5;%d", base + 8, colour);
}

void palette_append_sgr(GString *out, const struct look *look)
{
    static const struct {
        unsigned attribute;
        char parameter;
    } table[] = {
        {LOOK_BOLD, '1'},      {LOOK_DIM, '2'},   {LOOK_ITALIC, '3'},
        {LOOK_UNDERLINE, '4'}, {LOOK_BLINK, '5'}, {LOOK_REVERSE, '7'},
    };
    g_string_append(out, "\033[0");
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (look->attributes & table[i].attribute)
            g_string_append_printf(out, ";%c", table[i].parameter);
    append_colour(out, look->foreground, 30);
    append_colour(out, look->background, 40);
    g_string_append_c(out, 'm');
}
