/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rescue.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes that give a terminal back; those of real ones come to fewer than a hundred. */
#define RESCUE_BYTES 256
#define RESCUE_STACK (64 * 1024)

/* What a signal handler needs to give the terminal back. Nothing can be handed to a handler, so
 * this is the one variable that is not owned by anybody. */
static struct rescue {
    volatile sig_atomic_t armed;
    int output;
    size_t length;
    char bytes[RESCUE_BYTES];
    bool has_modes;
    struct termios modes;
} rescue;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};

static void give_back(void)
{
    if (!rescue.armed)
        return;
    rescue.armed = 0;
    ssize_t written = write(rescue.output, rescue.bytes, rescue.length);
    (void)written;
    if (rescue.has_modes)
        tcsetattr(rescue.output, TCSANOW, &rescue.modes);
}

static void on_crash(int number)
{
    give_back();
    /* SA_RESETHAND has put the default action back. */
    raise(number);
}

void rescue_at_crash(void)
{
    static char stack[RESCUE_STACK];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternative, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(crash_signals); i++) {
        struct sigaction now;
        struct sigaction action = {.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)};
        action.sa_handler = on_crash;
        sigemptyset(&action.sa_mask);
        /* A sanitizer's or debugger's own handler is left alone. */
        if (sigaction(crash_signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaction(crash_signals[i], &action, NULL);
    }
    atexit(give_back);
}

void rescue_begin(int output, const struct termios *modes)
{
    rescue.armed = 0;
    rescue.length = 0;
    rescue.output = output;
    rescue.has_modes = modes != NULL;
    if (modes)
        rescue.modes = *modes;
}

void rescue_add(const char *bytes)
{
    while (*bytes && rescue.length < RESCUE_BYTES) {
        const char *end = g_str_has_prefix(bytes, "$<") ? strchr(bytes, '>') : NULL;
        if (end)
            bytes = end + 1;
        else
            rescue.bytes[rescue.length++] = *bytes++;
    }
}

void rescue_arm(bool armed)
{
    rescue.armed = armed;
}
