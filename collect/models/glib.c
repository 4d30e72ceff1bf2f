/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeout source of GLib's main loop.

   pkg-config: glib-2.0
   package: libglib2.0-dev */
#include "collect/models/task_model.h"

#if __has_include(<glib.h>)
#include <glib.h>

static GMainLoop *loop;
static size_t asleep;

static bool open_loop(void)
{
    loop = g_main_loop_new(NULL, FALSE);
    return true;
}

static gboolean wake(gpointer unused)
{
    (void)unused;
    task_model_task_finished();
    if (--asleep == 0)
        g_main_loop_quit(loop);
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

static void run(void)
{
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
#else
    .unavailable = "built without GLib (install libglib2.0-dev, build again)",
#endif
};
