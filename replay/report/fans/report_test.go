package fans

import (
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing/drawingtest"
)

func TestReportStandsAlone(t *testing.T) {
	page := written(t, full(t, "web", "api"))
	drawingtest.StandsAlone(t, page)
	if missing := lacks(page, "Forecasts of 2\u00a0series", "Do quantiles mean what they say?", "Series by series", "The first day", "Single forecasts",
		"What the parts of the combination weigh", "made for tests", "autoscaler evaluate --report page.html",
		"<b>lstm</b> is better than the best of combined, magic in hindsight on 0 of 2\u00a0series", "15\u00a0minutes"); missing != nil {
		t.Errorf("the page lacks %q", missing)
	}
}

func TestReportIsDeterministic(t *testing.T) {
	first := written(t, full(t, "web"))
	if second := written(t, full(t, "web")); first != second {
		t.Error("two pages of one report differ")
	}
}

// Of what is compared by default, and of the parts of a combination, no two look
// alike.
func TestColoursDiffer(t *testing.T) {
	bearer := map[string]string{}
	for _, name := range []string{"combined", "lstm", "arima", "dhr", "stl_arima", "rls", "naive", "snaive", "last", "rls_root"} {
		class := classOf(name)
		if other, taken := bearer[class]; taken {
			t.Errorf("%s and %s are both %s", name, other, class)
		}
		bearer[class] = name
	}
}

func TestReportEscapes(t *testing.T) {
	const hostile = `<script>alert("x")</script>'"&</style>`
	r := full(t, hostile)
	r.Title, r.Command, r.Notes, r.Series[0].Set, r.Pictured = hostile, hostile, []string{hostile}, hostile, hostile
	for i := range r.Series[0].Scores {
		r.Series[0].Scores[i].Method = hostile
	}
	page := written(t, r)
	drawingtest.WellFormed(t, page)
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("want one script, got %d", n)
	}
}

// A page of little has no part that is empty.
func TestReportOfLittle(t *testing.T) {
	whole := full(t, "web")
	bare := Series{ID: "bare", Start: whole.Series[0].Start, Period: time.Hour, Test: []float64{1}}
	for name, r := range map[string]Report{
		"no series": {Horizon: 12, Methods: whole.Methods},
		"no curves": {Horizon: 12, Methods: whole.Methods, Series: []Series{bare}},
		"nothing":   {},
	} {
		page := written(t, r)
		drawingtest.WellFormed(t, page)
		if missing := lacks(page, "How to read it"); missing != nil || strings.Contains(page, "The first day</b>") || strings.Contains(page, "weigh, in the mean") {
			t.Errorf("%s: the page has what is not there", name)
		}
	}
}

// A series takes no more than is promised, however long it is.
func TestReportIsLight(t *testing.T) {
	for _, period := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour} {
		r := Report{Horizon: 12, Pictured: "combined"}
		empty := len(written(t, r))
		r.Series = []Series{seen(t, days(t, "long", 21, period), 12).Show()}
		if got := len(written(t, r)) - empty; got > 110_000 {
			t.Errorf("every %v: the series takes %d bytes", period, got)
		}
	}
}
