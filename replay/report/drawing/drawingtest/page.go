// Package drawingtest has what holds of every page that package drawing writes.
package drawingtest

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// WellFormed reads a page as XML, which is stricter than what browsers ask for:
// every element is closed, in order, and every attribute quoted. No two elements
// have one id, and no attribute has what is no number or was not safe. The
// script and the style, which are ours, are left out.
func WellFormed(t testing.TB, page string) {
	t.Helper()
	cut := regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>`).ReplaceAllString(page, "")
	d := xml.NewDecoder(strings.NewReader(cut))
	d.Entity = map[string]string{"nbsp": " "}
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			if a.Name.Local == "id" && ids[a.Value] {
				t.Errorf("two elements with the id %s", a.Value)
			}
			if a.Name.Local == "id" {
				ids[a.Value] = true
			}
			if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.Contains(a.Value, "ZgotmplZ") {
				t.Errorf("<%s %s=%.60q>", e.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

// StandsAlone holds that a page is well-formed and fetches nothing.
func StandsAlone(t testing.TB, page string) {
	t.Helper()
	WellFormed(t, page)
	for _, reference := range []string{"http:", "https:", "//cdn", " src=", "@import", "url(", "<link"} {
		if strings.Contains(page, reference) {
			t.Errorf("the page has %q", reference)
		}
	}
}
