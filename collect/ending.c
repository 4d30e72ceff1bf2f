/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/ending.h"

#include "collect/command.h"
#include "collect/limit.h"
#include "collect/unit.h"
#include "collect/watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define EARLY 0.9 /* of its COMMAND_SECONDS: a command that ends before cannot have slept so long */
/* For processes of a command that are about to end when its first one has. */
#define LINGER_TRIES 10
#define LINGER_NANOSECONDS 10000000

#define PERHAPS_MET "; perhaps limit met: "

/* --- the limit of a run ------------------------------------------------------------------------------------------- */

/* The run's own processes are weighed only where the machine has lost as much as the limit since the launch, whoever
   took it; what their samples showed counts in any case. */
static bool holds_over_limit(const struct watch *watch)
{
    const struct sampler *sampler = &watch->result->sampler;
    int64_t limit = watch->request->memory_limit;
    int64_t lost = watch->available_before - machine_memory_read(watch->request->site->proc).available_bytes;

    return sampler->held_bytes > limit || (lost > limit && sampler_exceeds(sampler, limit));
}

/* The kernel enforces a group's limit. If it kills a forked task, the model itself goes on and would never be ready. */
bool ending_is_over_limit(const struct watch *watch)
{
    const struct cgroup *group = watch->result->sampler.group;

    return cgroup_exists(group) ? cgroup_has_killed(group) : holds_over_limit(watch);
}

static void finish_over_own_limit(struct watch *watch)
{
    const char *group = watch->request->limiting_group;
    char limit[UNIT_TEXT_SIZE];

    unit_format(limit, UNIT_BYTES, (double)watch->request->memory_limit);
    if (*group)
        watch_finish(watch, SAMPLE_KILLED,
                     "took more than %s, the limit of a run: most of what the memory limit of the cgroup %s leaves",
                     limit, group);
    else
        watch_finish(watch, SAMPLE_KILLED, "took more than %s, the limit of a run (--memory-limit)", limit);
}

/* The kernel tells of each group whether its own limit was met. */
void ending_over_limit(struct watch *watch)
{
    const struct cgroup *group = watch->result->sampler.group;
    struct headroom met;
    char limit[UNIT_TEXT_SIZE];

    if (!cgroup_exists(group) || cgroup_failed_charges(group) > 0)
        finish_over_own_limit(watch);
    else if (headroom_find_met(&watch->request->site->groups.memory, &watch->met_before, &met))
        watch_finish(watch, SAMPLE_KILLED, "was killed at the memory limit of the cgroup %s, %s", met.group,
                     unit_format(limit, UNIT_BYTES, (double)met.bytes));
    else
        watch_finish(watch, SAMPLE_KILLED, "was killed when the machine had no memory left");
}

/* --- a model that gave up, ended or took too long ----------------------------------------------------------------- */

void ending_failed(struct watch *watch, const struct event *event)
{
    const struct limit_scope scope = {watch->request->site->proc, watch->launch.pid, &watch->groups,
                                      &watch->request->site->groups};
    const char *how = "; limit met: ";
    char limits[192];

    watch->alive = event->count;
    if (ending_is_over_limit(watch))
        ending_over_limit(watch);
    limit_describe(&scope, limits, sizeof limits);
    if (!*limits) {
        limit_suspect(scope.proc, event->reason, watch->request->run.tasks, limits, sizeof limits);
        how = *limits ? PERHAPS_MET : "";
    }
    watch_finish(watch, SAMPLE_FAILED, "%.150s%s%s", *event->reason ? event->reason : "the model gave no reason", how,
                 limits);
}

void ending_of_program(struct watch *watch, int wait_status)
{
    const char *words = watch->complaint.line, *colon = *words ? ": " : "";
    char suspect[64];

    limit_suspect(watch->request->site->proc, words, watch->request->run.tasks, suspect, sizeof suspect);
    if (cgroup_has_killed(watch->result->sampler.group))
        ending_over_limit(watch);
    else if (WIFSIGNALED(wait_status))
        watch_finish(watch, SAMPLE_KILLED, "died of signal %d (%s)%s%.150s%s%s", WTERMSIG(wait_status),
                     strsignal(WTERMSIG(wait_status)), colon, words, *suspect ? PERHAPS_MET : "", suspect);
    else
        watch_finish(watch, SAMPLE_FAILED, "exited with status %d%s%s%.150s%s%s", WEXITSTATUS(wait_status),
                     watch->stage == WATCH_EXITING ? " after it was done" : " before it was done", colon, words,
                     *suspect ? PERHAPS_MET : "", suspect);
}

void ending_by_timeout(struct watch *watch)
{
    static const char *const doing[] = {"starting", "idle", "spawning", "sleeping or ending tasks", "exiting", "over"};
    double seconds = watch->request->setup->timeout_seconds;

    watch->result->is_mute = watch->stage == WATCH_STARTING;
    if (watch->result->is_mute)
        watch_finish(watch, SAMPLE_TIMEOUT, MEASURE_MUTE, seconds);
    else
        watch_finish(watch, SAMPLE_TIMEOUT, "took longer than %g s, and was still %s", seconds, doing[watch->stage]);
}

/* --- a command ---------------------------------------------------------------------------------------------------- */

/* How many processes of the command are left when its first one has ended. */
static int count_left(const struct watch *watch)
{
    const struct timespec moment = {.tv_nsec = LINGER_NANOSECONDS};
    int left = sampler_living(&watch->result->sampler);

    for (int i = 0; i < LINGER_TRIES && left > 0; i++) {
        nanosleep(&moment, NULL);
        left = sampler_living(&watch->result->sampler);
    }
    return left;
}

void ending_of_command(struct watch *watch)
{
    double seconds = (double)(watch_now_us() - watch->go_at) * 1e-6, sleep = watch->request->sleep_seconds;
    bool is_early = strstr(watch->request->run.model->command, COMMAND_SECONDS) && seconds < EARLY * sleep;
    int left = count_left(watch);
    char early[80] = "", behind[80] = "";

    if (is_early)
        snprintf(early, sizeof early, "ended after %.3g s, before a task can have slept %.3g s", seconds, sleep);
    if (left > 0)
        snprintf(behind, sizeof behind, "left %d %s behind when its first one ended", left,
                 left == 1 ? "process" : "processes");
    watch_finish(watch, SAMPLE_OK, "%s%s%s", early, is_early && left > 0 ? "; " : "", behind);
}
