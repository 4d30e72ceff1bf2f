/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/sidecar.h"

#include "collect/environment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SCHEMA "taskweight-sidecar"

/* --- writing ------------------------------------------------------------------------------------------------------ */

static json_object *text_or_null(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

/* A setting that collect chooses itself is "auto". */
static json_object *seconds_or_auto(double seconds)
{
    return seconds == SETUP_SLEEP_AUTO ? json_object_new_string("auto") : json_object_new_double(seconds);
}

static json_object *bytes_or_auto(int64_t bytes)
{
    return bytes == SETUP_MEMORY_AUTO ? json_object_new_string("auto") : json_object_new_int64(bytes);
}

static json_object *plan(const struct setup *setup, const struct model *const *model, size_t count)
{
    json_object *object = json_object_new_object(), *models = json_object_new_array(), *tasks = json_object_new_array();

    for (size_t i = 0; i < count; i++)
        json_object_array_add(models, json_object_new_string(model[i]->request));
    for (size_t i = 0; i < setup->task_counts; i++)
        json_object_array_add(tasks, json_object_new_int64(setup->tasks[i]));
    json_object_object_add(object, "models", models);
    json_object_object_add(object, "tasks", tasks);
    json_object_object_add(object, "runs", json_object_new_int64(setup->runs));
    json_object_object_add(object, "seed", json_object_new_int64(setup->seed));
    json_object_object_add(object, "shard", json_object_new_int64(setup->shard));
    json_object_object_add(object, "shards", json_object_new_int64(setup->shards));
    json_object_object_add(object, "sleep", seconds_or_auto(setup->sleep_seconds));
    json_object_object_add(object, "timeout", json_object_new_double(setup->timeout_seconds));
    json_object_object_add(object, "memory_limit_bytes", bytes_or_auto(setup->memory_limit));
    json_object_object_add(object, "thp", json_object_new_boolean(setup->launch.huge_pages));
    json_object_object_add(object, "aslr", json_object_new_boolean(!setup->launch.fixed_address_layout));
    json_object_object_add(object, "raise_limits", json_object_new_boolean(setup->raise_limits));
    json_object_object_add(object, "command", text_or_null(setup->command));
    json_object_object_add(object, "name", text_or_null(setup->name));
    return object;
}

static json_object *describe(const struct model *model)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "family", json_object_new_string(model->family));
    json_object_object_add(object, "language", json_object_new_string(model->language));
    json_object_object_add(object, "version", json_object_new_string(model->version));
    json_object_object_add(object, "summary", json_object_new_string(model->summary));
    return object;
}

static json_object *describe_all(const struct model *const *models, size_t count)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < count; i++)
        json_object_object_add(object, models[i]->name, describe(models[i]));
    return object;
}

static json_object *texts(char *const *text)
{
    json_object *array = json_object_new_array();

    for (; *text; text++)
        json_object_array_add(array, json_object_new_string(*text));
    return array;
}

/* ISO 8601 in UTC. */
static json_object *this_moment(void)
{
    time_t now = time(NULL);
    char text[32];
    struct tm parts;

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    return json_object_new_string(text);
}

json_object *sidecar_new(const struct setup *setup, const struct model *const *models, size_t count, const char *host,
                         const char *version, char *const *command)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "schema", json_object_new_string(SCHEMA));
    json_object_object_add(object, "schema_version", json_object_new_int(SIDECAR_SCHEMA_VERSION));
    json_object_object_add(object, "start", this_moment());
    json_object_object_add(object, "resumed", json_object_new_array());
    json_object_object_add(object, "end", NULL);
    json_object_object_add(object, "command", texts(command));
    json_object_object_add(object, "plan", plan(setup, models, count));
    json_object_object_add(object, "machine", environment_machine(host));
    json_object_object_add(object, "environment", environment_steering());
    json_object_object_add(object, "versions", environment_versions(version));
    json_object_object_add(object, "models", describe_all(models, count));
    return object;
}

void sidecar_note_resumed(json_object *document)
{
    json_object *resumed;

    if (json_object_object_get_ex(document, "resumed", &resumed))
        json_object_array_add(resumed, this_moment());
    json_object_object_add(document, "end", NULL);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/* collect's own use of the machine, which may disturb the measurement. */
static json_object *collector(const struct timespec *began)
{
    json_object *object = json_object_new_object();
    struct timespec now;
    struct rusage usage;

    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &usage);
    json_object_object_add(
        object, "wall_seconds",
        json_object_new_double((double)(now.tv_sec - began->tv_sec) + 1e-9 * (double)(now.tv_nsec - began->tv_nsec)));
    json_object_object_add(object, "processor_seconds",
                           json_object_new_double(seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)));
    json_object_object_add(object, "peak_resident_bytes", json_object_new_int64((int64_t)usage.ru_maxrss * 1024));
    return object;
}

