/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/origin.h"

#include "collect/sidecar.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The first machine of that host name that is the sidecar's, or any where `sidecar` is NULL. */
static const struct origin *find(const struct origins *origins, const char *host, const json_object *sidecar)
{
    const struct origin *found = origins->beside ? find(origins->beside, host, sidecar) : NULL;

    for (const struct origin *origin = origins->first; origin && !found; origin = origin->next)
        if (strcmp(origin->host, host) == 0 && (!sidecar || !difference(origin->sidecar, sidecar)))
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

static char *tell_apart(const struct origin *origin, const struct origin *namesake)
{
    const char *key = difference(namesake->sidecar, origin->sidecar);

    return text_of("its host %s is another machine than that of %s (%s: %s here, %s there) and is called \"%s\" (label "
                   "them to name them otherwise: a=%s b=%s)",
                   origin->host, namesake->path, key, sidecar_text(origin->sidecar, "machine", key),
                   sidecar_text(namesake->sidecar, "machine", key), origin->name, namesake->path, origin->path);
}

/* `namesake`: another machine with the host's name; NULL: none. */
static struct origin *origin_new(const char *path, const char *host, json_object *sidecar,
                                 const struct origin *namesake)
{
    struct origin *origin = calloc(1, sizeof *origin);

    if (!origin)
        return NULL;
    *origin = (struct origin){.host = text_of("%s", host),
                              .name = namesake ? text_of("%s (%s)", host, path) : text_of("%s", host),
                              .path = text_of("%s", path),
                              .sidecar = json_object_get(sidecar)};
    if (namesake && origin->host && origin->name && origin->path)
        origin->apart = tell_apart(origin, namesake);
    if (origin->host && origin->name && origin->path && (!namesake || origin->apart))
        return origin;
    origin_free(origin);
    return NULL;
}

const struct origin *origins_place(struct origins *origins, const char *path, const char *host, json_object *sidecar)
{
    const struct origin *found = find(origins, host, sidecar);
    struct origin **end = &origins->first;

    if (found)
        return found;
    while (*end)
        end = &(*end)->next;
    *end = origin_new(path, host, sidecar, find(origins, host, NULL));
    return *end;
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
