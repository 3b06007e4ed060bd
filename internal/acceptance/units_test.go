package acceptance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo"
	"github.com/slipway-dev/slipway/internal/dynamo/meter"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// useCases measures use cases on a table.
type useCases struct {
	t       *testing.T
	table   *meter.Client
	blobs   *countedBlobs
	plane   *control.Plane
	passed  time.Duration
	results []useCase
}

// useCase is what one consumes.
type useCase struct {
	what                string
	reads, transactions int
	read, write         float64
	got, put            int // blobs
}

// countedBlobs counts what is read and written.
type countedBlobs struct {
	control.Blobs
	got, put int
}

// Get reads one.
func (b *countedBlobs) Get(ctx context.Context, key string) ([]byte, error) {
	b.got++
	return b.Blobs.Get(ctx, key)
}

func (b *countedBlobs) Content(ctx context.Context, kind, digest string) ([]byte, error) {
	b.got++
	return b.Blobs.Content(ctx, kind, digest)
}

func (b *countedBlobs) PutContent(ctx context.Context, kind string, data []byte) (string, error) {
	b.put++
	return b.Blobs.PutContent(ctx, kind, data)
}

func (b *countedBlobs) Put(ctx context.Context, key string, data []byte) error {
	b.put++
	return b.Blobs.Put(ctx, key, data)
}

func (u *useCases) measure(what string, do func() error) useCase {
	u.t.Helper()
	u.table.Reset()
	u.blobs.got, u.blobs.put = 0, 0
	must(u.t, do())
	m := u.table
	r := useCase{what, m.Reads, m.Transactions, m.Read, m.Write, u.blobs.got, u.blobs.put}
	u.results = append(u.results, r)
	return r
}

// now is a clock that a test moves, so that what is cached ends when it says so.
func (u *useCases) now() time.Time { return gittest.Epoch().Add(u.passed) }

// tableAt makes a table on an emulator.
func tableAt(t *testing.T, url string) (*dynamodb.Client, string) {
	t.Helper()
	c := dynamodb.New(dynamodb.Options{
		BaseEndpoint: &url, Region: "eu-west-1", Logger: logging.Nop{}, DisableValidateResponseChecksum: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	name := fmt.Sprint("slipway-units-", time.Now().UnixNano())
	_, err := c.CreateTable(t.Context(), dynamo.Table(name))
	if _, there := errors.AsType[*types.ResourceInUseException](err); there {
		err = nil // the answer to the first try was lost: nobody else has this name
	}
	must(t, err)
	t.Cleanup(func() {
		_, _ = c.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name})
	})
	must(t, dynamodb.NewTableExistsWaiter(c).Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute))
	return c, name
}

// unitsOf measures every use case in an environment of n workflows.
func unitsOf(t *testing.T, url string, n int) []useCase {
	t.Helper()
	for range 5 {
		if results, ok := unitsOnce(t, url, n); ok {
			return results
		}
	}
	t.Fatal("answers got lost in every try")
	return nil
}

// unitsOnce does it; ok is false where an answer got lost, and its write was read.
func unitsOnce(t *testing.T, url string, n int) (results []useCase, ok bool) {
	t.Helper()
	c, name := tableAt(t, url)
	dir, err := blob.OpenDir(t.TempDir())
	must(t, err)
	defer func() { _ = dir.Close() }()
	u := &useCases{t: t, table: &meter.Client{Client: c}, blobs: &countedBlobs{Blobs: dir}}
	u.plane = control.New(control.Options{
		Store: dynamo.New(u.table, name), Blobs: u.blobs, Remote: gitremote.New(gitremote.Options{}),
		Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()), Now: u.now,
	})
	repo := gittest.NewRepo(t)
	files, triggers := map[string]string{"kinde.json": "{}"}, []string{}
	for i := range n {
		triggers = append(triggers, fmt.Sprint("event:", i))
		files[pathOf(i)] = textOf(i, "hello")
	}
	repo.Commit(files, gittest.Options{Message: "Tell the plan in the token"})
	who, off := slipway.LocalActor("ana"), 0
	_, err = u.plane.AddEnvironment(t.Context(), control.NewEnvironment{
		Slug: "production", Repository: slipway.Repository{URL: repo.Dir}, Triggers: triggers, PollSeconds: &off, Actor: who,
	})
	must(t, err)
	u.syncs(repo, n, who)
	u.reads(n)
	return u.results, !u.table.Replayed
}

func pathOf(i int) string {
	return fmt.Sprintf("kindeSrc/environment/workflows/tokens/customClaims%dWorkflow.ts", i)
}

func textOf(i int, says string) string {
	return fmt.Sprintf(`export const workflowSettings = { id: "customClaims-%d", name: "Custom claims %d", trigger: "event:%d", failurePolicy: { action: "stop" } };
export default async function handle(event) { console.log(%q); }
`, i, i, i, says)
}

// syncs measures three syncs and a roll back.
func (u *useCases) syncs(repo *gittest.Repo, n int, who slipway.Actor) {
	u.t.Helper()
	ctx := u.t.Context()
	sync := func(what string, want slipway.SyncStatus, live int, o control.SyncOptions) {
		u.t.Helper()
		u.passed += time.Minute
		o.Actor = who
		u.measure(fmt.Sprintf("%s, %d workflows", what, n), func() error {
			s, err := u.plane.Sync(ctx, "production", o)
			if err == nil && (s.Status != want || s.Counts.Live != live) {
				err = fmt.Errorf("it ended as %s with %+v: %+v", s.Status, s.Counts, s.Problem)
			}
			return err
		})
	}
	sync("first sync", slipway.SyncSucceeded, n, control.SyncOptions{})
	sync("sync of the same code", slipway.SyncSucceeded, n, control.SyncOptions{})
	sync("sync if changed, which it has not", slipway.SyncUnchanged, 0, control.SyncOptions{IfChanged: true})
	first, err := u.plane.Find(ctx, "production", "customClaims-0", "")
	must(u.t, err)
	repo.Commit(map[string]string{pathOf(0): textOf(0, "hello again")}, gittest.Options{})
	sync("sync of one changed file", slipway.SyncSucceeded, n, control.SyncOptions{})
	newest, err := u.plane.Find(ctx, "production", "customClaims-0", "")
	must(u.t, err)
	u.move("rolled back by id", n, first, 2, who)
	u.move("made live by id, newer than what is live", n, newest, 2, who)
}

