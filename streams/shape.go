package streams

import (
	"fmt"
	"reflect"
	"strings"
)

// field is a member of a JSON object and where a struct keeps it.
type field struct {
	name     string
	index    []int
	required bool
}

// shapes has the fields of every struct that is read strictly.
//
//nolint:gochecknoglobals // a table that nothing writes; making it anew doubles the cost of a decode
var shapes = shapesOf(
	reflect.TypeFor[envelope[Metric]](), reflect.TypeFor[envelope[Group]](), reflect.TypeFor[envelope[Control]](),
	reflect.TypeFor[envelope[Forecast]](), reflect.TypeFor[envelope[Decision]](), reflect.TypeFor[envelope[Outcome]](),
	reflect.TypeFor[PredictionRequest](), reflect.TypeFor[Checkpoint](),
)

// maxFields is how many fields a struct may have: strict keeps a bit for each.
const maxFields = 64

// shapesOf lists the fields of the structs, and of those that they hold.
func shapesOf(types ...reflect.Type) map[reflect.Type][]field {
	table := make(map[reflect.Type][]field)
	for len(types) > 0 {
		t := types[len(types)-1]
		types = types[:len(types)-1]
		switch {
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
			types = append(types, t.Elem())
		case t.Kind() == reflect.Struct && !isTime(t) && table[t] == nil:
			if table[t] = fieldsOf(t); len(table[t]) > maxFields {
				panic(fmt.Sprintf("streams: %v has more than %d fields", t, maxFields))
			}
			for _, f := range table[t] {
				types = append(types, t.FieldByIndex(f.index).Type)
			}
		}
	}
	return table
}

// fieldsOf lists the fields of a struct in order. Those of a struct without a
// JSON name of its own stand beside them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" {
			fields = append(fields, field{name, f.Index, option != "omitempty" && option != "omitzero"})
			continue
		}
		for _, in := range fieldsOf(f.Type) {
			fields = append(fields, field{in.name, append([]int{i}, in.index...), in.required})
		}
	}
	return fields
}
