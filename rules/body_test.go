package rules

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/lachan-waf/lachan/policies"
)

func TestBodyOverTheLimit(t *testing.T) {
	engines := NewEngines(Options{})
	const limit = 4096
	early := "x=" + url.QueryEscape("1' UNION SELECT password FROM users-- ") + "&pad=" + strings.Repeat("a", 2*limit)
	late := "pad=" + strings.Repeat("a", 2*limit) + "&x=" + url.QueryEscape("1' UNION SELECT password FROM users-- ")
	exact := "pad=" + strings.Repeat("a", limit-4)
	for _, tt := range []struct {
		name, body string
		mode       policies.WAFMode
		over       policies.BodyOver
		blocked    bool
		status     int
		bodyOver   bool
		inspected  int64
	}{
		{"reject", late, policies.WAFBlock, policies.OverReject, true, 413, true, 0},
		{"reject while detecting", late, policies.WAFDetect, policies.OverReject, false, 413, true, limit},
		{"partial, attack within", early, policies.WAFBlock, policies.OverPartial, true, 403, true, limit},
		{"partial, attack beyond", late, policies.WAFBlock, policies.OverPartial, false, 0, true, limit},
		{"pass, attack within", early, policies.WAFBlock, policies.OverPass, false, 0, true, 0},
		{"at the limit, reject", exact, policies.WAFBlock, policies.OverReject, false, 0, false, limit},
		{"at the limit, partial", exact, policies.WAFBlock, policies.OverPartial, false, 0, false, limit},
		{"one byte over", exact + "a", policies.WAFBlock, policies.OverReject, true, 413, true, 0},
	} {
		for _, announced := range []bool{true, false} {
			e := acquireFrom(t, engines, site(func(w *policies.WAF) {
				w.Mode, w.RequestBody = tt.mode, policies.RequestBody{Limit: limit, Over: tt.over}
			}))
			r, body := post("/", form, tt.body)
			if !announced {
				r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
			}
			v := inspect(t, e, r, iotest.HalfReader(body))
			if v.Blocked != tt.blocked || v.Status != tt.status || v.BodyOver != tt.bodyOver || v.Inspected != tt.inspected {
				t.Errorf("%s (length announced: %v): blocked %v, status %d, over %v, inspected %d; matches %+v",
					tt.name, announced, v.Blocked, v.Status, v.BodyOver, v.Inspected, v.Matches)
			}
			assertReplay(t, v, tt.body)
		}
	}
	if n := engines.Len(); n != 1 {
		t.Errorf("%d engines; limits do not tell policies apart", n)
	}
}

func TestBodyLimitsByPath(t *testing.T) {
	e := acquire(t, site(func(w *policies.WAF) {
		w.RequestBody = policies.RequestBody{Limit: 4 << 10, Over: policies.OverReject, Paths: []policies.BodyPath{
			{Path: "/upload/small/*", Limit: 1 << 10, Over: policies.OverReject},
			{Path: "/upload/*", Limit: 2 << 10, Over: policies.OverPartial},
			{Path: "*.bin", Limit: 8 << 10, Over: policies.OverPass},
			{Path: "/tệp/*", Limit: 1 << 10, Over: policies.OverPass},
		}}
	}))
	body := "a=" + strings.Repeat("b", 16<<10)
	for target, want := range map[string]struct {
		status    int
		inspected int64
	}{
		"/":                       {413, 0},
		"/upload/a?b=/c":          {0, 2 << 10},
		"/upload/":                {0, 2 << 10},
		"/upload":                 {413, 0},
		"/upload/small/a":         {413, 0},
		"/a/b.bin":                {0, 0},
		"/a/b.bin?x":              {0, 0},
		"/a/b.bin/c":              {413, 0},
		"/t%E1%BB%87p/a":          {0, 0},
		"/upload/../login":        {413, 0},
		"/upload/%2e%2e/login":    {413, 0},
		"/upload%2f..%2flogin":    {413, 0},
		"/upload/..%5clogin":      {413, 0},
		"/login/../upload/a":      {413, 0},
		"//upload/a":              {413, 0},
		"/login?x=/upload/a":      {413, 0},
		"/login%3f/upload/../b":   {413, 0},
		"/x%zz/../upload/a":       {400, 0},
		"/login#/upload/a":        {413, 0},
		"/upload/small/%2e%2e/ab": {403, 2 << 10}, // under /upload/, and seen for what it is
	} {
		r, reader := post(target, form, body)
		v := inspect(t, e, r, reader)
		if v.Status != want.status || v.Inspected != want.inspected || !v.BodyOver && v.Status != 400 {
			t.Errorf("%s: status %d, inspected %d, over %v", target, v.Status, v.Inspected, v.BodyOver)
		}
		assertReplay(t, v, body)
	}
	for _, bad := range []policies.BodyPath{{Path: "upload", Limit: 1}, {Path: "/a\"b", Limit: 1}, {Path: "/", Limit: 0}, {Path: "/", Limit: maxBody}} {
		if e, err := NewEngines(Options{}).Acquire(site(func(w *policies.WAF) { w.RequestBody.Paths = []policies.BodyPath{bad} })); err == nil {
			t.Errorf("%+v: accepted", bad)
			e.Release()
		}
	}
}

