package generate

import (
	"testing"
	"time"
)

// monday is the first minute of a week.
var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// configure gives four weeks of a profile in UTC.
func configure(t testing.TB, name string) Config {
	t.Helper()
	p, ok := Find(name)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return Config{Profile: p, Seed: 1, Start: monday, Days: 28, Period: time.Minute, Location: time.UTC}
}

func generator(t testing.TB, c Config) Generator {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
