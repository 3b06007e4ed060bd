package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// cost is what a process, with those it waited for, took.
type cost struct {
	wall   time.Duration
	cpu    time.Duration
	memory int64 // bytes, at the peak
}

// run runs a program in a folder and says what it took.
func run(ctx context.Context, dir, name string, args ...string) (cost, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	start := time.Now()
	err := c.Run()
	took := time.Since(start)
	if err != nil {
		text := said.Bytes()
		return cost{}, fmt.Errorf("%s: %w: %s", name, err, text[max(0, len(text)-2000):])
	}
	return cost{took, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak(c)}, nil
}

// peak is the most memory that a process had.
func peak(c *exec.Cmd) int64 {
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // which counts bytes, not KiB
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}

func (c cost) plus(d cost) cost {
	return cost{c.wall + d.wall, c.cpu + d.cpu, max(c.memory, d.memory)}
}
