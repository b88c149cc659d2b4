/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: which command, its options, its help. */
#include "config.h"

#include "app.h"
#include "archive/archive.h"
#include "mail/mail.h"
#include "report.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* More threads than this only wait for one another. */
#define READERS_MAX 256

/* No -n was given. */
#define NEWEST_UNSET G_MAXINT64

/* Everything an option can set; belongs to main(). */
struct options {
    char *since, *until, *name, *withdraw, *config, *script;
    gint64 newest;
    gint readers;
    gboolean all, verify, classic, all_states, raw, whole_series, version, no_system_rc;
    gboolean history, no_history, no_patch, no_trailers, exact;
    char *patches;
    gint context;
    char **words, **lines;
};

/* What a command reads, and so which options of reading it takes. */
enum reads { READS_NOTHING, READS_ARCHIVE, READS_RANGE };

struct subcommand {
    const char *name; /* "" is the browser */
    const char *synopsis;
    const char *summary;
    const char *more; /* the end of its help, or NULL */
    enum reads reads;
    guint least, most;  /* words that it takes */
    const char *takes;  /* these, for who gave fewer or more; NULL: an archive, and a range perhaps */
    enum exit_status (*run)(const struct request *request); /* NULL: the browser */
    const char *own; /* names of its own options, a space around each */
};

#define RANGE_HELP \
    "RANGE is A.., ..B or A..B: what arrived after the commit A, up to and with B.\n" \
    "Without it and without an option: what is new since the browser's last visit."

static const struct subcommand subcommands[] = {
    { "", "ARCHIVE [RANGE]", "Browse the patch series of a mailing list's archive.", NULL,
      READS_RANGE, 1, 2, NULL, NULL, " config execute no-history no-system-rc script version " },
    { "digest", "ARCHIVE [RANGE]", "Print a report: contributors, series, texts.", RANGE_HELP,
      READS_RANGE, 1, 2, NULL, report_digest, " classic history name " },
    { "list", "ARCHIVE [RANGE]", "Print a line for each series.",
      "Of each it is the newest version. The columns, with tabs between them, are:\n"
      "state, mark, version, patches, Message-ID, author, title. State is New, Exist\n"
      "or Skip.\n\n" RANGE_HELP,
      READS_RANGE, 1, 2, NULL, report_postings, " all-states history " },
    { "mails", "ARCHIVE [RANGE]", "Print a line for each mail.",
      "The columns, with tabs between them, are: commit, kind, version, number,\n"
      "Message-ID, author, title. Kind is patch, cover, pull, reply or other.\n\n" RANGE_HELP,
      READS_RANGE, 1, 2, NULL, report_every_mail, " " },
    { "stats", "ARCHIVE [RANGE]", "Print who sent how many patches.", RANGE_HELP, READS_RANGE, 1, 2,
      NULL, report_contributors, " " },
    { "show", "ARCHIVE MESSAGE-ID", "Print a mail.", NULL, READS_ARCHIVE, 2, 2,
      "an archive and a Message-ID", report_show, " raw series " },
    { "diff", "ARCHIVE A [B]", "Print what changed between two versions.",
      "A and B are Message-IDs of any mails of the two versions of a series; with A\n"
      "alone it is compared with the version before.",
      READS_ARCHIVE, 2, 3, "an archive and one or two Message-IDs", report_diff,
      " context no-patch " },
    { "am", "ARCHIVE MESSAGE-ID", "Print a series as an mbox for git am.",
      "The newest version is taken, with the trailers that people gave in replies.",
      READS_ARCHIVE, 2, 2, "an archive and a Message-ID", report_am,
      " exact no-trailers patches " },
    { "mark", "ARCHIVE STATE ID...", "Mark the series of these mails.",
      "STATE is reviewed, unreviewed, later, ignored, flagged, unflagged, note=TEXT\n"
      "or no-note. ID is the Message-ID of any mail of the series; - reads them from\n"
      "standard input, one a line.",
      READS_ARCHIVE, 3, G_MAXUINT, "an archive, a state and Message-IDs", report_mark, " " },
    { "marks", "ACTION [WORD...]", "Share marks, correct what is one series.",
      "Actions:\n"
      "  export [FILE]        Print all marks, or write them to FILE\n"
      "  import FILE...       Take in what was exported; - is standard input\n"
      "  same ID ID           These two mails are of one series\n"
      "  not-same ID ID       They are not\n"
      "  not-corrected ID ID  It is as the rules have it",
      READS_NOTHING, 1, G_MAXUINT, "export, import, same, not-same or not-corrected",
      report_marks, " " },
    { "import", "ARCHIVE [FILE...]", "Make or extend an archive of mails.",
      "FILE is an mbox, compressed with gzip or not, a Maildir or a single mail; - is\n"
      "standard input.",
      READS_NOTHING, 1, G_MAXUINT, NULL, report_import, " withdraw " },
    { "sync", "ARCHIVE [URL]", "Fetch what is new, or make a mirror of URL.",
      "ARCHIVE is a folder; where there is none, URL is needed, such as\n"
      "https://lore.kernel.org/linux-kselftest, and a mirror is made there.",
      READS_NOTHING, 1, 2, "an archive, and a URL where there is none yet", report_sync, " " },
};

