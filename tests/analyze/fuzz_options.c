/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line of analyze that is accepted is a table that can be asked for. */
#include "tests/fuzz_options.h"

#include "analyze/main_options.h"

#include <stdlib.h>
#include <string.h>

static struct main_options options;

static void parse(int argc, char **argv)
{
    main_options_read(&options, argc, argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct series_selection *cells = &options.selection.cells;

    if (fuzz_options_accept(data, size, parse)) {
        if (!options.table_name || !options.build || !options.write || options.selection.files < 1 ||
            !(cells->confidence > 0 && cells->confidence < 1) ||
            (strcmp(options.table_name, "capacity") == 0 && options.at_counts == 0 && !(options.budget > 0)))
            abort();
        for (size_t i = 0; i < cells->counts; i++)
            if (cells->tasks[i] < 1)
                abort();
    }
    selection_free(&options.selection);
    return 0;
}
