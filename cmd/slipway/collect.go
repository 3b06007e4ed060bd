package main

// garbage is the percentage of the garbage collector while this process checks a
// repository. Most of what a check makes is dropped within a batch: with Go's own
// 100 a sync of 1,000 workflows collects more than it needs to in the memory that
// it may have.
const garbage = 300

// collectLess lets the heap grow further between collections until the returned
// function is called. Who has set GOGC has decided. A limit by GOMEMLIMIT holds
// as ever: Go collects more often when it comes near.
func (p *program) collectLess() (restore func()) {
	if p.collect == nil || p.getenv("GOGC") != "" {
		return func() {}
	}
	before := p.collect(garbage)
	return func() { p.collect(before) }
}
