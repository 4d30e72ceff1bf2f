/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of collect's library: a folder of task models that are shell scripts. */
#ifndef TASKWEIGHT_TESTS_FOLDER_OF_MODELS_H
#define TASKWEIGHT_TESTS_FOLDER_OF_MODELS_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct folder_of_models {
    char path[64]; /* of the folder, which also has room for recordings */
    char models[80];
};

static int folder_of_models_make(struct folder_of_models *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/taskweight-models-XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    snprintf(folder->models, sizeof folder->models, "%s/models", folder->path);
    return mkdir(folder->models, 0700);
}

/* A model that says that of itself beside its family and summary, and then does that. */
static int folder_of_models_add(const struct folder_of_models *folder, const char *name, const char *description,
                                const char *script)
{
    char path[PATH_MAX];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", folder->models, name);
    stream = fopen(path, "we");
    if (!stream)
        return -1;
    fprintf(stream, "#!/bin/sh\n[ \"$1\" = --describe ] && { printf 'family test\\nsummary %s\\n%s'; exit; }\n%s\n",
            name, description, script);
    return fclose(stream) == 0 ? chmod(path, 0700) : -1;
}

static int folder_of_models_remove(const struct folder_of_models *folder)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", folder->path);
    return system(command); /* NOLINT(cert-env33-c): the path is ours */
}

#endif
