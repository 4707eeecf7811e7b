# Rscript golden.R: writes stl.csv and mstl.csv beside it.
suppressMessages(library(forecast))
noise <- function(n) ((1:n) * 0.6180339887498949) %% 1 + ((1:n)^2 * 0.4142135623730951) %% 1 - 1
wave <- function(n, m, drift) { i <- 1:n
  round(3 * (1 + drift * i / n) * sin(2 * pi * i / m) + 2 * cos(4 * pi * i / m), 3) }
series <- function(n, m) round(50 + 0.05 * (1:n) + 4 * sin(1:n / 20) + wave(n, m, 1) + 2 * noise(n), 3)
spikes <- function(y) { y[seq(10, length(y), 17)] <- y[seq(10, length(y), 17)] + 40; y }
digits <- function(x) trimws(formatC(x, digits = 12, format = "g"))

out <- NULL
stl1 <- function(name, y, m, ...) {
  f <- stl(ts(as.numeric(y), frequency = m), ...)
  c <- f$time.series
  out <<- rbind(out, data.frame(case = name, value = digits(as.numeric(y)), seasonal = digits(c[, 1]),
    trend = digits(c[, 2]), remainder = digits(c[, 3]), weight = digits(f$weights)))
}
stl1("seven cycles", series(96, 12), 12, s.window = 7)
stl1("eleven cycles", series(150, 7), 7, s.window = 11)
stl1("robust", spikes(series(121, 12)), 12, s.window = 9, robust = TRUE)
stl1("periodic", series(100, 12), 12, s.window = "periodic")
stl1("periodic odd", series(41, 7), 7, s.window = "periodic", robust = TRUE)
stl1("degrees", series(90, 6), 6, s.window = 13, s.degree = 1, t.degree = 0, t.window = 15, l.window = 9, l.degree = 1)
stl1("no jumps", series(80, 10), 10, s.window = 7, s.jump = 1, t.jump = 1, l.jump = 1, inner = 3, outer = 2)
stl1("two cycles and one", series(49, 24), 24, s.window = 11)
stl1("nottem", nottem, 12, s.window = 11)
write.csv(out, "stl.csv", row.names = FALSE, quote = FALSE)

mstl1 <- function(name, y, ms) {
  f <- mstl(if (length(ms) > 1) msts(y, ms) else ts(y, frequency = ms))
  seas <- function(i) if (ncol(f) >= 3 + i) digits(f[, 2 + i]) else rep("", length(y))
  out <<- rbind(out, data.frame(case = name, value = digits(y), trend = digits(f[, "Trend"]),
    seasonal1 = seas(1), seasonal2 = seas(2), seasonal3 = seas(3), remainder = digits(f[, "Remainder"])))
}
out <- NULL
mstl1("12", series(130, 12), 12)
mstl1("7 28", series(300, 7) + wave(300, 28, 0.5), c(7, 28))
mstl1("6 24 96", series(400, 6) + wave(400, 24, -0.5) + wave(400, 96, 2), c(6, 24, 96))
mstl1("5 20 60", series(120, 5) + wave(120, 20, 0), c(5, 20, 60))
write.csv(out, "mstl.csv", row.names = FALSE, quote = FALSE)
