/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/fresh.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A round: taking a page of a file in memory and giving it back makes at least four of the 64 updates. */
#define PAGES_PER_PROCESSOR 16
#define ROUNDS 16
#define PAGES_AT_ONCE 64

static int64_t faults_told(const struct cgroup *group)
{
    return cgroup_number(group, "memory.stat", group->version == CGROUP_V1 ? "total_pgfault" : "pgfault");
}

/* Not by faults: where a machine has no page tables of its own (a virtual machine in another), one takes 50 us. */
static void make_updates(int file, long pages, long page_size)
{
    for (; pages > 0; pages -= PAGES_AT_ONCE)
        if (fallocate(file, 0, 0, PAGES_AT_ONCE * page_size) != 0 ||
            fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGES_AT_ONCE * page_size) != 0)
            return;
}

/* Each use of a page that was given back is a fault. */
static void make_fault(char *page, size_t size)
{
    *(volatile char *)page = 1;
    madvise(page, size, MADV_DONTNEED);
}

static bool make_updates_until_told(const struct cgroup *group, int file, char *page, long page_size)
{
    long pages = PAGES_PER_PROCESSOR * (sysconf(_SC_NPROCESSORS_CONF) + 1);
    int64_t before = faults_told(group);

    for (int round = 0; round < ROUNDS && before != SAMPLE_UNKNOWN; round++) {
        make_fault(page, (size_t)page_size);
        make_updates(file, pages, page_size);
        if (faults_told(group) != before)
            return true;
    }
    return false;
}

bool fresh_make(const struct cgroup *group)
{
    long size = sysconf(_SC_PAGESIZE);
    int file = cgroup_exists(group) ? memfd_create("taskweight", MFD_CLOEXEC) : -1;
    char *page =
        file < 0 ? MAP_FAILED : mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool is_fresh = page != MAP_FAILED && make_updates_until_told(group, file, page, size);

    if (page != MAP_FAILED)
        munmap(page, (size_t)size);
    if (file >= 0)
        close(file);
    return is_fresh;
}
