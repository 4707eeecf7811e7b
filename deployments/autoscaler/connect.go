package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
	"github.com/synadia-io/orbit.go/natscontext"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
)

// connectFlags are the flags of every verb that talks to a server.
type connectFlags struct {
	NatsURL     string `name:"nats-url" placeholder:"URL" help:"NATS server; before NATS_URL and the configuration."`
	NatsCreds   string `name:"nats-creds" placeholder:"FILE" help:"Credentials file; before NATS_CREDS and the configuration."`
	NatsContext string `name:"nats-context" placeholder:"NAME" help:"A context of the nats CLI; before NATS_CONTEXT and the configuration."`
}

// target is how a server is reached.
type target struct {
	url, creds, context string
}

// resolve picks the first of flags, environment and file that names a server;
// where all are silent, the selected nats context, which may be none.
// Credentials are looked for in the same order.
func (f connectFlags) resolve(env func(string) string, file config.NATS) target {
	levels := []target{
		{f.NatsURL, f.NatsCreds, f.NatsContext},
		{env("NATS_URL"), env("NATS_CREDS"), env("NATS_CONTEXT")},
		{file.URL, file.Creds, file.Context},
	}
	var t target
	for _, l := range levels {
		if t.url == "" && t.context == "" {
			// Within a level the context is the more specific of the two.
			if t.context = l.context; t.context == "" {
				t.url = l.url
			}
		}
		if t.creds == "" {
			t.creds = l.creds
		}
	}
	return t
}

// connection is a connection and how its account reaches JetStream.
type connection struct {
	nc *nats.Conn
	js jetstream.JetStream
}

// connect opens a connection that reconnects for ever and tells the log of
// what goes wrong on it.
func (t target) connect(name string, log zerolog.Logger, more ...nats.Option) (connection, error) {
	opts := append(connectionEvents(log), nats.Name(name), nats.MaxReconnects(-1))
	opts = append(append(opts, more...), inbox("operator"))
	if t.creds != "" {
		opts = append(opts, nats.UserCredentials(t.creds))
	}
	if t.url != "" {
		nc, err := nats.Connect(t.url, opts...)
		if err != nil {
			return connection{}, fmt.Errorf("connect to %s: %w", redacted(t.url), err)
		}
		js, err := jetstream.New(nc)
		return connection{nc, js}, err
	}
	nc, settings, err := natscontext.Connect(t.context, opts...)
	if err != nil && t.context == "" {
		return connection{}, fmt.Errorf("connect to NATS: no server is named (--nats-url, NATS_URL or nats.url), and by the selected nats context, or else at %s: %w", nats.DefaultURL, err)
	}
	if err != nil {
		return connection{}, fmt.Errorf("connect by nats context %q: %w", t.context, err)
	}
	c := connection{nc: nc}
	switch {
	case settings.JSDomain != "":
		c.js, err = jetstream.NewWithDomain(nc, settings.JSDomain)
	case settings.JSAPIPrefix != "":
		c.js, err = jetstream.NewWithAPIPrefix(nc, settings.JSAPIPrefix)
	default:
		c.js, err = jetstream.New(nc)
	}
	return c, err
}

// inbox has replies come where nobody else's do, by who asks, so that a server
// can keep others from reading them. What a nats context says goes first.
func inbox(whose string) nats.Option {
	return func(o *nats.Options) error {
		if o.InboxPrefix == "" {
			o.InboxPrefix = "_INBOX_" + whose
		}
		return nil
	}
}

// redacted gives URLs of servers, of which there may be several, without their
// passwords.
func redacted(urls string) string {
	parts := strings.Split(urls, ",")
	for i, part := range parts {
		if u, err := url.Parse(strings.TrimSpace(part)); err == nil && u.Host != "" {
			parts[i] = u.Redacted()
			continue
		}
		parts[i] = part[strings.LastIndexByte(part, '@')+1:]
	}
	return strings.Join(parts, ",")
}

// connectionEvents log a connection's losses, and errors that have no caller:
// a denied publish shows up here only.
func connectionEvents(log zerolog.Logger) []nats.Option {
	return []nats.Option{
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Error().Err(err).Msg("nats error")
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn().Err(err).Msg("nats disconnected")
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			log.Info().Str("url", nc.ConnectedUrlRedacted()).Msg("nats reconnected")
		}),
	}
}

// loadConfig reads the configuration file; without one, the defaults.
func loadConfig(path string) (config.Config, error) {
	if path == "" {
		return config.Default(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return config.Config{}, fmt.Errorf("open configuration: %w", err)
	}
	defer f.Close()
	return config.Read(f, path)
}
