package window

import "time"

// Parts cuts an answer by time, so that at most so many bins, whether they
// came or not, lie in the window of each part's query. The windows follow one
// another and together are the query's; More is set on all parts but the last.
// A probe is not cut: it is judged as a whole. Points outside the query's
// window, which no answer has, are left out.
func (a Answered) Parts(most int) []Answered {
	q := a.Query
	span := time.Duration(max(1, most)) * q.Period
	if q.Probe || span <= 0 || !q.From.Add(span).Before(q.Until) {
		return []Answered{a}
	}
	var parts []Answered
	for from := q.From; from.Before(q.Until); from = from.Add(span) {
		part := a
		part.Query.From, part.Query.Until = from, earlier(from.Add(span), q.Until)
		part.Answer.Points = nil
		part.More = true
		parts = append(parts, part)
	}
	for _, p := range a.Answer.Points {
		if p.Start.Before(q.From) || !p.Start.Before(q.Until) {
			continue
		}
		part := &parts[p.Start.Sub(q.From)/span]
		part.Answer.Points = append(part.Answer.Points, p)
	}
	parts[len(parts)-1].More = a.More
	return parts
}
