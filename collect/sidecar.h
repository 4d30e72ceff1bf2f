/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON file beside a recording: what is needed to understand its figures, to repeat them and to resume the sweep.
 */
#ifndef TASKWEIGHT_COLLECT_SIDECAR_H
#define TASKWEIGHT_COLLECT_SIDECAR_H

#include "collect/choice.h"
#include "collect/error.h"
#include "collect/setup.h"

#include <json-c/json.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Raised when an existing member changes its meaning, not when one is added: readers ignore members that they do not
   know. */
#define SIDECAR_SCHEMA_VERSION 1

/* The sidecar of a sweep that begins now, with the models of the choice. `version` is collect's own, `command` its
   arguments with a NULL at the end. Free it, as one that was read, with json_object_put. */
json_object *sidecar_new(const struct setup *setup, const struct choice *choice, const char *host, const char *version,
                         char *const *command);

/* Returns NULL and an error if the file is no sidecar. */
json_object *sidecar_read(const char *path, struct error *error);

/* The sidecar of a recording; NULL if it has none that can be read, which is not an error. */
json_object *sidecar_of(const char *recording);

/* The text of the member `name`, in `part` unless that is NULL; "" if it is missing or null, as the end of a sweep
   under way is. The text is the sidecar's. */
const char *sidecar_text(const json_object *sidecar, const char *part, const char *name);

/* The same for a whole number; `otherwise` if there is none, or no sidecar (NULL). */
int64_t sidecar_number(const json_object *sidecar, const char *part, const char *name, int64_t otherwise);

/* Reads the setup of the sweep; its texts are the sidecar's. Returns -1 and an error that names the file (`path`) and
   the member that is missing or wrong. */
int sidecar_setup(const json_object *old, const char *path, struct setup *setup, struct error *error);

/* Goes to the directory in which the sweep of that setup began, since paths of its programs and its command may begin
   there. `recording`, a path from the present directory, becomes one from that. Returns -1 and an error if the
   directory is needed and cannot be entered. */
int sidecar_enter(const json_object *old, const struct setup *setup, char recording[PATH_MAX], struct error *error);

/* Checks that conditions have not changed from `old` to `now`, so that one recording can hold both. Returns -1 and an
   error that names the first one that has. */
int sidecar_compare(const json_object *old, const json_object *now, struct error *error);

/* Note that the sweep is resumed now, or that it ends now, with collect's own use of resources since it `began`
   (monotonic clock). */
void sidecar_note_resumed(json_object *document);
void sidecar_note_end(json_object *document, const struct timespec *began);

/* Makes the sidecar of a recording, whole or not at all. Returns -1 and an error if that fails or there is one. The
   recording must be locked (recorder.h): its lock is that of the file beside it, too. */
int sidecar_create(const json_object *document, const char *recording, struct error *error);

/* Replaces it, likewise. */
int sidecar_write(const json_object *document, const char *recording, struct error *error);

/* "X.csv" -> "X.json"; a name with another ending gets ".json" added. The caller frees it; NULL if memory runs out. */
char *sidecar_path(const char *recording);

#endif
