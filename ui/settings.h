/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be set: each setting is one line of settings.def and a member of struct settings.
 *
 * Owned by the configuration; the user interface's thread. */
#ifndef PORE_SETTINGS_H
#define PORE_SETTINGS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define SETTINGS_ERROR settings_error_quark()
GQuark settings_error_quark(void);

struct settings {
#define BOOLEAN(name, value, help) bool name;
#define NUMBER(name, value, least, most, help) int name;
#define STRING(name, value, help) char *name;
#define FORMAT(name, value, letters, help) char *name;
#define CHOICE(name, value, choices, help) char *name;
#include "settings.def"
#undef BOOLEAN
#undef NUMBER
#undef STRING
#undef FORMAT
#undef CHOICE
};

enum setting_kind { SETTING_BOOLEAN, SETTING_NUMBER, SETTING_STRING, SETTING_CHOICE };

/* What is known of a setting. Static. */
struct setting {
    const char *name;
    enum setting_kind kind;
    const char *value;   /* at first, as text */
    int least, most;     /* of a number */
    const char *choices; /* of a choice: words with blanks between them */
    const char *letters; /* of a string that is a format (format.h): those that it takes; else NULL */
    const char *help;    /* a few words, no capital, no full stop */
};

size_t setting_count(void);
const struct setting *setting_at(size_t index);
const struct setting *setting_find(const char *name);

/* All as they are at first. */
void settings_init(struct settings *settings);
void settings_clear(struct settings *settings);

/* Sets SETTING from TEXT: a boolean takes "yes" and "no". False with an error of one line. */
bool settings_set(struct settings *settings, const struct setting *setting, const char *text,
                  GError **error);

/* Sets it as it was at first. */
void settings_reset(struct settings *settings, const struct setting *setting);

/* Its value as settings_set() takes it. The caller frees it. */
char *settings_get(const struct settings *settings, const struct setting *setting);

#endif
