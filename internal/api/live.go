package api

import (
	"context"
	"maps"
	"slices"
)

// listLive lists what is live in the order of the triggers.
func (a *api) listLive(ctx context.Context, in *struct {
	InEnv
	Release int64 `query:"release" minimum:"1" doc:"An earlier release, in place of the newest."`
},
) (*body[LiveSet], error) {
	live, err := a.plane.Resolve(ctx, in.Env)
	if in.Release > 0 {
		live, err = a.plane.ResolveAt(ctx, in.Env, in.Release)
	}
	if err != nil {
		return nil, err
	}
	set := LiveSet{Release: live.Release, Live: []Resolved{}}
	if live.Release > 0 {
		set.At = &live.At
	}
	for _, trigger := range slices.Sorted(maps.Keys(live.Live)) {
		set.Live = append(set.Live, resolvedOf(in.Env, trigger, live.Live[trigger], live.Release))
	}
	return &body[LiveSet]{set}, nil
}
