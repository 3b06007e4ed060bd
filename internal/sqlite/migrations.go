package sqlite

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migration leads a store to a version. A migration that has been in a release
// never changes, and none takes away what the version before it reads and
// writes: another process may be at work on the file meanwhile.
type migration struct {
	version    int
	statements string
}

// readMigrations reads the folder "migrations" of files, in the order of their
// numbers: 0001-first.sql, 0002-….
func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return nil, badMigration(err, "migrations")
	}
	var list []migration
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "-")
		version, err := strconv.Atoi(number)
		if err != nil || len(number) != 4 || version < 1 || len(list) > 0 && version == list[len(list)-1].version {
			return nil, badMigration(err, name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, badMigration(err, name)
		}
		list = append(list, migration{version, string(text) + fmt.Sprintf("\nPRAGMA user_version = %d;", version)})
	}
	if len(list) == 0 {
		return nil, badMigration(nil, "migrations")
	}
	return list, nil
}

func badMigration(cause error, name string) error {
	return fault.Wrap(cause, fault.Internal, "bad-migration", "%s is no numbered migration", name).
		WithHint("this is a mistake in Slipway; report it with the log of this moment")
}
