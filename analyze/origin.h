/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machines that recordings were made on, as their sidecars tell: two machines may have one host name, and what they
   measured is not to be taken together.

   A machine is another where processor, architecture, number of processors in use or size of a page differ, or the
   memory by more than ORIGIN_MEMORY_SHARE. A fact that one sidecar does not tell says nothing, and without a sidecar
   the host name alone counts. */
#ifndef TASKWEIGHT_ANALYZE_ORIGIN_H
#define TASKWEIGHT_ANALYZE_ORIGIN_H

#include <json-c/json.h>

/* Kernels keep more or less of a machine's memory for themselves, by their versions and settings. */
#define ORIGIN_MEMORY_SHARE 0.1

struct origin {
    char *host;           /* as recorded */
    char *name;           /* what it is called: its host, or "host (path)" where another machine has that already */
    char *apart;          /* why it is called otherwise, as a sentence without its subject; NULL where it is not */
    char *path;           /* of the first recording made there */
    json_object *sidecar; /* of that */
    struct origin *next;
};

/* All zero when empty. */
struct origins {
    struct origin *first;
    const struct origins *beside; /* others, whose names hold here, too; NULL: none */
};

/* Finds the machine of a recording, or adds it. Returns NULL where memory runs out. `host` is the sidecar's. */
const struct origin *origins_place(struct origins *origins, const char *path, const char *host, json_object *sidecar);

/* What a host of a recording is called; the recording's origin may be NULL. */
const char *origin_name(const struct origin *origin, const char *host);

void origins_free(struct origins *origins);

#endif
