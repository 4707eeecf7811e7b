//go:build !purego

package kernel

// depth is how many rows of b are taken at a time, so that they (depth × n
// numbers, 256 KiB for n = 256) and the columns of a stay in the second-level
// cache while all rows of dst pass over them.
const depth = 128

// panel is a part of a product for the assembly: some rows of one strip of the
// columns of dst.
type panel struct {
	dst, a, b *float64
	rows, k   int
	dstStride int      // bytes from a row of dst, and of b, to the next
	row       int      // bytes from a row of A to the next
	columns   int      // of a strip that is not whole
	mask      [4]int64 // the same as a mask
}

// masks let so many columns of four pass.
//
//nolint:gochecknoglobals // a table that nothing writes
var masks = [5][4]int64{{}, {-1}, {-1, -1}, {-1, -1, -1}, {-1, -1, -1, -1}}

// addFast does as many rows as it can in blocks of 8, then of 4, then one by
// one. Within them it runs down one strip of columns after another, so that a
// strip of b is read from the nearer caches by all but the first block.
func (p product) addFast(s speed) {
	eights := 0
	if s == avx512 {
		eights = p.m &^ 7
	}
	fours := p.m &^ 3
	for q := 0; q < p.k; q += depth {
		part := p
		part.k = min(depth, p.k-q)
		part.a, part.b = p.a[q:], p.b[q*p.n:]
		part.rows(0, eights).eight()
		part.rows(eights, fours).four()
		part.rows(fours, p.m).one()
	}
}

// rows gives the part of the product that makes the rows from..to−1 of dst.
func (p product) rows(from, to int) product {
	p.m = to - from
	if p.m > 0 {
		p.a, p.dst = p.a[from*p.row:], p.dst[from*p.n:]
	}
	return p
}

func (p product) panel() panel {
	const size = 8
	return panel{a: &p.a[0], rows: p.m, k: p.k, dstStride: p.n * size, row: p.row * size}
}

// eight does a multiple of 8 rows.
func (p product) eight() {
	if p.m == 0 {
		return
	}
	c, j := p.panel(), 0
	for ; j+24 <= p.n; j += 24 {
		c.dst, c.b = &p.dst[j], &p.b[j]
		panel8x24(&c)
	}
	for ; j < p.n; j += 8 {
		c.dst, c.b, c.columns = &p.dst[j], &p.b[j], min(8, p.n-j)
		panel8x8(&c)
	}
}

// four does a multiple of 4 rows.
func (p product) four() {
	if p.m == 0 {
		return
	}
	c, j := p.panel(), 0
	for ; j+12 <= p.n; j += 12 {
		c.dst, c.b = &p.dst[j], &p.b[j]
		panel4x12(&c)
	}
	for ; j < p.n; j += 4 {
		c.dst, c.b, c.mask = &p.dst[j], &p.b[j], masks[min(4, p.n-j)]
		panel4x4(&c)
	}
}

// one does any number of rows, one at a time.
func (p product) one() {
	if p.m == 0 {
		return
	}
	c, j := p.panel(), 0
	for ; j+32 <= p.n; j += 32 {
		c.dst, c.b = &p.dst[j], &p.b[j]
		panel1x32(&c)
	}
	for ; j < p.n; j += 4 {
		c.dst, c.b, c.mask = &p.dst[j], &p.b[j], masks[min(4, p.n-j)]
		panel1x4(&c)
	}
}

//go:noescape
func panel8x24(c *panel)

//go:noescape
func panel8x8(c *panel)

//go:noescape
func panel4x12(c *panel)

//go:noescape
func panel4x4(c *panel)

//go:noescape
func panel1x32(c *panel)

//go:noescape
func panel1x4(c *panel)
