/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/check.h"

void check_fill(struct setup *setup)
{
    static const struct work works[] = {{.kind = WORK_SLEEP}, {.kind = WORK_TIME}};
    static const struct {
        const char *model;
        enum work_kind kind;
    } known[] = {
        {"calibrate:256", WORK_SLEEP},
        {"calibrate:1024", WORK_SLEEP},
        {"calibrate:4096", WORK_SLEEP},
        {"calibrate:spin=2000", WORK_TIME}, /* 2 s with the million tasks of the default */
    };

    setup->works = sizeof works / sizeof *works;
    for (size_t work = 0; work < setup->works; work++)
        setup->work[work] = works[work];
    setup->models = sizeof known / sizeof *known;
    for (size_t i = 0; i < setup->models; i++) {
        setup->model[i] = known[i].model;
        for (size_t work = 0; work < setup->works; work++)
            setup->left_out[i][work] = works[work].kind != known[i].kind;
    }
}
