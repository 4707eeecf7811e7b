package policy_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func (tr *transcript) parse(line string) (streams.Event, error) {
	f := newFields(line)
	var ev streams.Event
	switch f.words[0] {
	case "show":
		tr.show = map[string]bool{}
		for _, name := range f.words[1:] {
			tr.show[name] = true
		}
		return nil, nil
	case "policy":
		ev = tr.policy(&f)
	case "shadow":
		tr.shadow(&f)
		return nil, f.err
	case "metric":
		ev = tr.metric(&f)
	case "group":
		ev = tr.group(&f)
	case "forecast":
		ev = tr.forecast(&f)
	case "outcome":
		ev = streams.Outcome{GroupID: web, Round: uint64(f.int("round", int(tr.asked))), At: f.time(1),
			Status: streams.Status(f.word(2)), Desired: f.number(3)}
	default:
		return nil, fmt.Errorf("unknown event %q", f.words[0])
	}
	return ev, f.err
}

func (tr *transcript) policy(f *fields) streams.Event {
	if f.has("retired") {
		return streams.Control{GroupID: web, Name: streams.ControlPolicy, At: noon}
	}
	p := tr.base
	s := &p.Scaling
	for k := range f.options {
		switch k {
		case "min":
			s.Min = f.int(k, 0)
		case "max":
			s.Max = f.int(k, 0)
		case "stabilization":
			s.Stabilization = f.span(k)
		case "scale_in_cooldown":
			s.ScaleInCooldown = f.span(k)
		case "scale_out_cooldown":
			s.ScaleOutCooldown = f.span(k)
		case "foreign_hold":
			s.ForeignHold = f.span(k)
		case "price":
			s.ViolationPrice = f.float(k)
		case "risk":
			s.ScaleInRisk = f.float(k)
		case "out":
			s.Hysteresis.Out = f.float(k)
		case "in":
			s.Hysteresis.In = f.float(k)
		case "reversal_out":
			s.Hysteresis.ReversalOut = f.float(k)
		case "reversal_in":
			s.Hysteresis.ReversalIn = f.float(k)
		case "reversals":
			s.Hysteresis.Reversals = f.int(k, 0)
		case "growth":
			s.Hysteresis.Growth = f.float(k)
		case "utilization":
			s.ScaleInUtilization = f.float(k)
		case "max_step_out":
			s.StepOut.Instances = f.int(k, 0)
		case "max_step_in":
			s.StepIn.Instances = f.int(k, 0)
		case "mode":
			p.Mode = streams.Mode(f.options[k])
		case "unit":
			p.Load.Unit = streams.Unit(f.options[k])
		case "per_instance":
			p.Load.PerInstance = float64(f.int(k, 0))
		default:
			f.err = fmt.Errorf("unknown key %s", k)
		}
	}
	return streams.NewPolicyControl(web, noon, p)
}

// shadow adds a shadow to every policy that follows; its scaling is the base's
// but for the keys that are given.
func (tr *transcript) shadow(f *fields) {
	k, ok := tr.policy(f).(streams.Control)
	if !ok || k.Policy == nil {
		f.err = fmt.Errorf("want a name and the keys of a policy")
		return
	}
	all := maps.Clone(tr.base.Shadows)
	if all == nil {
		all = map[string]streams.Shadow{}
	}
	all[f.word(1)] = streams.Shadow{Scaling: k.Policy.Scaling}
	tr.base.Shadows = all
}

func (tr *transcript) metric(f *fields) streams.Event {
	value, err := strconv.ParseFloat(f.word(2), 64)
	if err != nil {
		f.err = err
	}
	m := streams.Metric{
		SeriesID: streams.SeriesID{GroupID: web, Series: tr.base.Load.Series}, End: f.time(1), Period: tr.base.Load.Period,
		Value: &value, Unit: tr.base.Load.Unit, Censored: f.has("censored"), Revision: f.int("rev", 1), Seen: f.time(1).Add(time.Minute),
	}
	if f.word(2) == "gap" {
		m.Value, m.Gap, m.Settled, f.err = nil, true, true, nil
	}
	if u := f.options["unit"]; u != "" {
		m.Unit = streams.Unit(u)
	}
	if f.options["period"] != "" {
		m.Period = f.span("period")
	}
	if s := f.options["seen"]; s != "" {
		m.Seen = f.instant(s)
	}
	if n := f.options["n"]; n != "" {
		x, err := strconv.ParseFloat(n, 64)
		if err != nil {
			f.err = err
		}
		m.Instances = &x
	}
	tr.came++
	if m.End.After(tr.last) {
		tr.last = m.End
	}
	return m
}

