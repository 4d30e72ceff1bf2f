/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers of /proc/PID/{status,stat,smaps_rollup,task/TID/children}; formats in proc(5). */
#include "collect/process.h"

#include "collect/array.h"
#include "collect/stream.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A process with more threads than this is not searched thread by thread for children: it would cost 10 us each. */
#define MAX_THREADS_SEARCHED 64

struct processes {
    pid_t *pid;
    size_t count;
};

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

/* --- which processes ---------------------------------------------------------------------------------------------- */

static bool add(struct processes *processes, pid_t pid)
{
    pid_t *more = array_grow(processes->pid, processes->count, sizeof *more);

    if (!more)
        return false;
    processes->pid = more;
    processes->pid[processes->count++] = pid;
    return true;
}

static void add_children_of_thread(struct processes *processes, int proc, pid_t pid, const char *thread)
{
    char path[128];
    FILE *stream;
    int child;

    snprintf(path, sizeof path, "%d/task/%s/children", (int)pid, thread);
    stream = stream_open(proc, path);
    if (!stream)
        return;
    while (fscanf(stream, "%d", &child) == 1)
        if (!add(processes, child))
            break;
    fclose(stream);
}

static void add_children(struct processes *processes, int proc, pid_t pid, int64_t threads)
{
    DIR *directory;
    char main_thread[16], path[32];

    if (threads > MAX_THREADS_SEARCHED) {
        snprintf(main_thread, sizeof main_thread, "%d", (int)pid);
        add_children_of_thread(processes, proc, pid, main_thread);
        return;
    }
    snprintf(path, sizeof path, "%d/task", (int)pid);
    directory = stream_open_directory(proc, path);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.')
            add_children_of_thread(processes, proc, pid, entry->d_name);
    closedir(directory);
}

int process_signal_children(int proc, int signal)
{
    struct processes children = {0};
    int count;

    add_children(&children, proc, getpid(), 1);
    for (size_t i = 0; i < children.count; i++)
        kill(children.pid[i], signal);
    count = (int)children.count;
    free(children.pid);
    return count;
}

/* --- what they weigh ---------------------------------------------------------------------------------------------- */

/* The wanted lines follow the list of supplementary groups, of which accounts in a directory service have hundreds:
   there is room for some five thousand. */
#define STATUS_SIZE 65536

static bool read_status(int proc, pid_t pid, struct sample *one)
{
    char text[STATUS_SIZE];

    if (!read_text(proc, pid, "status", text, sizeof text))
        return false;
    one->rss_bytes = field_bytes(text, "\nVmRSS:");
    one->peak_rss_bytes = field_bytes(text, "\nVmHWM:");
    one->page_table_bytes = field_bytes(text, "\nVmPTE:");
    one->threads = field(text, "\nThreads:");
    return true;
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
    *one = sample_unknown();
    if (!read_status(proc, pid, one))
        return false;
    read_times(proc, pid, one);
    if (depth == PROCESS_FULL)
        read_rollup(proc, pid, one);
    return true;
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
}

static void copy_sums(struct sample *sample, const struct sample *total, int64_t root_peak)
{
    sample->rss_bytes = total->rss_bytes;
    sample->pss_bytes = total->pss_bytes;
    sample->uss_bytes = total->uss_bytes;
    sample->page_table_bytes = total->page_table_bytes;
    sample->threads = total->threads;
    sample->user_us = total->user_us;
    sample->system_us = total->system_us;
    sample->peak_rss_bytes = root_peak > total->rss_bytes ? root_peak : total->rss_bytes;
}

int process_read(int proc, pid_t root, enum process_depth depth, struct sample *sample)
{
    struct processes processes = {0};
    struct sample total = sample_unknown(), one;
    int64_t root_peak = SAMPLE_UNKNOWN;
    int count = 0;

    if (!add(&processes, root))
        return 0;
    for (size_t i = 0; i < processes.count; i++) {
        if (!read_one(proc, processes.pid[i], depth, &one))
            continue;
        if (i == 0)
            root_peak = one.peak_rss_bytes;
        count++;
        sum_up(&total, &one);
        add_children(&processes, proc, processes.pid[i], one.threads);
    }
    free(processes.pid);
    if (count > 0)
        copy_sums(sample, &total, root_peak);
    return count;
}
