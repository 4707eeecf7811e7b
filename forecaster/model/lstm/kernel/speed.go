package kernel

// speed is which instructions the kernels may use; a higher one includes the
// lower ones. All give the same bits.
type speed int

const (
	plain  speed = iota // Go only
	avx2                // 256-bit vectors and FMA
	avx512              // 512-bit vectors for products; they nearly double the rate
)
