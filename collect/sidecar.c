/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The environment of a sweep as JSON. A fact that this machine does not tell is left out. */
#include "collect/sidecar.h"

#include "collect/sweep.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SCHEMA_VERSION 1

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* --- facts of the machine ----------------------------------------------------------------------------------------- */

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

static json_object *machine(const char *host)
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

/* --- what was asked ----------------------------------------------------------------------------------------------- */

static json_object *plan(const struct sidecar *sidecar)
{
    json_object *object = json_object_new_object(), *models = json_object_new_array(), *tasks = json_object_new_array();

    for (size_t i = 0; i < sidecar->models; i++)
        json_object_array_add(models, json_object_new_string(sidecar->model[i]->name));
    for (size_t i = 0; i < sidecar->task_counts; i++)
        json_object_array_add(tasks, json_object_new_int64(sidecar->tasks[i]));
    json_object_object_add(object, "models", models);
    json_object_object_add(object, "tasks", tasks);
    json_object_object_add(object, "runs", json_object_new_int64(sidecar->runs));
    json_object_object_add(object, "seed", json_object_new_int64(sidecar->seed));
    if (sidecar->sleep_seconds == SWEEP_SLEEP_AUTO)
        json_object_object_add(object, "sleep", json_object_new_string("auto"));
    else
        json_object_object_add(object, "sleep", json_object_new_double(sidecar->sleep_seconds));
    json_object_object_add(object, "timeout", json_object_new_double(sidecar->timeout_seconds));
    json_object_object_add(object, "thp", json_object_new_boolean(sidecar->launch.huge_pages));
    json_object_object_add(object, "aslr", json_object_new_boolean(!sidecar->launch.fixed_address_layout));
    return object;
}

static json_object *models(const struct sidecar *sidecar)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < sidecar->models; i++) {
        const struct model *model = sidecar->model[i];
        json_object *one = json_object_new_object();

        json_object_object_add(one, "family", json_object_new_string(model->family));
        json_object_object_add(one, "language", json_object_new_string(model->language));
        json_object_object_add(one, "version", json_object_new_string(model->version));
        json_object_object_add(one, "summary", json_object_new_string(model->summary));
        if (*model->command)
            json_object_object_add(one, "command", json_object_new_string(model->command));
        json_object_object_add(object, model->name, one);
    }
    return object;
}

static json_object *command(char *const *arguments)
{
    json_object *array = json_object_new_array();

    for (; *arguments; arguments++)
        json_object_array_add(array, json_object_new_string(*arguments));
    return array;
}

/* ISO 8601 in UTC; null for a time that has not come yet. */
static json_object *moment(time_t time)
{
    char text[32];
    struct tm parts;

    if (time == 0 || !gmtime_r(&time, &parts))
        return NULL;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return json_object_new_string(text);
}

static json_object *versions(const struct sidecar *sidecar)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "collect", json_object_new_string(sidecar->version));
    json_object_object_add(object, "libc", json_object_new_string(gnu_get_libc_version()));
    json_object_object_add(object, "compiler", json_object_new_string(COMPILER));
    return object;
}

static json_object *document(const struct sidecar *sidecar)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "schema", json_object_new_string("taskweight-sidecar"));
    json_object_object_add(object, "schema_version", json_object_new_int(SCHEMA_VERSION));
    json_object_object_add(object, "start", moment(sidecar->start));
    json_object_object_add(object, "end", moment(sidecar->end));
    json_object_object_add(object, "command", command(sidecar->command));
    json_object_object_add(object, "plan", plan(sidecar));
    json_object_object_add(object, "machine", machine(sidecar->host));
    json_object_object_add(object, "versions", versions(sidecar));
    json_object_object_add(object, "models", models(sidecar));
    return object;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

char *sidecar_path(const char *recording)
{
    size_t length = strlen(recording);
    char *path;

    if (length > 4 && strcmp(recording + length - 4, ".csv") == 0)
        length -= 4;
    return asprintf(&path, "%.*s.json", (int)length, recording) < 0 ? NULL : path;
}

static int write_text(const char *text, const char *path, struct error *error)
{
    FILE *file = fopen(path, "we");
    bool written;

    if (!file)
        return error_set(error, "%s: cannot be made: %s", path, strerror(errno));
    fprintf(file, "%s\n", text);
    written = fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (fclose(file) == 0 && written)
        return 0;
    error_set(error, "%s: cannot write: %s", path, strerror(errno));
    unlink(path);
    return -1;
}

int sidecar_write(const struct sidecar *sidecar, const char *path, struct error *error)
{
    json_object *object = document(sidecar);
    const char *text = json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    char *new_path;
    int result;

    if (asprintf(&new_path, "%s.new", path) < 0) {
        json_object_put(object);
        return error_set(error, "%s: out of memory", path);
    }
    result = write_text(text, new_path, error);
    if (result == 0 && rename(new_path, path) != 0)
        result = error_set(error, "%s: cannot be made: %s", path, strerror(errno));
    free(new_path);
    json_object_put(object);
    return result;
}
