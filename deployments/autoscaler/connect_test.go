package main

import (
	"testing"

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
