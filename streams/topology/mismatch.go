package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// leastLevel is the first level of the JetStream API that has everything the
// runner asks for: that of nats-server 2.14.
const leastLevel = 4

// MismatchError says that a stream or a server is not as it has to be. Trying
// again does not help.
type MismatchError struct {
	Field string // as the NATS command line and wire name it
	Found string
	Want  string
}

// Error gives "field: found x, want y".
func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s: found %s, want %s", e.Field, e.Found, e.Want)
}

// checkServer refuses servers that lack a feature, and those whose batches
// mix up the compare-and-swaps of several subjects (nats-server#8376).
func checkServer(level int, version string) error {
	if level < leastLevel {
		return &MismatchError{"server api level", fmt.Sprintf("%d (version %s)", level, version),
			fmt.Sprintf("at least %d (version 2.14.4)", leastLevel)}
	}
	number, _, _ := strings.Cut(version, "-")
	if slices.Contains([]string{"2.14.0", "2.14.1", "2.14.2", "2.14.3"}, number) {
		return &MismatchError{"server version", version, "2.14.4 or later"}
	}
	return nil
}

// compare gives the first field in which a stream differs from the options.
func (o Options) compare(found jetstream.StreamConfig) error {
	want := o.config()
	fields := []struct {
		name        string
		found, want any
	}{
		{"metadata " + partitionsKey, metadata(found, partitionsKey), metadata(want, partitionsKey)},
		{"metadata " + layoutKey, metadata(found, layoutKey), metadata(want, layoutKey)},
		{"subjects", sorted(found.Subjects), sorted(want.Subjects)},
		{"retention", found.Retention, want.Retention},
		{"discard", found.Discard, want.Discard},
		{"max_msgs", unlimited(found.MaxMsgs), unlimited(want.MaxMsgs)},
		{"max_msgs_per_subject", unlimited(found.MaxMsgsPerSubject), unlimited(want.MaxMsgsPerSubject)},
		{"max_msg_size", unlimited(int64(found.MaxMsgSize)), unlimited(int64(want.MaxMsgSize))},
		{"duplicate_window", found.Duplicates, want.Duplicates},
		{"allow_atomic", found.AllowAtomicPublish, want.AllowAtomicPublish},
		{"allow_rollup_hdrs", found.AllowRollup, want.AllowRollup},
		{"allow_msg_ttl", found.AllowMsgTTL, want.AllowMsgTTL},
		{"allow_direct", found.AllowDirect, want.AllowDirect},
		{"allow_msg_counter", found.AllowMsgCounter, want.AllowMsgCounter},
		{"deny_purge", found.DenyPurge, want.DenyPurge},
		{"no_ack", found.NoAck, want.NoAck},
		{"sealed", found.Sealed, want.Sealed},
		{"mirror", found.Mirror != nil, want.Mirror != nil},
		{"sources", len(found.Sources), len(want.Sources)},
		{"subject_transform", found.SubjectTransform != nil, want.SubjectTransform != nil},
		{"storage", found.Storage, either(o.Storage != "", want.Storage, found.Storage)},
		{"num_replicas", found.Replicas, either(o.Replicas != 0, want.Replicas, found.Replicas)},
		{"max_bytes", found.MaxBytes, either(o.MaxBytes != 0, want.MaxBytes, found.MaxBytes)},
		{"max_age", found.MaxAge, either(o.MaxAge != 0, want.MaxAge, found.MaxAge)},
	}
	for _, f := range fields {
		if found, want := fmt.Sprint(f.found), fmt.Sprint(f.want); found != want {
			return &MismatchError{f.name, found, want}
		}
	}
	return nil
}

func metadata(c jetstream.StreamConfig, key string) string {
	if v, ok := c.Metadata[key]; ok {
		return v
	}
	return "nothing"
}

// unlimited gives the two ways to say so one form.
func unlimited(n int64) int64 {
	if n <= 0 {
		return -1
	}
	return n
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func either[T any](chosen bool, want, found T) T {
	if chosen {
		return want
	}
	return found
}
