/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every chart of the recording by hand (tests/analyze/fixtures/two-models.csv) against golden/: the figure as text to
   the last digit, its picture to within a tolerance. Versions of Cairo and Pango place the glyphs of a text at other
   fractions of a pixel, so there are two pictures: one without texts, compared pixel by pixel, and one with them,
   compared by areas. A picture that differs leaves itself and the difference beside this program; GOLDEN_UPDATE=1
   writes golden/ anew, to look at. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plot/render.h"
#include "plot/render_text.h"
#include "plot/surface.h"
#include "tests/plot/charted.h"

#include <gsl/gsl_errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define RECORDING "tests/analyze/fixtures/two-models.csv"
#define GOLDEN "tests/plot/golden/"
#define DPI 50

/* How a picture is compared: by the means of square tiles. */
struct look {
    const char *suffix; /* of the golden file's name */
    bool has_texts;
    int tile;          /* pixels */
    double noticeable; /* of 255, in a channel of a tile's mean */
};

/* Cairo 1.16 and 1.18 shade all but texts alike, to the last bit. Their texts, with Pango 1.50 and 1.56, differ by up
   to 217 in a pixel and by up to 3.8 in the mean of a tile; a label of five letters that is not there makes 8.4. */
static const struct look marks = {"-marks", false, 1, 4}, whole = {"", true, 16, 6};

static const char *directory; /* of this program */

/* fontconfig keeps a cache of its own until the process ends, which the leak sanitizer does not always find again. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier): so the sanitizer names it */

const char *__lsan_default_suppressions(void) /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:libfontconfig";
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
    struct charted charted = charted_read(RECORDING, METRIC_PEAK);

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT && charts[chart].works == CHART_ANY; chart++) {
        struct figure figure = charted_figure(&charted, chart);
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

/* Texts in the background's colour are invisible and take the same room. */
static struct theme theme_of(const struct look *look)
{
    struct theme theme = themes[THEME_LIGHT];

    for (size_t i = 0; i < FIGURE_COLOURS && !look->has_texts; i++)
        theme.ink[i].text = theme.background;
    return theme;
}

static void draw(const struct figure *figure, const struct look *look, const char *path)
{
    const struct theme theme = theme_of(look);
    const struct surface_request request = {.path = path,
                                            .format = SURFACE_PNG,
                                            .theme = &theme,
                                            .width_mm = figure->width_mm,
                                            .height_mm = figure->height_mm,
                                            .dpi = DPI};
    struct surface surface;
    struct error error;

    assert_int_equal(surface_open(&surface, &request, &error), 0);
    assert_int_equal(render_figure(figure, &surface.canvas, &error), 0);
    assert_int_equal(surface_close(&surface, &error), 0);
}

/* A part of a picture and the same part of another. */
struct tile {
    unsigned char *picture, *golden; /* their first pixels, of 4 bytes */
    int width, height, stride;
};

static bool tile_differs(const struct tile *tile, const struct look *look)
{
    int sum[3] = {0}; /* of the differences in each channel */
    bool differs = false;

    for (int y = 0; y < tile->height; y++)
        for (int x = 0; x < 4 * tile->width; x += 4)
            for (int channel = 0; channel < 3; channel++)
                sum[channel] +=
                    tile->picture[y * tile->stride + x + channel] - tile->golden[y * tile->stride + x + channel];
    for (int channel = 0; channel < 3; channel++)
        differs = differs || abs(sum[channel]) > look->noticeable * look->tile * look->tile;
    return differs;
}

/* Red where it differs, otherwise pale. */
static void tile_mark(const struct tile *tile, bool differs)
{
    for (int y = 0; y < tile->height; y++)
        for (int x = 0; x < 4 * tile->width; x += 4)
            for (int channel = 0; channel < 3; channel++) {
                unsigned char *value = &tile->picture[y * tile->stride + x + channel];

                *value = (unsigned char)(channel == 2 && differs ? 255 : (differs ? 0 : 128) + *value / 2);
            }
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Marks in the first picture what differs noticeably from the second; returns how many tiles do. */
static size_t mark_differences(cairo_surface_t *picture, cairo_surface_t *golden, const struct look *look)
{
    int width = cairo_image_surface_get_width(picture), height = cairo_image_surface_get_height(picture);
    int stride = cairo_image_surface_get_stride(picture);
    unsigned char *bytes = cairo_image_surface_get_data(picture), *others = cairo_image_surface_get_data(golden);
    size_t differences = 0;

    /* Drops Cairo's copy of the file, which the marks make stale. */
    cairo_surface_set_mime_data(picture, CAIRO_MIME_TYPE_PNG, NULL, 0, NULL, NULL);
    cairo_surface_flush(picture);
    for (int y = 0; y < height; y += look->tile)
        for (int x = 0; x < width; x += look->tile) {
            int at = y * stride + 4 * x;
            struct tile tile = {bytes + at, others + at, least(look->tile, width - x), least(look->tile, height - y),
                                stride};
            bool differs = tile_differs(&tile, look);

            tile_mark(&tile, differs);
            differences += differs;
        }
    cairo_surface_mark_dirty(picture);
    return differences;
}

/* How many tiles of the picture of that path are not as in the chart's golden one. Shows them in the file of the other
   path, unless it is NULL. */
static size_t compare_picture(const char *name, const struct look *look, const char *path, const char *difference_path)
{
    char golden_path[PATH_MAX];
    cairo_surface_t *picture, *golden;
    size_t differences;

    snprintf(golden_path, sizeof golden_path, GOLDEN "%s%s.png", name, look->suffix);
    picture = cairo_image_surface_create_from_png(path);
    golden = cairo_image_surface_create_from_png(golden_path);
    if (cairo_surface_status(golden) != CAIRO_STATUS_SUCCESS)
        fail_msg("%s is not there (GOLDEN_UPDATE=1 makes it)", golden_path);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(picture), cairo_image_surface_get_width(golden));
    assert_int_equal(cairo_image_surface_get_height(picture), cairo_image_surface_get_height(golden));
    differences = mark_differences(picture, golden, look);
    if (differences > 0 && difference_path)
        cairo_surface_write_to_png(picture, difference_path);
    cairo_surface_destroy(picture);
    cairo_surface_destroy(golden);
    return differences;
}

static void check_picture(const struct figure *figure, const char *name, const struct look *look)
{
    char path[PATH_MAX], difference_path[PATH_MAX];
    size_t differences;

    snprintf(difference_path, sizeof difference_path, "%s/%s%s-difference.png", directory, name, look->suffix);
    snprintf(path, sizeof path, "%s/%s%s.png", is_updating() ? GOLDEN : directory, name, look->suffix);
    draw(figure, look, path);
    differences = compare_picture(name, look, path, difference_path);
    if (differences > 0)
        fail_msg("%s: %zu areas of %d x %d pixels are not those of " GOLDEN "%s%s.png (see %s)", path, differences,
                 look->tile, look->tile, name, look->suffix, difference_path);
}

static void test_figures_as_pictures(void **state)
{
    struct charted charted = charted_read(RECORDING, METRIC_PEAK);

    (void)state;
    for (enum chart_name chart = 0; chart < CHART_COUNT && charts[chart].works == CHART_ANY; chart++) {
        struct figure figure = charted_figure(&charted, chart);

        check_picture(&figure, chart_names[chart], &marks);
        check_picture(&figure, chart_names[chart], &whole);
        figure_free(&figure);
    }
    charted_free(&charted);
}

/* --- the comparison itself ---------------------------------------------------------------------------------------- */

static void nothing(struct figure *figure)
{
    (void)figure;
}

static struct figure_mark *first_mark(struct figure *figure, enum figure_mark_kind kind)
{
    struct figure_panel *panel = &figure->panel[0];

    for (size_t i = 0; i < panel->marks; i++)
        if (panel->mark[i].kind == kind)
            return &panel->mark[i];
    fail_msg("there is no mark of kind %d", kind);
    return NULL;
}

/* By about half a millimetre, a pixel: 4.3 decades of tasks span 120 mm. */
static void move_a_point(struct figure *figure)
{
    first_mark(figure, FIGURE_POINTS)->point[0].x *= 1.05;
}

static void recolour_a_line(struct figure *figure)
{
    first_mark(figure, FIGURE_LINE)->style.colour = FIGURE_HUE + 1;
}

static void remove_a_line(struct figure *figure)
{
    first_mark(figure, FIGURE_LINE)->points = 0;
}

static void change_a_shape(struct figure *figure)
{
    first_mark(figure, FIGURE_POINTS)->style.shape = FIGURE_DIAMOND;
}

/* Not the widest, so that nothing else moves. */
static void remove_a_label(struct figure *figure)
{
    figure->panel[0].label[1].text = " ";
}

static void test_a_difference_is_seen(void **state)
{
    static const struct {
        void (*change)(struct figure *);
        const struct look *look;
        bool is_seen;
    } cases[] = {
        {nothing, &marks, false},        {nothing, &whole, false},       {move_a_point, &marks, true},
        {recolour_a_line, &marks, true}, {remove_a_line, &marks, true},  {change_a_shape, &marks, true},
        {remove_a_label, &marks, false}, {remove_a_label, &whole, true},
    };
    struct charted charted = charted_read(RECORDING, METRIC_PEAK);
    char path[PATH_MAX];

    (void)state;
    snprintf(path, sizeof path, "%s/changed.png", directory);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct figure figure = charted_figure(&charted, CHART_scaling);

        cases[i].change(&figure);
        draw(&figure, cases[i].look, path);
        assert_int_equal(compare_picture(chart_names[CHART_scaling], cases[i].look, path, NULL) > 0, cases[i].is_seen);
        figure_free(&figure);
    }
    charted_free(&charted);
}

