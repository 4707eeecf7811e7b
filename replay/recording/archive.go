package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats-server/v2/server/archive"
	"github.com/nats-io/nats.go/jetstream"
)

// errOldFormat tells those with an older server what they need.
var errOldFormat = errors.New("is not a backup of NATS server 2.15 or newer (NATSARC1); record the stream again from such a server")

// archiveReader reads the entries of an archive file one by one.
type archiveReader struct {
	file    *os.File
	source  *faultKeeper
	entries *archive.Reader

	taken time.Time
	last  uint64 // sequence of the last good message, or the one before the first
	any   bool   // whether there was a message
}

// openArchive reads everything before the first message. Its errors do not
// name the file.
func openArchive(path string) (*archiveReader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	source := &faultKeeper{r: s2.NewReader(bufio.NewReaderSize(file, 1<<20))}
	a := &archiveReader{file: file, source: source, entries: archive.NewReader(source)}
	if err := a.readHead(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func (a *archiveReader) close() error {
	return a.file.Close()
}

// readHead reads the state of the stream and skips its consumers.
func (a *archiveReader) readHead() error {
	head, err := a.entries.Next()
	switch {
	case errors.Is(err, io.EOF) && a.source.n == 0 && a.source.fault == nil:
		return errors.New("is empty")
	case errors.Is(err, archive.ErrInvalidArchive) && a.source.fault == nil && a.source.n >= len(archive.MagicBytes):
		return errOldFormat
	case err != nil:
		return fmt.Errorf("is damaged at its beginning: %w", a.cause(err))
	case head.Name != stateEntry:
		return fmt.Errorf("is damaged: begins with %q instead of %s", head.Name, stateEntry)
	}
	var state jetstream.StreamState
	if err := json.NewDecoder(a.entries).Decode(&state); err != nil {
		return fmt.Errorf("is damaged at %s: %w", stateEntry, a.cause(err))
	}
	a.taken = time.Unix(0, head.Timestamp).UTC()
	if state.FirstSeq > 0 {
		a.last = state.FirstSeq - 1
	}
	for range state.Consumers {
		entry, err := a.entries.Next()
		if err != nil {
			return fmt.Errorf("is damaged among its consumers: %w", a.cause(err))
		}
		if !strings.HasPrefix(entry.Name, consumerPrefix) {
			return fmt.Errorf("is damaged: found %q instead of a consumer", entry.Name)
		}
	}
	return nil
}

// next returns the next message, or io.EOF after the end mark.
func (a *archiveReader) next() (Message, error) {
	entry, err := a.entries.Next()
	if errors.Is(err, io.EOF) && a.source.fault == nil {
		return Message{}, fmt.Errorf("is cut short: ends %s without an end mark", a.position())
	}
	if err != nil {
		return Message{}, fmt.Errorf("is damaged %s: %w", a.position(), a.cause(err))
	}
	if *entry == (archive.Header{}) {
		return Message{}, io.EOF
	}
	if entry.Sequence <= a.last {
		return Message{}, fmt.Errorf("is damaged %s: sequence %d of subject %q is out of order", a.position(), entry.Sequence, entry.Name)
	}
	msg, err := a.message(entry)
	if err != nil {
		return Message{}, fmt.Errorf("is damaged %s: sequence %d: %w", a.position(), entry.Sequence, err)
	}
	a.last, a.any = entry.Sequence, true
	return msg, nil
}

func (a *archiveReader) message(entry *archive.Header) (Message, error) {
	if entry.HeaderSize > maxMessage || entry.PayloadSize > maxMessage-entry.HeaderSize {
		return Message{}, fmt.Errorf("claims a header of %d bytes and a payload of %d", entry.HeaderSize, entry.PayloadSize)
	}
	body := make([]byte, entry.HeaderSize+entry.PayloadSize)
	if _, err := io.ReadFull(a.entries, body); err != nil {
		return Message{}, a.cause(err)
	}
	header, err := decodeHeader(body[:entry.HeaderSize])
	if err != nil {
		return Message{}, fmt.Errorf("decode header: %w", err)
	}
	return Message{
		Subject:  entry.Name,
		Sequence: entry.Sequence,
		Time:     time.Unix(0, entry.Timestamp).UTC(),
		Header:   header,
		Data:     body[entry.HeaderSize:],
	}, nil
}

// position says how far the archive was good.
func (a *archiveReader) position() string {
	if !a.any {
		return "before its first message"
	}
	return fmt.Sprintf("after sequence %d", a.last)
}

// cause prefers what the decompression found wrong to the archive's verdict,
// which is the same for all damage.
func (a *archiveReader) cause(err error) error {
	if a.source.fault != nil {
		return a.source.fault
	}
	return err
}

// faultKeeper remembers the first error of r other than its regular end, and
// counts the bytes.
type faultKeeper struct {
	r     io.Reader
	n     int
	fault error
}

func (k *faultKeeper) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	k.n += n
	if err != nil && err != io.EOF && k.fault == nil {
		k.fault = err
	}
	return n, err
}
