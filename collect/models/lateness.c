/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/lateness.h"

#include <inttypes.h>
#include <stdatomic.h>

#define SUB_BITS LATENESS_SUB_BITS
#define EXACT (2u << SUB_BITS) /* below it each value has a bucket of its own */

static unsigned bucket_of(uint64_t nanoseconds)
{
    unsigned shift;

    if (nanoseconds < EXACT)
        return (unsigned)nanoseconds;
    shift = 63 - (unsigned)__builtin_clzll(nanoseconds) - SUB_BITS;
    return (shift << SUB_BITS) + (unsigned)(nanoseconds >> shift);
}

/* The least value of the bucket; that of the next one is where it ends. */
static uint64_t bucket_low(unsigned bucket)
{
    unsigned shift = bucket < EXACT ? 0 : (bucket >> SUB_BITS) - 1;

    return bucket < EXACT ? bucket : (uint64_t)((bucket & ((1u << SUB_BITS) - 1)) + (1u << SUB_BITS)) << shift;
}

void lateness_note(struct lateness *lateness, uint64_t now, uint64_t due)
{
    _Atomic uint32_t *count =
        now >= due ? &lateness->late[bucket_of(now - due)] : &lateness->early[bucket_of(due - now)];

    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

void lateness_write(const struct lateness *lateness, FILE *stream)
{
    for (unsigned bucket = LATENESS_BUCKETS - 1; bucket > 0; bucket--)
        if (lateness->early[bucket])
            fprintf(stream, "late -%" PRIu64 " %u\n", bucket_low(bucket + 1) - 1, lateness->early[bucket]);
    for (unsigned bucket = 0; bucket < LATENESS_BUCKETS; bucket++)
        if (lateness->late[bucket])
            fprintf(stream, "late %" PRIu64 " %u\n", bucket_low(bucket), lateness->late[bucket]);
}
