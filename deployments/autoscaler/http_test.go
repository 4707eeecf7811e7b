package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestHealthReadyMetrics(t *testing.T) {
	var notReady error
	handler := strict(newMux(func() error { return notReady }, newRegistry()))
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
	} {
		notReady = tc.notReady
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, tc.path, nil))
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.body) {
			t.Errorf("%s: %d %s, want %d and %s", tc.path, w.Code, w.Body, tc.code, tc.body)
		}
	}
}

// TestWhatIsNotServed holds that what no handler takes is refused in JSON, with
// the methods that there are.
func TestPortIsTaken(t *testing.T) {
	first, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	address := first.Addr().String()
	if _, err := listen(address); err == nil || !strings.HasPrefix(err.Error(), "listen on "+address+": address already in use: 'ss -ltnp' names the process") {
		t.Errorf("want to be told what to do, got %v", err)
	}
}

func TestWhatIsNotServed(t *testing.T) {
	mux := newMux(func() error { return nil }, newRegistry())
	mux.HandleFunc("POST /predict/{model}", func(http.ResponseWriter, *http.Request) {})
	handler := strict(mux)
	for _, tc := range []struct {
		method, path string
		code         int
		allow, field string
	}{
		{"GET", "/predict/naive", 405, "POST", "method"},
		{"HEAD", "/predict/naive", 405, "POST", "method"},
		{"DELETE", "/predict/naive", 405, "POST", "method"},
		{"OPTIONS", "/predict/naive", 204, "POST", ""},
		{"POST", "/predict/naive", 200, "", ""},
		{"POST", "/predict/", 404, "", "path"},
		{"POST", "/predict", 404, "", "path"},
		{"POST", "/predict/naive/6", 404, "", "path"},
		{"GET", "/", 404, "", "path"},
		{"GET", "/" + strings.Repeat("x", 9999), 404, "", "path"},
		{"POST", "/health", 405, "GET, HEAD", "method"},
		{"HEAD", "/health", 200, "", ""},
		{"OPTIONS", "/health", 204, "GET, HEAD", ""},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(tc.method, tc.path, nil))
		if w.Code != tc.code || w.Header().Get("Allow") != tc.allow {
			t.Errorf("%s %.40s: want %d and %q, got %d and %q", tc.method, tc.path, tc.code, tc.allow, w.Code, w.Header().Get("Allow"))
		}
		if tc.field == "" {
			continue
		}
		var got streams.PredictionError
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Code != tc.code || got.Field != tc.field || len(w.Body.String()) > 200 {
			t.Errorf("%s %.40s: got %s (%v)", tc.method, tc.path, w.Body, err)
		}
	}
}

// TestSlowClientIsNoFailure ends a server while a request hangs.
func TestSlowClientIsNoFailure(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	taken := make(chan struct{})
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(taken)
		<-r.Context().Done() // the client never reads
	})
	server := newServer(handler, zerolog.Nop())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- serveOn(ctx, server, listener, time.Millisecond) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-taken
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
