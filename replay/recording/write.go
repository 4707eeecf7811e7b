package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// silence is how long the server may send nothing before a snapshot counts as
// broken off. The server itself gives up on us after five seconds.
const silence = 30 * time.Second

// Source is the stream to record.
type Source struct {
	// JetStream gives the connection, and the domain or API prefix where the
	// stream is not reached under the usual one.
	JetStream jetstream.JetStream
	Stream    string
}

// Written says what Write recorded.
type Written struct {
	Info
	Messages uint64 // in the recording, counted
	Bytes    int64  // of the archive on disk, compressed
}

// Absent returns how many messages the stream had when recording began that
// were rolled up, expired or were deleted before the server got to them. With
// zero the recording is the stream as it was at that moment.
func (w Written) Absent() uint64 {
	return w.State.Msgs - min(w.State.Msgs, w.Messages)
}

// Write records a stream into dir, which is made if missing and must not hold
// a recording. The server, 2.15 or newer, sends a snapshot of the stream; the
// recording is put in place once it has been read back whole. progress, if not
// nil, is called with the compressed bytes so far.
//
// The connection needs the right to publish to $JS.API.STREAM.SNAPSHOT.<stream>
// and $JS.SNAPSHOT.ACK.<stream>.>. A stream that does not exist is
// jetstream.ErrStreamNotFound. After an error dir holds no recording.
func Write(ctx context.Context, src Source, dir string, progress func(bytes int64)) (Written, error) {
	written, err := write(ctx, src, dir, progress)
	if err != nil {
		return Written{}, fmt.Errorf("record stream %s into %s: %w", src.Stream, dir, err)
	}
	return written, nil
}

func write(ctx context.Context, src Source, dir string, progress func(int64)) (Written, error) {
	s, err := newStaging(dir)
	if err != nil {
		return Written{}, err
	}
	defer s.discard()
	m, size, err := receive(ctx, src, s, progress)
	if err != nil {
		return Written{}, err
	}
	if err := s.finishArchive(); err != nil {
		return Written{}, err
	}
	written, err := readBack(s.archivePath())
	if err != nil {
		return Written{}, fmt.Errorf("what the server sent %w", err)
	}
	info, err := m.info()
	if err != nil {
		return Written{}, fmt.Errorf("what the server answered is no use: %w", err)
	}
	info.Taken = written.Taken
	written.Info, written.Bytes = info, size
	return written, s.commit(m)
}

// readBack reads an archive to its end mark.
func readBack(path string) (Written, error) {
	a, err := openArchive(path)
	if err != nil {
		return Written{}, err
	}
	defer a.close()
	written := Written{Info: Info{Taken: a.taken}}
	for {
		_, err := a.next()
		if errors.Is(err, io.EOF) {
			return written, nil
		}
		if err != nil {
			return Written{}, err
		}
		written.Messages++
	}
}

// receive asks for a snapshot, copies it to w and returns its size in bytes.
func receive(ctx context.Context, src Source, w io.Writer, progress func(int64)) (meta, int64, error) {
	nc := src.JetStream.Conn()
	inbox := nc.NewInbox()
	// Subscribed before the request, so that no chunk can come too early.
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return meta{}, 0, err
	}
	defer sub.Unsubscribe()
	m, err := request(ctx, src, inbox)
	if err != nil {
		return meta{}, 0, err
	}
	var total int64
	for {
		chunk, err := nextChunk(ctx, sub)
		if err != nil {
			return meta{}, 0, fmt.Errorf("receive snapshot after %d bytes: %w", total, err)
		}
		if len(chunk.Data) == 0 {
			return m, total, endOf(chunk)
		}
		if _, err := w.Write(chunk.Data); err != nil {
			return meta{}, 0, err
		}
		// Acknowledged when written, so that the server's window of 8 MiB
		// bounds what waits in memory.
		if chunk.Reply != "" {
			if err := chunk.Respond(nil); err != nil {
				return meta{}, 0, fmt.Errorf("acknowledge snapshot after %d bytes: %w", total, err)
			}
		}
		total += int64(len(chunk.Data))
		if progress != nil {
			progress(total)
		}
	}
}

// request starts the snapshot. Consumers are left out: they belong to the
// installation, not to what happened.
func request(ctx context.Context, src Source, inbox string) (meta, error) {
	ctx, cancel := context.WithTimeout(ctx, src.JetStream.Options().DefaultTimeout)
	defer cancel()
	body, err := json.Marshal(struct {
		DeliverSubject string `json:"deliver_subject"`
		NoConsumers    bool   `json:"no_consumers"`
	}{inbox, true})
	if err != nil {
		return meta{}, err
	}
	reply, err := src.JetStream.Conn().RequestWithContext(ctx, apiPrefix(src.JetStream)+"STREAM.SNAPSHOT."+src.Stream, body)
	if errors.Is(err, nats.ErrNoResponders) {
		return meta{}, jetstream.ErrJetStreamNotEnabled
	}
	if err != nil {
		return meta{}, fmt.Errorf("request snapshot: %w", err)
	}
	var answer struct {
		meta
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return meta{}, fmt.Errorf("decode answer to the snapshot request: %w", err)
	}
	if answer.Error != nil {
		return meta{}, answer.Error
	}
	return answer.meta, nil
}

func apiPrefix(js jetstream.JetStream) string {
	opts := js.Options()
	switch {
	case opts.Domain != "":
		return "$JS." + opts.Domain + ".API."
	case opts.APIPrefix != "":
		return opts.APIPrefix + "."
	}
	return jetstream.DefaultAPIPrefix
}

func nextChunk(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	limited, cancel := context.WithTimeoutCause(ctx, silence, fmt.Errorf("nothing came for %v", silence))
	defer cancel()
	chunk, err := sub.NextMsgWithContext(limited)
	if err != nil && limited.Err() != nil {
		return nil, context.Cause(limited)
	}
	return chunk, err
}

// endOf reports how the server ended the snapshot: an empty message without a
// status, or with status 204, for success.
func endOf(last *nats.Msg) error {
	status := last.Header.Get("Status")
	if status == "" || status == "204" {
		return nil
	}
	return fmt.Errorf("server broke the snapshot off: %s %s", status, last.Header.Get("Description"))
}
