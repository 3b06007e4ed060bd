package slipway

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/slipway-dev/slipway/internal/fault"
)

// checkEncoding holds a state that was made from another to what it would be
// without that past: the same bytes, that decode to it. It packs in chunks of
// one workflow too, where before is the packing of the state before.
func checkEncoding(t interface{ Fatalf(string, ...any) }, s State, before *packing) *packing {
	fresh, one := s, s
	fresh.packed, one.packed = nil, before
	data, err := s.Encode()
	alone, aloneErr := fresh.Encode()
	if err != nil || aloneErr != nil || !bytes.Equal(data, alone) {
		t.Fatalf("%v, %v: the stored form of %+v depends on what was packed before", err, aloneErr, s)
	}
	if p, err := s.pack(workflowsPerChunk); err != nil || p.size() != len(data) {
		t.Fatalf("its size is said to be %d (%v), and is %d", p.size(), err, len(data))
	}
	decoded, err := DecodeState(data)
	if diff := cmp.Diff(s, decoded, stateOptions()...); err != nil || diff != "" {
		t.Fatalf("it decodes to another (%v, -want +got):\n%s", err, diff)
	}
	if again, err := decoded.Encode(); err != nil || !bytes.Equal(again, data) {
		t.Fatalf("what was decoded has another stored form (%v)", err)
	}
	after, err := one.pack(1)
	whole, wholeErr := fresh.pack(1)
	if err != nil || wholeErr != nil {
		t.Fatalf("pack: %v, %v", err, wholeErr)
	}
	if !slices.EqualFunc(after.chunks, whole.chunks, sameChunk) || !bytes.Equal(after.frame.data, whole.frame.data) {
		t.Fatalf("the parts of %+v depend on what was packed before", s)
	}
	return after
}

func sameChunk(a, b chunk) bool { return bytes.Equal(a.data, b.data) }

func stateOptions() []cmp.Option {
	return []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(State{})}
}

// large is a state of n workflows, each live.
func large(n int) State {
	s := State{Workflows: map[string]WorkflowState{}}
	for i := range n {
		id := fmt.Sprint("workflow-", i)
		o := Offered{
			Deployment: "dep_" + RowID(id)[4:30], Sequence: 1, Digest: "sha256:" + RowID("a", id)[4:] + RowID("b", id)[4:],
			Trigger: "on:" + id, Code: Code(RowID("code", id)[4:28]), Commit: "0123456789012345678901234567890123456789", WasLive: true,
		}
		s.Workflows[id] = WorkflowState{EverLive: true, Offered: &o, Live: &Live{
			Deployment: o.Deployment, Sequence: 1, Digest: o.Digest, Trigger: o.Trigger, Code: o.Code, Commit: o.Commit,
			Since: newLedger().clock, Actor: LocalActor("ana"), Release: int64(1 + i/MaxFirstMarks),
		}}
	}
	return s
}

// TestEncodeOneMove: a move of one workflow makes one chunk anew.
func TestEncodeOneMove(t *testing.T) {
	s := large(500)
	before, err := s.pack(workflowsPerChunk)
	if err != nil {
		t.Fatal(err)
	}
	next := s.clone()
	next.packed = before
	w := next.Workflows["workflow-7"]
	w.Hold = &Hold{Actor: LocalActor("ana"), Cause: CauseHold}
	next.Workflows["workflow-7"] = w
	after, err := next.pack(workflowsPerChunk)
	if err != nil {
		t.Fatal(err)
	}
	for i := range after.chunks {
		same := &after.chunks[i].data[0] == &before.chunks[i].data[0]
		if moved := i == chunkOf("workflow-7", len(after.chunks)); same == moved {
			t.Errorf("chunk %d: moved %v, taken over %v", i, moved, same)
		}
	}
	if len(after.chunks) != 16 || &after.frame.data[0] != &before.frame.data[0] {
		t.Errorf("%d chunks, or a new frame", len(after.chunks))
	}
	checkEncoding(t, next, nil)
}

