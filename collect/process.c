/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers of /proc/PID/{status,stat,smaps_rollup}; formats in proc(5). */
#include "collect/process.h"

#include "collect/stream.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

static void sum(int64_t *total, int64_t part)
{
    if (part != SAMPLE_UNKNOWN)
        *total = (*total == SAMPLE_UNKNOWN ? 0 : *total) + part;
}

/* Reads the beginning of the file as text. Returns false if it is empty or cannot be read. */
static bool read_text(int proc, pid_t pid, const char *file, char *text, size_t size)
{
    char path[64];
    int descriptor;
    ssize_t length;

    snprintf(path, sizeof path, "%d/%s", (int)pid, file);
    descriptor = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    length = read(descriptor, text, size - 1);
    close(descriptor);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return true;
}

/* The number behind "\nNAME:" in a status-like text. */
static int64_t field(const char *text, const char *name)
{
    const char *found = strstr(text, name);

    return found ? strtoll(found + strlen(name), NULL, 10) : SAMPLE_UNKNOWN;
}

static int64_t field_bytes(const char *text, const char *name)
{
    int64_t kibibytes = field(text, name);

    return kibibytes == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : kibibytes * 1024;
}

/* --- what they weigh ---------------------------------------------------------------------------------------------- */

/* The wanted lines follow the list of supplementary groups, of which accounts in a directory service have hundreds:
   there is room for some five thousand. */
#define STATUS_SIZE 65536

static bool has_memory(const char *status)
{
    return strstr(status, "\nVmRSS:");
}

/* A thread that has the process's memory, with its status in `status`; 0 if there is none. Where the main thread has
   ended before the others, /proc/PID shows no memory, but /proc/TID of any other thread does. */
static pid_t find_living_thread(int proc, pid_t pid, char *status, size_t size)
{
    char path[32];
    DIR *directory;
    pid_t found = 0;

    snprintf(path, sizeof path, "%d/task", (int)pid);
    directory = stream_open_directory(proc, path);
    if (!directory)
        return 0;
    for (struct dirent *entry; !found && (entry = readdir(directory));) {
        pid_t thread = atoi(entry->d_name);

        if (thread > 0 && thread != pid && read_text(proc, thread, "status", status, size) && has_memory(status))
            found = thread;
    }
    closedir(directory);
    return found;
}

/* Reads the status of the process. Returns by which of its threads its memory can be read; 0 if it is gone. The threads
   of a process that has ended, but has not been waited for, stay unknown. */
static pid_t read_status(int proc, pid_t pid, struct sample *one)
{
    char text[STATUS_SIZE];
    pid_t reader = pid;
    int64_t threads;

    if (!read_text(proc, pid, "status", text, sizeof text))
        return 0;
    threads = field(text, "\nThreads:");
    if (strstr(text, "\nState:\tZ") && threads <= 1)
        return pid;
    if (!has_memory(text) && threads > 1)
        reader = find_living_thread(proc, pid, text, sizeof text);
    one->threads = threads;
    one->rss_bytes = field_bytes(text, "\nVmRSS:");
    one->peak_rss_bytes = field_bytes(text, "\nVmHWM:");
    one->page_table_bytes = field_bytes(text, "\nVmPTE:");
    return reader ? reader : pid;
}

pid_t process_parent(int proc, pid_t pid)
{
    char text[STATUS_SIZE];
    int64_t parent = read_text(proc, pid, "status", text, sizeof text) ? field(text, "\nPPid:") : SAMPLE_UNKNOWN;

    return parent == SAMPLE_UNKNOWN ? 0 : (pid_t)parent;
}

static int64_t ticks_to_us(long long ticks)
{
    return ticks * (1000000 / sysconf(_SC_CLK_TCK));
}

/* The text of /proc/PID/stat behind the name in parentheses (it may hold any characters); NULL if there is none. */
static const char *read_stat(int proc, pid_t pid, char *text, size_t size)
{
    return read_text(proc, pid, "stat", text, size) ? strrchr(text, ')') : NULL;
}

/* Fields 14 to 17: own time and that of children waited for. */
static void read_times(int proc, pid_t pid, struct sample *one)
{
    char text[1024];
    const char *after_name = read_stat(proc, pid, text, sizeof text);
    unsigned long long user, system;
    long long children_user, children_system;

    if (!after_name)
        return;
    if (sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &user, &system,
               &children_user, &children_system) != 4)
        return;
    one->user_us = ticks_to_us((long long)user + children_user);
    one->system_us = ticks_to_us((long long)system + children_system);
}

unsigned long long process_start_ticks(int proc, pid_t pid)
{
    char text[1024];
    const char *after_name = read_stat(proc, pid, text, sizeof text);
    unsigned long long ticks;

    if (!after_name ||
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &ticks) != 1)
        return 0;
    return ticks;
}

static void read_rollup(int proc, pid_t pid, struct sample *one)
{
    char text[4096];
    int64_t clean, dirty;

    if (!read_text(proc, pid, "smaps_rollup", text, sizeof text))
        return;
    one->rss_bytes = field_bytes(text, "\nRss:");
    one->pss_bytes = field_bytes(text, "\nPss:");
    clean = field_bytes(text, "\nPrivate_Clean:");
    dirty = field_bytes(text, "\nPrivate_Dirty:");
    one->uss_bytes = clean == SAMPLE_UNKNOWN || dirty == SAMPLE_UNKNOWN ? SAMPLE_UNKNOWN : clean + dirty;
}

static bool read_one(int proc, pid_t pid, enum process_depth depth, struct sample *one)
{
    pid_t reader;

    *one = sample_unknown();
    reader = read_status(proc, pid, one);
    if (!reader)
        return false;
    read_times(proc, pid, one);
    if (depth == PROCESS_FULL)
        read_rollup(proc, reader, one);
    return true;
}

static bool is_alive(const struct sample *one)
{
    return one->threads != SAMPLE_UNKNOWN;
}

static void sum_up(struct sample *total, const struct sample *one)
{
    sum(&total->rss_bytes, one->rss_bytes);
    sum(&total->pss_bytes, one->pss_bytes);
    sum(&total->uss_bytes, one->uss_bytes);
    sum(&total->page_table_bytes, one->page_table_bytes);
    sum(&total->threads, one->threads);
    sum(&total->user_us, one->user_us);
    sum(&total->system_us, one->system_us);
    total->peak_rss_bytes = MAX(total->peak_rss_bytes, one->peak_rss_bytes);
}

static void copy_sums(struct sample *sample, const struct sample *total)
{
    sample->rss_bytes = total->rss_bytes;
    sample->pss_bytes = total->pss_bytes;
    sample->uss_bytes = total->uss_bytes;
    sample->page_table_bytes = total->page_table_bytes;
    sample->threads = total->threads;
    sample->user_us = total->user_us;
    sample->system_us = total->system_us;
    sample->peak_rss_bytes = MAX(total->peak_rss_bytes, total->rss_bytes);
}

int process_read(int proc, const struct process_list *processes, enum process_depth depth, struct sample *sample)
{
    struct sample total = sample_unknown(), one;
    int count = 0;

    for (size_t i = 0; i < processes->count; i++) {
        if (!read_one(proc, processes->pid[i], depth, &one))
            continue;
        count += is_alive(&one);
        sum_up(&total, &one);
    }
    if (count > 0)
        copy_sums(sample, &total);
    return count;
}
