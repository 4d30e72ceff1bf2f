/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX timer of the kernel that sends a queued signal when it is over. RLIMIT_SIGPENDING bounds the tasks. */
#include "collect/models/task_model.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define NANOSECONDS 1000000000

static sigset_t wake_signal;
static size_t asleep;

static bool open_signal(void)
{
    sigemptyset(&wake_signal);
    sigaddset(&wake_signal, SIGRTMIN);
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

static void run(void)
{
    siginfo_t information;

    while (asleep) {
        if (sigwaitinfo(&wake_signal, &information) < 0)
            continue;
        timer_delete(*(timer_t *)information.si_value.sival_ptr);
        asleep--;
        task_model_task_finished();
    }
}

const struct task_model task_model = {
    .family = "kernel",
    .summary = "POSIX timer by timer_create",
    .record_size = sizeof(timer_t),
    .open = open_signal,
    .start = start,
    .run = run,
};
