/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both versions of the kernel's interface: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst. */
#include "collect/cgroup.h"

#include "collect/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_SIZE 8192 /* more than any of the files that are read has */
#define REMOVAL_TRIES 1000
#define REMOVAL_PAUSE_NANOSECONDS 10000000

struct cgroup cgroup_none(void)
{
    return (struct cgroup){.version = CGROUP_NONE, .directory = -1};
}

struct cgroup cgroup_open(enum cgroup_version version, const char *path)
{
    struct cgroup group = {.version = version, .directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};

    if (group.directory < 0)
        return cgroup_none();
    snprintf(group.path, sizeof group.path, "%s", path);
    return group;
}

void cgroup_close(struct cgroup *group)
{
    if (cgroup_exists(group))
        close(group->directory);
    *group = cgroup_none();
}

bool cgroup_exists(const struct cgroup *group)
{
    return group->directory >= 0;
}

struct cgroup cgroup_make(const struct cgroup *parent, const char *name)
{
    char path[PATH_MAX + 256];

    snprintf(path, sizeof path, "%s/%s", parent->path, name);
    if (mkdirat(parent->directory, name, 0755) != 0)
        return cgroup_none();
    return cgroup_open(parent->version, path);
}

/* --- its files ---------------------------------------------------------------------------------------------------- */

bool cgroup_write(const struct cgroup *group, const char *file, const char *text)
{
    int descriptor = cgroup_exists(group) ? openat(group->directory, file, O_WRONLY | O_CLOEXEC) : -1;
    bool written;

    if (descriptor < 0)
        return false;
    written = write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
    if (!written) {
        int number = errno;

        close(descriptor);
        errno = number;
        return false;
    }
    return close(descriptor) == 0;
}

/* The text behind "NAME " at the beginning of a line; NULL if there is no such line. */
static const char *find_value(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return line + length + 1;
    return NULL;
}

/* Reads the whole file, "" if it cannot be read. */
static void read_text(const struct cgroup *group, const char *file, char text[FILE_SIZE])
{
    int descriptor = cgroup_exists(group) ? openat(group->directory, file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = descriptor < 0 ? 0 : read(descriptor, text, FILE_SIZE - 1);

    if (descriptor >= 0)
        close(descriptor);
    text[length > 0 ? length : 0] = '\0';
}

static int64_t parse_value(const char *value)
{
    return value && *value >= '0' && *value <= '9' ? strtoll(value, NULL, 10) : SAMPLE_UNKNOWN;
}

int64_t cgroup_number(const struct cgroup *group, const char *file, const char *name)
{
    char text[FILE_SIZE];

    read_text(group, file, text);
    return parse_value(name ? find_value(text, name) : text);
}

/* --- its processes ------------------------------------------------------------------------------------------------ */

static void visit_processes(int directory, void (*visit)(pid_t pid, void *context), void *context)
{
    FILE *file = stream_open(directory, "cgroup.procs");
    int pid;

    /* A process of another PID namespace is listed as 0. */
    while (file && fscanf(file, "%d", &pid) == 1)
        if (pid > 0)
            visit(pid, context);
    if (file)
        fclose(file);
}

void cgroup_visit_processes(const struct cgroup *group, void (*visit)(pid_t pid, void *context), void *context)
{
    if (cgroup_exists(group))
        visit_processes(group->directory, visit, context);
}

bool cgroup_has_several(const struct cgroup *group)
{
    FILE *file = cgroup_exists(group) ? stream_open(group->directory, "cgroup.procs") : NULL;
    int pid, count = 0;

    while (file && count < 2 && fscanf(file, "%d", &pid) == 1)
        count++;
    if (file)
        fclose(file);
    return count > 1;
}

static void list_one(pid_t pid, void *list)
{
    process_list_add(list, pid);
}

static void list_processes(int directory, struct process_list *list)
{
    DIR *groups = stream_open_directory(directory, ".");

    visit_processes(directory, list_one, list);
    for (struct dirent *entry; groups && (entry = readdir(groups));) {
        int below = -1;

        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            below = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below < 0)
            continue;
        list_processes(below, list);
        close(below);
    }
    if (groups)
        closedir(groups);
}

void cgroup_list_processes(const struct cgroup *group, struct process_list *list)
{
    if (cgroup_exists(group))
        list_processes(group->directory, list);
}

static void kill_one(pid_t pid, void *may_kill)
{
    if (kill(pid, SIGKILL) != 0 && errno == EPERM)
        *(bool *)may_kill = false;
}

