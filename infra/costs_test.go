package infra

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the computed costs into docs/deploy.md")

// price is a list price: so many dollars for so many of a unit.
type price struct {
	what, unit string
	dollars    float64
	of         float64
}

func prices() []price {
	return []price{
		{"DynamoDB writes", "write units", 0.625, 1e6},
		{"DynamoDB reads", "read units", 0.125, 1e6},
		{"Step Functions", "transitions", 25, 1e6},
		{"Lambda time, arm64", "GB seconds", 13.3334, 1e6},
		{"Lambda calls", "calls", 0.20, 1e6},
		{"HTTP API", "requests", 1, 1e6},
		{"S3 writes", "requests", 5, 1e6},
		{"S3 reads", "requests", 0.40, 1e6},
		{"Scheduler", "calls", 1, 1e6},
		{"Logs", "GB taken in", 0.50, 1},
		{"X-Ray", "traces", 5, 1e6},
		{"Alarms", "alarm, a month", 0.10, 1},
		{"Metrics of logs", "metric, a month", 0.30, 1},
		{"Dashboards", "dashboard, a month", 3, 1},
		{"Secrets", "secret, a month", 0.40, 1},
	}
}

// use is how much there is of each price, by what it is for.
type use map[string]float64

func (u use) add(times float64, other use) use {
	for what, n := range other {
		u[what] += times * n
	}
	return u
}

// What is assumed; docs/deploy.md says so too.
const (
	daysAMonth  = 30
	logPerCall  = 1.0 / (1 << 20) // 1 KiB in GB
	logPerQuery = 0.4 / (1 << 20)
	looks       = 10   // how often whoever waits for a sync asks how it is
	transitions = 7    // of a sync; TestTransitions in internal/acceptance counts them
	pollSeconds = 120  // where an environment does not say
	tracedLeast = 1.0  // a second, by X-Ray's own rule
	tracedShare = 0.05 // of what is beyond
)

// cost computes what things use.
type cost struct {
	t        *testing.T
	stack    stack
	measured map[string][]float64
}

// call is one of a function that takes so many seconds.
func (c cost) call(function string, seconds float64) use {
	c.t.Helper()
	memory := text(c.stack.one(root, function).props, "MemorySize")
	if memory == "" {
		memory = text(c.stack[root], "Globals", "Function", "MemorySize")
	}
	mb, err := strconv.ParseFloat(memory, 64)
	if err != nil {
		c.t.Fatalf("%s has a memory of %q", function, memory)
	}
	return use{"Lambda time, arm64": mb / 1024 * seconds, "Lambda calls": 1, "Logs": logPerCall, "X-Ray": 1}
}

// request is a call over the API, of somebody with a token.
func (c cost) request(function string, seconds float64) use {
	return use{"HTTP API": 1, "Logs": logPerQuery, "DynamoDB reads": c.row("token")[1]}.add(1, c.call(function, seconds))
}

// row is a line of docs/table.md.
func (c cost) row(name string) []float64 {
	c.t.Helper()
	r := c.measured[name]
	if r == nil {
		c.t.Fatalf("docs/table.md has no line %q", name)
	}
	return r
}

// sync is one of 20 workflows, of which a commit has changed one.
func (c cost) sync() use {
	r := c.row("sync of one changed file, 20 workflows")
	u := use{
		"DynamoDB reads": r[1], "DynamoDB writes": r[3], "S3 reads": r[4], "S3 writes": r[5], "Step Functions": transitions,
	}
	u.add(1, c.call("FetchFunction", 2)).add(1, c.call("ValidateFunction", 2)).add(1, c.call("MakeLiveFunction", 1)).add(1, c.call("FinishFunction", 0.5))
	return u.add(1, c.request("SyncFunction", 0.3)).add(looks, c.request("ListFunction", 0.05)).add(looks, use{"DynamoDB reads": 2})
}

