package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats-server/v2/server/archive"
	"github.com/nats-io/nats.go/jetstream"
)

// Writer makes a recording out of given messages, for instance a copy of
// another recording in which one message differs. It is for one goroutine.
type Writer struct {
	staging *staging
	config  jetstream.StreamConfig
	state   jetstream.StreamState
	packed  *s2.Writer
	entries *archive.Writer
	closed  bool
	err     error // the first failure, which Close returns too
}

// Create begins a recording in dir, which is made if missing and must not hold
// one. cfg is the configuration with which the recording is restored. The
// directory holds a recording only after Close.
func Create(dir string, cfg jetstream.StreamConfig) (*Writer, error) {
	if cfg.Name == "" {
		return nil, fmt.Errorf("create recording %s: config names no stream", dir)
	}
	s, err := newStaging(dir)
	if err != nil {
		return nil, fmt.Errorf("create recording %s: %w", dir, err)
	}
	// One at a time, so that no goroutine outlives a Writer that is dropped.
	packed := s2.NewWriter(s, s2.WriterConcurrency(1))
	return &Writer{staging: s, config: cfg, packed: packed, entries: archive.NewWriter(packed)}, nil
}

// Append adds a message. Its Sequence must be above that of the one before it;
// gaps stay gaps. A message that is refused leaves the Writer unusable.
func (w *Writer) Append(msg Message) error {
	if w.err == nil {
		w.err = w.append(msg)
	}
	return w.err
}

func (w *Writer) append(msg Message) error {
	header := encodeHeader(msg.Header)
	switch {
	case w.closed:
		return w.fault(msg, errors.New("recording is closed"))
	case msg.Subject == "":
		return w.fault(msg, errors.New("message has no subject"))
	case msg.Sequence <= w.state.LastSeq:
		return w.fault(msg, fmt.Errorf("sequence must be above %d", w.state.LastSeq))
	case len(header)+len(msg.Data) > maxMessage:
		return w.fault(msg, fmt.Errorf("message of %d bytes is too large", len(header)+len(msg.Data)))
	}
	if w.state.Msgs == 0 {
		if err := w.begin(msg.Sequence); err != nil {
			return w.fault(msg, err)
		}
		w.state.FirstTime = msg.Time
	}
	entry := archive.Header{
		Name:        msg.Subject,
		HeaderSize:  int64(len(header)),
		PayloadSize: int64(len(msg.Data)),
		Timestamp:   msg.Time.UnixNano(),
		Sequence:    msg.Sequence,
	}
	if err := w.write(entry, header, msg.Data); err != nil {
		return w.fault(msg, err)
	}
	w.state.Msgs++
	w.state.LastSeq, w.state.LastTime = msg.Sequence, msg.Time
	return nil
}

func (w *Writer) fault(msg Message, err error) error {
	return fmt.Errorf("append sequence %d to recording %s: %w", msg.Sequence, w.staging.dir, err)
}

// begin writes the state with which the server starts to restore. How many
// messages follow is not known yet: the server takes the state of an empty
// stream whose next sequence is first, and counts for itself.
func (w *Writer) begin(first uint64) error {
	w.state.FirstSeq = first
	data, err := json.Marshal(jetstream.StreamState{FirstSeq: first, LastSeq: first - 1})
	if err != nil {
		return err
	}
	return w.write(archive.Header{
		Name:        stateEntry,
		PayloadSize: int64(len(data)),
		Timestamp:   time.Now().UnixNano(),
	}, data)
}

func (w *Writer) write(entry archive.Header, parts ...[]byte) error {
	if err := w.entries.WriteHeader(&entry); err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := w.entries.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// Close finishes the recording and puts it in place. After a failed Append, or
// when it fails itself, the directory holds no recording. Only the first call
// does anything.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	defer w.staging.discard()
	if w.err == nil {
		if err := w.finish(); err != nil {
			w.err = fmt.Errorf("close recording %s: %w", w.staging.dir, err)
		}
	}
	return w.err
}

func (w *Writer) finish() error {
	if w.state.Msgs == 0 {
		if err := w.begin(1); err != nil {
			return err
		}
	}
	// The end mark is an entry in which everything is zero.
	if err := w.write(archive.Header{}); err != nil {
		return err
	}
	if err := errors.Join(w.entries.Close(), w.packed.Close()); err != nil {
		return err
	}
	if err := w.staging.finishArchive(); err != nil {
		return err
	}
	config, err := json.Marshal(w.config)
	if err != nil {
		return err
	}
	state, err := json.Marshal(w.state)
	if err != nil {
		return err
	}
	return w.staging.commit(meta{Config: config, State: state})
}