/* Kills also the processes that this process cannot see or may not kill itself. Version 2 has a file for it since Linux
   5.14. Returns false if one of them, as a setuid program's, may stay. */
static bool kill_all(int directory)
{
    bool may_kill = true, is_written = false;
    int descriptor = openat(directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);

    if (descriptor >= 0 && write(descriptor, "1", 1) != 1)
        errno = 0; /* the rest does what can be done */
    else if (descriptor >= 0)
        is_written = true;
    if (descriptor >= 0)
        close(descriptor);
    visit_processes(directory, kill_one, &may_kill);
    return is_written || may_kill;
}

static void remove_groups_below(int directory)
{
    DIR *entries = stream_open_directory(directory, ".");

    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            cgroup_remove_tree(directory, entry->d_name);
    closedir(entries);
}

/* A process that was killed leaves its group a moment later; one that may not be killed is not waited for. */
bool cgroup_remove_tree(int parent, const char *name)
{
    const struct timespec moment = {.tv_nsec = REMOVAL_PAUSE_NANOSECONDS};
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_gone = directory < 0;

    if (is_gone)
        return true;
    remove_groups_below(directory);
    for (int i = 0; i < REMOVAL_TRIES && !is_gone; i++) {
        bool may_kill = kill_all(directory);

        is_gone = unlinkat(parent, name, AT_REMOVEDIR) == 0;
        if (!is_gone && (errno != EBUSY || !may_kill))
            break;
        if (!is_gone)
            nanosleep(&moment, NULL);
    }
    close(directory);
    return is_gone;
}

void cgroup_remove(struct cgroup *group)
{
    if (cgroup_exists(group))
        cgroup_remove_tree(AT_FDCWD, group->path);
    cgroup_close(group);
}

/* --- what it was charged ------------------------------------------------------------------------------------------ */

bool cgroup_has_killed(const struct cgroup *group)
{
    return cgroup_number(group, group->version == CGROUP_V1 ? "memory.oom_control" : "memory.events", "oom_kill") > 0;
}

int64_t cgroup_failed_charges(const struct cgroup *group)
{
    return group->version == CGROUP_V1 ? cgroup_number(group, "memory.failcnt", NULL)
                                       : cgroup_number(group, "memory.events.local", "oom");
}

/* The sum of the named numbers; unknown if one is. */
static int64_t sum_values(const char *text, const char *const *name)
{
    int64_t sum = 0;

    for (; *name; name++) {
        int64_t part = parse_value(find_value(text, *name));

        if (part == SAMPLE_UNKNOWN)
            return SAMPLE_UNKNOWN;
        sum += part;
    }
    return sum;
}

/* Not memory.current or memory.usage_in_bytes: they hold what each processor has charged in advance, up to 64 pages
   (MEMCG_CHARGE_BATCH in the kernel's mm/memcontrol.c). */
static void read_statistics(const struct cgroup *group, struct sample *sample)
{
    static const char *const user_v1[] = {"total_rss", "total_cache", NULL};
    static const char *const all_v2[] = {"anon", "file", "kernel", "sock", NULL};
    char statistics[FILE_SIZE];
    int64_t user;

    read_text(group, "memory.stat", statistics);
    if (group->version == CGROUP_V2) {
        sample->kernel_bytes = parse_value(find_value(statistics, "kernel"));
        sample->kernel_stack_bytes = parse_value(find_value(statistics, "kernel_stack"));
        sample->charged_bytes = sum_values(statistics, all_v2);
        return;
    }
    user = sum_values(statistics, user_v1);
    if (user != SAMPLE_UNKNOWN && sample->kernel_bytes != SAMPLE_UNKNOWN)
        sample->charged_bytes = user + sample->kernel_bytes;
}

void cgroup_read_peak(const struct cgroup *group, struct sample *sample)
{
    int64_t peak =
        cgroup_number(group, group->version == CGROUP_V1 ? "memory.max_usage_in_bytes" : "memory.peak", NULL);

    if (peak != SAMPLE_UNKNOWN)
        sample->peak_charged_bytes = peak;
}

void cgroup_read(const struct cgroup *group, bool is_fresh, struct sample *sample)
{
    if (!cgroup_exists(group))
        return;
    if (group->version == CGROUP_V1)
        sample->kernel_bytes = cgroup_number(group, "memory.kmem.usage_in_bytes", NULL); /* a counter, never stale */
    if (is_fresh)
        read_statistics(group, sample);
    cgroup_read_peak(group, sample);
}
