package lstm

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// fingerprint tells series from others.
func fingerprint(series []Series) (out [32]byte) {
	sum := sha256.New()
	var b [8]byte
	long := func(x uint64) {
		binary.LittleEndian.PutUint64(b[:], x)
		sum.Write(b[:])
	}
	for _, s := range series {
		long(uint64(len(s.Name)))
		sum.Write([]byte(s.Name))
		long(uint64(s.Grid.Period()))
		long(uint64(s.First))
		long(uint64(len(s.Values)))
		for _, x := range s.Values {
			if math.IsNaN(x) {
				x = math.NaN() // of one kind
			}
			long(math.Float64bits(x))
		}
	}
	sum.Sum(out[:0])
	return out
}
