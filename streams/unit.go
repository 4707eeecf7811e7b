package streams

// Unit is the unit of a load, in CloudWatch's words.
type Unit string

// The units a load may have. Percent is of one instance and summed over the
// group: 100 is one busy instance.
const (
	Percent        Unit = "Percent"
	CountPerSecond Unit = "Count/Second"
	BytesPerSecond Unit = "Bytes/Second"
	Count          Unit = "Count"
	NoUnit         Unit = "None"
)

// Valid says whether u is one of the units above.
func (u Unit) Valid() bool {
	switch u {
	case Percent, CountPerSecond, BytesPerSecond, Count, NoUnit:
		return true
	}
	return false
}

func (c *checker) unit(field string, u Unit) {
	if !u.Valid() {
		c.failf(field, "unknown unit %q, want Percent, Count/Second, Bytes/Second, Count or None", string(u))
	}
}
