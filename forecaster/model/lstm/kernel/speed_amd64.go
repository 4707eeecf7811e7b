//go:build !purego

package kernel

// machine is the best that this processor and its operating system offer.
//
//nolint:gochecknoglobals // a fact about the machine that nothing writes
var machine = detect()

// detect asks the processor (Intel 64 Architectures Software Developer's
// Manual, vol. 1, 14.3 and 15.2): leaf 1 for FMA, XGETBV and AVX, leaf 7 for
// AVX2 and AVX-512F, and the register XCR0 for whether the operating system
// saves the vector registers.
func detect() speed {
	const (
		leaf1            = 1<<12 | 1<<27 | 1<<28
		leaf7, leaf7Wide = 1 << 5, 1 << 16
		saved, savedWide = 0x06, 0xe6
	)
	if highest, _, _ := cpuid(0); highest < 7 {
		return plain
	}
	if _, _, c := cpuid(1); c&leaf1 != leaf1 {
		return plain
	}
	_, b, _ := cpuid(7)
	system := xgetbv()
	switch {
	case b&leaf7 == 0, system&saved != saved:
		return plain
	case b&leaf7Wide == 0, system&savedWide != savedWide:
		return avx2
	}
	return avx512
}

//go:noescape
func cpuid(leaf uint32) (a, b, c uint32)

//go:noescape
func xgetbv() uint32
