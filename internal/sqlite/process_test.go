package sqlite_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// What makes this binary a child, a process that writes to a store, and not a
// run of the tests: the store's path, a name, and how often it writes.
const (
	childPath  = "SLIPWAY_TEST_CHILD_PATH"
	childName  = "SLIPWAY_TEST_CHILD_NAME"
	childTimes = "SLIPWAY_TEST_CHILD_TIMES"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := child(context.Background(), path, os.Getenv(childName)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child appends rows and begins syncs, and says each when it is done.
func child(ctx context.Context, path, name string) error {
	times, err := strconv.Atoi(os.Getenv(childTimes))
	if err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	for i := range times {
		id := fmt.Sprintf("%s_%d", name, i)
		if err := storetest.Contend(ctx, s, "env", id, 1); err != nil {
			return err
		}
		fmt.Println("row", id+"_0")
		if _, err := storetest.Begin(ctx, s, slipway.Sync{ID: id, Environment: "env", Status: slipway.SyncQueued}); err != nil {
			return err
		}
		fmt.Println("sync", id)
	}
	return s.Close()
}

func start(t *testing.T, path, name string, times int) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childPath+"="+path, childName+"="+name, childTimes+"="+strconv.Itoa(times))
	said := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = said, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, said
}

// verify checks that the store has all that its children said they wrote, rows
// and sequences without gaps.
func verify(t *testing.T, s *sqlite.Store, said string) (rows, syncs int) {
	t.Helper()
	ids := storetest.Whole(t, s, "env")
	scanner := bufio.NewScanner(strings.NewReader(said))
	for scanner.Scan() {
		kind, id, done := strings.Cut(scanner.Text(), " ")
		switch {
		case !done:
		case kind == "row" && !slices.Contains(ids, id):
			t.Errorf("row %s is lost", id)
		case kind == "sync":
			sync, err := s.Sync(t.Context(), "env", id)
			if err != nil {
				t.Errorf("sync %s is lost: %v", id, err)
			}
			syncs = max(syncs, int(sync.Sequence))
		}
	}
	return len(ids), syncs
}

// TestProcesses starts processes on a file that is not there yet, and opens it
// again and again while they write.
func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	const processes, times = 4, 50
	var all strings.Builder
	done := make(chan string, processes)
	for i := range processes {
		cmd, said := start(t, path, fmt.Sprint("p", i), times)
		go func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %d: %v", i, err)
			}
			done <- said.String()
		}()
	}
	for left := processes; left > 0; {
		select {
		case said := <-done:
			all.WriteString(said)
			left--
		default:
			s, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Fatalf("open while others write: %v", err)
			}
			if _, err := s.Head(t.Context(), "env"); err != nil {
				t.Errorf("read while others write: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	rows, syncs := verify(t, open(t, path), all.String())
	if rows != processes*times || syncs != processes*times {
		t.Errorf("%d rows and %d syncs, want %d each", rows, syncs, processes*times)
	}
}

// TestKilled kills a writing process again and again: the store opens, whole,
// and has all that the process said it wrote.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	var all strings.Builder
	for i := range 10 {
		cmd, said := start(t, path, fmt.Sprint("k", i), 1_000_000)
		time.Sleep(time.Duration(60+17*i) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Error("the process ended before it was killed")
		}
		all.WriteString(said.String())
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatalf("open after a kill: %v", err)
		}
		verify(t, s, all.String())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Count(all.String(), "row ") == 0 {
		t.Error("no process wrote a row before it was killed")
	}
}
