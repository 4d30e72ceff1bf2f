/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child process. It shares with its parent every page that neither has written to. */
#include "collect/models/task_model.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool start(void *record)
{
    pid_t *child = record;

    *child = fork();
    if (*child == 0) {
        /* Tasks die with the parent. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        task_model_live();
        _exit(0);
    }
    return *child > 0 || task_model_refuse("fork", errno);
}

static void join(void *record)
{
    waitpid(*(pid_t *)record, NULL, 0);
}

const struct task_model task_model = {
    .family = "process",
    .summary = "forked process",
    .record_size = sizeof(pid_t),
    .has_stack = true,
    .start = start,
    .join = join,
};
