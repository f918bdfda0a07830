package browser_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium starts Debian's Chromium with an empty profile. Of all hosts it
// finds those that the resolver rules name, and 127.0.0.1.
func chromium(t *testing.T, resolver string) context.Context {
	t.Helper()
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("ignore-certificate-errors", true),
		// Tabs in the background are tested as well as the one in front.
		chromedp.Flag("disable-renderer-backgrounding", true), chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		// One process for all pages, which starts once.
		chromedp.Flag("disable-features", "IsolateOrigins,site-per-process,BackForwardCache"), chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("host-resolver-rules", resolver+", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}

// tab opens another one in the browser of ctx.
func tab(t *testing.T, ctx context.Context) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return ctx
}

// stepLimit ends what never becomes ready.
const stepLimit = 60 * time.Second

// ask runs one action and returns its value.
func ask[T any](ctx context.Context, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	return chromedp.Run(ctx, action)
}
