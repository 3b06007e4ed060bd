package consoletest

import (
	"bytes"
	"context"
	"flag"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/slipway-dev/slipway/internal/console"
)

var pictures = flag.String("pictures", "", "take pictures of every page into this `folder`, and the README's anew")

// readmePicture is the one in the README: the home page, light.
const (
	readmePicture = "../../docs/console.png"
	readmeWidth   = 1200
	maxPicture    = 200 << 10
)

// TestPictures holds the README's picture to its size; with -pictures it takes it,
// and those of all pages in both themes and on a small screen.
func TestPictures(t *testing.T) {
	t.Parallel()
	if *pictures != "" {
		takePictures(t, *pictures)
	}
	data, err := os.ReadFile(readmePicture)
	if err != nil {
		t.Fatal(err)
	}
	is, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || is.Width != readmeWidth || len(data) > maxPicture {
		t.Errorf("%s is %d wide and has %d bytes: %v", readmePicture, is.Width, len(data), err)
	}
}

func takePictures(t *testing.T, folder string) {
	t.Helper()
	s := New(t)
	s.Story()
	s.Must(os.MkdirAll(folder, 0o755))
	b := openTab(t, s)
	b.run(emulation.SetScrollbarsHidden(true))
	pages := addresses(s)
	maps.Copy(pages, wrongAddresses())
	delete(pages, "sign-in")
	for _, look := range []struct {
		name  string
		width int64
		theme string
	}{{"light", readmeWidth, "light"}, {"dark", readmeWidth, "dark"}, {"small", 360, "light"}, {"small-dark", 360, "dark"}} {
		b.size(look.width, 800)
		b.theme(look.theme)
		b.open(console.Root + "/sign-in")
		b.picture(filepath.Join(folder, "sign-in-"+look.name+".png"))
		b.openLink("dana", func() { b.picture(filepath.Join(folder, "sign-in-link-"+look.name+".png")) })
		b.each(pages, func(name string) { b.picture(filepath.Join(folder, name+"-"+look.name+".png")) })
	}
	home, err := os.ReadFile(filepath.Join(folder, "workflows-light.png"))
	s.Must(err)
	s.Must(os.WriteFile(readmePicture, home, 0o644))
}

func (b *tab) picture(file string) {
	b.t.Helper()
	ask[string](b, `document.documentElement.style.scrollbarGutter = "auto"`) // no bar, no room for one
	size := ask[struct{ Width, Height float64 }](b, "({width: innerWidth, height: document.documentElement.scrollHeight})")
	b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		data, err := page.CaptureScreenshot().WithCaptureBeyondViewport(true).WithClip(&page.Viewport{Width: size.Width, Height: size.Height, Scale: 1}).Do(ctx)
		if err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o644)
	}))
}
