package blob

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// lasting makes the names in folders survive a power cut. Writers that come while
// folders are being synced share the next round: each folder is synced once for
// all of them.
type lasting struct {
	dir  string                    // the folders are this one and those below it
	sync func(folder string) error // of one folder

	turn chan struct{} // has room for the one round that runs

	mu   sync.Mutex
	next *round // that has not begun, nil if nobody waits for one
}

// round is one sync of some folders. A name that was there before the round
// began is lasting when it is done.
type round struct {
	folders map[string]bool
	done    chan struct{}
	faults  map[string]error // by folder; to be read when it is done
}

func newLasting(dir string) *lasting {
	return &lasting{dir: dir, sync: syncFolder, turn: make(chan struct{}, 1)}
}

// settle makes the names of key's file and folders lasting.
func (l *lasting) settle(key string) error {
	folders := l.folders(key)
	r, first := l.join(folders)
	if first {
		l.run(r)
	}
	<-r.done
	var all error
	for _, folder := range folders {
		all = errors.Join(all, r.faults[folder])
	}
	return all
}

// folders are those that key's name is in, the lowest first.
func (l *lasting) folders(key string) []string {
	var all []string
	for folder := filepath.Dir(filepath.Join(l.dir, filepath.FromSlash(key))); ; folder = filepath.Dir(folder) {
		all = append(all, folder)
		if len(folder) <= len(l.dir) {
			return all
		}
	}
}

// join adds folders to the round that comes next, and reports whether it has to
// be run by the caller.
func (l *lasting) join(folders []string) (r *round, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first = l.next == nil; first {
		l.next = &round{folders: map[string]bool{}, done: make(chan struct{}), faults: map[string]error{}}
	}
	for _, folder := range folders {
		l.next.folders[folder] = true
	}
	return l.next, first
}

// run runs r when the round before it is done.
func (l *lasting) run(r *round) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	l.mu.Lock()
	l.next = nil // whoever comes from here on may have named a file too late for r
	l.mu.Unlock()
	defer close(r.done)
	for _, folder := range slices.Sorted(maps.Keys(r.folders)) {
		if err := l.sync(folder); err != nil {
			r.faults[folder] = err
		}
	}
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
