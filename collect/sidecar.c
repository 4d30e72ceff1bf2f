/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/sidecar.h"

#include "collect/environment.h"
#include "collect/replace.h"
#include "collect/text.h"

#include <errno.h>
#include <fcntl.h>
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

static json_object *requests(const struct choice *choice)
{
    json_object *array = json_object_new_array();

    for (size_t i = 0; i < choice->count; i++)
        json_object_array_add(array, json_object_new_string(choice->model[i]->request));
    return array;
}

static json_object *counts(const struct setup *setup)
{
    json_object *array = json_object_new_array();

    for (size_t i = 0; i < setup->task_counts; i++)
        json_object_array_add(array, json_object_new_int64(setup->tasks[i]));
    return array;
}

/* As --work takes it. */
static json_object *name_of_work(const struct work *work)
{
    char text[WORK_TEXT_SIZE];

    work_format(text, work);
    return json_object_new_string(*text ? text : work_names[work->kind]);
}

static json_object *works(const struct setup *setup)
{
    json_object *array = json_object_new_array();

    for (size_t i = 0; i < setup->works; i++)
        json_object_array_add(array, name_of_work(&setup->work[i]));
    return array;
}

/* The works that a model does not do, by its request; only models that have such. */
static json_object *works_left_out(const struct setup *setup, const struct choice *choice)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < choice->count; i++) {
        json_object *array = json_object_new_array();

        for (size_t work = 0; work < setup->works; work++)
            if (choice->left_out[i][work])
                json_object_array_add(array, name_of_work(&setup->work[work]));
        if (json_object_array_length(array) > 0)
            json_object_object_add(object, choice->model[i]->request, json_object_get(array));
        json_object_put(array);
    }
    return object;
}

static json_object *plan(const struct setup *setup, const struct choice *choice)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "models", requests(choice));
    json_object_object_add(object, "works", works(setup));
    json_object_object_add(object, "left_out", works_left_out(setup, choice));
    json_object_object_add(object, "tasks", counts(setup));
    json_object_object_add(object, "runs", json_object_new_int64(setup->runs));
    if (setup->until_share > 0)
        json_object_object_add(object, "until", json_object_new_double(setup->until_share));
    if (setup->for_seconds > 0)
        json_object_object_add(object, "for", json_object_new_double(setup->for_seconds));
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

/* The path from the root, without links; NULL if there is none. */
static json_object *real_path(const char *path)
{
    char *real = realpath(path, NULL);
    json_object *object = text_or_null(real);

    free(real);
    return object;
}

static json_object *describe(const struct model *model)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "family", json_object_new_string(model->family));
    json_object_object_add(object, "language", json_object_new_string(model->language));
    json_object_object_add(object, "version", json_object_new_string(model->version));
    json_object_object_add(object, "summary", json_object_new_string(model->summary));
    if (*model->hand_off)
        json_object_object_add(object, "hand_off", json_object_new_string(model->hand_off));
    json_object_object_add(object, "path", real_path(model->path));
    if (*model->sha256)
        json_object_object_add(object, "sha256", json_object_new_string(model->sha256));
    return object;
}

static json_object *describe_all(const struct choice *choice)
{
    json_object *object = json_object_new_object();

    for (size_t i = 0; i < choice->count; i++)
        json_object_object_add(object, choice->model[i]->name, describe(choice->model[i]));
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

/* Where paths of programs begin; NULL if it is unknown. */
static json_object *this_directory(void)
{
    char *path = getcwd(NULL, 0);
    json_object *object = text_or_null(path);

    free(path);
    return object;
}

json_object *sidecar_new(const struct setup *setup, const struct choice *choice, const char *host, const char *version,
                         char *const *command)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "schema", json_object_new_string(SCHEMA));
    json_object_object_add(object, "schema_version", json_object_new_int(SIDECAR_SCHEMA_VERSION));
    json_object_object_add(object, "start", this_moment());
    json_object_object_add(object, "resumed", json_object_new_array());
    json_object_object_add(object, "end", NULL);
    json_object_object_add(object, "command", texts(command));
    json_object_object_add(object, "directory", this_directory());
    json_object_object_add(object, "plan", plan(setup, choice));
    json_object_object_add(object, "machine", environment_machine(host));
    json_object_object_add(object, "environment", environment_steering());
    json_object_object_add(object, "versions", environment_versions(version));
    json_object_object_add(object, "models", describe_all(choice));
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

