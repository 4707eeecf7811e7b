package drawing

import _ "embed"

// Style is the CSS that pages begin with: colours for light and for dark, type,
// and what axes, keys and tables look like.
//
//go:embed style.css
var Style string

// Script is the JavaScript that pages begin with. It defines the name drawing.
//
//go:embed script.js
var Script string
