package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

const (
	// refetchTime bounds the wait for the header of each further answer.
	refetchTime = 5 * time.Second
	// desktop is what the origin is told of the browser.
	desktop = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)

// refetchFields are what is left of a request that is sent again: what names
// the page and the visitor, and nothing by which an intruder picks out those
// who come from a search engine, by telephone, or to index the site. Cookie
// goes the second time.
//
// What stays is as it was inspected: method, target and the visitor's address
// too, though all three can be a lure. Only User-Agent is new, and a constant:
// the origin is still sent nothing that somebody wrote and nobody inspected.
var refetchFields = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie",
	"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id",
}

// refetch asks the origin again where it has answered with a redirect that
// leaves the allowlist: such a lure is often laid for some visitors only, and
// the page that the others see is still there. It asks at most twice, and what
// it gets passes the whole chain; where that is a lure again, or none comes, the
// first answer is refused as under `block`.
//
// Nothing of a lure that was replaced reaches the visitor, its cookies among
// it. The page in its place is the real one, so caches may keep it for all.
type refetch struct{ next http.RoundTripper }

func (t *refetch) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	x := exchangeOf(r.Context())
	if err != nil || !x.refetches(r) {
		return resp, err
	}
	lure, found := x.lure(resp)
	if !found {
		return resp, nil
	}
	for _, cookies := range []bool{true, false} {
		page, err := t.ask(plainly(r, cookies), min(refetchTime, x.server.idle))
		if err != nil {
			continue
		}
		if _, again := x.lure(page); again || page.StatusCode < 200 || page.StatusCode >= 500 {
			_ = page.Body.Close()
			continue
		}
		_ = resp.Body.Close() // unread: an origin may send it for ever
		lure.Reasons = append(lure.Reasons, "refetched")
		x.record(x.redirectEvent(lure, page.StatusCode))
		return page, nil
	}
	return resp, nil
}

// refetches reports whether the request may be sent again: one that is safe,
// whole, and no handshake.
func (x *exchange) refetches(r *http.Request) bool {
	return x.cleaner != nil && x.site.Response.Mode == policies.ResponseClean &&
		x.site.Response.Redirects == policies.RedirectsRefetch &&
		(r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.Body == nil || r.Body == http.NoBody) && r.ContentLength == 0 &&
		r.Header.Get("Range") == "" && r.Header.Get("Upgrade") == ""
}

// lure returns the finding of a redirect that leaves the allowlist.
func (x *exchange) lure(resp *http.Response) (clean.Finding, bool) {
	if redirects(resp.StatusCode) {
		for _, location := range resp.Header.Values("Location") {
			if finding, allowed := x.cleaner.Redirect(location, x.documentURL()); !allowed {
				return finding, true
			}
		}
	}
	if refresh := resp.Header.Values("Refresh"); len(refresh) > 0 {
		if finding, allowed := x.cleaner.Refresh(strings.Join(refresh, ", "), x.documentURL()); !allowed {
			return finding, true
		}
	}
	return clean.Finding{}, false
}

// plainly is r as a visitor would send it who types in the address.
func plainly(r *http.Request, cookies bool) *http.Request {
	again := r.Clone(r.Context())
	for name := range again.Header {
		if !slices.Contains(refetchFields, name) || name == "Cookie" && !cookies {
			delete(again.Header, name)
		}
	}
	again.Header.Set("User-Agent", desktop)
	return again
}

// ask sends r and waits for the header of the answer, but not for ever. The
// body then takes the time that bodies may take.
func (t *refetch) ask(r *http.Request, wait time.Duration) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	timer := time.AfterFunc(wait, cancel)
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		timer.Stop()
		cancel()
		return nil, err
	}
	resp.Body = &cancelled{resp.Body, cancel}
	if !timer.Stop() {
		return nil, errors.Join(context.DeadlineExceeded, resp.Body.Close())
	}
	return resp, nil
}

// cancelled is a body that ends its request when it is closed.
type cancelled struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelled) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
