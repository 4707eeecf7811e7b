// Package examples holds the files that the binary carries: the annotated
// sample configuration, and the recorded traffic that the demo plays.
package examples

import _ "embed"

// Config is autoscaler.yaml: every key with its meaning and its default.
//
//go:embed autoscaler.yaml
var Config []byte

// Trace is nasa_http_5min.csv: requests per 5 minutes to NASA's web server in
// the first 14 days of July 1995. Source and licence: SOURCES.md.
//
//go:embed nasa_http_5min.csv
var Trace []byte
