package model

// Sleeper is a model that may have nothing of its own to say of some steps, and
// then says what another model does. One that is no Sleeper always has.
type Sleeper interface {
	// Reach gives the number of first steps after past that the model has
	// something of its own to say of: 0 while it knows too little, and no more
	// than the configured horizon. It reads no more than Observe was shown.
	Reach(past *History) int
}
