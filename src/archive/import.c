/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "archive/import.h"

#include "archive/mailbox.h"
#include "archive/repository.h"
#include "mail/header.h"
#include "mail/mail.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Objects are gathered in memory and written as packs of about so many bytes before
 * compression: three loose objects a mail would be a third of a million files for a list of
 * middling size. */
#define PACK_SIZE ((size_t)64 << 20)

/* Mails whose identities share a batch. */
#define BATCH_MAILS 256

/* The mails there are already, to know one when it comes again. */
struct known {
    GHashTable *mails;  /* struct mail * (copied, since an array of them moves) → itself */
    GPtrArray *batches; /* struct mail_batch *: their strings */
};

/* The repository that commits are added to. Nothing in it names them before move_branch(). */
struct writer {
    const char *path; /* for messages */
    git_repository *repository;
    git_odb *odb;
    git_odb_backend *memory; /* owned by odb */
    char *branch;
    git_oid start; /* where the branch was; zero: nowhere */
    git_oid head;
    int64_t latest; /* the committer date of head */
    size_t pending; /* bytes of mails in memory */
};

/* What a commit says besides its tree. */
struct writing {
    const struct mail *mail;
    const char *bytes;
    size_t length;
    int64_t arrival;
    int arrival_zone;
    bool withdrawal;
};

static gboolean equal_mails(gconstpointer a, gconstpointer b)
{
    return mail_same(a, b);
}

static guint hash_mail(gconstpointer mail)
{
    return mail_identity_hash(mail);
}

static void free_batch(gpointer batch)
{
    mail_batch_free(batch);
}

static void known_init(struct known *known)
{
    known->mails = g_hash_table_new_full(hash_mail, equal_mails, g_free, NULL);
    known->batches = g_ptr_array_new_with_free_func(free_batch);
}

static void known_clear(struct known *known)
{
    g_hash_table_unref(known->mails);
    g_ptr_array_unref(known->batches);
}

/* Parses a mail and remembers it. Returns it, until the next call; *OLD says whether it was
 * known. */
static const struct mail *know(struct known *known, const char *bytes, size_t length,
                               const struct mail_place *place, bool *old)
{
    GPtrArray *batches = known->batches;
    struct mail_batch *batch = batches->len > 0 ? g_ptr_array_index(batches, batches->len - 1)
                                                : NULL;

    if (batch == NULL || batch->mails->len >= BATCH_MAILS) {
        batch = mail_batch_new();
        g_ptr_array_add(batches, batch);
    }
    mail_parse(batch, bytes, length, place, false);
    struct mail *mail = &g_array_index(batch->mails, struct mail, batch->mails->len - 1);
    *old = g_hash_table_contains(known->mails, mail);
    if (!*old)
        g_hash_table_add(known->mails, g_memdup2(mail, sizeof *mail));
    return mail;
}

/* Remembers all mails of ARCHIVE. Withdrawn ones too: whoever withdrew them does not
 * want them back with the next import. */
static bool know_archive(struct known *known, struct archive *archive, GError **error)
{
    struct range range = { .all = true };
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, error);
    struct archive_commit commit;
    struct archive_mail mail;
    GError *failure = NULL;
    bool old;

    if (walk == NULL)
        return false;
    while (archive_walk_next(walk, &commit, &failure))
        if (archive_read(archive, &commit, &mail, NULL)) {
            know(known, mail.bytes, mail.length, &commit.place, &old);
            archive_mail_release(&mail);
        }
    archive_walk_free(walk);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static bool set_write_error(const struct writer *writer, GError **error)
{
    archive_set_git_error(error, ARCHIVE_ERROR_WRITE, "%s", writer->path);
    return false;
}

/* The branch that the first commit of REPOSITORY makes. */
static char *unborn_branch(git_repository *repository)
{
    git_reference *head = NULL;
    const char *name = NULL;

    if (git_reference_lookup(&head, repository, "HEAD") == 0)
        name = git_reference_symbolic_target(head);
    char *branch = g_strdup(name != NULL ? name : "refs/heads/master");
    git_reference_free(head);
    return branch;
}

