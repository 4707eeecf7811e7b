package drawing

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

// page.html is what is around the body of every page.
//
//go:embed page.html
var pageHTML string

// style.css has colours for light and for dark, type, and what axes, keys and
// tables look like.
//
//go:embed style.css
var style string

// script.js defines the name drawing.
//
//go:embed script.js
var script string

// Page is what is a page's own. It is part of the program: nothing that came from
// outside may be in it.
type Page struct {
	// HTML defines the template body, and those that it calls.
	HTML string
	// CSS and JS follow what all pages share.
	CSS, JS string
}

// Write writes a page of a title as one HTML file, with what its template makes
// of the data, where texts are escaped.
func (p Page) Write(w io.Writer, title string, body any) error {
	t, err := template.New("page").Parse(pageHTML + p.HTML)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	b := bufio.NewWriter(w)
	err = t.Execute(b, struct {
		Title  string
		Style  template.CSS
		Script template.JS
		Body   any
	}{title, template.CSS(style + p.CSS), template.JS(script + p.JS), body}) //nolint:gosec // constants
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
