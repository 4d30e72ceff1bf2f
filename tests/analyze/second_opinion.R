#!/usr/bin/env Rscript
# SPDX-License-Identifier: GPL-3.0-or-later
# What R makes of a recording, beside what analyze makes of it: second_opinion.R ANALYZE RECORDING...
# Takes the runs from analyze --table=runs, and compares lines, errors, limits, lack of fit, HC3 (with the package sandwich),
# Welch's and Mann and Whitney's tests and Holm's adjustment, to 1e-9.
arguments <- commandArgs(TRUE)
table_of <- function(...) read.csv(text = system2(arguments[1], shQuote(c("--format=csv", ..., arguments[-1])), stdout = TRUE))

compared <- 0
check <- function(what, ours, theirs) {
    compared <<- compared + 1
    if (is.na(theirs) && is.na(ours)) return(invisible())
    # Beside 1 for probabilities that are as good as 0, and for baselines of many pages: a byte.
    if (!isTRUE(abs(ours - theirs) <= 1e-9 * max(abs(theirs), 1e-3)))
        stop(sprintf("%s: analyze says %.17g, R says %.17g", what, ours, theirs))
}

runs <- subset(table_of("--table=runs"), status == "ok")
runs$key <- paste(runs$host, runs$model)

check_line <- function(row, fit, covariance, level) {
    name <- paste(row$host, row$model, row$fit)
    errors <- sqrt(diag(covariance))
    half_width <- qt(1 - (1 - level) / 2, df.residual(fit)) * errors
    check(paste(name, "baseline"), row$baseline, coef(fit)[[1]])
    check(paste(name, "overhead"), row$overhead, coef(fit)[[2]])
    check(paste(name, "error of the baseline"), row$baseline_se, errors[[1]])
    check(paste(name, "error of the overhead"), row$overhead_se, errors[[2]])
    check(paste(name, "low limit of the baseline"), row$baseline_low, coef(fit)[[1]] - half_width[[1]])
    check(paste(name, "high limit of the overhead"), row$overhead_high, coef(fit)[[2]] + half_width[[2]])
}

for (level in c(0.9, 0.95, 0.99)) {
    fits <- table_of("--fit=ols", paste0("--confidence=", level))
    for (i in seq_len(nrow(fits))) {
        row <- fits[i, ]
        if (is.na(row$overhead_se)) next
        mine <- subset(runs, key == paste(row$host, row$model))
        fit <- lm(peak ~ tasks, mine)
        full <- lm(peak ~ factor(tasks), mine)
        check_line(row, fit, vcov(fit), level)
        check(paste(row$model, "R squared"), row$r_squared, summary(fit)$r.squared)
        if (is.na(row$lack_of_fit_f)) next
        comparison <- anova(fit, full)
        check(paste(row$model, "lack of fit"), row$lack_of_fit_f, comparison$F[2])
        check(paste(row$model, "p of the lack of fit"), row$lack_of_fit_p, comparison$`Pr(>F)`[2])
    }
}

if (requireNamespace("sandwich", quietly = TRUE)) {
    fits <- table_of("--fit=ols", "--errors=hc3")
    for (i in seq_len(nrow(fits))) {
        row <- fits[i, ]
        if (is.na(row$overhead_se)) next
        fit <- lm(peak ~ tasks, subset(runs, key == paste(row$host, row$model)))
        check_line(row, fit, sandwich::vcovHC(fit, type = "HC3"), 0.95)
    }
}

for (count in unique(runs$tasks))
    for (test in c("welch", "mann-whitney")) {
        ratios <- table_of("--table=ratios", paste0("--at=", count), paste0("--test=", test))
        for (i in seq_len(nrow(ratios))) {
            row <- ratios[i, ]
            a <- subset(runs, key == paste(row$host, row$model) & tasks == count)$peak
            b <- subset(runs, key == paste(row$host, row$reference) & tasks == count)$peak
            what <- paste(row$model, "over", row$reference, "at", count, test)
            if (is.na(row$ratio)) next
            check(what, row$ratio, mean(a) / mean(b))
            # Where runs scatter by less than a page analyze takes the rounding for an error, and ties have an exact
            # distribution that R does not know.
            if (length(a) < 2 || length(b) < 2) next
            if (test == "welch" && min(var(a) / length(a), var(b) / length(b)) > 4096^2 / 12)
                check(what, row$p_value, t.test(a, b)$p.value)
            if (test == "mann-whitney" && !anyDuplicated(c(a, b)))
                check(what, row$p_value, wilcox.test(a, b, exact = TRUE)$p.value)
        }
        if (nrow(ratios) > 0)
            for (i in seq_len(nrow(ratios)))
                check("Holm", ratios$p_holm[i], p.adjust(ratios$p_value, "holm")[i])
    }
cat(sprintf("R and analyze agree on %d figures\n", compared))
