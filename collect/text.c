/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/text.h"

#include <ctype.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* The C library reads UTF-8 and knows widths in a locale of UTF-8 only. This one is part of the C library's package;
   without it all characters but those of ASCII count as wrong. */
#define LOCALE "C.UTF-8"

#define NO_CHARACTER WEOF

/* The locale of this thread while texts are read. */
struct reading {
    locale_t utf8, before;
};

static struct reading begin(void)
{
    struct reading reading = {.utf8 = newlocale(LC_CTYPE_MASK, LOCALE, NULL)};

    if (reading.utf8)
        reading.before = uselocale(reading.utf8);
    return reading;
}

static void end(struct reading reading)
{
    if (!reading.utf8)
        return;
    uselocale(reading.before);
    freelocale(reading.utf8);
}

/* Unicode Standard, section 3.9: neither surrogates nor what lies beyond U+10FFFF are in UTF-8; glibc reads some. */
static bool is_scalar(wint_t character)
{
    return character <= 0x10FFFF && !(character >= 0xD800 && character <= 0xDFFF);
}

/* The character at the start of at least one byte, or NO_CHARACTER. Returns how many bytes it has. */
static size_t next(const struct reading *reading, const char *text, size_t length, wint_t *character)
{
    mbstate_t state = {0};
    wchar_t wide = 0;
    size_t bytes = mbrtowc(&wide, text, length, &state);
    bool known = bytes <= length && is_scalar((wint_t)wide) && (reading->utf8 || isascii(*text));

    *character = known ? (wint_t)wide : NO_CHARACTER;
    return known && bytes > 0 ? bytes : 1;
}

/* Most texts are printable ASCII, and need no locale. */
static bool is_simple(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return true;
}

/* Unicode Standard, section 23.2: those that embed or override a direction turn around what stands beside the text. */
static bool is_control(wint_t character)
{
    return iswcntrl(character) || (character >= 0x202A && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

bool text_is_plain(const char *text, const char *allowed)
{
    size_t rest = strlen(text);
    bool plain = true;
    struct reading reading;

    if (is_simple(text, rest))
        return true;
    reading = begin();
    while (rest > 0 && plain) {
        wint_t character;
        size_t bytes = next(&reading, text, rest, &character);

        plain = character != NO_CHARACTER && (!is_control(character) || strchr(allowed, *text));
        text += bytes;
        rest -= bytes;
    }
    end(reading);
    return plain;
}

static void mend(char *text, bool controls)
{
    size_t rest = strlen(text);
    struct reading reading;

    if (is_simple(text, rest))
        return;
    reading = begin();
    while (rest > 0) {
        wint_t character;
        size_t bytes = next(&reading, text, rest, &character);

        if (character == NO_CHARACTER || (controls && is_control(character)))
            memset(text, '?', bytes);
        text += bytes;
        rest -= bytes;
    }
    end(reading);
}

void text_make_utf8(char *text)
{
    mend(text, false);
}

void text_make_plain(char *text)
{
    mend(text, true);
}

size_t text_width(const char *text, size_t bytes)
{
    struct reading reading;
    size_t width = 0;

    if (is_simple(text, bytes))
        return bytes;
    reading = begin();
    while (bytes > 0) {
        wint_t character;
        size_t length = next(&reading, text, bytes, &character);
        int columns = character == NO_CHARACTER ? 1 : wcwidth((wchar_t)character);

        width += columns > 0 ? (size_t)columns : 0;
        text += length;
        bytes -= length;
    }
    end(reading);
    return width;
}

const char *text_separator(size_t place, size_t count, const char *last)
{
    if (place == 0)
        return "";
    return place + 1 < count ? ", " : last;
}
