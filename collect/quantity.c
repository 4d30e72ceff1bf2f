/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts with SI suffixes, sizes with IEC suffixes, read and written. */
#include "collect/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct suffix {
    const char *text;
    int64_t factor;
};

static const struct suffix counts[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {"T", 1000000000000}};
static const struct suffix sizes[] = {{"B", 1},
                                      {"KiB", INT64_C(1) << 10},
                                      {"MiB", INT64_C(1) << 20},
                                      {"GiB", INT64_C(1) << 30},
                                      {"TiB", INT64_C(1) << 40}};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static int64_t factor_of(const char *text, const struct suffix *suffixes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strcmp(text, suffixes[i].text) == 0)
            return suffixes[i].factor;
    return 0;
}

/* Decimals of a number: .25 is 25 of 100. */
struct fraction {
    int64_t part, of;
};

#define MOST_PARTS 1000000 /* times the largest factor this is still an int64_t */

/* Reads the decimals at *text, if there are any, and moves it behind them. */
static struct fraction parse_fraction(char **text)
{
    struct fraction fraction = {0, 1};

    if (**text != '.' || !isdigit((unsigned char)(*text)[1]))
        return fraction;
    for (++*text; isdigit((unsigned char)**text) && fraction.of < MOST_PARTS; ++*text)
        fraction = (struct fraction){10 * fraction.part + (**text - '0'), 10 * fraction.of};
    return fraction;
}

int quantity_parse_count(const char *text, int64_t *count, struct error *error)
{
    struct fraction fraction = {0, 1};
    long long whole = 0;
    char *end = NULL;
    int64_t factor;

    errno = 0;
    if (isdigit((unsigned char)*text)) {
        whole = strtoll(text, &end, 10);
        fraction = parse_fraction(&end);
    }
    if (whole < 1 && fraction.part == 0)
        return error_set(error, "'%s' is not a count (write a whole number of at least 1, such as 500, 10k or 1M)",
                         text);
    factor = factor_of(end, counts, LENGTH(counts));
    if (!factor || fraction.part * factor % fraction.of != 0)
        return error_set(error, "'%s' is not a count (write a whole number with no suffix or k, M, G, T)", text);
    if (errno == ERANGE || whole > (INT64_MAX - fraction.part * factor / fraction.of) / factor)
        return error_set(error, "'%s' is too large a count (9.2e18 is the most)", text);
    *count = whole * factor + fraction.part * factor / fraction.of;
    return 0;
}

int quantity_parse_bytes(const char *text, int64_t *bytes, struct error *error)
{
    char *end;
    double value;
    int64_t factor;

    /* strtod would also take hex, inf and nan: a size starts with a digit and has no x. */
    if (!isdigit((unsigned char)*text) || strpbrk(text, "xX"))
        return error_set(error, "'%s' is not a size (write a number with B, KiB, MiB, GiB or TiB, such as 16GiB)",
                         text);
    value = strtod(text, &end);
    factor = *end ? factor_of(end, sizes, LENGTH(sizes)) : 1;
    if (!factor)
        return error_set(error, "'%s' is not a size (its unit is none of B, KiB, MiB, GiB, TiB)", text);
    if (!(value * (double)factor < 0x1p62))
        return error_set(error, "'%s' is too large a size", text);
    *bytes = (int64_t)llround(value * (double)factor);
    return 0;
}

const char *quantity_format_count(char text[QUANTITY_TEXT_SIZE], int64_t count)
{
    size_t i = LENGTH(counts) - 1;

    while (i > 0 && count < counts[i].factor)
        i--;
    /* One decimal is written where it says all: 2500000 is 2.5M, 12345 stays 12345. */
    if (count % counts[i].factor == 0)
        snprintf(text, QUANTITY_TEXT_SIZE, "%" PRId64 "%s", count / counts[i].factor, counts[i].text);
    else if (count % (counts[i].factor / 10) == 0)
        snprintf(text, QUANTITY_TEXT_SIZE, "%.1f%s", (double)count / (double)counts[i].factor, counts[i].text);
    else
        snprintf(text, QUANTITY_TEXT_SIZE, "%" PRId64, count);
    return text;
}

/* Decimals for three significant digits of a number below 1024 that is to be rounded. */
static int decimals_for(double number)
{
    return number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
}

const char *quantity_format_about(char text[QUANTITY_TEXT_SIZE], double count)
{
    double size = fabs(count);
    size_t i = LENGTH(counts) - 1;

    /* Half a unit below 1000 would be printed as 1000: the next unit is the better one. */
    while (i > 0 && size < (double)counts[i].factor - 0.5 * (double)counts[i - 1].factor)
        i--;
    if (i == 0)
        snprintf(text, QUANTITY_TEXT_SIZE, "%.3g", count);
    else
        snprintf(text, QUANTITY_TEXT_SIZE, "%.*f%s", decimals_for(size / (double)counts[i].factor),
                 count / (double)counts[i].factor, counts[i].text);
    return text;
}

const char *quantity_format_bytes(char text[QUANTITY_TEXT_SIZE], double bytes)
{
    double size = fabs(bytes);
    size_t i = LENGTH(sizes) - 1;

    /* Half a unit below 1024 would be printed as 1024: the next unit is the better one. */
    while (i > 0 && size < (double)sizes[i].factor - 0.5 * (double)sizes[i - 1].factor)
        i--;
    if (i == 0 && size == floor(size))
        snprintf(text, QUANTITY_TEXT_SIZE, "%.0f B", bytes);
    else
        snprintf(text, QUANTITY_TEXT_SIZE, "%.*f %s", decimals_for(size / (double)sizes[i].factor),
                 bytes / (double)sizes[i].factor, sizes[i].text);
    return text;
}
