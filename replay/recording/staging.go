package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// unfinished ends the names of files that are being written.
const unfinished = ".part"

// staging is a recording in the making. Its files get their names in commit,
// metaFile last: as for the nats command, a directory without it holds nothing
// finished.
type staging struct {
	dir  string
	file *os.File
	buf  *bufio.Writer
}

func newStaging(dir string) (*staging, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for _, name := range []string{metaFile, archiveFile, oldFile} {
		found, err := exists(dir, name)
		if err != nil {
			return nil, err
		}
		if found {
			return nil, fmt.Errorf("directory already holds a %s", name)
		}
	}
	file, err := os.OpenFile(filepath.Join(dir, archiveFile+unfinished), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &staging{dir: dir, file: file, buf: bufio.NewWriterSize(file, 1<<20)}, nil
}

// Write appends to the archive.
func (s *staging) Write(p []byte) (int, error) {
	return s.buf.Write(p)
}

// archivePath is where the archive is until commit.
func (s *staging) archivePath() string {
	return s.file.Name()
}

// finishArchive brings the archive to the disk.
func (s *staging) finishArchive() error {
	if err := s.buf.Flush(); err != nil {
		return err
	}
	return s.file.Sync()
}

// commit turns the files into a recording. The archive must be finished.
func (s *staging) commit(m meta) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, metaFile)
	if err := writeSynced(path+unfinished, data); err != nil {
		return err
	}
	if err := s.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(s.archivePath(), filepath.Join(s.dir, archiveFile)); err != nil {
		return err
	}
	return os.Rename(path+unfinished, path)
}

// discard removes what commit has not made a recording, after a failure that
// the caller reports. What cannot be removed is overwritten by the next try.
func (s *staging) discard() {
	s.file.Close()
	os.Remove(s.archivePath())
	os.Remove(filepath.Join(s.dir, metaFile+unfinished))
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write(data); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
