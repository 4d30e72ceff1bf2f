/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child process. It shares with its parent every page that neither has written to. */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
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

/* --- actors ------------------------------------------------------------------------------------------------------- */

/* Before any of them is forked, so that each can reach the others: a pipe for each. */
struct player {
    pid_t process;
    int token[2]; /* a pipe: a byte in it is the token */
};

static struct player *players; /* by place */

static bool open_pipes(void)
{
    players = calloc(actor_count(), sizeof *players);
    if (!players)
        return task_model_refuse("calloc", errno);
    for (uint32_t place = 0; actor_work() == ACTOR_PASS && place < actor_count(); place++)
        if (pipe(players[place].token) != 0)
            return task_model_refuse("pipe", errno);
    return true;
}

static bool start_actor(struct actor *actor)
{
    pid_t child;

    if (!players && !open_pipes())
        return false;
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        actor_live(actor);
        _exit(0);
    }
    players[actor->place].process = child;
    return child > 0 || task_model_refuse("fork", errno);
}

/* A pipe that holds one byte takes another one at once, and its ends stay open in every process of the ring. */
static void post(struct actor *actor)
{
    if (write(players[actor->place].token[1], "", 1) != 1)
        _exit(1);
}

static void await(struct actor *actor)
{
    char byte;

    if (read(players[actor->place].token[0], &byte, 1) != 1)
        _exit(1);
}

static void join_actor(struct actor *actor)
{
    waitpid(players[actor->place].process, NULL, 0);
}

static const struct actor_model actors = {
    .hand_off = "pipe",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
    .sleep_until = task_model_sleep_until,
    .await = await,
};

const struct task_model task_model = {
    .family = "process",
    .summary = "forked process",
    .record_size = sizeof(pid_t),
    .has_stack = true,
    .start = start,
    .join = join,
    .actors = &actors,
};
