# Rscript golden.R: writes values.csv and answers.csv beside it.
suppressMessages({ library(forecast); library(urca) })
digits <- function(x) ifelse(is.na(x), "", trimws(formatC(x, digits = 17, format = "g")))
noise <- function(n) ((1:n) * 0.6180339887498949) %% 1 + ((1:n)^2 * 0.4142135623730951) %% 1 - 1
S <- list(AirPassengers_log = log(AirPassengers), lynx_log10 = log10(lynx), WWWusage = WWWusage, lh = lh,
  USAccDeaths = USAccDeaths, sunspot.year = sunspot.year, LakeHuron = LakeHuron, Nile = Nile, nottem = nottem,
  UKgas_log10 = log10(UKgas), presidents = presidents,
  line = ts(3 + 0.25 * (1:60)), parabola = ts((1:60)^2), cubic = ts((1:60)^3), constant = ts(rep(5.1, 40), frequency = 4),
  season = ts(rep(c(1, 5, 2, 8), 12), frequency = 4), climbing = ts(rep(c(1, 5, 2, 8), 12) + 1:48, frequency = 4),
  two_cycles = ts(rep(1:12, 2), frequency = 12), weak = ts(noise(120) + 0.5 * sin(2 * pi * 1:120 / 12), frequency = 12),
  noise = ts(noise(250)), three = ts(c(1, 4, 2)), near_constant = ts(1e6 + 1e-3 * noise(50)))
values <- NULL; answers <- NULL
for (name in names(S)) { y <- S[[name]]; m <- frequency(y)
  values <- rbind(values, data.frame(case = name, value = digits(as.numeric(y))))
  lags <- trunc(3 * sqrt(sum(!is.na(y))) / 13)
  stat <- function(lags) digits(ur.kpss(as.numeric(y), type = "mu", use.lag = lags)@teststat)
  strength <- tryCatch(if (m > 1) digits(suppressWarnings(forecast:::seas.heuristic(y))) else "", error = function(e) "")
  D <- if (m > 1) suppressWarnings(nsdiffs(y)) else 0
  f <- suppressWarnings(tryCatch(auto.arima(y, max.p = 1, max.q = 0, max.P = 0, max.Q = 0, approximation = TRUE), error = function(e) NULL))
  answers <- rbind(answers, data.frame(case = name, m = m, lags = lags, kpss = stat(lags), kpss0 = stat(0),
    strength = strength, ndiffs = ndiffs(as.numeric(y)), nsdiffs = D,
    d = if (is.null(f)) "" else f$arma[6], D = if (is.null(f)) "" else f$arma[7])) }
write.csv(values, "values.csv", row.names = FALSE, quote = FALSE)
write.csv(answers, "answers.csv", row.names = FALSE, quote = FALSE)
