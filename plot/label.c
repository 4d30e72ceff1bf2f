/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels along a line: places less i * pitch must not descend, so the best ones are an isotonic regression of the
   wishes less i * pitch, found by pooling adjacent violators (Barlow, Bartholomew, Bremner and Brunk, Statistical
   Inference under Order Restrictions, 1972, section 1.2). */
#include "plot/label.h"

#include <math.h>

double label_pitch(size_t count, double pitch, double low, double high)
{
    return count > 0 ? fmin(pitch, (high - low) / (double)count) : pitch;
}

/* Pools the wishes, less i * pitch each, into blocks of equal value: place[b] is the value of block b, size[b] how
   many labels it has. Returns how many blocks there are. */
static size_t pool(const double *wish, double *place, size_t *size, size_t count, double pitch)
{
    size_t blocks = 0;

    for (size_t i = 0; i < count; i++) {
        place[blocks] = wish[i] - (double)i * pitch;
        size[blocks++] = 1;
        for (; blocks > 1 && place[blocks - 2] > place[blocks - 1]; blocks--) {
            double left = (double)size[blocks - 2], right = (double)size[blocks - 1];

            place[blocks - 2] = (left * place[blocks - 2] + right * place[blocks - 1]) / (left + right);
            size[blocks - 2] += size[blocks - 1];
        }
    }
    return blocks;
}

void label_spread(const double *wish, double *place, size_t count, double pitch, double low, double high, size_t *work)
{
    double step = label_pitch(count, pitch, low, high);
    double first = low + step / 2, last = high - step / 2 - ((double)count - 1) * step;
    size_t i = count;

    /* Backwards, since block b holds labels of index b or more: no block is overwritten before it is read. */
    for (size_t block = pool(wish, place, work, count, step); block-- > 0;) {
        double value = fmax(first, fmin(last, place[block]));

        for (size_t left = work[block]; left-- > 0;) {
            i--;
            place[i] = value + (double)i * step;
        }
    }
}
