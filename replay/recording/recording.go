// Package recording writes and reads recorded streams. A recording is a
// directory in the standard backup format of NATS server 2.15 (NATSARC1), the
// one that `nats backup stream NAME DIR` writes, so that `nats backup info`,
// `validate`, `edit` and `restore` work on it. There is no format of our own.
//
//	info, err := recording.Write(ctx, recording.Source{JetStream: js, Stream: "AUTOSCALING"}, dir, nil)
//	...
//	rec, err := recording.Open(dir)
//	for msg, err := range rec.Messages() {
//		...
//	}
//
// What holds:
//
//  1. Messages come in stream order, each with the subject, sequence, time,
//     header and payload with which the server stored it.
//  2. Reading holds one message in memory, whatever the size of the recording,
//     and never panics: what is damaged, cut short or of an older format is an
//     error that names the file and the last good sequence.
//  3. A loop over Messages that ends without an error has seen the whole
//     recording, up to the mark that the server puts at its end.
//  4. A directory holds a whole recording or none: Write and Close put the
//     files in place at the end, after Write has read all of them back.
//  5. A directory that already holds a recording is never written to.
//
// Not to be assumed: that sequences are without gaps (expired, deleted and
// rolled-up messages are missing); that headers keep the order in which they
// were published; that two writers may share a directory; that consumers are
// part of a recording (Write leaves them out, the reader skips those of
// others); that a restored stream has all messages of the recording (the server
// leaves out those whose lifetime is over, the reader here does not). Above
// all, a recording of a stream that is written to meanwhile is not a cut: it ends at the last sequence that
// the stream had when recording began, and a message up to there that is rolled
// up, expires or is deleted before the server gets to it is missing without its
// successor being there. Events are never rolled up and do not suffer from it;
// states and checkpoints do, in a busy stream all of them. Written.Absent tells.
package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The files of a recording, as named by the nats command, and the entries of
// the archive that are not messages, as named by the server.
const (
	archiveFile = "stream.arc.s2"
	metaFile    = "backup.json"
	oldFile     = "stream.tar.s2" // what servers before 2.15 send

	stateEntry     = "state.json"
	consumerPrefix = "consumers/"
)

// Info describes a recording as a whole.
type Info struct {
	// Config is the configuration of the recorded stream: its name, subjects
	// and metadata among the rest.
	Config jetstream.StreamConfig

	// State is that of the stream when recording began. LastSeq is the last
	// sequence that can be in the recording, Msgs an upper bound on its
	// messages. A Writer leaves Bytes and NumSubjects zero.
	State jetstream.StreamState

	// Taken is when recording began, by the server's clock. When the stream
	// was created is not part of the format.
	Taken time.Time
}

// meta is the content of metaFile.
type meta struct {
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// info decodes what callers need to know of m.
func (m meta) info() (Info, error) {
	var info Info
	if len(m.Config) == 0 || len(m.State) == 0 {
		return info, errors.New("config or state of the stream is missing")
	}
	if err := json.Unmarshal(m.Config, &info.Config); err != nil {
		return info, fmt.Errorf("decode config: %w", err)
	}
	if err := json.Unmarshal(m.State, &info.State); err != nil {
		return info, fmt.Errorf("decode state: %w", err)
	}
	if info.Config.Name == "" {
		return info, errors.New("config names no stream")
	}
	return info, nil
}

// Recording is a recording on disk, found complete as far as its files and
// their beginnings show. It holds no file open and may be used by several
// goroutines.
type Recording struct {
	dir  string
	info Info
}

// Open checks that dir holds a recording and reads what describes it. Damage
// further inside shows when Messages gets there.
func Open(dir string) (*Recording, error) {
	rec, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open recording %s: %w", dir, err)
	}
	return rec, nil
}

func open(dir string) (*Recording, error) {
	if err := checkFiles(dir); err != nil {
		return nil, err
	}
	info, err := readMeta(filepath.Join(dir, metaFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metaFile, err)
	}
	a, err := openArchive(filepath.Join(dir, archiveFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archiveFile, err)
	}
	info.Taken = a.taken
	return &Recording{dir: dir, info: info}, a.close()
}

// Info describes the recording.
func (r *Recording) Info() Info {
	return r.info
}

// Messages reads the recording from its beginning, once per loop. An error
// comes with a zero Message and ends the loop; it says what is wrong with
// which file and how far that was good.
func (r *Recording) Messages() iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		a, err := openArchive(filepath.Join(r.dir, archiveFile))
		if err != nil {
			yield(Message{}, r.fault(err))
			return
		}
		defer a.close()
		for {
			msg, err := a.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Message{}, r.fault(err))
				return
			}
			if !yield(msg, nil) {
				return
			}
		}
	}
}

func (r *Recording) fault(err error) error {
	return fmt.Errorf("read recording %s: %s: %w", r.dir, archiveFile, err)
}

// checkFiles says what is wrong with the files of dir by name.
func checkFiles(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	current, err := exists(dir, archiveFile)
	if err != nil {
		return err
	}
	old, err := exists(dir, oldFile)
	if err != nil {
		return err
	}
	switch {
	case current && old:
		return fmt.Errorf("holds both %s and %s: remove the one that does not belong to %s", archiveFile, oldFile, metaFile)
	case old:
		return fmt.Errorf("%s: %w", oldFile, errOldFormat)
	case !current:
		return fmt.Errorf("%s is missing: no stream backup of NATS server 2.15 or newer is here", archiveFile)
	}
	return nil
}

func exists(dir, name string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func readMeta(path string) (Info, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, errors.New("is missing: the recording was not finished")
	}
	if err != nil {
		return Info{}, err
	}
	if len(data) == 0 {
		return Info{}, errors.New("is empty: the recording was not finished")
	}
	var m meta
	if err := json.Unmarshal(data, &m); err != nil {
		return Info{}, err
	}
	return m.info()
}
