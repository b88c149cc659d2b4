/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "project/git_command.h"

#include "project/project.h"

#include <glib-unix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long it may take until a stop is seen, in milliseconds. */
#define TICK 50

/* More than this of what it writes is dropped. */
#define OUTPUT_MAX (1u << 20)

/* --- its environment ---------------------------------------------------------------- */

/* Of git's own variables those that say who the user is and what he has configured; all others
 * could lead it to other repositories and indexes, or were set for a git that has started pore. */
static const char *const kept[] = {
    "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE", "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",  "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH",      NULL,
};

static const char *const set[][2] = {
    { "LC_ALL", "C" },            /* its messages are read */
    { "GIT_TERMINAL_PROMPT", "0" }, { "GIT_ASKPASS", "" }, { "SSH_ASKPASS", "" },
    { "GIT_EDITOR", ":" },        { "GIT_PAGER", "cat" },
    { "GIT_NO_LAZY_FETCH", "1" }, /* a partial clone stays one */
    { "GIT_OPTIONAL_LOCKS", "0" }, /* what only looks writes nothing */
};

static char **make_environment(void)
{
    char **all = g_get_environ();
    char **environment = g_strdupv(all);

    for (char **entry = all; *entry; entry++) {
        char *name = g_strndup(*entry, strcspn(*entry, "="));

        if (g_str_has_prefix(name, "GIT_") && !g_strv_contains(kept, name))
            environment = g_environ_unsetenv(environment, name);
        g_free(name);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(set); i++)
        environment = g_environ_setenv(environment, set[i][0], set[i][1], TRUE);
    g_strfreev(all);
    return environment;
}

/* --- starting it ---------------------------------------------------------------------- */

static char **make_arguments(const struct git_command *command)
{
    GStrvBuilder *arguments = g_strv_builder_new();
    char **vector;

    g_strv_builder_add_many(arguments, "git", "-C", command->folder, NULL);
    for (guint i = 0; command->settings && i < command->settings->len; i++)
        g_strv_builder_add_many(arguments, "-c", command->settings->pdata[i], NULL);
    for (const char *const *word = command->arguments; *word; word++)
        g_strv_builder_add(arguments, *word);
    vector = g_strv_builder_end(arguments);
    g_strv_builder_unref(arguments);
    return vector;
}

/* A session of its own: no terminal is to be found, and it can be killed with all that it has
 * started. Signals are as at first, whatever this thread has blocked. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP,
                                   SIGTTIN, SIGTTOU, SIGCHLD };
    sigset_t signals;

    sigemptyset(&signals);
    posix_spawnattr_setsigmask(attributes, &signals);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sigaddset(&signals, numbers[i]);
    posix_spawnattr_setsigdefault(attributes, &signals);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETSIGDEF);
}

/* Starts it, writing to the descriptors OUT and ERRORS. Returns the process, or -1 with
 * an error. */
static pid_t start(const struct git_command *command, int out, int errors, GError **error)
{
    char **arguments = make_arguments(command), **environment = make_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t process = -1;
    int problem;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    problem = posix_spawnp(&process, "git", &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    g_strfreev(environment);
    g_strfreev(arguments);
    if (problem == 0)
        return process;
    g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_APPLY, "cannot run git: %s",
                g_strerror(problem));
    return -1;
}

/* --- waiting for it -------------------------------------------------------------------- */

static bool is_stopped(const struct git_command *command)
{
    return command->stop && g_atomic_int_get(command->stop);
}

static void append(GString *text, const char *bytes, ssize_t length)
{
    if (text && text->len < OUTPUT_MAX)
        g_string_append_len(text, bytes, length);
}

/* Reads what comes from SOURCES into TEXTS until all are at their ends. False if it is to be
 * stopped before. */
static bool drain(const struct git_command *command, struct pollfd sources[2], GString *texts[2])
{
    char bytes[16 * 1024];

    while (sources[0].fd >= 0 || sources[1].fd >= 0) {
        if (is_stopped(command))
            return false;
        if (poll(sources, 2, command->stop ? TICK : -1) <= 0)
            continue;
        for (int i = 0; i < 2; i++) {
            ssize_t length;

            if (sources[i].fd < 0 || !sources[i].revents)
                continue;
            length = read(sources[i].fd, bytes, sizeof bytes);
            if (length > 0)
                append(texts[i], bytes, length);
            else if (length == 0 || errno != EINTR)
                sources[i].fd = -1;
        }
    }
    return true;
}

static int wait_for(pid_t process)
{
    int status = 0;

    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static int judge(bool stopped, int status, GError **error)
{
    if (stopped)
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_STOPPED, "stopped");
    else if (WIFEXITED(status))
        return WEXITSTATUS(status);
    else
        g_set_error(error, PROJECT_ERROR, PROJECT_ERROR_APPLY, "git was ended by a signal: %s",
                    g_strsignal(WTERMSIG(status)));
    return -1;
}

/* Runs it with PIPES, of which it closes the ends that are written to. */
static int run(const struct git_command *command, int pipes[2][2], GString *texts[2],
               GError **error)
{
    struct pollfd sources[2] = { { .fd = pipes[0][0], .events = POLLIN },
                                 { .fd = pipes[1][0], .events = POLLIN } };
    pid_t process = start(command, pipes[0][1], pipes[1][1], error);
    bool stopped;

    for (int i = 0; i < 2; i++) {
        if (pipes[i][1] >= 0)
            close(pipes[i][1]);
        pipes[i][1] = -1;
    }
    if (process < 0)
        return -1;
    stopped = !drain(command, sources, texts);
    if (stopped)
        kill(-process, SIGKILL);
    return judge(stopped, wait_for(process), error);
}

int git_command_run(const struct git_command *command, GString *out, GString *errors,
                    GError **error)
{
    bool together = out == errors;
    int pipes[2][2] = { { -1, -1 }, { -1, -1 } };
    int status = -1;

    if (is_stopped(command))
        return judge(true, 0, error);
    if (g_unix_open_pipe(pipes[0], FD_CLOEXEC, error) &&
        (together || g_unix_open_pipe(pipes[1], FD_CLOEXEC, error))) {
        /* What both write to one pipe stays in order. */
        if (together)
            pipes[1][1] = fcntl(pipes[0][1], F_DUPFD_CLOEXEC, 0);
        status = run(command, pipes, (GString *[]){ out, errors }, error);
    }
    for (int i = 0; i < 4; i++)
        if (pipes[i / 2][i % 2] >= 0)
            close(pipes[i / 2][i % 2]);
    return status;
}
