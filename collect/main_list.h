/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What collect --list, --plan and --check print. */
#ifndef TASKWEIGHT_COLLECT_MAIN_LIST_H
#define TASKWEIGHT_COLLECT_MAIN_LIST_H

#include "collect/model.h"
#include "collect/plan.h"

/* A table of models: what they are, or why they cannot run here. */
void main_list_models(const struct model *const *model, size_t count);

/* The runs in the order of the plan, as "MODEL TASKS RUN" lines. */
void main_list_plan(const struct plan *plan);

/* The command that judges this recording of --check; analyze gets collect's directory and prefix. */
void main_list_judge(const char *recording);

#endif
