package dress

import "math"

const (
	// mostSlots is the most times of day that errors are kept for.
	mostSlots = 1440
	// around is how many slots before and after a time of day tell how large
	// errors are at that time.
	around = 3
	// usualRate is the weight of the newest day in the mean over days.
	usualRate = 0.2
)

// days are the errors of the model at one step, in load, by the time of day.
type days struct {
	step   int
	stride int64 // bins a slot
	newest []float32
	usual  []float32 // exponential means over days
}

func newDays(step, perDay int) days {
	stride := max(1, perDay/mostSlots)
	slots := max(1, perDay/stride)
	return days{step: step, stride: int64(stride), newest: make([]float32, slots), usual: make([]float32, slots)}
}

func (d *days) slot(bin int64) int { return place(bin/d.stride, len(d.newest)) }

// add takes in the error of a bin.
func (d *days) add(bin int64, err float64) {
	k := d.slot(bin)
	d.newest[k] = float32(err)
	d.usual[k] += float32(usualRate * (err - float64(d.usual[k])))
}

// inputs gives what the error of a bin may lean on.
func (d *days) inputs(bin int64, recent float64) inputs {
	k := d.slot(bin)
	return inputs{float64(d.newest[k]), float64(d.usual[k]), recent}
}

// square gives the mean of the squared errors around the time of a bin, NaN
// where a day is too short to tell times apart.
func (d *days) square(bin int64) float64 {
	n := len(d.newest)
	if n <= 2*around {
		return math.NaN()
	}
	sum, k := 0.0, d.slot(bin)
	for i := k - around; i <= k+around; i++ {
		x := float64(d.newest[(i+n)%n])
		sum += x * x
	}
	return sum / (2*around + 1)
}
