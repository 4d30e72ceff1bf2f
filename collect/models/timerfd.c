/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of the kernel behind a file descriptor of its own, watched by epoll. RLIMIT_NOFILE bounds the tasks. */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NANOSECONDS 1000000000
#define BATCH 256

static int poll_descriptor;
static size_t asleep;
static int *probes; /* their descriptors, by place */

static bool open_poll(void)
{
    poll_descriptor = epoll_create1(EPOLL_CLOEXEC);
    return poll_descriptor >= 0 || task_model_refuse("epoll_create1", errno);
}

static bool start(void *record)
{
    int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct itimerspec pause = {.it_value = {.tv_sec = (time_t)(task_model_nanoseconds() / NANOSECONDS),
                                            .tv_nsec = (long)(task_model_nanoseconds() % NANOSECONDS)}};
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = descriptor};

    (void)record;
    if (descriptor < 0)
        return task_model_refuse("timerfd_create", errno);
    if (timerfd_settime(descriptor, 0, &pause, NULL) != 0)
        return task_model_refuse("timerfd_settime", errno);
    if (epoll_ctl(poll_descriptor, EPOLL_CTL_ADD, descriptor, &interest) != 0)
        return task_model_refuse("epoll_ctl", errno);
    asleep++;
    task_model_task_started();
    return true;
}

static void wake(int descriptor)
{
    uint64_t expirations;

    if (read(descriptor, &expirations, sizeof expirations) != sizeof expirations)
        return; /* not yet: epoll will say so again */
    close(descriptor);
    asleep--;
    task_model_task_finished();
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static bool await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);
    struct itimerspec moment = {
        .it_value = {.tv_sec = (time_t)(due / NANOSECONDS), .tv_nsec = (long)(due % NANOSECONDS)}};

    if (!due) {
        close(probes[actor->place]);
        asleep--;
        return true;
    }
    return timerfd_settime(probes[actor->place], TFD_TIMER_ABSTIME, &moment, NULL) == 0 ||
           task_model_refuse("timerfd_settime", errno);
}

/* epoll tells of a probe by a number below that of any descriptor. */
static int key_of(const struct actor *actor)
{
    return -1 - (int)actor->place;
}

static struct actor *actor_of(int key)
{
    return actor_at((uint32_t)(-1 - key));
}

static bool start_actor(struct actor *actor)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = key_of(actor)};

    if (!probes)
        probes = calloc(actor_count(), sizeof *probes);
    if (!probes)
        return task_model_refuse("calloc", errno);
    probes[actor->place] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (probes[actor->place] < 0)
        return task_model_refuse("timerfd_create", errno);
    if (epoll_ctl(poll_descriptor, EPOLL_CTL_ADD, probes[actor->place], &interest) != 0)
        return task_model_refuse("epoll_ctl", errno);
    asleep++;
    actor_started();
    return await_beat(actor);
}

static void beat(struct actor *actor)
{
    uint64_t expirations;

    if (read(probes[actor->place], &expirations, sizeof expirations) != sizeof expirations)
        return; /* not yet: epoll will say so again */
    if (!await_beat(actor))
        task_model_give_up();
}

static const struct actor_model actors = {
    .beats = true,
    .start = start_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void handle(int key)
{
    if (key < 0)
        beat(actor_of(key));
    else
        wake(key);
}

static void run(void)
{
    struct epoll_event events[BATCH];

    while (asleep) {
        int count = epoll_wait(poll_descriptor, events, BATCH, -1);

        for (int i = 0; i < count; i++)
            handle(events[i].data.fd);
    }
}

const struct task_model task_model = {
    .family = "kernel",
    .summary = "timerfd watched by epoll",
    .open = open_poll,
    .start = start,
    .run = run,
    .actors = &actors,
};
