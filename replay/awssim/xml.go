package awssim

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"time"
)

// document is an answer of the query protocol being written.
type document struct{ bytes.Buffer }

func (d *document) open(name string) {
	d.WriteByte('<')
	d.WriteString(name)
	d.WriteByte('>')
}

func (d *document) shut(name string) {
	d.WriteString("</")
	d.WriteString(name)
	d.WriteByte('>')
}

// within writes what is inside of an element.
func (d *document) within(name string, inside func()) {
	d.open(name)
	inside()
	d.shut(name)
}

func (d *document) text(name, value string) {
	d.open(name)
	// A Buffer takes all that it is given.
	_ = xml.EscapeText(&d.Buffer, []byte(value))
	d.shut(name)
}

func (d *document) number(name string, value int) {
	d.open(name)
	d.Write(strconv.AppendInt(d.AvailableBuffer(), int64(value), 10))
	d.shut(name)
}

func (d *document) flag(name string, value bool) {
	d.open(name)
	d.Write(strconv.AppendBool(d.AvailableBuffer(), value))
	d.shut(name)
}

func (d *document) instant(name string, value time.Time) {
	d.open(name)
	d.Write(value.UTC().AppendFormat(d.AvailableBuffer(), time.RFC3339))
	d.shut(name)
}
