/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds raised, and a keeper that outlives collect to put them back: even after SIGKILL. */
#include "collect/raise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define VALUE_SIZE 32

/* Values that 64-bit kernels accept; see Documentation/admin-guide/sysctl/{kernel,vm}.rst. */
static const struct {
    const char *path, *value;
} bounds[] = {
    {"/proc/sys/kernel/threads-max", "4194304"},
    {"/proc/sys/kernel/pid_max", "4194304"}, /* PID_MAX_LIMIT */
    {"/proc/sys/vm/max_map_count", "16777216"},
};

#define BOUNDS (sizeof bounds / sizeof *bounds)

static int read_value(const char *path, char value[VALUE_SIZE])
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, value, VALUE_SIZE - 1);

    if (descriptor >= 0)
        close(descriptor);
    if (length < 0)
        return -1;
    value[length] = '\0';
    return 0;
}

static int write_value(const char *path, const char *value)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : write(descriptor, value, strlen(value));

    if (descriptor >= 0)
        close(descriptor);
    return length < 0 ? -1 : 0;
}

static void put_back(char values[BOUNDS][VALUE_SIZE])
{
    for (size_t i = 0; i < BOUNDS; i++)
        write_value(bounds[i].path, values[i]);
}

/* Lives until the other end of `hold` is closed; no signal to collect's group ends it earlier. */
static void keep(int hold, char values[BOUNDS][VALUE_SIZE])
{
    sigset_t all;
    char byte;

    setsid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    while (read(hold, &byte, 1) < 0 && errno == EINTR)
        continue;
    put_back(values);
    _exit(0);
}

/* Forks twice, so that the keeper belongs to init and not to collect. */
static int start_keeper(struct raise *raise, char values[BOUNDS][VALUE_SIZE])
{
    int hold[2], done[2];
    pid_t pid;

    if (pipe2(hold, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        close(hold[1]);
        close(done[0]);
        if (fork() == 0)
            keep(hold[0], values);
        _exit(0);
    }
    close(hold[0]);
    close(done[1]);
    raise->hold = hold[1];
    raise->put_back = done[0];
    return pid < 0 || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

int raise_limits(struct raise *raise, struct error *error)
{
    char values[BOUNDS][VALUE_SIZE];

    for (size_t i = 0; i < BOUNDS; i++)
        if (read_value(bounds[i].path, values[i]) != 0)
            return error_set(error, "--raise-limits: %s: %s", bounds[i].path, strerror(errno));
    if (start_keeper(raise, values) != 0)
        return error_set(error, "--raise-limits: fork: %s", strerror(errno));
    for (size_t i = 0; i < BOUNDS; i++)
        if (write_value(bounds[i].path, bounds[i].value) != 0) {
            error_set(error, "--raise-limits: %s: %s (run collect as root)", bounds[i].path, strerror(errno));
            raise_end(raise);
            return -1;
        }
    return 0;
}

void raise_end(struct raise *raise)
{
    char byte;

    close(raise->hold);
    while (read(raise->put_back, &byte, 1) < 0 && errno == EINTR)
        continue;
    close(raise->put_back);
}
