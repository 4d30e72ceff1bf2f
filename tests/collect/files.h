/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests that look at a directory of files, laid out as the kernel's are. Include cmocka's headers first. */
#ifndef TASKWEIGHT_TESTS_COLLECT_FILES_H
#define TASKWEIGHT_TESTS_COLLECT_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A new empty directory; remove it with files_remove. */
static inline void files_make(char directory[PATH_MAX])
{
    snprintf(directory, PATH_MAX, "/tmp/taskweight-test-XXXXXX");
    assert_non_null(mkdtemp(directory));
}

static inline void files_remove(const char *directory)
{
    char command[PATH_MAX + 16];

    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

static inline void files_make_below(const char *directory, const char *name)
{
    char path[2 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

static inline void files_put(const char *directory, const char *file, const char *text)
{
    char path[2 * PATH_MAX];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", directory, file);
    stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

/* Whether the file has exactly this text. */
static inline bool files_have(const char *directory, const char *file, const char *text)
{
    char path[2 * PATH_MAX], read[256] = "";
    FILE *stream;
    size_t length;

    snprintf(path, sizeof path, "%s/%s", directory, file);
    stream = fopen(path, "r");
    assert_non_null(stream);
    length = fread(read, 1, sizeof read - 1, stream);
    fclose(stream);
    return length == strlen(text) && strcmp(read, text) == 0;
}

#endif
