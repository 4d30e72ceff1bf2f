/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/program.h"

#include <dirent.h>
#include <limits.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_file(SHA2_CTX *hash, const char *path)
{
    FILE *file = fopen(path, "re");
    unsigned char bytes[65536];
    size_t length;
    bool read;

    if (!file)
        return false;
    while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
        SHA256Update(hash, bytes, length);
    read = !ferror(file);
    fclose(file);
    return read;
}

static int no_directory(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && entry->d_type != DT_DIR;
}

static int byte_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Those that cannot be read are passed over: the program cannot read them either. */
static void add_files_beside(SHA2_CTX *hash, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char directory[PATH_MAX], file[PATH_MAX + NAME_MAX + 2];
    struct dirent **entries;
    int count;

    snprintf(directory, sizeof directory, "%.*slib/%s", (int)(name - path), path, name);
    count = scandir(directory, &entries, no_directory, byte_order);
    for (int i = 0; i < count; i++) {
        snprintf(file, sizeof file, "%s/%s", directory, entries[i]->d_name);
        add_file(hash, file);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

char *program_hash_file(const char *path)
{
    SHA2_CTX hash;

    SHA256Init(&hash);
    if (!add_file(&hash, path))
        return NULL;
    add_files_beside(&hash, path);
    return SHA256End(&hash, NULL);
}

char *program_hash_text(const char *text)
{
    SHA2_CTX hash;

    SHA256Init(&hash);
    SHA256Update(&hash, (const uint8_t *)text, strlen(text));
    return SHA256End(&hash, NULL);
}