func TestPartialBodiesOfEveryKind(t *testing.T) {
	const limit = 2048
	e := acquire(t, site(func(w *policies.WAF) {
		w.RequestBody = policies.RequestBody{Limit: limit, Over: policies.OverPartial}
	}))
	pad := strings.Repeat("lá chắn ", limit)
	for contentType, body := range map[string]string{
		"application/json": `{"a":"b","pad":"` + pad + `"}`,
		"text/xml":         "<a><b>" + pad + "</b></a>",
		multipart:          part(`name="f"; filename="a.txt"`, "text/plain", pad) + partsEnd,
	} {
		r, reader := post("/", contentType, body)
		v := inspect(t, e, r, reader)
		if v.Blocked || !v.BodyOver || v.Inspected < limit-3 || v.Inspected > limit {
			t.Errorf("%s: blocked %v by %d, over %v, inspected %d", contentType, v.Blocked, v.RuleID, v.BodyOver, v.Inspected)
		}
		assertReplay(t, v, body)
	}
}

func TestReplayAtEveryReadSize(t *testing.T) {
	e := acquire(t, site(func(w *policies.WAF) {
		w.RequestBody = policies.RequestBody{Limit: 32, Over: policies.OverPartial}
	}))
	want := strings.Repeat("0123456789", 8)
	for size := 1; size <= len(want)+1; size++ {
		r, body := post("/", "text/plain", want)
		v := inspect(t, e, r, body)
		got := []byte{}
		buf := make([]byte, size)
		for {
			n, err := v.Body.Read(buf)
			got = append(got, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("reads of %d: %v", size, err)
			}
		}
		if !bytes.Equal(got, []byte(want)) {
			t.Fatalf("reads of %d: replayed %q", size, got)
		}
		v.Close()
	}
	r, body := post("/", "text/plain", want)
	v := inspect(t, e, r, iotest.DataErrReader(body))
	if err := iotest.TestReader(v.Body, []byte(want)); err != nil {
		t.Error(err)
	}
}

func TestReplayFailsOnceClosed(t *testing.T) {
	e := acquire(t, site())
	r, body := post("/", form, "a=1")
	v, err := e.Inspect(context.Background(), r, body)
	if err != nil {
		t.Fatal(err)
	}
	v.Close()
	v.Close()
	if n, err := v.Body.Read(make([]byte, 8)); n != 0 || !errors.Is(err, errClosed) {
		t.Errorf("read %d bytes (%v) of a buffer that may be another request's", n, err)
	}
}

func TestBodyErrorsFailClosed(t *testing.T) {
	e := acquire(t, site())
	broken := errors.New("connection reset by peer")
	r, _ := post("/", form, "a=1")
	v, err := e.Inspect(context.Background(), r, io.MultiReader(strings.NewReader("a="), iotest.ErrReader(broken)))
	var bodyErr *BodyError
	if !errors.As(err, &bodyErr) || !errors.Is(err, broken) || v.Body != nil {
		t.Errorf("error %v, verdict %+v", err, v)
	}
	_, err = e.Inspect(context.Background(), r, stuck{})
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that returns nothing: %v", err)
	}
}

// stuck neither reads nor fails.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// TestReplayMayBeClosedWhileRead: an HTTP transport may still send the body
// when the answer is there. Under -race this fails if buffers are shared.
func TestReplayMayBeClosedWhileRead(t *testing.T) {
	e := acquire(t, site())
	want := strings.Repeat("a=1&", 900)
	var wg sync.WaitGroup
	for range 5 {
		r, body := post("/", "text/plain", want)
		v, err := e.Inspect(context.Background(), r, body)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			got, err := io.ReadAll(iotest.HalfReader(v.Body))
			if !strings.HasPrefix(want, string(got)) || err == nil && string(got) != want {
				t.Errorf("replayed %q (%v)", got, err)
			}
		})
		v.Close()
	}
	wg.Wait()
}

// TestNothingStaysOnDisk: coraza writes uploaded files to the temporary folder
// while it parses a body, and nothing else ever.
func TestNothingStaysOnDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	e := acquire(t, site())
	upload := part(`name="f"; filename="a.txt"`, "text/plain", strings.Repeat("xin chào ", 50000)) + partsEnd
	for _, b := range []struct{ contentType, body string }{
		{multipart, upload},
		{multipart, upload[:len(upload)/2]},
	} {
		r, body := post("/", b.contentType, b.body)
		v := inspect(t, e, r, body)
		assertReplay(t, v, b.body)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestTemporaryFolderIsNeeded(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, err := NewEngines(Options{}).Acquire(site())
	if err == nil || !strings.Contains(err.Error(), "starting the rule engine: filesystem access check") {
		t.Errorf("error %v", err)
	}
}

func TestBuffersAreBounded(t *testing.T) {
	pool := newBufferPool()
	large := make([]byte, 0, maxPooled+1)
	pool.put(large)
	if got := pool.get(); cap(got) > maxPooled || len(got) != 0 {
		t.Errorf("a buffer of %d bytes was kept", cap(got))
	}
	const limit = 1000
	buf, err := readPrefix(zeros{}, nil, limit)
	if err != nil || len(buf) != limit+1 {
		t.Errorf("read %d bytes of an endless body (%v)", len(buf), err)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
