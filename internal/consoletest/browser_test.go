package consoletest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

// needVariable, when it is set, makes it a failure that something is missing.
const needVariable = "SLIPWAY_NEED_BROWSER"

// chromium is the one browser of all tests; each has its own tabs and cookies in it.
var chromium browser

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.close()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// browser is started by the first test that needs it.
type browser struct {
	once    sync.Once
	ctx     context.Context // chromedp keeps the browser in it
	err     error
	profile string
	ends    []context.CancelFunc
}

var errNoBrowser = errors.New("no chromium, chromium-browser or google-chrome is on the PATH")

func (b *browser) start() {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		b.err = errNoBrowser
		return
	}
	if b.profile, b.err = os.MkdirTemp("", "slipway-browser-"); b.err != nil {
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.UserDataDir(b.profile),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("headless", "new"), chromedp.Flag("lang", "en"), chromedp.Flag("force-color-profile", "srgb"))
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	b.ends = append(b.ends, end)
	// A browser that is newer than the library says things which it cannot read.
	b.ctx, end = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	b.ends = append(b.ends, end)
	b.err = chromedp.Run(b.ctx)
}

// close ends the browser, if there is one, and waits until it has ended.
func (b *browser) close() {
	for i := len(b.ends) - 1; i >= 0; i-- {
		b.ends[i]()
	}
	if b.ctx != nil {
		chromedp.FromContext(b.ctx).Allocator.Wait()
	}
	if b.profile != "" {
		_ = os.RemoveAll(b.profile)
	}
}

// lacking skips a test, unless nothing may be left out.
func lacking(t *testing.T, what error) {
	t.Helper()
	if os.Getenv(needVariable) != "" {
		t.Fatalf("%v, and %s says that it must not be missing", what, needVariable)
	}
	t.Skipf("left out: %v", what)
}

func theBrowser(t *testing.T) *browser {
	t.Helper()
	chromium.once.Do(chromium.start)
	if errors.Is(chromium.err, errNoBrowser) {
		lacking(t, chromium.err)
	}
	if chromium.err != nil {
		t.Fatalf("start the browser: %v", chromium.err)
	}
	return &chromium
}

// tab opens a tab in a window of its own, apart from the others, until the test
// ends.
func (b *browser) tab(t *testing.T) context.Context {
	t.Helper()
	own := cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
	apart, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(own)
	if err != nil {
		t.Fatalf("the browser: %v", err)
	}
	t.Cleanup(func() { _ = target.DisposeBrowserContext(apart).Do(own) })
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(apart).WithNewWindow(true).Do(own)
	if err != nil {
		t.Fatalf("the browser: %v", err)
	}
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
	ctx, expire := context.WithTimeout(ctx, 2*patience)
	t.Cleanup(func() { expire(); end() })
	return ctx
}
