/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machines that recordings were made on, by their sidecars: two machines may have one host name, and their runs
 * must not be mixed. Machines differ where processor, architecture, number of processors in use or page size differ, or
 * memory by more than ORIGIN_MEMORY_SHARE. A fact that a sidecar lacks is not compared; without a sidecar the host name
 * alone counts.
 *
 * Nor must the runs of two programs of one name be mixed: a recording with a program other than an earlier one of that
 * machine and name, by the hashes in their sidecars, has an origin of its own. Two machines may well have different
 * builds of a program, and an older recording to compare with has the older one: there programs are not compared. */
#ifndef TASKWEIGHT_ANALYZE_ORIGIN_H
#define TASKWEIGHT_ANALYZE_ORIGIN_H

#include <json-c/json.h>

/* Kernels keep more or less of a machine's memory for themselves, by their versions and settings. */
#define ORIGIN_MEMORY_SHARE 0.1

struct origin {
    char *host;           /* as recorded */
    char *name;           /* its host, or "host (path)" where another machine has that name */
    char *apart;          /* why the name is not the host, as a sentence without its subject; NULL where it is */
    char *path;           /* of the first recording made there */
    json_object *sidecar; /* of that recording */
    json_object *models;  /* as in a sidecar, of all recordings made there */
    struct origin *next;
};

/* All zero when empty. */
struct origins {
    struct origin *first;
    const struct origins *beside; /* other machines, which have the same names here; NULL: none */
};

/* Finds the origin of a recording, or adds it. Returns NULL where memory runs out. `host` is the sidecar's, or a label
 * that stands for it: of the sidecar's machine nothing is compared then. */
const struct origin *origins_place(struct origins *origins, const char *path, const char *host, json_object *sidecar);
const struct origin *origins_place_label(struct origins *origins, const char *path, const char *label,
                                         json_object *sidecar);

/* The name of a host of a recording; the recording's origin may be NULL. */
const char *origin_name(const struct origin *origin, const char *host);

void origins_free(struct origins *origins);

#endif
