package sqlite

import "context"

// CopyTo writes what is committed at one moment into the file at path, in place
// of what is there. Others read and write meanwhile.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	defer s.timed("copy store")()
	return s.translate(ctx, "copy store", s.wait.retry(ctx, func() error { return s.copyTo(ctx, path) }))
}
