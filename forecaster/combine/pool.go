package combine

import "math"

const (
	// share is what the parts that are awake share of the weight in any case
	// (fixed share: Herbster and Warmuth 1998, here not fed back, as forgetting
	// does that); raisedShare for a day after an alarm.
	share, raisedShare = 0.02, 0.1
	// forgetting is what is forgotten of regrets with each loss at the inner levels,
	// so that half of what counts is of the newest 140. Beyond the outer levels less
	// is forgotten, so that as many values beyond the quantile count: by fewer the
	// parts cannot be told apart.
	forgetting = 0.005
	outer      = 0.05
	// eagerness multiplies the learning rates of the paper, which guard against an
	// adversary: loads are none.
	eagerness = 2
	// mostRegret bounds a regret, leastRange is the least range that regrets are
	// taken to have, both in mean errors.
	mostRegret, leastRange = 4, 0.1
)

// pool combines the quantiles of the parts at each level by Bernstein online
// aggregation with adaptive learning rates (Wintenberger 2017, section 3), of
// losses that are linearised at the combination. So it competes with the best
// fixed combination, not only with the best part. Parts that sleep are left out
// (Gaillard, Stoltz and van Erven 2014, section 4).
type pool struct {
	parts, levels int
	keep          []float32 // what a loss counts of the one after it, a level
	experts       []expert  // those of a level together
	weights       []float64 // in force, 0 of parts that sleep
	potentials    []float64 // scratch
}

// expert is what is learned of one part at one level, in mean errors.
type expert struct {
	// regret is by how much the combination lost more than the part, less what
	// the part's variance costs it; square is the sum of the squares, most the
	// largest size of late.
	regret, square, most float32
}

func newPool(parts int, levels []float64) pool {
	p := pool{
		parts: parts, levels: len(levels),
		experts:    make([]expert, parts*len(levels)),
		weights:    make([]float64, parts*len(levels)),
		potentials: make([]float64, parts),
	}
	for _, level := range levels {
		rare := min(level, 1-level)
		p.keep = append(p.keep, float32(1-forgetting*min(1, rare/outer)))
	}
	return p
}

// at gives the weights of the parts at a level.
func (p *pool) at(level int) []float64 { return p.weights[level*p.parts : (level+1)*p.parts] }

func (p *pool) row(level int) []expert { return p.experts[level*p.parts : (level+1)*p.parts] }

// learn takes in the slope of the loss at the combination, in mean errors. The
// quantiles are those of the combination, then those of each part.
func (p *pool) learn(level int, spoke set, quantiles []float32, slope float64) {
	combined := float64(quantiles[level])
	row := p.row(level)
	for k := range row {
		if !spoke.has(k) {
			continue
		}
		part := float64(quantiles[(k+1)*p.levels+level])
		row[k].learn(bounded(slope*(combined-part), mostRegret), p.keep[level], p.parts)
	}
}

func (e *expert) learn(regret float64, keep float32, parts int) {
	e.most = max(keep*e.most, float32(math.Abs(regret)))
	e.square = keep*e.square + float32(regret*regret)
	e.regret = keep*e.regret + float32(regret*(1-e.rate(parts)*regret)/2)
}

// rate is the learning rate.
func (e *expert) rate(parts int) float64 {
	rate := 0.5 / max(float64(e.most), leastRange)
	if e.square > 0 {
		rate = min(rate, math.Sqrt(math.Log(float64(max(parts, 2)))/float64(e.square)))
	}
	return eagerness * rate
}

// weigh sets the weights of the parts that are awake, of which there must be one.
func (p *pool) weigh(awake set, share float64) {
	least := share / float64(awake.len())
	for j := range p.levels {
		row, weights, most, sum := p.row(j), p.at(j), math.Inf(-1), 0.0
		for k := range row {
			if awake.has(k) {
				weights[k] = row[k].rate(p.parts)
				p.potentials[k] = weights[k] * float64(row[k].regret)
				most = max(most, p.potentials[k])
			}
		}
		for k := range row {
			if awake.has(k) {
				weights[k] *= math.Exp(p.potentials[k] - most)
				sum += weights[k]
			}
		}
		for k := range row {
			if !awake.has(k) {
				weights[k] = 0
				continue
			}
			weights[k] = (1-share)*weights[k]/sum + least
		}
	}
}

// wake gives a part, which sleeps, the mean of those that are awake, of which
// there must be one.
func (p *pool) wake(part int, awake set) {
	n := float32(awake.len())
	for j := range p.levels {
		row, e := p.row(j), expert{}
		for k := range row {
			if awake.has(k) {
				e.square += row[k].square / n
				e.most = max(e.most, row[k].most)
			}
		}
		rate := e.rate(p.parts)
		e.regret = float32((p.logMean(row, awake) - math.Log(rate)) / rate)
		row[part] = e
	}
}

// logMean gives the logarithm of the mean weight of the parts that are awake,
// before weights are brought to a sum of 1.
func (p *pool) logMean(row []expert, awake set) float64 {
	most, sum := math.Inf(-1), 0.0
	for k := range row {
		if awake.has(k) {
			rate := row[k].rate(p.parts)
			p.potentials[k] = math.Log(rate) + rate*float64(row[k].regret)
			most = max(most, p.potentials[k])
		}
	}
	for k := range row {
		if awake.has(k) {
			sum += math.Exp(p.potentials[k] - most)
		}
	}
	return most + math.Log(sum/float64(awake.len()))
}