/* Makes WRITER ready to add to EPOCH. */
static bool open_writer(struct writer *writer, const char *path, const struct epoch *epoch,
                        GError **error)
{
    git_commit *commit = NULL;

    *writer = (struct writer) { .path = path };
    /* The branch must not get to the disk before the objects. */
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    if (git_repository_open(&writer->repository, epoch->path) < 0
        || git_repository_odb(&writer->odb, writer->repository) < 0
        || git_mempack_new(&writer->memory) < 0
        || git_odb_add_backend(writer->odb, writer->memory, 999) < 0)
        return set_write_error(writer, error);
    if (!epoch_head(epoch, &writer->start, &writer->branch)) {
        writer->branch = unborn_branch(writer->repository);
        return true;
    }
    if (writer->branch == NULL) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE, "%s: HEAD is on no branch",
                    epoch->path);
        return false;
    }
    writer->head = writer->start;
    if (git_commit_lookup(&commit, writer->repository, &writer->head) < 0)
        return set_write_error(writer, error);
    writer->latest = git_commit_time(commit);
    git_commit_free(commit);
    return true;
}

static void close_writer(struct writer *writer)
{
    git_odb_free(writer->odb);
    git_repository_free(writer->repository);
    g_free(writer->branch);
}

/* Writes what is in memory as a pack. */
static bool write_pack(struct writer *writer, GError **error)
{
    git_buf pack = { 0 };
    git_odb_writepack *out = NULL;
    git_indexer_progress progress = { 0 };

    if (writer->pending == 0)
        return true;
    bool written = git_mempack_dump(&pack, writer->repository, writer->memory) == 0
                   && git_odb_write_pack(&out, writer->odb, NULL, NULL) == 0
                   && out->append(out, pack.ptr, pack.size, &progress) == 0
                   && out->commit(out, &progress) == 0;
    if (!written)
        set_write_error(writer, error);
    if (out != NULL)
        out->free(out);
    git_buf_dispose(&pack);
    if (written) {
        git_mempack_reset(writer->memory);
        git_odb_refresh(writer->odb);
        writer->pending = 0;
    }
    return written;
}

/* Moves the branch to the last commit, if it is where it was at the beginning. */
static bool move_branch(struct writer *writer, GError **error)
{
    git_reference *reference = NULL;
    int code;

    if (git_oid_equal(&writer->head, &writer->start))
        return true;
    if (!write_pack(writer, error))
        return false;
    if (git_oid_is_zero(&writer->start))
        code = git_reference_create(&reference, writer->repository, writer->branch, &writer->head,
                                    0, "pore import");
    else
        code = git_reference_create_matching(&reference, writer->repository, writer->branch,
                                             &writer->head, 1, &writer->start, "pore import");
    git_reference_free(reference);
    if (code == GIT_EMODIFIED || code == GIT_EEXISTS) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE,
                    "%s: something else was added meanwhile, nothing was done", writer->path);
        return false;
    }
    return code == 0 || set_write_error(writer, error);
}

/* TEXT as git allows it in a name or address: no brackets, no control characters. FALLBACK if
 * nothing is left but what git trims away (libgit2 then refuses). The caller frees it. */
static char *identity(const char *text, const char *fallback)
{
    char *kept = clean_line(g_strdup(text));

    g_strdelimit(kept, "<>", ' ');
    g_strstrip(kept);
    if (strspn(kept, " .,:;\"\\'") == strlen(kept)) {
        g_free(kept);
        kept = g_strdup(fallback);
    }
    return kept;
}

/* The author date's zone, in minutes east of UTC. */
static int date_zone(const struct writing *writing)
{
    const char *cursor = writing->bytes, *end = cursor + writing->length;
    struct header field;
    long long seconds;
    int zone;

    while (header_next(&cursor, end, &field))
        if (header_is(&field, "Date"))
            return header_decode_date(field.value, field.value_length, &seconds, &zone) ? zone : 0;
    return 0;
}

static bool write_tree(struct writer *writer, const struct writing *writing, git_oid *tree)
{
    git_treebuilder *builder = NULL;
    git_oid blob;
    bool written = git_odb_write(&blob, writer->odb, writing->bytes, writing->length,
                                 GIT_OBJECT_BLOB) == 0
                   && git_treebuilder_new(&builder, writer->repository, NULL) == 0
                   && git_treebuilder_insert(NULL, builder, writing->withdrawal ? "d" : "m",
                                             &blob, GIT_FILEMODE_BLOB) == 0
                   && git_treebuilder_write(tree, builder) == 0;

    git_treebuilder_free(builder);
    return written;
}

