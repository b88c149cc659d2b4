/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/packs.h"

#include "archive/pack_list.h"
#include "archive/repository.h"

#include <libdeflate.h>
#include <string.h>

/* Deltas on deltas: the most that git writes. Those that are their own base have no end. */
#define CHAIN_MAX 4095

/* Bytes that the deltas of one object may unpack to on the way, a second's work: fifty mails of 40 MB
 * each, as many as git makes of one another. Without it a pack of a few kilobytes could keep a reader
 * busy for an hour. */
#define CHAIN_WORK_MAX ((uint64_t)2 << 30)

/* Parts of packs that are kept, each from a multiple of WINDOW_STEP on: a list is read as several
 * streams (trees and blobs; what these are deltas of), each of which goes up or down its pack. What
 * may not end in its window is read alone. */
#define WINDOWS 16
#define WINDOW_STEP ((size_t)48 << 10)
#define WINDOW_SIZE ((size_t)64 << 10)

/* Unpacked objects that one reader keeps for the deltas to come: their number, and their bytes but
 * for the last one's. Four times as much saves a hundredth of the unpacking. */
#define BASES 1024
#define BASES_MAX ((size_t)4 << 20)

struct window {
    const struct pack *pack; /* NULL: nothing */
    uint64_t start;
    uint8_t *bytes;
};

/* An object that others are deltas of. */
struct base {
    const struct pack *pack;
    uint64_t offset;
    git_object_t type;
    size_t size;
    uint8_t bytes[];
};

/* An entry of a pack: what its head says. */
struct entry {
    git_object_t kind;
    size_t size;     /* unpacked */
    uint64_t data;   /* where the packed bytes begin */
    uint64_t offset; /* of the entry itself */
    uint64_t base;   /* of a delta's */
};

struct packs_reader {
    struct libdeflate_decompressor *decompressor;
    struct window windows[WINDOWS];
    struct base *bases[BASES]; /* each in the place that base_place() says; NULL: none */
    size_t bases_size, hand;
    struct entry chain[CHAIN_MAX]; /* deltas, from the one that is wanted on ... */
    unsigned depth;                /* ... and their number */
    bool refused; /* what is asked for takes more than it may */
};

struct backend {
    git_odb_backend parent;
    struct packs *packs;
    struct packs_reader *reader;
    GPtrArray *list;
    guint last; /* of these that had an object */
};

/* --- the bytes of a pack -------------------------------------------------------- */

/* The bytes of PACK from OFFSET to the end of its window; their number goes to *LENGTH. Valid until the
 * next call. NULL if that is less than LEAST, or they cannot be read. */
static const uint8_t *look_at(struct packs_reader *reader, const struct pack *pack, uint64_t offset,
                              size_t least, size_t *length)
{
    uint64_t start = offset - offset % WINDOW_STEP;
    size_t size = (size_t)MIN(WINDOW_SIZE, pack->end - start);
    struct window *window = &reader->windows[offset / WINDOW_STEP % WINDOWS];

    *length = size - (size_t)(offset - start);
    if (*length < least)
        return NULL;
    if (window->pack != pack || window->start != start) {
        if (window->bytes == NULL)
            window->bytes = g_malloc(WINDOW_SIZE);
        window->start = start;
        window->pack = pack_read(pack, window->bytes, size, start) ? pack : NULL;
    }
    return window->pack != NULL ? window->bytes + (offset - start) : NULL;
}

