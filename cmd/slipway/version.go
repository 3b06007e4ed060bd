package main

import (
	"runtime/debug"

	"github.com/slipway-dev/slipway/internal/check"
)

// versions is what version prints with --json.
type versions struct {
	Version string `json:"version"` // of the module, or the commit it was built from
	Go      string `json:"go"`
	Checker string `json:"checker"`
}

func version() versions {
	v := versions{Version: "development", Checker: check.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Go = info.GoVersion
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && v.Version == "development" {
			v.Version = setting.Value
		}
	}
	return v
}
