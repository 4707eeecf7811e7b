package lstm

import "math"

// mixture gives a quantile as a weighted sum of two that the network says.
type mixture struct {
	low  int     // the first of the two
	high float64 // the weight of the second; that of the first is 1 less it
}

func (m mixture) of(head []float64) float64 {
	return head[m.low] + m.high*(head[m.low+1]-head[m.low])
}

// mixtures gives those of levels. Between two of the network's, a level lies
// where it does on the logistic scale. Beyond the outermost the tails fall off
// exponentially, at the pace between the outer two.
func mixtures(levels []float64) []mixture {
	out := make([]mixture, len(levels))
	for i, p := range levels {
		out[i] = mixtureAt(p)
	}
	return out
}

func mixtureAt(p float64) mixture {
	place := func(p float64) float64 { return math.Log(p / (1 - p)) }
	last := levelCount - 1
	low := 0
	switch {
	case p < headLevels[0]:
		place = math.Log
	case p > headLevels[last]:
		place = func(p float64) float64 { return -math.Log1p(-p) }
		low = last - 1
	default:
		for low < last-1 && headLevels[low+1] <= p {
			low++
		}
	}
	from, to := place(headLevels[low]), place(headLevels[low+1])
	return mixture{low, (place(p) - from) / (to - from)}
}

// sortHead sorts the quantiles of each step and peak, which takes no pinball
// loss to repair a crossing (Chernozhukov, Fernández-Val and Galichon 2010).
func sortHead(out []float64) {
	for ; len(out) >= levelCount; out = out[levelCount:] {
		row := out[:levelCount]
		for i := 1; i < levelCount; i++ {
			for j := i; j > 0 && row[j] < row[j-1]; j-- {
				row[j], row[j-1] = row[j-1], row[j]
			}
		}
	}
}
