/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits and what is used of them, from proc(5) and sysctl documentation (Documentation/admin-guide/sysctl). */
#include "collect/limit.h"

#include "collect/stream.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#define UNKNOWN (-1)

/* The first number that the format finds in a line of the file. */
static int64_t scan(int proc, const char *path, const char *format)
{
    FILE *file = stream_open(proc, path);
    char line[512];
    long long number = UNKNOWN;

    if (!file)
        return UNKNOWN;
    while (number == UNKNOWN && fgets(line, sizeof line, file))
        if (sscanf(line, format, &number) != 1)
            number = UNKNOWN;
    fclose(file);
    return number;
}

static int64_t scan_process(int proc, pid_t pid, const char *file, const char *format)
{
    char path[64];

    snprintf(path, sizeof path, "%d/%s", (int)pid, file);
    return scan(proc, path, format);
}

/* --- what is used ------------------------------------------------------------------------------------------------- */

/* Every thread and process of the machine: the number behind the slash in "0.20 0.18 0.12 1/80 11206". */
static int64_t machine_threads(int proc, pid_t pid)
{
    (void)pid;
    return scan(proc, "loadavg", "%*f %*f %*f %*d/%lld");
}

static int64_t mappings(int proc, pid_t pid)
{
    char path[64];
    FILE *file;
    int64_t lines = 0;

    snprintf(path, sizeof path, "%d/maps", (int)pid);
    file = stream_open(proc, path);
    if (!file)
        return UNKNOWN;
    for (int byte; (byte = getc(file)) != EOF;)
        lines += byte == '\n';
    fclose(file);
    return lines;
}

static int64_t open_files(int proc, pid_t pid)
{
    char path[64];
    DIR *directory;
    int64_t entries = 0;

    snprintf(path, sizeof path, "%d/fd", (int)pid);
    directory = stream_open_directory(proc, path);
    if (!directory)
        return UNKNOWN;
    for (struct dirent *entry; (entry = readdir(directory));)
        entries += entry->d_name[0] != '.';
    closedir(directory);
    return entries;
}

/* The threads of all processes of that user, as the kernel counts them against RLIMIT_NPROC. */
static int64_t threads_of_user(int proc, int64_t user)
{
    DIR *directory = stream_open_directory(proc, ".");
    int64_t threads = 0;

    if (!directory)
        return UNKNOWN;
    for (struct dirent *entry; (entry = readdir(directory));) {
        pid_t pid = (pid_t)atoi(entry->d_name);

        if (pid > 0 && scan_process(proc, pid, "status", "Uid: %lld") == user)
            threads += scan_process(proc, pid, "status", "Threads: %lld");
    }
    closedir(directory);
    return threads;
}

static int64_t processes_of_user(int proc, pid_t pid)
{
    return threads_of_user(proc, scan_process(proc, pid, "status", "Uid: %lld"));
}

static int64_t pending_signals(int proc, pid_t pid)
{
    return scan_process(proc, pid, "status", "SigQ: %lld/");
}

/* --- how much is allowed ------------------------------------------------------------------------------------------ */

static int64_t pid_max(int proc, pid_t pid)
{
    (void)pid;
    return scan(proc, "sys/kernel/pid_max", "%lld");
}

static int64_t threads_max(int proc, pid_t pid)
{
    (void)pid;
    return scan(proc, "sys/kernel/threads-max", "%lld");
}

static int64_t most_processes(int proc)
{
    return MIN(pid_max(proc, 0), threads_max(proc, 0));
}

static int64_t max_map_count(int proc, pid_t pid)
{
    (void)pid;
    return scan(proc, "sys/vm/max_map_count", "%lld");
}

static int64_t max_open_files(int proc, pid_t pid)
{
    return scan_process(proc, pid, "limits", "Max open files %lld");
}

static int64_t max_pending_signals(int proc, pid_t pid)
{
    return scan_process(proc, pid, "status", "SigQ: %*d/%lld");
}

/* The kernel holds nobody to it who has one of two capabilities (copy_process in its kernel/fork.c). */
static int64_t max_processes(int proc, pid_t pid)
{
    const unsigned long long exempt = 1ULL << CAP_SYS_RESOURCE | 1ULL << CAP_SYS_ADMIN;
    unsigned long long capabilities = (unsigned long long)scan_process(proc, pid, "status", "CapEff: %llx");

    return capabilities & exempt ? UNKNOWN : scan_process(proc, pid, "limits", "Max processes %lld");
}

