package clean

import "strings"

// CSP returns what is left of an origin's Content-Security-Policy: a policy
// only ever takes away, so it stays beside one of ours, but for what would
// speak for an intruder. Out go the directives that report, which would tell
// another host who visits what, and hosts that the allowlist of a directive's
// kind does not hold: what they serve is removed from the page as well.
func (c *Cleaner) CSP(value string) string { return eachPolicy(value, c.directive) }

// directive rewrites one directive; empty: it goes.
func (c *Cleaner) directive(name string, sources []string) string {
	if name == "report-uri" || name == "report-to" {
		return ""
	}
	k, judged := directiveKind(name)
	kept := []string{name}
	for _, source := range sources {
		if host, path := sourceHost(source); !judged || host == "" || c.allow.permits(k, host, path) {
			kept = append(kept, source)
		}
	}
	if judged && len(kept) == 1 {
		kept = append(kept, "'none'")
	}
	return strings.Join(kept, " ")
}

// directiveKind is what a fetch directive restricts, where the cleaner takes
// the references of that kind out of pages. What scripts connect to it cannot see.
func directiveKind(name string) (k kind, judged bool) {
	switch name {
	case "script-src", "script-src-elem", "script-src-attr", "worker-src":
		return kindScript, true
	case "style-src", "style-src-elem", "style-src-attr":
		return kindStyle, true
	case "frame-src", "child-src", "object-src":
		return kindFrame, true
	case "form-action":
		return kindForm, true
	case "base-uri":
		return kindBase, true
	}
	return kindNone, false
}

// sourceHost is the host of a host-source (CSP 3, 2.3.1) and its path; for one
// with a wildcard, a host that it covers. Keywords, hashes and schemes have none.
func sourceHost(source string) (host, path string) {
	if strings.HasPrefix(source, "'") || source == "*" || strings.HasSuffix(source, ":") {
		return "", ""
	}
	if _, after, found := strings.Cut(source, "//"); found {
		source = after
	}
	host, path, _ = strings.Cut(source, "/")
	host, _, _ = strings.Cut(host, ":")
	if rest, found := strings.CutPrefix(host, "*."); found {
		host = "any." + rest
	}
	return lowerString([]byte(host)), "/" + path
}

// WithNonce adds a nonce to a Content-Security-Policy wherever that counts on
// nonces. The origin's own are no longer in the page.
func WithNonce(policy, nonce string) string {
	if !strings.Contains(policy, "nonce-") || nonce == "" {
		return policy
	}
	return eachPolicy(policy, func(name string, sources []string) string {
		for _, source := range sources {
			if hasPrefixFold([]byte(source), "'nonce-") {
				sources = append(sources, "'nonce-"+nonce+"'")
				break
			}
		}
		return asItIs(name, sources)
	})
}

// eachPolicy takes a list of policies apart, as browsers do (CSP 3, 2.2.1 and
// 2.2.2), and puts it together again from what directive returns.
func eachPolicy(value string, directive func(name string, sources []string) string) string {
	var policies []string
	for policy := range strings.SplitSeq(value, ",") {
		var directives []string
		for text := range strings.SplitSeq(policy, ";") {
			if words := strings.Fields(text); len(words) > 0 {
				if kept := directive(strings.ToLower(words[0]), words[1:]); kept != "" {
					directives = append(directives, kept)
				}
			}
		}
		if len(directives) > 0 {
			policies = append(policies, strings.Join(directives, "; "))
		}
	}
	return strings.Join(policies, ", ")
}

// setNonce replaces the nonce of a script that stands. The origin's is not
// trusted: it may be the same on every page, known to whoever planted something.
func (w *rewriter) setNonce() {
	t := &w.tok.tag
	for i := range t.attrs {
		if t.attrs[i].id == attrNonce {
			w.verdict.drop(i)
		}
	}
	w.verdict.nonce = true
}

// insertNonce passes on a tag that is to get a nonce and is not changed otherwise.
func (w *rewriter) insertNonce(o *output, tag []byte) {
	at := len(tag) - len(">")
	if w.tok.tag.selfClosing {
		at -= len("/")
	}
	o.emit(tag[:at])
	o.emit(w.nonce)
	o.emit(tag[at:])
}

// judgeMetaCSP does with a policy in the page what CSP does with one in the
// header, and lets the scripts that got a nonce run under it.
func (w *rewriter) judgeMetaCSP(b []byte, i int, content []byte) {
	policy := string(content)
	if kept := w.c.CSP(policy); kept != eachPolicy(policy, asItIs) {
		policy = kept
		w.found(w.finding(b, i, kindConnect, target{}, reasonOffList), b[w.tok.start:w.tok.pos])
	}
	if policy = WithNonce(policy, w.doc.Nonce); policy != string(content) {
		w.verdict.rewrite(i, []byte(policy))
	}
}

func asItIs(name string, sources []string) string {
	return strings.Join(append([]string{name}, sources...), " ")
}
