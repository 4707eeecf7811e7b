package lstm

// said is what was said of bins that are still to come: for each step, that of
// each of as many bins, the quantiles of the step and then those of the peak.
// What they are told against is in the origins of the blend.
type said [][]float32

const headWidth = 2 * levelCount

func newSaid(rows int) said {
	s := make(said, rows)
	for h := range s {
		s[h] = make([]float32, (h+1)*headWidth)
	}
	return s
}

// of gives what was said of a bin, a step and one ahead.
func (s said) of(step int, bin int64) []float32 {
	at := bin % int64(step+1) * headWidth
	return s[step][at : at+headWidth]
}

// note keeps what the network says at a bin.
func (s said) note(bin int64, outputs []float64) {
	peaks := outputs[len(outputs)/2:]
	for h := range s {
		head := s.of(h, bin+int64(h)+1)
		for j, x := range outputs[h*levelCount : (h+1)*levelCount] {
			head[j] = float32(x)
		}
		for j, x := range peaks[h*levelCount : (h+1)*levelCount] {
			head[levelCount+j] = float32(x)
		}
	}
}
