//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package embedded

import "os"

// storeLock locks nothing where flock is missing.
type storeLock struct{}

func lockStore(dir string) (*storeLock, error) {
	return &storeLock{}, os.MkdirAll(dir, 0o700)
}

func (*storeLock) release() error {
	return nil
}
