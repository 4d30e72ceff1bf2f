/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The task models there are: the programs of one folder, each of which describes itself. */
#ifndef TASKWEIGHT_COLLECT_MODEL_H
#define TASKWEIGHT_COLLECT_MODEL_H

#include "collect/error.h"

#include <stddef.h>

/* The most bytes that a task can be asked to carry: they must fit onto the stacks that threads are given by default. */
#define MODEL_MAX_PAYLOAD 65536

/* What `PROGRAM --describe` printed, as "key value" lines. Texts are never NULL. */
struct model {
    char *name; /* the program's file name, for a variant followed by ":PARAMETER", "+BYTES" (a payload) or both */
    char *path;
    char *parameter; /* what stands behind the name: "PARAMETER", "+BYTES" or "PARAMETER+BYTES"; "" if nothing */
    char *command; /* of a program that knows nothing of the contract: a shell command with {tasks} and {seconds}; else
                      "" */
    char *family, *language, *summary, *version;
    char *payload;     /* the most bytes that its tasks can carry, "" if none */
    char *unavailable; /* why it cannot run here, "" if it can */
};

struct model_list {
    struct model *model; /* ordered by name */
    size_t count;
};

/* Asks every program of the folder. One that does not answer is listed as unavailable with the reason. */
int model_list_read(struct model_list *list, const char *folder, struct error *error);

/* Adds the variant NAME:PARAMETER, NAME+BYTES or NAME:PARAMETER+BYTES of a model in the list, unless it is there. Any
   other name adds nothing. */
int model_list_add_variant(struct model_list *list, const char *name, struct error *error);

/* Adds a program that knows nothing of the contract. */
int model_list_add_command(struct model_list *list, const char *name, const char *command, struct error *error);

/* NULL if there is none of that name. Valid until something is added to the list. */
const struct model *model_list_find(const struct model_list *list, const char *name);

void model_list_free(struct model_list *list);

#endif
