package wordpress_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/lachan-waf/lachan/internal/cmstest"
)

// newBrowser starts Debian's Chromium with an empty profile. It finds siteHost at
// the target and no other host at all.
func newBrowser(t *testing.T, to *target) context.Context {
	t.Helper()
	site, err := url.Parse(to.base)
	if err != nil {
		t.Fatal(err)
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.UserDataDir(cmstest.WorkDir(t)), chromedp.WindowSize(1280, 900),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		// No picture of the page before its images are decoded and all of it is painted.
		chromedp.Flag("disable-checker-imaging", true), chromedp.Flag("run-all-compositor-stages-before-draw", true),
		chromedp.Flag("disable-new-content-rendering-timeout", true), chromedp.Flag("disable-partial-raster", true),
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("lang", "vi"),
		chromedp.Flag("host-resolver-rules", fmt.Sprintf("MAP %s %s, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", site.Host, to.addr)),
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

// pageLimit ends what never becomes ready.
const pageLimit = 90 * time.Second

func browse(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, pageLimit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// ask runs one action and returns its value.
func ask[T any](t *testing.T, ctx context.Context, what string, a chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, pageLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return v
}

// browserEditing writes and publishes an article in the real editor and returns
// its address.
func browserEditing(t *testing.T, ctx context.Context, to *target) (link string) {
	browse(t, ctx, "login form",
		chromedp.Navigate(to.base+"/wp-login.php"), chromedp.WaitVisible("#user_login"),
		chromedp.SetValue("#user_login", cmstest.EditorName), chromedp.SetValue("#user_pass", cmstest.EditorPassword))
	ask(t, ctx, "log in", func(ctx context.Context, _ *chromedp.Target) (struct{}, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Submit("#loginform"))
		return struct{}{}, err
	})
	browse(t, ctx, "block editor", chromedp.Navigate(to.base+"/wp-admin/post-new.php"))
	ask(t, ctx, "block editor", chromedp.Poll[bool](`!!(document.querySelector('.edit-post-layout') && window.wp && wp.data && wp.data.select('core/editor').getCurrentPostId() && wp.blocks.getBlockTypes().length > 50)`))
	script := fmt.Sprintf(writeArticle, jsString(articleTitle+" (trình duyệt)"), jsString(article))
	saved := ask(t, ctx, "write and publish", chromedp.Evaluate[struct{ Error, Link, Status string }](script, chromedp.EvalAwaitPromise))
	if saved.Error != "" || saved.Status != "publish" || !strings.HasPrefix(saved.Link, to.base) {
		t.Fatalf("publish in the browser: %+v", saved)
	}
	return saved.Link
}

// writeArticle uses the editor's own stores, so the requests are those of its buttons.
const writeArticle = `(async () => {
	const [title, text] = [%s, %s];
	const editor = wp.data.dispatch('core/editor'), state = wp.data.select('core/editor');
	const save = async (edits) => {
		await editor.editPost(edits);
		await editor.savePost();
		if (!state.didPostSaveRequestSucceed()) throw new Error('save failed: ' + JSON.stringify(wp.data.select('core/notices').getNotices().map(n => n.content)));
	};
	try {
		const blocks = wp.data.dispatch('core/block-editor');
		await blocks.insertBlocks(wp.blocks.parse(text));
		await blocks.insertBlocks([
			wp.blocks.createBlock('core/code', {content: "SELECT * FROM ho_dan WHERE ma = '1' OR 1=1;"}),
			wp.blocks.createBlock('core/table', {body: [{cells: [{content: 'Thôn', tag: 'td'}, {content: '3 <b>hộ</b>', tag: 'td'}]}]}),
			wp.blocks.createBlock('core/html', {content: '<iframe src="https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ" width="420" height="236"></iframe>'}),
		]);
		await save({title, status: 'draft'});
		await editor.editPost({excerpt: 'Tóm tắt "mã lệnh" <b>SQL</b>'});
		await editor.autosave();
		await save({status: 'publish'});
		return {Error: '', Link: state.getPermalink(), Status: state.getCurrentPostAttribute('status')};
	} catch (e) {
		return {Error: String(e), Link: '', Status: ''};
	}
})()`

func jsString(s string) string {
	r := strings.NewReplacer(`\`, `\\`, "`", "\\`", "$", `\$`)
	return "`" + r.Replace(s) + "`"
}

// keep writes a screenshot where an artefact folder was asked for.
func keep(t *testing.T, name string, png []byte) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
