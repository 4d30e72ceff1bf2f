/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a task costs, and what was there before it: of the curve through the cells of one series, or of a straight line
   baseline + overhead * tasks. All is in the unit of the metric. */
#ifndef TASKWEIGHT_ANALYZE_FIT_H
#define TASKWEIGHT_ANALYZE_FIT_H

#include "analyze/series.h"

#define FIT_METHODS(METHOD)                                                                                            \
    METHOD(CURVE, "curve")                                                                                             \
    METHOD(ROBUST, "robust")                                                                                           \
    METHOD(WLS, "wls")                                                                                                 \
    METHOD(OLS, "ols")                                                                                                 \
    METHOD(THEIL_SEN, "theil-sen")                                                                                     \
    METHOD(OLS_HC3, "ols-hc3")

#define FIT_ENUMERATOR(upper, name) FIT_##upper,
enum fit_method { FIT_METHODS(FIT_ENUMERATOR) FIT_METHOD_COUNT };
/* How many --fit can name: the last is ols with --errors=hc3. */
#define FIT_METHOD_CHOICES FIT_OLS_HC3
#undef FIT_ENUMERATOR

extern const char *const fit_method_names[FIT_METHOD_COUNT];

/* A line does not hold where the p value of its lack of fit is below this. */
#define FIT_SIGNIFICANCE 0.05

struct fit {
    enum fit_method method;
    enum unit unit;
    double confidence;
    struct estimate baseline;   /* at 0 tasks */
    struct estimate overhead;   /* per task; of the curve: its average slope from the smallest to the largest count */
    double covariance;          /* of baseline and overhead; NaN for theil-sen */
    const struct curve *curve;  /* of FIT_CURVE, owned by the series; NULL: a line */
    struct scatter run_scatter; /* of one run; NaN for theil-sen, and without degrees of freedom */
    double r_squared;           /* of the line */
    /* Does the line hold? F is the lack of fit per degree of freedom (cells - 2) over the replicate error; for curve,
     * wls and robust it is chi-square over its expectation (Brown and Forsythe's test). NaN for theil-sen, without a
     * replicate error, and with fewer than 3 counts. */
    double lack_of_fit_f, lack_of_fit_p;
    double least_slope, largest_slope; /* of the segments between neighbouring counts: by how much a line is missed */
    size_t runs, cells, failed;
    int64_t min_tasks, max_tasks; /* the smallest and the largest count with an ok run; 0 if none */
    struct estimate idle;         /* as in struct series */
    double resolution;            /* what values are rounded to: a total below it is rounding */
    char note[512];               /* why there is no fit, or warnings; "" if none */
};

/* "robust" -> FIT_ROBUST; otherwise -1 and an error that lists the names. */
int fit_method_parse(const char *name, enum fit_method *method, struct error *error);

/* Fits the series, which must outlive the fit. Always gives a fit: what cannot be estimated is NaN and the note says
 * why. */
struct fit fit_series(const struct series *series, enum fit_method method, double confidence);

/* By what models are ordered and a lightest one is picked: what a task adds or, of a metric that is a level, the level.
 */
struct estimate fit_weight(const struct fit *fit, enum metric metric);

/* Whether the fit may be taken for a line: no lack of it is significant. */
bool fit_is_line(const struct fit *fit);

#define FIT_JUDGEMENT_SIZE 64

/* Whether the line holds, and if not by how much it is missed: "yes", "no: 938 B to 3.53 KiB" (the slopes of the
 * segments) or "cannot tell". `p` is the fit's lack_of_fit_p, adjusted for all fits that are judged together
 * (ratio_adjust). Returns text. */
const char *fit_judge_line(char text[FIT_JUDGEMENT_SIZE], const struct fit *fit, double p);

/* The mean of runs with so many tasks. For the curve see curve_at. */
struct estimate fit_mean_at(const struct fit *fit, double tasks);

/* The prediction for one more run with so many tasks. Its limits include the run's own scatter, but no outliers. */
struct estimate fit_run_at(const struct fit *fit, double tasks);

/* Half-width, in standard errors, of the joint confidence region of baseline and overhead: sqrt(2 F). Draper and Smith,
 * Applied Regression Analysis (3rd edition), section 5.4. NaN without errors. */
double fit_region_half_width(const struct fit *fit);

/* --- for the methods (fit_*.c, pool.c) ---------------------------------------------------------------------------- */

/* A fit without any estimate yet. */
struct fit fit_unknown(enum fit_method method, double confidence);

/* Appends to the note; what does not fit is cut off. */
void fit_note(struct fit *fit, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
