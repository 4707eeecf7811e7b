package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ml-autoscaling/autoscaler/forecaster"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// newMux makes a mux that answers /health (the process is there), /ready (it
// does its work; else 503 and why not) and /metrics (Prometheus).
func newMux(ready func() error, metrics prometheus.Gatherer) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			answer(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "error": err.Error()})
			return
		}
		answer(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	return mux
}

// strict answers what a mux has no handler for in JSON too, and OPTIONS of what
// it has.
func strict(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		code := codeOf(mux, w.Header(), r)
		allow := w.Header().Get("Allow")
		switch {
		case code == http.StatusMethodNotAllowed && r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusNoContent)
		case code == http.StatusMethodNotAllowed:
			forecaster.Refuse(w, &streams.PredictionError{Code: code, Field: "method",
				Message: fmt.Sprintf("want %s, got %s", allow, streams.Excerpt(r.Method))})
		default:
			forecaster.Refuse(w, &streams.PredictionError{Code: http.StatusNotFound, Field: "path",
				Message: fmt.Sprintf("nothing is at %q", streams.Excerpt(r.URL.Path))})
		}
	})
}

// codeOf gives the code with which a mux refuses a request, and sets the methods
// that it allows.
func codeOf(mux *http.ServeMux, header http.Header, r *http.Request) int {
	d := &discarded{header: make(http.Header)}
	mux.ServeHTTP(d, r)
	if allow := d.header.Values("Allow"); len(allow) > 0 {
		header["Allow"] = allow
	}
	return d.code
}

// discarded is a response that nobody gets.
type discarded struct {
	header http.Header
	code   int
}

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(b []byte) (int, error) { return len(b), nil }
func (d *discarded) WriteHeader(code int)        { d.code = code }

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client is gone where this fails.
	_ = json.NewEncoder(w).Encode(body)
}
