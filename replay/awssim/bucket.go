package awssim

import "time"

// bucket is the token bucket that all Auto Scaling calls of an account share.
type bucket struct {
	rate, burst float64 // tokens a second, and at most
	tokens      float64
	at          time.Time
}

func newBucket(rate, burst float64) bucket {
	burst = max(burst, 1)
	return bucket{rate: rate, burst: burst, tokens: burst}
}

// take takes a token, where there is one. A clock that goes back refills
// nothing.
func (b *bucket) take(now time.Time) bool {
	if b.rate <= 0 {
		return true
	}
	if b.at.IsZero() {
		b.at = now
	}
	if now.After(b.at) {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
		b.at = now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
