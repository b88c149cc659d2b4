/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outside.h"

#include "app.h"
#include "save.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* What a command that has the terminal may be sent with a key, and pore ignores meanwhile: it
 * stops when the command has. SIGTTOU would stop it when it takes the terminal back from another
 * group. */
static const int job_signals[] = {SIGINT, SIGQUIT, SIGTTOU, SIGTSTP};

struct job_control {
    struct sigaction saved[G_N_ELEMENTS(job_signals)];
    pid_t foreground; /* the terminal's process group, or -1 */
};

static void take_signals(struct job_control *control)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(job_signals); i++)
        sigaction(job_signals[i], &action, &control->saved[i]);
    control->foreground = tcgetpgrp(STDIN_FILENO);
}

/* An interactive shell that was killed leaves the terminal to its own group. */
static void take_terminal(const struct job_control *control)
{
    if (control->foreground == getpgrp())
        tcsetpgrp(STDIN_FILENO, control->foreground);
}

static void give_signals_back(const struct job_control *control)
{
    for (size_t i = 0; i < G_N_ELEMENTS(job_signals); i++)
        sigaction(job_signals[i], &control->saved[i], NULL);
}

static void set_write_error(GError **error, int number)
{
    g_set_error(error, APP_ERROR, 0, "cannot write a temporary file: %s", g_strerror(number));
}

/* An empty file that has no name any more. A descriptor, or -1 with an error. */
static int make_file(GError **error)
{
    char *path;
    int descriptor = g_file_open_tmp(NULL, &path, error);
    if (descriptor < 0)
        return -1;
    g_unlink(path);
    g_free(path);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

/* One that holds BYTES. */
static int make_input(const GString *bytes, GError **error)
{
    int descriptor = make_file(error);
    if (descriptor < 0 ||
        (save_write_all(descriptor, bytes->str, bytes->len) && lseek(descriptor, 0, SEEK_SET) == 0))
        return descriptor;
    set_write_error(error, errno);
    close(descriptor);
    return -1;
}

/* What was written to the file DESCRIPTOR. */
static char *read_complaint(int descriptor)
{
    char *text = g_malloc0(OUTSIDE_COMPLAINT_MAX + 1);
    ssize_t length = pread(descriptor, text, OUTSIDE_COMPLAINT_MAX, 0);
    return g_realloc(text, (gsize)MAX(length, 0) + 1);
}

static const char *find_shell(const struct app *app)
{
    const char *shell = app_settings(app)->shell;
    if (!shell || !shell[0])
        shell = g_getenv("SHELL");
    return shell && shell[0] ? shell : "/bin/sh";
}

/* Starts it with the signals as they are by default. INPUT and OUTPUT, for its errors, are
 * descriptors, or -1. Returns the process, or -1 with an error. */
static pid_t start(const char *shell, const char *command, int input, int output, GError **error)
{
    char *arguments[] = {g_strdup(shell), command ? g_strdup("-c") : NULL, g_strdup(command), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    pid_t process = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (output >= 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    for (size_t i = 0; i < G_N_ELEMENTS(job_signals); i++)
        sigaddset(&signals, job_signals[i]);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int problem = posix_spawnp(&process, shell, &actions, &attributes, arguments, environ);
    if (problem) {
        process = -1;
        g_set_error(error, APP_ERROR, 0, "cannot run %s: %s", shell, g_strerror(problem));
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++)
        g_free(arguments[i]);
    return process;
}

/* Stops pore as SIGTSTP does by default; returns when it is continued. */
static void stop_here(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, saved;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, &saved);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &saved, NULL);
}

/* Waits for the end of PROCESS. When that is stopped pore stops, too, so that whoever started
 * pore can go on, and both are continued together. PROCESS is continued once more, so that a
 * stop that is over for the shell, and not yet for PROCESS, is not taken for another one. */
static int wait_for(pid_t process)
{
    int status = 0;
    pid_t changed;
    do {
        changed = waitpid(process, &status, WUNTRACED);
        if (changed == process && WIFSTOPPED(status)) {
            stop_here();
            kill(process, SIGCONT);
        }
    } while (changed == process ? WIFSTOPPED(status) : errno == EINTR);
    return status;
}

static void wait_for_key(void)
{
    struct termios modes, raw;
    if (tcgetpgrp(STDIN_FILENO) != getpgrp() || tcgetattr(STDIN_FILENO, &modes) != 0)
        return;
    raw = modes;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    fputs("Press any key to continue...", stdout);
    fflush(stdout);
    /* ppoll(2) is not taken up again after a signal, as read(2) is: one that ends pore ends this. A
     * new size of the window does not. */
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t sizes;
    sigprocmask(SIG_SETMASK, NULL, &sizes);
    sigaddset(&sizes, SIGWINCH);
    ppoll(&terminal, 1, NULL, &sizes);
    /* The key, all of its sequence if it is a function key. */
    tcflush(STDIN_FILENO, TCIFLUSH);
    fputs("\n", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

/* Runs it while the screen is put aside; the descriptors are start()'s. */
static int run(struct app *app, const char *command, int input, int output,
               enum outside_wait wait, GError **error)
{
    struct job_control control;
    int status = -1;
    screen_suspend(app->screen);
    take_signals(&control);
    pid_t process = start(find_shell(app), command, input, output, error);
    if (process >= 0)
        status = wait_for(process);
    take_terminal(&control);
    if (process >= 0 && (wait == OUTSIDE_WAIT_ALWAYS || (wait == OUTSIDE_WAIT_FAILED && status)))
        wait_for_key();
    give_signals_back(&control);
    screen_resume(app->screen);
    app_resized(app);
    return status;
}

int outside_run(struct app *app, const char *command, const GString *input,
                enum outside_wait wait, GError **error)
{
    int descriptor = input ? make_input(input, error) : -1;
    if (input && descriptor < 0)
        return -1;
    int status = run(app, command, descriptor, -1, wait, error);
    if (descriptor >= 0)
        close(descriptor);
    return status;
}

int outside_send(struct app *app, const char *command, const GString *input, char **complaint,
                 GError **error)
{
    int in = make_input(input, error);
    int out = in >= 0 ? make_file(error) : -1;
    int status = -1;
    *complaint = NULL;
    if (out >= 0) {
        status = run(app, command, in, out, OUTSIDE_WAIT_NEVER, error);
        *complaint = read_complaint(out);
        close(out);
    }
    if (in >= 0)
        close(in);
    return status;
}

char *outside_expand(const char *command, const char *path)
{
    GString *whole = g_string_new(NULL);
    char *quoted = g_shell_quote(path);
    bool placed = false;
    for (const char *at = command; *at; at++) {
        bool expands = at[0] == '%' && (at[1] == 's' || at[1] == '%');
        at += expands;
        placed |= expands && *at == 's';
        if (expands && *at == 's')
            g_string_append(whole, quoted);
        else
            g_string_append_c(whole, *at);
    }
    if (!placed)
        g_string_append_printf(whole, " %s", quoted);
    g_free(quoted);
    return g_string_free(whole, FALSE);
}

char *outside_end(int status)
{
    if (WIFSIGNALED(status))
        return g_strdup_printf("was ended by a signal: %s", g_strsignal(WTERMSIG(status)));
    if (WIFEXITED(status) && WEXITSTATUS(status))
        return g_strdup_printf("exited with status %d", WEXITSTATUS(status));
    return NULL;
}

char *outside_problem(int status)
{
    char *end = outside_end(status);
    char *problem = end ? g_strdup_printf("The command %s.", end) : NULL;
    g_free(end);
    return problem;
}
