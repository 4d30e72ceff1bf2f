/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By /proc/PID/task/TID/children and, where that would take long, by the parent that every process names. */
#include "collect/process_list.h"

#include "collect/array.h"
#include "collect/process.h"
#include "collect/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A process with more threads than this is not asked thread by thread for children, at 10 us each, but all processes of
   the machine for their parents: with 100,000 threads that takes milliseconds instead of a second. */
#define MAX_THREADS_ASKED 64

struct birth {
    pid_t child, parent;
};

/* Who is whose child on the whole machine; read when first needed. */
struct births {
    struct birth *birth;
    size_t count;
    bool is_read;
};

bool process_list_add(struct process_list *list, pid_t pid)
{
    pid_t *more = array_grow(list->pid, list->count, sizeof *more);

    if (!more)
        return false;
    list->pid = more;
    list->pid[list->count++] = pid;
    return true;
}

void process_list_remove(struct process_list *list, pid_t pid)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (list->pid[i] != pid)
            list->pid[kept++] = list->pid[i];
    list->count = kept;
}

void process_list_free(struct process_list *list)
{
    free(list->pid);
    *list = (struct process_list){0};
}

static void add_birth(struct births *births, struct birth birth)
{
    struct birth *more = array_grow(births->birth, births->count, sizeof *more);

    if (!more)
        return;
    births->birth = more;
    births->birth[births->count++] = birth;
}

static void read_births(struct births *births, int proc)
{
    DIR *directory = stream_open_directory(proc, ".");

    births->is_read = true;
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        pid_t child = atoi(entry->d_name), parent = child > 0 ? process_parent(proc, child) : 0;

        if (parent > 0)
            add_birth(births, (struct birth){child, parent});
    }
    closedir(directory);
}

static void add_by_births(struct process_list *list, int proc, pid_t parent, struct births *births)
{
    if (!births->is_read)
        read_births(births, proc);
    for (size_t i = 0; i < births->count; i++)
        if (births->birth[i].parent == parent)
            process_list_add(list, births->birth[i].child);
}

static void add_children_of_thread(struct process_list *list, int task, const char *thread)
{
    char path[32];
    FILE *stream;
    int child;

    snprintf(path, sizeof path, "%.16s/children", thread);
    stream = stream_open(task, path);
    if (!stream)
        return;
    while (fscanf(stream, "%d", &child) == 1)
        process_list_add(list, child);
    fclose(stream);
}

/* The directory of threads has a link for each, and two of its own: listing it takes long where they are many. */
static bool has_many_threads(int task)
{
    struct stat status;

    return fstat(task, &status) == 0 && status.st_nlink > MAX_THREADS_ASKED + 2;
}

static void add_children(struct process_list *list, int proc, pid_t parent, struct births *births)
{
    char path[32];
    DIR *directory;

    snprintf(path, sizeof path, "%d/task", (int)parent);
    directory = stream_open_directory(proc, path);
    if (!directory)
        return;
    if (has_many_threads(dirfd(directory)))
        add_by_births(list, proc, parent, births);
    else
        for (struct dirent *entry; (entry = readdir(directory));)
            if (entry->d_name[0] != '.')
                add_children_of_thread(list, dirfd(directory), entry->d_name);
    closedir(directory);
}

void process_list_add_children(struct process_list *list, int proc, pid_t parent)
{
    struct births births = {0};

    add_children(list, proc, parent, &births);
    free(births.birth);
}

/* The start time of a process with many threads takes long to read. That of `oldest` is not read for each sample. */
static bool is_late_enough(int proc, pid_t child, pid_t oldest, unsigned long long *since)
{
    if (oldest == 0 || child == oldest)
        return true;
    if (*since == 0)
        *since = process_start_ticks(proc, oldest);
    return process_start_ticks(proc, child) >= *since;
}

void process_list_add_descendants(struct process_list *list, int proc, pid_t ancestor, pid_t oldest)
{
    struct births births = {0};
    struct process_list children = {0};
    size_t next = list->count;
    unsigned long long since = 0;

    add_children(&children, proc, ancestor, &births);
    for (size_t i = 0; i < children.count; i++)
        if (is_late_enough(proc, children.pid[i], oldest, &since))
            process_list_add(list, children.pid[i]);
    process_list_free(&children);
    for (; next < list->count; next++)
        add_children(list, proc, list->pid[next], &births);
    free(births.birth);
}
