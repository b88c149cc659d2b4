/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that something is saved to: what it may be called, what it may be, and writing it
 * whole or not at all.
 *
 * Any thread. No terminal. */
#ifndef PORE_SAVE_H
#define PORE_SAVE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SAVE_ERROR save_error_quark()
GQuark save_error_quark(void);

/* A name for a file of TITLE, any UTF-8: ASCII letters, digits, "_", "." and "-", as git
 * format-patch makes them, "v2-" in front from VERSION 2 on, ".mbox" behind. Never hidden, an
 * option, or a path with a folder in it. The caller frees it. */
char *save_suggest(const char *title, uint32_t version);

/* The path that TYPED stands for: "~/" is the home. The caller frees it. */
char *save_expand(const char *typed);

enum save_target {
    SAVE_TARGET_NONE,   /* does not exist, but its folder does */
    SAVE_TARGET_FILE,   /* exists */
    SAVE_TARGET_REFUSED /* a folder, a pipe, a device, or there is no folder for it */
};

/* What PATH is; with SAVE_TARGET_REFUSED an error of one line. */
enum save_target save_look(const char *path, GError **error);

enum save_mode { SAVE_NEW, SAVE_APPEND, SAVE_OVERWRITE };

/* Writes BYTES to PATH. SAVE_NEW: which must not exist. SAVE_APPEND: behind what is there, on a
 * line of its own; if that fails the file is as it was. SAVE_OVERWRITE: in its place, in one
 * step; its permissions stay. False with an error of one line. */
bool save_write(const char *path, enum save_mode mode, const GString *bytes, GError **error);

/* Writes LENGTH bytes at BYTES to DESCRIPTOR, however often that takes. False with errno set. */
bool save_write_all(int descriptor, const char *bytes, size_t length);

#endif
