package awssim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// getMetricData gives a page of the values of every query, one query after the
// other. A query whose values go on is PartialData on this page, and named
// again on the next one.
func (s *Server) getMetricData(c *Call, in metricDataInput) (*metricDataOutput, *refusal) {
	if r := in.check(); r != nil {
		return nil, r
	}
	page := metricPage{
		server: s, from: position{asOf: c.At, digest: in.digest()},
		room:       s.config.PageDatapoints,
		descending: in.ScanBy != "TimestampAscending",
		out:        &metricDataOutput{MetricDataResults: []metricDataResult{}},
	}
	if in.MaxDatapoints != nil {
		page.room = min(page.room, *in.MaxDatapoints)
	}
	if in.NextToken != "" {
		from, ok := parsePosition(in.NextToken)
		if !ok || from.digest != page.from.digest || from.query >= len(in.MetricDataQueries) || from.asOf.After(c.At) {
			return nil, badToken()
		}
		page.from = from
	}
	for n := page.from.query; n < len(in.MetricDataQueries); n++ {
		q := in.MetricDataQueries[n]
		m, known := s.seriesOf(q)
		if !known && q.MetricStat == nil {
			return nil, invalid("Error in expression '%s': %s is not known to this simulation", q.ID, q.Expression)
		}
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		if !page.fill(n, q, window{series: m, known: known, from: in.StartTime, until: in.EndTime}) {
			break
		}
	}
	return page.out, nil
}

// seriesOf finds what a query asks for.
func (s *Server) seriesOf(q metricDataQuery) (series, bool) {
	if q.MetricStat == nil {
		m, ok := s.math[q.Expression]
		return m, ok
	}
	asked := q.MetricStat.Metric
	m, ok := s.series[metricKey(asked.Namespace, asked.MetricName, asked.Dimensions)]
	groupMetric := ok && (m.measure == inService || m.measure == wanted)
	if !ok || q.MetricStat.Unit != "" && q.MetricStat.Unit != m.unit || groupMetric && !m.group.enables(m.label) {
		return series{label: asked.MetricName}, false
	}
	return m, true
}

// position is where a page begins: at the period of a query that begins at an
// instant. All pages show what was there at the first.
type position struct {
	asOf   time.Time
	digest uint32
	query  int
	start  int64 // in seconds
}

func (p position) token() *string {
	text := base64.URLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %d %d", p.asOf.UnixNano(), p.digest, p.query, p.start))
	return &text
}

func parsePosition(token string) (position, bool) {
	plain, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return position{}, false
	}
	var p position
	var asOf int64
	n, err := fmt.Sscanf(string(plain), "%d %d %d %d", &asOf, &p.digest, &p.query, &p.start)
	p.asOf = time.Unix(0, asOf).UTC()
	return p, err == nil && n == 4 && p.query >= 0
}

// metricPage is a page being filled.
type metricPage struct {
	server     *Server
	from       position
	room       int
	descending bool
	out        *metricDataOutput
}

// window is what one query asks of one series.
type window struct {
	series
	known       bool // the series is there
	from, until time.Time
	period      time.Duration
}

// fill takes in the values of a query, and says whether all of them had room.
func (p *metricPage) fill(n int, q metricDataQuery, w window) bool {
	result := metricDataResult{ID: q.ID, Label: q.Label, Timestamps: []time.Time{}, Values: []float64{}, StatusCode: complete}
	if result.Label == "" {
		result.Label = w.label
	}
	if w.known && p.server.faults.active(Unreadable, w.group.name, p.from.asOf) {
		result.StatusCode = "InternalError"
		w.known = false
	}
	stat := "Average"
	w.period = seconds(q.Period)
	if q.MetricStat != nil {
		stat, w.period = q.MetricStat.Stat, time.Duration(q.MetricStat.Period)*time.Second
	}
	for at := range w.starts(p.from.asOf, p.descending) {
		if n == p.from.query && p.before(at) {
			continue
		}
		point, ok := w.shown(p.server.faults, at, w.period, p.from.asOf)
		if !ok {
			continue
		}
		if p.room == 0 {
			p.goOn(n, at, result)
			return false
		}
		p.room--
		result.Timestamps = append(result.Timestamps, at)
		result.Values = append(result.Values, point.statistic(stat))
	}
	if w.known && p.server.faults.active(Partial, w.group.name, p.from.asOf) {
		result = p.halved(result)
	}
	p.out.MetricDataResults = append(p.out.MetricDataResults, result)
	return true
}

// before says whether a period was on the page before.
func (p *metricPage) before(at time.Time) bool {
	switch {
	case p.from.start == 0:
		return false
	case p.descending:
		return at.Unix() > p.from.start
	}
	return at.Unix() < p.from.start
}

// goOn ends the page before a period that has no room on it.
func (p *metricPage) goOn(n int, at time.Time, result metricDataResult) {
	if len(result.Values) > 0 {
		result.StatusCode = partialData
		p.out.MetricDataResults = append(p.out.MetricDataResults, result)
	}
	p.out.NextToken = position{asOf: p.from.asOf, digest: p.from.digest, query: n, start: at.Unix()}.token()
}

// halved gives the older half of a result, as what was there when time ran out.
func (p *metricPage) halved(r metricDataResult) metricDataResult {
	half := len(r.Values) / 2
	r.StatusCode = partialData
	if p.descending {
		r.Timestamps, r.Values = slices.Clone(r.Timestamps[len(r.Values)-half:]), slices.Clone(r.Values[len(r.Values)-half:])
		return r
	}
	r.Timestamps, r.Values = r.Timestamps[:half], r.Values[:half]
	return r
}

func seconds(n *int) time.Duration {
	if n == nil {
		return 0
	}
	return time.Duration(*n) * time.Second
}
