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

// decodeDeployment reads a deployment, without a build log that stands apart.
func decodeDeployment(found item) (slipway.Deployment, error) {
	var d slipway.Deployment
	if err := unpack(bytesOf(found, attrDoc), &d); err != nil {
		return d, err
	}
	d.FirstLive = numberOf(found, attrMark)
	if log := bytesOf(found, attrLog); log != nil {
		return d, unpack(log, &d.Diagnostics)
	}
	return d, nil
}

// Deployment implements control.Deployments.
func (s *Store) Deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	d, err := s.deployment(ctx, env, id)
	return d, s.translate(ctx, "read deployment", err)
}

func (s *Store) deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	found, err := s.get(ctx, deploymentKey(env, id))
	if errors.Is(err, errAbsent) {
		return slipway.Deployment{}, control.UnknownDeployment(id)
	}
	if err != nil {
		return slipway.Deployment{}, err
	}
	ds, err := s.withLogs(ctx, []item{found})
	if err != nil {
		return slipway.Deployment{}, err
	}
	return ds[0], nil
}

// withLogs reads deployments, and the build logs that stand apart.
func (s *Store) withLogs(ctx context.Context, found []item) ([]slipway.Deployment, error) {
	ds := make([]slipway.Deployment, len(found))
	var keys []key
	for i, f := range found {
		var err error
		if ds[i], err = decodeDeployment(f); err != nil {
			return nil, err
		}
		if has(f, attrApart) {
			keys = append(keys, logKey(ds[i].Environment, ds[i].ID))
		}
	}
	logs, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, d := range ds {
		if log := logs[logKey(d.Environment, d.ID)]; has(found[i], attrApart) && log != nil {
			if err := unpack(bytesOf(log, attrLog), &ds[i].Diagnostics); err != nil {
				return nil, err
			}
		}
	}
	return ds, nil
}
