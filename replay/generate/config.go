package generate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Config says what is generated.
type Config struct {
	Profile Profile
	// Seed is all the chance there is.
	Seed uint64
	// Start is the first minute, a whole one. Days is how many times 24 hours
	// there are, 1 to 3,660.
	Start time.Time
	Days  int
	// Period is that of a sample: one of trace.Periods. Start need not be a
	// multiple of it.
	Period time.Duration
	// Location is where the season's clock hangs.
	Location *time.Location
	// Without names components that contribute nothing: those of Components.
	Without []string
	// Requests makes the samples requests per second, whatever one costs.
	Requests bool
}

// Components gives the names of what can be switched off.
func Components() []string {
	return []string{"trend", "season", "holidays", "jobs", "flash", "shifts", "wander", "noise", "counts", "deploys", "drops", "late"}
}

// maxDays bounds a trace: ten years.
const maxDays = 3660

// validate gives a *streams.FieldError that names a parameter, or one of days,
// period, start, holiday and without.
func (c *Config) validate() error {
	for _, p := range c.Profile.Parameters() {
		if err := p.check(); err != nil {
			return err
		}
	}
	for _, day := range c.Profile.Holidays {
		if !isDay(day) {
			return fault("holiday", "want a day such as 2026-04-03, or 12-25 of every year, got %.40q", day)
		}
	}
	for _, name := range c.Without {
		if !slices.Contains(Components(), name) {
			return fault("without", "want one of %s, got %.40q", strings.Join(Components(), ", "), name)
		}
	}
	switch last := time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC); {
	case c.Days < 1 || c.Days > maxDays:
		return fault("days", "want 1 to %d, got %d", maxDays, c.Days)
	case !slices.Contains(trace.Periods(), c.Period):
		return fault("period", "want 60s, 300s, 900s or 3600s, got %v", c.Period)
	case c.Start.Truncate(time.Minute) != c.Start.Round(0) || c.Start.Year() < 1 || c.Start.After(last):
		return fault("start", "want a whole minute in the years 1 to 9000, got %s", c.Start.Format(time.RFC3339Nano))
	case c.Location == nil:
		return fault("timezone", "want a location, got none")
	}
	if end := c.growth(c.minutes() - 1); !(end > 1/most && end < most) {
		return fault("growth", "want at most a factor of a million over %d days, got %.3g", c.Days, end)
	}
	return nil
}

func fault(field, format string, args ...any) error {
	return &streams.FieldError{Field: field, Cause: fmt.Sprintf(format, args...)}
}

// isDay says whether a text is a day of a year, or of every year.
func isDay(text string) bool {
	for _, full := range []string{text, "2024-" + text} { // a leap year
		if _, err := time.Parse(time.DateOnly, full); err == nil {
			return true
		}
	}
	return false
}

func (c *Config) minutes() int { return c.Days * minutesPerDay }

// growth is what the trend comes to in a minute.
func (c *Config) growth(minute int) float64 {
	return power(1+c.Profile.Growth/100, float64(minute)/minutesPerWeek)
}

func (c *Config) has(component string) bool { return !slices.Contains(c.Without, component) }
