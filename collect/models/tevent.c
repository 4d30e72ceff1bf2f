/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of Samba's tevent, freed by the library after it has fired.

   pkg-config: tevent talloc
   package: libtevent-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<tevent.h>)
#include <errno.h>
#include <talloc.h>
#include <tevent.h>

static struct tevent_context *context;
static size_t asleep;

static bool open_context(void)
{
    context = tevent_context_init(NULL);
    return context || task_model_refuse("tevent_context_init", errno ? errno : ENOMEM);
}

static struct timeval in_microseconds(uint64_t microseconds)
{
    return tevent_timeval_current_ofs((uint32_t)(microseconds / 1000000), (uint32_t)(microseconds % 1000000));
}

static void wake(struct tevent_context *unused, struct tevent_timer *timer, struct timeval now, void *data)
{
    (void)unused;
    (void)timer;
    (void)now;
    (void)data;
    task_model_task_finished();
    asleep--;
}

static bool start(void *record)
{
    struct timeval wake_time = in_microseconds((task_model_nanoseconds() + 999) / 1000 + 1);

    (void)record;
    if (!tevent_add_timer(context, context, wake_time, wake, NULL))
        return task_model_refuse("tevent_add_timer", ENOMEM);
    asleep++;
    task_model_task_started();
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static void beat(struct tevent_context *unused, struct tevent_timer *timer, struct timeval now, void *data);

static bool await_beat(struct actor *actor)
{
    uint64_t due = actor_beat(actor);

    if (!due) {
        asleep--;
        return true;
    }
    return tevent_add_timer(context, context, in_microseconds(actor_remaining(due, 1000)), beat, actor) ||
           task_model_refuse("tevent_add_timer", ENOMEM);
}

static void beat(struct tevent_context *unused, struct tevent_timer *timer, struct timeval now, void *data)
{
    (void)unused;
    (void)timer;
    (void)now;
    if (!await_beat(data))
        task_model_give_up();
}

static bool start_actor(struct actor *actor)
{
    asleep++;
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        return await_beat(actor);
    actor->handle = tevent_create_immediate(context);
    return actor->handle || task_model_refuse("tevent_create_immediate", ENOMEM);
}

static void receive(struct tevent_context *unused, struct tevent_immediate *token, void *data)
{
    (void)unused;
    (void)token;
    if (!actor_pass(data))
        asleep--;
}

static void post(struct actor *actor)
{
    tevent_schedule_immediate(actor->handle, context, receive, actor);
}

static void join_actor(struct actor *actor)
{
    TALLOC_FREE(actor->handle);
}

static const struct actor_model actors = {
    .hand_off = "tevent_schedule_immediate",
    .beats = true,
    .start = start_actor,
    .post = post,
    .join = join_actor,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void run(void)
{
    while (asleep)
        tevent_loop_once(context);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "timer of tevent",
#if __has_include(<tevent.h>)
    .version = "tevent " LIBRARY_VERSION,
    .open = open_context,
    .start = start,
    .run = run,
    .actors = &actors,
#else
    .unavailable = "built without tevent (install libtevent-dev, build again)",
#endif
};