// TestEncodeAnyChange changes a state in every way that a map allows, whoever
// does it.
func TestEncodeAnyChange(t *testing.T) {
	s := large(100)
	rapid.Check(t, func(rt *rapid.T) {
		was := s.clone()
		var err error
		if was.packed, err = was.pack(workflowsPerChunk); err != nil {
			rt.Fatal(err)
		}
		next := was.clone()
		for range rapid.IntRange(0, 4).Draw(rt, "changes") {
			id := rapid.SampledFrom(next.WorkflowIDs()).Draw(rt, "workflow")
			w := next.Workflows[id]
			switch rapid.IntRange(0, 6).Draw(rt, "how") {
			case 0:
				delete(next.Workflows, id)
			case 1:
				w.Live = nil
			case 2:
				o := *w.Offered
				o.Sequence++
				w.Offered = &o
			case 3:
				w.Deleted = !w.Deleted
			case 4:
				next.AutoLiveOff = !next.AutoLiveOff
			case 5:
				next.Rejected[Code(id)] = Rejection{Workflow: id, At: time.Unix(1, 0).UTC()}
			case 6:
				for i := range 40 {
					next.Workflows[fmt.Sprint("new", i)] = w
				}
			}
			if _, there := next.Workflows[id]; there {
				next.Workflows[id] = w
			}
		}
		checkEncoding(rt, next, nil)
		checkEncoding(rt, was, nil)
	})
}

// flat is the stored form of states before they had parts.
func flat(t *testing.T, s State) []byte {
	t.Helper()
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := deflate(w, s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEncodeSize: parts take little more room than the whole did.
func TestEncodeSize(t *testing.T) {
	s := large(MaxWorkflows)
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	before := len(flat(t, s))
	t.Logf("%d bytes in parts, %d as one", len(data), before)
	if len(data) > before*11/10 {
		t.Errorf("%d bytes, %d before there were parts", len(data), before)
	}
}

func TestDecodeBefore(t *testing.T) {
	for _, n := range []int{0, 1, 40} {
		want := large(n)
		got, err := DecodeState(flat(t, want))
		if diff := cmp.Diff(want, got, stateOptions()...); err != nil || diff != "" {
			t.Errorf("%d workflows (%v):\n%s", n, err, diff)
		}
		checkEncoding(t, got, nil)
	}
}

// TestEncodeIsNoDeflate: who knows only the form of before refuses this one at
// its first byte.
func TestEncodeIsNoDeflate(t *testing.T) {
	data, err := large(3).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if data[0]>>1&3 != 3 {
		t.Errorf("it begins with %08b, as a deflate stream may", data[0])
	}
	if _, err := io.ReadAll(flate.NewReader(bytes.NewReader(data))); err == nil {
		t.Error("it is read as a deflate stream")
	}
}

// TestDecodeDamaged cuts, changes and mixes what is stored: it is read as what it
// was or refused.
func TestDecodeDamaged(t *testing.T) {
	s := large(70)
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.pack(workflowsPerChunk)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{"": nil, "header": []byte(stateHeader), "a long part": append([]byte(stateHeader), binary.AppendUvarint(nil, 1<<63)...)}
	for cut := 0; cut < len(data); cut += 1 + cut/10 {
		bad[fmt.Sprint("cut at ", cut)] = data[:cut]
	}
	parts := func(chunks ...chunk) []byte {
		data := appendPart([]byte(stateHeader), p.frame.data)
		for _, c := range chunks {
			data = appendPart(data, c.data)
		}
		return data
	}
	bad["no chunk"], bad["three chunks"] = parts(), parts(p.chunks[:3]...)
	bad["exchanged"] = parts(p.chunks[1], p.chunks[0], p.chunks[2], p.chunks[3])
	bad["twice"] = parts(append(slices.Clone(p.chunks), p.chunks...)...)
	for name, data := range bad {
		if _, err := DecodeState(data); !fault.Is(err, fault.Internal) || fault.CodeOf(err) != "bad-state" {
			t.Errorf("%s: %v", name, err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		other := bytes.Clone(data)
		other[random.IntN(len(other))] ^= byte(1 << random.IntN(8))
		if _, err := DecodeState(other); err != nil && fault.CodeOf(err) != "bad-state" {
			t.Errorf("%v", err)
		}
	}
}
