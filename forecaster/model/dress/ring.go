package dress

// issued is what was said of one step from an origin.
type issued struct {
	origin int64 // never where nothing was said
	// raw is the model's point and se its standard error.
	raw, se float64
	// point is the corrected point, scale the size of error that was expected of
	// it: 0 where the model never erred.
	point, scale float64
	// peak and peakScale are the mean and the standard deviation that were
	// expected of the highest value up to the step.
	peak, peakScale float64
	inputs          inputs
}

// ring has what was said of a step from each of the last so many origins.
type ring []issued

// at gives the place of an origin, which is that of its target too.
func (r ring) at(bin int64) *issued { return &r[place(bin, len(r))] }
