package sqlite

import "time"

// Observe has observe told how long each operation of the store takes, waits
// included. It is called from any goroutine and must not wait.
func (s *Store) Observe(observe func(operation string, took time.Duration)) {
	s.observer.Store(&observe)
}

// timed begins an operation; what it gives ends it.
func (s *Store) timed(operation string) func() {
	observe := s.observer.Load()
	if observe == nil {
		return func() {}
	}
	began := time.Now()
	return func() { (*observe)(operation, time.Since(began)) }
}
