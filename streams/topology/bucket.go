package topology

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// bucketBytes bounds a realm's bucket: more than a hundred weights.
	bucketBytes = 64 << 20
	// MostWeights bounds one object of the bucket, in bytes.
	MostWeights = 8 << 20
	// carryTimeout bounds how long an object takes to or from the server.
	carryTimeout = 30 * time.Second
)

// Bucket is the object store of a realm's weights. What lies in it is named by its
// SHA-256, so that a name has one content for ever, and is never replaced.
type Bucket struct{ store jetstream.ObjectStore }

// StoredWeights is an object of a bucket.
type StoredWeights struct {
	Sum    string // SHA-256 of its bytes, in lower-case hex
	Bytes  int
	Stored time.Time // by the server's clock
}

// ErrNoWeights says that a bucket has no object of a checksum, or is not there.
var ErrNoWeights = errors.New("no such weights")

// EnsureBucket makes the bucket of a realm where there is none, and opens it where
// it keeps what it is given. Of the options it reads realm, storage and replicas.
// It changes no bucket that stands.
func EnsureBucket(ctx context.Context, js jetstream.JetStream, o Options) (Bucket, error) {
	if err := o.check(); err != nil {
		return Bucket{}, fmt.Errorf("ensure bucket of realm %q: %w", o.Realm, err)
	}
	b, err := OpenBucket(ctx, js, o.Realm)
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return b, err
	}
	making, cancel := context.WithTimeout(ctx, createTimeout)
	defer cancel()
	// Two may make it at once, of the same or of other options.
	if _, err := js.CreateStream(making, o.bucket()); err != nil && !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return Bucket{}, fmt.Errorf("ensure bucket %s: none there, create it: %w", streams.WeightsBucket(o.Realm), err)
	}
	return OpenBucket(ctx, js, o.Realm)
}

// bucket is the whole of what makes the bucket: the stream of an object store
// (ADR-20 of NATS), but without direct gets. Their answer is the bare message,
// on a subject that whoever asks names, so that who may put weights could have the
// server publish a decision.
func (o Options) bucket() jetstream.StreamConfig {
	name := streams.WeightsBucket(o.Realm)
	return jetstream.StreamConfig{
		Name:        "OBJ_" + name,
		Description: "weights of realm " + o.Realm + ", by their SHA-256",
		Subjects:    []string{"$O." + name + ".C.>", "$O." + name + ".M.>"},
		MaxBytes:    bucketBytes,
		Storage:     o.storage(),
		Replicas:    cmp.Or(o.Replicas, 1),
		Discard:     jetstream.DiscardNew,
		AllowRollup: true,
	}
}

// OpenBucket opens the bucket of a realm. The error is jetstream.ErrBucketNotFound
// and ErrNoWeights where there is none, and a *MismatchError where it does not
// keep what it is given.
func OpenBucket(ctx context.Context, js jetstream.JetStream, realm string) (Bucket, error) {
	name := streams.WeightsBucket(realm)
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	store, err := js.ObjectStore(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return Bucket{}, fmt.Errorf("%w: open bucket %s: %w", ErrNoWeights, name, err)
	}
	if err != nil {
		return Bucket{}, fmt.Errorf("open bucket %s: %w", name, err)
	}
	status, err := store.Status(ctx)
	if err != nil {
		return Bucket{}, fmt.Errorf("look up bucket %s: %w", name, err)
	}
	if status.TTL() != 0 {
		return Bucket{}, fmt.Errorf("open bucket %s: %w", name, &MismatchError{"max_age", status.TTL().String(), "0s"})
	}
	return Bucket{store}, nil
}

// Put stores bytes under their checksum, which it gives. What is there already
// is left as it is.
func (b Bucket) Put(ctx context.Context, body []byte) (sum string, err error) {
	sum = sumOf(body)
	if len(body) == 0 || len(body) > MostWeights {
		return sum, fmt.Errorf("put weights: want 1 to %d bytes, got %d", MostWeights, len(body))
	}
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	if _, err := b.store.GetInfo(ctx, sum); err == nil {
		return sum, nil
	}
	if _, err := b.store.Put(ctx, jetstream.ObjectMeta{Name: sum}, bytes.NewReader(body)); err != nil {
		return sum, fmt.Errorf("put weights %s: %w", sum, err)
	}
	return sum, nil
}

// Get gives the bytes of a checksum, and an error rather than other bytes.
func (b Bucket) Get(ctx context.Context, sum string) ([]byte, error) {
	if !streams.IsChecksum(sum) {
		return nil, fmt.Errorf("get weights: want 64 lower-case hexadecimal digits, got %.80q", sum)
	}
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	info, err := b.store.GetInfo(ctx, sum)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, fmt.Errorf("get weights %s: %w", sum, ErrNoWeights)
	}
	if err == nil && info.Size > MostWeights {
		return nil, fmt.Errorf("get weights %s: want at most %d bytes, got %d", sum, MostWeights, info.Size)
	}
	var body []byte
	if err == nil {
		body, err = b.store.GetBytes(ctx, sum)
	}
	if err != nil {
		return nil, fmt.Errorf("get weights %s: %w", sum, err)
	}
	if got := sumOf(body); got != sum {
		return nil, fmt.Errorf("get weights %s: what lies there has the checksum %s", sum, got)
	}
	return body, nil
}

// List gives what lies in the bucket, the newest first.
func (b Bucket) List(ctx context.Context) ([]StoredWeights, error) {
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	infos, err := b.store.List(ctx)
	if err != nil && !errors.Is(err, jetstream.ErrNoObjectsFound) {
		return nil, fmt.Errorf("list weights: %w", err)
	}
	var all []StoredWeights
	for _, info := range infos {
		if streams.IsChecksum(info.Name) {
			all = append(all, StoredWeights{Sum: info.Name, Bytes: int(info.Size), Stored: info.ModTime})
		}
	}
	slices.SortFunc(all, func(a, b StoredWeights) int {
		return cmp.Or(b.Stored.Compare(a.Stored), strings.Compare(a.Sum, b.Sum))
	})
	return all, nil
}

func sumOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
