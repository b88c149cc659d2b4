/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of a fuzz target without libFuzzer: runs it over the files in the folders that
 * are its arguments. */
#include "fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static guint replay(const char *folder)
{
    GDir *files = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;

    while (files && (name = g_dir_read_name(files))) {
        char *path = g_build_filename(folder, name, NULL), *bytes;
        gsize length;

        if (g_file_get_contents(path, &bytes, &length, NULL)) {
            LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
            g_free(bytes);
            count++;
        }
        g_free(path);
    }
    if (files)
        g_dir_close(files);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        guint count = replay(argv[i]);

        printf("%s: %u\n", argv[i], count);
        if (count == 0)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
