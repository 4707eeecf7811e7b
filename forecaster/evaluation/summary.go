package evaluation

import (
	"math"
	"slices"
)

// Summary is what a forecaster scored over all series.
type Summary struct {
	Method string
	// Series counts the series that it was scored on.
	Series int
	// Pinball and MASE are geometric means over the series of PinAll and MASE
	// relative to seasonal naive's on the same series; below 1 is better.
	Pinball, MASE float64
	// Rank is the mean over the series of its place by PinAll among all methods
	// that were scored on the series, 1 for the best; equals share their places.
	Rank float64
	// Least80 and Most80 are the series with the lowest and the highest Cov80.
	Least80, Most80 Extreme
	// Mean holds the arithmetic means of all scores; of peaks, where the method
	// says them on every series, and of the coverage by step, where the entries
	// have it.
	Mean Scores
}

// Summarize gives a summary for each method among the entries, in the order in
// which they first appear. It leaves out series that the base, the entries of
// seasonal naive, has no score of or scored 0 on: nothing is relative to that.
func Summarize(entries, base []Entry) []Summary {
	var out []Summary
	for _, e := range entries {
		if slices.ContainsFunc(out, func(s Summary) bool { return s.Method == e.Method }) {
			continue
		}
		out = append(out, summarize(e.Method, entries, base))
	}
	return out
}

func summarize(method string, entries, base []Entry) Summary {
	s := Summary{Method: method}
	var pinball, mase float64
	var peaks []Peak
	var coverage []*Coverage
	for _, e := range entries {
		i := slices.IndexFunc(base, func(b Entry) bool { return b.ID == e.ID && b.Scores.PinAll > 0 && b.Scores.MASE > 0 })
		if e.Method != method || i < 0 {
			continue
		}
		s.Series++
		s.Least80, s.Most80 = widened(s.Least80, s.Most80, Extreme{e.ID, e.Scores.Cov80})
		coverage = append(coverage, e.Scores.Coverage)
		if e.Scores.Peak != nil {
			peaks = append(peaks, *e.Scores.Peak)
		}
		s.Rank += rank(e, entries)
		pinball += math.Log(e.Scores.PinAll / base[i].Scores.PinAll)
		mase += math.Log(e.Scores.MASE / base[i].Scores.MASE)
		for j, field := range s.Mean.fields() {
			*field += e.Scores.Values()[j]
		}
	}
	n := float64(s.Series)
	s.Pinball, s.MASE, s.Rank = math.Exp(pinball/n), math.Exp(mase/n), s.Rank/n
	for _, field := range s.Mean.fields() {
		*field /= n
	}
	if s.Series > 0 {
		s.Mean.Coverage = meanCoverage(coverage)
	}
	if len(peaks) > 0 && len(peaks) == s.Series {
		s.Mean.Peak = meanPeak(peaks)
	}
	return s
}

// rank gives the place of an entry among those of the same series.
func rank(e Entry, entries []Entry) float64 {
	better, equal := 0, 0
	for _, other := range entries {
		switch {
		case other.ID != e.ID:
		case other.Scores.PinAll < e.Scores.PinAll:
			better++
		case other.Scores.PinAll == e.Scores.PinAll:
			equal++ // itself at least
		}
	}
	return float64(better) + float64(equal+1)/2
}

func meanPeak(all []Peak) *Peak {
	mean, n := Peak{}, float64(len(all))
	for _, p := range all {
		mean = Peak{mean.Pin99 + p.Pin99/n, mean.PinAll + p.PinAll/n, mean.Cov80 + p.Cov80/n, mean.Cov95 + p.Cov95/n,
			mean.Exceed95 + p.Exceed95/n, mean.Exceed99 + p.Exceed99/n}
	}
	return &mean
}
