package topology_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// TestBucketKeepsWhatItIsGiven puts an object of several chunks and gets the same
// bytes back, from a bucket that is opened anew.
func TestBucketKeepsWhatItIsGiven(t *testing.T) {
	ctx, js := connect(t)
	if _, err := topology.OpenBucket(ctx, js, "trial"); !errors.Is(err, topology.ErrNoWeights) {
		t.Errorf("without a bucket: %v", err)
	}
	o := topology.Options{Realm: "trial", Storage: topology.Memory}
	b, err := topology.EnsureBucket(ctx, js, o)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte{0, 1, 2, 3, 5}, 100_000)
	want := sha256.Sum256(body)
	for range 2 { // the second time it is there
		if sum, err := b.Put(ctx, body); err != nil || sum != hex.EncodeToString(want[:]) {
			t.Fatalf("put: got %s (%v)", sum, err)
		}
	}
	if b, err = topology.EnsureBucket(ctx, js, o); err != nil {
		t.Fatal(err)
	}
	got, err := b.Get(ctx, hex.EncodeToString(want[:]))
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("got %d bytes (%v)", len(got), err)
	}
	all, err := b.List(ctx)
	if err != nil || len(all) != 1 || all[0].Bytes != len(body) || all[0].Stored.IsZero() {
		t.Errorf("listed %+v (%v)", all, err)
	}
	if _, err := b.Get(ctx, strings.Repeat("0", 64)); !errors.Is(err, topology.ErrNoWeights) {
		t.Errorf("what is not there: %v", err)
	}
	if _, err := b.Get(ctx, "latest"); err == nil {
		t.Error("a name that is no checksum was taken")
	}
	if _, err := b.Put(ctx, nil); err == nil {
		t.Error("no bytes were taken")
	}
}

// TestBucketGivesNoOtherBytes puts bytes under the checksum of others.
func TestBucketGivesNoOtherBytes(t *testing.T) {
	ctx, js := connect(t)
	b, err := topology.EnsureBucket(ctx, js, topology.Options{Realm: streams.Live, Storage: topology.Memory})
	if err != nil {
		t.Fatal(err)
	}
	store, err := js.ObjectStore(ctx, "AUTOSCALING_WEIGHTS")
	if err != nil {
		t.Fatal(err)
	}
	sum := strings.Repeat("a", 64)
	if _, err := store.PutBytes(ctx, sum, []byte("something else")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(ctx, sum); err == nil || !strings.Contains(err.Error(), sum) {
		t.Errorf("got %q (%v)", got, err)
	}
}

// TestBucketThatForgetsIsRefused holds that weights would not outlive its time to
// live.
func TestBucketThatForgetsIsRefused(t *testing.T) {
	ctx, js := connect(t)
	_, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "AUTOSCALING_TRIAL_WEIGHTS", TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	_, err = topology.EnsureBucket(ctx, js, topology.Options{Realm: "trial"})
	var mismatch *topology.MismatchError
	if !errors.As(err, &mismatch) || mismatch.Field != "max_age" {
		t.Errorf("got %v, want a mismatch of max_age", err)
	}
}
