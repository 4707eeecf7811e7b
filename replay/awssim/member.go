package awssim

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// members writes what is set of a structure of the SDK: the names of its fields
// are those of AWS's elements.
func (d *document) members(of any) { d.fields(reflect.Indirect(reflect.ValueOf(of))) }

func (d *document) fields(v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if empty := v.Field(i).Kind() == reflect.String && v.Field(i).Len() == 0; field.IsExported() && !empty {
			d.field(field.Name, v.Field(i))
		}
	}
}

// field writes a value; nothing of one that is not set. It panics at what no
// structure of Auto Scaling has.
func (d *document) field(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			d.field(name, v.Elem())
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		d.within(name, func() {
			for i := range v.Len() {
				d.field("member", v.Index(i))
			}
		})
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			d.instant(name, at)
			return
		}
		d.within(name, func() { d.fields(v) })
	case reflect.Bool:
		d.flag(name, v.Bool())
	case reflect.Int32:
		d.number(name, int(v.Int()))
	case reflect.Float64:
		d.text(name, strconv.FormatFloat(v.Float(), 'f', -1, 64))
	case reflect.String:
		d.text(name, v.String())
	default:
		panic(fmt.Sprintf("awssim: write %s of %s", name, v.Type()))
	}
}

// membersOf gives what is set of a structure of the SDK, by the names of its
// fields, for CBOR.
func membersOf(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || v.Field(i).IsZero() {
			continue
		}
		out[field.Name] = plainOf(v.Field(i))
	}
	return out
}

// plainOf gives a value that is set as CBOR encodes it.
func plainOf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return plainOf(v.Elem())
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plainOf(v.Index(i))
		}
		return out
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return at
		}
		return membersOf(v)
	}
	return v.Interface()
}
