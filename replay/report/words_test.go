package report

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for x, want := range map[float64]string{0: "$0", 0.085: "$0.09", 99.4: "$99.40", 99.6: "$100", 1884.2: "$1,884", -5: "−$5.00"} {
		if got := dollars(x); got != want {
			t.Errorf("dollars(%v) = %q, want %q", x, got, want)
		}
	}
	for d, want := range map[time.Duration]string{3 * time.Minute: "180 s", 15 * time.Minute: "15 min", 6 * time.Hour: "6 h", 72 * time.Hour: "3 days"} {
		if got := plain(seconds(d)); got != want {
			t.Errorf("seconds(%v) = %q, want %q", d, got, want)
		}
	}
}

// plain has ordinary blanks and hyphens.
func plain(s string) string {
	return strings.NewReplacer(nb, " ", "\u2011", "-").Replace(s)
}

// Losses are told in the words in which wins are.
func TestCompared(t *testing.T) {
	for _, test := range []struct {
		ratio float64
		words string
		side  sides
	}{
		{0.81, "19 % cheaper", win}, {1.08, "8 % dearer", loss}, {0.994, "0.6 % cheaper", win}, {1.004, "0.4 % dearer", loss}, {1.0004, "equally dear", even},
		{1.999, "100 % dearer", loss}, {2.5, "2.50 times as dear", loss}, {math.NaN(), "not comparable", even}, {math.Inf(1), "not comparable", even},
	} {
		if words, side := compared(test.ratio); plain(words) != test.words || side != test.side {
			t.Errorf("compared(%v) = %q, %v", test.ratio, words, side)
		}
	}
	for _, test := range []struct {
		minutes int
		hours   float64
		want    string
	}{
		{-33, -440, "33 violation minutes fewer, 440 instance-hours fewer"},
		{1, 1, "1 violation minute more, 1 instance-hour more"},
		{0, 0, "as many violation minutes, as many instance-hours"},
	} {
		if got := plain(moreOrLess(test.minutes, test.hours)); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