/* Takes a number of seven bits a byte, the lowest first. */
static bool take_size(const uint8_t **cursor, const uint8_t *end, unsigned shift, uint64_t *value)
{
    for (; *cursor < end && shift < 57; shift += 7) {
        uint8_t byte = *(*cursor)++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Takes how far before a delta at OFFSET its base is: seven bits a byte, the highest first, one added
 * to all but the last. */
static bool take_distance(const uint8_t **cursor, const uint8_t *end, uint64_t offset, uint64_t *base)
{
    uint64_t distance = UINT64_MAX;

    while (*cursor < end && distance + 1 < offset) {
        uint8_t byte = *(*cursor)++;
        distance = (distance + 1) << 7 | (byte & 0x7f);
        if (byte < 0x80) {
            *base = offset - distance;
            return distance > 0 && distance <= offset - PACK_HEADER;
        }
    }
    return false;
}

/* Reads the head of the entry at OFFSET. False where it makes no sense, or is too large. */
static bool read_entry(struct packs_reader *reader, const struct pack *pack, uint64_t offset,
                       struct entry *entry)
{
    size_t length;
    const uint8_t *start = look_at(reader, pack, offset, 1, &length);

    if (start == NULL)
        return false;
    const uint8_t *cursor = start, *end = start + length;
    uint64_t size = *cursor & 0x0f;
    entry->offset = offset;
    entry->kind = (git_object_t)(*cursor >> 4 & 7);
    if ((*cursor++ & 0x80) != 0 && !take_size(&cursor, end, 4, &size))
        return false;
    if (entry->kind == GIT_OBJECT_OFS_DELTA) {
        if (!take_distance(&cursor, end, offset, &entry->base))
            return false;
    } else if (entry->kind == GIT_OBJECT_REF_DELTA) {
        if (end - cursor < GIT_OID_RAWSZ || !pack_find(pack, cursor, &entry->base))
            return false;
        cursor += GIT_OID_RAWSZ;
    } else if (entry->kind < GIT_OBJECT_COMMIT || entry->kind > GIT_OBJECT_TAG) {
        return false;
    }
    entry->size = (size_t)size;
    entry->data = offset + (uint64_t)(cursor - start);
    reader->refused = size > PACKS_OBJECT_MAX;
    return !reader->refused && entry->data < pack->end;
}

/* Unpacks ENTRY into OUT, which has room for its size. How long it is packed is not known: as much is
 * looked at as zlib makes of bytes that it cannot pack. */
static bool inflate(struct packs_reader *reader, const struct pack *pack, const struct entry *entry,
                    uint8_t *out)
{
    size_t want = (size_t)MIN(entry->size + entry->size / 8 + 64, pack->end - entry->data), length;
    const uint8_t *bytes = look_at(reader, pack, entry->data, want, &length);
    g_autofree uint8_t *own = NULL;

    if (bytes == NULL) {
        length = want;
        bytes = own = g_malloc(want);
        if (!pack_read(pack, own, want, entry->data))
            return false;
    }
    return libdeflate_zlib_decompress(reader->decompressor, bytes, length, out, entry->size, NULL)
           == LIBDEFLATE_SUCCESS;
}

/* --- deltas --------------------------------------------------------------------- */

/* Where the object at OFFSET of PACK is, if it is kept. */
static struct base **base_place(struct packs_reader *reader, const struct pack *pack, uint64_t offset)
{
    uint64_t hash = (offset ^ (uintptr_t)pack) * UINT64_C(0x9e3779b97f4a7c15);

    return &reader->bases[(hash >> 32) % BASES];
}

static struct base *base_new(const struct pack *pack, uint64_t offset, git_object_t type, size_t size)
{
    struct base *base = g_malloc(sizeof *base + size);

    *base = (struct base){ .pack = pack, .offset = offset, .type = type, .size = size };
    return base;
}

static void drop_base(struct packs_reader *reader, struct base **place)
{
    if (*place != NULL)
        reader->bases_size -= sizeof **place + (*place)->size;
    g_clear_pointer(place, g_free);
}

/* Keeps BASE (may be NULL), which the reader has not yet. */
static void keep_base(struct packs_reader *reader, struct base *base)
{
    if (base == NULL)
        return;
    struct base **place = base_place(reader, base->pack, base->offset);
    drop_base(reader, place);
    reader->bases_size += sizeof *base + base->size;
    for (size_t left = BASES; reader->bases_size > BASES_MAX && left > 0; left--)
        drop_base(reader, &reader->bases[reader->hand++ % BASES]);
    *place = base;
}

/* Makes of BASE and the instructions from AT to END the SIZE bytes of OUT. An instruction is a byte
 * below 128, the number of bytes that follow it and are to be put in; or one above, whose bits say
 * which of four bytes of an offset and three of a length follow: what is to be copied from BASE. */
static bool apply(const struct base *base, const uint8_t *at, const uint8_t *end, uint8_t *out,
                  size_t size)
{
    while (at < end) {
        uint8_t code = *at++, bytes[8] = { 0 };
        const uint8_t *from = at;
        size_t length = code;
        if (code < 0x80) {
            if (code == 0 || length > (size_t)(end - at))
                return false;
            at += length;
        } else {
            for (unsigned i = 0; i < 7; i++)
                if ((code >> i & 1) != 0) {
                    if (at == end)
                        return false;
                    bytes[i] = *at++;
                }
            size_t offset = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (size_t)bytes[3] << 24;
            length = (size_t)(bytes[4] | bytes[5] << 8 | bytes[6] << 16);
            if (length == 0)
                length = 0x10000;
            if (offset > base->size || length > base->size - offset)
                return false;
            from = base->bytes + offset;
        }
        if (length > size)
            return false;
        memcpy(out, from, length);
        out += length;
        size -= length;
    }
    return size == 0;
}

static bool is_delta(const struct entry *entry)
{
    return entry->kind == GIT_OBJECT_OFS_DELTA || entry->kind == GIT_OBJECT_REF_DELTA;
}

/* Follows the entries from OFFSET to one that is no delta, or whose object is KEPT, and lists the
 * deltas on the way. */
static bool descend(struct packs_reader *reader, const struct pack *pack, uint64_t offset,
                    struct entry *entry, struct base **kept)
{
    for (reader->depth = 0;; offset = entry->base) {
        *kept = *base_place(reader, pack, offset);
        if (*kept != NULL && (*kept)->pack == pack && (*kept)->offset == offset)
            return true;
        *kept = NULL;
        if (!read_entry(reader, pack, offset, entry))
            return false;
        if (!is_delta(entry))
            return true;
        reader->refused = reader->depth == CHAIN_MAX;
        if (reader->refused)
            return false;
        reader->chain[reader->depth++] = *entry;
    }
}

/* The object at OFFSET, which the delta of SIZE bytes at AT makes of BASE. NULL if that goes wrong. */
static struct base *apply_delta(struct packs_reader *reader, const struct base *base,
                                uint64_t offset, const uint8_t *at, size_t size)
{
    const uint8_t *end = at + size;
    uint64_t from = 0, to = 0;

    if (!take_size(&at, end, 0, &from) || !take_size(&at, end, 0, &to) || from != base->size)
        return NULL;
    reader->refused = to > PACKS_OBJECT_MAX;
    if (reader->refused)
        return NULL;
    struct base *made = base_new(base->pack, offset, base->type, (size_t)to);
    if (!apply(base, at, end, made->bytes, made->size))
        g_clear_pointer(&made, g_free);
    return made;
}

/* Unpacks what descend() found: the object of ENTRY if KEPT is NULL, and what the chain of deltas makes
 * of it. The result is kept, as is all on the way. NULL if that goes wrong. */
static struct base *ascend(struct packs_reader *reader, const struct pack *pack,
                           const struct entry *entry, struct base *kept)
{
    struct base *base = kept;
    uint64_t work = 0;

    if (base == NULL) {
        base = base_new(pack, entry->offset, entry->kind, entry->size);
        if (!inflate(reader, pack, entry, base->bytes))
            g_clear_pointer(&base, g_free);
        keep_base(reader, base);
    }
    for (unsigned i = reader->depth; base != NULL && i-- > 0;) {
        const struct entry *delta = &reader->chain[i];
        g_autofree uint8_t *bytes = g_malloc(delta->size + 1);
        work += base->size + delta->size;
        reader->refused = work > CHAIN_WORK_MAX;
        bool sound = !reader->refused && inflate(reader, pack, delta, bytes);
        base = sound ? apply_delta(reader, base, delta->offset, bytes, delta->size) : NULL;
        keep_base(reader, base);
    }
    return base;
}

/* --- the backend ---------------------------------------------------------------- */

/* Finds a pack that has the object ID: neighbours tend to be in one. */
static const struct pack *find_pack(struct backend *backend, const git_oid *id, uint64_t *offset)
{
    guint count = backend->list->len, first = backend->last;

    for (guint i = 0; i < count; i++) {
        struct pack *pack = backend->list->pdata[(first + i) % count];
        if (packs_ready(backend->packs, pack) && pack_find(pack, id->id, offset)) {
            backend->last = (first + i) % count;
            return pack;
        }
    }
    return NULL;
}

static int backend_exists(git_odb_backend *parent, const git_oid *id)
{
    uint64_t offset;

    return find_pack((struct backend *)parent, id, &offset) != NULL;
}

/* Libgit2's code for an object that cannot be had: whether it may try. */
static int give_up(const struct packs_reader *reader)
{
    if (!reader->refused)
        return GIT_ENOTFOUND;
    git_error_set_str(GIT_ERROR_ODB, "it takes too much memory or time to unpack");
    return GIT_ERROR;
}

/* Reads the object ID; or, with DATA NULL, as much of it as its size takes: for a delta that is all of
 * it, and is kept for who reads it then. Libgit2 wants a NUL behind the bytes, and frees them. */
static int read_any(struct backend *backend, const git_oid *id, void **data, size_t *size,
                    git_object_t *type)
{
    struct packs_reader *reader = backend->reader;
    struct entry entry;
    struct base *base;
    uint64_t offset;
    const struct pack *pack = find_pack(backend, id, &offset);

    reader->refused = false;
    if (pack == NULL)
        return GIT_ENOTFOUND;
    if (!descend(reader, pack, offset, &entry, &base)) {
        if (data != NULL || !reader->refused || is_delta(&entry))
            return give_up(reader);
        *size = entry.size;
        *type = entry.kind;
        return 0;
    }
    bool plain = base == NULL && reader->depth == 0 && entry.kind != GIT_OBJECT_BLOB;
    if (!plain && (base = ascend(reader, pack, &entry, base)) == NULL)
        return give_up(reader);
    *size = plain ? entry.size : base->size;
    *type = plain ? entry.kind : base->type;
    if (data == NULL)
        return 0;
    uint8_t *bytes = git_odb_backend_data_alloc(&backend->parent, *size + 1);
    if (bytes == NULL || (plain && !inflate(reader, pack, &entry, bytes))) {
        git_odb_backend_data_free(&backend->parent, bytes);
        return GIT_ENOTFOUND;
    }
    if (!plain)
        memcpy(bytes, base->bytes, *size);
    bytes[*size] = '\0';
    *data = bytes;
    if (!plain && base->size > BASES_MAX)
        drop_base(reader, base_place(reader, base->pack, base->offset));
    return 0;
}

static int backend_read(void **data, size_t *size, git_object_t *type, git_odb_backend *parent,
                        const git_oid *id)
{
    return read_any((struct backend *)parent, id, data, size, type);
}

static int backend_read_header(size_t *size, git_object_t *type, git_odb_backend *parent,
                               const git_oid *id)
{
    return read_any((struct backend *)parent, id, NULL, size, type);
}

/* Forgets what READER knows of packs, for they may be closed. */
static void forget(struct packs_reader *reader)
{
    for (size_t i = 0; i < BASES; i++)
        drop_base(reader, &reader->bases[i]);
    for (size_t i = 0; i < WINDOWS; i++)
        reader->windows[i].pack = NULL;
}

static int backend_refresh(git_odb_backend *parent)
{
    struct backend *backend = (struct backend *)parent;
    GPtrArray *old = backend->list;

    backend->list = packs_exchange_list(backend->packs, old);
    if (backend->list != old)
        forget(backend->reader);
    return 0;
}

static void backend_free(git_odb_backend *parent)
{
    struct backend *backend = (struct backend *)parent;

    forget(backend->reader);
    packs_give_back(backend->packs, backend->list);
    packs_unref(backend->packs);
    g_free(backend);
}

bool packs_attach(struct packs *packs, struct packs_reader *reader, struct git_odb *odb)
{
    if (reader->decompressor == NULL)
        return false;

    struct backend *backend = g_new0(struct backend, 1);
    backend->parent = (git_odb_backend){ .version = GIT_ODB_BACKEND_VERSION,
                                         .read = backend_read,
                                         .read_header = backend_read_header,
                                         .exists = backend_exists,
                                         .refresh = backend_refresh,
                                         .free = backend_free };
    backend->packs = packs_ref(packs);
    backend->reader = reader;
    backend->list = packs_exchange_list(packs, NULL);
    if (git_odb_add_backend(odb, &backend->parent, 3) == 0) /* libgit2's own have 1 and 2 */
        return true;
    backend_free(&backend->parent);
    return false;
}

struct packs_reader *packs_reader_new(void)
{
    struct packs_reader *reader = g_new0(struct packs_reader, 1);

    reader->decompressor = libdeflate_alloc_decompressor();
    return reader;
}

void packs_reader_free(struct packs_reader *reader)
{
    forget(reader);
    for (size_t i = 0; i < WINDOWS; i++)
        g_free(reader->windows[i].bytes);
    libdeflate_free_decompressor(reader->decompressor);
    g_free(reader);
}
