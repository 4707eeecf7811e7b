package streams

import (
	"fmt"
	"math"
	"time"
)

// FieldError says which field of a body breaks a rule, and how.
type FieldError struct {
	Field string // its path in the JSON body, or in the configuration
	Cause string
}

// Error gives "field: cause".
func (e *FieldError) Error() string { return e.Field + ": " + e.Cause }

// under puts the field under a key or an index.
func (e *FieldError) under(key string) *FieldError {
	switch {
	case e.Field == "":
		e.Field = key
	case e.Field[0] == '[' || key == "":
		e.Field = key + e.Field
	default:
		e.Field = key + "." + e.Field
	}
	return e
}

// checker keeps the first broken rule of a body. It formats nothing until one
// is broken.
type checker struct {
	err  *FieldError
	yaml bool // name fields as the configuration does
}

func (c *checker) failf(field, format string, args ...any) {
	if c.err == nil {
		c.err = &FieldError{Field: field, Cause: fmt.Sprintf(format, args...)}
	}
}

func (c *checker) result() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

func (c *checker) name(field, s string) {
	if !validName(s) {
		c.failf(field, "want 1 to %d bytes of UTF-8, got %q", maxName, s)
	}
}

func (c *checker) finite(field string, x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		c.failf(field, "must be finite, got %v", x)
	}
}

func (c *checker) within(field string, x, lo, hi float64) {
	c.finite(field, x)
	if x < lo || x > hi {
		c.failf(field, "want %v to %v, got %v", lo, hi, x)
	}
}

func (c *checker) count(field string, n, least int) {
	if n < least {
		c.failf(field, "want at least %d, got %d", least, n)
	}
}

func (c *checker) round(n uint64) {
	if n == 0 {
		c.failf("round", "must be at least 1")
	}
}

func (c *checker) instant(field string, t time.Time) {
	switch {
	case t.IsZero():
		c.failf(field, "is missing")
	case t.Location() != time.UTC:
		c.failf(field, "must be UTC, got %s in %s", t.Format(time.RFC3339), t.Location())
	case t.Year() < 1970 || t.Year() > lastYear:
		c.failf(field, "want the years 1970 to %d, got %s", lastYear, t.Format(time.RFC3339))
	}
}

// maxSpan is the longest span of time that an event or a policy may hold.
const maxSpan = Duration(366 * 24 * time.Hour)

// maxText is the most that an event keeps of what somebody else said, in bytes.
const maxText = 1024

// lastYear bounds every instant; what is observed lies a few years before it,
// so that what follows from an event, a year ahead at most, is within it.
const lastYear = 3000

// observed wants an instant that came from a clock.
func (c *checker) observed(field string, t time.Time) {
	c.instant(field, t)
	if c.err == nil && t.Year() > lastYear-5 {
		c.failf(field, "want the years 1970 to %d, got %s", lastYear-5, t.Format(time.RFC3339))
	}
}

// text wants words of others in bounds.
func (c *checker) text(field, s string) {
	if len(s) > maxText {
		c.failf(field, "want at most %d bytes, got %d", maxText, len(s))
	}
}

// positive and notNegative take the name of a span without its unit; the
// name in the error has it.
func (c *checker) positive(field string, d Duration) {
	if d <= 0 {
		c.failf(c.span(field), "must be positive, got %v", d)
	}
	c.notNegative(field, d)
}

func (c *checker) notNegative(field string, d Duration) {
	if d < 0 {
		c.failf(c.span(field), "must not be negative, got %v", d)
	}
	if d > maxSpan {
		c.failf(c.span(field), "want at most a year, got %v", d)
	}
}

// span names a span of time: period_s in a body, period in YAML.
func (c *checker) span(field string) string {
	if c.yaml {
		return field
	}
	return field + "_s"
}

// levels wants numbers that rise strictly within (0, 1).
func (c *checker) levels(field string, levels []float64) {
	if len(levels) == 0 {
		c.failf(field, "is missing")
	}
	for i, p := range levels {
		if !(p > 0 && p < 1) {
			c.failf(fmt.Sprintf("%s[%d]", field, i), "want a level between 0 and 1, got %v", p)
		}
		if i > 0 && !(p > levels[i-1]) {
			c.failf(fmt.Sprintf("%s[%d]", field, i), "must be above the level before it, got %v after %v", p, levels[i-1])
		}
	}
}

// table wants rows of the given width, each finite and not falling.
func (c *checker) table(field string, rows [][]float64, width int) {
	for i, row := range rows {
		if len(row) != width {
			c.failf(fmt.Sprintf("%s[%d]", field, i), "want %d numbers, one a level, got %d", width, len(row))
			return
		}
		for j, x := range row {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				c.failf(fmt.Sprintf("%s[%d][%d]", field, i, j), "must be finite, got %v", x)
			}
			if j > 0 && x < row[j-1] {
				c.failf(fmt.Sprintf("%s[%d][%d]", field, i, j), "quantiles must not fall, got %v after %v", x, row[j-1])
			}
		}
	}
}
