/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/environment.h"

#include "collect/stream.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Adds the line of a one-line file, as a number if it is one. */
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

/* Lines of /proc/cpuinfo that name a processor, after lscpu of util-linux (sys-utils/lscpu-cputype.c). The first naming
   whose first key is in a section counts. Numbers are written with their keys. */
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

/* The values of one section, which describes one core. */
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

/* Adds the core's name, unless it is there already. All cores are named as the first one is: a section about the whole
   machine may follow them. */
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

/* --- what steers a runtime ---------------------------------------------------------------------------------------- */

/* A trailing asterisk stands for any ending. */
static const char *const steering[] = {
    /* Go */
    "GOGC",
    "GOMEMLIMIT",
    "GOMAXPROCS",
    "GODEBUG",
    /* Java */
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    /* Node.js and libuv */
    "NODE_OPTIONS",
    "UV_THREADPOOL_SIZE",
    "UV_USE_IO_URING",
    /* .NET */
    "DOTNET_*",
    "COMPlus_*",
    /* Python */
    "PYTHONASYNCIODEBUG",
    "PYTHONDEBUG",
    "PYTHONDEVMODE",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONFAULTHANDLER",
    "PYTHONHASHSEED",
    "PYTHONHOME",
    "PYTHONMALLOC",
    "PYTHONMALLOCSTATS",
    "PYTHONNODEBUGRANGES",
    "PYTHONNOUSERSITE",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONPERFSUPPORT",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONTRACEMALLOC",
    "PYTHON_CPU_COUNT",
    "PYTHON_GIL",
    "PYTHON_JIT",
    /* Rust */
    "TOKIO_WORKER_THREADS",
    "RUST_MIN_STACK",
    "ASYNC_STD_THREAD_COUNT",
    /* Erlang and Elixir */
    "ERL_FLAGS",
    "ERL_AFLAGS",
    "ERL_ZFLAGS",
    "ELIXIR_ERL_OPTIONS",
    /* the C library and the linker */
    "MALLOC_*",
    "GLIBC_TUNABLES",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
};

static bool is_named(const char *name, size_t length, const char *entry)
{
    size_t prefix = strcspn(entry, "*");

    return strncmp(name, entry, prefix) == 0 && (entry[prefix] ? length > prefix : length == prefix);
}

static void add_variables(json_object *object, const char *entry)
{
    for (char **variable = environ; variable && *variable; variable++) {
        size_t length = strcspn(*variable, "=");
        char name[256];

        if (!(*variable)[length] || length >= sizeof name || !is_named(*variable, length, entry))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)length, *variable);
        json_object_object_add(object, name, json_object_new_string(*variable + length + 1));
    }
}

/* It is also the default size of a thread's stack. */
static void add_stack_limit(json_object *object)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_STACK, &limit) != 0)
        return;
    json_object_object_add(object, "stack_limit_bytes",
                           limit.rlim_cur == RLIM_INFINITY ? json_object_new_string("unlimited")
                                                           : json_object_new_int64((int64_t)limit.rlim_cur));
}

static bool has_processor(int processor, const cpu_set_t *set, size_t size)
{
    return (size_t)processor < 8 * size && CPU_ISSET_S((size_t)processor, size, set);
}

void environment_write_processors(const cpu_set_t *set, size_t size, FILE *stream)
{
    const char *separator = "";

    for (int first = 0, last; first < (int)(8 * size); first = last + 1) {
        last = first;
        if (!has_processor(first, set, size))
            continue;
        while (has_processor(last + 1, set, size))
            last++;
        fprintf(stream, first == last ? "%s%d" : "%s%d-%d", separator, first, last);
        separator = ",";
    }
}

#define MOST_PROCESSORS (1 << 16)

static void add_processors(json_object *object)
{
    const size_t size = CPU_ALLOC_SIZE(MOST_PROCESSORS);
    cpu_set_t *set = CPU_ALLOC(MOST_PROCESSORS);
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    if (set && stream && sched_getaffinity(0, size, set) == 0)
        environment_write_processors(set, size, stream);
    if (stream && fclose(stream) == 0 && *text)
        json_object_object_add(object, "processors", json_object_new_string(text));
    free(text);
    CPU_FREE(set);
}

static void add_scheduling(json_object *object)
{
    static const char *const policies[] = {[SCHED_OTHER] = "other",
                                           [SCHED_FIFO] = "fifo",
                                           [SCHED_RR] = "rr",
                                           [SCHED_BATCH] = "batch",
                                           [SCHED_IDLE] = "idle"};
    int nice_value, policy = sched_getscheduler(0);

    errno = 0; /* -1 is a nice value, too */
    nice_value = getpriority(PRIO_PROCESS, 0);
    if (errno == 0)
        json_object_object_add(object, "nice", json_object_new_int(nice_value));
    policy = policy < 0 ? policy : policy & ~SCHED_RESET_ON_FORK;
    if (policy >= 0 && (size_t)policy < sizeof policies / sizeof *policies && policies[policy])
        json_object_object_add(object, "scheduling", json_object_new_string(policies[policy]));
}

/* How late the kernel may wake what sleeps, to save power; a run inherits it. */
static void add_timer_slack(json_object *object)
{
    int nanoseconds = prctl(PR_GET_TIMERSLACK);

    if (nanoseconds >= 0)
        json_object_object_add(object, ENVIRONMENT_TIMER_SLACK, json_object_new_int(nanoseconds));
}

json_object *environment_steering(void)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < sizeof steering / sizeof *steering; i++)
        add_variables(object, steering[i]);
    add_stack_limit(object);
    add_processors(object);
    add_scheduling(object);
    add_timer_slack(object);
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
