/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of collect's library: a directory of task models that are shell scripts. */
#ifndef TASKWEIGHT_TESTS_DIRECTORY_OF_MODELS_H
#define TASKWEIGHT_TESTS_DIRECTORY_OF_MODELS_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct directory_of_models {
    char path[64]; /* of the directory, which also has room for recordings */
    char models[80];
};

static int directory_of_models_make(struct directory_of_models *directory)
{
    snprintf(directory->path, sizeof directory->path, "/tmp/taskweight-models-XXXXXX");
    if (!mkdtemp(directory->path))
        return -1;
    snprintf(directory->models, sizeof directory->models, "%s/models", directory->path);
    return mkdir(directory->models, 0700);
}

/* A model that says that of itself beside its family and summary, and then does that. */
static int directory_of_models_add(const struct directory_of_models *directory, const char *name,
                                   const char *description, const char *script)
{
    char path[PATH_MAX];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", directory->models, name);
    stream = fopen(path, "we");
    if (!stream)
        return -1;
    fprintf(stream, "#!/bin/sh\n[ \"$1\" = --describe ] && { printf 'family test\\nsummary %s\\n%s'; exit; }\n%s\n",
            name, description, script);
    return fclose(stream) == 0 ? chmod(path, 0700) : -1;
}

static int directory_of_models_remove(const struct directory_of_models *directory)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", directory->path);
    return system(command); /* NOLINT(cert-env33-c): the path is ours */
}

#endif
