/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/pack_list.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* gitformat-pack(5), in bytes. */
#define INDEX_HEADER 8
#define INDEX_FANOUT (256 * 4)
#define INDEX_TRAILER (2 * PACK_NAME)

enum state { PACK_CLOSED, PACK_OPEN, PACK_ODD };

struct packs {
    gint references; /* atomic */
    char *folder;
    pthread_mutex_t lock; /* for what follows, for its count of references, and to open packs */
    GPtrArray *list;      /* struct pack, newest first; never changed, but replaced */
    ino_t inode;          /* which folder it was when it was read ... */
    int64_t written;      /* ... and when it was written to; nanoseconds */
};

static uint32_t read_32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_BE(value);
}

/* --- one pack ------------------------------------------------------------------- */

static void free_pack(gpointer data)
{
    struct pack *pack = data;

    g_clear_pointer(&pack->map, g_mapped_file_unref);
    if (pack->file >= 0)
        close(pack->file);
    g_free(pack->path);
    g_free(pack);
}

static_assert(sizeof(off_t) == sizeof(uint64_t), "packs may have more than two gigabytes");

bool pack_read(const struct pack *pack, uint8_t *out, size_t length, uint64_t offset)
{
    return pread(pack->file, out, length, (off_t)offset) == (ssize_t)length;
}

static int open_ending(const struct pack *pack, const char *ending)
{
    g_autofree char *path = g_strconcat(pack->path, ending, NULL);

    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* it may be a pipe */
}

static bool map_index(struct pack *pack)
{
    static const char header[] = "\377tOc\0\0\0\2";
    uint64_t least = INDEX_HEADER + INDEX_FANOUT + INDEX_TRAILER;
    int file = open_ending(pack, ".idx");

    pack->map = file >= 0 ? g_mapped_file_new_from_fd(file, FALSE, NULL) : NULL;
    if (file >= 0)
        close(file);
    uint64_t size = pack->map != NULL ? g_mapped_file_get_length(pack->map) : 0;
    if (size < least || memcmp(g_mapped_file_get_contents(pack->map), header, INDEX_HEADER) != 0)
        return false;
    pack->fanout = (const uint8_t *)g_mapped_file_get_contents(pack->map) + INDEX_HEADER;
    for (size_t i = 0; i < 256; i++) {
        if (read_32(pack->fanout + 4 * i) < pack->count)
            return false;
        pack->count = read_32(pack->fanout + 4 * i);
    }
    least += (uint64_t)pack->count * (PACK_NAME + 4 + 4);
    if (size < least || (size - least) % 8 != 0 || (size - least) / 8 >= MAX(pack->count, 1))
        return false;
    pack->names = pack->fanout + INDEX_FANOUT;
    pack->offsets = pack->names + (size_t)pack->count * (PACK_NAME + 4);
    pack->wide_offsets = pack->offsets + (size_t)pack->count * 4;
    pack->wide_count = (uint32_t)((size - least) / 8);
    return true;
}

/* Opens the pack whose index is mapped, and looks whether that is its. */
static bool open_file(struct pack *pack)
{
    const uint8_t *checksum = pack->wide_offsets + 8 * (size_t)pack->wide_count;
    uint8_t head[PACK_HEADER], trailer[PACK_NAME];
    struct stat status;

    pack->file = open_ending(pack, ".pack");
    if (pack->file < 0 || fstat(pack->file, &status) != 0
        || status.st_size < PACK_HEADER + PACK_NAME)
        return false;
    pack->end = (uint64_t)status.st_size - PACK_NAME;
    return pack_read(pack, head, sizeof head, 0)
           && pack_read(pack, trailer, sizeof trailer, pack->end)
           && memcmp(head, "PACK\0\0\0\2", 8) == 0 && read_32(head + 8) == pack->count
           && memcmp(trailer, checksum, sizeof trailer) == 0;
}

bool packs_ready(struct packs *packs, struct pack *pack)
{
    if (g_atomic_int_get(&pack->state) == PACK_CLOSED) {
        pthread_mutex_lock(&packs->lock);
        if (g_atomic_int_get(&pack->state) == PACK_CLOSED)
            g_atomic_int_set(&pack->state,
                             map_index(pack) && open_file(pack) ? PACK_OPEN : PACK_ODD);
        pthread_mutex_unlock(&packs->lock);
    }
    return g_atomic_int_get(&pack->state) == PACK_OPEN;
}

/* Finds where in the table of names ID stands. Names are hashes, so that is about where its bytes
 * have it lie between two others. A table that is out of order makes the search fail, not longer. */
