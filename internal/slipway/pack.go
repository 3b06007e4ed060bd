package slipway

import (
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
)

// workflowsPerChunk is how many workflows a chunk has at most on average. A
// decision that moves one encodes so many, and not all of the environment.
const workflowsPerChunk = 32

// packing is a state's parts, each compressed by itself, together with what each
// was made from. Nothing of it ever changes, so states share it: one that
// follows another makes anew only the parts in which the two differ.
//
// Nobody has to say what changed. A part is taken over if what it was made from
// is what the state has now, and that is compared. Comparing is quick, because
// what a workflow's state points to is replaced and never changed in place: two
// are equal if they point to the same.
type packing struct {
	frame  frame
	chunks []chunk // a power of two; of a workflow's id follows its chunk
}

// frame is the part of a state that is of no workflow.
type frame struct {
	AutoLiveOff bool               `json:"autoLiveOff,omitempty"`
	Freeze      *Freeze            `json:"freeze,omitempty"`
	Rejected    map[Code]Rejection `json:"rejected,omitempty"`

	data []byte
}

// chunk is the part that has the workflows of one hash.
type chunk struct {
	workflows map[string]WorkflowState
	data      []byte
}

// chunksFor is the number of chunks of a state with n workflows.
func chunksFor(n, perChunk int) int {
	chunks := 1
	for chunks*perChunk < n {
		chunks *= 2
	}
	return chunks
}

// chunkOf is the number of the chunk of a workflow, of n.
func chunkOf(id string, n int) int { return int(crc32.ChecksumIEEE([]byte(id))) & (n - 1) }

// pack gives the state's parts. It takes over those of its packing before that
// still hold, and that packing itself where all do.
func (s State) pack(perChunk int) (*packing, error) {
	before := s.packed
	if before == nil {
		before = &packing{}
	}
	n := chunksFor(len(s.Workflows), perChunk)
	stale := before.stale(s, n)
	sameFrame := before.frame.holds(s)
	if len(stale) == 0 && sameFrame {
		return before, nil
	}
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("compress state: %w", err)
	}
	p := &packing{frame: before.frame, chunks: make([]chunk, n)}
	if !sameFrame {
		p.frame = frame{AutoLiveOff: s.AutoLiveOff, Freeze: s.Freeze, Rejected: maps.Clone(s.Rejected)}
		if p.frame.data, err = deflate(w, p.frame); err != nil {
			return nil, err
		}
	}
	if len(before.chunks) == n {
		copy(p.chunks, before.chunks)
	}
	err = p.fill(w, s, stale)
	return p, err
}

// holds reports whether f was made from what s has.
func (f frame) holds(s State) bool {
	return f.data != nil && f.AutoLiveOff == s.AutoLiveOff && f.Freeze == s.Freeze && maps.Equal(f.Rejected, s.Rejected)
}

// stale has the numbers of the chunks, of n, that were not made from what s has.
func (p *packing) stale(s State, n int) map[int]bool {
	stale := map[int]bool{}
	if len(p.chunks) != n {
		for i := range n {
			stale[i] = true
		}
		return stale
	}
	counts := make([]int, n)
	for id, w := range s.Workflows {
		i := chunkOf(id, n)
		counts[i]++
		if was, there := p.chunks[i].workflows[id]; !there || was != w {
			stale[i] = true
		}
	}
	for i, count := range counts {
		if count != len(p.chunks[i].workflows) {
			stale[i] = true
		}
	}
	return stale
}

// fill makes these chunks from s.
func (p *packing) fill(w *flate.Writer, s State, numbers map[int]bool) (err error) {
	for i := range numbers {
		p.chunks[i] = chunk{workflows: map[string]WorkflowState{}}
	}
	for id, workflow := range s.Workflows {
		if i := chunkOf(id, len(p.chunks)); numbers[i] {
			p.chunks[i].workflows[id] = workflow
		}
	}
	for i := range numbers {
		c := &p.chunks[i]
		if c.data, err = deflate(w, c.workflows); err != nil {
			return err
		}
	}
	return nil
}

var errPacking = errors.New("the parts of a state are not those that packing makes")

// workflows gives those of all chunks. It refuses one that is not where it
// belongs.
func (p *packing) workflows() (map[string]WorkflowState, error) {
	n := len(p.chunks)
	if n == 0 || n&(n-1) != 0 {
		return nil, errPacking
	}
	all := map[string]WorkflowState{}
	for i, c := range p.chunks {
		for id, w := range c.workflows {
			if chunkOf(id, n) != i {
				return nil, errPacking
			}
			all[id] = w
		}
	}
	return all, nil
}
