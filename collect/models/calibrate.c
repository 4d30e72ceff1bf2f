/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task, but a known cost for each, which must be found again: calibrate:BYTES (1 to 1048576) are that many bytes,
   which are touched; calibrate:spin=NS (1000 to 1000000000) are that many nanoseconds of processor time, which are
   burnt when the task is started. */
#include "collect/models/no_task.h"
#include "collect/models/task_model.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_BYTES 1024
#define MOST_BYTES 1048576

#define SPIN "spin="
#define LEAST_SPIN 1000 /* reading the clock of processor time takes some hundred nanoseconds itself */
#define MOST_SPIN 1000000000
#define NANOSECONDS 1000000000u

static uint64_t spin;    /* nanoseconds a task; 0: it has bytes */
static uint64_t spun_at; /* processor time at which the tasks so far have burnt theirs */

/* Decimal digits within these bounds; 0 if it is anything else. */
static unsigned long long parse(const char *text, unsigned long long least, unsigned long long most)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);

    return *text < '0' || *text > '9' || *end || number < least || number > most ? 0 : number;
}

static bool configure(const char *parameter)
{
    unsigned long long bytes;

    if (strncmp(parameter, SPIN, strlen(SPIN)) == 0) {
        spin = parse(parameter + strlen(SPIN), LEAST_SPIN, MOST_SPIN);
        return spin > 0;
    }
    bytes = parse(parameter, 1, MOST_BYTES);
    task_model_set_payload((size_t)bytes);
    return bytes > 0;
}

static uint64_t processor_time(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

static bool open_default(void)
{
    if (!spin && !task_model_payload())
        task_model_set_payload(DEFAULT_BYTES);
    return true;
}

/* Until that much processor time is gone, by the kernel's clock: a loop that was timed once takes longer or shorter
   where the processor's speed changes. From where the task before had to end, not from now: what a task takes beyond
   its share, for reading the clock and being counted, the next one takes less, and so all together take what they
   should. */
static void burn(void)
{
    if (!spun_at)
        spun_at = processor_time();
    spun_at += spin;
    while (processor_time() < spun_at)
        continue;
}

static bool start(void *record)
{
    if (spin)
        burn();
    return no_task_start(record);
}

const struct task_model task_model = {
    .family = "async",
    .summary =
        "no task, but 1024 bytes for each (calibrate:1 to calibrate:1048576), or processor time (calibrate:spin=NS)",
    .configure = configure,
    .open = open_default,
    .start = start,
    .run = no_task_run,
    .join = no_task_join,
};
