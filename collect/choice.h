/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which models a sweep measures. */
#ifndef TASKWEIGHT_COLLECT_CHOICE_H
#define TASKWEIGHT_COLLECT_CHOICE_H

#include "collect/error.h"
#include "collect/model.h"
#include "collect/plan.h"
#include "collect/setup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHOICE_NO_PAYLOAD 0

/* Borrows from the model list, to which nothing may be added any more. */
struct choice {
    const struct model *model[OPTION_MAX_LIST];
    size_t count;
    bool left_out[OPTION_MAX_LIST][SETUP_MOST_WORKS]; /* of each model, which of the setup's works it does not do */
    bool has_left_out; /* some, since it cannot do them and was not named; choice_tell_left_out says which */
};

/* Adds to the list what the setup asks for besides the installed models: variants, programs given by path, the program
   of --command. With a payload (bytes) it replaces each model of the setup by its variant with that payload; a setup
   without models gets all that can carry one. Returns -1 and an error if one is not available. */
int choice_add(struct setup *setup, int64_t payload, struct model_list *list, struct error *error);

/* Takes the models that the setup names, or, if it names none, all, or all of its family, whether they can run here or
   not. Returns -1 and an error if one is not in the list, or none is of the family. */
int choice_take(struct choice *choice, const struct setup *setup, const struct model_list *list, struct error *error);

/* Takes the models that the setup names, or those of its family that can run here and do one of its works. Returns -1
   and an error if a named model cannot run, or no model can; CHOICE_UNABLE and an error if a named model cannot do a
   work that the setup does not leave out for it, or no model can do one. */
#define CHOICE_UNABLE (-2)
int choice_take_able(struct choice *choice, const struct setup *setup, const struct model_list *list,
                     struct error *error);

/* Which works of the setup which models that can run here are left out of, where none is named: "left out, since they
   cannot do it: fork, timerfd of pass:2:200000". The caller frees it; NULL if memory runs out. */
char *choice_tell_left_out(const struct setup *setup, const struct model_list *list);

/* Plans the setup's runs of these models, or those of its shard. Free the plan with plan_free. */
int choice_plan(struct plan *plan, const struct choice *choice, const struct setup *setup, struct error *error);

#endif
