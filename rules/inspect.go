package rules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corazawaf/coraza/v3/collection"
	"github.com/corazawaf/coraza/v3/experimental"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules/meter"
)

// Inspect judges one request. It reads body, which may be nil, up to the site's
// limit; Verdict.Body replays all of it, and the caller closes the verdict when
// the request is done with. On an error nothing was decided and the request
// must be refused: *BodyError where the body could not be read, ctx's error
// where the client has gone, anything else is ours.
func (e *Engine) Inspect(ctx context.Context, r *Request, body io.Reader) (v Verdict, err error) {
	v.Body = body
	if e.shared == nil {
		return v, nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("inspecting request: rule engine panicked: %v", p)
		}
		if err != nil {
			v.Close()
			v = Verdict{}
		}
	}()
	in, err := e.begin(ctx, r)
	if err != nil {
		return v, err
	}
	v.inspection = in
	err = in.run(r, &v)
	if !e.readsResponses() || v.Blocked {
		v.end()
	}
	return v, err
}

// malformed names what makes the rules and the origin read a request
// differently. PHP takes the last of several Content-Types, others the first.
func malformed(r *Request) string {
	count := 0
	for name, values := range r.Header {
		switch {
		case strings.EqualFold(name, "Content-Type"):
			count += len(values)
		case strings.EqualFold(name, "Content-Encoding") && !strings.EqualFold(strings.Join(values, ","), "identity"):
			return "a coded request body, which the rules cannot read"
		}
	}
	if count > 1 {
		return "more than one Content-Type"
	}
	return ""
}

// inspection is one request on its way through the phases.
type inspection struct {
	ctx    context.Context
	engine *Engine
	tx     types.Transaction
	meter  *meter.Meter
	told   int  // how many of its matches a verdict holds
	judged bool // nothing that follows counts
}

// begin opens a transaction.
func (e *Engine) begin(ctx context.Context, r *Request) (*inspection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	waf, ok := e.shared.waf.(experimental.WAFWithOptions)
	if !ok {
		return nil, errors.New("inspecting request: coraza's WAF takes no options")
	}
	tx := waf.NewTransactionWithOptions(experimental.Options{ID: r.ID, Context: ctx})
	return &inspection{ctx: ctx, engine: e, tx: tx}, nil
}

// run takes the request through phase 1 (headers) and phase 2 (body). The
// second also holds rules on the URL, and runs without a body too. What is
// malformed is refused only after phase 1, whose rules may name an attack.
func (in *inspection) run(r *Request, v *Verdict) error {
	in.meter = meter.New(in.ctx, time.Duration(in.engine.waf.CPUBudget), func() { in.cut(v) })
	defer meter.Attach(in.tx, in.meter)()
	defer in.meter.Stop()
	in.meter.Start()
	defer in.judge(v)
	in.head(r)
	stopped := in.tx.ProcessRequestHeaders() != nil
	if err := in.ctx.Err(); err != nil || stopped || in.meter.Ended() {
		return err
	}
	if why := malformed(r); why != "" {
		v.refuse(in.engine, 400, why)
	}
	if v.Blocked {
		return nil
	}
	if stop, err := in.body(r, v); stop || err != nil || v.Blocked {
		return err
	}
	if _, err := in.tx.ProcessRequestBody(); err != nil {
		return fmt.Errorf("inspecting request body: %w", err)
	}
	if again, ok := v.Body.(*replay); ok && !in.tx.IsInterrupted() && !in.meter.Ended() {
		if why := otherReading(r, again.buf[:v.Inspected], !v.BodyOver); why != "" {
			v.refuse(in.engine, 400, why)
		}
	}
	return in.ctx.Err()
}

// cut ends the evaluation where it costs too much, or nobody waits for it: of the
// rules that are still to come none is evaluated. The verdict is about what was
// found before, since operators now answer no, which one that is negated takes
// for a match.
func (in *inspection) cut(v *Verdict) {
	in.judge(v)
	if in.meter.Spent() {
		v.refuse(in.engine, 503, "inspecting the request costs more than waf.cpu_budget allows")
	}
	if rules, ok := in.tx.(remover); ok {
		rules.RemoveRuleByIDRange(1, maxRule)
	}
}

// head hands over everything before the body. Names are sorted, for a verdict
// that does not change from one run to the next.
func (in *inspection) head(r *Request) {
	if in.engine.goesOn() {
		in.variables().TX().Set("lachan_detect", []string{"1"})
	}
	in.tx.ProcessConnection(address(r.Client), int(r.Client.Port()), address(r.Server), int(r.Server.Port()))
	in.tx.ProcessURI(r.Target, r.Method, r.Proto)
	if r.Line != "" {
		in.set(in.variables().RequestLine(), r.Line)
	}
	if r.Host != "" {
		in.tx.AddRequestHeader("Host", r.Host)
	}
	in.tx.SetServerName(hostname(r.Host))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if strings.EqualFold(name, "Host") {
			continue
		}
		for _, value := range r.Header[name] {
			in.tx.AddRequestHeader(strings.Clone(name), value) // see separate
			if strings.EqualFold(name, "Cookie") {
				in.cookies(value)
			}
		}
	}
	in.framing(r)
}

