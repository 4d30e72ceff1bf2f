/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/environment.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Adds what stands in a one-line file, as a number if it is one. */
static void add_file(json_object *object, const char *key, const char *path)
{
    char line[256] = "", *end;
    FILE *file = fopen(path, "re");
    long long number;

    if (!file)
        return;
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    number = strtoll(line, &end, 10);
    if (*line && !*end)
        json_object_object_add(object, key, json_object_new_int64(number));
    else if (*line)
        json_object_object_add(object, key, json_object_new_string(line));
}

/* Adds the value of the first line "name<blanks>: value" of a file of such lines. */
static void add_line_value(json_object *object, const char *key, const char *path, const char *name)
{
    char line[512];
    FILE *file = fopen(path, "re");

    if (!file)
        return;
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');

        if (strncmp(line, name, strlen(name)) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = '\0';
        json_object_object_add(object, key, json_object_new_string(colon + 1 + strspn(colon + 1, " \t")));
        break;
    }
    fclose(file);
}

static json_object *limits(void)
{
    static const struct {
        const char *key;
        int resource;
    } hard_limits[] = {
        {"open_files", RLIMIT_NOFILE},
        {"processes", RLIMIT_NPROC},
        {"pending_signals", RLIMIT_SIGPENDING},
    };
    json_object *object = json_object_new_object();

    add_file(object, "kernel.pid_max", "/proc/sys/kernel/pid_max");
    add_file(object, "kernel.threads-max", "/proc/sys/kernel/threads-max");
    add_file(object, "vm.max_map_count", "/proc/sys/vm/max_map_count");
    for (size_t i = 0; i < sizeof hard_limits / sizeof *hard_limits; i++) {
        struct rlimit limit;

        if (getrlimit((__rlimit_resource_t)hard_limits[i].resource, &limit) == 0 && limit.rlim_max != RLIM_INFINITY)
            json_object_object_add(object, hard_limits[i].key, json_object_new_int64((int64_t)limit.rlim_max));
    }
    return object;
}

static const char *cgroup_version(void)
{
    if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0)
        return "v2";
    if (access("/sys/fs/cgroup/memory", F_OK) == 0)
        return access("/sys/fs/cgroup/unified", F_OK) == 0 ? "v1 (hybrid)" : "v1";
    return "none";
}

json_object *environment_machine(const char *host)
{
    json_object *object = json_object_new_object();
    struct utsname name;

    json_object_object_add(object, "host", json_object_new_string(host));
    add_line_value(object, "processor", "/proc/cpuinfo", "model name");
    json_object_object_add(object, "cores", json_object_new_int64(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_object_add(object, "memory_bytes",
                           json_object_new_int64((int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE)));
    json_object_object_add(object, "page_bytes", json_object_new_int64(sysconf(_SC_PAGESIZE)));
    if (uname(&name) == 0) {
        json_object_object_add(object, "architecture", json_object_new_string(name.machine));
        json_object_object_add(object, "kernel", json_object_new_string(name.release));
    }
    add_file(object, "transparent_huge_pages", "/sys/kernel/mm/transparent_hugepage/enabled");
    add_file(object, "overcommit_memory", "/proc/sys/vm/overcommit_memory");
    add_file(object, "randomize_va_space", "/proc/sys/kernel/randomize_va_space");
    json_object_object_add(object, "cgroup", json_object_new_string(cgroup_version()));
    json_object_object_add(object, "limits", limits());
    return object;
}

json_object *environment_versions(const char *collect)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "collect", json_object_new_string(collect));
    json_object_object_add(object, "libc", json_object_new_string(gnu_get_libc_version()));
    json_object_object_add(object, "compiler", json_object_new_string(COMPILER));
    return object;
}
