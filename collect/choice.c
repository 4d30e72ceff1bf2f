/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/choice.h"

#include "collect/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

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

static void take_all(struct choice *choice, const struct model_list *list)
{
    for (size_t i = 0; i < list->count && choice->count < OPTION_MAX_LIST; i++)
        choice->model[choice->count++] = &list->model[i];
}

int choice_take(struct choice *choice, const struct setup *setup, const struct model_list *list, struct error *error)
{
    *choice = (struct choice){0};
    if (setup->models == 0)
        take_all(choice, list);
    for (size_t i = 0; i < setup->models; i++) {
        const struct model *model = model_list_find(list, setup->model[i]);

        if (!model)
            return error_set(error, "%s: no such task model (%s --list names them)", setup->model[i],
                             program_invocation_short_name);
        choice->model[choice->count++] = model;
    }
    return 0;
}

int choice_take_able(struct choice *choice, const struct setup *setup, const struct model_list *list,
                     struct error *error)
{
    size_t able = 0;

    if (choice_take(choice, setup, list, error) != 0)
        return -1;
    for (size_t i = 0; i < choice->count; i++) {
        const struct model *model = choice->model[i];

        if (*model->unavailable && setup->models > 0)
            return error_set(error, "%s: cannot run here: %s", model->request, model->unavailable);
        if (!*model->unavailable)
            choice->model[able++] = model;
    }
    choice->count = able;
    return able > 0
               ? 0
               : error_set(error, "no task model can run here (%s --list says why)", program_invocation_short_name);
}

int choice_plan(struct plan *plan, const struct choice *choice, const struct setup *setup, struct error *error)
{
    if (plan_new(plan, choice->model, choice->count, setup->tasks, setup->task_counts, setup->runs, setup->seed,
                 error) != 0)
        return -1;
    plan_take_shard(plan, setup->shard, setup->shards);
    return 0;
}
