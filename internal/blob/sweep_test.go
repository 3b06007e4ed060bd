package blob_test

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// copiesOf lists what is stored of kind "bundle", page by page of one.
func copiesOf(t *testing.T, b *blob.Blobs) (all []control.Stored) {
	t.Helper()
	for after := ""; ; {
		list, err := b.Stored(t.Context(), "bundle", after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return all
		}
		all = append(all, list...)
		after = list[0].Name
	}
}

func mark(t *testing.T, b *blob.Blobs, name string, at time.Time) {
	t.Helper()
	if err := b.Mark(t.Context(), name, at); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, b *blob.Blobs, name string) {
	t.Helper()
	if err := b.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}

func TestStored(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	if list, err := b.Stored(t.Context(), "bundle", "", 10); err != nil || len(list) != 0 {
		t.Errorf("in an empty folder: %v (%v)", list, err)
	}
	putContent(t, b, []byte("hello"))
	putContent(t, b, []byte("other"))
	if err := os.WriteFile(fileOf(dir, "bundle", helloDigest)+".17fabc.tmp", []byte("hel"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := copiesOf(t, b)
	if len(all) != 2 || all[0].Digest != helloDigest || all[0].Size != 5 || all[0].MarkedAt != nil || time.Since(all[0].At) > time.Minute {
		t.Fatalf("%+v", all)
	}
	at := time.Date(2026, 3, 1, 2, 3, 4, 5, time.UTC)
	mark(t, b, all[0].Name, at)
	if got := copiesOf(t, b); len(got) != 2 || got[0].MarkedAt == nil || !got[0].MarkedAt.Equal(at) || got[1].MarkedAt != nil {
		t.Errorf("after a mark: %+v", got)
	}
	wantContent(t, b, helloDigest, []byte("hello")) // until it goes
	if err := b.Put(t.Context(), "results/sync_1/1/0.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	list, err := b.Stored(t.Context(), "results", "", 10)
	if err != nil || len(list) != 1 || list[0].Name != "results/sync_1/1/0.json" || list[0].Digest != "" {
		t.Errorf("named: %+v (%v)", list, err)
	}
	_, err = b.Stored(t.Context(), "../x", "", 10)
	wantFault(t, err, fault.Invalid, "bad-blob-name")
	wantFault(t, b.Delete(t.Context(), "../x"), fault.Invalid, "bad-blob-name")
	wantFault(t, b.Mark(t.Context(), "../x", at), fault.Invalid, "bad-blob-name")
}

// TestMarkedIsPutAgain follows one content through both places and back.
func TestMarkedIsPutAgain(t *testing.T) {
	b := open(t, t.TempDir())
	data := []byte("hello")
	putContent(t, b, data)
	first := copiesOf(t, b)[0].Name
	mark(t, b, first, time.Now())
	putContent(t, b, data)
	all := copiesOf(t, b)
	if len(all) != 2 || all[1].Digest != helloDigest || all[1].MarkedAt != nil || all[0].MarkedAt == nil {
		t.Fatalf("not beside the marked copy: %+v", all)
	}
	second := all[1].Name
	remove(t, b, first)
	remove(t, b, first) // an answer was lost
	wantContent(t, b, helloDigest, data)
	putContent(t, b, data)
	if all := copiesOf(t, b); len(all) != 1 || all[0].Name != second {
		t.Errorf("a copy was written though one is there: %+v", all)
	}
	mark(t, b, second, time.Now())
	putContent(t, b, data)
	remove(t, b, second)
	wantContent(t, b, helloDigest, data)
	mark(t, b, first, time.Now())
	mark(t, b, second, time.Now())
	_, err := b.PutContent(t.Context(), "bundle", data)
	wantFault(t, err, fault.Unavailable, "blobs-leaving")
}

// TestADamagedMark counts as one.
func TestADamagedMark(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	putContent(t, b, []byte("hello"))
	name := copiesOf(t, b)[0].Name
	mark(t, b, name, time.Unix(0, 0))
	if err := os.WriteFile(dir+"/marks/"+name, []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	if at := copiesOf(t, b)[0].MarkedAt; at == nil || time.Since(*at) > time.Minute {
		t.Errorf("marked at %v", at)
	}
}

// TestPutAgainstDelete lets writers put content while a pruner, with a handle of
// its own, deletes the copy that it marked before: whatever a writer was told is
// stored can be read from then on.
func TestPutAgainstDelete(t *testing.T) {
	dir := t.TempDir()
	pruner := open(t, dir)
	writers := []*blob.Blobs{open(t, dir), open(t, dir)}
	beside := 0
	for round := range 200 {
		data := fmt.Appendf(nil, "content %d", round)
		digest := putContent(t, pruner, data)
		name := fmt.Sprintf("bundle/sha256/%s", digest[7:])
		mark(t, pruner, name, time.Now())
		var wg sync.WaitGroup
		start := make(chan struct{})
		wg.Go(func() {
			<-start
			if err := pruner.Delete(t.Context(), name); err != nil {
				t.Error(err)
			}
		})
		for _, w := range writers {
			wg.Go(func() {
				<-start
				if _, err := w.PutContent(t.Context(), "bundle", data); err != nil {
					t.Error(err)
				}
				got, err := w.Content(t.Context(), "bundle", digest)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("round %d: %q (%v)", round, got, err)
				}
			})
		}
		close(start)
		wg.Wait()
		wantContent(t, writers[0], digest, data)
		if _, err := os.Stat(dir + "/" + name + "-again"); err == nil {
			beside++
		}
	}
	t.Logf("%d of 200 were written beside the marked copy", beside)
}

// TestStoredBesideWriters lists again and again while others write and delete:
// files come and go under the listing, and it never fails.
func TestStoredBesideWriters(t *testing.T) {
	dir := t.TempDir()
	lister, writer := open(t, dir), open(t, dir)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				name := fmt.Sprintf("bundle/%d/%d", i, n%8)
				if err := writer.Put(t.Context(), name, []byte("x")); err != nil {
					t.Error(err)
				}
				if err := writer.Delete(t.Context(), name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 300 {
		if _, err := lister.Stored(t.Context(), "bundle", "", 100); err != nil {
			t.Errorf("list: %v", err)
			break
		}
	}
	close(stop)
	wg.Wait()
}