/* Adds a commit on top of writer->head. */
static bool write_commit(struct writer *writer, const struct writing *writing, GError **error)
{
    const struct mail *mail = writing->mail;
    char *address = identity(mail->sender_address, "nobody@localhost");
    char *name = identity(mail->sender_name, "nobody");
    char *subject = clean_line(g_strdup(mail->subject[0] != '\0' ? mail->subject
                                                                 : "(no subject)"));
    const git_oid *parents[] = { &writer->head };
    git_signature *author = NULL, *committer = NULL;
    git_oid tree, commit;

    bool written = git_signature_new(&author, name, address, mail->date, date_zone(writing)) == 0
                   && git_signature_new(&committer, name, address, writing->arrival,
                                        writing->arrival_zone) == 0
                   && write_tree(writer, writing, &tree)
                   && git_commit_create_from_ids(&commit, writer->repository, NULL, author,
                                                 committer, NULL, subject, &tree,
                                                 git_oid_is_zero(&writer->head) ? 0 : 1,
                                                 parents) == 0;
    if (written) {
        writer->head = commit;
        writer->latest = writing->arrival;
        writer->pending += writing->length + 1;
    } else {
        set_write_error(writer, error);
    }
    git_signature_free(author);
    git_signature_free(committer);
    g_free(subject);
    g_free(name);
    g_free(address);
    return written && (writer->pending < PACK_SIZE || write_pack(writer, error));
}

/* Leaves out the fields that tell of a mail's life in a mailbox and not of the mail: those that
 * public-inbox leaves out. */
static void copy_mail(GByteArray *out, const char *bytes, size_t length)
{
    static const char *const unwanted[] = { "Bytes", "Lines", "Content-Length", "Status",
                                            "X-Status" };
    const char *cursor = bytes, *end = bytes + length, *kept = bytes;
    struct header field;

    g_byte_array_set_size(out, 0);
    while (header_next(&cursor, end, &field))
        for (size_t i = 0; i < G_N_ELEMENTS(unwanted); i++)
            if (header_is(&field, unwanted[i])) {
                g_byte_array_append(out, (const guint8 *)kept, (guint)(field.name - kept));
                kept = cursor;
            }
    g_byte_array_append(out, (const guint8 *)kept, (guint)(end - kept));
}

/* Adds all mails of one file that are not known. */
static bool import_file(struct writer *writer, struct known *known, const char *path,
                        struct import_result *result, GError **error)
{
    struct mailbox *mailbox = mailbox_open(path, error);
    GByteArray *copy = g_byte_array_new();
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;
    GError *failure = NULL;
    const char *bytes;
    size_t length;
    bool old;

    while (mailbox != NULL && failure == NULL
           && mailbox_next(mailbox, &bytes, &length, &failure)) {
        struct writing writing = { .arrival = writer->latest };
        /* A date that is still to come would hold for all mails behind this one. */
        mailbox_arrival(bytes, length, now, &writing.arrival, &writing.arrival_zone);
        writing.arrival = MAX(writing.arrival, writer->latest);
        copy_mail(copy, bytes, length);
        writing.bytes = (const char *)copy->data;
        writing.length = copy->len;
        struct mail_place place = { .received = writing.arrival };
        writing.mail = know(known, writing.bytes, writing.length, &place, &old);
        if (old)
            result->known++;
        else if (write_commit(writer, &writing, &failure))
            result->added++;
    }
    g_byte_array_unref(copy);
    bool done = mailbox != NULL && failure == NULL;
    g_clear_pointer(&mailbox, mailbox_close);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return done;
}

/* Adds all files to ARCHIVE's newest epoch. */
static bool import_into(struct archive *archive, const char *const *files, size_t count,
                        struct import_result *result, GError **error)
{
    struct epoch *newest = &archive->epochs[archive->count - 1];
    enum archive_form form = epoch_form(newest, NULL);
    struct writer writer = { 0 };
    struct known known;
    bool done = true;

    if (form == ARCHIVE_V1) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE,
                    "%s: a v1 archive cannot be added to", archive->path);
        return false;
    }
    known_init(&known);
    if (form != ARCHIVE_EMPTY || archive->count > 1)
        done = know_archive(&known, archive, error);
    done = done && open_writer(&writer, archive->path, newest, error);
    for (size_t i = 0; done && i < count; i++)
        done = import_file(&writer, &known, files[i], result, error);
    done = done && move_branch(&writer, error);
    close_writer(&writer);
    known_clear(&known);
    return done;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

