/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeout request of io_uring, one a task.

   pkg-config: liburing
   package: liburing-dev */
#include "collect/models/task_model.h"

#if __has_include(<liburing.h>)
#include <errno.h>
#include <liburing.h>

#define NANOSECONDS 1000000000
#define RING_ENTRIES 4096
#define NO_EVENT_COUNT 0 /* only the time ends it */

static struct io_uring ring;
static size_t asleep;

static bool open_ring(void)
{
    int error = io_uring_queue_init(RING_ENTRIES, &ring, 0);

    return error == 0 || task_model_refuse("io_uring_queue_init", -error);
}

static bool start(void *record)
{
    struct __kernel_timespec *pause = record;
    struct io_uring_sqe *request = io_uring_get_sqe(&ring);
    int submitted;

    pause->tv_sec = (int64_t)(task_model_nanoseconds() / NANOSECONDS);
    pause->tv_nsec = (long long)(task_model_nanoseconds() % NANOSECONDS);
    io_uring_prep_timeout(request, pause, NO_EVENT_COUNT, 0);
    submitted = io_uring_submit(&ring);
    if (submitted != 1)
        return task_model_refuse("io_uring_submit", submitted < 0 ? -submitted : EAGAIN);
    asleep++;
    task_model_task_started();
    return true;
}

static void run(void)
{
    struct io_uring_cqe *completion;

    while (asleep) {
        if (io_uring_wait_cqe(&ring, &completion) != 0)
            continue;
        io_uring_cqe_seen(&ring, completion);
        asleep--;
        task_model_task_finished();
    }
}
#endif

const struct task_model task_model = {
    .family = "kernel",
    .summary = "timeout request of io_uring",
#if __has_include(<liburing.h>)
    .version = "liburing " LIBRARY_VERSION,
    .record_size = sizeof(struct __kernel_timespec),
    .open = open_ring,
    .start = start,
    .run = run,
#else
    .unavailable = "built without liburing (install liburing-dev, build again)",
#endif
};
