package main

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// lookout is an HTTP client.
type lookout func(*http.Request) (*http.Response, error)

// Do looks.
func (l lookout) Do(r *http.Request) (*http.Response, error) { return l(r) }

// A body that can write itself is only ever read, and every byte of it.
func TestPlainBody(t *testing.T) {
	var sent []byte
	client := plainBody{lookout(func(r *http.Request) (*http.Response, error) {
		if _, ok := r.Body.(io.WriterTo); ok && r.Body != http.NoBody {
			t.Error("the body can still write itself")
		}
		var err error
		sent, err = io.ReadAll(r.Body)
		return nil, err
	})}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []io.ReadCloser{io.NopCloser(bytes.NewReader([]byte("Action=x"))), http.NoBody, nil} {
		r.Body, sent = body, nil
		if body == nil {
			client.HTTPClient = lookout(func(r *http.Request) (*http.Response, error) {
				if r.Body != nil {
					t.Error("a request without a body has one")
				}
				return nil, nil
			})
		}
		if _, err := client.Do(r); err != nil { //nolint:bodyclose // there is no response
			t.Fatal(err)
		}
		if body != nil && body != http.NoBody && string(sent) != "Action=x" {
			t.Errorf("sent %q", sent)
		}
	}
}
