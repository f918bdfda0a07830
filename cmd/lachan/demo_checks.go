package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/cmd/lachan/portal"
)

// demoCheck is one thing to try: by hand as the command says, or by run.
type demoCheck struct {
	title string
	// rawShows and safeShows say what the command prints for each site.
	rawShows, safeShows string
	// command is a shell line in which ${curl} and ${site} are filled in.
	command string
	run     func(ctx context.Context, c *demoClient) ([]observation, error)
}

// observation is one row of the result: what both sites answered, and whether
// the protected one is as it should be.
type observation struct {
	check     int
	what      string
	raw, safe string
	ok        bool

	requestID string       // of the protected site's answer
	action    audit.Action // the event the request must have left; empty: none
	marks     []string     // one of which the event must name; empty: any event will do
	events    string       // what was recorded for it
}

const hostileHosts = `'[a-z0-9]+\.evil\.test|fromCharCode'`

func demoChecks() []demoCheck {
	return []demoCheck{
		{
			"What was planted into the home page",
			"the hosts of casinos, and the loader after </html>", "nothing",
			`${curl} ${site}/ | grep -Eo ` + hostileHosts + ` | sort | uniq -c`,
			checkHome,
		},
		{
			"Pages that move the visitor on by themselves",
			"a JavaScript redirect and a meta refresh", "nothing",
			`${curl} ${site}/tin-tuc/thu-hoach-lua ${site}/tin-tuc/lich-tiep-cong-dan | grep -E 'location.replace|http-equiv="refresh"'`,
			checkRedirectPages,
		},
		{
			"A visitor who comes from a search engine",
			"302 to the casino", "an explanation instead",
			`${curl} -i -H 'Referer: https://www.google.com/' ${site}/ | grep -aiE '^(HTTP|location)|<h1>'`,
			checkSearchVisitor,
		},
		{
			"SQL injection in the search form",
			"internal documents", "403 with a request ID",
			`${curl} -G -H 'Accept: application/json, text/html;q=0.5' --data-urlencode "q=' OR 1=1 -- " ${site}/tim-kiem | grep -E 'request_id|nội bộ'`,
			checkInjection,
		},
		{
			"Script injection, and the web shell left behind",
			"the shell answers as www-data", "403 with a request ID",
			`${curl} '${site}` + portal.ShellPath + `?cmd=cat+/etc/passwd' | grep -E 'www-data|<code>'`,
			checkScriptAndShell,
		},
	}
}

// checkHome looks for every plant and everything of the commune's own, on the
// home page and in the articles.
func checkHome(ctx context.Context, c *demoClient) ([]observation, error) {
	return comparePages(ctx, c, func(path string) bool { return !isRedirectPage(path) })
}

func checkRedirectPages(ctx context.Context, c *demoClient) ([]observation, error) {
	return comparePages(ctx, c, isRedirectPage)
}

func isRedirectPage(path string) bool {
	return path == "/tin-tuc/thu-hoach-lua" || path == "/tin-tuc/lich-tiep-cong-dan"
}

// comparePages checks the plants and keeps of the selected pages, asking for
// each page once.
func comparePages(ctx context.Context, c *demoClient, selected func(path string) bool) ([]observation, error) {
	pages := map[string]demoExchange{}
	ask := func(path string) (demoExchange, error) {
		if x, ok := pages[path]; ok {
			return x, nil
		}
		x, err := c.ask(ctx, path)
		pages[path] = x
		return x, err
	}
	var seen []observation
	for _, plant := range portal.Plants() {
		if !selected(plant.Path) {
			continue
		}
		x, err := ask(plant.Path)
		if err != nil {
			return nil, err
		}
		seen = append(seen, comparePlant(x, plant))
	}
	kept, err := compareKeeps(ask, selected)
	return append(seen, kept), err
}

func comparePlant(x demoExchange, plant portal.Plant) observation {
	raw, safe := marks(x.raw.body, plant.Marks), marks(x.safe.body, plant.Marks)
	return observation{
		what:      plant.Name,
		raw:       fmt.Sprintf("%d of %d marks", raw, len(plant.Marks)),
		safe:      fmt.Sprintf("%d of %d marks", safe, len(plant.Marks)),
		ok:        x.raw.status == http.StatusOK && x.safe.status == http.StatusOK && raw == len(plant.Marks) && safe == 0,
		requestID: x.safe.requestID,
		action:    audit.Strip,
		marks:     plant.Marks,
	}
}

func marks(body string, list []string) (found int) {
	for _, mark := range list {
		if strings.Contains(body, mark) {
			found++
		}
	}
	return found
}