// resolve is one that finds nothing in memory.
func (c cost) resolve() use {
	return use{"DynamoDB reads": c.row("resolve, 20 workflows")[1]}.add(1, c.request("ListFunction", 0.02))
}

// month is one in which so many environments are asked for their tips, and so
// many syncs and resolves are made.
func (c cost) month(environments, syncs, resolves float64) use {
	const seconds = daysAMonth * 24 * 60 * 60
	u := use{"Dashboards": 1, "Secrets": float64(len(c.stack.resources("AWS::SecretsManager::Secret")))}
	u["Alarms"] = float64(len(c.stack.resources("AWS::CloudWatch::Alarm")))
	u["Metrics of logs"] = float64(len(c.stack.resources("AWS::Logs::MetricFilter")))
	u.add(seconds/60, use{"Scheduler": 1, "DynamoDB reads": c.row("polls that are due, 1 of them")[1]}).add(seconds/60, c.call("SyncFunction", 1))
	moved := c.row("poll moved")
	u.add(environments*seconds/pollSeconds, use{"DynamoDB reads": moved[1] + 2, "DynamoDB writes": moved[2]}) // and the environment and its slot
	u.add(syncs, c.sync()).add(resolves, c.resolve())
	if most := seconds * tracedLeast; u["X-Ray"] > most {
		u["X-Ray"] = most + (u["X-Ray"]-most)*tracedShare
	}
	return u
}

// TestCosts keeps the table of costs in docs/deploy.md what follows from the
// units in docs/table.md, the stack, and the prices here.
func TestCosts(t *testing.T) {
	s, err := read(files(t))
	if err != nil {
		t.Fatal(err)
	}
	c := cost{t: t, stack: s, measured: measuredUnits(t)}
	columns := []use{
		use{}.add(1000, c.sync()), use{}.add(1e6, c.resolve()),
		c.month(1, 0, 0), c.month(5, 50*daysAMonth, 1e6), c.month(50, 1000*daysAMonth, 1e8),
	}
	var rows strings.Builder
	rows.WriteString("| what | list price | 1,000 syncs | a million resolves | month: idle | month: small | month: large |\n|---|---|---|---|---|---|---|\n")
	sums := make([]float64, len(columns))
	for _, p := range prices() {
		of := "for a million " + p.unit
		if p.of == 1 {
			of = "for each " + p.unit
		}
		fmt.Fprintf(&rows, "| %s | $%g %s |", p.what, p.dollars, of)
		for i, u := range columns {
			dollars := u[p.what] * p.dollars / p.of
			sums[i] += dollars
			fmt.Fprintf(&rows, " %.2f |", dollars)
		}
		rows.WriteString("\n")
	}
	rows.WriteString("| **in all, dollars** | |")
	for _, sum := range sums {
		fmt.Fprintf(&rows, " **%.2f** |", sum)
	}
	rows.WriteString("\n")
	const path, begin, end = "../docs/deploy.md", "<!-- costs: kept by a test -->\n", "<!-- end of costs -->\n"
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(document), begin)
	was, after, ok := strings.Cut(rest, end)
	switch {
	case !ok:
		t.Fatal("docs/deploy.md has no place for the costs")
	case *update:
		if err := os.WriteFile(path, []byte(before+begin+rows.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case was != rows.String():
		t.Errorf("docs/deploy.md does not have these costs; run TestCosts with -update:\n%s", &rows)
	}
}

// measuredUnits are the numbers of docs/table.md, by what they are of.
func measuredUnits(t *testing.T) map[string][]float64 {
	t.Helper()
	document, err := os.ReadFile("../docs/table.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]float64{}
	for line := range strings.Lines(string(document)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		var row []float64
		for _, cell := range cells[1:] {
			n, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
			if err != nil {
				row = nil
				break
			}
			row = append(row, n)
		}
		if row != nil {
			found[strings.TrimSpace(cells[0])] = row
		}
	}
	return found
}