static enum exit_status browse(const struct request *request, const struct options *options)
{
    const struct app_options app_options = {
        .path = request->archive,
        .range = &request->range,
        .readers = (unsigned)request->readers,
        .rc = options->config,
        .no_system_rc = options->no_system_rc,
        .no_history = options->no_history,
        .lines = (const char *const *)options->lines,
        .script = options->script,
    };
    GError *error = NULL;
    struct archive *archive = archive_open(request->archive, &error);
    int status = -1;

    if (archive)
        status = app_run(archive, &app_options, &error);
    archive_close(archive);
    return status >= 0 ? (enum exit_status)status : report_error(error);
}

static bool option_applies(const struct subcommand *command, const char *name)
{
    static const char range[] = " since until newest all ", reading[] = " readers verify ";
    char *word = g_strdup_printf(" %s ", name);
    bool applies = strstr(command->own, word) ||
                   (command->reads == READS_RANGE && strstr(range, word)) ||
                   (command->reads != READS_NOTHING && strstr(reading, word));

    g_free(word);
    return applies;
}

/* The options that COMMAND takes, for GOption; the caller frees the array. */
static GArray *option_entries(const struct subcommand *command, struct options *options)
{
    /* File names, so that GLib takes the bytes as they are: it would have texts be in the
     * locale's charset. */
    const GOptionEntry all[] = {
        { "since", 0, 0, G_OPTION_ARG_FILENAME, &options->since,
          "Mails that arrived at DATE or later", "DATE" },
        { "until", 0, 0, G_OPTION_ARG_FILENAME, &options->until,
          "Mails that arrived at DATE or earlier", "DATE" },
        { "newest", 'n', 0, G_OPTION_ARG_INT64, &options->newest, "The newest N mails", "N" },
        { "config", 'F', 0, G_OPTION_ARG_FILENAME, &options->config,
          "Read FILE instead of the user's porerc", "FILE" },
        { "no-system-rc", 0, 0, G_OPTION_ARG_NONE, &options->no_system_rc,
          "Leave the system's porerc unread; also -n without number", NULL },
        { "execute", 'e', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->lines,
          "Then do LINE, as if it stood in porerc; may be repeated", "LINE" },
        { "script", 0, 0, G_OPTION_ARG_FILENAME, &options->script,
          "Press the keys and run the commands in FILE", "FILE" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &options->all, "The whole archive", NULL },
        { "classic", 0, 0, G_OPTION_ARG_NONE, &options->classic,
          "Leave the list of series empty", NULL },
        { "name", 0, 0, G_OPTION_ARG_FILENAME, &options->name, "What the list is called", "NAME" },
        { "all-states", 0, 0, G_OPTION_ARG_NONE, &options->all_states,
          "Also the versions that a later one has replaced", NULL },
        { "history", 0, 0, G_OPTION_ARG_NONE, &options->history,
          "States as of the whole archive, not of the range alone", NULL },
        { "no-history", 0, 0, G_OPTION_ARG_NONE, &options->no_history,
          "Read nothing but the range, for what is New, too", NULL },
        { "raw", 0, 0, G_OPTION_ARG_NONE, &options->raw, "The bytes of the mail", NULL },
        { "series", 0, 0, G_OPTION_ARG_NONE, &options->whole_series,
          "All of its posting; with --raw the patches as an mbox", NULL },
        { "no-patch", 's', 0, G_OPTION_ARG_NONE, &options->no_patch,
          "Print the list of patches alone", NULL },
        { "context", 'U', 0, G_OPTION_ARG_INT, &options->context,
          "Unchanged lines around what differs (default: 3)", "N" },
        { "no-trailers", 0, 0, G_OPTION_ARG_NONE, &options->no_trailers,
          "As it was sent, without the trailers of replies", NULL },
        { "exact", 0, 0, G_OPTION_ARG_NONE, &options->exact,
          "The version of the mail, also if there is a newer one", NULL },
        { "patches", 'P', 0, G_OPTION_ARG_FILENAME, &options->patches,
          "These patches alone, such as 1-3,5", "LIST" },
        { "withdraw", 0, 0, G_OPTION_ARG_FILENAME, &options->withdraw,
          "Withdraw the mail, after what is imported", "MESSAGE-ID" },
        { "readers", 0, 0, G_OPTION_ARG_INT, &options->readers,
          "Read with N threads (default: one for each processor)", "N" },
        { "verify", 0, 0, G_OPTION_ARG_NONE, &options->verify,
          "Check the hash of every object", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->words, NULL, NULL },
    };
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        GOptionEntry entry = all[i];

        if (!entry.long_name[0] || option_applies(command, entry.long_name))
            g_array_append_val(entries, entry);
    }
    return entries;
}

