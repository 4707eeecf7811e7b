package plan_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// fields are the words and options of a line; the first fault is kept.
type fields struct {
	words   []string
	options map[string]string
	err     error
}

func newFields(line string) fields {
	f := fields{options: map[string]string{}}
	for _, w := range strings.Fields(line) {
		if k, v, ok := strings.Cut(w, "="); ok {
			f.options[k] = v
			continue
		}
		f.words = append(f.words, w)
	}
	return f
}

func (f *fields) word(i int) string {
	if i >= len(f.words) {
		f.err = fmt.Errorf("word %d is missing", i)
		return ""
	}
	return f.words[i]
}

func (f *fields) optional(i int) string {
	if i >= len(f.words) {
		return ""
	}
	return f.words[i]
}

func (f *fields) number(i int) int { return f.parse(f.word(i)) }

func (f *fields) int(key string, otherwise int) int {
	if text, ok := f.options[key]; ok {
		return f.parse(text)
	}
	return otherwise
}

func (f *fields) parse(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		f.err = err
	}
	return n
}

func (f *fields) text(key, otherwise string) string {
	if text, ok := f.options[key]; ok {
		return text
	}
	return otherwise
}

func (f *fields) list(key string) []string {
	if text, ok := f.options[key]; ok {
		return strings.Split(text, ",")
	}
	return nil
}

// instant reads 12:01 or 12:01:30, on the day of the transcripts.
func (f *fields) instant(text string) time.Time {
	if strings.Count(text, ":") == 1 {
		text += ":00"
	}
	t, err := time.Parse(time.DateTime, noon.Format(time.DateOnly)+" "+text)
	if err != nil {
		f.err = err
	}
	return t
}
