package recording_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats-server/v2/server/archive"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
)

const goodMeta = `{"config":{"name":"TIMELINE"},"state":{"messages":1,"first_seq":1,"last_seq":1}}`

// entry is one entry of an archive that a test makes by hand.
type entry struct {
	archive.Header
	body string
}

var (
	goodState = entry{archive.Header{Name: "state.json", Timestamp: 1}, `{"first_seq":1,"last_seq":2,"messages":2}`}
	endMark   = entry{}
)

func message(seq uint64, header, payload string) entry {
	return entry{archive.Header{
		Name: "event.x", Sequence: seq, Timestamp: 1, HeaderSize: int64(len(header)), PayloadSize: int64(len(payload)),
	}, header + payload}
}

// pack writes entries as the server does, without asking whether they make
// sense.
func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var raw bytes.Buffer
	w := archive.NewWriter(&raw)
	for _, e := range entries {
		if e.HeaderSize+e.PayloadSize == 0 {
			e.PayloadSize = int64(len(e.body))
		}
		if err := w.WriteHeader(&e.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	return compress(t, raw.Bytes())
}

func compress(t testing.TB, data []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := s2.NewWriter(&packed, s2.WriterConcurrency(1))
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// oldBackup is what a server before 2.15 sends, in short.
func oldBackup(t *testing.T) []byte {
	t.Helper()
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	if err := w.WriteHeader(&tar.Header{Name: "meta.inf", Mode: 0o600, Size: 2, ModTime: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return compress(t, raw.Bytes())
}

func place(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readAll returns the messages before the first error, and that error.
func readAll(dir string) ([]recording.Message, error) {
	rec, err := recording.Open(dir)
	if err != nil {
		return nil, err
	}
	var list []recording.Message
	for msg, err := range rec.Messages() {
		if err != nil {
			return list, err
		}
		list = append(list, msg)
	}
	return list, nil
}

func TestFaultsAreNamed(t *testing.T) {
	meta := []byte(goodMeta)
	arc := func(entries ...entry) map[string][]byte {
		return map[string][]byte{"backup.json": meta, "stream.arc.s2": pack(t, entries...)}
	}
	good := message(1, "", "x")
	for name, test := range map[string]struct {
		files map[string][]byte
		want  string
	}{
		"empty directory":   {nil, "stream.arc.s2 is missing: no stream backup of NATS server 2.15 or newer is here"},
		"only description":  {map[string][]byte{"backup.json": meta}, "stream.arc.s2 is missing"},
		"old name":          {map[string][]byte{"backup.json": meta, "stream.tar.s2": oldBackup(t)}, "stream.tar.s2: is not a backup of NATS server 2.15 or newer (NATSARC1)"},
		"old content":       {map[string][]byte{"backup.json": meta, "stream.arc.s2": oldBackup(t)}, "stream.arc.s2: is not a backup of NATS server 2.15 or newer (NATSARC1)"},
		"old and new":       {map[string][]byte{"backup.json": meta, "stream.arc.s2": nil, "stream.tar.s2": nil}, "holds both stream.arc.s2 and stream.tar.s2"},
		"no description":    {map[string][]byte{"stream.arc.s2": pack(t, goodState, good, endMark)}, "backup.json: is missing: the recording was not finished"},
		"empty description": {map[string][]byte{"backup.json": nil, "stream.arc.s2": nil}, "backup.json: is empty: the recording was not finished"},
		"bad description":   {map[string][]byte{"backup.json": []byte("{"), "stream.arc.s2": nil}, "backup.json: unexpected end of JSON input"},
		"null description":  {map[string][]byte{"backup.json": []byte("{}"), "stream.arc.s2": nil}, "backup.json: config or state of the stream is missing"},
		"bad config":        {map[string][]byte{"backup.json": []byte(`{"config":1,"state":{}}`), "stream.arc.s2": nil}, "backup.json: decode config: "},
		"bad state in meta": {map[string][]byte{"backup.json": []byte(`{"config":{"name":"X"},"state":1}`), "stream.arc.s2": nil}, "backup.json: decode state: "},
		"no name":           {map[string][]byte{"backup.json": []byte(`{"config":{},"state":{}}`), "stream.arc.s2": nil}, "backup.json: config names no stream"},
		"empty archive":     {map[string][]byte{"backup.json": meta, "stream.arc.s2": nil}, "stream.arc.s2: is empty"},
		"not compressed":    {map[string][]byte{"backup.json": meta, "stream.arc.s2": []byte("NATSARC1 and so on")}, "stream.arc.s2: is damaged at its beginning: s2: corrupt input"},
		"no state":          {arc(good, endMark), `stream.arc.s2: is damaged: begins with "event.x" instead of state.json`},
		"bad state":         {arc(entry{goodState.Header, "{"}, endMark), "stream.arc.s2: is damaged at state.json: "},
		"no consumer":       {arc(entry{goodState.Header, `{"consumer_count":1}`}, good, endMark), `found "event.x" instead of a consumer`},
		"end in consumers":  {arc(entry{goodState.Header, `{"consumer_count":1}`}), "stream.arc.s2: is damaged among its consumers"},
		"no end mark":       {arc(goodState, good), "stream.arc.s2: is cut short: ends after sequence 1 without an end mark"},
		"nothing but state": {arc(goodState), "stream.arc.s2: is cut short: ends before its first message without an end mark"},
		"order":             {arc(goodState, message(2, "", ""), good, endMark), `is damaged after sequence 2: sequence 1 of subject "event.x" is out of order`},
		"before the first":  {arc(entry{goodState.Header, `{"first_seq":5,"last_seq":9,"messages":1}`}, good, endMark), "is damaged before its first message: sequence 1"},
		"no sequence":       {arc(goodState, message(0, "", "x"), endMark), "sequence 0 of subject"},
		"bad header":        {arc(goodState, good, message(2, "HTTP/1.1\r\n\r\n", "x"), endMark), "is damaged after sequence 1: sequence 2: decode header: "},
		"huge claim":        {arc(goodState, entry{archive.Header{Name: "event.x", Sequence: 1, PayloadSize: 1 << 61}, "x"}), "claims a header of 0 bytes and a payload of 2305843009213693952"},
		"short payload":     {arc(goodState, entry{archive.Header{Name: "event.x", Sequence: 1, PayloadSize: 9}, "x"}), "is damaged before its first message: sequence 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := place(t, test.files)
			_, err := readAll(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error %v, want %q and the directory", err, test.want)
			}
		})
	}
	if _, err := readAll(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one that the directory does not exist", err)
	}
}

func TestEveryCutIsNoticed(t *testing.T) {
	whole := pack(t, goodState, message(1, "NATS/1.0\r\na: b\r\n\r\n", "x"), message(2, "", strings.Repeat("y", 99)), endMark)
	dir := place(t, map[string][]byte{"backup.json": []byte(goodMeta), "stream.arc.s2": whole})
	if list, err := readAll(dir); err != nil || len(list) != 2 {
		t.Fatalf("%d messages, %v; want 2", len(list), err)
	}
	for size := range whole {
		if err := os.WriteFile(filepath.Join(dir, "stream.arc.s2"), whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(dir); err == nil {
			t.Errorf("cut to %d of %d bytes: no error", size, len(whole))
		}
	}
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	whole := pack(t, goodState, message(1, "", "x"), message(2, "", strings.Repeat("y", 99)), endMark)
	dir := place(t, map[string][]byte{"backup.json": []byte(goodMeta)})
	for i := range 8 * len(whole) {
		damaged := bytes.Clone(whole)
		damaged[i/8] ^= 1 << (i % 8)
		if err := os.WriteFile(filepath.Join(dir, "stream.arc.s2"), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(dir); err == nil {
			t.Errorf("bit %d of byte %d: no error", i%8, i/8)
		}
	}
}

func FuzzMessages(f *testing.F) {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(s2.NewReader(bytes.NewReader(pack(f, goodState, message(1, "NATS/1.0\r\na: b\r\n\r\n", "x"), endMark)))); err != nil {
		f.Fatal(err)
	}
	f.Add(raw.Bytes(), true)
	f.Add(pack(f, goodState, message(1, "", "x"), endMark), false)
	f.Fuzz(func(t *testing.T, data []byte, plain bool) {
		if plain {
			data = compress(t, data)
		}
		dir := place(t, map[string][]byte{"backup.json": []byte(goodMeta), "stream.arc.s2": data})
		list, _ := readAll(dir)
		last := uint64(0)
		for _, msg := range list {
			if msg.Sequence <= last {
				t.Fatalf("sequence %d after %d", msg.Sequence, last)
			}
			last = msg.Sequence
		}
	})
}
