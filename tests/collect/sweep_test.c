/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole sweeps of tiny models: callbacks, recordings, and resuming. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/choice.h"
#include "collect/sidecar.h"
#include "collect/sweep.h"
#include "tests/collect/directory_of_models.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define HONEST "echo idle; read _; echo ready $1; sleep $2; echo done $1; read _"
#define REFUSING "echo idle; read _; echo failed 0 no more of them; read _"

static struct directory_of_models directory;
static struct model_list list;
static char recording[96];

static int make_models(void **state)
{
    struct error error;

    (void)state;
    if (directory_of_models_make(&directory) != 0 || directory_of_models_add(&directory, "honest", "", HONEST) != 0 ||
        directory_of_models_add(&directory, "refusing", "", REFUSING) != 0)
        return -1;
    snprintf(recording, sizeof recording, "%s/x.csv", directory.path);
    if (model_list_read(&list, directory.models, &error) != 0)
        return -1;
    model_list_describe(&list);
    return 0;
}

static int remove_models(void **state)
{
    (void)state;
    model_list_free(&list);
    return directory_of_models_remove(&directory);
}

static int remove_recording(void **state)
{
    char *sidecar = sidecar_path(recording);

    (void)state;
    unlink(recording);
    unlink(sidecar);
    free(sidecar);
    return 0;
}

/* What the callbacks reported. */
struct heard {
    size_t warm_ups, begun, ended, failed;
    size_t first, planned; /* runs done when the first run began, and in all */
    size_t stop_at;        /* sends a signal when so many are done; 0: none */
    char reason[512];      /* of the last that was not ok */
};

static void hear(void *context, const struct sweep_progress *progress)
{
    struct heard *heard = context;

    heard->planned = progress->planned;
    heard->warm_ups += progress->step == SWEEP_WARMS_UP;
    if (progress->step == SWEEP_MEASURES) {
        heard->first = heard->begun == 0 ? progress->done : heard->first;
        assert_int_equal(progress->done, heard->first + heard->begun++);
        if (heard->stop_at > 0 && progress->done == heard->stop_at)
            kill(getpid(), SIGTERM);
    }
    if (progress->step == SWEEP_MEASURED) {
        heard->ended++;
        heard->failed += progress->measurement->status != SAMPLE_OK;
        snprintf(heard->reason, sizeof heard->reason, "%s", progress->measurement->reason);
    }
}

static struct setup setup_of(const char *model)
{
    return (struct setup){
        .model = {model},
        .models = 1,
        .works = 1,
        .tasks = {1, 2},
        .task_counts = 2,
        .runs = 2,
        .seed = 1,
        .shard = 1,
        .shards = 1,
        .sleep_seconds = 0.05,
        .timeout_seconds = 120,
        .launch = {.huge_pages = true}, /* qemu-user cannot switch them off */
    };
}

/* Makes the sweep; `old` is the sidecar if it is resumed. */
static int sweep(const struct setup *setup, json_object *old, struct heard *heard, struct sweep_outcome *outcome,
                 struct error *error)
{
    static char program[] = "sweep_test";
    char *command[] = {program, NULL};
    struct choice choice;
    struct plan plan;
    int result;

    assert_int_equal(choice_take_able(&choice, setup, &list, error), 0);
    assert_int_equal(choice_plan(&plan, &choice, setup, error), 0);
    result = sweep_make(&(struct sweep_order){.setup = setup,
                                              .choice = &choice,
                                              .plan = &plan,
                                              .recording = recording,
                                              .old = old,
                                              .version = "test",
                                              .command = command,
                                              .tell = hear,
                                              .context = heard},
                        outcome, error);
    plan_free(&plan);
    return result;
}

/* Resumes by the sidecar beside the recording. */
static int resume(struct heard *heard, struct sweep_outcome *outcome, struct error *error)
{
    char *path = sidecar_path(recording);
    json_object *old = sidecar_read(path, error);
    struct setup setup = {0};
    int result;

    assert_non_null(old);
    assert_int_equal(sidecar_setup(old, path, &setup, error), 0);
    result = sweep(&setup, old, heard, outcome, error);
    json_object_put(old);
    free(path);
    return result;
}

