package generate

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What the components file says is enough to compute the trace again, by the
// formula of the package comment and to the last bit.
func TestComponentsRecompute(t *testing.T) {
	for _, p := range Profiles() {
		c := configure(t, p.Name)
		c.Period, c.Days = 5*time.Minute, 8
		g := generator(t, c)
		var text bytes.Buffer
		if err := g.WriteComponents(&text); err != nil {
			t.Fatal(err)
		}
		if got := recompute(t, &text); !slices.EqualFunc(got, g.Series().Trace.Values, sameBits) {
			t.Errorf("%s: components give another trace", p.Name)
		}
	}
}

func sameBits(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func recompute(t *testing.T, text *bytes.Buffer) []float64 {
	t.Helper()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var values []float64
	sum := 0.0
	for i, row := range rows[1:] {
		f := map[string]float64{}
		for k, name := range rows[0][1:] {
			if f[name], err = strconv.ParseFloat(row[k+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		rate := f["base"] * f["trend"] * f["shift"] * (float64(f["season"]*f["holiday"]) + f["jobs"] + f["flash"]) * f["wander"] * f["noise"]
		requests := max(0, math.Round(float64(60*rate)+float64(f["counts"]*math.Sqrt(60*rate)))) / 60
		load := float64(requests * f["cost"])
		if requests != f["requests"] || load != f["load"] {
			t.Fatalf("line %d: requests %v and load %v, want %v and %v", i+2, f["requests"], f["load"], requests, load)
		}
		if sum += load; i%5 == 4 {
			value := math.Round(float64(sum/5*1e4)) / 1e4
			if f["dropped"] == 1 {
				value = math.NaN()
			}
			values, sum = append(values, value), 0
		}
	}
	return values
}

// With some components off, the others contribute what they did; those that
// are off contribute nothing.
func TestComponentsAreIndependent(t *testing.T) {
	c := configure(t, "hostile")
	c.Days = 5
	c.Profile.Holidays = []string{"01-06"}
	all := slices.Collect(generator(t, c).Minutes())
	rapid.Check(t, func(t *rapid.T) {
		c := c
		c.Without = rapid.SliceOfDistinct(rapid.SampledFrom(Components()), rapid.ID[string]).Draw(t, "without")
		g, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for got := range g.Minutes() {
			want := all[i]
			for _, name := range c.Without {
				neutral(&want, name)
			}
			if got != want {
				t.Fatalf("minute %d: %+v, want %+v", i, got, want)
			}
			i++
		}
	})
}

// Another number of a component changes what it contributes, and nothing else:
// but a holiday turns the season into another one, whatever that is.
func TestNumbersAreIndependent(t *testing.T) {
	c := configure(t, "hostile")
	c.Days, c.Profile.Holidays = 7, []string{"01-06"}
	c.Profile.BadDeploys, c.Profile.Stalls, c.Profile.Outages = 0.5, 20, 20
	before := slices.Collect(generator(t, c).Minutes())
	for i, parameter := range c.Profile.Parameters() {
		c := c
		p := c.Profile.Parameters()[i]
		if p.Span != nil {
			*p.Span *= 2
		} else {
			*p.Number *= 0.95
		}
		changed := false
		for k, m := range slices.Collect(generator(t, c).Minutes()) {
			was := before[k]
			changed = changed || m != was
			for _, m := range []*Minute{&was, &m} {
				neutral(m, parameter.Component)
				if parameter.Component == "season" {
					m.Holiday = 1
				}
			}
			if m != was {
				t.Fatalf("%s, minute %d: %+v, want %+v", p.Name, k, m, was)
			}
		}
		if !changed {
			t.Errorf("%s changes nothing", p.Name)
		}
	}
}

// neutral is what a minute has of a component that is off.
func neutral(m *Minute, component string) {
	switch component {
	case "base":
		m.Base = 0
	case "drops":
		m.Dropped = false
	case "late":
		m.Late = 0
	default:
		factor := map[string]*float64{
			"trend": &m.Trend, "season": &m.Season, "holidays": &m.Holiday, "shifts": &m.Shift, "wander": &m.Wander, "noise": &m.Noise, "deploys": &m.Cost,
		}
		if f := factor[component]; f != nil {
			*f = 1
			return
		}
		*map[string]*float64{"jobs": &m.Jobs, "flash": &m.Flash, "counts": &m.Counts}[component] = 0
	}
}

// Every component of the hostile profile contributes something: what is off in
// the test above was on before.
func TestEveryComponentContributes(t *testing.T) {
	c := configure(t, "hostile")
	c.Profile.Holidays = []string{"01-06"}
	minutes := slices.Collect(generator(t, c).Minutes())
	for _, name := range Components() {
		contributes := slices.ContainsFunc(minutes, func(m Minute) bool {
			off := m
			neutral(&off, name)
			return off != m
		})
		if !contributes {
			t.Errorf("%s contributes nothing", name)
		}
	}
}
