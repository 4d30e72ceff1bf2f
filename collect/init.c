/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/init.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEPERS_PATIENCE_SECONDS 30 /* orphans that nobody ended do not hold the container up for longer */

/* Reaps those that have ended, and notes how the child did. Returns whether any process is left. */
static bool reap(pid_t child, int *child_status, bool *child_ended)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == child) {
            *child_status = status;
            *child_ended = true;
        }
    return pid == 0 || errno != ECHILD;
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static _Noreturn void be_init(pid_t child, const sigset_t *all)
{
    const struct timespec patience = {.tv_sec = KEEPERS_PATIENCE_SECONDS};
    int status = 0, signal;
    bool ended = false;

    for (;;) {
        signal = ended ? sigtimedwait(all, NULL, &patience) : sigwaitinfo(all, NULL);
        if (!reap(child, &status, &ended) || (ended && signal < 0 && errno == EAGAIN))
            _exit(exit_status(status));
        if (signal > 0 && signal != SIGCHLD && !ended)
            kill(child, signal);
    }
}

void init_stay_behind(void)
{
    sigset_t all, before;
    pid_t child;

    if (getpid() != 1)
        return;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    child = fork();
    if (child > 0)
        be_init(child, &all);
    sigprocmask(SIG_SETMASK, &before, NULL);
}
