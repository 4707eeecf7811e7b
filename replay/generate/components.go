package generate

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"
)

// componentsHeader names the columns of WriteComponents.
const componentsHeader = "timestamp,base,trend,shift,season,holiday,jobs,flash,wander,noise,counts,requests,cost,load,dropped,late_s\n"

// WriteComponents writes one line of CSV a minute: what each component
// contributed, and the requests and the load that the formula of the package
// comment makes of it. Numbers have the fewest digits that read back as the
// same number. dropped is 0 or 1; it and late_s, in seconds, are of the sample
// that the minute is in.
func (g Generator) WriteComponents(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	_, err := out.WriteString(componentsHeader)
	var line []byte
	for m := range g.Minutes() {
		if err != nil {
			break
		}
		line = m.appendCSV(line[:0])
		_, err = out.Write(line)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write components: %w", err)
	}
	return nil
}

func (m Minute) appendCSV(line []byte) []byte {
	line = m.At.AppendFormat(line, time.RFC3339)
	for _, v := range []float64{
		m.Base, m.Trend, m.Shift, m.Season, m.Holiday, m.Jobs, m.Flash, m.Wander, m.Noise, m.Counts, m.Requests(), m.Cost, m.Load(),
	} {
		line = append(line, ',')
		line = strconv.AppendFloat(line, v, 'f', -1, 64)
	}
	if m.Dropped {
		line = append(line, ",1,"...)
	} else {
		line = append(line, ",0,"...)
	}
	line = strconv.AppendInt(line, int64(m.Late/time.Second), 10)
	return append(line, '\n')
}
