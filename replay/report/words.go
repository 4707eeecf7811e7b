package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// nb joins a number to its unit across a line break.
const nb = "\u00a0"

// exact writes a setting: all its digits.
func exact(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// dollars writes an amount of money.
func dollars(x float64) string {
	sign := ""
	if x < 0 {
		sign, x = "−", -x
	}
	if x >= 99.5 || x == 0 {
		return sign + "$" + drawing.Thousands(int64(math.Round(x)))
	}
	return sign + "$" + strconv.FormatFloat(x, 'f', 2, 64)
}

func violations(n int) string { return drawing.Count(n, "violation minute", "violation minutes") }

// hours does not break at its hyphen.
func hours(h float64) string {
	if drawing.Number(h) == "1" {
		return "1" + nb + "instance\u2011hour"
	}
	return drawing.Number(h) + nb + "instance\u2011hours"
}

// seconds writes a duration as people set it.
func seconds(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return drawing.Number(d.Hours()/24) + nb + "days"
	case d >= 2*time.Hour:
		return drawing.Number(d.Hours()) + nb + "h"
	case d >= 10*time.Minute:
		return drawing.Number(d.Minutes()) + nb + "min"
	}
	return drawing.Number(d.Seconds()) + nb + "s"
}

const (
	longDayForm = "Mon 2 January 2006"
	minuteForm  = "2 Jan 2006 15:04"
)

// sides says who is cheaper.
type sides int

const (
	even sides = iota
	win
	loss
)

// evenly is the relative difference in cost below which two are called equal:
// what would be written as 0 %.
const evenly = 0.0005

// compared words the cost of ours as a ratio to another's: "19 % cheaper",
// "8 % dearer".
func compared(ratio float64) (string, sides) {
	switch {
	case math.IsNaN(ratio) || math.IsInf(ratio, 0):
		return "not comparable", even
	case math.Abs(ratio-1) < evenly:
		return "equally dear", even
	case ratio >= 2:
		return drawing.Number(ratio) + nb + "times as dear", loss
	case ratio > 1:
		return percent(ratio-1) + " dearer", loss
	}
	return percent(1-ratio) + " cheaper", win
}

// percent writes a share.
func percent(share float64) string {
	p := 100 * share
	if p < 9.95 {
		return strings.TrimSuffix(strconv.FormatFloat(p, 'f', 1, 64), ".0") + nb + "%"
	}
	return drawing.Thousands(int64(math.Round(p))) + nb + "%"
}

// moreOrLess words a difference in violation minutes and instance-hours.
func moreOrLess(minutes int, instanceHours float64) string {
	m := "as many violation minutes"
	switch {
	case minutes > 0:
		m = fmt.Sprintf("%s more", violations(minutes))
	case minutes < 0:
		m = fmt.Sprintf("%s fewer", violations(-minutes))
	}
	h := "as many instance-hours"
	switch {
	case instanceHours >= 0.005:
		h = hours(instanceHours) + " more"
	case instanceHours <= -0.005:
		h = hours(-instanceHours) + " fewer"
	}
	return m + ", " + h
}
