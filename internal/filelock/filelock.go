package filelock

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Locks are the locks of one folder.
type Locks struct{ dir string }

var _ control.Locks = (*Locks)(nil)

// Open gives the locks of a folder, which it makes if it is not there.
// Unavailable ("locks-unusable").
func Open(dir string) (*Locks, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(err)
	}
	return &Locks{dir: dir}, nil
}

// TryLock implements control.Locks. A name is one word, as ids are: Invalid
// ("bad-lock-name") otherwise; Unavailable ("locks-unusable"). The file stays when
// the lock is released: a file that went could be locked by two, under one name.
func (l *Locks) TryLock(name string) (release func(), ok bool, err error) {
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return nil, false, fault.New(fault.Invalid, "bad-lock-name", "%q cannot name a lock", name)
	}
	lock := flock.New(filepath.Join(l.dir, name+".lock"), flock.SetPermissions(0o600))
	ok, err = lock.TryLock()
	if err != nil {
		return nil, false, unusable(err)
	}
	if !ok {
		return nil, false, nil
	}
	var once sync.Once
	return func() { once.Do(func() { _ = lock.Unlock() }) }, true, nil
}

// Forget implements control.Locks.
func (l *Locks) Forget(name string) { _ = os.Remove(filepath.Join(l.dir, name+".lock")) }

func unusable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "locks-unusable", "the locks in the data folder cannot be used").
		WithHint("look whether the folder can be written to, or name another with --data DIR")
}
