package backtest

import "slices"

// Variant is how ours did on another forecast at one price: the geometric mean
// of its J over that of ours itself, both told that price.
type Variant struct {
	Policy string
	// Price is of a violated minute, in instance-hours.
	Price float64
	Ratio float64
	// Cases counts those on which both played at the price, at least 1.
	Cases int
}

// Variants gives those that played at a price, in the order in which they first
// appear in runs.
func Variants(trials []Trial, price float64) []Variant {
	var names []string
	ratios := map[string][]ratio{}
	for _, t := range trials {
		ours := t.own(Ours, price)
		for _, r := range t.Runs {
			if ours == nil || !IsOurs(r.Policy) || r.Policy == Ours || r.Knob != price {
				continue
			}
			if !slices.Contains(names, r.Policy) {
				names = append(names, r.Policy)
			}
			ratios[r.Policy] = append(ratios[r.Policy], ratio{t.Set, r.Score.J(price) / ours.Score.J(price)})
		}
	}
	var all []Variant
	for _, name := range names {
		all = append(all, Variant{Policy: name, Price: price, Ratio: geometricMean(ratios[name]), Cases: len(ratios[name])})
	}
	return all
}
