package combine

import "math/bits"

// mostParts is as many as a set holds.
const mostParts = 32

// set is a set of parts by their index.
type set uint32

func one(part int) set { return 1 << part }

func (s set) has(part int) bool { return s&one(part) != 0 }

func (s set) len() int { return bits.OnesCount32(uint32(s)) }
