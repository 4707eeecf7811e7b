package generate

import "time"

const minutesPerDay = 24 * 60

// turn is how many minutes before midnight a day begins to become the next, and
// after it ends to be the one before.
const turn = 90

// calendar knows what the season makes of a minute.
type calendar struct {
	location *time.Location
	holidays map[string]bool
	// work and weekend are the season by the minute of the day, and holiday
	// that of a weekend day that is one.
	work, weekend, holiday []float64

	year, yearDay     int // the local day of what follows
	before, day, next kinds
}

// kinds are the curves of one day: what it is by its weekday, and what it is.
type kinds struct{ plain, real []float64 }

// newCalendar knows the seasons of a profile, before any component is off.
func newCalendar(p Profile, location *time.Location) *calendar {
	c := &calendar{location: location, holidays: map[string]bool{}}
	for _, day := range p.Holidays {
		c.holidays[day] = true
	}
	c.work = p.Workday.Curve(p.Daily)
	c.weekend = p.WeekendDay.Curve(p.WeekendDaily)
	for m := range c.weekend {
		c.weekend[m] = float64(c.weekend[m] * p.Weekend)
		c.holiday = append(c.holiday, float64(c.weekend[m]*p.HolidayLevel))
	}
	return c
}

// at gives the season of an instant as the weekday has it, and what a holiday
// makes of it.
func (c *calendar) at(now time.Time) (season, holiday float64) {
	local := now.In(c.location)
	c.move(local)
	minute := minuteOfDay(local)
	season = c.blend(minute, func(k kinds) float64 { return k.plain[minute] })
	return season, c.blend(minute, func(k kinds) float64 { return k.real[minute] }) / season
}

// blend lets one day become the next around midnight.
func (c *calendar) blend(minute int, of func(kinds) float64) float64 {
	other, share := c.before, 0.5-float64(minute)/(2*turn)
	if left := minutesPerDay - minute; left < turn {
		other, share = c.next, 0.5-float64(left)/(2*turn)
	}
	today := of(c.day)
	if share <= 0 {
		return today
	}
	return today + float64(share*(of(other)-today))
}

// move makes the day of a local time the calendar's.
func (c *calendar) move(local time.Time) {
	if local.Year() == c.year && local.YearDay() == c.yearDay {
		return
	}
	c.year, c.yearDay = local.Year(), local.YearDay()
	year, month, day := local.Date()
	c.before = c.kinds(time.Date(year, month, day-1, 0, 0, 0, 0, time.UTC))
	c.day = c.kinds(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	c.next = c.kinds(time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC))
}

func (c *calendar) kinds(day time.Time) kinds {
	k := kinds{c.work, c.work}
	if !isWorkday(day) {
		k = kinds{c.weekend, c.weekend}
	}
	if date := day.Format(time.DateOnly); c.holidays[date] || c.holidays[date[len("2006-"):]] {
		k.real = c.holiday
	}
	return k
}

func isWorkday(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

func minuteOfDay(local time.Time) int { return 60*local.Hour() + local.Minute() }
