package backtest

// Standing is how a policy did over many cases at one price: geometric means
// of J over that of the oracle and over that of the best rival in hindsight.
type Standing struct {
	Policy string
	Price  float64
	Cases  int
	// Own is with the knob that was named, of ours the price; Hindsight with
	// the best knob of those that were played, case by case.
	OwnOracle, HindsightOracle float64
	OwnBest, HindsightBest     float64
}

// Names of the standings that are no policy.
const (
	bestInHindsight  = "best rival in hindsight"
	chosenBeforehand = "rival chosen beforehand"
)

// Standings gives that of every policy that played on all trials, in the order
// of the first one's runs, and of the best rival in hindsight and the one
// chosen beforehand.
func Standings(trials []Trial, price float64) []Standing {
	if len(trials) == 0 {
		return nil
	}
	j := func(r Run) float64 { return r.Score.J(price) }
	rival := func(r Run) bool { return IsRival(r.Policy) }
	best := func(t Trial) *Run { return t.least(rival, j) }
	beforehand := func(t Trial) *Run { return t.beforehand(price) }
	var all []Standing
	add := func(name string, own, hindsight func(Trial) *Run) {
		if s, ok := standing(trials, price, own, hindsight); ok {
			s.Policy = name
			all = append(all, s)
		}
	}
	add(bestInHindsight, best, best)
	add(chosenBeforehand, beforehand, beforehand)
	seen := map[string]bool{Oracle: true}
	for _, r := range trials[0].Runs {
		if seen[r.Policy] {
			continue
		}
		seen[r.Policy] = true
		add(r.Policy, func(t Trial) *Run { return t.own(r.Policy, price) },
			func(t Trial) *Run { return t.least(func(o Run) bool { return o.Policy == r.Policy }, j) })
	}
	return all
}

// standing is false where a trial lacks one of the runs.
func standing(trials []Trial, price float64, own, hindsight func(Trial) *Run) (Standing, bool) {
	var figures [4][]ratio
	for _, t := range trials {
		oracle := t.own(Oracle, price)
		best := t.least(func(r Run) bool { return IsRival(r.Policy) }, func(r Run) float64 { return r.Score.J(price) })
		a, b := own(t), hindsight(t)
		if oracle == nil || best == nil || a == nil || b == nil {
			return Standing{}, false
		}
		for i, pair := range [4][2]*Run{{a, oracle}, {b, oracle}, {a, best}, {b, best}} {
			figures[i] = append(figures[i], ratio{t.Set, pair[0].Score.J(price) / pair[1].Score.J(price)})
		}
	}
	return Standing{
		Price: price, Cases: len(trials),
		OwnOracle: geometricMean(figures[0]), HindsightOracle: geometricMean(figures[1]),
		OwnBest: geometricMean(figures[2]), HindsightBest: geometricMean(figures[3]),
	}, true
}
