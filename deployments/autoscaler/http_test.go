package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthReadyMetrics(t *testing.T) {
	var notReady error
	handler := healthHandler(func() error { return notReady }, newRegistry())
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	for _, tc := range []struct {
		path     string
		notReady error
		code     int
		body     string
	}{
		{"/health", errors.New("recovering"), 200, `{"status":"ok"}`},
		{"/ready", nil, 200, `{"status":"ready"}`},
		{"/ready", errors.New("the store is full"), 503, `"error":"the store is full"`},
		{"/metrics", nil, 200, "go_goroutines"},
		{"/other", nil, 404, ""},
	} {
		notReady = tc.notReady
		if code, body := get(tc.path); code != tc.code || !strings.Contains(body, tc.body) {
			t.Errorf("%s: %d %s, want %d and %s", tc.path, code, body, tc.code, tc.body)
		}
	}
}
