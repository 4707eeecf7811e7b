# Times R on the tasks of references_test.go. Arguments: vm.csv hourly.csv repetitions.
# Prints a line a task: name, n, smallest CPU seconds, smallest wall seconds, by tabs.
suppressMessages(library(forecast))
given <- commandArgs(TRUE)
vm <- read.csv(given[1])$value
hourly <- read.csv(given[2])$value
most <- as.integer(given[3])
timed <- function(name, n, task, inner = 1, times = most) {
  runs <- sapply(seq_len(times), function(i) {
    t <- system.time(for (j in seq_len(inner)) task())
    c(t[["user.self"]] + t[["sys.self"]], t[["elapsed"]]) / inner
  })
  cat(name, n, min(runs[1, ]), min(runs[2, ]), sep = "\t")
  cat("\n")
}
kalman <- getFromNamespace("C_ARIMA_Like", "stats")
for (n in c(288, 1000, 2016, 4032)) {
  y <- vm[1:n]
  timed("fit (2,1,2)", n, function() stats::arima(y, c(2, 1, 2), method = "ML"))
  timed("fit (2,0,1) + mean", n, function() stats::arima(y, c(2, 0, 1)))
  timed("order", n, function() auto.arima(y, seasonal = FALSE))
  if (n >= 1000) {
    waves <- fourier(ts(y, frequency = 288), K = 6)
    timed("order + 12 Fourier", n, function() auto.arima(y, seasonal = FALSE, approximation = TRUE, xreg = waves), times = min(most, 2))
  }
  fitted <- Arima(y, c(2, 1, 2))
  state <- stats::arima(y, c(2, 1, 2))$model
  copied <- y + 0
  timed("likelihood (2,1,2)", n, function() .Call(kalman, copied, state, 0L, FALSE), inner = 100)
  timed("online update", n, function() Arima(y, model = fitted), inner = 5)
  timed("forecast 12 steps", n, function() predict(fitted, n.ahead = 12), inner = 50)
}
for (n in c(336, 700)) {
  y <- ts(hourly[1:n], frequency = 24)
  timed("fit (1,0,1)(0,1,1)[24]", n, function() stats::arima(y, c(1, 0, 1), seasonal = list(order = c(0, 1, 1), period = 24), method = "ML"), times = 1)
}
air <- log(AirPassengers)
timed("AirPassengers fit (0,1,1)(0,1,1)[12]", 144, function() stats::arima(air, c(0, 1, 1), seasonal = list(order = c(0, 1, 1), period = 12)), inner = 3)
timed("AirPassengers order", 144, function() auto.arima(air), times = min(most, 2))
