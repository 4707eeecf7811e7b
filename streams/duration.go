package streams

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Duration is a span of time that is written in JSON as a number of seconds
// and in YAML as text such as "90s". Field names in JSON end in _s.
type Duration time.Duration

// Std gives the span as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String gives the span as time.Duration prints it.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalJSON writes seconds exactly: a whole number where it is one, else a
// decimal of up to nine digits.
func (d Duration) MarshalJSON() ([]byte, error) {
	if d%1e9 == 0 {
		return strconv.AppendInt(nil, int64(d/1e9), 10), nil
	}
	sign, whole, nanos := "", int64(d/1e9), int64(d%1e9)
	if d < 0 {
		sign, whole, nanos = "-", -whole, -nanos
	}
	return bytes.TrimRight(fmt.Appendf(nil, "%s%d.%09d", sign, whole, nanos), "0"), nil
}

// UnmarshalJSON reads seconds exactly, to the nanosecond, without an exponent.
func (d *Duration) UnmarshalJSON(data []byte) error {
	v, err := time.ParseDuration(string(data) + "s")
	if err != nil {
		return fmt.Errorf("want a number of seconds within 292 years, got %s", data)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes the span as time.Duration prints it, for YAML.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads text such as "90s" or "10m", for YAML.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("want a duration such as 90s, got %q", text)
	}
	*d = Duration(v)
	return nil
}