static bool find_name(const struct pack *pack, const uint8_t *id, size_t *index)
{
    size_t low = id[0] > 0 ? read_32(pack->fanout + 4 * (id[0] - 1)) : 0;
    size_t high = read_32(pack->fanout + 4 * id[0]);
    uint64_t low_key = 0, high_key = UINT64_C(1) << 32, key = read_32(id + 1);

    for (int guesses = 3; low < high; guesses--) {
        *index = low + (high - low) / 2;
        if (guesses > 0 && low_key <= key && key < high_key)
            *index = low + (size_t)((high - low) * (key - low_key) / (high_key - low_key));
        const uint8_t *name = pack->names + *index * PACK_NAME;
        int order = memcmp(id, name, PACK_NAME);
        if (order == 0)
            return true;
        if (order < 0) {
            high = *index;
            high_key = (uint64_t)read_32(name + 1) + 1;
        } else {
            low = *index + 1;
            low_key = read_32(name + 1);
        }
    }
    return false;
}

bool pack_find(const struct pack *pack, const uint8_t *id, uint64_t *offset)
{
    size_t index;

    if (!find_name(pack, id, &index))
        return false;
    *offset = read_32(pack->offsets + 4 * index);
    if (*offset >> 31 != 0) {
        index = *offset & 0x7fffffff;
        if (index >= pack->wide_count)
            return false;
        const uint8_t *wide = pack->wide_offsets + 8 * index;
        *offset = (uint64_t)read_32(wide) << 32 | read_32(wide + 4);
    }
    return *offset >= PACK_HEADER && *offset < pack->end;
}

/* --- the packs of a folder ------------------------------------------------------ */

/* When STATUS says that a file or folder was written to last, in nanoseconds. */
static int64_t written(const struct stat *status)
{
    return status->st_mtim.tv_sec * INT64_C(1000000000) + status->st_mtim.tv_nsec;
}

static gint compare_packs(gconstpointer a, gconstpointer b)
{
    const struct pack *left = *(struct pack *const *)a, *right = *(struct pack *const *)b;

    return left->written != right->written ? (left->written > right->written ? -1 : 1)
                                           : strcmp(left->path, right->path);
}

static GPtrArray *list_packs(const char *path)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(free_pack);
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    struct stat status;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *whole = g_build_filename(path, name, NULL);
        if (!g_str_has_suffix(name, ".idx") || stat(whole, &status) != 0)
            continue;
        struct pack *pack = g_new0(struct pack, 1);
        pack->path = g_strndup(whole, strlen(whole) - strlen(".idx"));
        pack->written = written(&status);
        pack->file = -1;
        g_ptr_array_add(list, pack);
    }
    g_clear_pointer(&folder, g_dir_close);
    g_ptr_array_sort(list, compare_packs);
    return list;
}

GPtrArray *packs_exchange_list(struct packs *packs, GPtrArray *old)
{
    struct stat status;

    pthread_mutex_lock(&packs->lock);
    if (stat(packs->folder, &status) != 0)
        memset(&status, 0, sizeof status);
    if (packs->list == NULL || packs->inode != status.st_ino || packs->written != written(&status)) {
        packs->inode = status.st_ino;
        packs->written = written(&status);
        g_clear_pointer(&packs->list, g_ptr_array_unref);
        packs->list = list_packs(packs->folder);
    }
    GPtrArray *list = g_ptr_array_ref(packs->list);
    g_clear_pointer(&old, g_ptr_array_unref);
    pthread_mutex_unlock(&packs->lock);
    return list;
}

void packs_give_back(struct packs *packs, GPtrArray *list)
{
    pthread_mutex_lock(&packs->lock);
    g_ptr_array_unref(list);
    pthread_mutex_unlock(&packs->lock);
}

struct packs *packs_new(const char *objects)
{
    struct packs *packs = g_new0(struct packs, 1);

    packs->references = 1;
    packs->folder = g_build_filename(objects, "pack", NULL);
    pthread_mutex_init(&packs->lock, NULL);
    return packs;
}

struct packs *packs_ref(struct packs *packs)
{
    g_atomic_int_inc(&packs->references);
    return packs;
}

void packs_unref(struct packs *packs)
{
    if (!g_atomic_int_dec_and_test(&packs->references))
        return;
    g_clear_pointer(&packs->list, g_ptr_array_unref);
    pthread_mutex_destroy(&packs->lock);
    g_free(packs->folder);
    g_free(packs);
}