void sidecar_note_end(json_object *document, const struct timespec *began)
{
    json_object_object_add(document, "end", this_moment());
    json_object_object_add(document, "collector", collector(began));
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

json_object *sidecar_read(const char *path, struct error *error)
{
    json_object *object, *schema;

    if (access(path, R_OK) != 0) {
        error_set(error, "%s: %s (a sweep is resumed from the sidecar beside its recording)", path, strerror(errno));
        return NULL;
    }
    object = json_object_from_file(path);
    if (json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, "schema", &schema) &&
        strcmp(json_object_get_string(schema), SCHEMA) == 0)
        return object;
    json_object_put(object);
    error_set(error, "%s: is not the sidecar of a recording", path);
    return NULL;
}

/* Reads the settings of the plan. */
struct reader {
    const char *path;
    const json_object *plan;
    struct error *error;
    bool failed;
};

/* Notes the first fault only. */
static void reject(struct reader *reader, const char *key, const char *what)
{
    if (!reader->failed)
        error_set(reader->error, "%s: plan.%s: %s", reader->path, key, what);
    reader->failed = true;
}

static json_object *get(struct reader *reader, const char *key, enum json_type type)
{
    json_object *value = NULL;

    if (json_object_object_get_ex(reader->plan, key, &value) && json_object_is_type(value, type))
        return value;
    reject(reader, key, "missing or of another type");
    return NULL;
}

static int64_t get_number(struct reader *reader, const char *key, int64_t least, int64_t most)
{
    int64_t number = json_object_get_int64(get(reader, key, json_type_int));

    if (number < least || number > most)
        reject(reader, key, "out of its bounds");
    return number;
}

static double get_seconds(struct reader *reader, const char *key)
{
    double seconds = json_object_get_double(get(reader, key, json_type_double));

    if (!(seconds > 0))
        reject(reader, key, "not more than 0");
    return seconds;
}

static bool get_boolean(struct reader *reader, const char *key)
{
    return json_object_get_boolean(get(reader, key, json_type_boolean));
}

static bool is_auto(const struct reader *reader, const char *key)
{
    json_object *value = NULL;

    return json_object_object_get_ex(reader->plan, key, &value) && json_object_is_type(value, json_type_string) &&
           strcmp(json_object_get_string(value), "auto") == 0;
}

/* NULL where it is null. */
static const char *get_text(const struct reader *reader, const char *key)
{
    json_object *value = NULL;

    json_object_object_get_ex(reader->plan, key, &value);
    return json_object_get_string(value);
}

/* The list of that key, of at most OPTION_MAX_LIST parts. */
static json_object *get_list(struct reader *reader, const char *key, size_t *length)
{
    json_object *list = get(reader, key, json_type_array);

    *length = list ? json_object_array_length(list) : 0;
    if (*length >= 1 && *length <= OPTION_MAX_LIST)
        return list;
    reject(reader, key, "an empty list or too long a one");
    *length = 0;
    return NULL;
}

static void get_models(struct reader *reader, struct setup *setup)
{
    json_object *list = get_list(reader, "models", &setup->models);

    for (size_t i = 0; i < setup->models; i++) {
        setup->model[i] = json_object_get_string(json_object_array_get_idx(list, i));
        if (!setup->model[i])
            reject(reader, "models", "not a list of names");
    }
}

static void get_tasks(struct reader *reader, struct setup *setup)
{
    json_object *list = get_list(reader, "tasks", &setup->task_counts);

    for (size_t i = 0; i < setup->task_counts; i++) {
        setup->tasks[i] = json_object_get_int64(json_object_array_get_idx(list, i));
        if (setup->tasks[i] < 1 || setup->tasks[i] > UINT32_MAX)
            reject(reader, "tasks", "not a list of counts");
    }
}

int sidecar_setup(const json_object *old, const char *path, struct setup *setup, struct error *error)
{
    json_object *plan = NULL;
    struct reader reader = {.path = path, .error = error};

    json_object_object_get_ex(old, "plan", &plan);
    reader.plan = plan;
    get_models(&reader, setup);
    get_tasks(&reader, setup);
    setup->runs = get_number(&reader, "runs", 1, INT32_MAX);
    setup->seed = (uint32_t)get_number(&reader, "seed", 0, UINT32_MAX);
    setup->shards = get_number(&reader, "shards", 1, INT32_MAX);
    setup->shard = get_number(&reader, "shard", 1, setup->shards);
    setup->sleep_seconds = is_auto(&reader, "sleep") ? SETUP_SLEEP_AUTO : get_seconds(&reader, "sleep");
    setup->timeout_seconds = get_seconds(&reader, "timeout");
    setup->memory_limit = is_auto(&reader, "memory_limit_bytes")
                              ? SETUP_MEMORY_AUTO
                              : get_number(&reader, "memory_limit_bytes", 1, INT64_MAX);
    setup->launch.huge_pages = get_boolean(&reader, "thp");
    setup->launch.fixed_address_layout = !get_boolean(&reader, "aslr");
    setup->raise_limits = get_boolean(&reader, "raise_limits");
    setup->command = get_text(&reader, "command");
    setup->name = get_text(&reader, "name");
    return reader.failed ? -1 : 0;
}

