/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory cgroups of both versions: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel. */
#include "collect/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "taskweight-"

/* --- where groups can be made ------------------------------------------------------------------------------------- */

/* The path in the line "ID:CONTROLLERS:PATH" of self/cgroup whose controllers are those; on v2 there are none. */
static bool own_path(int proc, const char *controller, char *path, size_t size)
{
    int descriptor = openat(proc, "self/cgroup", O_RDONLY | O_CLOEXEC);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");
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

static bool write_text(const char *folder, const char *file, const char *text)
{
    char path[PATH_MAX + 64];
    int descriptor;
    ssize_t written;

    snprintf(path, sizeof path, "%s/%s", folder, file);
    descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    written = write(descriptor, text, strlen(text));
    close(descriptor);
    return written == (ssize_t)strlen(text);
}

/* Version 2 has controllers only below groups without processes of their own: collect moves into a leaf. */
static bool enable_memory(const char *folder)
{
    char leaf[PATH_MAX];

    if (write_text(folder, "cgroup.subtree_control", "+memory"))
        return true;
    snprintf(leaf, sizeof leaf, "%s/" PREFIX "collect", folder);
    if (mkdir(leaf, 0755) != 0 && errno != EEXIST)
        return false;
    return write_text(leaf, "cgroup.procs", "0") && write_text(folder, "cgroup.subtree_control", "+memory");
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
    struct cgroup_parent parent = {CGROUP_NONE, ""};

    if (try_version(&parent, proc, mount, "memory", "memory.usage_in_bytes"))
        parent.version = CGROUP_V1;
    else if (try_version(&parent, proc, mount, "", "cgroup.subtree_control") && enable_memory(parent.path))
        parent.version = CGROUP_V2;
    else
        error_set(error,
                  "no memory cgroup can be made below collect's own, so kernel memory is not recorded (run as root, or by "
                  "systemd-run --user --scope -p Delegate=yes)");
    return parent;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

/* Its name tells whose it is: "taskweight-PID". */
static bool is_left_over(const char *name)
{
    size_t length = strlen(PREFIX);
    int owner = strncmp(name, PREFIX, length) == 0 ? atoi(name + length) : 0;

    return owner > 0 && kill(owner, 0) != 0 && errno == ESRCH;
}

void cgroup_remove_leftovers(const struct cgroup_parent *parent)
{
    DIR *folder = parent->version == CGROUP_NONE ? NULL : opendir(parent->path);

    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (is_left_over(entry->d_name))
            unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR);
    closedir(folder);
}

struct cgroup cgroup_new(const struct cgroup_parent *parent)
{
    struct cgroup group = {.version = parent->version, .folder = -1, .join = -1};

    if (parent->version == CGROUP_NONE)
        return group;
    snprintf(group.path, sizeof group.path, "%s/" PREFIX "%d", parent->path, (int)getpid());
    if (mkdir(group.path, 0755) != 0)
        return group;
    group.folder = open(group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    group.join = openat(group.folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    return group;
}

void cgroup_remove(struct cgroup *group)
{
    if (group->join >= 0)
        close(group->join);
    if (group->folder >= 0) {
        close(group->folder);
        rmdir(group->path);
    }
    group->folder = group->join = -1;
}

/* --- what it was charged ------------------------------------------------------------------------------------------ */

/* The number behind NAME in the file, or at its beginning if NAME is NULL. */
static int64_t read_number(int folder, const char *file, const char *name)
{
    char text[8192], line_start[64];
    int descriptor = openat(folder, file, O_RDONLY | O_CLOEXEC);
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

void cgroup_read(const struct cgroup *group, struct sample *sample)
{
    if (group->folder < 0)
        return;
    if (group->version == CGROUP_V1) {
        sample->kernel_bytes = read_number(group->folder, "memory.kmem.usage_in_bytes", NULL);
        sample->charged_bytes = read_number(group->folder, "memory.usage_in_bytes", NULL);
        sample->peak_charged_bytes = read_number(group->folder, "memory.max_usage_in_bytes", NULL);
        return;
    }
    sample->kernel_bytes = read_number(group->folder, "memory.stat", "kernel");
    sample->kernel_stack_bytes = read_number(group->folder, "memory.stat", "kernel_stack");
    sample->charged_bytes = read_number(group->folder, "memory.current", NULL);
    sample->peak_charged_bytes = read_number(group->folder, "memory.peak", NULL);
}
