package trace

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Write encodes the trace as the CSV that Read decodes. A missing bin is a
// missing line; a value is written with the fewest digits that read back as
// the same number.
func (t Trace) Write(w io.Writer) error {
	text := []byte(header + "\n")
	for i, v := range t.Values {
		if t.Missing(i) {
			continue
		}
		text = t.At(i).UTC().AppendFormat(text, time.RFC3339)
		text = append(text, ',')
		text = strconv.AppendFloat(text, v, 'f', -1, 64)
		text = append(text, '\n')
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}
