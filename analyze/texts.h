/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned texts: equal texts are stored once. */
#ifndef TASKWEIGHT_ANALYZE_TEXTS_H
#define TASKWEIGHT_ANALYZE_TEXTS_H

/* All zero when empty. */
struct texts {
    void *tree; /* of tsearch(3) */
};

/* The interned text that equals this one, valid until texts_free; NULL where memory runs out. */
const char *texts_intern(struct texts *texts, const char *text);

/* Compares as strcmp(3), for tsearch(3); at once where both are the same interned text, as most are. */
int texts_compare(const void *a, const void *b);

void texts_free(struct texts *texts);

#endif
