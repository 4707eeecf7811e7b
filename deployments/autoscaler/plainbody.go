package main

import (
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// plainBody hides from net/http that the body of a request can write itself.
// smithy-go closes the body as soon as the answer begins, and a closed body
// writes io.EOF (smithy-go 1.28.8, safeWriteToReadCloser), at which net/http
// cuts the connection in the middle of the answer. A server on loopback answers
// soon enough for that: of 10,000 calls a few were cut, and repeated after a
// pause of seconds.
type plainBody struct{ aws.HTTPClient }

// withPlainBodies gives the configuration with such a client.
func withPlainBodies(cfg aws.Config) aws.Config {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	cfg.HTTPClient = plainBody{cfg.HTTPClient}
	return cfg
}

// Do sends a request.
func (c plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.HTTPClient.Do(r)
}
