/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes system calls and allocations of a program fail, from the beginning of its main() on: it is loaded with
 * LD_PRELOAD and told what to do by the environment.
 *
 * FAILING_CALLS=NAME,...  with FAILING_SOCKET=FD: a filter of seccomp's hands these calls, of the program and of what
 *     it starts, to who has the other end of the socket: what listens is sent there, with the numbers of all calls.
 * FAILING_PLACES=FILE: each place that allocates is written to FILE, a line of the place, "glib" or "-" and its
 *     calls, innermost first. A place is what the DEPTH innermost callers are, and the same in each run.
 * FAILING_PLACE=PLACE: the first allocation there fails. Who crashes then writes a line to standard error, "crash" and
 *     the calls.
 *
 * The C library's own names of the allocator are called, so that nothing has to be looked up in the middle of it. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEPTH 10
#define SHOWN 40
#define PLACES (1 << 16)
#define CALLS_MAX 64

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* ---- system calls */

static const struct {
    const char *name;
    int number;
} known_calls[] = {
#define CALL(name) { #name, SYS_##name }
    CALL(openat), CALL(read), CALL(pread64), CALL(write), CALL(pwrite64), CALL(writev), CALL(close),
    CALL(fsync), CALL(fdatasync), CALL(ftruncate), CALL(fallocate), CALL(lseek), CALL(fcntl), CALL(flock),
    CALL(ioctl), CALL(munmap), CALL(mremap), CALL(mprotect), CALL(brk), CALL(getdents64),
    CALL(statx), CALL(statfs), CALL(fstatfs), CALL(faccessat), CALL(faccessat2), CALL(getcwd),
    CALL(chdir), CALL(fchdir), CALL(mkdirat), CALL(unlinkat), CALL(linkat), CALL(symlinkat), CALL(readlinkat),
    CALL(fchmod), CALL(fchmodat), CALL(fchown), CALL(utimensat), CALL(renameat2), CALL(execve), CALL(clone),
    CALL(clone3), CALL(wait4), CALL(waitid), CALL(kill), CALL(pipe2), CALL(dup), CALL(dup3), CALL(eventfd2),
    CALL(ppoll), CALL(socket), CALL(connect), CALL(socketpair), CALL(getrandom), CALL(sysinfo), CALL(setpgid),
    CALL(sched_getaffinity), CALL(setpriority), CALL(pidfd_open), CALL(close_range), CALL(memfd_create),
    CALL(inotify_init1), CALL(inotify_add_watch),
#ifdef SYS_open
    CALL(open), CALL(stat), CALL(lstat), CALL(access), CALL(mkdir), CALL(rmdir), CALL(unlink), CALL(link),
    CALL(symlink), CALL(readlink), CALL(chmod), CALL(fstat), CALL(rename), CALL(pipe), CALL(dup2), CALL(poll),
    CALL(fork), CALL(vfork), CALL(getdents),
#endif
#ifdef SYS_newfstatat
    CALL(newfstatat),
#endif
#ifdef SYS_mmap
    CALL(mmap),
#endif
#ifdef SYS_renameat
    CALL(renameat),
#endif
#undef CALL
};

/* The number of the call that is named by LENGTH bytes, or -1. */
static int call_number(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(known_calls) / sizeof(*known_calls); i++)
        if (strlen(known_calls[i].name) == length && memcmp(known_calls[i].name, name, length) == 0)
            return known_calls[i].number;
    return -1;
}

/* Sends what listens with TEXT. */
static void hand_over(int socket, int listener, const char *text)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec bytes = { .iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text) };
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &listener, sizeof(int));
    if (sendmsg(socket, &message, 0) < 0)
        _exit(99);
}

