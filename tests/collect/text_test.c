/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts from outside: what is UTF-8, what becomes of the rest, and how wide they are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/text.h"

#include <stdio.h>
#include <string.h>

/* Table 3-7 of the Unicode Standard has the byte sequences that are UTF-8. */
static const struct {
    const char *text, *utf8, *plain; /* as they are mended */
} cases[] = {
    {"", "", ""},
    {"a name", "a name", "a name"},
    {"m\xc3\xb6glich", "m\xc3\xb6glich", "m\xc3\xb6glich"},
    {"m\xf6glich", "m?glich", "m?glich"}, /* ISO 8859-1 */
    {"\xc3", "?", "?"},                   /* cut off */
    {"\xe4\xbb\xbb\xe5\x8a", "\xe4\xbb\xbb??", "\xe4\xbb\xbb??"},
    {"\xf0\x9f\x92\xa5", "\xf0\x9f\x92\xa5", "\xf0\x9f\x92\xa5"},
    {"\xc0\x80", "??", "??"},             /* longer than need be */
    {"\xed\xa0\x80", "???", "???"},       /* a surrogate */
    {"\xf4\x90\x80\x80", "????", "????"}, /* beyond U+10FFFF */
    {"a\tb\nc", "a\tb\nc", "a?b?c"},
    {"\x1b[31mred\x7f", "\x1b[31mred\x7f", "?[31mred?"},
    {"a\xc2\x85z", "a\xc2\x85z", "a??z"},       /* U+0085, a control character */
    {"a\xe2\x80\xac", "a\xe2\x80\xac", "a???"}, /* U+202C, which ends an override of the direction */
};

static void what_is_not_utf8_or_controls_is_mended(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];

        snprintf(text, sizeof text, "%s", cases[i].text);
        text_make_utf8(text);
        assert_string_equal(text, cases[i].utf8);
        text_make_plain(text);
        assert_string_equal(text, cases[i].plain);
        assert_true(text_is_plain(text, ""));
        assert_int_equal(text_is_plain(cases[i].text, ""), strcmp(cases[i].text, cases[i].plain) == 0);
    }
}

static void some_controls_may_be_allowed(void **state)
{
    (void)state;
    assert_true(text_is_plain("a\tb\r\n", TEXT_BLANKS));
    assert_false(text_is_plain("a\tb\x01", TEXT_BLANKS));
    assert_false(text_is_plain("a\tb\xff", TEXT_BLANKS));
}

/* Unicode Standard Annex #11: wide characters take two columns; combining ones and marks none. */
static void widths_are_those_of_a_terminal(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } widths[] = {
        {"", 0},
        {"name", 4},
        {"\xc3\xa9", 1},
        {"e\xcc\x81", 1},
        {"\xe4\xbb\xbb\xe5\x8a\xa1", 4},
        {"\xf0\x9f\x92\xa5!", 3},
        {"\xd7\xa9\xd7\x9c", 2},
        {"a\xe2\x80\x8bz", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        assert_int_equal(text_width(widths[i].text, strlen(widths[i].text)), widths[i].width);
    assert_int_equal(text_width("\xe4\xbb\xbb\xe5\x8a\xa1", 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_utf8_or_controls_is_mended),
        cmocka_unit_test(some_controls_may_be_allowed),
        cmocka_unit_test(widths_are_those_of_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
