/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory cgroups of both versions: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel. */
#include "collect/cgroup.h"

#include "collect/process.h"
#include "collect/stream.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "taskweight-"
#define LEAF "-collect"
#define REMOVAL_TRIES 1000
#define REMOVAL_PAUSE_NANOSECONDS 10000000

/* --- where groups can be made ------------------------------------------------------------------------------------- */

/* Copies the PATH of the line "ID:CONTROLLERS:PATH" of self/cgroup that has that controller; on v2 it is "". */
static bool own_path(int proc, const char *controller, char *path, size_t size)
{
    FILE *file = stream_open(proc, "self/cgroup");
    char line[PATH_MAX + 256];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *rest = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!rest)
            continue;
        *rest = '\0';
        rest[strcspn(rest + 1, "\n") + 1] = '\0';
        found = strcmp(controllers + 1, controller) == 0;
        if (found)
            snprintf(path, size, "%s", rest + 1);
    }
    if (file)
        fclose(file);
    return found;
}

static bool write_text(const char *directory, const char *file, const char *text)
{
    char path[PATH_MAX + 64];
    int descriptor;
    ssize_t written;

    snprintf(path, sizeof path, "%s/%s", directory, file);
    descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    written = write(descriptor, text, strlen(text));
    close(descriptor);
    return written == (ssize_t)strlen(text);
}

/* The name of the group of a collect: "taskweight-PID-START". START is the start time of that process in clock ticks
   since boot, so that a later process with the same id is not taken for it. */
static void name_group(const struct cgroup_parent *parent, pid_t owner, char *name, size_t size)
{
    snprintf(name, size, PREFIX "%d-%llu", (int)owner, process_start_ticks(parent->proc, owner));
}

/* The path of the group for this process's runs; there is one at a time. */
static void own_group(const struct cgroup_parent *parent, char path[PATH_MAX])
{
    char name[64];

    name_group(parent, getpid(), name, sizeof name);
    snprintf(path, PATH_MAX, "%s/%s", parent->path, name);
}

/* Enables ('+') or disables ('-') the controller for the groups below. */
static bool switch_controller(const char *directory, char sign, const char *controller)
{
    char text[64];

    snprintf(text, sizeof text, "%c%s", sign, controller);
    return write_text(directory, "cgroup.subtree_control", text);
}

static void leaf_of(const struct cgroup_parent *parent, char path[PATH_MAX])
{
    own_group(parent, path);
    snprintf(path + strlen(path), PATH_MAX - strlen(path), "%s", LEAF);
}

bool cgroup_enable(struct cgroup_parent *parent, const char *controller)
{
    char leaf[PATH_MAX];

    parent->controller = controller;
    if (switch_controller(parent->path, '+', controller))
        return true;
    leaf_of(parent, leaf);
    parent->moved = mkdir(leaf, 0755) == 0 && write_text(leaf, "cgroup.procs", "0");
    if (parent->moved && switch_controller(parent->path, '+', controller))
        return true;
    cgroup_leave(parent);
    rmdir(leaf);
    parent->moved = false;
    return false;
}

void cgroup_leave(const struct cgroup_parent *parent)
{
    if (!parent->moved)
        return;
    switch_controller(parent->path, '-', parent->controller);
    write_text(parent->path, "cgroup.procs", "0");
}

static bool try_version(struct cgroup_parent *parent, int proc, const char *mount, const char *controller,
                        const char *tell_tale)
{
    char own[PATH_MAX / 2], file[PATH_MAX];

    if (!own_path(proc, controller, own, sizeof own))
        return false;
    snprintf(parent->path, sizeof parent->path, "%.1000s%s%s", mount, *controller ? "/memory" : "", own);
    snprintf(file, sizeof file, "%s/%s", parent->path, tell_tale);
    return access(file, F_OK) == 0 && access(parent->path, W_OK) == 0;
}

struct cgroup_parent cgroup_find_parent(int proc, const char *mount, struct error *error)
{
    struct cgroup_parent parent = {.version = CGROUP_NONE, .proc = proc};

    if (try_version(&parent, proc, mount, "memory", "memory.usage_in_bytes"))
        parent.version = CGROUP_V1;
    else if (try_version(&parent, proc, mount, "", "cgroup.subtree_control") && cgroup_enable(&parent, "memory"))
        parent.version = CGROUP_V2;
    else
        error_set(
            error,
            "no memory cgroup can be made below collect's own, so kernel memory is not recorded (run it by systemd-run "
            "--scope -p Delegate=yes, with --user where you are not root)");
    return parent;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void end_processes(int directory)
{
    FILE *file = stream_open(directory, "cgroup.procs");
    int pid;

    while (file && fscanf(file, "%d", &pid) == 1)
        if (pid > 0)
            kill(pid, SIGKILL);
    if (file)
        fclose(file);
}

/* A process that was killed leaves its group a moment later. */
static void remove_group(int parent, const char *name)
{
    const struct timespec moment = {.tv_nsec = REMOVAL_PAUSE_NANOSECONDS};
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0)
        return;
    for (int i = 0; i < REMOVAL_TRIES; i++) {
        end_processes(directory);
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno != EBUSY)
            break;
        nanosleep(&moment, NULL);
    }
    close(directory);
}

