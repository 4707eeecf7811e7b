package topology

import (
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// DefaultShortLife is how long forecasts and holds live unless a caller says
// otherwise.
const DefaultShortLife = 7 * 24 * time.Hour

// never is the time to live of what outlasts the stream's MaxAge.
const never = "never"

// Message gives the message that stores an event, or says which field of the
// event breaks a rule. Forecasts and holds live for DefaultShortLife.
func Message(realm string, ev streams.Event) (*nats.Msg, error) {
	return MessageWithLife(realm, ev, DefaultShortLife)
}

// MessageWithLife is Message with a life of its own for forecasts and holds,
// at least a second.
func MessageWithLife(realm string, ev streams.Event, short time.Duration) (*nats.Msg, error) {
	body, err := streams.Encode(ev)
	if err != nil {
		return nil, err
	}
	msg := &nats.Msg{Subject: streams.EventSubject(realm, ev), Header: nats.Header{}, Data: body}
	if ttl := timeToLive(ev, short); ttl != "" {
		msg.Header.Set(jetstream.MsgTTLHeader, ttl)
	}
	return msg, nil
}

// Latest gives a message that replaces all others of its subject and lives for
// ever: a state or a checkpoint.
func Latest(subject string, body []byte) *nats.Msg {
	return &nats.Msg{
		Subject: subject,
		Header: nats.Header{
			jetstream.MsgRollup:    {jetstream.MsgRollupSubject},
			jetstream.MsgTTLHeader: {never},
		},
		Data: body,
	}
}

// timeToLive is empty for what lives as long as the stream's MaxAge.
func timeToLive(ev streams.Event, short time.Duration) string {
	switch e := ev.(type) {
	case streams.Control:
		return never
	case streams.Forecast:
		return short.String()
	case streams.Decision:
		if e.Verdict == streams.Hold {
			return short.String()
		}
	}
	return ""
}
