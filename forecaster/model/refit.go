package model

import "sync/atomic"

// Each runs task(0) to task(n-1), in any order and as many at once as it likes,
// and returns when all have ended.
type Each func(n int, task func(i int))

// InLine is the Each that runs one task after another.
func InLine(n int, task func(i int)) {
	for i := range n {
		task(i)
	}
}

// Estimation computes the parameters of a model. It owns what it reads, so it
// may run beside anything, later, and more than once; its bytes depend neither
// on when it runs nor on each. No bytes say that there was too little to
// estimate from.
type Estimation func(each Each) []byte

// Unless runs the estimation, and gives it up before one of its tasks if stop
// says so there, which must be safe to call from several goroutines and may say
// otherwise later. It reports whether the estimation was carried through; else
// there are no bytes.
func (e Estimation) Unless(stop func() bool, each Each) (estimate []byte, whole bool) {
	var gaveUp atomic.Bool
	defer func() {
		if gaveUp.Load() {
			_ = recover() // where the estimation has not done so
			estimate, whole = nil, false
		}
	}()
	return e(func(n int, task func(i int)) {
		each(n, func(i int) {
			if gaveUp.Load() || stop() {
				gaveUp.Store(true)
				return
			}
			task(i)
		})
		if gaveUp.Load() {
			panic("model: an estimation is given up")
		}
	}), true
}

// FitDays is how many days of bins an estimation reads at most: few enough that
// they are all still in the History a day after its last bin.
const FitDays = Days - 1

// Refitter is a model whose parameters are estimated from the window now and
// then. Until the first estimate is adopted it says what it can without.
//
// When it is due is the caller's to say: that is why neither Observe nor
// Forecast ever estimates. So what Restore must bring back is the parameters in
// force beside the state.
type Refitter interface {
	Model
	// Estimation gives the estimation that reads the folded values of the last
	// FitDays days of bins up to and including the bin through, and the
	// parameters in force. It changes nothing in the model. The bin must be in
	// the window; the same bin gives an estimation of the same bytes for as long
	// as no estimate is adopted.
	Estimation(past *History, through int64) Estimation
	// Adopt puts the parameters in force that an estimation gave, and brings the
	// state to the newest bin of past with them. No bytes change nothing.
	Adopt(past *History, estimate []byte) error
	// Alarmed says whether the newest innovations are larger than the parameters
	// in force let expect, so that a refit is due before its time.
	Alarmed() bool
	// Fixed gives the number of bytes at the start of a Snapshot taken now that
	// only Adopt changes: the parameters in force, which need to be stored only
	// when there are others.
	Fixed() int
}