// move makes a deployment live, with so many reads and one transaction.
func (u *useCases) move(what string, n int, deployment string, reads int, who slipway.Actor) {
	u.t.Helper()
	u.passed += time.Minute
	r := u.measure(fmt.Sprintf("%s, %d workflows", what, n), func() error {
		r, err := u.plane.MakeLive(u.t.Context(), "production", "customClaims-0", deployment, control.Request{Actor: who, Reason: "measured"}, control.MakeLiveOptions{})
		if err == nil && !r.Changed {
			err = fmt.Errorf("%s changed nothing", what)
		}
		return err
	})
	if r.reads > reads || r.transactions != 1 {
		u.t.Errorf("%s: %d reads, over %d, and %d transactions", r.what, r.reads, reads, r.transactions)
	}
}

// reads measures what only reads.
func (u *useCases) reads(n int) {
	ctx := u.t.Context()
	read := func(what string, most int, do func() error) {
		r := u.measure(fmt.Sprintf("%s, %d workflows", what, n), do)
		if r.reads > most || r.transactions != 0 {
			u.t.Errorf("%s: %d reads, over %d, or %d transactions", r.what, r.reads, most, r.transactions)
		}
	}
	resolve := func() error {
		r, err := u.plane.Resolve(ctx, "production")
		if err == nil && len(r.Live) != n {
			err = fmt.Errorf("%d triggers", len(r.Live))
		}
		return err
	}
	u.passed += time.Minute
	read("resolve", 1, resolve)
	read("resolve again within a quarter of a second", 0, resolve)
	read("list of 50 deployments", 5, func() error {
		_, _, err := u.plane.Deployments(ctx, "production", control.DeploymentFilter{}, control.Page{Limit: 50})
		return err
	})
	read("list of workflows", 3, func() error {
		ws, err := u.plane.Workflows(ctx, "production")
		if err == nil && len(ws) != n {
			err = fmt.Errorf("%d workflows", len(ws))
		}
		return err
	})
}

// TestUnitsOfUseCases keeps docs/table.md near what whole use cases consume. Ids
// are by chance, so what is compressed differs by bytes, and units by some.
func TestUnitsOfUseCases(t *testing.T) {
	t.Parallel()
	at := map[string]string{}
	for pair := range strings.SplitSeq(os.Getenv("SLIPWAY_DYNAMODB_ENDPOINTS"), ",") {
		name, url, _ := strings.Cut(pair, "=")
		at[name] = url
	}
	if at["local"] == "" || at["ministack"] == "" {
		t.Skip("units are read off two emulators, and one is not here")
	}
	var rows strings.Builder
	rows.WriteString("| use case | reads | read units | transactions | write units | blobs read | blobs written |\n|---|---|---|---|---|---|---|\n")
	for _, n := range []int{10, 20, 100, slipway.MaxWorkflows} {
		reads, writes := unitsOf(t, at["local"], n), unitsOf(t, at["ministack"], n)
		for i, r := range reads {
			w := writes[i]
			if r.what != w.what || r.reads != w.reads || r.transactions != w.transactions {
				t.Errorf("the emulators differ: %+v and %+v", r, w)
			}
			// Above a hundred workflows a row takes several parts, each with the state.
			if most := float64(25 + 8*n); strings.Contains(r.what, "sync") && n <= 100 && w.write > most {
				t.Errorf("%s: %g write units, over %g", r.what, w.write, most)
			}
			fmt.Fprintf(&rows, "| %s | %d | %g | %d | %g | %d | %d |\n", r.what, r.reads, r.read, r.transactions, writes[i].write, r.got, r.put)
		}
	}
	const path, begin, end = "../../docs/table.md", "<!-- units of use cases: kept by a test -->\n", "<!-- end of units of use cases -->\n"
	text, err := os.ReadFile(path)
	must(t, err)
	before, rest, _ := strings.Cut(string(text), begin)
	was, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatal("docs/table.md has no place for the units of use cases")
	}
	if *update {
		must(t, os.WriteFile(path, []byte(before+begin+rows.String()+end+after), 0o644))
	} else if !near(was, rows.String()) {
		t.Errorf("docs/table.md is not what was measured; run TestUnitsOfUseCases with -update:\n%s", rows.String())
	}
}

var numbers = regexp.MustCompile(`\b\d+(\.\d+)? \|`)

// near compares two tables: the same text, and numbers that differ by two units or
// a hundredth.
func near(a, b string) bool {
	if numbers.ReplaceAllString(a, "n |") != numbers.ReplaceAllString(b, "n |") {
		return false
	}
	as, bs := numbers.FindAllString(a, -1), numbers.FindAllString(b, -1)
	for i := range as {
		x, errX := strconv.ParseFloat(strings.TrimSuffix(as[i], " |"), 64)
		y, errY := strconv.ParseFloat(strings.TrimSuffix(bs[i], " |"), 64)
		if errX != nil || errY != nil || max(x, y)-min(x, y) > max(2, x/100) {
			return false
		}
	}
	return true
}
