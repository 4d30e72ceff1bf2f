#!/usr/bin/env Rscript
# SPDX-License-Identifier: GPL-3.0-or-later
# What R makes of a recording, beside what analyze makes of it: second_opinion.R ANALYZE RECORDING...
# Takes the runs from analyze --table=runs, and compares lines, errors, limits, lack of fit, HC3 (with the package sandwich),
# Welch's and Mann and Whitney's tests and Holm's adjustment, to 1e-9; of the curve, average slopes and segments by Welch's and
# Yuen's errors, ratios by Fieller's theorem, hosts pooled by Paule and Mandel (with the package metafor, if it is there), and, to
# what an optimiser of R's own reaches, the smooth variance, the test of a line and a line weighted by that variance.
arguments <- commandArgs(TRUE)
table_of <- function(...) read.csv(text = system2(arguments[1], shQuote(c("--format=csv", ..., arguments[-1])), stdout = TRUE))

compared <- 0
check <- function(what, ours, theirs, within = 1e-9) {
    compared <<- compared + 1
    if (is.na(theirs) && is.na(ours)) return(invisible())
    # Beside 1 for probabilities that are as good as 0, and for baselines of many pages: a byte.
    if (!isTRUE(abs(ours - theirs) <= within * max(abs(theirs), 1e-3)))
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


# --- the curve ------------------------------------------------------------------------------------------------------------

rounding <- 4096^2 / 12 # the variance of rounding to pages, which no variance is smaller than

# The location of a count's runs, of which the `below` lowest and `above` highest are fenced out: Yuen's variance.
locate <- function(values, below = 0, above = 0) {
    values <- sort(values)
    kept <- values[seq(below + 1, length(values) - above)]
    winsorised <- pmin(pmax(values, min(kept)), max(kept))
    squares <- sum((winsorised - mean(winsorised))^2)
    spread <- max(squares / (length(kept) - 1), rounding)
    list(value = mean(kept), spread = spread, variance = max(spread / length(kept), rounding), dof = length(kept) - 1,
         runs = length(kept))
}

# The sum of locations, each times its share, with Satterthwaite's degrees of freedom.
combine <- function(locations, shares) {
    variances <- shares^2 * sapply(locations, `[[`, "variance")
    list(value = sum(shares * sapply(locations, `[[`, "value")), se = sqrt(sum(variances)),
         dof = sum(variances)^2 / sum(variances^2 / sapply(locations, `[[`, "dof")))
}

# All ways to fence up to 3 runs out at each end of each of the cells: which were is the fence's business, not this test's.
ways_to_fence <- function(cells) {
    few <- function(values) {
        ways <- expand.grid(below = 0:3, above = 0:3)
        ways <- ways[ways$below + ways$above < length(values) / 2 - 1 | ways$below + ways$above == 0, ]
        Map(function(below, above) locate(values, below, above), ways$below, ways$above)
    }
    apply(expand.grid(lapply(lapply(cells, few), seq_along)), 1, function(way)
        Map(function(values, chosen) few(values)[[chosen]], cells, way), simplify = FALSE)
}

check_sum <- function(what, value, low, high, cells, shares, fenced) {
    ways <- if (fenced) ways_to_fence(cells) else list(lapply(cells, locate))
    for (way in ways) {
        sum <- combine(way, shares)
        if (isTRUE(abs(sum$value - value) <= 1e-9 * max(abs(value), 1e-3))) break
    }
    half_width <- qt(0.975, sum$dof) * sum$se
    check(what, value, sum$value)
    check(paste("low limit of", what), low, sum$value - half_width)
    check(paste("high limit of", what), high, sum$value + half_width)
}

# The largest likelihood of the three terms of the variance, which are not negative.
smooth_variance <- function(tasks, variance, dof) {
    x <- tasks / max(tasks)
    smooth <- function(terms) pmax(terms[1] + terms[2] * x + terms[3] * x^2, rounding)
    deviance <- function(logs) sum(dof * (log(smooth(exp(logs))) + variance / smooth(exp(logs))))
    starts <- expand.grid(c(0, -12), c(0, -12), c(0, -12))
    ends <- log(pmax(c(variance[1], variance[1], tail(variance, 1)), rounding))
    found <- lapply(seq_len(nrow(starts)), function(i) {
        best <- list(par = ends + unlist(starts[i, ]))
        for (again in 1:20) best <- nlminb(best$par, deviance, control = list(eval.max = 5000, iter.max = 5000, rel.tol = 1e-15))
        best
    })
    smooth(exp(found[[which.min(sapply(found, `[[`, "objective"))]]$par))
}

# Brown and Forsythe's test of a line, with M = W - W X (X'WX)^-1 X'W.
test_line <- function(tasks, locations, smooth) {
    value <- sapply(locations, `[[`, "value")
    variance <- sapply(locations, `[[`, "variance")
    weight <- diag(sapply(locations, `[[`, "runs") / smooth)
    x <- cbind(1, tasks / max(tasks))
    form <- weight - weight %*% x %*% solve(t(x) %*% weight %*% x) %*% t(x) %*% weight
    terms <- diag(form) * variance
    f <- drop(t(value) %*% form %*% value) / sum(terms)
    list(f = f, p = pf(f, sum(terms)^2 / sum(form^2 * outer(variance, variance)),
                       sum(terms)^2 / sum(terms^2 / sapply(locations, `[[`, "dof")), lower.tail = FALSE))
}

# A line weighted by the smooth variance, with errors by the counts' own.
check_robust <- function(row, tasks, locations, smooth) {
    fit <- lm(sapply(locations, `[[`, "value") ~ tasks, weights = sapply(locations, `[[`, "runs") / smooth)
    x <- cbind(1, tasks)
    shares <- solve(t(x) %*% (x * fit$weights), t(x * fit$weights))
    check(paste(row$model, "robust overhead"), row$overhead, coef(fit)[[2]], 1e-4)
    check(paste(row$model, "robust error"), row$overhead_se, combine(locations, shares[2, ])$se, 1e-4)
}

fits <- table_of()
robust <- table_of("--fit=robust")
segments <- table_of("--table=segments")
for (i in which(!is.na(fits$overhead_se) & fits$metric == "peak")) {
    row <- fits[i, ]
    if (grepl("two modes", row$note)) next # whose errors borrow from each other
    fenced <- grepl("outlier", row$note)
    cells <- with(subset(runs, key == paste(row$host, row$model) & !is.na(peak)), split(peak, tasks))
    tasks <- as.numeric(names(cells))
    last <- length(cells)
    if (min(lengths(cells)) < 2) next # a single run borrows its error
    range <- tasks[last] - tasks[1]
    check_sum(paste(row$model, "overhead"), row$overhead, row$overhead_low, row$overhead_high, cells[c(1, last)],
              c(-1, 1) / range, fenced)
    share <- tasks[1] / (tasks[2] - tasks[1])
    if (tasks[1] <= 100)
        check_sum(paste(row$model, "baseline"), row$baseline, row$baseline_low, row$baseline_high, cells[1:2],
                  c(1 + share, -share), fenced)
    for (k in seq_len(last - 1)) {
        segment <- subset(segments, host == row$host & model == row$model & from_tasks == tasks[k] & to_tasks == tasks[k + 1])
        check_sum(paste(row$model, "segment", k), segment$overhead, segment$overhead_low, segment$overhead_high,
                  cells[c(k, k + 1)], c(-1, 1) / (tasks[k + 1] - tasks[k]), fenced)
    }
    if (fenced || last < 3) next
    locations <- lapply(cells, locate)
    smooth <- smooth_variance(tasks, sapply(locations, `[[`, "spread"), sapply(locations, `[[`, "dof"))
    test <- test_line(tasks, locations, smooth)
    check(paste(row$model, "F of the line"), row$lack_of_fit_f, test$f, 1e-3)
    check(paste(row$model, "p of the line"), row$lack_of_fit_p, test$p, 1e-2)
    check_robust(subset(robust, host == row$host & model == row$model & metric == "peak"), tasks, locations, smooth)
}

# --- ratios of overheads --------------------------------------------------------------------------------------------------

# The degrees of freedom that limits tell of.
dof_of <- function(estimate) {
    t <- (estimate$overhead_high - estimate$overhead_low) / 2 / estimate$overhead_se
    uniroot(function(log_dof) qt(0.975, exp(log_dof)) - t, log(c(0.5, 1e7)), tol = 1e-14)$root
}
joint_dof <- function(a, b, factor = 1) {
    first <- a$overhead_se^2
    second <- (factor * b$overhead_se)^2
    (first + second)^2 / (first^2 / a$dof + second^2 / b$dof)
}
equality_p <- function(a, b)
    2 * pt(-abs(a$overhead - b$overhead) / sqrt(a$overhead_se^2 + b$overhead_se^2), joint_dof(a, b))

known <- subset(fits, metric == "peak" & !is.na(overhead_se))
known$dof <- sapply(seq_len(nrow(known)), function(i) exp(dof_of(known[i, ])))
ratios <- table_of("--table=ratios")
for (this in unique(ratios$host)) {
    here <- subset(known, host == this)
    pairs <- combn(nrow(here), 2)
    p <- mapply(function(i, j) equality_p(here[i, ], here[j, ]), pairs[1, ], pairs[2, ])
    adjusted <- p.adjust(p, "holm")
    for (i in which(ratios$host == this)) {
        row <- ratios[i, ]
        a <- which(here$model == row$model)
        b <- which(here$model == row$reference)
        if (length(a) == 0 || length(b) == 0) next
        pair <- which(pairs[1, ] == min(a, b) & pairs[2, ] == max(a, b))
        check(paste(row$model, "p of the ratio"), row$p_value, p[pair], 1e-6)
        check(paste(row$model, "p by Holm over all pairs"), row$p_holm, adjusted[pair], 1e-6)
        check(paste(row$model, "ratio"), row$ratio, here$overhead[a] / here$overhead[b])
        t <- qt(0.975, joint_dof(here[a, ], here[b, ], row$ratio))
        square <- here$overhead[b]^2 - (t * here$overhead_se[b])^2
        half <- here$overhead[a] * here$overhead[b]
        root <- sqrt(half^2 - square * (here$overhead[a]^2 - (t * here$overhead_se[a])^2))
        if (square <= 0) next
        check(paste(row$model, "low limit of the ratio"), row$ratio_low, (half - root) / square, 1e-6)
        check(paste(row$model, "high limit of the ratio"), row$ratio_high, (half + root) / square, 1e-6)
    }
}

# --- hosts pooled ---------------------------------------------------------------------------------------------------------

# The mean of hosts whose variance beyond their own errors makes chi-square hosts - 1; Hartung and Knapp's error, no smaller
# than without that variance.
pool <- function(value, error) {
    mean_of <- function(between) weighted.mean(value, 1 / (error^2 + between))
    chi_square <- function(between) sum((value - mean_of(between))^2 / (error^2 + between))
    dof <- length(value) - 1
    between <- if (chi_square(0) <= dof) 0 else
        uniroot(function(between) chi_square(between) - dof, c(0, sum((value - mean(value))^2) * 2), tol = 1e-300)$root
    list(value = mean_of(between), se = sqrt(max(1, chi_square(between) / dof) / sum(1 / (error^2 + between))))
}

# Two more hosts, which take 1 % more and half a per cent less than that of the largest recording.
largest <- arguments[-1][which.max(file.size(arguments[-1]))]
others <- sapply(c(other = 1.01, third = 0.995), function(factor) {
    recording <- read.csv(largest, colClasses = "character")
    recording$host <- paste0("host", factor)
    for (column in grep("_bytes$", names(recording), value = TRUE)) {
        known <- recording[[column]] != ""
        pages <- round(as.numeric(recording[[column]][known]) * factor / 4096)
        recording[[column]][known] <- format(4096 * pages, scientific = FALSE, trim = TRUE)
    }
    path <- tempfile(fileext = ".csv")
    write.csv(recording, path, row.names = FALSE, quote = which(names(recording) == "reason"), na = "")
    path
})
arguments <- c(arguments[1], largest, others)
apart <- subset(table_of("--metric=peak"), !is.na(overhead_se))
pooled <- table_of("--metric=peak", "--pool")
for (i in seq_len(nrow(pooled))) {
    row <- pooled[i, ]
    hosts <- subset(apart, model == row$model)
    if (nrow(hosts) != 3) next
    for (quantity in c("overhead", "baseline")) {
        value <- hosts[[quantity]]
        error <- hosts[[paste0(quantity, "_se")]]
        mean <- pool(value, error)
        half_width <- qt(0.975, 2) * mean$se
        check(paste(row$model, "pooled", quantity), row[[quantity]], mean$value, 1e-6)
        check(paste(row$model, "error of the pooled", quantity), row[[paste0(quantity, "_se")]], mean$se, 1e-6)
        check(paste(row$model, "high limit of the pooled", quantity), row[[paste0(quantity, "_high")]],
              mean$value + half_width, 1e-6)
        if (!requireNamespace("metafor", quietly = TRUE)) next
        scale <- max(abs(value))
        meta <- metafor::rma(yi = value / scale, sei = error / scale, method = "PM", test = "adhoc",
                             control = list(tol = 1e-14, maxiter = 10000, tau2.max = 1e6))
        check(paste(row$model, "metafor's", quantity), row[[quantity]], meta$beta[1] * scale, 1e-4)
        check(paste(row$model, "metafor's error of the", quantity), row[[paste0(quantity, "_se")]], meta$se * scale, 1e-4)
    }
}
arguments <- commandArgs(TRUE)

# --- runs at a count ------------------------------------------------------------------------------------------------------

for (count in unique(runs$tasks))
    for (test in c("welch", "mann-whitney")) {
        ratios <- table_of("--table=ratios", paste0("--at=", count), paste0("--test=", test), "--reference=null", "--fit=curve")
        for (i in seq_len(nrow(ratios))) {
            row <- ratios[i, ]
            both <- paste(row$host, c(row$model, row$reference))
            noted <- paste(subset(fits, paste(host, model) %in% both)$note, collapse = " ")
            a <- subset(runs, key == paste(row$host, row$model) & tasks == count)$peak
            b <- subset(runs, key == paste(row$host, row$reference) & tasks == count)$peak
            what <- paste(row$model, "over", row$reference, "at", count, test)
            if (is.na(row$ratio) || grepl("outlier|two modes", noted)) next
            check(what, row$ratio, mean(a) / mean(b))
            # Where runs scatter by less than a page analyze takes the rounding for an error, and ties have an exact
            # distribution that R does not know.
            if (length(a) < 2 || length(b) < 2) next
            if (test == "welch" && min(var(a) / length(a), var(b) / length(b)) > rounding)
                check(what, row$p_value, t.test(a, b)$p.value)
            if (test == "mann-whitney" && !anyDuplicated(c(a, b)))
                check(what, row$p_value, wilcox.test(a, b, exact = TRUE)$p.value)
        }
        if (nrow(ratios) > 0)
            for (i in seq_len(nrow(ratios)))
                check("Holm", ratios$p_holm[i], p.adjust(ratios$p_value, "holm")[i])
    }
cat(sprintf("R and analyze agree on %d figures\n", compared))
