/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of the kernel behind a file descriptor of its own, watched by epoll. RLIMIT_NOFILE bounds the tasks. */
#include "collect/models/task_model.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NANOSECONDS 1000000000
#define BATCH 256

static int poll_descriptor;
static size_t asleep;

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

static void run(void)
{
    struct epoll_event events[BATCH];

    while (asleep) {
        int count = epoll_wait(poll_descriptor, events, BATCH, -1);

        for (int i = 0; i < count; i++)
            wake(events[i].data.fd);
    }
}

const struct task_model task_model = {
    .family = "kernel",
    .summary = "timerfd watched by epoll",
    .open = open_poll,
    .start = start,
    .run = run,
};