static double get_positive(struct reader *reader, const char *key)
{
    double number = json_object_get_double(get(reader, key, json_type_double));

    if (!(number > 0))
        reject(reader, key, "not more than 0");
    return number;
}

/* More than 0; 0 where the plan has no such member. */
static double get_if_there(struct reader *reader, const char *key)
{
    return json_object_object_get_ex(reader->plan, key, NULL) ? get_positive(reader, key) : 0;
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

/* A text that names a work, in *work; false, and the fault is noted, if it does not. */
static bool read_work(struct reader *reader, const char *key, json_object *value, struct work *work)
{
    const char *text = json_object_get_string(value);
    struct error unused;

    if (text && work_parse(text, work, &unused) == 0)
        return true;
    reject(reader, key, "not a list of works");
    return false;
}

/* Sidecars of the first versions have none: their tasks sleep. */
static void get_works(struct reader *reader, struct setup *setup)
{
    const struct work sleep = {.kind = WORK_SLEEP};
    bool has_works = json_object_object_get_ex(reader->plan, "works", NULL);
    size_t count = 0;
    json_object *list = has_works ? get_list(reader, "works", &count) : NULL;
    struct error why;
    struct work work;

    if (!has_works && setup_add_work(setup, &sleep, &why) != 0)
        reject(reader, "works", why.text);
    for (size_t i = 0; i < count; i++)
        if (read_work(reader, "works", json_object_array_get_idx(list, i), &work) &&
            setup_add_work(setup, &work, &why) != 0)
            reject(reader, "works", why.text);
}

/* Notes for the model of that index that it leaves the work out. */
static void leave_out(struct reader *reader, struct setup *setup, size_t model, json_object *value)
{
    struct work work;

    if (!read_work(reader, "left_out", value, &work))
        return;
    for (size_t i = 0; i < setup->works; i++)
        if (work_equals(&setup->work[i], &work))
            setup->left_out[model][i] = true;
}

static void get_left_out(struct reader *reader, struct setup *setup)
{
    json_object *all = NULL, *its;

    if (!json_object_object_get_ex(reader->plan, "left_out", &all))
        return;
    for (size_t i = 0; i < setup->models && !reader->failed; i++) {
        if (!json_object_object_get_ex(all, setup->model[i], &its))
            continue;
        if (!json_object_is_type(its, json_type_array))
            reject(reader, "left_out", "not lists of works");
        for (size_t work = 0; !reader->failed && work < json_object_array_length(its); work++)
            leave_out(reader, setup, i, json_object_array_get_idx(its, work));
    }
}

static void get_tasks(struct reader *reader, struct setup *setup)
{
    json_object *list = get_list(reader, "tasks", &setup->task_counts);
    int64_t least = setup_least_tasks(setup);

    for (size_t i = 0; i < setup->task_counts; i++) {
        setup->tasks[i] = json_object_get_int64(json_object_array_get_idx(list, i));
        if (setup->tasks[i] < least || setup->tasks[i] > UINT32_MAX)
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
    get_works(&reader, setup);
    get_left_out(&reader, setup);
    get_tasks(&reader, setup);
    setup->runs = get_number(&reader, "runs", 1, INT32_MAX);
    setup->until_share = get_if_there(&reader, "until");
    setup->for_seconds = get_if_there(&reader, "for");
    setup->seed = (uint32_t)get_number(&reader, "seed", 0, UINT32_MAX);
    setup->shards = get_number(&reader, "shards", 1, INT32_MAX);
    setup->shard = get_number(&reader, "shard", 1, setup->shards);
    setup->sleep_seconds = is_auto(&reader, "sleep") ? SETUP_SLEEP_AUTO : get_positive(&reader, "sleep");
    setup->timeout_seconds = get_positive(&reader, "timeout");
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

/* Whether a path of the setup begins in the present directory, or may, in a command. */
static bool needs_directory(const struct setup *setup)
{
    for (size_t i = 0; i < setup->models; i++)
        if (setup->model[i][0] != '/' && strchr(setup->model[i], '/'))
            return true;
    return setup->command;
}

/* What is a path from `here` becomes one from anywhere. */
static void make_absolute(char recording[PATH_MAX], const char *here)
{
    char *path;

    if (recording[0] == '/' || asprintf(&path, "%s/%s", here, recording) < 0)
        return;
    snprintf(recording, PATH_MAX, "%s", path);
    free(path);
}

int sidecar_enter(const json_object *old, const struct setup *setup, char recording[PATH_MAX], struct error *error)
{
    const char *directory = sidecar_text(old, NULL, "directory");
    char *here = getcwd(NULL, 0);
    int result = 0;

    if (*directory && here && strcmp(directory, here) != 0) {
        if (chdir(directory) == 0)
            make_absolute(recording, here);
        else if (needs_directory(setup))
            result = error_set(error, "%s: %s (the sweep began there, and its programs are looked for from there)",
                               directory, strerror(errno));
    }
    free(here);
    return result;
}

/* --- the same conditions? ----------------------------------------------------------------------------------------- */

/* Limits may differ: they bound how many tasks a model reaches, not what a task weighs. So may the place of a program,
   whose contents are compared. */
static bool may_differ(const char *key)
{
    return strcmp(key, "limits") == 0 || strcmp(key, "path") == 0;
}

/* A fact that sidecars of the first versions do not have, so that it cannot be compared. */
static bool is_later(const char *key)
{
    return strcmp(key, ENVIRONMENT_TIMER_SLACK) == 0;
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
        if (!may_differ(key) && !(!then && is_later(key)) && !json_object_equal(then, now))
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

/* Sidecars of the first versions have no hashes: what they lack is not compared. */
static int compare_models(const json_object *old, const json_object *now, struct error *error)
{
    const json_object *before = section_of(old, "models"), *after = section_of(now, "models");

    for (const struct lh_entry *entry = json_object_get_object(after)->head; entry; entry = entry->next) {
        const json_object *then = section_of(before, lh_entry_k(entry));
        char section[NAME_MAX + sizeof "models."];

        snprintf(section, sizeof section, "models.%s", (const char *)lh_entry_k(entry));
        if (!then)
            return error_set(error, "%s was not there when the sweep began (start a new recording)", section);
        if (compare_keys(then, then, section_of(after, lh_entry_k(entry)), section, error) != 0)
            return -1;
    }
    return 0;
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
    return compare_models(old, now, error);
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

char *sidecar_path(const char *recording)
{
    static const char *const endings[] = {".gz", ".csv"};
    size_t length = strlen(recording);
    char *path;

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);

        if (length > ending && strncmp(recording + length - ending, endings[i], ending) == 0)
            length -= ending;
    }
    return asprintf(&path, "%.*s.json", (int)length, recording) < 0 ? NULL : path;
}

typedef int write_file(const char *path, const char *bytes, size_t length, struct error *error);

static int write_beside(const json_object *document, const char *recording, write_file *write, struct error *error)
{
    char *text = NULL, *path = sidecar_path(recording);
    int length = asprintf(&text, "%s\n",
                          json_object_to_json_string_ext((json_object *)document, JSON_C_TO_STRING_PRETTY |
                                                                                      JSON_C_TO_STRING_SPACED |
                                                                                      JSON_C_TO_STRING_NOSLASHESCAPE));
    int result = -1;

    if (!path || length < 0) {
        error_set(error, "%s: out of memory for its sidecar", recording);
    } else {
        text_make_utf8(text); /* paths and variables of the environment may hold any bytes, JSON may not */
        result = write(path, text, (size_t)length, error);
    }
    if (length >= 0)
        free(text);
    free(path);
    return result;
}

int sidecar_create(const json_object *document, const char *recording, struct error *error)
{
    return write_beside(document, recording, replace_nothing, error);
}

int sidecar_write(const json_object *document, const char *recording, struct error *error)
{
    return write_beside(document, recording, replace_file, error);
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