/* ALL: "", or a list of names. Every name that is known is handed over, so that nobody asks for others. */
static void watch_calls(const char *all, int socket)
{
    struct sock_filter filter[2 * CALLS_MAX + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    struct sock_fprog program = { .filter = filter, .len = 1 };
    char text[4096] = "";
    int listener;

    for (size_t i = 0; i < sizeof(known_calls) / sizeof(*known_calls); i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s=%d ", known_calls[i].name,
                 known_calls[i].number);
    for (size_t length; *all && program.len < 2 * CALLS_MAX; all += length + (all[length] == ',')) {
        length = strcspn(all, ",");
        int number = call_number(all, length);
        if (number < 0)
            continue;
        filter[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0)
        _exit(77);
    hand_over(socket, listener, text);
    close(listener);
    close(socket);
}

/* ---- allocations */

static struct {
    pthread_mutex_t lock;
    bool on;
    int places;      /* the file; -1: none */
    bool told;       /* of crashes, because one is to fail */
    uint64_t failing; /* 0: none, or no more */
    uint64_t seen[PLACES];
} allocation = { .lock = PTHREAD_MUTEX_INITIALIZER, .places = -1 };

static _Thread_local bool inside __attribute__((tls_model("initial-exec")));

/* Where an object of the program is loaded is another address in each run. */
static uint64_t place_of(void *const *calls, int count)
{
    uint64_t hash = 14695981039346656037U;

    for (int i = 0; i < count; i++) {
        Dl_info info = { 0 };
        uint64_t offset = (uintptr_t)calls[i];

        if (dladdr(calls[i], &info) && info.dli_fbase)
            offset -= (uintptr_t)info.dli_fbase;
        hash = (hash ^ offset) * 1099511628211U;
    }
    return hash ? hash : 1;
}

/* GLib ends the program when there is no memory, save where it is asked to try. */
static bool is_glib(void *caller)
{
    Dl_info info = { 0 };

    return dladdr(caller, &info) && info.dli_fname && strstr(info.dli_fname, "libglib-2.0") &&
           !(info.dli_sname && strncmp(info.dli_sname, "g_try_", 6) == 0);
}

/* Writes FIRST and the names of calls to FILE, on one line. */
static void tell(int file, const char *first, void *const *calls, int count)
{
    char line[8192];
    size_t length = (size_t)snprintf(line, 100, "%s", first);

    for (int i = 0; i < count && length < sizeof(line) - 200; i++) {
        Dl_info info = { 0 };
        const char *name = dladdr(calls[i], &info) && info.dli_fname ? info.dli_fname : "?";
        const char *slash = strrchr(name, '/');

        length += (size_t)snprintf(line + length, 180, " %.60s:%.60s+0x%llx", slash ? slash + 1 : name,
                                   info.dli_sname ? info.dli_sname : "",
                                   (unsigned long long)((uintptr_t)calls[i] - (uintptr_t)info.dli_fbase));
    }
    line[length++] = '\n';
    if (write(file, line, length) < 0)
        _exit(99);
}

static void tell_place(uint64_t place, void *const *calls, int count)
{
    char first[40];

    snprintf(first, sizeof(first), "%016llx %s", (unsigned long long)place, is_glib(calls[0]) ? "glib" : "-");
    tell(allocation.places, first, calls, count);
}

/* Is this the one? */
static bool fails(void)
{
    void *calls[SHOWN + 2];
    bool chosen = false;

    if (!__atomic_load_n(&allocation.on, __ATOMIC_ACQUIRE) || inside)
        return false;
    inside = true;
    int count = backtrace(calls, (allocation.places >= 0 ? SHOWN : DEPTH) + 2) - 2;
    if (count > 0) {
        uint64_t place = place_of(calls + 2, count < DEPTH ? count : DEPTH);
        pthread_mutex_lock(&allocation.lock);
        if (allocation.places >= 0) {
            uint64_t *slot = &allocation.seen[place % PLACES];
            if (*slot != place)
                tell_place(place, calls + 2, count);
            *slot = place;
        } else if (place == allocation.failing) {
            allocation.failing = 0;
            chosen = true;
        }
        pthread_mutex_unlock(&allocation.lock);
    }
    inside = false;
    if (chosen)
        errno = ENOMEM;
    return chosen;
}

__attribute__((noinline)) void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

__attribute__((noinline)) void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

__attribute__((noinline)) void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

/* The program's own handler of each signal that is told of; it is not replaced by ours, but called behind it. */
static struct sigaction handlers[NSIG];

int __sigaction(int number, const struct sigaction *action, struct sigaction *old);

static bool is_crash(int number)
{
    return number == SIGSEGV || number == SIGABRT;
}

int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    if (!allocation.told || !is_crash(number))
        return __sigaction(number, action, old);
    if (old)
        *old = handlers[number];
    if (action)
        handlers[number] = *action;
    return 0;
}

static void on_crash(int number)
{
    void *calls[SHOWN];

    inside = true;
    tell(STDERR_FILENO, "crash", calls, backtrace(calls, SHOWN));
    signal(number, SIG_DFL);
    if (handlers[number].sa_handler != SIG_DFL && handlers[number].sa_handler != SIG_IGN)
        handlers[number].sa_handler(number);
    raise(number);
}

__attribute__((constructor)) static void begin(void)
{
    const char *calls = getenv("FAILING_CALLS"), *socket = getenv("FAILING_SOCKET");
    const char *places = getenv("FAILING_PLACES"), *failing = getenv("FAILING_PLACE");
    void *warm[DEPTH];

    unsetenv("LD_PRELOAD");
    if (places)
        allocation.places = open(places, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (failing)
        allocation.failing = strtoull(failing, NULL, 16);
    if (places || failing) {
        /* The first time it loads a library. */
        backtrace(warm, DEPTH);
        allocation.told = failing != NULL;
        if (failing) {
            const struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_NODEFER };
            __sigaction(SIGSEGV, &action, NULL);
            __sigaction(SIGABRT, &action, NULL);
        }
        __atomic_store_n(&allocation.on, true, __ATOMIC_RELEASE);
    }
    if (calls && socket)
        watch_calls(calls, atoi(socket));
}