/* Makes a new archive beside PATH and gives it that name when it is whole. */
static bool import_new(const char *path, const char *const *files, size_t count,
                       struct import_result *result, GError **error)
{
    git_repository_init_options options = { .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION };
    char *whole = g_canonicalize_filename(path, NULL);
    char *beside = g_strdup_printf("%s.import-%ld", whole, (long)getpid());
    git_repository *repository = NULL;
    struct archive *archive = NULL;

    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = "master";
    bool ours = mkdir(beside, 0777) == 0;
    bool done = ours && git_repository_init_ext(&repository, beside, &options) == 0;
    git_repository_free(repository);
    if (!ours) {
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE, "%s: %s", path, g_strerror(errno));
    } else if (!done) {
        archive_set_git_error(error, ARCHIVE_ERROR_WRITE, "%s", path);
    } else {
        archive = archive_open_for_import(beside, error);
        done = archive != NULL && import_into(archive, files, count, result, error);
        archive_close(archive);
        if (done && result->added == 0) {
            g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE, "%s: no mails to make it of",
                        path);
            done = false;
        }
        if (done && rename(beside, whole) != 0) {
            g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE, "%s: %s", path,
                        g_strerror(errno));
            done = false;
        }
    }
    if (ours && !done)
        nftw(beside, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_free(beside);
    g_free(whole);
    return done;
}

/* Is there nothing at PATH, or an empty folder? */
static bool is_vacant(const char *path)
{
    GDir *entries;
    struct stat status;

    if (stat(path, &status) != 0)
        return errno == ENOENT;
    entries = g_dir_open(path, 0, NULL);
    bool vacant = entries != NULL && g_dir_read_name(entries) == NULL;
    g_clear_pointer(&entries, g_dir_close);
    return vacant;
}

bool import_files(const char *path, const char *const *files, size_t count,
                  struct import_result *result, GError **error)
{
    *result = (struct import_result) { 0 };
    if (is_vacant(path))
        return import_new(path, files, count, result, error);

    struct archive *archive = archive_open_for_import(path, error);
    bool done = archive != NULL && import_into(archive, files, count, result, error);
    archive_close(archive);
    return done;
}

/* Finds the mail that MESSAGE_ID means: of those that are not withdrawn the one that arrived
 * first, which is the last of a walk. */
static bool find_mail(struct archive *archive, const char *message_id, struct known *withdrawn,
                      struct archive_commit *found, GError **error)
{
    struct range range = { .all = true };
    struct archive_walk *walk = archive_walk_new(archive, &range, NULL, error);
    struct archive_commit commit;
    struct archive_mail raw;
    bool any = false;

    if (walk == NULL)
        return false;
    while (archive_walk_next(walk, &commit, NULL)) {
        struct mail_batch *batch = NULL;
        if (!archive_read(archive, &commit, &raw, NULL))
            continue;
        batch = mail_batch_new();
        mail_parse(batch, raw.bytes, raw.length, &commit.place, raw.withdrawal);
        const struct mail *mail = &g_array_index(batch->mails, struct mail, 0);
        bool same = message_id[0] != '\0' && strcmp(mail->message_id, message_id) == 0;
        bool gone;
        if (same && raw.withdrawal) {
            know(withdrawn, raw.bytes, raw.length, &commit.place, &gone);
        } else if (same && !g_hash_table_contains(withdrawn->mails, mail)) {
            *found = commit;
            any = true;
        }
        mail_batch_free(batch);
        archive_mail_release(&raw);
    }
    archive_walk_free(walk);
    if (!any)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_RANGE, "%s: no such mail in %s",
                    message_id, archive->path);
    return any;
}

/* Adds the commit that withdraws the mail of COMMIT. */
static bool withdraw(struct archive *archive, const struct archive_commit *commit,
                     struct known *known, GError **error)
{
    struct epoch *newest = &archive->epochs[archive->count - 1];
    struct writer writer = { 0 };
    struct archive_mail raw;
    bool old;

    if (!archive_read(archive, commit, &raw, error))
        return false;
    struct writing writing = { .bytes = raw.bytes, .length = raw.length, .withdrawal = true };
    writing.mail = know(known, raw.bytes, raw.length, &commit->place, &old);
    bool done = open_writer(&writer, archive->path, newest, error);
    if (done) {
        writing.arrival = MAX(g_get_real_time() / G_USEC_PER_SEC, writer.latest);
        done = write_commit(&writer, &writing, error) && move_branch(&writer, error);
    }
    close_writer(&writer);
    archive_mail_release(&raw);
    return done;
}

bool import_withdraw(const char *path, const char *message_id, GError **error)
{
    struct archive *archive = archive_open(path, error);
    struct archive_commit commit;
    struct known known;
    bool done = false;

    if (archive == NULL)
        return false;
    known_init(&known);
    if (epoch_form(&archive->epochs[archive->count - 1], NULL) == ARCHIVE_V1)
        g_set_error(error, ARCHIVE_ERROR, ARCHIVE_ERROR_WRITE,
                    "%s: a v1 archive cannot be added to", path);
    else
        done = find_mail(archive, message_id, &known, &commit, error)
               && withdraw(archive, &commit, &known, error);
    known_clear(&known);
    archive_close(archive);
    return done;
}