/* The first column of pixels that has ink of a text drawn from x = 10 on in a wide box. */
static int first_ink(const char *text)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 300, 40);
    cairo_t *cairo = cairo_create(surface);
    struct canvas canvas = canvas_cairo(cairo, &themes[THEME_LIGHT]);
    struct render_pen pen = render_text_pen_new(&canvas);
    const struct render_text drawn = {text, THEME_TITLE, FIGURE_TEXT, 1, 280, RENDER_CUT};
    const unsigned char *pixels;
    int stride = cairo_image_surface_get_stride(surface), first = 0;

    canvas_ground(&canvas);
    render_text_draw(&pen, &drawn, (struct render_anchor){10, 5, 0, 0});
    cairo_surface_flush(surface);
    pixels = cairo_image_surface_get_data(surface);
    for (bool ink = false; first < 300 && !ink; first++)
        for (int y = 0; y < 40; y++)
            ink = ink || pixels[y * stride + 4 * first] < 128;
    render_text_pen_free(&pen);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return first;
}

static void test_texts_from_right_to_left_stand_where_others_stand(void **state)
{
    (void)state;
    assert_in_range(first_ink("plain"), 10, 20);
    assert_in_range(first_ink("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"), 10, 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_as_text),
        cmocka_unit_test(test_texts_from_right_to_left_stand_where_others_stand),
        cmocka_unit_test(test_figures_as_pictures),
        cmocka_unit_test(test_a_difference_is_seen),
    };
    char *slash = strrchr(argv[0], '/');

    (void)argc;
    if (slash)
        *slash = '\0';
    directory = slash ? argv[0] : ".";
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