/* launch.c raises every soft limit to the hard one, unless collect sets a bound. */
static bool is_bound_by_collect(int proc, pid_t pid)
{
    int64_t hard = scan_process(proc, pid, "limits", "Max processes %*s %lld");

    return hard == UNKNOWN || max_processes(proc, pid) < hard;
}

#define BY_OPTION " (--raise-limits)"
#define MAPPINGS "vm.max_map_count"

static const struct {
    const char *name;
    int64_t (*allowed)(int proc, pid_t pid);
    int64_t (*used)(int proc, pid_t pid);
    const char *raised; /* how */
} limits[] = {
    {"kernel.pid_max", pid_max, machine_threads, BY_OPTION},
    {"kernel.threads-max", threads_max, machine_threads, BY_OPTION},
    {MAPPINGS, max_map_count, mappings, BY_OPTION},
    {"RLIMIT_NPROC", max_processes, processes_of_user, ""},
    {"RLIMIT_NOFILE", max_open_files, open_files, ""},
    {"RLIMIT_SIGPENDING", max_pending_signals, pending_signals, ""},
};

/* --- what was met ------------------------------------------------------------------------------------------------- */

struct text {
    char *start;
    size_t length, size;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;

    if (text->length > 0 && text->length + 2 < text->size)
        text->length += (size_t)snprintf(text->start + text->length, text->size - text->length, ", ");
    va_start(arguments, format);
    if (text->length < text->size)
        text->length += (size_t)vsnprintf(text->start + text->length, text->size - text->length, format, arguments);
    va_end(arguments);
}

static bool is_met(int64_t used, int64_t allowed)
{
    return allowed > 0 && used >= allowed - allowed / 100;
}

static bool is_full(const struct cgroup *group)
{
    return is_met(cgroup_number(group, "pids.current", NULL), cgroup_number(group, "pids.max", NULL));
}

static void describe_own_bound(struct text *text, int proc, int64_t bound)
{
    add(text,
        "%" PRId64 " processes and threads a run, since kernel.pid_max %" PRId64 " is for others too "
        "(--raise-limits)",
        bound, most_processes(proc));
}

static bool describe_full(const struct cgroup *group, const char *name, int depth, void *context)
{
    (void)depth;
    if (is_full(group))
        add(context, "pids.max %" PRId64 " of the cgroup %.100s", cgroup_number(group, "pids.max", NULL), name);
    return true;
}

void limit_describe(const struct limit_scope *scope, char *description, size_t size)
{
    const struct cgroup *of_run = groups_of_processes(scope->run);
    struct text text = {.start = description, .size = size};

    description[0] = '\0';
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int64_t allowed = limits[i].allowed(scope->proc, scope->pid);

        if (allowed <= 0 || !is_met(limits[i].used(scope->proc, scope->pid), allowed))
            continue;
        if (limits[i].allowed == max_processes && is_bound_by_collect(scope->proc, scope->pid))
            describe_own_bound(&text, scope->proc, allowed);
        else
            add(&text, "%s %" PRId64 "%s", limits[i].name, allowed, limits[i].raised);
    }
    if (is_full(of_run))
        describe_own_bound(&text, scope->proc, cgroup_number(of_run, "pids.max", NULL));
    groups_visit_upwards(groups_own_of_processes(scope->groups), describe_full, &text);
}

/* What is left to others: enough to log in, to build and to clean up, but not much of a small machine. */
#define MOST_FOR_OTHERS 1024
#define SHARE_FOR_OTHERS 8

int64_t limit_processes(int proc)
{
    int64_t most = most_processes(proc);
    int64_t for_others = MIN(MOST_FOR_OTHERS, most / SHARE_FOR_OTHERS);

    return MAX(1, most - machine_threads(proc, 0) - for_others);
}

int64_t limit_processes_of_user(int proc)
{
    return MAX(0, threads_of_user(proc, getuid())) + limit_processes(proc);
}

/* A task has at most some mappings: a stack, its guard page, and what lies between. */
#define MOST_MAPPINGS_OF_A_TASK 8

void limit_suspect(int proc, const char *words, int64_t tasks, char *text, size_t size)
{
    static const char *const complaints[] = {"Cannot allocate memory", "ENOMEM", "guard page", "mmap", "mprotect"};
    int64_t allowed = max_map_count(proc, 0);

    text[0] = '\0';
    if (allowed <= 0 || tasks * MOST_MAPPINGS_OF_A_TASK < allowed)
        return;
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++)
        if (strstr(words, complaints[i]))
            snprintf(text, size, MAPPINGS " %lld" BY_OPTION, (long long)allowed);
}
