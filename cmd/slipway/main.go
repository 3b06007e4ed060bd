package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"os/user"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Exit statuses.
const (
	exitDone    = 0
	exitRefused = 1 // refused or failed
	exitUsage   = 2
)

// cli is the program's grammar.
type cli struct {
	Data string `help:"Folder of the store. Default: $$SLIPWAY_DATA, else ${data}." placeholder:"DIR" type:"path"`
	serverFlags
	Lease time.Duration `help:"How long a worker may be silent in each step." hidden:"" env:"SLIPWAY_LEASE"`
	JSON  bool          `help:"Print one JSON document on stdout; progress and hints go to stderr." name:"json"`

	Demo        demoCmd        `cmd:"" help:"Tell the whole story on a small repository, or do the main job on yours."`
	Check       checkCmd       `cmd:"" help:"Check the workflows of a folder, without any environment."`
	Env         envCmd         `cmd:"" help:"Add, list, show, change and remove environments."`
	Sync        syncCmd        `cmd:"" help:"Bring an environment to the newest commit of its branch."`
	Cancel      cancelCmd      `cmd:"" help:"End a sync that waits or runs."`
	Tick        tickCmd        `cmd:"" help:"End syncs whose workers died, and run those that wait: what a clock calls every minute."`
	Serve       serveCmd       `cmd:"" help:"Serve the HTTP API, and be the clock."`
	SignIn      signInCmd      `cmd:"" name:"sign-in" help:"Print a link that signs you in to the console of the server on this store, once."`
	Syncs       syncsCmd       `cmd:"" help:"List an environment's syncs, newest first."`
	Workflows   workflowsCmd   `cmd:"" help:"List an environment's workflows and what is live."`
	Show        showCmd        `cmd:"" help:"Show a workflow, a deployment (dep_…) or a sync (sync_…)."`
	Deployments deploymentsCmd `cmd:"" help:"List a workflow's deployments, newest first."`
	Log         logCmd         `cmd:"" help:"Print a deployment's build log."`
	Why         whyCmd         `cmd:"" help:"Say why a workflow is or is not live, and what would change that."`
	Live        liveCmd        `cmd:"" help:"Make a deployment live. An older one is held: later syncs do not take over."`
	Rollback    rollbackCmd    `cmd:"" help:"Make the previous good deployment live, and hold it: live … previous."`
	Deactivate  deactivateCmd  `cmd:"" help:"Leave a workflow without a live deployment, and hold it so."`
	Hold        holdCmd        `cmd:"" help:"Keep later syncs from taking over a workflow."`
	Lift        liftCmd        `cmd:"" help:"End a workflow's hold; what waited goes live if auto-live is on."`
	Reject      rejectCmd      `cmd:"" help:"Mark a deployment's code as bad; if it is live, the previous one takes its place."`
	Accept      acceptCmd      `cmd:"" help:"Take the mark of a rejection off a deployment's code."`
	Delete      deleteCmd      `cmd:"" help:"Take a workflow from what is live and from the lists, until a sync finds its file again."`
	Freeze      freezeCmd      `cmd:"" help:"Keep syncs from making anything live in the whole environment."`
	Thaw        thawCmd        `cmd:"" help:"End a freeze; what waited goes live."`
	Restore     restoreCmd     `cmd:"" help:"Bring back what was live after an earlier release, and hold what moves."`
	Releases    releasesCmd    `cmd:"" help:"List the ledger: every change of what is live, newest first."`
	Token       tokenCmd       `cmd:"" help:"Make, list and revoke the tokens that let people and programs in over HTTP."`
	Prune       pruneCmd       `cmd:"" help:"Take away what is old and nobody needs: deployments, syncs, blobs."`
	Backup      backupCmd      `cmd:"" help:"Write the store into one file, also while others use it."`
	Recover     recoverCmd     `cmd:"" help:"Make a store from a back-up, in a folder that has none."`
	Completion  completionCmd  `cmd:"" help:"Print the completion script of a shell."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// program is a run of the command with its surroundings as values, so that a
// test can start one.
type program struct {
	name     string // as it was invoked
	stdout   io.Writer
	stderr   io.Writer
	terminal bool // stderr is one: progress may rewrite its line
	getenv   func(string) string
	now      func() time.Time
	actor    slipway.Actor
	process  *process // nil where it is not this run's alone
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := thisProgram().run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func thisProgram() *program {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return &program{
		name: invocation(os.Args[0]), stdout: os.Stdout, stderr: os.Stderr,
		terminal: term.IsTerminal(int(os.Stderr.Fd())), getenv: os.Getenv, now: time.Now, actor: slipway.LocalActor(name),
		process: &process{collect: debug.SetGCPercent, processors: runtime.GOMAXPROCS},
	}
}

// run parses the arguments and runs the command; it returns the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("slipway"), kong.Writers(p.stdout, p.stderr),
		kong.Description("A control plane for workflow code that lives in Git. A rollback stays, and a go-live never goes backwards."),
		kong.Vars{"data": defaultData(p.getenv)}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return p.refuse(&session{program: p}, err)
	}
	k, err := parser.Parse(args)
	s := &session{program: p, ctx: ctx, cli: &c, json: c.JSON || wantsJSON(args)}
	if err != nil {
		return p.misuse(s, err)
	}
	if err := s.settle(); err != nil {
		return p.misuse(s, err)
	}
	defer s.close()
	if err := k.Run(s); err != nil {
		if code, ok := errors.AsType[exitStatus](err); ok {
			return int(code)
		}
		return p.refuse(s, err)
	}
	return exitDone
}

// exitStatus ends a command that has printed its result with this status.
type exitStatus int

func (exitStatus) Error() string { return "the command has ended" }
