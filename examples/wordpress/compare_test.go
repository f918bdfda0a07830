package wordpress_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"math"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// view is what a visitor sees of a page.
type view struct {
	shot  []byte
	words []word
}

// word is a visible word and where it stands.
type word struct {
	Text string
	X, Y float64
}

// look loads a page, waits for fonts and images, and reads it. Frames of other
// hosts cannot load here; they are hidden in both views that are compared.
func look(t *testing.T, ctx context.Context, address string) view {
	t.Helper()
	browse(t, ctx, "load "+address, chromedp.Navigate(address))
	ask(t, ctx, "settle "+address, chromedp.Evaluate[bool](settle, chromedp.EvalAwaitPromise))
	return view{
		words: ask(t, ctx, "read "+address, chromedp.Evaluate[[]word](visibleWords)),
		shot:  photograph(t, ctx, address),
	}
}

// photograph repeats until two pictures are alike that lie apart: Chromium paints
// large images in the background, and a busy machine shows them half done for a while.
func photograph(t *testing.T, ctx context.Context, address string) []byte {
	t.Helper()
	var last []byte
	for range 8 {
		shot := ask(t, ctx, "photograph "+address, chromedp.FullScreenshot(100))
		if bytes.Equal(shot, last) {
			return shot
		}
		last = shot
		time.Sleep(500 * time.Millisecond)
	}
	t.Fatalf("%s: eight pictures and no two alike", address)
	return nil
}

const settle = `(async () => {
	const s = document.createElement('style');
	s.textContent = '* { animation: none !important; transition: none !important } iframe { visibility: hidden !important }';
	document.head.append(s);
	await document.fonts.ready;
	await Promise.all([...document.images].map(async i => {
		i.loading = 'eager'; i.decoding = 'sync';
		if (!i.complete) await new Promise(done => { i.onload = i.onerror = done; setTimeout(done, 10000) });
		for (let n = 0; n < 5; n++) { // decode() fails while another source of srcset is chosen
			if (await i.decode().then(() => true, () => false)) break;
			await new Promise(done => setTimeout(done, 200));
		}
	}));
	window.scrollTo(0, document.body.scrollHeight);
	await new Promise(done => setTimeout(done, 300));
	window.scrollTo(0, 0);
	await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
	return true;
})()`

// Words, not elements: an unwrapped link leaves its text in place and only its
// element goes. Punctuation stands apart, because it then joins the link's text.
const visibleWords = `(() => {
	const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
	for (let n; n = walk.nextNode();) {
		if (!n.parentElement.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) || n.parentElement.closest('noscript,iframe')) continue;
		for (const m of n.data.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]+/gu)) {
			range.setStart(n, m.index); range.setEnd(n, m.index + m[0].length);
			const r = range.getBoundingClientRect();
			if (r.width > 1 && r.height > 1 && r.right > 0 && r.bottom + scrollY > 0) out.push({Text: m[0], X: r.left, Y: r.top + scrollY});
		}
	}
	return out;
})()`

// same looks at a page until it is as wanted, thrice at most: a busy machine may
// not have painted everything, while what was really lost is lost each time.
func same(t *testing.T, ctx context.Context, name, address string, want view) {
	t.Helper()
	if len(want.words) < 20 {
		t.Fatalf("%s: only %d words on the page", name, len(want.words))
	}
	keep(t, name+"-before", want.shot)
	var differs string
	for range 3 {
		got := look(t, ctx, address)
		keep(t, name+"-through", got.shot)
		if differs = difference(t, want, got); differs == "" {
			return
		}
	}
	t.Errorf("%s: %s", name, differs)
}

// difference is none where two views have the same words in the same places (a
// pixel or two for rounding) and pictures that differ in under half a percent of
// their points.
func difference(t *testing.T, want, got view) string {
	t.Helper()
	if d := firstDifference(want.words, got.words); d != "" {
		return d
	}
	if share := pixelDifference(t, want.shot, got.shot); share > 0.005 {
		return fmt.Sprintf("%.2f %% of the picture differs", 100*share)
	}
	return ""
}

func firstDifference(want, got []word) string {
	for i, w := range want {
		if i >= len(got) {
			return fmt.Sprintf("ends before %q (word %d)", w.Text, i)
		}
		g := got[i]
		if w.Text != g.Text {
			return fmt.Sprintf("word %d is %q, was %q", i, g.Text, w.Text)
		}
		if math.Abs(w.X-g.X) > 2 || math.Abs(w.Y-g.Y) > 2 {
			return fmt.Sprintf("%q moved from %.0f,%.0f to %.0f,%.0f", w.Text, w.X, w.Y, g.X, g.Y)
		}
	}
	if len(got) > len(want) {
		return fmt.Sprintf("%q was added", got[len(want)].Text)
	}
	return ""
}

// pixelDifference is the share of points whose colour visibly differs.
func pixelDifference(t *testing.T, a, b []byte) float64 {
	t.Helper()
	x, y := decode(t, a), decode(t, b)
	if x.Bounds() != y.Bounds() {
		return 1
	}
	n, r := 0, x.Bounds()
	for j := r.Min.Y; j < r.Max.Y; j++ {
		for i := r.Min.X; i < r.Max.X; i++ {
			if apart(x, y, i, j) {
				n++
			}
		}
	}
	return float64(n) / float64(r.Dx()*r.Dy())
}

func apart(x, y image.Image, i, j int) bool {
	const visible = 24 << 8 // of 16 bits per channel
	r1, g1, b1, _ := x.At(i, j).RGBA()
	r2, g2, b2, _ := y.At(i, j).RGBA()
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > visible }
	return far(r1, r2) || far(g1, g2) || far(b1, b2)
}

func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	return m
}
