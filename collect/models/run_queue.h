/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The actors that can run, first in, first out, for models that schedule their tasks themselves in one thread. */
#ifndef TASKWEIGHT_MODELS_RUN_QUEUE_H
#define TASKWEIGHT_MODELS_RUN_QUEUE_H

#include "collect/models/actor.h"

/* Appends an actor that is not in it: a post of theirs. */
void run_queue_add(struct actor *actor);

/* Takes the first out; NULL if there is none. */
struct actor *run_queue_take(void);

#endif
