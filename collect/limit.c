/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits and what is used of them, from proc(5) and sysctl documentation (Documentation/admin-guide/sysctl). */
#include "collect/limit.h"

#include "collect/stream.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static const struct {
    const char *name;
    int64_t (*allowed)(int proc, pid_t pid);
    int64_t (*used)(int proc, pid_t pid);
} limits[] = {
    {"kernel.pid_max", pid_max, machine_threads},
    {"kernel.threads-max", threads_max, machine_threads},
    {"vm.max_map_count", max_map_count, mappings},
    {"RLIMIT_NOFILE", max_open_files, open_files},
    {"RLIMIT_SIGPENDING", max_pending_signals, pending_signals},
};

void limit_describe(int proc, pid_t pid, char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof limits / sizeof *limits && length < size; i++) {
        int64_t allowed = limits[i].allowed(proc, pid), used = limits[i].used(proc, pid);

        if (allowed <= 0 || used < allowed - allowed / 100)
            continue;
        length += (size_t)snprintf(text + length, size - length, "%s%s %lld", length ? ", " : "", limits[i].name,
                                   (long long)allowed);
    }
}