// compareKeeps sums up what must survive, and names what has not.
func compareKeeps(ask func(path string) (demoExchange, error), selected func(path string) bool) (observation, error) {
	total, raw, safe := 0, 0, 0
	var lost []string
	for _, keep := range portal.Keeps() {
		if !selected(keep.Path) {
			continue
		}
		x, err := ask(keep.Path)
		if err != nil {
			return observation{}, err
		}
		total++
		raw += marks(x.raw.body, []string{keep.Mark})
		if strings.Contains(x.safe.body, keep.Mark) {
			safe++
		} else {
			lost = append(lost, keep.Name)
		}
	}
	o := observation{what: "the site's own parts stay", ok: raw == total && safe == total && total > 0}
	o.raw, o.safe = fmt.Sprintf("%d of %d", raw, total), fmt.Sprintf("%d of %d", safe, total)
	if len(lost) > 0 {
		o.safe += ", lost: " + strings.Join(lost, ", ")
	}
	return o, nil
}

func checkSearchVisitor(ctx context.Context, c *demoClient) ([]observation, error) {
	visitors := []struct{ name, field, value string }{
		{"visitor from a search engine", "Referer", "https://www.google.com/"},
		{"search engine's crawler", "User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
	}
	var seen []observation
	for _, v := range visitors {
		x, err := c.ask(ctx, "/", v.field, v.value)
		if err != nil {
			return nil, err
		}
		o := observed(v.name, x, audit.Redirect)
		o.ok = x.raw.location == portal.Lure && x.safe.location == "" && x.safe.quotesID()
		seen = append(seen, o)
	}
	return seen, nil
}

func checkInjection(ctx context.Context, c *demoClient) ([]observation, error) {
	attack, err := c.ask(ctx, searchTarget("' OR 1=1 -- "))
	if err != nil {
		return nil, err
	}
	o := observed("SQL injection", attack, audit.Block)
	o.raw += counted(attack.raw.body, portal.Internal, ", internal rows shown")
	o.ok = strings.Contains(attack.raw.body, portal.Internal) && !strings.Contains(attack.safe.body, portal.Internal) && attack.safe.refused()

	honest, err := c.ask(ctx, searchTarget("lịch tiêm chủng"))
	if err != nil {
		return nil, err
	}
	plain := observed("an honest search works", honest, "")
	const found = "<td>Lịch tiêm chủng mở rộng tháng 12</td>"
	plain.raw += counted(honest.raw.body, found, ", found")
	plain.safe += counted(honest.safe.body, found, ", found")
	plain.ok = strings.Contains(honest.raw.body, found) && strings.Contains(honest.safe.body, found)
	return []observation{o, plain}, nil
}

func checkScriptAndShell(ctx context.Context, c *demoClient) ([]observation, error) {
	const script = "<script>alert(document.cookie)</script>"
	probes := []struct{ name, target, proof, shown string }{
		{"cross-site scripting", searchTarget(script), script, ", script reflected"},
		{"web shell", portal.ShellPath + "?cmd=cat+/etc/passwd", portal.ShellAnswer, ", shell answers"},
	}
	var seen []observation
	for _, p := range probes {
		x, err := c.ask(ctx, p.target)
		if err != nil {
			return nil, err
		}
		o := observed(p.name, x, audit.Block)
		o.raw += counted(x.raw.body, p.proof, p.shown)
		o.ok = strings.Contains(x.raw.body, p.proof) && !strings.Contains(x.safe.body, p.proof) && x.safe.refused()
		seen = append(seen, o)
	}
	return seen, nil
}

// observed describes an exchange by its status and where it leads.
func observed(what string, x demoExchange, action audit.Action) observation {
	return observation{what: what, raw: x.raw.String(), safe: x.safe.String(), requestID: x.safe.requestID, action: action}
}

func (a demoAnswer) String() string {
	s := fmt.Sprint(a.status)
	if a.location != "" {
		s += " to " + a.location
	}
	if a.quotesID() {
		s += ", page with request ID"
	}
	return s
}

// quotesID says whether the page shows the ID its header carries.
func (a demoAnswer) quotesID() bool {
	return a.requestID != "" && strings.Contains(a.body, a.requestID)
}

func (a demoAnswer) refused() bool { return a.status == http.StatusForbidden && a.quotesID() }

func counted(body, proof, shown string) string {
	if strings.Contains(body, proof) {
		return shown
	}
	return ""
}

func searchTarget(words string) string { return "/tim-kiem?q=" + url.QueryEscape(words) }
