/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeout request of io_uring, one a task.

   pkg-config: liburing
   package: liburing-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<liburing.h>)
#include <errno.h>
#include <liburing.h>

#define NANOSECONDS 1000000000
#define RING_ENTRIES 4096
#define NO_EVENT_COUNT 0 /* only the time ends it */
#define NO_LENGTH 0      /* a message may tell one beside its data */

static struct io_uring ring;
static size_t asleep;

/* Linux 5.18 brought them. */
static bool has_messages(void)
{
    struct io_uring_probe *probe = io_uring_get_probe_ring(&ring);
    bool is_there = probe && io_uring_opcode_supported(probe, IORING_OP_MSG_RING);

    io_uring_free_probe(probe);
    return is_there || task_model_refuse("IORING_OP_MSG_RING", EOPNOTSUPP);
}

static bool open_ring(void)
{
    int error = io_uring_queue_init(RING_ENTRIES, &ring, 0);

    if (error != 0)
        return task_model_refuse("io_uring_queue_init", -error);
    return actor_work() != ACTOR_PASS || has_messages();
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

/* --- actors ------------------------------------------------------------------------------------------------------- */

/* Requests of sleepers carry no data, those of actors the actor. */
static bool submit(struct io_uring_sqe *request, struct actor *actor)
{
    int submitted;

    io_uring_sqe_set_data(request, actor);
    submitted = io_uring_submit(&ring);
    return submitted == 1 || task_model_refuse("io_uring_submit", submitted < 0 ? -submitted : EAGAIN);
}

/* The kernel has read the moment when the request is submitted. */
static bool await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);
    struct __kernel_timespec moment = {.tv_sec = (int64_t)(due / NANOSECONDS),
                                       .tv_nsec = (long long)(due % NANOSECONDS)};
    struct io_uring_sqe *request;

    if (!due) {
        asleep--;
        return true;
    }
    request = io_uring_get_sqe(&ring);
    io_uring_prep_timeout(request, &moment, NO_EVENT_COUNT, IORING_TIMEOUT_ABS);
    return submit(request, actor);
}

/* The token is a message of the ring to itself: what arrives is a completion that carries the receiver. The sender has
   none of its own, unless it failed. */
static void post(struct actor *actor)
{
    struct io_uring_sqe *request = io_uring_get_sqe(&ring);

    io_uring_prep_msg_ring(request, ring.ring_fd, NO_LENGTH, (uintptr_t)actor, 0);
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
    if (!submit(request, actor))
        task_model_give_up();
}

static bool start_actor(struct actor *actor)
{
    asleep++;
    actor_started();
    return actor_work() != ACTOR_BEAT || await_beat(actor);
}

static void complete(struct actor *actor, int result)
{
    if (actor_work() == ACTOR_BEAT) {
        if (!await_beat(actor))
            task_model_give_up();
    } else if (result < 0) {
        task_model_refuse("IORING_OP_MSG_RING", -result);
        task_model_give_up();
    } else if (!actor_pass(actor))
        asleep--;
}

static const struct actor_model actors = {
    .hand_off = "IORING_OP_MSG_RING",
    .beats = true,
    .start = start_actor,
    .post = post,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void run(void)
{
    struct io_uring_cqe *completion;
    struct actor *actor;
    int result;

    while (asleep) {
        if (io_uring_wait_cqe(&ring, &completion) != 0)
            continue;
        actor = io_uring_cqe_get_data(completion);
        result = completion->res;
        io_uring_cqe_seen(&ring, completion);
        if (actor) {
            complete(actor, result);
            continue;
        }
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
    .actors = &actors,
#else
    .unavailable = "built without liburing (install liburing-dev, build again)",
#endif
};
