# Values for test_relabelling.py, with base R 4.2 and coin 1.4-2 (Debian: r-base-core, r-cran-coin): Rscript unlinked.R
# Brunner and Munzel's statistic under every way to deal the people to the waves (Neubert & Brunner 2007), written from
# the paper with ranks; joint relabelling (Westfall & Young 1993, step-down max-T) of three measures, again in full.
suppressMessages(library(coin))
options(digits = 12)
bm <- function(x, y) {
  m <- length(x); n <- length(y); pooled <- rank(c(x, y)); r1 <- pooled[1:m]; r2 <- pooled[m + 1:n]
  s1 <- sum((r1 - rank(x) - mean(r1) + (m + 1) / 2)^2) / (m - 1)
  s2 <- sum((r2 - rank(y) - mean(r2) + (n + 1) / 2)^2) / (n - 1)
  far <- mean(r2) - mean(r1); spread <- sqrt(m * s1 + n * s2)
  if (spread < 1e-12) return(if (abs(far) < 1e-12) 0 else sign(far) * 1e9)
  m * n * far / (m + n) / spread
}
dealt <- function(values, m) apply(combn(length(values), m), 2, function(one) abs(bm(values[one], values[-one])))
p_of <- function(x, y) mean(dealt(c(x, y), length(x)) >= abs(bm(x, y)) - 1e-9)

cases <- list(
  ties = list(c(1, 2, 2, 3, 3, 4), c(2, 3, 4, 4, 5, 5, 5)),
  ceiling = list(c(3, 4, 4, 5, 5, 5, 5), c(5, 5, 5, 5, 4, 5, 5, 5)),
  spread = list(c(3, 3, 3, 3, 3, 2, 4, 3), c(1, 5, 5, 1, 5, 5)),
  scale = list(c(2.25, 3.5, 3.75, 3, 2.5), c(3.25, 4, 4.25, 3.5, 4.75, 3)),
  apart = list(c(1, 1, 2, 2), c(4, 4, 5, 5))
)
for (name in names(cases)) {
  one <- cases[[name]]
  cat(name, "t", format(bm(one[[1]], one[[2]])), "p", format(p_of(one[[1]], one[[2]])),
      "rank sum", format(as.numeric(pvalue(wilcox_test(value ~ wave, distribution = "exact",
        data = data.frame(value = unlist(one), wave = factor(rep(1:2, lengths(one)))))))), "\n")
}

first <- cbind(a = c(1, 2, 2, 3, 3, 4), b = c(2, 2, 3, 3, 4, 3), c = c(5, 4, 3, 3, 4, 5))
second <- cbind(a = c(2, 3, 4, 4, 5, 5, 5), b = c(3, 4, 4, 5, 4, 3, 5), c = c(4, 4, 5, 3, 3, 4, 5))
every <- combn(13, 6); both <- rbind(first, second)
largest <- sapply(colnames(both), function(k) apply(every, 2, function(one) abs(bm(both[one, k], both[-one, k]))))
observed <- sapply(colnames(both), function(k) abs(bm(first[, k], second[, k])))
order_down <- order(observed, decreasing = TRUE); p <- numeric(3); above <- 0
for (step in 1:3) {
  left <- order_down[step:3]
  above <- max(above, mean(apply(largest[, left, drop = FALSE], 1, max) >= observed[order_down[step]] - 1e-9))
  p[order_down[step]] <- above
}
cat("family", format(setNames(p, colnames(both))), "\n")
