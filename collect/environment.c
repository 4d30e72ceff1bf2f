/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/environment.h"

#include "collect/stream.h"

#include <ctype.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

/* --- the processor ------------------------------------------------------------------------------------------------ */

#define MOST_KEYS 4

/* By which lines of /proc/cpuinfo a processor is told, after lscpu of util-linux (sys-utils/lscpu-cputype.c): where a
   section has the first key of one, that is taken. Numbers stand with their keys. */
static const struct naming {
    const char *key[MOST_KEYS];
    bool has_numbers;
} namings[] = {
    {{"model name"}, false},                                                /* x86, LoongArch, ARM of 32 bits */
    {{"cpu model"}, false},                                                 /* MIPS */
    {{"uarch"}, false},                                                     /* RISC-V */
    {{"mvendorid", "marchid", "mimpid"}, true},                             /* RISC-V without a name */
    {{"CPU implementer", "CPU part", "CPU variant", "CPU revision"}, true}, /* ARM64: of its MIDR_EL1 */
    {{"cpu"}, false},                                                       /* POWER */
    {{"machine"}, true},                                                    /* IBM Z */
};
#define NAMINGS (sizeof namings / sizeof *namings)

/* What stands in a section, which is a core's. */
struct core {
    char value[NAMINGS][MOST_KEYS][96];
};

/* "key<blanks>: value" */
static void take_line(struct core *core, char *line)
{
    char *colon = strchr(line, ':'), *end = colon;

    if (!colon)
        return;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    colon += 1 + strspn(colon + 1, " \t");
    colon[strcspn(colon, "\n")] = '\0';
    for (size_t i = 0; i < NAMINGS; i++)
        for (size_t k = 0; k < MOST_KEYS && namings[i].key[k]; k++)
            if (strcasecmp(line, namings[i].key[k]) == 0)
                snprintf(core->value[i][k], sizeof core->value[i][k], "%s", colon);
}

/* The naming that the core has; NAMINGS if it has none. */
static size_t find_naming(const struct core *core)
{
    size_t i = 0;

    while (i < NAMINGS && !*core->value[i][0])
        i++;
    return i;
}

static void name_core(const struct core *core, size_t naming, char text[ENVIRONMENT_PROCESSOR_SIZE])
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t k = 0; k < MOST_KEYS && namings[naming].key[k] && length < ENVIRONMENT_PROCESSOR_SIZE; k++)
        if (*core->value[naming][k])
            length +=
                (size_t)snprintf(text + length, ENVIRONMENT_PROCESSOR_SIZE - length, "%s%s%s%s", length > 0 ? ", " : "",
                                 namings[naming].has_numbers ? namings[naming].key[k] : "",
                                 namings[naming].has_numbers ? " " : "", core->value[naming][k]);
}

/* Whether the name is one of those in the text. */
static bool holds(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = text; (at = strstr(at, name)); at++)
        if ((at == text || at[-1] == ' ') && (!at[length] || at[length] == ';'))
            return true;
    return false;
}

/* Adds the core to those before it, unless one of the same name is among them. All are told by the naming of the first:
   a section of the whole machine may stand behind them. */
static void add_core(const struct core *core, size_t *naming, char text[ENVIRONMENT_PROCESSOR_SIZE])
{
    size_t length = strlen(text);
    char name[ENVIRONMENT_PROCESSOR_SIZE];

    if (*naming == NAMINGS)
        *naming = find_naming(core);
    if (*naming == NAMINGS || !*core->value[*naming][0])
        return;
    name_core(core, *naming, name);
    if (!holds(text, name))
        snprintf(text + length, ENVIRONMENT_PROCESSOR_SIZE - length, "%s%s", length > 0 ? "; " : "", name);
}

bool environment_processor(int proc, char text[ENVIRONMENT_PROCESSOR_SIZE])
{
    FILE *stream = stream_open(proc, "cpuinfo");
    struct core core = {0};
    size_t naming = NAMINGS, size = 0;
    char *line = NULL;

    text[0] = '\0';
    if (!stream)
        return false;
    while (getline(&line, &size, stream) > 0) {
        if (*line != '\n') {
            take_line(&core, line);
            continue;
        }
        add_core(&core, &naming, text);
        core = (struct core){0};
    }
    add_core(&core, &naming, text);
    free(line);
    fclose(stream);
    return *text;
}

static void add_processor(json_object *object)
{
    char text[ENVIRONMENT_PROCESSOR_SIZE];
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (proc >= 0 && environment_processor(proc, text))
        json_object_object_add(object, "processor", json_object_new_string(text));
    if (proc >= 0)
        close(proc);
}

/* --- the machine -------------------------------------------------------------------------------------------------- */

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
    add_processor(object);
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
