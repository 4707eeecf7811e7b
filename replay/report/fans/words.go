package fans

import (
	"math"
	"strconv"
)

// figure writes a ratio.
func figure(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// share writes a share in percent.
func share(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return strconv.FormatFloat(100*x, 'f', 1, 64) + "\u00a0%"
}

// classOf gives the colour of a method: the same on every page.
func classOf(method string) string {
	switch method {
	case "combined":
		return "k0"
	case "arima":
		return "k1"
	case "stl_arima":
		return "k2"
	case "dhr":
		return "k3"
	case "lstm":
		return "k4"
	case "rls":
		return "k5"
	case "naive":
		return "k6"
	case "snaive":
		return "k7"
	case "naive_gaussian", "rls_root":
		return "k8"
	}
	return "alt"
}
