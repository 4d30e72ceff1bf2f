/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The task models: the programs of one directory and those that are named by their path. Each describes itself. */
#ifndef TASKWEIGHT_COLLECT_MODEL_H
#define TASKWEIGHT_COLLECT_MODEL_H

#include "collect/error.h"

#include <limits.h>
#include <stddef.h>

/* What `PROGRAM --describe` printed, as "key value" lines. Texts are never NULL. */
struct model {
    char *name; /* the program's file name, for a variant followed by ":PARAMETER", "+BYTES" (a payload) or both */
    char *path;
    char *request;   /* what asks for it: its name, or where it is not of the directory its path, as a variant also
                        followed   by its mark */
    char *parameter; /* what stands behind the name: "PARAMETER", "+BYTES" or "PARAMETER+BYTES"; "" if nothing */
    char *command; /* of a program that knows nothing of the contract: a shell command with {tasks} and {seconds}; else
                      "" */
    char *family, *language, *summary, *version;
    char *payload;     /* the most bytes that its tasks can carry, "" if none */
    char *unavailable; /* why it cannot run here, "" if it can */
};

struct model_list {
    struct model *model; /* ordered by name, and behind them what was added */
    size_t count;
};

/* Finds the directory of the models beside the program that runs: in the source tree build/bin and build/models,
   installed PREFIX/bin and PREFIX/libexec/taskweight/models. */
int model_find_directory(char directory[PATH_MAX], struct error *error);

/* Asks every program of the directory. One that does not answer is listed as unavailable with the reason. */
int model_list_read(struct model_list *list, const char *directory, struct error *error);

/* Adds what is asked for, unless it is there: the variant NAME:PARAMETER, NAME+BYTES or NAME:PARAMETER+BYTES of a model
   in the list, or, where there is a slash in it, a program by its path, which may be a variant as well. A plain name
   adds nothing. */
int model_list_add(struct model_list *list, const char *request, struct error *error);

/* Adds a program that knows nothing of the contract. */
int model_list_add_command(struct model_list *list, const char *name, const char *command, struct error *error);

/* The model that is asked for like this; NULL if there is none. Valid until something is added to the list. */
const struct model *model_list_find(const struct model_list *list, const char *request);

void model_list_free(struct model_list *list);

#endif
