/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The straight line baseline + overhead * tasks through the cells of one series. All is in the unit of its metric. */
#ifndef TASKWEIGHT_ANALYZE_FIT_H
#define TASKWEIGHT_ANALYZE_FIT_H

#include "analyze/series.h"

#define FIT_METHODS(METHOD)                                                                                            \
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

/* A number with its standard error and confidence limits; NaN where it has none. */
struct estimate {
    double value, standard_error, low, high;
};

/* The variance of one run about its count's mean: constant + proportional * tasks^2, but at least `least`; `dof` are
 * its degrees of freedom. */
struct run_variance {
    double constant, proportional, least, dof;
};

/* A line does not hold where the p value of its lack of fit is below this. */
#define FIT_SIGNIFICANCE 0.05

struct fit {
    enum fit_method method;
    enum unit unit;
    double confidence;
    struct estimate baseline;
    struct estimate overhead;          /* per task */
    double covariance;                 /* of baseline and overhead; NaN for theil-sen */
    double baseline_dof, overhead_dof; /* degrees of freedom behind the limits; NaN for theil-sen */
    struct run_variance run_variance;  /* NaN for theil-sen, and without degrees of freedom */
    double r_squared;
    /* Does the line hold? F is the lack of fit per degree of freedom (cells - 2) over the replicate error; for wls and
     * robust it is chi-square / (cells - 2). NaN for theil-sen, without a replicate error, and with fewer than 3
     * counts. */
    double lack_of_fit_f, lack_of_fit_p;
    double scale_factor; /* by which errors were widened: sqrt(F) where the lack of fit is significant, otherwise 1 */
    size_t runs, cells, failed;
    int64_t max_tasks; /* the largest count with an ok run; 0 if none */
    double idle;       /* the measured baseline, NaN if not recorded */
    double resolution; /* what values are rounded to: a total below it is rounding */
    char note[512];    /* why there is no fit, or warnings; "" if none */
};

/* "robust" -> FIT_ROBUST; otherwise -1 and an error that lists the names. */
int fit_method_parse(const char *name, enum fit_method *method, struct error *error);

/* Fits the series. Always gives a fit: what cannot be estimated is NaN and the note says why. */
struct fit fit_series(const struct series *series, enum fit_method method, double confidence);

/* The line's value at a count, with the standard error and confidence limits of the mean there. */
struct estimate fit_mean_at(const struct fit *fit, double tasks);

/* The prediction for one more run with so many tasks. Its error and limits include the run's own scatter, but no
 * outliers. */
struct estimate fit_run_at(const struct fit *fit, double tasks);

/* Half-width, in standard errors, of the joint confidence region of baseline and overhead: sqrt(2 F). Draper and Smith,
 * Applied Regression Analysis (3rd edition), section 5.4. NaN without errors. */
double fit_region_half_width(const struct fit *fit);

/* --- for the methods (fit_*.c, pool.c) ---------------------------------------------------------------------------- */

/* A fit without any estimate yet. */
struct fit fit_unknown(enum fit_method method, double confidence);

/* An estimate with limits by Student's t; without limits where the error or its degrees of freedom are unknown. */
struct estimate fit_estimate(double value, double standard_error, double dof, double confidence);

double fit_run_variance_at(struct run_variance variance, double tasks);

/* Satterthwaite's degrees of freedom of the sum of two variances (Biometrics Bulletin 2 (1946) 110-114). */
double fit_joint_dof(double variance, double dof, double other_variance, double other_dof);

/* Appends to the note; what does not fit is cut off. */
void fit_note(struct fit *fit, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
