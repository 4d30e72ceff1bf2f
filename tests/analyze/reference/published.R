#!/usr/bin/env Rscript
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes published.csv and published.tsv beside this file: data sets that come with R, and what R makes of them.
# Run it by hand where a data set is added: Rscript published.R (needs r-cran-sandwich)
library(sandwich)

directory <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
sets <- list(
    anscombe2 = anscombe[c("x2", "y2")], anscombe3 = anscombe[c("x3", "y3")], anscombe4 = anscombe[c("x4", "y4")],
    cars = cars[c("speed", "dist")], women = women[c("height", "weight")], faithful = faithful[c("waiting", "eruptions")],
    orange = as.data.frame(Orange)[c("age", "circumference")], mtcars = mtcars[c("hp", "mpg")],
    stackloss = stackloss[c("Air.Flow", "stack.loss")], attitude = attitude[c("complaints", "rating")],
    loblolly = as.data.frame(Loblolly)[c("age", "height")], longley = longley[c("Year", "Employed")],
    rock = rock[c("area", "perm")], swiss = swiss[c("Education", "Fertility")])

rows <- data.frame()
results <- data.frame()
for (name in names(sets)) {
    set <- setNames(as.data.frame(lapply(sets[[name]], as.numeric)), c("x", "y"))
    rows <- rbind(rows, data.frame(dataset = name, set))
    fit <- lm(y ~ x, set)
    has_hc3 <- max(hatvalues(fit)) < 1 - 1e-9 # a run that the line must go through has no error of its own
    robust <- if (has_hc3) vcovHC(fit, type = "HC3")
    full <- lm(y ~ factor(x), set)
    tell <- function(quantity, value) results <<- rbind(results, data.frame(
        dataset = name, fit = "ols", quantity = quantity, value = sprintf("%.17g", unname(value))))
    tell("n", nrow(set))
    tell("df", df.residual(fit))
    for (i in 1:2) {
        term <- c("intercept", "slope")[i]
        tell(term, coef(fit)[i])
        tell(paste0("se_", term), sqrt(vcov(fit)[i, i]))
        for (level in c(90, 95, 99)) {
            limits <- confint(fit, level = level / 100)[i, ]
            tell(paste0("ci", level, "_", term, "_lo"), limits[1])
            tell(paste0("ci", level, "_", term, "_hi"), limits[2])
        }
        if (!has_hc3) next
        tell(paste0("HC3_se_", term), sqrt(robust[i, i]))
        half_width <- qt(0.975, df.residual(fit)) * sqrt(robust[i, i])
        tell(paste0("HC3_ci95_", term, "_lo"), coef(fit)[i] - half_width)
        tell(paste0("HC3_ci95_", term, "_hi"), coef(fit)[i] + half_width)
    }
    tell("cov_intercept_slope", vcov(fit)[1, 2])
    tell("r_squared", summary(fit)$r.squared)
    if (df.residual(full) > 0 && df.residual(full) < df.residual(fit) && length(unique(set$x)) > 2) {
        comparison <- anova(fit, full)
        tell("lof_F", comparison$F[2])
        tell("lof_p", comparison$`Pr(>F)`[2])
    }
    at <- 2 * max(set$x)
    predicted <- predict(fit, data.frame(x = at), interval = "prediction")
    tell("pred_x2max_x", at)
    tell("pred_x2max_fit", predicted[1])
    tell("pred_x2max_pi95_lo", predicted[2])
    tell("pred_x2max_pi95_hi", predicted[3])
}
write.csv(rows, file.path(directory, "published.csv"), row.names = FALSE, quote = FALSE)
write.table(results, file.path(directory, "published.tsv"), row.names = FALSE, quote = FALSE, sep = "\t")
