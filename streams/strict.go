package streams

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"
)

// strict reads one JSON object into a zero struct; its error names the field by
// its path. Beyond encoding/json it wants every key spelled exactly and given
// once, no null, and every field whose tag has no omitempty or omitzero. An empty list or
// map is read as the zero value, so that equal bodies are equal values.
func strict(body []byte, into any) *FieldError {
	if !utf8.Valid(body) {
		return &FieldError{"body", "is not UTF-8"}
	}
	r := reader{rest: body}
	err := r.value(reflect.ValueOf(into).Elem())
	if r.peek(); err == nil && len(r.rest) > 0 {
		err = &FieldError{Cause: "has more than one JSON value"}
	}
	if err != nil && err.Field == "" {
		err.Field = "body"
	}
	return err
}

// reader walks a body along the type that it is read into; encoding/json reads
// the leaves. The field of its errors is relative to the value that it reads,
// empty for that value itself.
type reader struct{ rest []byte }

func (r *reader) value(v reflect.Value) *FieldError {
	switch t := v.Type(); {
	case isTime(t), isNumbers(t):
		return r.leaf(v)
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		return r.value(v.Elem())
	case t.Kind() == reflect.Struct:
		return r.object(v)
	case t.Kind() == reflect.Map:
		return r.dictionary(v)
	case t.Kind() == reflect.Slice:
		return r.list(v)
	}
	return r.leaf(v)
}

func (r *reader) object(v reflect.Value) *FieldError {
	fields := shapes[v.Type()]
	var given uint64 // a bit a field
	err := r.members(func(key string) *FieldError {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		switch {
		case i < 0:
			return &FieldError{Cause: "is no field of this body"}
		case given&(1<<i) != 0:
			return &FieldError{Cause: "is given twice"}
		}
		given |= 1 << i
		return r.value(v.FieldByIndex(fields[i].index))
	})
	if err != nil {
		return err
	}
	for i, f := range fields {
		if f.required && given&(1<<i) == 0 {
			return &FieldError{f.name, "is missing"}
		}
	}
	return nil
}

func (r *reader) dictionary(v reflect.Value) *FieldError {
	return r.members(func(key string) *FieldError {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		if v.MapIndex(reflect.ValueOf(key)).IsValid() {
			return &FieldError{Cause: "is given twice"}
		}
		element := reflect.New(v.Type().Elem()).Elem()
		if err := r.value(element); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key), element)
		return nil
	})
}

// members calls read at the value of every member of a JSON object.
func (r *reader) members(read func(key string) *FieldError) *FieldError {
	if !r.take('{') {
		return r.unwanted("an object")
	}
	for last, first := "", true; !r.take('}'); first = false {
		if !first && !r.take(',') {
			return r.unwanted("a comma or } after it").under(last)
		}
		key, ok := r.key()
		if !ok {
			return r.unwanted("a quoted key and a colon").under(last)
		}
		if err := read(key); err != nil {
			return err.under(key)
		}
		last = key
	}
	return nil
}

// key reads a key and its colon.
func (r *reader) key() (string, bool) {
	if r.peek() != '"' {
		return "", false
	}
	text := r.cut()
	if !r.take(':') {
		return "", false
	}
	if bare(text) {
		return string(text[1 : len(text)-1]), true
	}
	var key string
	err := json.Unmarshal(text, &key)
	return key, err == nil
}

func (r *reader) list(v reflect.Value) *FieldError {
	if !r.take('[') {
		return r.unwanted("a list")
	}
	for i := 0; !r.take(']'); i++ {
		if i > 0 && !r.take(',') {
			return r.unwanted("a comma or ] after it").under(fmt.Sprintf("[%d]", i-1))
		}
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		if err := r.value(v.Index(i)); err != nil {
			return err.under(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

// leaf reads what has no fields of its own; a list of numbers is one.
func (r *reader) leaf(v reflect.Value) *FieldError {
	before := *r
	text := r.cut()
	if v.Kind() == reflect.String && bare(text) {
		v.SetString(string(text[1 : len(text)-1]))
		return nil
	}
	null := bytes.Equal(text, []byte("null")) || isNumbers(v.Type()) && bytes.Contains(text, []byte("null"))
	if null || json.Unmarshal(text, v.Addr().Interface()) != nil {
		return before.unwanted(wanted(v.Type()))
	}
	if isNumbers(v.Type()) && v.Len() == 0 {
		v.SetZero()
	}
	return nil
}

// peek gives the next byte that is no space, 0 at the end.
func (r *reader) peek() byte {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if len(r.rest) == 0 {
		return 0
	}
	return r.rest[0]
}

func (r *reader) take(b byte) bool {
	if r.peek() != b {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// cut takes the text of a string, a list of numbers or a literal. It need not
// be well-formed.
func (r *reader) cut() []byte {
	var end int
	switch r.peek() {
	case '"':
		for end = 1; end < len(r.rest) && r.rest[end] != '"'; end++ {
			if r.rest[end] == '\\' {
				end++
			}
		}
		end++
	case '[':
		end = bytes.IndexByte(r.rest, ']') + 1
	default:
		end = bytes.IndexAny(r.rest, ",]} \t\r\n")
		if end < 0 {
			end = len(r.rest)
		}
	}
	end = min(end, len(r.rest))
	text := r.rest[:end]
	r.rest = r.rest[end:]
	return text
}

// bare says whether a text is a string that stands for itself.
func bare(text []byte) bool {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return false
	}
	return bytes.IndexFunc(text, func(c rune) bool { return c == '\\' || c < ' ' }) < 0
}

// unwanted says what stands here instead of what is wanted.
func (r reader) unwanted(want string) *FieldError {
	if r.peek(); len(r.rest) == 0 {
		return &FieldError{Cause: "want " + want + ", got the end of the body"}
	}
	next := r.rest
	if text := r.cut(); len(text) > 0 {
		next = text
	}
	return &FieldError{Cause: fmt.Sprintf("want %s, got %.40s", want, next)}
}

func isTime(t reflect.Type) bool    { return t == reflect.TypeFor[time.Time]() }
func isNumbers(t reflect.Type) bool { return t == reflect.TypeFor[[]float64]() }

func wanted(t reflect.Type) string {
	switch {
	case isTime(t):
		return "an instant such as 2026-01-31T12:00:00Z"
	case t == reflect.TypeFor[Duration]():
		return "a number of seconds, at most 292 years"
	case isNumbers(t):
		return "a list of numbers"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a finite number"
	case reflect.Uint64:
		return "a whole number, not negative"
	}
	return "a whole number"
}
