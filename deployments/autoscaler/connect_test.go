package main

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
)

func TestPrecedenceOfConnection(t *testing.T) {
	for name, tc := range map[string]struct {
		flags connectFlags
		env   map[string]string
		file  config.NATS
		want  target
	}{
		"nothing":              {want: target{}},
		"file":                 {file: config.NATS{URL: "file", Creds: "fc"}, want: target{url: "file", creds: "fc"}},
		"environment":          {env: map[string]string{"NATS_URL": "env"}, file: config.NATS{URL: "file"}, want: target{url: "env"}},
		"flag":                 {flags: connectFlags{NatsURL: "flag"}, env: map[string]string{"NATS_URL": "env"}, want: target{url: "flag"}},
		"flag over context":    {flags: connectFlags{NatsURL: "flag"}, env: map[string]string{"NATS_CONTEXT": "ctx"}, want: target{url: "flag"}},
		"context within level": {env: map[string]string{"NATS_URL": "env", "NATS_CONTEXT": "ctx"}, want: target{context: "ctx"}},
		"credentials apart":    {flags: connectFlags{NatsURL: "flag"}, env: map[string]string{"NATS_CREDS": "ec"}, want: target{url: "flag", creds: "ec"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.flags.resolve(func(key string) string { return tc.env[key] }, tc.file)
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestConnectErrorsHoldNoPassword(t *testing.T) {
	for given, want := range map[string]string{
		"nats://127.0.0.1:4222":                              "nats://127.0.0.1:4222",
		"nats://me:secret@one:4222, nats://me:secret@two:42": "nats://me:xxxxx@one:4222,nats://me:xxxxx@two:42",
		"me:secret@one:4222":                                 "one:4222",
		"nats://me:sec%ret@one:4222":                         "one:4222",
	} {
		if got := redacted(given); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
	_, err := target{url: "nats://me:secret@127.0.0.1:1"}.connect("test", zerolog.Nop())
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("want an error without the password, got %v", err)
	}
}

// What a nats context says of the inbox goes before what a verb would choose.
func TestInboxIsTheContextsFirst(t *testing.T) {
	for _, tc := range []struct{ given, want string }{{"", "_INBOX_ingest"}, {"_mine", "_mine"}} {
		o := nats.Options{InboxPrefix: tc.given}
		if err := inbox("ingest")(&o); err != nil || o.InboxPrefix != tc.want {
			t.Errorf("%q: got %q (%v), want %q", tc.given, o.InboxPrefix, err, tc.want)
		}
	}
}
