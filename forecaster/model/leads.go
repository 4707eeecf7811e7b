package model

// Leads gives the steps that a model keeps errors of, where it does not keep
// those of all up to the last: each of the first 24, then ever wider apart by an
// eighth, and the last.
func Leads(last int) []int {
	var steps []int
	for h := 1; h < last; h++ {
		steps = append(steps, h)
		if h >= 24 {
			h += h/8 - 1
		}
	}
	return append(steps, last)
}
