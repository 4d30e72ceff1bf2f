/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every chart of the recording by hand (tests/analyze/fixtures/two-models.csv) against golden/: the figure as text to
   the last digit, its picture to within a tolerance, since libraries differ in how they shade an edge. A picture that
   differs leaves itself and the difference beside this program; GOLDEN_UPDATE=1 writes golden/ anew, to look at. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/chart.h"
#include "plot/render.h"

#include <gsl/gsl_errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define RECORDING "tests/analyze/fixtures/two-models.csv"
#define GOLDEN "tests/plot/golden/"
#define DPI 50
#define NOTICEABLE 48      /* of 255, in a channel of a pixel */
#define NOTICED_SHARE 0.01 /* of the pixels, at the most */

static const char *folder; /* of this program */

/* fontconfig keeps a cache of its own until the process ends, which the leak sanitizer does not always find again. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier): so the sanitizer names it */

const char *__lsan_default_suppressions(void) /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:libfontconfig";
}

struct charted {
    struct recordings recordings;
    struct chart_data data;
};

static struct charted read_recording(void)
{
    const struct cell_selection selection = {.metric = METRIC_PEAK, .confidence = 0.95};
    struct recording_file file = {.path = RECORDING};
    struct charted charted = {.recordings = {0}};
    struct error error;

    assert_int_equal(recordings_read_files(&charted.recordings, &file, 1), 0);
    assert_int_equal(chart_data_new(&charted.data, &charted.recordings, &selection, FIT_ROBUST, &error), 0);
    charted.data.trace = traces_read(&file, 1, &charted.data.list, &error);
    assert_non_null(charted.data.trace);
    return charted;
}

static void charted_free(struct charted *charted)
{
    chart_data_free(&charted->data);
    recordings_free(&charted->recordings);
}

static struct figure build(const struct charted *charted, enum chart_name chart)
{
    const struct chart_size size = {170, 105, true};
    struct figure figure = {0};

    chart_draw(&figure, &charted->data, &size, chart);
    assert_false(figure.out_of_memory);
    return figure;
}

static bool is_updating(void)
{
    return getenv("GOLDEN_UPDATE") != NULL;
}

/* --- as text ------------------------------------------------------------------------------------------------------ */

/* The whole file, which the caller frees. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    if (!file)
        fail_msg("%s is not there (GOLDEN_UPDATE=1 makes it)", path);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

static void compare_text(const char *name, const char *text)
{
    char path[PATH_MAX];
    char *golden;
    FILE *file;

    snprintf(path, sizeof path, GOLDEN "%s.txt", name);
    if (is_updating()) {
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    golden = read_file(path);
    for (const char *a = golden, *b = text; *a || *b; a++, b++)
        if (*a != *b)
            fail_msg("%s: from here on\n  %.120s\nis not\n  %.120s", path, b, a);
    free(golden);
}

static void test_figures_as_text(void **state)
{
    struct charted charted = read_recording();

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++) {
        struct figure figure = build(&charted, chart);
        size_t length;
        char *text;
        FILE *stream = open_memstream(&text, &length);

        assert_non_null(stream);
        figure_write(&figure, stream);
        fclose(stream);
        compare_text(chart_names[chart], text);
        free(text);
        figure_free(&figure);
    }
    charted_free(&charted);
}

/* --- as pictures -------------------------------------------------------------------------------------------------- */

static void draw(const struct figure *figure, const char *path)
{
    const struct surface_request request = {
        .path = path, .format = SURFACE_PNG, .width_mm = figure->width_mm, .height_mm = figure->height_mm, .dpi = DPI};
    struct surface surface;
    struct error error;

    assert_int_equal(surface_open(&surface, &request, &error), 0);
    assert_int_equal(render_figure(figure, &themes[THEME_LIGHT], &surface, &error), 0);
    assert_int_equal(surface_close(&surface, &error), 0);
}

