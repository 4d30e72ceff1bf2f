/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which models a sweep measures: all that can run, those that are named, variants with a payload, a command. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/choice.h"
#include "tests/collect/cells.h"
#include "tests/collect/directory_of_models.h"

#include <string.h>

static struct directory_of_models directory;

static int make_models(void **state)
{
    (void)state;
    if (directory_of_models_make(&directory) != 0 || directory_of_models_add(&directory, "able", "", "") != 0 ||
        directory_of_models_add(&directory, "carrier", "payload 4096\\nwork sleep beat\\n", "") != 0)
        return -1;
    return directory_of_models_add(&directory, "lacking", "unavailable its library is missing\\n", "");
}

static int remove_models(void **state)
{
    (void)state;
    return directory_of_models_remove(&directory);
}

static struct model_list models_of_directory(void)
{
    struct model_list list = {0};
    struct error error;

    assert_int_equal(model_list_read(&list, directory.models, &error), 0);
    model_list_describe(&list);
    assert_int_equal(list.count, 3);
    return list;
}

/* "a,b" */
static const char *names(const struct choice *choice, char text[256])
{
    text[0] = '\0';
    for (size_t i = 0; i < choice->count; i++)
        snprintf(text + strlen(text), 256 - strlen(text), "%s%s", i > 0 ? "," : "", choice->model[i]->name);
    return text;
}

static void none_named_is_all_that_can_run(void **state)
{
    struct model_list list = models_of_directory();
    const struct setup setup = {0};
    struct choice choice;
    struct error error;
    char text[256];

    (void)state;
    assert_int_equal(choice_take_able(&choice, &setup, &list, &error), 0);
    assert_string_equal(names(&choice, text), "able,carrier");
    assert_int_equal(choice_take(&choice, &setup, &list, &error), 0);
    assert_string_equal(names(&choice, text), "able,carrier,lacking");
    model_list_free(&list);
}

static void named_ones_are_taken_in_their_order(void **state)
{
    struct model_list list = models_of_directory();
    const struct setup setup = {.model = {"carrier", "able"}, .models = 2};
    struct choice choice;
    struct error error;
    char text[256];

    (void)state;
    assert_int_equal(choice_take_able(&choice, &setup, &list, &error), 0);
    assert_string_equal(names(&choice, text), "carrier,able");
    model_list_free(&list);
}

static void what_cannot_be_had_is_an_error(void **state)
{
    struct model_list list = models_of_directory(), none = {0};
    const struct setup lacking = {.model = {"lacking"}, .models = 1}, unknown = {.model = {"nothing"}, .models = 1};
    const struct setup all = {0};
    struct choice choice;
    struct error error;

    (void)state;
    assert_int_equal(choice_take(&choice, &lacking, &list, &error), 0); /* it is listed nevertheless */
    assert_int_equal(choice_take_able(&choice, &lacking, &list, &error), -1);
    assert_string_equal(error.text, "lacking: cannot run here: its library is missing");
    assert_int_equal(choice_take(&choice, &unknown, &list, &error), -1);
    assert_non_null(strstr(error.text, "nothing: no such task model ("));
    assert_int_equal(choice_take_able(&choice, &all, &none, &error), -1);
    assert_non_null(strstr(error.text, "no task model can run here ("));
    model_list_free(&list);
}

static const struct work sleep_work = {.kind = WORK_SLEEP}, time_work = {.kind = WORK_TIME},
                         beat_work = {WORK_BEAT, 10, 10000000, 0}, pass_work = {WORK_PASS, 2, 0, 1000};

static void what_a_model_cannot_do_is_left_out_unless_it_was_named(void **state)
{
    struct model_list list = models_of_directory();
    const struct setup all = {.work = {sleep_work, beat_work}, .works = 2};
    const struct setup beats = {.work = {beat_work}, .works = 1}, passes = {.work = {pass_work}, .works = 1};
    const struct setup named = {.model = {"able"}, .models = 1, .work = {time_work, beat_work}, .works = 2};
    struct choice choice;
    struct error error;
    char text[256], *left_out;

    (void)state;
    assert_int_equal(choice_take_able(&choice, &all, &list, &error), 0);
    assert_string_equal(names(&choice, text), "able,carrier");
    assert_true(choice.left_out[0][1] && !choice.left_out[0][0] && !choice.left_out[1][1]);
    left_out = choice_tell_left_out(&all, &list);
    assert_string_equal(left_out, "left out, since they cannot do it: able of beat:10:10ms");
    free(left_out);
    assert_int_equal(choice_take_able(&choice, &beats, &list, &error), 0);
    assert_string_equal(names(&choice, text), "carrier");
    assert_int_equal(choice_take_able(&choice, &passes, &list, &error), CHOICE_UNABLE);
    assert_non_null(strstr(error.text, "no task model here can do the work pass ("));
    assert_int_equal(choice_take_able(&choice, &named, &list, &error), CHOICE_UNABLE);
    assert_string_equal(error.text, "model able cannot do the work beat (it can do sleep and time)");
    model_list_free(&list);
}

