/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line of plot that is accepted and settled is one or more figures, or a report, that can be drawn. */
#include "tests/fuzz_options.h"

#include "plot/main_options.h"

#include <stdlib.h>

static struct main_options options;

static void parse(int argc, char **argv)
{
    main_options_read(&options, argc, argv);
}

static bool is_any(const bool *chosen, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chosen[i])
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;

    if (fuzz_options_accept(data, size, parse) && !options.list && main_options_settle(&options, &error) == 0 &&
        (options.charts_chosen != is_any(options.chart, CHART_COUNT) ||
         (!options.report && !is_any(options.format, SURFACE_FORMAT_COUNT)) || !(options.size.width_mm >= 40) ||
         !(options.size.height_mm >= 40) || !(options.dpi >= 30 && options.dpi <= 1200)))
        abort();
    selection_free(&options.selection);
    return 0;
}
