// Package drawing has what pictures on a page of ours are made of, paths of
// inline SVG and axes with round numbers, and writes the page: the head, style
// and script that all pages share around what is a page's own.
//
// What it guarantees: a path has whole numbers only, relative where that is
// shorter; a value outside of a picture is drawn at its edge, and one that is
// NaN is not drawn; equal values give equal bytes.
//
// Pictures are Grid units high and stretched to their place by the page, so
// that strokes keep their width and labels are text of the page. What is drawn
// has no colours of its own: those are classes of the style.
//
// The package is pure.
package drawing
