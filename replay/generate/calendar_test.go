package generate

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // where the host has no time zones
)

// berlin keeps daylight saving time from the last Sunday of March to that of
// October, changing at 01:00 UTC.
func berlin(t testing.TB) *time.Location {
	t.Helper()
	location, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// seasons gives the season of a profile by its instant.
func seasons(t testing.TB, c Config) map[time.Time]Minute {
	t.Helper()
	at := map[time.Time]Minute{}
	for m := range generator(t, c).Minutes() {
		at[m.At] = m
	}
	return at
}

// The season is at the same local time before and after the clocks change, and
// so an hour apart in UTC.
func TestSeasonFollowsLocalTime(t *testing.T) {
	location := berlin(t)
	c := configure(t, "office")
	c.Profile.Holidays = nil
	c.Location = location
	for _, change := range []struct {
		sunday time.Time // the day after which the clock is another
		ahead  time.Duration
	}{
		{time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), time.Hour},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), -time.Hour},
	} {
		c.Start, c.Days = change.sunday.AddDate(0, 0, -7), 14
		at := seasons(t, c)
		for m := range minutesPerDay {
			before := change.sunday.AddDate(0, 0, -4).Add(time.Duration(m) * time.Minute) // Wednesday
			after := before.AddDate(0, 0, 7)
			if want, got := at[before].Season, at[after.Add(-change.ahead)].Season; want != got {
				t.Fatalf("%v: season %v, want that of %v, %v", after, got, before, want)
			}
			if at[before].Holiday != 1 {
				t.Fatalf("%v: a holiday factor of %v without a holiday", before, at[before].Holiday)
			}
		}
		eight := time.Date(2026, change.sunday.Month(), change.sunday.Day()+2, 8, 0, 0, 0, location)
		if want, got := at[eight.AddDate(0, 0, -7).UTC()].Season, at[eight.UTC()].Season; want != got {
			t.Errorf("8 o'clock: season %v after the change, %v before", got, want)
		}
	}
}

// On the day on which the clock leaves 02:00 to 03:00 out the job of 02:30 does
// not run; when it has them twice, it runs twice.
func TestJobsFollowTheClock(t *testing.T) {
	c := configure(t, "batch")
	c.Profile.Schedule = []Job{{At: 150 * time.Minute, Length: 100 * time.Minute, Height: 5}}
	c.Location = berlin(t)
	for start, want := range map[time.Time]float64{
		time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC):  0,
		time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC):  1,
		time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC): 2,
	} {
		c.Start, c.Days = start, 1
		work := 0.0
		for m := range generator(t, c).Minutes() {
			work += m.Jobs
		}
		if got := math.Round(work / 500); got != want { // lengths and heights vary
			t.Errorf("day from %v: work of %v runs, want %v", start, got, want)
		}
	}
}

// A work day has mean 1 and the range that is asked for, a weekend day its
// share, and a holiday is a weekend day times its level.
func TestSeason(t *testing.T) {
	c := configure(t, "office")
	c.Profile.Holidays = []string{"2026-01-07", "01-14"} // Wednesdays
	at := seasons(t, c)
	p := c.Profile
	day := func(date int) (mean, low, high float64) {
		low = math.Inf(1)
		for m := range minutesPerDay {
			minute := at[time.Date(2026, 1, date, 0, m, 0, 0, time.UTC)]
			v := minute.Season * minute.Holiday
			mean, low, high = mean+v/minutesPerDay, min(low, v), max(high, v)
		}
		return mean, low, high
	}
	for _, test := range []struct {
		name           string
		date           int
		mean, tolerant float64
	}{
		{"a Tuesday", 13, 1, 0.01}, // the nights of the holidays beside it
		{"a Tuesday among work days", 20, 1, 1e-9},
		{"a Saturday", 10, p.Weekend, 0.01},
		{"a holiday", 7, p.Weekend * p.HolidayLevel, 0.01},
		{"a holiday of every year", 14, p.Weekend * p.HolidayLevel, 0.01},
		{"a Wednesday", 21, 1, 1e-9},
	} {
		mean, low, high := day(test.date)
		if math.Abs(mean-test.mean) > test.tolerant {
			t.Errorf("%s: mean %v, want %v", test.name, mean, test.mean)
		}
		if test.mean == 1 && test.tolerant == 1e-9 && math.Abs(high/low-p.Daily) > 1e-9 {
			t.Errorf("%s: the busiest minute has %v times the quietest, want %v", test.name, high/low, p.Daily)
		}
	}
}

// From one minute to the next the season moves little, also at midnight before
// a weekend and around a holiday.
func TestSeasonIsSmooth(t *testing.T) {
	for _, p := range Profiles() {
		c := configure(t, p.Name)
		c.Profile.Holidays = []string{"01-07"}
		last := 0.0
		for m := range generator(t, c).Minutes() {
			season := m.Season * m.Holiday
			if last > 0 && math.Abs(season/last-1) > 0.03 {
				t.Fatalf("%s, %v: season %v after %v", p.Name, m.At, season, last)
			}
			last = season
		}
	}
}
