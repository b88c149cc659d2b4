/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys_support.h"

#include <check.h>

struct keymap *read_keymap(const char *text)
{
    struct keymap *keymap = keymap_new();
    GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
    keymap_read(keymap, text, "keys", errors);
    ck_assert_msg(errors->len == 0, "%s", errors->len ? (char *)errors->pdata[0] : "");
    g_ptr_array_unref(errors);
    return keymap;
}

const struct binding *find(const struct keymap *keymap, enum context context,
                           const char *keys, bool *prefix)
{
    uint32_t sequence[KEYS_SEQUENCE_MAX];
    const char *problem;
    const struct binding *binding = NULL;
    size_t count = keys_parse(keys, sequence, &problem);
    enum keymap_answer answer = keymap_resolve(keymap, context, sequence, count, &binding);
    ck_assert_uint_gt(count, 0);
    *prefix = answer == KEYMAP_PREFIX;
    return answer == KEYMAP_BINDING ? binding : NULL;
}

const char *resolve(const struct keymap *keymap, enum context context, const char *keys)
{
    bool prefix;
    const struct binding *binding = find(keymap, context, keys, &prefix);
    if (!binding)
        return prefix ? "..." : NULL;
    return binding->command ? binding->command->name : binding->text;
}