static bool is_left_over(const struct cgroup_parent *parent, const char *name)
{
    size_t length = strlen(PREFIX);
    int owner = strncmp(name, PREFIX, length) == 0 ? atoi(name + length) : 0;
    char living[64];

    if (owner <= 0)
        return false;
    name_group(parent, owner, living, sizeof living);
    return strncmp(name, living, strlen(living)) != 0;
}

void cgroup_remove_leftovers(const struct cgroup_parent *parent)
{
    DIR *directory = parent->version == CGROUP_NONE ? NULL : opendir(parent->path);

    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_left_over(parent, entry->d_name))
            remove_group(dirfd(directory), entry->d_name);
    closedir(directory);
}

struct duty {
    const struct cgroup_parent *parent;
    char runs[PATH_MAX], leaf[PATH_MAX]; /* groups to remove */
};

/* The keeper is in the leaf as well, since it was forked there. */
static void remove_by_keeper(const void *context)
{
    const struct duty *duty = context;

    remove_group(AT_FDCWD, duty->runs);
    cgroup_leave(duty->parent);
    if (duty->parent->moved)
        remove_group(AT_FDCWD, duty->leaf);
}

int cgroup_keep_clean(const struct cgroup_parent *parent, struct keeper *keeper, struct error *error)
{
    struct duty duty = {.parent = parent};

    cgroup_remove_leftovers(parent);
    own_group(parent, duty.runs);
    leaf_of(parent, duty.leaf);
    return keeper_start(keeper, remove_by_keeper, &duty, error);
}

/* The limit covers kernel memory in both versions. Version 1 has no limit on swap alone. */
void cgroup_limit(const struct cgroup *group, int64_t bytes)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, bytes);
    write_text(group->path, group->version == CGROUP_V1 ? "memory.limit_in_bytes" : "memory.max", text);
    if (group->version == CGROUP_V2)
        write_text(group->path, "memory.swap.max", "0");
}

struct cgroup cgroup_new(const struct cgroup_parent *parent, int64_t limit_bytes)
{
    struct cgroup group = {.version = parent->version, .directory = -1, .join = -1};

    if (parent->version == CGROUP_NONE)
        return group;
    own_group(parent, group.path);
    if (mkdir(group.path, 0755) != 0)
        return group;
    group.directory = open(group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    group.join = openat(group.directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    cgroup_limit(&group, limit_bytes);
    return group;
}

void cgroup_remove(struct cgroup *group)
{
    if (group->join >= 0)
        close(group->join);
    if (group->directory >= 0) {
        remove_group(AT_FDCWD, group->path);
        close(group->directory);
    }
    group->directory = group->join = -1;
}

/* --- what it was charged ------------------------------------------------------------------------------------------ */

/* The number behind NAME in the file, or at its beginning if NAME is NULL. */
static int64_t read_number(int directory, const char *file, const char *name)
{
    char text[8192], line_start[64];
    int descriptor = openat(directory, file, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, text, sizeof text - 1);
    const char *found = text;

    if (descriptor >= 0)
        close(descriptor);
    if (length <= 0)
        return SAMPLE_UNKNOWN;
    text[length] = '\0';
    if (name) {
        snprintf(line_start, sizeof line_start, "\n%s ", name);
        found = strstr(text, line_start);
        found = found ? found + strlen(line_start) : NULL;
    }
    return found && *found >= '0' && *found <= '9' ? strtoll(found, NULL, 10) : SAMPLE_UNKNOWN;
}

bool cgroup_hit_limit(const struct cgroup *group)
{
    const char *file = group->version == CGROUP_V1 ? "memory.oom_control" : "memory.events";

    return group->directory >= 0 && read_number(group->directory, file, "oom_kill") > 0;
}

void cgroup_read(const struct cgroup *group, struct sample *sample)
{
    if (group->directory < 0)
        return;
    if (group->version == CGROUP_V1) {
        sample->kernel_bytes = read_number(group->directory, "memory.kmem.usage_in_bytes", NULL);
        sample->charged_bytes = read_number(group->directory, "memory.usage_in_bytes", NULL);
        sample->peak_charged_bytes = read_number(group->directory, "memory.max_usage_in_bytes", NULL);
        return;
    }
    sample->kernel_bytes = read_number(group->directory, "memory.stat", "kernel");
    sample->kernel_stack_bytes = read_number(group->directory, "memory.stat", "kernel_stack");
    sample->charged_bytes = read_number(group->directory, "memory.current", NULL);
    sample->peak_charged_bytes = read_number(group->directory, "memory.peak", NULL);
}
