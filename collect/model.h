/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The task models: the programs of one directory and those given by path. Each describes itself. */
#ifndef TASKWEIGHT_COLLECT_MODEL_H
#define TASKWEIGHT_COLLECT_MODEL_H

#include "collect/error.h"
#include "collect/work.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* What `PROGRAM --describe` printed, as "key value" lines. Of one that is not described yet, those from `command` on
   are NULL; others are never. */
struct model {
    char *name; /* the program's file name, for a variant followed by ":PARAMETER", "+BYTES" (a payload) or both */
    char *path;
    char *request;   /* how --model names it: by name, or by path if it is not in the directory; then ":PARAMETER" or
                        "+BYTES" */
    char *parameter; /* a variant's text behind the name: "PARAMETER", "+BYTES" or "PARAMETER+BYTES"; "" if nothing */
    char *command;   /* a shell command with {tasks} and {seconds}, for --command; else "" */
    char *family, *language, *summary, *version;
    char *payload;     /* the most bytes that its tasks can carry, "" if none */
    char *works;       /* the names of those that its tasks can do, "" for sleep alone */
    char *hand_off;    /* by what these pass a message to each other, "" if they cannot */
    char *weighs;      /* "children": the program is a client of what it weighs; "" for the program, too */
    char *unavailable; /* why it cannot run here, "" if it can */
    char *sha256;      /* of the program (program.h), or of the text of `command`; "" if it cannot be read */
};

struct model_list {
    struct model *model; /* ordered by name; added models follow at the end */
    size_t count;
};

/* Finds the directory of the models by the path of the running program: build/models for build/bin in the source tree,
   PREFIX/libexec/taskweight/models for PREFIX/bin. */
int model_find_directory(char directory[PATH_MAX], struct error *error);

/* Puts the directory's lib/, in which the interpreter of recipes is, before the others in PATH. */
int model_find_interpreters(const char *directory, struct error *error);

/* Lists the programs of the directory, which are still to be described: all of them by model_list_describe, or those
   that are asked for by model_list_add. */
int model_list_read(struct model_list *list, const char *directory, struct error *error);

/* Calls every program that was not with --describe. Those that fail are listed as unavailable with the reason. */
void model_list_describe(struct model_list *list);

/* Describes the model that the request names, and adds it unless the list has it: a variant NAME:PARAMETER, NAME+BYTES
   or NAME:PARAMETER+BYTES of a listed model or, if the request has a slash, a program by path, also as a variant. A
   plain name adds nothing. */
int model_list_add(struct model_list *list, const char *request, struct error *error);

/* Adds a shell command that does not speak the contract. */
int model_list_add_command(struct model_list *list, const char *name, const char *command, struct error *error);

/* The model of that request; NULL if there is none. Valid until a model is added. */
const struct model *model_list_find(const struct model_list *list, const char *request);

/* Whether its tasks can do such a work. What can sleep can be measured in time, but for a shell command, which does not
   say when its tasks are alive. */
bool model_can_do(const struct model *model, enum work_kind kind);

/* Whether the program is outside of what is weighed: a client, whose children are the server. */
bool model_is_client(const struct model *model);

/* "sleep, time and beat": what it can do, in WORKS' order. Returns text. */
#define MODEL_WORKS_SIZE 64
const char *model_tell_works(char text[MODEL_WORKS_SIZE], const struct model *model);

void model_list_free(struct model_list *list);

#endif
