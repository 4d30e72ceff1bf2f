/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/choice.h"

#include "collect/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what the setup adds to the list ------------------------------------------------------------------------------ */

/* For a setup without models: names all that can carry a payload. */
static int name_carriers(struct setup *setup, const struct model_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count && setup->models < OPTION_MAX_LIST; i++)
        if (!*list->model[i].unavailable && *list->model[i].payload)
            setup->model[setup->models++] = list->model[i].request;
    return setup->models > 0
               ? 0
               : error_set(error, "--payload: no task model here can carry one (%s --list names them all)",
                           program_invocation_short_name);
}

/* Replaces each named model by its variant with the payload. */
static int add_payload(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    char request[PATH_MAX + UNIT_TEXT_SIZE];

    if (setup->models == 0 && name_carriers(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++) {
        snprintf(request, sizeof request, "%.*s+%" PRId64, PATH_MAX, setup->model[i], payload);
        if (model_list_add(list, request, error) != 0)
            return -1;
        setup->model[i] = model_list_find(list, request)->request;
    }
    return 0;
}

static int add_command(struct setup *setup, struct model_list *list, struct error *error)
{
    if (!setup->name)
        setup->name = "command";
    if (model_list_find(list, setup->name))
        return error_set(error, "--name: %s is a task model already (choose another name)", setup->name);
    if (model_list_add_command(list, setup->name, setup->command, error) != 0)
        return -1;
    return setup_add_model(setup, setup->name, error);
}

int choice_add(struct setup *setup, int64_t payload, struct model_list *list, struct error *error)
{
    if (payload != CHOICE_NO_PAYLOAD && add_payload(setup, payload, list, error) != 0)
        return -1;
    if (setup->command && add_command(setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < setup->models; i++)
        if (model_list_add(list, setup->model[i], error) != 0)
            return -1;
    return 0;
}

/* --- the models taken --------------------------------------------------------------------------------------------- */

static bool is_of_family(const struct model *model, const char *family)
{
    return !family || strcmp(model->family, family) == 0;
}

/* Whether a sweep of models that nobody named has it. */
static bool is_swept(const struct model *model, const struct setup *setup)
{
    return !*model->unavailable && is_of_family(model, setup->family) &&
           (setup->family || strcmp(model->family, SETUP_FAMILY_BY_NAME) != 0);
}

static int take_family(struct choice *choice, const struct setup *setup, const struct model_list *list,
                       struct error *error)
{
    for (size_t i = 0; i < list->count && choice->count < OPTION_MAX_LIST; i++)
        if (is_of_family(&list->model[i], setup->family))
            choice->model[choice->count++] = &list->model[i];
    return choice->count > 0 || !setup->family
               ? 0
               : error_set(error, "--family: no task model is of the family %s (%s --list shows them)", setup->family,
                           program_invocation_short_name);
}

int choice_take(struct choice *choice, const struct setup *setup, const struct model_list *list, struct error *error)
{
    *choice = (struct choice){0};
    if (setup->models == 0)
        return take_family(choice, setup, list, error);
    for (size_t i = 0; i < setup->models; i++) {
        const struct model *model = model_list_find(list, setup->model[i]);

        if (!model)
            return error_set(error, "%s: no such task model (%s --list names them)", setup->model[i],
                             program_invocation_short_name);
        choice->model[choice->count++] = model;
    }
    return 0;
}

static int check_that_all_run(const struct choice *choice, struct error *error)
{
    for (size_t i = 0; i < choice->count; i++)
        if (*choice->model[i]->unavailable)
            return error_set(error, "%s: cannot run here: %s", choice->model[i]->request,
                             choice->model[i]->unavailable);
    return 0;
}

/* Of models that nobody named. Returns -1 and an error if there is none. */
static int take_those_that_run(struct choice *choice, const struct setup *setup, struct error *error)
{
    size_t able = 0;

    for (size_t i = 0; i < choice->count; i++)
        if (is_swept(choice->model[i], setup))
            choice->model[able++] = choice->model[i];
    choice->count = able;
    return able > 0 ? 0
                    : error_set(error, "no task model%s%s can run here (%s --list says why)",
                                setup->family ? " of the family " : "", setup->family ? setup->family : "",
                                program_invocation_short_name);
}

static bool does_none(const bool left_out[SETUP_MOST_WORKS], size_t works)
{
    for (size_t work = 0; work < works; work++)
        if (!left_out[work])
            return false;
    return works > 0;
}

/* Of models that nobody named, those remain that can do one of the works, and each does what it can. */
static void leave_out(struct choice *choice, const struct setup *setup)
{
    size_t able = 0;

    for (size_t i = 0; i < choice->count; i++) {
        const struct model *model = choice->model[i];

        for (size_t work = 0; work < setup->works; work++) {
            choice->left_out[able][work] = !model_can_do(model, setup->work[work].kind);
            choice->has_left_out |= choice->left_out[able][work];
        }
        choice->model[able] = model;
        able += !does_none(choice->left_out[able], setup->works);
    }
    choice->count = able;
}

/* Named models do all works but those that the setup leaves out for them. */
static int check_works(struct choice *choice, const struct setup *setup, struct error *error)
{
    char works[MODEL_WORKS_SIZE];

    memcpy(choice->left_out, setup->left_out, sizeof choice->left_out);
    for (size_t i = 0; i < choice->count; i++)
        for (size_t work = 0; work < setup->works; work++) {
            const struct model *model = choice->model[i];
            enum work_kind kind = setup->work[work].kind;

            if (choice->left_out[i][work] || model_can_do(model, kind))
                continue;
            error_set(error, "model %s cannot do the work %s (it can do %s)", model->name, work_names[kind],
                      model_tell_works(works, model));
            return CHOICE_UNABLE;
        }
    return 0;
}

/* Whether each of the works is done by a model. */
static int check_that_all_are_done(const struct choice *choice, const struct setup *setup, struct error *error)
{
    for (size_t work = 0; work < setup->works; work++) {
        bool is_done = false;

        for (size_t i = 0; i < choice->count && !is_done; i++)
            is_done = !choice->left_out[i][work];
        if (is_done)
            continue;
        error_set(error, "no task model here can do the work %s (%s --list shows what each can do)",
                  work_names[setup->work[work].kind], program_invocation_short_name);
        return CHOICE_UNABLE;
    }
    return 0;
}

int choice_take_able(struct choice *choice, const struct setup *setup, const struct model_list *list,
                     struct error *error)
{
    if (choice_take(choice, setup, list, error) != 0)
        return -1;
    if (setup->models > 0)
        return check_that_all_run(choice, error) == 0 ? check_works(choice, setup, error) : -1;
    if (take_those_that_run(choice, setup, error) != 0)
        return -1;
    leave_out(choice, setup);
    return check_that_all_are_done(choice, setup, error);
}

char *choice_tell_left_out(const struct setup *setup, const struct model_list *list)
{
    const char *separator = "left out, since they cannot do it: ";
    char *text = NULL, name[WORK_TEXT_SIZE];
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    for (size_t work = 0; stream && work < setup->works; work++) {
        bool is_first = true;

        for (size_t i = 0; i < list->count; i++) {
            const struct model *model = &list->model[i];

            if (!is_swept(model, setup) || model_can_do(model, setup->work[work].kind))
                continue;
            fprintf(stream, "%s%s", is_first ? separator : ", ", model->name);
            is_first = false;
        }
        if (is_first)
            continue;
        fprintf(stream, " of %s", work_format(name, &setup->work[work]));
        separator = "; ";
    }
    if (stream)
        fclose(stream);
    return text;
}

/* Models, of each its works, of each all counts: with one work, models and their counts. */
int choice_plan(struct plan *plan, const struct choice *choice, const struct setup *setup, struct error *error)
{
    size_t most = choice->count * setup->works * setup->task_counts, cells = 0;
    struct planned_run *cell = calloc(most + 1, sizeof *cell);
    int result;

    if (!cell)
        return error_set(error, "the plan of %zu cells does not fit into memory", most);
    for (size_t i = 0; i < choice->count; i++)
        for (size_t work = 0; work < setup->works; work++)
            for (size_t count = 0; count < setup->task_counts && !choice->left_out[i][work]; count++)
                cell[cells++] = (struct planned_run){
                    .model = choice->model[i], .work = setup->work[work], .tasks = setup->tasks[count]};
    result = plan_new(plan, cell, cells, setup->runs, setup->seed, error);
    free(cell);
    if (result == 0)
        plan_take_shard(plan, setup->shard, setup->shards);
    return result;
}
