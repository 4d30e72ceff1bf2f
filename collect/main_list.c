/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/main_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The columns of the list of models. */
enum { LIST_NAME, LIST_FAMILY, LIST_LANGUAGE, LIST_VERSION, LIST_WORKS, LIST_COLUMNS };

/* `works` is room for a text of its own. */
static const char *list_text(const struct model *model, int column, char works[MODEL_WORKS_SIZE])
{
    static const char *const headings[LIST_COLUMNS] = {"MODEL", "FAMILY", "LANGUAGE", "VERSION", "WORKS"};

    if (!model)
        return headings[column];
    switch (column) {
    case LIST_NAME:
        return model->name;
    case LIST_FAMILY:
        return model->family;
    case LIST_LANGUAGE:
        return *model->language ? model->language : "-";
    case LIST_WORKS:
        return *model->unavailable ? "-" : model_tell_works(works, model);
    default:
        return *model->unavailable || !*model->version ? "-" : model->version;
    }
}

static void list_line(const struct model *model, const int width[LIST_COLUMNS])
{
    char works[MODEL_WORKS_SIZE];

    for (int column = 0; column < LIST_COLUMNS; column++)
        printf("%-*s  ", width[column], list_text(model, column, works));
    if (!model)
        puts("WHAT A TASK IS");
    else if (*model->unavailable)
        printf("%s  cannot run here: %s\n", model->summary, model->unavailable);
    else
        puts(model->summary);
}

static void widen(int width[LIST_COLUMNS], const struct model *model)
{
    char works[MODEL_WORKS_SIZE];

    for (int column = 0; column < LIST_COLUMNS; column++) {
        int length = (int)strlen(list_text(model, column, works));

        width[column] = length > width[column] ? length : width[column];
    }
}

void main_list_models(const struct model *const *model, size_t count)
{
    int width[LIST_COLUMNS] = {0};

    widen(width, NULL);
    for (size_t i = 0; i < count; i++)
        widen(width, model[i]);
    list_line(NULL, width);
    for (size_t i = 0; i < count; i++)
        list_line(model[i], width);
}

void main_list_plan(const struct plan *plan)
{
    char work[WORK_TEXT_SIZE];

    for (size_t i = 0; i < plan->runs; i++) {
        const struct planned_run *run = &plan->run[i];

        work_format(work, &run->work);
        printf("%s %" PRId64 " %" PRId64 "%s%s\n", run->model->name, run->tasks, run->number, *work ? " " : "", work);
    }
}

/* collect and analyze are in one directory, with the same prefix to their names. */
void main_list_judge(const char *recording)
{
    static const char own_name[] = "collect";
    const char *called = program_invocation_name;
    size_t before = strlen(called) - strlen(own_name);

    if (strlen(called) < strlen(own_name) || strcmp(called + before, own_name) != 0)
        before = 0;
    printf("%.*sanalyze --table=calibration %s\n", (int)before, called, recording);
}
