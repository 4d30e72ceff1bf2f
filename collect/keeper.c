/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Waits until the other end is closed, by close() or by the death of its process. */
static void await_close(int descriptor)
{
    char byte;

    while (read(descriptor, &byte, 1) < 0 && errno == EINTR)
        continue;
}

/* The keeper gets no signal sent to collect's process group, and keeps none of collect's streams open: a pipe that
   collect writes to must end with collect. */
static _Noreturn void keep(int hold, keeper_duty *duty, const void *context)
{
    sigset_t all;

    setsid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    await_close(hold);
    duty(context);
    _exit(EXIT_SUCCESS);
}

/* Forks twice, so that the keeper belongs to init and not to collect; the first child exits with the error of the
   second fork. */
static pid_t fork_keeper(const int hold[2], const int done[2], keeper_duty *duty, const void *context)
{
    pid_t pid = fork(), keeper;

    if (pid != 0)
        return pid;
    close(hold[1]);
    close(done[0]);
    keeper = fork();
    if (keeper == 0)
        keep(hold[0], duty, context);
    _exit(keeper > 0 ? EXIT_SUCCESS : errno);
}

int keeper_start(struct keeper *keeper, keeper_duty *duty, const void *context, struct error *error)
{
    int hold[2], done[2], status = -1;
    pid_t pid;

    if (pipe2(hold, O_CLOEXEC) != 0)
        return error_set(error, "pipe: %s", strerror(errno));
    if (pipe2(done, O_CLOEXEC) != 0) {
        error_set(error, "pipe: %s", strerror(errno));
        close(hold[0]);
        close(hold[1]);
        return -1;
    }
    pid = fork_keeper(hold, done, duty, context);
    close(hold[0]);
    close(done[1]);
    *keeper = (struct keeper){.hold = hold[1], .done = done[0]};
    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
        return 0;
    error_set(error, "fork: %s", strerror(WIFEXITED(status) ? WEXITSTATUS(status) : errno));
    close(keeper->hold);
    close(keeper->done);
    return -1;
}

void keeper_end(struct keeper *keeper)
{
    close(keeper->hold);
    await_close(keeper->done);
    close(keeper->done);
}
