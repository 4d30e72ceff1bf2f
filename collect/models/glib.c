/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeout source of GLib's main loop.

   pkg-config: glib-2.0
   package: libglib2.0-dev */
#include "collect/models/actor.h"
#include "collect/models/task_model.h"

#if __has_include(<glib.h>)
#include <glib.h>

#define NANOSECONDS_A_MILLISECOND 1000000
#define AT_ONCE 0 /* ready times */
#define NEVER (-1)

static GMainLoop *loop;
static size_t asleep;

static bool open_loop(void)
{
    loop = g_main_loop_new(NULL, FALSE);
    return true;
}

static void end_task(void)
{
    if (--asleep == 0)
        g_main_loop_quit(loop);
}

static gboolean wake(gpointer unused)
{
    (void)unused;
    task_model_task_finished();
    end_task();
    return G_SOURCE_REMOVE;
}

static bool start(void *record)
{
    (void)record;
    g_timeout_add((guint)task_model_milliseconds(), wake, NULL);
    asleep++;
    task_model_task_started();
    return true;
}

/* --- actors ------------------------------------------------------------------------------------------------------- */

static gboolean beat(gpointer actor)
{
    uint64_t due = actor_beat(actor);

    if (due)
        g_timeout_add((guint)actor_remaining(due, NANOSECONDS_A_MILLISECOND), beat, actor);
    else
        end_task();
    return G_SOURCE_REMOVE;
}

static gboolean receive(gpointer actor)
{
    if (actor_pass(actor))
        return G_SOURCE_CONTINUE;
    end_task();
    return G_SOURCE_REMOVE;
}

static gboolean dispatch_token(GSource *source, GSourceFunc callback, gpointer actor)
{
    g_source_set_ready_time(source, NEVER);
    return callback(actor);
}

static void start_receiver(struct actor *actor)
{
    static GSourceFuncs functions = {.dispatch = dispatch_token};
    GSource *source = g_source_new(&functions, sizeof *source);

    actor->handle = source;
    g_source_set_callback(source, receive, actor, NULL);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

static bool start_actor(struct actor *actor)
{
    asleep++;
    actor_started();
    if (actor_work() == ACTOR_BEAT)
        beat(actor);
    else
        start_receiver(actor);
    return true;
}

static void post(struct actor *actor)
{
    g_source_set_ready_time(actor->handle, AT_ONCE);
}

static const struct actor_model actors = {
    .hand_off = "g_source_set_ready_time",
    .beats = true,
    .start = start_actor,
    .post = post,
};

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void run(void)
{
    /* The plan of probes may be over as they start, and quitting ends no loop that is yet to run. */
    if (asleep)
        g_main_loop_run(loop);
}
#endif

const struct task_model task_model = {
    .family = "callback",
    .summary = "timeout source of GLib",
#if __has_include(<glib.h>)
    .version = "GLib " LIBRARY_VERSION,
    .open = open_loop,
    .start = start,
    .run = run,
    .actors = &actors,
#else
    .unavailable = "built without GLib (install libglib2.0-dev, build again)",
#endif
};
