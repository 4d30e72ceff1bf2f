/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which models a sweep measures. */
#ifndef TASKWEIGHT_COLLECT_CHOICE_H
#define TASKWEIGHT_COLLECT_CHOICE_H

#include "collect/error.h"
#include "collect/model.h"
#include "collect/plan.h"
#include "collect/setup.h"

#include <stddef.h>
#include <stdint.h>

#define CHOICE_NO_PAYLOAD 0

/* The models borrow from the list: nothing may be added to it any more. */
struct choice {
    const struct model *model[OPTION_MAX_LIST];
    size_t count;
};

/* Adds to the list what the setup asks for beside the programs of the directory: variants, programs by their path, the
   program of --command. With a payload (bytes) the variant that carries it takes the place of each model in the setup;
   where no model is named, of each that can carry one. Returns -1 and an error where one of them cannot be had. */
int choice_add(struct setup *setup, int64_t payload, struct model_list *list, struct error *error);

/* Takes the models that are named, whether they can run here or not; all where none is. Returns -1 and an error where
   one is not in the list. */
int choice_take(struct choice *choice, const struct setup *setup, const struct model_list *list, struct error *error);

/* Takes the models that are named, or all that can run here. Returns -1 and an error where one that is named cannot
   run, or none can. */
int choice_take_able(struct choice *choice, const struct setup *setup, const struct model_list *list,
                     struct error *error);

/* The setup's runs of these models in their order; of a sweep in parts, those of its part. Free it with plan_free. */
int choice_plan(struct plan *plan, const struct choice *choice, const struct setup *setup, struct error *error);

#endif