func (tr *transcript) group(f *fields) streams.Event {
	tr.round = uint64(f.int("round", int(tr.round)+1))
	g := streams.Group{GroupID: web, Round: tr.round, Now: f.time(1)}
	if tr.came > 0 {
		g.Series = map[string]streams.Arrival{tr.base.Load.Series: {Count: tr.came, NewestEnd: tr.last}}
	}
	tr.came = 0
	if s := f.options["suspended"]; s != "" {
		g.Suspended = strings.Split(s, ",")
	}
	if f.options["delay"] != "" {
		delay := f.span("delay")
		g.MetricDelay = &delay
	}
	if f.options["boots"] != "" {
		for _, text := range strings.Split(f.options["boots"], ",") {
			g.Boots = append(g.Boots, f.parseSpan(text))
		}
	}
	if e := f.options["error"]; e != "" {
		g.Errors = []streams.CallError{{Operation: "DescribeAutoScalingGroups", Message: e}}
	}
	if f.word(2) == "undescribed" {
		return g
	}
	n := f.number(2)
	g.Capacity = &streams.Capacity{Desired: n, InService: f.int("service", n), Pending: f.int("pending", 0),
		Min: f.int("min", 1), Max: f.int("max", 100)}
	return g
}

func (tr *transcript) forecast(f *fields) streams.Event {
	ev := streams.Forecast{
		SeriesID: streams.SeriesID{GroupID: web, Series: tr.base.Load.Series}, Round: uint64(f.int("round", int(tr.round))),
		Model: "naive", Origin: f.time(1), Period: tr.base.Load.Period, Unit: tr.base.Load.Unit,
		Inputs: "cbf29ce484222325", Levels: []float64{0.5, 0.95}, Samples: 2016, Warm: !f.has("cold"),
	}
	if u := f.options["unit"]; u != "" {
		ev.Unit = streams.Unit(u)
	}
	if f.options["period"] != "" {
		ev.Period = f.span("period")
	}
	for _, w := range f.words[2:] {
		x, err := strconv.ParseFloat(w, 64)
		if err != nil {
			continue // an option
		}
		ev.Peak = append(ev.Peak, []float64{x / 2, x})
	}
	for !f.has("short") && len(ev.Peak) > 0 && len(ev.Peak) < 12 {
		ev.Peak = append(ev.Peak, ev.Peak[len(ev.Peak)-1])
	}
	ev.Quantiles = ev.Peak
	return ev
}

// fields are the words of a line; the first fault among them is kept.
type fields struct {
	words   []string
	options map[string]string
	err     error
}

func newFields(line string) fields {
	f := fields{words: strings.Fields(line), options: map[string]string{}}
	for _, w := range f.words {
		if k, v, ok := strings.Cut(w, "="); ok {
			f.options[k] = v
		}
	}
	return f
}

func (f *fields) word(i int) string {
	if i >= len(f.words) {
		f.err = fmt.Errorf("want a word %d", i)
		return ""
	}
	return f.words[i]
}

func (f *fields) has(word string) bool { return slices.Contains(f.words, word) }

func (f *fields) number(i int) int {
	n, err := strconv.Atoi(f.word(i))
	if err != nil {
		f.err = err
	}
	return n
}

func (f *fields) int(key string, otherwise int) int {
	v, ok := f.options[key]
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		f.err = err
	}
	return n
}

func (f *fields) span(key string) streams.Duration { return f.parseSpan(f.options[key]) }

func (f *fields) float(key string) float64 {
	x, err := strconv.ParseFloat(f.options[key], 64)
	if err != nil {
		f.err = err
	}
	return x
}

func (f *fields) parseSpan(text string) streams.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		f.err = err
	}
	return streams.Duration(d)
}

func (f *fields) time(i int) time.Time { return f.instant(f.word(i)) }

func (f *fields) instant(text string) time.Time {
	layout := "2006-01-02T15:04"
	if strings.Count(text, ":") == 2 {
		layout += ":05"
	}
	at, err := time.Parse(layout, noon.Format("2006-01-02T")+text)
	if err != nil {
		f.err = err
	}
	return at
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// base is the policy of the sample configuration.
func base() streams.Policy {
	sec := func(s int) streams.Duration { return streams.Duration(time.Duration(s) * time.Second) }
	return streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: sec(60),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: sec(300), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: sec(600)},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 100, Quantile: 0.95, BootPrior: sec(180), MetricDelayPrior: sec(60), StaleAfter: sec(660),
			Stabilization: sec(600), ScaleInUtilization: 0.9, ScaleOutCooldown: sec(60), ScaleInCooldown: sec(300),
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 1, Fraction: 0.25},
			ForeignHold: sec(600), OutageHold: sec(3600), OutageShare: 0.1, LaunchGrace: sec(480), Expiry: sec(120),
		},
	}
}
