package topology

import (
	"cmp"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// DefaultMaxAge is how long events live unless Options say otherwise.
const DefaultMaxAge = 21 * 24 * time.Hour

// LayoutVersion is the version of subjects, headers and checkpoints. A stream
// of another version is refused.
const LayoutVersion = 1

const (
	partitionsKey = "autoscaling_partitions"
	layoutKey     = "autoscaling_layout"
)

// Storage is where the messages of a stream lie.
type Storage string

// The storages.
const (
	File   Storage = "file"
	Memory Storage = "memory"
)

// Options name a stream and what is free to choose about it. A zero field
// takes its default when the stream is made, and whatever stands when it is
// there already, so that one process can choose for all.
type Options struct {
	// Realm names the timeline.
	Realm string
	// Storage is File by default.
	Storage Storage
	// Replicas is how many servers hold the stream; 1 by default.
	Replicas int
	// MaxBytes is the size at which the stream refuses new messages;
	// unlimited by default.
	MaxBytes int64
	// MaxAge is how long events live; DefaultMaxAge by default.
	MaxAge time.Duration
	// Wait lets Ensure go on trying until the stream stands and the server
	// answers, instead of returning an error that may pass. For processes
	// that may not create streams, or start before the server.
	Wait bool
	// Log receives what Ensure waits for, whenever that changes.
	Log zerolog.Logger
}

// config is the whole of what makes the stream.
func (o Options) config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               streams.StreamName(o.Realm),
		Description:        "timeline of realm " + o.Realm,
		Subjects:           subjects(o.Realm),
		Retention:          jetstream.LimitsPolicy,
		MaxConsumers:       -1,
		MaxMsgs:            -1,
		MaxBytes:           cmp.Or(o.MaxBytes, -1),
		Discard:            jetstream.DiscardNew,
		MaxAge:             cmp.Or(o.MaxAge, DefaultMaxAge),
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         -1,
		Storage:            o.storage(),
		Replicas:           cmp.Or(o.Replicas, 1),
		Duplicates:         100 * time.Millisecond, // the least that a server takes; 0 is two minutes
		AllowRollup:        true,
		AllowMsgTTL:        true,
		AllowAtomicPublish: true,
		Metadata: map[string]string{
			partitionsKey: strconv.Itoa(streams.Partitions),
			layoutKey:     strconv.Itoa(LayoutVersion),
		},
	}
}

func (o Options) storage() jetstream.StorageType {
	if o.Storage == Memory {
		return jetstream.MemoryStorage
	}
	return jetstream.FileStorage
}

// subjects binds a realm kind by kind.
func subjects(realm string) []string {
	var bound []string
	for _, kind := range streams.EventKinds {
		bound = append(bound, streams.KindFilter(realm, kind))
	}
	return append(bound, streams.KindFilter(realm, streams.KindState), streams.KindFilter(realm, streams.KindCheckpoint))
}