/* Help of the browser: the other commands too. */
static char *describe_commands(void)
{
    GString *text = g_string_new("Commands:\n");

    for (size_t i = 1; i < G_N_ELEMENTS(subcommands); i++)
        g_string_append_printf(text, "  pore %-7s %-19s %s\n", subcommands[i].name,
                               subcommands[i].synopsis, subcommands[i].summary);
    g_string_append(text, "\nEach takes --help.\n\n" RANGE_HELP
                          "\n\nThe manual is pore(1); it has a tutorial.");
    return g_string_free(text, FALSE);
}

static bool parse_options(const struct subcommand *command, struct options *options, int *argc,
                          char ***argv, GError **error)
{
    GOptionContext *context = g_option_context_new(command->synopsis);
    GArray *entries = option_entries(command, options);
    char *name = command->name[0] ? g_strdup_printf("pore %s", command->name) : g_strdup("pore");
    bool parsed;

    g_set_prgname(name);
    g_option_context_set_summary(context, command->summary);
    if (!command->name[0]) {
        char *description = describe_commands();

        g_option_context_set_description(context, description);
        g_free(description);
    } else {
        g_option_context_set_description(context, command->more);
    }
    g_option_context_add_main_entries(context, (const GOptionEntry *)entries->data, NULL);
    parsed = g_option_context_parse(context, argc, argv, error);
    g_option_context_free(context);
    g_array_free(entries, TRUE);
    g_free(name);
    return parsed;
}

#define USAGE_ERROR g_quark_from_static_string("pore-usage")

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(USAGE_ERROR, 0, format, arguments));
    va_end(arguments);
    return false;
}

static bool set_dates(const struct options *options, struct range *range, GError **error)
{
    range->has_since = options->since != NULL;
    range->has_until = options->until != NULL;
    return (!options->since ||
            range_parse_date(options->since, time(NULL), &range->since, error)) &&
           (!options->until ||
            range_parse_until(options->until, time(NULL), &range->until, error));
}

/* Are these options that GOption could not check as they should be? */
static bool check_options(const struct options *options, GError **error)
{
    if (options->readers < 0 || options->readers > READERS_MAX)
        return refuse(error, "--readers takes a number from 1 to %d", READERS_MAX);
    if (options->newest < 1)
        return refuse(error, "-n takes a number of mails from 1 on");
    if (options->context < 0)
        return refuse(error, "-U takes a number of lines");
    if (options->name && !g_utf8_validate(options->name, -1, NULL))
        return refuse(error, "--name takes UTF-8");
    for (char **line = options->lines; line && *line; line++)
        if (!g_utf8_validate(*line, -1, NULL))
            return refuse(error, "-e takes UTF-8");
    return true;
}

/* Are WORDS, COUNT of them, what COMMAND takes? */
static bool check_words(const struct subcommand *command, const struct options *options,
                        const char *const *words, guint count, GError **error)
{
    if (command->takes && (count < command->least || count > command->most))
        return refuse(error, "%s takes %s", command->name, command->takes);
    if (count < command->least)
        return refuse(error, "no archive given; see pore --help");
    if (count > command->most)
        return refuse(error, "%s: one range is enough", words[2]);
    if (command->reads == READS_RANGE && count == 2 && options->all)
        return refuse(error, "--all and %s: one range is enough", words[1]);
    if (command->run == report_import && count == 1 && !options->withdraw)
        return refuse(error, "import takes an archive and the files to import");
    return true;
}