/* Lines of the recording that hold the text. */
static size_t count_lines(const char *text)
{
    FILE *stream = fopen(recording, "re");
    char line[1024];
    size_t count = 0;

    assert_non_null(stream);
    while (fgets(line, sizeof line, stream))
        count += strstr(line, text) != NULL;
    fclose(stream);
    return count;
}

static void each_run_is_told_of_and_recorded(void **state)
{
    const struct setup setup = setup_of("honest");
    struct heard heard = {0};
    struct sweep_outcome outcome;
    struct error error = {""};

    (void)state;
    assert_int_equal(sweep(&setup, NULL, &heard, &outcome, &error), 0);
    assert_int_equal(heard.warm_ups, 1);
    assert_int_equal(heard.begun, 4);
    assert_int_equal(heard.ended, 4);
    assert_int_equal(heard.failed, 0);
    assert_int_equal(heard.planned, 4);
    assert_int_equal(outcome.done, 4);
    assert_int_equal(outcome.planned, 4);
    assert_true(outcome.is_open && !outcome.nothing_left);
    assert_string_equal(outcome.recording, recording);
    assert_int_equal(count_lines(",end,"), 4);
}

static void a_run_that_fails_is_told_of_and_recorded(void **state)
{
    const struct setup setup = setup_of("refusing");
    struct heard heard = {0};
    struct sweep_outcome outcome;
    struct error error = {""};

    (void)state;
    assert_int_equal(sweep(&setup, NULL, &heard, &outcome, &error), 0);
    assert_int_equal(heard.failed, 4);
    assert_string_equal(heard.reason, "no more of them");
    assert_int_equal(count_lines(",failed,no more of them"), 4);
}

static void a_signal_stops_it_and_it_is_resumed(void **state)
{
    const struct setup setup = setup_of("honest");
    struct heard heard = {.stop_at = 1}, later = {0}, at_last = {0};
    struct sweep_outcome outcome;
    struct error error = {""};
    sigset_t termination;
    int signal;

    (void)state;
    assert_int_equal(sweep(&setup, NULL, &heard, &outcome, &error), 0);
    assert_int_equal(outcome.done, 1);
    assert_int_equal(count_lines(",end,"), 1);
    sigemptyset(&termination);
    sigaddset(&termination, SIGTERM);
    assert_int_equal(sigwait(&termination, &signal), 0); /* it is still pending and would stop the next sweep as well */

    assert_int_equal(resume(&later, &outcome, &error), 0);
    assert_int_equal(later.first, 1);
    assert_int_equal(later.ended, 3);
    assert_int_equal(outcome.done, 4);
    assert_int_equal(count_lines(",end,"), 4);

    assert_int_equal(resume(&at_last, &outcome, &error), 0);
    assert_true(outcome.nothing_left);
    assert_int_equal(at_last.warm_ups + at_last.begun, 0);
    assert_int_equal(outcome.done, 4);
}

static void what_is_there_is_not_overwritten(void **state)
{
    const struct setup setup = setup_of("honest");
    struct heard heard = {0};
    struct sweep_outcome outcome;
    struct error error = {""};
    FILE *stream = fopen(recording, "we");

    (void)state;
    assert_non_null(stream);
    fputs("mine\n", stream);
    fclose(stream);
    assert_int_equal(sweep(&setup, NULL, &heard, &outcome, &error), -1);
    assert_non_null(strstr(error.text, "x.csv: exists already"));
    assert_false(outcome.is_open);
    assert_int_equal(heard.warm_ups + heard.begun, 0);
    assert_int_equal(count_lines("mine"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_run_is_told_of_and_recorded, remove_recording),
        cmocka_unit_test_teardown(a_run_that_fails_is_told_of_and_recorded, remove_recording),
        cmocka_unit_test_teardown(a_signal_stops_it_and_it_is_resumed, remove_recording),
        cmocka_unit_test_teardown(what_is_there_is_not_overwritten, remove_recording),
    };

    return cmocka_run_group_tests(tests, make_models, remove_models);
}
