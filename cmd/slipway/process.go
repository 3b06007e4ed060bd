package main

// process is what a command may set of the process it is alone in. Each function
// sets and gives what was before.
type process struct {
	collect    func(percent int) int // the garbage collector's percentage
	processors func(n int) int       // how many goroutines run at once; 0 only asks
}

// garbage is the percentage of the garbage collector while this process checks a
// repository. Most of what a check makes is dropped within a batch: with Go's own
// 100 a sync of 1,000 workflows collects more than it needs to in the memory that
// it may have.
const garbage = 300

// workHard makes the most of the machine until the returned function is called.
// A goroutine that waits for the disk keeps its processor for a moment: one more
// than there are cores keeps these busy. Who has set GOGC or GOMAXPROCS has
// decided. A limit by GOMEMLIMIT holds as ever: Go collects more often when it
// comes near.
func (p *program) workHard() (restore func()) {
	if p.process == nil {
		return func() {}
	}
	var undo []func()
	if p.getenv("GOGC") == "" {
		before := p.process.collect(garbage)
		undo = append(undo, func() { p.process.collect(before) })
	}
	if p.getenv("GOMAXPROCS") == "" {
		before := p.process.processors(0)
		p.process.processors(before + 1)
		undo = append(undo, func() { p.process.processors(before) })
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}
