//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// storeLock keeps other servers off a store directory for as long as this
// process lives or until it is released. nats-server itself has no such lock,
// and opens the streams before it finds its port taken.
type storeLock struct {
	file *os.File
}

func lockStore(dir string) (*storeLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("lock store directory %s: %w", dir, ErrInUse)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &storeLock{file: file}, nil
}

// release gives the directory free. The file stays: removing it would let two
// servers lock two files of the same name.
func (l *storeLock) release() error {
	return l.file.Close()
}
