/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stackless task written by hand: a function that is called again and goes on where it left off. Sleepers wait in a
   binary heap of deadlines. */
#include "collect/models/deadline_heap.h"
#include "collect/models/task_model.h"

#include <errno.h>

struct task {
    void (*resume)(struct task *); /* the continuation */
    int place;                     /* the task's position in it */
};

static struct deadline_heap sleepers;

static void sleep_then_resume(struct task *task, int place)
{
    task->place = place;
    deadline_heap_add(&sleepers, task_model_now() + task_model_nanoseconds(), task);
}

static void live(struct task *task)
{
    switch (task->place) {
    case 0:
        task_model_task_started();
        sleep_then_resume(task, 1);
        return;
    case 1:
        task_model_task_finished();
    }
}

static bool start(void *record)
{
    struct task *task = record;

    if (!deadline_heap_reserve(&sleepers))
        return task_model_refuse("realloc", errno);
    *task = (struct task){.resume = live};
    task->resume(task);
    return true;
}

static void run(void)
{
    struct task *task;

    while ((task = deadline_heap_await(&sleepers)))
        task->resume(task);
}

const struct task_model task_model = {
    .family = "async",
    .summary = "stackless task, binary heap of deadlines",
    .record_size = sizeof(struct task),
    .start = start,
    .run = run,
};