/* Makes OPTIONS and the words behind them into a request for COMMAND. */
static bool make_request(const struct subcommand *command, const struct options *options,
                         struct request *request, GError **error)
{
    static const char *const none[] = { NULL };
    const char *const *words = options->words ? (const char *const *)options->words : none;
    guint count = g_strv_length((char **)(uintptr_t)words);

    if (!check_options(options, error) || !check_words(command, options, words, count, error))
        return false;
    *request = (struct request){
        .readers = options->readers, .classic = options->classic,
        .all_states = options->all_states, .raw = options->raw,
        .whole_series = options->whole_series, .history = options->history,
        .no_patch = options->no_patch, .no_trailers = options->no_trailers,
        .exact = options->exact, .patches = options->patches, .context = options->context,
        .name = options->name, .withdraw = options->withdraw, .arguments = words,
    };
    if (command->run != report_marks)
        request->archive = *request->arguments++;
    request->range.newest = options->newest == NEWEST_UNSET ? 0 : (uint64_t)options->newest;
    request->range.all = options->all;
    if (command->reads == READS_RANGE && count == 2 &&
        !range_set_revisions(&request->range, words[1], error))
        return false;
    return set_dates(options, &request->range, error);
}

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 1; name && i < G_N_ELEMENTS(subcommands); i++)
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    return &subcommands[0];
}

static void options_clear(struct options *options)
{
    g_free(options->since);
    g_free(options->until);
    g_free(options->name);
    g_free(options->withdraw);
    g_free(options->config);
    g_free(options->script);
    g_free(options->patches);
    g_strfreev(options->lines);
    g_strfreev(options->words);
}

static bool is_number(const char *text)
{
    char *end;

    if (!text || !*text)
        return false;
    g_ascii_strtoll(text, &end, 10);
    return *end == '\0';
}

/* Is ARGUMENT an option of the browser whose value is the next argument? */
static bool takes_next(const char *argument)
{
    static const char *const options[] = { "-F", "--config", "-e", "--execute", "--script",
                                           "--since", "--until", "--newest", "--readers", NULL };

    return g_strv_contains(options, argument);
}

/* mutt's -n takes nothing and leaves the system's file unread; ours takes a number of mails.
 * Where no number follows it is mutt's: makes it the option that GOption knows. -n5 is git's way
 * to write it, which GOption does not know either; the new word lives as long as argv. */
static void settle_plain_n(int argc, char **argv)
{
    static char name[] = "--no-system-rc";

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (takes_next(argv[i]))
            i++;
        else if (strcmp(argv[i], "-n") == 0 && !is_number(argv[i + 1]))
            argv[i] = name;
        else if (g_str_has_prefix(argv[i], "-n") && is_number(argv[i] + 2))
            argv[i] = g_strconcat("--newest=", argv[i] + 2, NULL);
    }
}

/* Nor does GOption know -U5. Of several the last one counts, so there need be only one word. */
static void settle_context(int argc, char **argv)
{
    static char word[40];

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (g_str_has_prefix(argv[i], "-U") && is_number(argv[i] + 2)) {
            g_snprintf(word, sizeof(word), "--context=%s", argv[i] + 2);
            argv[i] = word;
        }
    }
}

/* Files that are opened later must not become standard output. */
static void fill_standard_files(void)
{
    int file;

    do
        file = open("/dev/null", O_RDWR);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

int main(int argc, char **argv)
{
    const struct subcommand *command = find_subcommand(argc > 1 ? argv[1] : NULL);
    struct options options = { .newest = NEWEST_UNSET, .context = 3 };
    struct request request = { 0 };
    GError *error = NULL;
    enum exit_status status;

    fill_standard_files();
    setlocale(LC_ALL, "");
    if (command->name[0]) {
        argv[1] = argv[0];
        argc--;
        argv++;
        settle_context(argc, argv);
    } else {
        settle_plain_n(argc, argv);
    }
    if (!parse_options(command, &options, &argc, &argv, &error)) {
        status = report_error(error);
    } else if (options.version) {
        puts("pore " PACKAGE_VERSION);
        status = report_finish(0);
    } else if (!make_request(command, &options, &request, &error)) {
        status = report_error(error);
    } else if (!archive_startup(options.verify)) {
        report_say("libgit2 cannot begin: out of memory");
        status = EXIT_USAGE;
    } else {
        mail_startup();
        status = command->run ? command->run(&request) : browse(&request, &options);
        archive_shutdown();
    }
    range_clear(&request.range);
    options_clear(&options);
    return status;
}
