/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/origin.h"

#include "collect/sidecar.h"
#include "collect/text.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_DIGITS 12 /* of a hash, in a message */

static bool differs_in_text(const char *a, const char *b)
{
    return *a && *b && strcmp(a, b) != 0;
}

static bool differs_in_memory(const json_object *a, const json_object *b, const char *key)
{
    double first = (double)sidecar_number(a, "machine", key, 0), second = (double)sidecar_number(b, "machine", key, 0);

    return first > 0 && second > 0 && fabs(first - second) > ORIGIN_MEMORY_SHARE * fmax(first, second);
}

/* The key of the first fact by which the sidecars' machines differ; NULL where there is none. */
static const char *difference(const json_object *a, const json_object *b)
{
    static const char *const texts[] = {"processor", "architecture", "cores", "page_bytes"};
    static const char memory[] = "memory_bytes";

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (differs_in_text(sidecar_text(a, "machine", texts[i]), sidecar_text(b, "machine", texts[i])))
            return texts[i];
    return differs_in_memory(a, b, memory) ? memory : NULL;
}

static json_object *models_of(const json_object *sidecar)
{
    json_object *models = NULL;

    json_object_object_get_ex(sidecar, "models", &models);
    return json_object_is_type(models, json_type_object) ? models : NULL;
}

/* The name of the first model that is another program in the one than in the other; NULL where there is none. */
static const char *other_program(json_object *models, json_object *others)
{
    if (!models || !others)
        return NULL;
    json_object_object_foreach(models, name, model)
    {
        json_object *other = NULL;

        (void)model;
        if (json_object_object_get_ex(others, name, &other) &&
            differs_in_text(sidecar_text(models, name, "sha256"), sidecar_text(others, name, "sha256")))
            return name;
    }
    return NULL;
}

/* The first machine of that host name that is the sidecar's. */
static const struct origin *find_machine(const struct origins *origins, const char *host, const json_object *sidecar)
{
    for (const struct origin *origin = origins->first; origin; origin = origin->next)
        if (strcmp(origin->host, host) == 0 && !difference(origin->sidecar, sidecar))
            return origin;
    return NULL;
}

/* The same among the recordings' own, of those where no program is another. */
static struct origin *find_own(const struct origins *origins, const char *host, const json_object *sidecar)
{
    for (struct origin *origin = origins->first; origin; origin = origin->next)
        if (strcmp(origin->host, host) == 0 && !difference(origin->sidecar, sidecar) &&
            !other_program(origin->models, models_of(sidecar)))
            return origin;
    return NULL;
}

/* The origin that has the name. */
static const struct origin *find_name(const struct origins *origins, const char *name)
{
    const struct origin *found = origins->beside ? find_name(origins->beside, name) : NULL;

    for (const struct origin *origin = origins->first; origin && !found; origin = origin->next)
        if (strcmp(origin->name, name) == 0)
            found = origin;
    return found;
}

static void origin_free(struct origin *origin)
{
    free(origin->host);
    free(origin->name);
    free(origin->apart);
    free(origin->path);
    json_object_put(origin->sidecar);
    json_object_put(origin->models);
    free(origin);
}

/* A text that the caller frees; NULL where memory runs out. */
__attribute__((format(printf, 1, 2))) static char *text_of(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return text;
}

static char *tell_machines_apart(const struct origin *origin, const struct origin *namesake, const char *key)
{
    return text_of("its host %s is another machine than that of %s (%s: %s here, %s there) and is called \"%s\" (label "
                   "them to name them otherwise: a=%s b=%s)",
                   origin->host, namesake->path, key, sidecar_text(origin->sidecar, "machine", key),
                   sidecar_text(namesake->sidecar, "machine", key), origin->name, namesake->path, origin->path);
}

/* By their paths where these tell them apart, else by the first digits of their hashes. */
static char *tell_programs_apart(const struct origin *origin, const struct origin *namesake, const char *model)
{
    const char *here = sidecar_text(origin->models, model, "path"),
               *there = sidecar_text(namesake->models, model, "path");
    bool are_places = differs_in_text(here, there);

    if (!are_places) {
        here = sidecar_text(origin->models, model, "sha256");
        there = sidecar_text(namesake->models, model, "sha256");
    }
    return text_of(
        "its %s is another program than that of %s (%s%.*s here, %.*s there), so its host %s is called \"%s\" "
        "(label them to name them otherwise: a=%s b=%s; analyze --pool takes them for two hosts)",
        model, namesake->path, are_places ? "" : "sha256 ", are_places ? INT_MAX : HASH_DIGITS, here,
        are_places ? INT_MAX : HASH_DIGITS, there, origin->host, origin->name, namesake->path, origin->path);
}

static char *tell_apart(const struct origin *origin, const struct origin *namesake)
{
    const char *key = difference(namesake->sidecar, origin->sidecar);

    return key ? tell_machines_apart(origin, namesake, key)
               : tell_programs_apart(origin, namesake, other_program(namesake->models, origin->models));
}

/* Adds the models that the recording has and the origin has not. */
static void add_models(struct origin *origin, const json_object *sidecar)
{
    json_object *models = models_of(sidecar);

    if (!models)
        return;
    json_object_object_foreach(models, name, model)
    {
        if (!json_object_object_get_ex(origin->models, name, NULL))
            json_object_object_add(origin->models, name, json_object_get(model));
    }
}

/* `namesake`: another origin with the host's name; NULL: none. */
static struct origin *origin_new(const char *path, const char *host, json_object *sidecar,
                                 const struct origin *namesake)
{
    struct origin *origin = calloc(1, sizeof *origin);

    if (!origin)
        return NULL;
    *origin = (struct origin){.host = text_of("%s", host),
                              .name = namesake ? text_of("%s (%s)", host, path) : text_of("%s", host),
                              .path = text_of("%s", path),
                              .sidecar = json_object_get(sidecar),
                              .models = json_object_new_object()};
    if (origin->name)
        text_make_plain(origin->name); /* a path may hold any bytes, what tables show may not */
    add_models(origin, sidecar);
    if (namesake && origin->host && origin->name && origin->path)
        origin->apart = tell_apart(origin, namesake);
    if (origin->host && origin->name && origin->path && (!namesake || origin->apart))
        return origin;
    origin_free(origin);
    return NULL;
}

const struct origin *origins_place(struct origins *origins, const char *path, const char *host, json_object *sidecar)
{
    const struct origin *beside = origins->beside ? find_machine(origins->beside, host, sidecar) : NULL;
    struct origin *found = find_own(origins, host, sidecar), **end = &origins->first;

    if (found)
        add_models(found, sidecar);
    if (beside || found)
        return beside ? beside : found;
    while (*end)
        end = &(*end)->next;
    *end = origin_new(path, host, sidecar, find_name(origins, host));
    return *end;
}

const struct origin *origins_place_label(struct origins *origins, const char *path, const char *label,
                                         json_object *sidecar)
{
    json_object *models = models_of(sidecar), *rest = json_object_new_object();
    const struct origin *origin;

    if (models)
        json_object_object_add(rest, "models", json_object_get(models));
    origin = origins_place(origins, path, label, rest);
    json_object_put(rest);
    return origin;
}

const char *origin_name(const struct origin *origin, const char *host)
{
    return origin && strcmp(origin->host, host) == 0 ? origin->name : host;
}

void origins_free(struct origins *origins)
{
    while (origins->first) {
        struct origin *next = origins->first->next;

        origin_free(origins->first);
        origins->first = next;
    }
}