// cookies adds another reading of a Cookie field.
func (in *inspection) cookies(field string) {
	for _, pair := range quotedCookies(field) {
		in.variables().RequestCookies().Add(strings.Clone(pair[0]), pair[1])
	}
}

// address writes an IP address the way rules compare it: without a zone, and an
// IPv4 client of an IPv6 socket as IPv4.
func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.Addr().Unmap().WithZone("").String()
}

// framing restores the fields that net/http takes out of a request's header.
func (in *inspection) framing(r *Request) {
	if r.ContentLength > 0 && !hasHeader(r.Header, "Content-Length") {
		in.tx.AddRequestHeader("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	if hasHeader(r.Header, "Transfer-Encoding") {
		return
	}
	for _, coding := range r.TransferEncoding {
		in.tx.AddRequestHeader("Transfer-Encoding", coding)
	}
}

func hasHeader(header map[string][]string, name string) bool {
	for have := range header {
		if strings.EqualFold(have, name) {
			return true
		}
	}
	return false
}

// hostname takes the port off a Host header.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// body reads what is to be inspected and hands it over; stop is set when the
// request is refused for its length.
func (in *inspection) body(r *Request, v *Verdict) (stop bool, err error) {
	if v.Body == nil {
		return false, nil
	}
	limit := in.engine.bodies.of(r.Target)
	if r.ContentLength > limit.size && in.refuses(limit.over, v) {
		return true, nil // before "100 Continue" asks for a body nobody wants
	}
	prefix, err := in.read(v, limit.size)
	if err != nil {
		return true, err
	}
	if int64(len(prefix)) > limit.size {
		if in.refuses(limit.over, v) {
			return true, nil
		}
		v.BodyOver = true
		if limit.over == policies.OverPass {
			return false, nil
		}
		prefix = wholeRunes(prefix[:limit.size])
		in.truncated()
	}
	v.Inspected = int64(len(prefix))
	read := in.look(r, prefix)
	if why := in.dear(r, read); why != "" {
		v.refuse(in.engine, 400, why)
		in.set(in.variables().RequestBodyProcessor(), "") // of a site that only detects
	}
	if _, _, err := in.tx.WriteRequestBody(read); err != nil {
		return true, fmt.Errorf("buffering request body: %w", err)
	}
	return in.tx.IsInterrupted(), nil
}

// look chooses how the rules read a body, and returns what they read.
func (in *inspection) look(r *Request, body []byte) []byte {
	if !in.engine.weighs() {
		return body
	}
	processor, read := bodyReading(r.contentType(), body)
	if processor != "" {
		in.set(in.variables().RequestBodyProcessor(), processor)
	}
	return read
}

// refuses settles a body over the limit under `reject`. A site that only
// detects inspects the first part all the same, for its events.
func (in *inspection) refuses(over policies.BodyOver, v *Verdict) bool {
	if over == policies.OverPartial || over == policies.OverPass {
		return false
	}
	v.BodyOver = true
	v.refuse(in.engine, 413, "the request body is over the limit")
	return v.Blocked
}

// read takes in the start of the body, and sets up its replay before anything
// can fail.
func (in *inspection) read(v *Verdict, limit int64) ([]byte, error) {
	pool := in.engine.engines.buffers
	again := &replay{pool: pool, rest: v.Body}
	in.meter.Stop()
	buf, err := readPrefix(v.Body, pool.get(), limit)
	in.meter.Start()
	again.buf = buf
	v.Body, v.release = again, again.close
	if err != nil && in.ctx.Err() != nil {
		return nil, in.ctx.Err()
	}
	return buf, err
}

// wholeRunes leaves out a UTF-8 sequence that the limit cut in two, which XML's
// parser would take for an error of the client's.
func wholeRunes(b []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if start := len(b) - back; utf8.RuneStart(b[start]) {
			if !utf8.FullRune(b[start:]) {
				return b[:start]
			}
			break
		}
	}
	return b
}

// truncated tells coraza's parsers that a body ends early because only its
// first part is inspected. They would set the variable themselves if the limit
// were coraza's; it is ours, so that sites with different limits share a WAF.
func (in *inspection) truncated() {
	in.set(in.variables().InboundDataError(), "1")
}

// set gives a variable of coraza's another value, which its interface does not
// offer for those of one value.
func (in *inspection) set(variable collection.Single, value string) {
	if single, ok := variable.(interface{ Set(string) }); ok {
		single.Set(value)
	}
}

// variables is coraza's way for its extensions to read a transaction.
func (in *inspection) variables() plugintypes.TransactionVariables {
	return in.tx.(plugintypes.TransactionState).Variables()
}
