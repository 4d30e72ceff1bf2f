/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON file beside a recording: what it takes to understand the figures, to make them again and to go on with a
   sweep that was interrupted. */
#ifndef TASKWEIGHT_COLLECT_SIDECAR_H
#define TASKWEIGHT_COLLECT_SIDECAR_H

#include "collect/error.h"
#include "collect/model.h"
#include "collect/setup.h"

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Raised when something that was there before means something else. What is merely added leaves it as it is: readers
   pass over what they do not know. */
#define SIDECAR_SCHEMA_VERSION 1

/* The sidecar of a sweep that begins now, with these models. `version` is collect's own, `command` its arguments with a
   NULL at the end. Free it, as one that was read, with json_object_put. */
json_object *sidecar_new(const struct setup *setup, const struct model *const *models, size_t count, const char *host,
                         const char *version, char *const *command);

/* NULL and an error where the file is no sidecar. */
json_object *sidecar_read(const char *path, struct error *error);

/* The sidecar of a recording; NULL where it has none that can be read, which is no fault. */
json_object *sidecar_of(const char *recording);

/* What stands in the sidecar under `name`, or under `name` in `part` where that is not NULL; "" where nothing does: the
   end of a sweep that is under way is null. The text is the sidecar's. */
const char *sidecar_text(const json_object *sidecar, const char *part, const char *name);

/* The same for a whole number; `otherwise` where none stands there, or there is no sidecar (NULL). */
int64_t sidecar_number(const json_object *sidecar, const char *part, const char *name, int64_t otherwise);

/* What the sweep was asked to do; the texts are the sidecar's. Returns -1 and an error that names the file (`path`) and
   what is missing in it or wrong. */
int sidecar_setup(const json_object *old, const char *path, struct setup *setup, struct error *error);

/* Whether figures measured now, under the conditions of `now`, may stand beside those of `old`: returns -1 and an error
   that names the first condition that has changed. */
int sidecar_compare(const json_object *old, const json_object *now, struct error *error);

/* Note that the sweep was resumed now; that it has ended now, and what collect itself took since it `began`, by the
   monotonic clock. */
void sidecar_note_resumed(json_object *document);
void sidecar_note_end(json_object *document, const struct timespec *began);

/* Writes the file anew, whole or not at all. */
int sidecar_write(const json_object *document, const char *path, struct error *error);

/* "X.csv" -> "X.json"; a name with another ending gets ".json" added. The caller frees it; NULL if memory runs out. */
char *sidecar_path(const char *recording);

#endif