/* --- the same conditions? ----------------------------------------------------------------------------------------- */

/* Limits may differ: they bound how many tasks a model reaches, not what a task weighs. */
static bool is_bound(const char *key)
{
    return strcmp(key, "limits") == 0;
}

static const char *text_of(json_object *value)
{
    return value ? json_object_to_json_string(value) : "not set";
}

/* Checks that each key of `keys` (which is `before` or `after`) has the same value in both. */
static int compare_keys(const json_object *keys, const json_object *before, const json_object *after,
                        const char *section, struct error *error)
{
    for (const struct lh_entry *entry = json_object_get_object(keys)->head; entry; entry = entry->next) {
        const char *key = lh_entry_k(entry);
        json_object *then = NULL, *now = NULL;

        json_object_object_get_ex(before, key, &then);
        json_object_object_get_ex(after, key, &now);
        if (!is_bound(key) && !json_object_equal(then, now))
            return error_set(error, "%s.%s was %.300s when the sweep began and is %.300s now (start a new recording)",
                             section, key, text_of(then), text_of(now));
    }
    return 0;
}

static json_object *section_of(const json_object *document, const char *section)
{
    json_object *object = NULL;

    json_object_object_get_ex(document, section, &object);
    return json_object_is_type(object, json_type_object) ? object : NULL;
}

static int compare_section(const json_object *old, const json_object *now, const char *section, struct error *error)
{
    const json_object *after = section_of(now, section);

    return compare_keys(after, section_of(old, section), after, section, error);
}

/* Compares both ways, since a variable may have gone. Sidecars of the first versions have no environment. */
static int compare_environment(const json_object *old, const json_object *now, struct error *error)
{
    static const char section[] = "environment";
    const json_object *before = section_of(old, section), *after = section_of(now, section);

    if (!before)
        return 0;
    if (compare_keys(before, before, after, section, error) != 0)
        return -1;
    return compare_keys(after, before, after, section, error);
}

int sidecar_compare(const json_object *old, const json_object *now, struct error *error)
{
    int64_t version = sidecar_number(old, NULL, "schema_version", SIDECAR_SCHEMA_VERSION);

    if (version > SIDECAR_SCHEMA_VERSION)
        return error_set(error,
                         "the sidecar is of schema version %" PRId64 ", and this collect knows %d (resume with the "
                         "one that began the sweep)",
                         version, SIDECAR_SCHEMA_VERSION);
    if (compare_section(old, now, "machine", error) != 0 || compare_environment(old, now, error) != 0 ||
        compare_section(old, now, "versions", error) != 0)
        return -1;
    return compare_section(old, now, "models", error);
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

/* Errors name the final path, not that of the temporary file. */
static int write_text(const char *text, const char *new_path, const char *path, struct error *error)
{
    FILE *file = fopen(new_path, "we");
    bool written;

    if (!file)
        return error_set(error, "%s: cannot be made: %s (name another with -o)", path, strerror(errno));
    fprintf(file, "%s\n", text);
    written = fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (fclose(file) != 0 || !written)
        return error_set(error, "%s: cannot write: %s", path, strerror(errno));
    if (rename(new_path, path) != 0)
        return error_set(error, "%s: cannot be made: %s", path, strerror(errno));
    return 0;
}

int sidecar_write(const json_object *document, const char *path, struct error *error)
{
    const char *text = json_object_to_json_string_ext(
        (json_object *)document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    char *new_path;
    int result;

    if (asprintf(&new_path, "%s.new", path) < 0)
        return error_set(error, "%s: out of memory", path);
    result = write_text(text, new_path, path, error);
    if (result != 0)
        unlink(new_path);
    free(new_path);
    return result;
}

json_object *sidecar_of(const char *recording)
{
    char *path = sidecar_path(recording);
    json_object *sidecar = path ? json_object_from_file(path) : NULL;

    free(path);
    return sidecar;
}

/* The member `name`, in `part` unless that is NULL; NULL if it is missing. */
static json_object *find(const json_object *sidecar, const char *part, const char *name)
{
    json_object *holder = NULL, *member = NULL;

    if (!part)
        json_object_object_get_ex(sidecar, name, &member);
    else if (json_object_object_get_ex(sidecar, part, &holder))
        json_object_object_get_ex(holder, name, &member);
    return member;
}

const char *sidecar_text(const json_object *sidecar, const char *part, const char *name)
{
    const char *text = json_object_get_string(find(sidecar, part, name));

    return text ? text : "";
}

int64_t sidecar_number(const json_object *sidecar, const char *part, const char *name, int64_t otherwise)
{
    json_object *number = find(sidecar, part, name);

    return json_object_is_type(number, json_type_int) ? json_object_get_int64(number) : otherwise;
}
