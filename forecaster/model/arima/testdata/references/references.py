"""Times statsmodels on the tasks of references_test.go. Arguments: vm.csv hourly.csv repetitions.

Prints a line a task: name, n, smallest CPU seconds, smallest wall seconds, by tabs.
"""
import csv
import sys
import time
import warnings

import numpy as np
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX

warnings.filterwarnings("ignore")


def column(path):
    with open(path) as f:
        return np.array([float(row["value"]) for row in csv.DictReader(f)])


def timed(name, n, task, inner=1, times=None):
    runs = []
    for _ in range(times or most):
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(inner):
            task()
        runs.append(((time.process_time() - cpu) / inner, (time.perf_counter() - wall) / inner))
    print(name, n, min(r[0] for r in runs), min(r[1] for r in runs), sep="\t", flush=True)


vm, hourly, most = column(sys.argv[1]), column(sys.argv[2]), int(sys.argv[3])
for n in (288, 1000, 2016, 4032):
    y = vm[:n]
    timed("fit (2,1,2)", n, lambda: SARIMAX(y, order=(2, 1, 2)).fit(disp=0), times=min(most, 2))
    timed("fit (2,0,1) + mean", n, lambda: ARIMA(y, order=(2, 0, 1)).fit(), times=min(most, 2))
    fitted = SARIMAX(y, order=(2, 1, 2)).fit(disp=0)
    timed("likelihood (2,1,2)", n, lambda: fitted.model.loglike(fitted.params), inner=20)
    # The value after the last: of a whole series the last is taken twice.
    following = vm[n : n + 1] if n < len(vm) else vm[n - 1 : n]
    timed("online update", n, lambda: fitted.extend(following), inner=5)
    timed("forecast 12 steps", n, lambda: fitted.forecast(12), inner=5)
for n in (336, 700):
    y = hourly[:n]
    timed(
        "fit (1,0,1)(0,1,1)[24]",
        n,
        lambda: SARIMAX(y, order=(1, 0, 1), seasonal_order=(0, 1, 1, 24)).fit(disp=0, maxiter=50),
        times=1,
    )