/* Marks in the first picture what differs noticeably from the second; returns how many pixels do. */
static size_t mark_differences(cairo_surface_t *picture, cairo_surface_t *golden)
{
    int width = cairo_image_surface_get_width(picture), height = cairo_image_surface_get_height(picture);
    int stride = cairo_image_surface_get_stride(picture);
    unsigned char *bytes = cairo_image_surface_get_data(picture), *others = cairo_image_surface_get_data(golden);
    size_t differences = 0;

    /* What Cairo keeps of the file would no longer be the picture. */
    cairo_surface_set_mime_data(picture, CAIRO_MIME_TYPE_PNG, NULL, 0, NULL, NULL);
    cairo_surface_flush(picture);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            unsigned char *pixel = bytes + y * stride + 4 * x, *other = others + y * stride + 4 * x;
            bool differs = false;

            for (int channel = 0; channel < 3; channel++)
                differs = differs || abs(pixel[channel] - other[channel]) > NOTICEABLE;
            differences += differs;
            for (int channel = 0; channel < 3; channel++)
                pixel[channel] = differs ? (channel == 2 ? 255 : 0) : (unsigned char)(128 + pixel[channel] / 2);
        }
    cairo_surface_mark_dirty(picture);
    return differences;
}

static void compare_picture(const char *name, const char *path)
{
    char golden_path[PATH_MAX], difference_path[PATH_MAX];
    cairo_surface_t *picture, *golden;
    size_t differences, pixels;

    snprintf(golden_path, sizeof golden_path, GOLDEN "%s.png", name);
    snprintf(difference_path, sizeof difference_path, "%s/%s-difference.png", folder, name);
    picture = cairo_image_surface_create_from_png(path);
    golden = cairo_image_surface_create_from_png(golden_path);
    if (cairo_surface_status(golden) != CAIRO_STATUS_SUCCESS)
        fail_msg("%s is not there (GOLDEN_UPDATE=1 makes it)", golden_path);
    assert_int_equal(cairo_image_surface_get_width(picture), cairo_image_surface_get_width(golden));
    assert_int_equal(cairo_image_surface_get_height(picture), cairo_image_surface_get_height(golden));
    differences = mark_differences(picture, golden);
    pixels = (size_t)cairo_image_surface_get_width(picture) * (size_t)cairo_image_surface_get_height(picture);
    if ((double)differences > NOTICED_SHARE * (double)pixels) {
        cairo_surface_write_to_png(picture, difference_path);
        fail_msg("%s: %zu of %zu pixels are not those of %s (see %s)", path, differences, pixels, golden_path,
                 difference_path);
    }
    cairo_surface_destroy(picture);
    cairo_surface_destroy(golden);
}

static void test_figures_as_pictures(void **state)
{
    struct charted charted = read_recording();

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT; chart++) {
        struct figure figure = build(&charted, chart);
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/%s.png", is_updating() ? GOLDEN : folder, chart_names[chart]);
        draw(&figure, path);
        compare_picture(chart_names[chart], path);
        figure_free(&figure);
    }
    charted_free(&charted);
}

/* The comparison itself: another chart is not within the tolerance. */
static void test_a_difference_is_seen(void **state)
{
    cairo_surface_t *one = cairo_image_surface_create_from_png(GOLDEN "scaling.png");
    cairo_surface_t *other = cairo_image_surface_create_from_png(GOLDEN "plane.png");

    (void)state;
    assert_int_equal(cairo_surface_status(one), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_height(one), cairo_image_surface_get_height(other));
    assert_true((double)mark_differences(one, other) >
                NOTICED_SHARE * cairo_image_surface_get_width(one) * cairo_image_surface_get_height(one));
    cairo_surface_destroy(one);
    cairo_surface_destroy(other);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_as_text),
        cmocka_unit_test(test_figures_as_pictures),
        cmocka_unit_test(test_a_difference_is_seen),
    };
    char *slash = strrchr(argv[0], '/');

    (void)argc;
    if (slash)
        *slash = '\0';
    folder = slash ? argv[0] : ".";
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
