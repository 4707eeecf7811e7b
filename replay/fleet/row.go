package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Row is one minute of a timeline: what the minute asked for and what was
// there.
type Row struct {
	// Policy names who decided. It is not empty, and holds no comma and no line
	// break.
	Policy string
	// Time is the minute, UTC.
	Time time.Time
	// Load is the demand in capacity units.
	Load float64
	// Desired, InService and Billed count instances.
	Desired, InService, Billed int
	// Utilization is what the instances report on average, in percent: see
	// Meter.Utilization.
	Utilization float64
	// Scored says whether the minute counts.
	Scored bool
}

const rowHeader = "policy,timestamp,load,desired,in_service,billed,utilization,scored"

// append writes the row as a line of CSV. Numbers have the fewest digits that
// read back as the same number.
func (r Row) append(line []byte) []byte {
	line = append(line, r.Policy...)
	line = append(line, ',')
	line = r.Time.UTC().AppendFormat(line, time.RFC3339)
	line = append(line, ',')
	line = strconv.AppendFloat(line, r.Load, 'f', -1, 64)
	for _, n := range []int{r.Desired, r.InService, r.Billed} {
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(n), 10)
	}
	line = append(line, ',')
	line = strconv.AppendFloat(line, r.Utilization, 'f', -1, 64)
	if r.Scored {
		return append(line, ",1\n"...)
	}
	return append(line, ",0\n"...)
}

func parseRow(text string) (Row, error) {
	f := strings.Split(text, ",")
	if want := strings.Count(rowHeader, ",") + 1; len(f) != want {
		return Row{}, fmt.Errorf("want %d fields, got %d", want, len(f))
	}
	r := Row{Policy: f[0]}
	err := checkPolicy(r.Policy)
	if err != nil {
		return Row{}, err
	}
	if r.Time, err = parseMinute(f[1]); err != nil {
		return Row{}, err
	}
	if r.Load, err = parseAmount("load", f[2], maxDemand); err != nil {
		return Row{}, err
	}
	if r.Utilization, err = parseAmount("utilization", f[6], 100); err != nil {
		return Row{}, err
	}
	if r.Scored = f[7] == "1"; !r.Scored && f[7] != "0" {
		return Row{}, fmt.Errorf("scored: want 0 or 1, got %.40q", f[7])
	}
	return r, r.parseCounts(f[3:6])
}

func checkPolicy(name string) error {
	if name == "" || strings.ContainsAny(name, ",\r\n") {
		return fmt.Errorf("policy: want a name without comma and line break, got %.40q", name)
	}
	return nil
}

func (r *Row) parseCounts(f []string) error {
	for i, into := range []*int{&r.Desired, &r.InService, &r.Billed} {
		n, err := strconv.ParseUint(f[i], 10, 31)
		if err != nil {
			name := strings.Split(rowHeader, ",")[3+i]
			return fmt.Errorf("%s: want a number of instances, got %.40q", name, f[i])
		}
		*into = int(n)
	}
	return nil
}

func parseMinute(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("timestamp: want RFC 3339, got %.40q", text)
	}
	if _, offset := at.Zone(); offset != 0 || at.Nanosecond() != 0 {
		return time.Time{}, fmt.Errorf("timestamp: want whole seconds in UTC, got %.40q", text)
	}
	return at.UTC(), nil
}

func parseAmount(name, text string, most float64) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= most) {
		return 0, fmt.Errorf("%s: want a number from 0 to %g, got %.40q", name, most, text)
	}
	return v, nil
}