/* Models, of each its works, of each all counts; one repetition, before it is shuffled as plan_test.c has it. */
static void a_plan_has_each_work_of_each_model_at_each_count(void **state)
{
    struct model_list list = models_of_directory();
    const struct setup setup = {.model = {"able", "carrier"},
                                .models = 2,
                                .work = {time_work, beat_work},
                                .works = 2,
                                .left_out = {{false, true}},
                                .tasks = {1, 1000},
                                .task_counts = 2,
                                .runs = 1,
                                .shard = 1,
                                .shards = 1};
    struct choice choice;
    struct error error;
    struct plan plan;
    size_t found[3] = {0};

    (void)state;
    assert_int_equal(choice_take_able(&choice, &setup, &list, &error), 0);
    assert_int_equal(choice_plan(&plan, &choice, &setup, &error), 0);
    assert_int_equal(plan.runs, 3 * 2);
    assert_int_equal(setup_planned_runs(&setup), 3 * 2);
    for (size_t i = 0; i < plan.runs; i++)
        found[plan.run[i].model == choice.model[0] ? 0 : plan.run[i].work.kind == WORK_TIME ? 1 : 2]++;
    assert_true(found[0] == 2 && found[1] == 2 && found[2] == 2);
    plan_free(&plan);
    model_list_free(&list);
}

static void a_payload_makes_variants(void **state)
{
    struct model_list list = models_of_directory();
    struct setup all = {0}, named = {.model = {"carrier"}, .models = 1}, plain = {.model = {"able"}, .models = 1};
    struct setup laden = {.model = {"carrier"}, .models = 1};
    struct choice choice;
    struct error error;
    char text[256];

    (void)state;
    assert_int_equal(choice_add(&all, 100, &list, &error), 0); /* of those that can carry one */
    assert_int_equal(choice_take_able(&choice, &all, &list, &error), 0);
    assert_string_equal(names(&choice, text), "carrier+100");
    assert_int_equal(choice_add(&named, 4096, &list, &error), 0);
    assert_string_equal(named.model[0], "carrier+4096");
    assert_int_equal(choice_add(&laden, 4097, &list, &error), -1);
    assert_string_equal(error.text, "carrier+4097: this model can carry no more than 4096 bytes");
    assert_int_equal(choice_add(&plain, 100, &list, &error), -1);
    assert_non_null(strstr(error.text, "able+100: this model can carry no payload"));
    model_list_free(&list);
}

static void a_command_is_a_model_of_its_own(void **state)
{
    struct model_list list = models_of_directory();
    struct setup setup = {.command = "true {tasks}"}, taken = {.command = "true {tasks}", .name = "able"};
    struct choice choice;
    struct error error;
    char text[256];

    (void)state;
    assert_int_equal(choice_add(&setup, CHOICE_NO_PAYLOAD, &list, &error), 0);
    assert_int_equal(choice_take_able(&choice, &setup, &list, &error), 0);
    assert_string_equal(names(&choice, text), "command");
    assert_string_equal(choice.model[0]->command, "true {tasks}");
    assert_int_equal(choice_add(&taken, CHOICE_NO_PAYLOAD, &list, &error), -1);
    assert_string_equal(error.text, "--name: able is a task model already (choose another name)");
    model_list_free(&list);
}

/* 2 models at 3 counts, 4 runs each: 24, of which every fifth from the second on is 1, 6, 11, 16 and 21 (from 0). */
static void a_plan_has_the_runs_of_its_part(void **state)
{
    struct model_list list = models_of_directory();
    struct setup setup = {
        .works = 1, .tasks = {1, 10, 100}, .task_counts = 3, .runs = 4, .seed = 7, .shard = 1, .shards = 1};
    struct choice choice;
    struct plan whole, part;
    struct error error;

    (void)state;
    assert_int_equal(choice_take_able(&choice, &setup, &list, &error), 0);
    assert_int_equal(choice_plan(&whole, &choice, &setup, &error), 0);
    setup.shard = 2;
    setup.shards = 5;
    assert_int_equal(choice_plan(&part, &choice, &setup, &error), 0);
    assert_int_equal(whole.runs, 24);
    assert_int_equal(part.runs, 5);
    for (size_t i = 0; i < part.runs; i++)
        assert_true(cells_are_same_runs(&part.run[i], &whole.run[1 + 5 * i], 1));
    plan_free(&whole);
    plan_free(&part);
    model_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_named_is_all_that_can_run),
        cmocka_unit_test(named_ones_are_taken_in_their_order),
        cmocka_unit_test(what_a_model_cannot_do_is_left_out_unless_it_was_named),
        cmocka_unit_test(a_plan_has_each_work_of_each_model_at_each_count),
        cmocka_unit_test(what_cannot_be_had_is_an_error),
        cmocka_unit_test(a_payload_makes_variants),
        cmocka_unit_test(a_command_is_a_model_of_its_own),
        cmocka_unit_test(a_plan_has_the_runs_of_its_part),
    };

    return cmocka_run_group_tests(tests, make_models, remove_models);
}
