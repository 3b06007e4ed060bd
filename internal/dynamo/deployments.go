package dynamo

import (
	"context"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// maxLogBeside is the largest packed build log that stands in its deployment's
// item: with it, reading a deployment of a list still costs one read unit.
const maxLogBeside = 2 << 10

// record is a deployment as it is written.
type record struct {
	slipway.Deployment
	doc []byte // without build log and mark
	log []byte // empty where nothing was said
}

func encodeDeployment(d slipway.Deployment) (record, error) {
	r := record{Deployment: d}
	log := d.Diagnostics
	if d.Diagnostics != nil {
		d.Diagnostics = []diagnostic.Diagnostic{}
	}
	d.FirstLive = 0
	var err error
	if r.doc, err = packFit(d); err != nil || len(log) == 0 {
		return r, err
	}
	r.log, err = packLog(log)
	return r, err
}

// packLog cuts a build log that no item holds to its most telling messages.
func packLog(log []diagnostic.Diagnostic) ([]byte, error) {
	data, err := pack(log)
	for n := len(log) / 2; err == nil && len(data) > maxItem; n /= 2 {
		cut, _ := diagnostic.Cut(log, n)
		data, err = pack(cut)
	}
	return data, err
}

// logApart reports whether the build log is an item of its own.
func (r record) logApart() bool { return len(r.log) > maxLogBeside }

// stored is a deployment that was read; apart says that its build log is not
// yet, which stands in another item.
type stored struct {
	slipway.Deployment
	apart bool
}

func decodeDeployment(found item) (stored, error) {
	d := stored{apart: has(found, attrApart)}
	if err := unpack(bytesOf(found, attrDoc), &d.Deployment); err != nil {
		return d, err
	}
	d.FirstLive = numberOf(found, attrMark)
	if log := bytesOf(found, attrLog); log != nil {
		return d, unpack(log, &d.Diagnostics)
	}
	return d, nil
}

// writes puts a deployment that is checked, with its build log.
func (r record) writes() []write {
	attrs := item{attrDoc: bin(r.doc)}
	if r.FirstLive != 0 {
		attrs[attrMark] = num(r.FirstLive)
	}
	var apart []write
	switch {
	case r.logApart():
		attrs[attrApart] = yes()
		apart = append(apart, put(logKey(r.Environment, r.ID), item{attrLog: bin(r.log)}))
	case len(r.log) > 0:
		attrs[attrLog] = bin(r.log)
	}
	return append([]write{put(deploymentKey(r.Environment, r.ID), attrs).when(absent, nil, errChanged)}, apart...)
}

// Deployment implements control.Deployments.
func (s *Store) Deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	d, err := s.deployment(ctx, env, id)
	return d, s.translate(ctx, "read deployment", err)
}

func (s *Store) deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	d, err := s.checked(ctx, env, id)
	if !errors.Is(err, errAbsent) {
		return d, err
	}
	if d, err = s.unchecked(ctx, env, id); !errors.Is(err, errAbsent) {
		return d, err
	}
	// Its sync may have checked it and ended between the two.
	if d, err = s.checked(ctx, env, id); errors.Is(err, errAbsent) {
		err = control.UnknownDeployment(id)
	}
	return d, err
}

// checked reads a deployment that has been checked; errAbsent.
func (s *Store) checked(ctx context.Context, env, id string) (slipway.Deployment, error) {
	found, err := s.get(ctx, deploymentKey(env, id))
	if err != nil {
		return slipway.Deployment{}, err
	}
	d, err := decodeDeployment(found)
	if err == nil && d.apart {
		err = s.readLogs(ctx, []*slipway.Deployment{&d.Deployment})
	}
	return d.Deployment, err
}

// unchecked finds a deployment among those of the syncs that have not ended;
// errAbsent. Of others everything is checked.
func (s *Store) unchecked(ctx context.Context, env, id string) (slipway.Deployment, error) {
	slot, err := s.get(ctx, slotKey(env))
	if err != nil {
		return slipway.Deployment{}, err
	}
	var keys []key
	for _, sync := range textsOf(slot, attrUnended) {
		keys = append(keys, syncKey(env, sync))
	}
	syncs, err := s.getAll(ctx, keys)
	if err != nil {
		return slipway.Deployment{}, err
	}
	var sequences []int64
	for _, sync := range syncs {
		sequences = append(sequences, numberOf(sync, attrSeq))
	}
	lists, err := s.findsOf(ctx, env, sequences)
	if err != nil {
		return slipway.Deployment{}, err
	}
	for _, l := range lists {
		if f, ok := l.at(id); ok {
			return l.open(f), nil
		}
	}
	return slipway.Deployment{}, errAbsent
}

// readLogs reads the build logs of deployments where they stand apart.
func (s *Store) readLogs(ctx context.Context, ds []*slipway.Deployment) error {
	keys := make([]key, len(ds))
	for i, d := range ds {
		keys[i] = logKey(d.Environment, d.ID)
	}
	logs, err := s.getAll(ctx, keys)
	if err != nil {
		return err
	}
	for i, d := range ds {
		if log := logs[keys[i]]; log != nil {
			if err := unpack(bytesOf(log, attrLog), &d.Diagnostics); err != nil {
				return err
			}
		}
	}
	return nil
}
