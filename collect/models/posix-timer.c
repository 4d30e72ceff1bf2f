/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX timer of the kernel that sends a queued signal when it is over. RLIMIT_SIGPENDING bounds the tasks. */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define NANOSECONDS 1000000000

#define BEAT_SIGNAL (SIGRTMIN + 1)

static sigset_t wake_signal;
static size_t asleep;

static bool open_signal(void)
{
    sigemptyset(&wake_signal);
    sigaddset(&wake_signal, SIGRTMIN);
    if (actor_work() == ACTOR_BEAT)
        sigaddset(&wake_signal, BEAT_SIGNAL);
    return sigprocmask(SIG_BLOCK, &wake_signal, NULL) == 0 || task_model_refuse("sigprocmask", errno);
}

static bool start(void *record)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_ptr = record};
    struct itimerspec pause = {.it_value = {.tv_sec = (time_t)(task_model_nanoseconds() / NANOSECONDS),
                                            .tv_nsec = (long)(task_model_nanoseconds() % NANOSECONDS)}};
    timer_t *timer = record;

    if (timer_create(CLOCK_MONOTONIC, &event, timer) != 0)
        return task_model_refuse("timer_create", errno);
    if (timer_settime(*timer, 0, &pause, NULL) != 0)
        return task_model_refuse("timer_settime", errno);
    asleep++;
    task_model_task_started();
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static bool await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);
    struct itimerspec moment = {
        .it_value = {.tv_sec = (time_t)(due / NANOSECONDS), .tv_nsec = (long)(due % NANOSECONDS)}};

    if (!due) {
        asleep--;
        return true;
    }
    return timer_settime(*(timer_t *)actor->handle, TIMER_ABSTIME, &moment, NULL) == 0 ||
           task_model_refuse("timer_settime", errno);
}

static bool start_actor(struct actor *actor)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = BEAT_SIGNAL, .sigev_value.sival_ptr = actor};

    actor->handle = malloc(sizeof(timer_t));
    if (!actor->handle)
        return task_model_refuse("malloc", errno);
    if (timer_create(CLOCK_MONOTONIC, &event, actor->handle) != 0)
        return task_model_refuse("timer_create", errno);
    asleep++;
    actor_started();
    return await_beat(actor);
}

static void join_actor(struct actor *actor)
{
    timer_delete(*(timer_t *)actor->handle);
    free(actor->handle);
}

static const struct actor_model actors = {
    .beats = true,
    .start = start_actor,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void wake(timer_t *timer)
{
    timer_delete(*timer);
    asleep--;
    task_model_task_finished();
}

static void run(void)
{
    siginfo_t information;

    while (asleep) {
        if (sigwaitinfo(&wake_signal, &information) < 0)
            continue;
        if (information.si_signo == SIGRTMIN)
            wake(information.si_value.sival_ptr);
        else if (!await_beat(information.si_value.sival_ptr))
            task_model_give_up();
    }
}

const struct task_model task_model = {
    .family = "kernel",
    .summary = "POSIX timer by timer_create",
    .record_size = sizeof(timer_t),
    .open = open_signal,
    .start = start,
    .run = run,
    .actors = &actors,
};
