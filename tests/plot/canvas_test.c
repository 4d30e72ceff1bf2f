/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SVG as it is written, and texts that are shortened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/render_text.h"

#include <stdlib.h>
#include <string.h>

/* fontconfig keeps a cache of its own until the process ends, which the leak sanitizer does not always find again. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier): so the sanitizer names it */

const char *__lsan_default_suppressions(void) /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:libfontconfig";
}

/* What is drawn, as text. */
struct drawing {
    char *text;
    size_t length;
    FILE *stream;
    struct canvas canvas;
};

static void begin(struct drawing *drawing)
{
    drawing->stream = open_memstream(&drawing->text, &drawing->length);
    assert_non_null(drawing->stream);
    drawing->canvas = canvas_svg(drawing->stream, &themes[THEME_LIGHT]);
}

static void assert_drawn(struct drawing *drawing, const char *expected)
{
    fclose(drawing->stream);
    assert_string_equal(drawing->text, expected);
    free(drawing->text);
}

static const struct canvas_paint filled = {.role = THEME_MARK + FIGURE_TEXT, .opacity = 1};

/* To a tenth of a point, step by step; steps of no length are left out. */
static void test_paths_are_short(void **state)
{
    static const struct figure_point point[] = {{10, 20}, {10.04, 20.01}, {12.5, 19.26}, {0, 20}};
    static const double dashes[] = {1, 2.5};
    const struct canvas_paint dashed = {.role = THEME_GRID, .opacity = 0.25, .width = 0.5, .dash = dashes, .dashes = 2};
    struct drawing drawing;

    (void)state;
    begin(&drawing);
    canvas_path(&drawing.canvas, point, 4, true, &filled);
    canvas_path(&drawing.canvas, point, 3, false, &dashed);
    canvas_circle(&drawing.canvas, point[0], 1.26, &filled);
    assert_drawn(&drawing, "<path d=\"M10 20l2.5-.7-12.5 .7z\" class=\"f3\"/>\n"
                           "<path d=\"M10 20l2.5-.7\" class=\"s1\" opacity=\"0.25\" stroke-width=\".5\" "
                           "stroke-dasharray=\"1 2.5\"/>\n"
                           "<circle cx=\"10\" cy=\"20\" r=\"1.3\" class=\"f3\"/>\n");
}

static void test_groups_say_whose_they_are(void **state)
{
    struct drawing drawing;

    (void)state;
    begin(&drawing);
    canvas_begin(&drawing.canvas, "a<b", "a<b: \"1 & 2\"");
    canvas_end(&drawing.canvas);
    canvas_begin(&drawing.canvas, NULL, NULL);
    canvas_end(&drawing.canvas);
    assert_drawn(&drawing, "<g data-of=\"a&lt;b\"><title>a&lt;b: &quot;1 &amp; 2&quot;</title>\n</g>\n<g>\n</g>\n");
}

/* The text of the first text element that is drawn of it in so much room. The caller frees it. */
static char *drawn_text(const char *string, double width, enum render_overflow overflow)
{
    struct drawing drawing;
    struct render_pen pen;
    const struct render_text text = {string, THEME_LABEL, FIGURE_TEXT, 1, width, overflow};
    char *begins, *drawn;

    begin(&drawing);
    pen = render_text_pen_new(&drawing.canvas);
    render_text_draw(&pen, &text, (struct render_anchor){0, 0, 0, 0});
    render_text_pen_free(&pen);
    fclose(drawing.stream);
    begins = strchr(strstr(drawing.text, "<text"), '>') + 1;
    drawn = strndup(begins, (size_t)(strstr(begins, "</text>") - begins));
    free(drawing.text);
    return drawn;
}

static void test_long_names_are_shortened_in_the_middle(void **state)
{
    static const char name[] = "a-model-of-a-very-long-name-that-ends-in-one:16k";
    char *whole = drawn_text(name, 0, RENDER_CUT), *cut = drawn_text(name, 80, RENDER_CUT);
    char *least = drawn_text(name, 1, RENDER_CUT);

    (void)state;
    assert_string_equal(whole, name);
    assert_memory_equal(cut, "a-model", 7);
    assert_string_equal(cut + strlen(cut) - 4, ":16k");
    assert_non_null(strstr(cut, "…"));
    assert_string_equal(least, "…");
    free(whole);
    free(cut);
    free(least);
}

/* A letter of two bytes is not cut in two. */
static void test_letters_stay_whole(void **state)
{
    (void)state;
    for (int width = 5; width < 60; width += 5) {
        char *cut = drawn_text("äöüÄÖÜßäöüÄÖÜß", width, RENDER_CUT);

        assert_true(g_utf8_validate(cut, -1, NULL));
        free(cut);
    }
}

static void test_a_text_that_wraps_is_several(void **state)
{
    char *line = drawn_text("some words that do not stand beside each other", 60, RENDER_WRAP);

    (void)state;
    assert_true(strlen(line) < 20);
    assert_true(line[strlen(line) - 1] != ' ');
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_are_short),
        cmocka_unit_test(test_groups_say_whose_they_are),
        cmocka_unit_test(test_long_names_are_shortened_in_the_middle),
        cmocka_unit_test(test_letters_stay_whole),
        cmocka_unit_test(test_a_text_that_wraps_is_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
