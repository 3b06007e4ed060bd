package blob

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// One round runs, and those who come meanwhile share the next: it does not count
// for them that a sync was under way when they named their files.
func TestSettleSharesTheNextRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var synced []string
		release := make(chan struct{})
		l := newLasting("/blobs")
		l.sync = func(folder string) error {
			<-release
			synced = append(synced, filepath.ToSlash(folder))
			return nil
		}
		var writers sync.WaitGroup
		settle := func(key string) {
			writers.Go(func() {
				if err := l.settle(key); err != nil {
					t.Error(err)
				}
			})
		}
		settle("bundles/sha256/a")
		synctest.Wait() // its round has begun
		settle("bundles/sha256/b")
		settle("bundles/sha256/c")
		settle("results/d")
		synctest.Wait()
		close(release)
		writers.Wait()
		first := []string{"/blobs", "/blobs/bundles", "/blobs/bundles/sha256"}
		want := slices.Concat(first, first, []string{"/blobs/results"})
		if !slices.Equal(synced, want) {
			t.Errorf("synced %q, want %q", synced, want)
		}
	})
}

func TestSettleTellsEachWriterItsOwnFault(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		l := newLasting("/blobs")
		l.sync = func(folder string) error {
			<-release
			if filepath.Base(folder) == "bad" {
				return broken
			}
			return nil
		}
		answers := map[string]error{}
		var mu sync.Mutex
		var writers sync.WaitGroup
		for i, key := range []string{"first/a", "bad/b", "good/c"} {
			writers.Go(func() {
				err := l.settle(key)
				mu.Lock()
				defer mu.Unlock()
				answers[key] = err
			})
			if i == 0 {
				synctest.Wait() // the others share the round after
			}
		}
		synctest.Wait()
		close(release)
		writers.Wait()
		if answers["first/a"] != nil || !errors.Is(answers["bad/b"], broken) || answers["good/c"] != nil {
			t.Errorf("answers: %v", answers)
		}
	})
}
