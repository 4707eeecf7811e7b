package arima

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
)

// chosen is a row of testdata/orders.csv: what R's auto.arima took.
type chosen struct {
	golden, search string
	order          Order
	constant       bool
	aicc           float64
}

func orders(t *testing.T) []chosen {
	t.Helper()
	f, err := os.Open("testdata/orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []chosen
	for _, row := range rows[1:] {
		n := make([]int, 7)
		for i := range n {
			if n[i], err = strconv.Atoi(row[2+i]); err != nil {
				t.Fatal(err)
			}
		}
		c := chosen{golden: row[0], search: row[1], constant: row[9] == "yes"}
		c.order = Order{Period: n[0], AR: n[1], Diff: n[2], MA: n[3], SAR: n[4], SDiff: n[5], SMA: n[6]}
		if c.aicc, err = strconv.ParseFloat(row[10], 64); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// TestOrder holds the search against R's with the differences and the constant
// that R took: where R went stepwise, and where it tried all.
func TestOrder(t *testing.T) {
	series := map[string]Data{}
	for _, g := range goldens(t) {
		d, _ := g.data()
		series[g.Name] = Data{Y: d.Y}
	}
	rows := orders(t)
	if len(rows) != 15+14 {
		t.Fatalf("want 29 rows, got %d", len(rows))
	}
	for _, r := range rows {
		s := Search{Diff: r.order.Diff, SDiff: r.order.SDiff, Period: r.order.Period, Constant: Never}
		if r.constant {
			s.Constant = Always
		}
		found, err := Select(series[r.golden], s, both)
		if err != nil {
			t.Errorf("%s %s: %v", r.golden, r.search, err)
			continue
		}
		m := found.Model
		t.Logf("%-26s %-8s R %-18v AICc %10.4f  ours %-18v %+9.4f  of %d", r.golden, r.search, r.order, r.aicc, m.Order, m.AICc()-r.aicc, len(found.Candidates))
		if !(m.AICc() <= r.aicc+0.01) {
			t.Errorf("%s %s: want an AICc of at most %v, got %v", r.golden, r.search, r.aicc, m.AICc())
		}
		if m.Order.Diff != s.Diff || m.Order.SDiff != s.SDiff || found.Constant != r.constant {
			t.Errorf("%s %s: want the differences and the constant imposed, got %v, constant %v", r.golden, r.search, m.Order, found.Constant)
		}
	}
}
