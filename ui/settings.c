/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include "format.h"

#include <string.h>

G_DEFINE_QUARK(settings-error-quark, settings_error)

#define TEXT_true "yes"
#define TEXT_false "no"

static const struct setting table[] = {
#define BOOLEAN(name, value, help) {#name, SETTING_BOOLEAN, TEXT_##value, 0, 0, NULL, NULL, help},
#define NUMBER(name, value, least, most, help) \
    {#name, SETTING_NUMBER, #value, least, most, NULL, NULL, help},
#define STRING(name, value, help) {#name, SETTING_STRING, value, 0, 0, NULL, NULL, help},
#define FORMAT(name, value, letters, help) \
    {#name, SETTING_STRING, value, 0, 0, NULL, letters, help},
#define CHOICE(name, value, choices, help) {#name, SETTING_CHOICE, value, 0, 0, choices, NULL, help},
#include "settings.def"
#undef BOOLEAN
#undef NUMBER
#undef STRING
#undef FORMAT
#undef CHOICE
};

/* Where each has its place in struct settings. */
static const size_t offsets[] = {
#define BOOLEAN(name, value, help) offsetof(struct settings, name),
#define NUMBER(name, value, least, most, help) offsetof(struct settings, name),
#define STRING(name, value, help) offsetof(struct settings, name),
#define FORMAT(name, value, letters, help) offsetof(struct settings, name),
#define CHOICE(name, value, choices, help) offsetof(struct settings, name),
#include "settings.def"
#undef BOOLEAN
#undef NUMBER
#undef STRING
#undef FORMAT
#undef CHOICE
};

size_t setting_count(void)
{
    return G_N_ELEMENTS(table);
}

const struct setting *setting_at(size_t index)
{
    return &table[index];
}

const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static void *member(struct settings *settings, const struct setting *setting)
{
    return (char *)settings + offsets[setting - table];
}

static const void *const_member(const struct settings *settings, const struct setting *setting)
{
    return (const char *)settings + offsets[setting - table];
}

void settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof *settings);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        settings_reset(settings, &table[i]);
}

void settings_clear(struct settings *settings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].kind == SETTING_STRING || table[i].kind == SETTING_CHOICE) {
            char **text = member(settings, &table[i]);
            g_clear_pointer(text, g_free);
        }
}

static bool set_boolean(bool *value, const struct setting *setting, const char *text,
                        GError **error)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: yes or no, not \"%s\"", setting->name, text);
        return false;
    }
    *value = *text == 'y';
    return true;
}

static bool set_number(int *value, const struct setting *setting, const char *text, GError **error)
{
    gint64 number;
    if (!g_ascii_string_to_signed(text, 10, setting->least, setting->most, &number, NULL)) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: a number from %d to %d, not \"%s\"",
                    setting->name, setting->least, setting->most, text);
        return false;
    }
    *value = (int)number;
    return true;
}

static bool check_choice(const struct setting *setting, const char *text, GError **error)
{
    char **choices = g_strsplit(setting->choices, " ", -1);
    bool found = g_strv_contains((const char *const *)choices, text);
    if (!found) {
        char *list = g_strjoinv(", ", choices);
        g_set_error(error, SETTINGS_ERROR, 0, "%s: no such value: %s (%s)", setting->name, text,
                    list);
        g_free(list);
    }
    g_strfreev(choices);
    return found;
}

static bool set_text(char **value, const struct setting *setting, const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: not valid UTF-8", setting->name);
        return false;
    }
    if (setting->kind == SETTING_CHOICE && !check_choice(setting, text, error))
        return false;
    if (setting->letters && !format_check(text, setting->letters, error)) {
        g_prefix_error(error, "%s: ", setting->name);
        return false;
    }
    char *copy = g_strdup(text); /* TEXT may be the old value itself */
    g_free(*value);
    *value = copy;
    return true;
}

bool settings_set(struct settings *settings, const struct setting *setting, const char *text,
                  GError **error)
{
    void *value = member(settings, setting);
    switch (setting->kind) {
    case SETTING_BOOLEAN:
        return set_boolean(value, setting, text, error);
    case SETTING_NUMBER:
        return set_number(value, setting, text, error);
    case SETTING_STRING:
    case SETTING_CHOICE:
        break;
    }
    return set_text(value, setting, text, error);
}

void settings_reset(struct settings *settings, const struct setting *setting)
{
    settings_set(settings, setting, setting->value, NULL);
}

char *settings_get(const struct settings *settings, const struct setting *setting)
{
    const void *value = const_member(settings, setting);
    switch (setting->kind) {
    case SETTING_BOOLEAN:
        return g_strdup(*(const bool *)value ? "yes" : "no");
    case SETTING_NUMBER:
        return g_strdup_printf("%d", *(const int *)value);
    case SETTING_STRING:
    case SETTING_CHOICE:
        break;
    }
    return g_strdup(*(char *const *)value);
}
