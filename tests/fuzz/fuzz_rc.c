/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a porerc, as a keymap and as a line to be completed: every error is one line of
 * text, and what was set is a value that can be set.
 *
 * Targets: ui/rc.c ui/words.c ui/settings.c ui/complete.c ui/colour.c ui/keymap.c ui/keys.c */
#include "fuzz.h"

#include "rc.h"

#include <glib.h>
#include <string.h>

static void check_errors(GPtrArray *errors)
{
    for (guint i = 0; i < errors->len; i++) {
        const char *error = errors->pdata[i];
        g_assert(g_utf8_validate(error, -1, NULL));
        g_assert(!strchr(error, '\n') && strstr(error, ": "));
    }
    g_ptr_array_set_size(errors, 0);
}

static void check_settings(struct configuration *configuration)
{
    for (size_t i = 0; i < setting_count(); i++) {
        char *value = settings_get(&configuration->settings, setting_at(i));
        g_assert(settings_set(&configuration->settings, setting_at(i), value, NULL));
        g_free(value);
    }
}

/* What "set" says is one line of text. */
static void check_message(struct configuration *configuration)
{
    GString *said = g_string_new(NULL);
    bool good = rc_line(configuration, "set", said, NULL);
    g_assert(good);
    g_assert(g_utf8_validate(said->str, -1, NULL) && !strchr(said->str, '\n'));
    g_string_free(said, TRUE);
}

static void check_keymap(const struct keymap *keymap)
{
    for (guint i = 0; i < keymap->bindings->len; i++) {
        const struct binding *binding = keymap->bindings->pdata[i], *found;
        g_assert(binding->length >= 1 && binding->length <= KEYS_SEQUENCE_MAX);
        g_assert((binding->command != NULL) != (binding->macro != NULL));
        g_assert(keymap_resolve(keymap, binding->context, binding->keys, binding->length,
                                &found) == KEYMAP_BINDING);
        g_assert(found == binding);
    }
}

static void check_completion(const struct configuration *configuration, const char *line)
{
    size_t length = strlen(line);
    for (size_t cursor = 0; cursor <= length && cursor < 100; cursor++) {
        GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);
        size_t start;
        rc_complete(configuration, line, cursor, &start, candidates);
        g_assert(start <= cursor);
        for (guint i = 0; i < candidates->len; i++)
            g_assert(strncmp(candidates->pdata[i], line + start, cursor - start) == 0);
        g_ptr_array_unref(candidates);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size);
    struct configuration *configuration = configuration_new();
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);

    rc_text(configuration, text, "rc", errors);
    check_errors(errors);
    check_settings(configuration);
    check_message(configuration);
    check_keymap(configuration->keymap);
    keymap_read(keymap, text, "keys", errors);
    g_ptr_array_set_size(errors, 0);
    check_keymap(keymap);
    check_completion(configuration, text);
    g_ptr_array_unref(errors);
    keymap_free(keymap);
    configuration_free(configuration);
    g_free(text);
    return 0;
}
