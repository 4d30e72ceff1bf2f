/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of which many are the same, each kept once. */
#ifndef TASKWEIGHT_ANALYZE_TEXTS_H
#define TASKWEIGHT_ANALYZE_TEXTS_H

/* All zero when empty. */
struct texts {
    void *tree; /* of tsearch(3) */
};

/* The kept text that equals this one, valid until texts_free; NULL where memory runs out. */
const char *texts_intern(struct texts *texts, const char *text);

/* Two texts in the order of strcmp(3), as tsearch(3) takes them; found at once where both are the same kept text, as
 * most are. */
int texts_compare(const void *a, const void *b);

void texts_free(struct texts *texts);

#endif
