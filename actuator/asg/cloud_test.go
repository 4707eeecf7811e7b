package asg_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// cloud is what a test has in place of AWS: it keeps what it is asked and gives
// one answer.
type cloud struct {
	status int    // 200 where 0
	result string // within the result of the action, where the status is 200
	body   string // otherwise

	mu    sync.Mutex
	forms []url.Values
}

func (c *cloud) config(t *testing.T) aws.Config {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return config(server.URL)
}

// config has credentials that nobody checks and does not pause before it
// repeats a request.
func config(endpoint string) aws.Config {
	return aws.Config{
		Region:       "eu-west-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = 5
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		panic(err)
	}
	c.forms = append(c.forms, form)
	w.Header().Set("X-Amzn-Requestid", fmt.Sprintf("request-%d", len(c.forms)))
	if c.status != 0 {
		w.WriteHeader(c.status)
		fmt.Fprint(w, c.body)
		return
	}
	action := form.Get("Action")
	fmt.Fprintf(w, "<%sResponse><%sResult>%s</%sResult></%sResponse>", action, action, c.result, action, action)
}

// refuse makes the body of an error.
func refuse(code, message string) string {
	return fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
}
