package audit

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/notation"
)

func testInfo() Info {
	return Info{Version: "0.1.0", Hostname: "vps1"}.withDefaults()
}

func blockEvent() Event {
	return Event{
		Time: time.Date(2026, 11, 22, 3, 4, 5, 678900000, time.FixedZone("ICT", 7*3600)),
		ID:   "01KB0000000000000000000001", RequestID: "01KB0000000000000000000000",
		Action: Block, Site: "portal", Client: netip.MustParseAddrPort("203.0.113.7:40000"),
		HTTP: HTTP{Method: "POST", Version: "HTTP/1.1", UserAgent: "sqlmap/1.8", Referrer: "https://portal.example/?sid=" + canary,
			RequestContentType: "application/x-www-form-urlencoded", Status: 403, RequestBytes: 42},
		URL: URL{Scheme: "https", Domain: "portal.example", Port: 443, Path: "/tim-kiem", Query: "q=1%27&token=" + canary},
		Match: &Match{RuleID: 942100, Name: "SQL Injection", Ruleset: "crs", Version: "4.25.0",
			RuleIDs: []int{942100, 942190}, Score: 10, Variable: "ARGS:q", Value: "1' OR pwd='" + canary + "'",
			Details: []Detail{{942100, []string{"ARGS:q"}, "SQL Injection: Matched Data: s&1 found within ARGS:q: 1' OR pwd='" + canary + "'"}}},
	}
}

func stripEvent() Event {
	return Event{
		Time: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), ID: "01KB0000000000000000000002", Action: Strip, Site: "portal",
		Client: netip.MustParseAddrPort("[2001:db8::7]:40000"),
		HTTP:   HTTP{Method: "GET", Version: "2", Status: 200, ResponseContentType: "text/html; charset=utf-8", ResponseBytes: 1234},
		URL:    URL{Domain: "portal.example", Path: "/"},
		Finding: &Finding{Kind: "script", Element: "script", Attribute: "src", Target: "https://evil.test/x.js?key=1", Host: "evil.test",
			Offset: 77, Count: 3, Snippet: `<script src="https://evil.test/x.js?key=1">`, Reasons: []string{"host not allowed", "after </html>"}, SHA256: strings.Repeat("ab", 32),
			BeforeSHA256: strings.Repeat("cd", 32), AfterSHA256: strings.Repeat("ef", 32)},
	}
}

func encodeLine(t testing.TB, e Event) string {
	t.Helper()
	buf, err := newEncoder(testInfo()).line(&e)
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Free()
	return buf.String()
}

// TestLine pins whole lines: names, nesting and order are what a SOC's
// decoders are written against.
func TestLine(t *testing.T) {
	const observer = `"observer":{"hostname":"vps1","version":"0.1.0","vendor":"Lachan","product":"Lachan","type":"waf"},"ecs":{"version":"8.17.0"}`
	tests := []struct {
		name  string
		event Event
		want  string
	}{
		{"block", blockEvent(), `{"@timestamp":"2026-11-21T20:04:05.678900Z",` +
			`"event":{"id":"01KB0000000000000000000001","action":"block","kind":"alert","category":["web","intrusion_detection"],"type":["denied"],"outcome":"success","severity":73,"module":"lachan","dataset":"lachan.audit"},` +
			`"http":{"request":{"id":"01KB0000000000000000000000","method":"POST","referrer":"https://portal.example/?sid=[redacted]","body":{"bytes":42}},"response":{"status_code":403},"version":"1.1"},` +
			`"message":"block 942100 SQL Injection","service":{"name":"portal"},"source":{"ip":"203.0.113.7","port":40000},` +
			`"url":{"scheme":"https","domain":"portal.example","port":443,"path":"/tim-kiem","query":"q=1%27&token=[redacted]","original":"/tim-kiem?q=1%27&token=[redacted]"},` +
			`"user_agent":{"original":"sqlmap/1.8"},"rule":{"id":"942100","name":"SQL Injection","ruleset":"crs","version":"4.25.0"},` + observer +
			`,"lachan":{"request_content_type":"application/x-www-form-urlencoded","rule_ids":["942100","942190"],"matches":["942100 SQL Injection: Matched Data: s&1 found within ARGS:q: 1' OR pwd='[redacted]'"],"score":10,"match":{"variable":"ARGS:q","value":"1' OR pwd='[redacted]'"}}}` + "\n"},
		{"strip", stripEvent(), `{"@timestamp":"2026-11-22T03:04:05.000000Z",` +
			`"event":{"id":"01KB0000000000000000000002","action":"strip","kind":"alert","category":["web","intrusion_detection"],"type":["denied"],"outcome":"success","severity":73,"module":"lachan","dataset":"lachan.audit"},` +
			`"http":{"request":{"method":"GET"},"response":{"status_code":200,"body":{"bytes":1234}},"version":"2"},` +
			`"message":"strip script script evil.test 3 times","service":{"name":"portal"},"source":{"ip":"2001:db8::7","port":40000},` +
			`"url":{"domain":"portal.example","path":"/","original":"/"},` + observer +
			`,"lachan":{"response_content_type":"text/html; charset=utf-8","finding":{"kind":"script","element":"script","attribute":"src","target":"https://evil.test/x.js?key=1","host":"evil.test","offset":77,"count":3,` +
			`"snippet":"<script src=\"https://evil.test/x.js?key=1\">","reasons":["host not allowed","after </html>"],"sha256":"` + strings.Repeat("ab", 32) + `","before_sha256":"` + strings.Repeat("cd", 32) + `","after_sha256":"` + strings.Repeat("ef", 32) + `"}}}` + "\n"},
		{"config", Event{Time: time.Unix(0, 0), ID: "x", Action: Config, Message: "configuration refused", Error: "lachan.yaml:3:1: unknown key"},
			`{"@timestamp":"1970-01-01T00:00:00.000000Z","event":{"id":"x","action":"config","kind":"event","category":["configuration"],"type":["change"],"outcome":"failure","severity":47,"module":"lachan","dataset":"lachan.audit"},` +
				`"message":"configuration refused","error":{"message":"lachan.yaml:3:1: unknown key"},` + observer + `,"lachan":{}}` + "\n"},
		{"gap", Event{Time: time.Unix(9, 0), ID: "x", Action: Gap, Loss: &Loss{Count: 3, First: time.Unix(1, 0), Last: time.Unix(2, 0), Reason: "queue full"}},
			`{"@timestamp":"1970-01-01T00:00:09.000000Z","event":{"id":"x","action":"gap","kind":"pipeline_error","category":["web"],"type":["error"],"outcome":"failure","severity":73,"module":"lachan","dataset":"lachan.audit"},` +
				`"message":"3 events lost: queue full",` + observer + `,"lachan":{"gap":{"count":3,"first":"1970-01-01T00:00:01.000000Z","last":"1970-01-01T00:00:02.000000Z","reason":"queue full"}}}` + "\n"},
		{"fold", Event{Time: time.Unix(9, 0), ID: "x", Action: Fold, Fold: &Flood{Action: "block", Count: 123, First: time.Unix(1, 0), Last: time.Unix(2, 0)}, Match: &Match{RuleID: 942100, Name: "SQL Injection", Score: 20}},
			`{"@timestamp":"1970-01-01T00:00:09.000000Z","event":{"id":"x","action":"fold","kind":"alert","category":["web","intrusion_detection"],"type":["info"],"outcome":"unknown","severity":99,"module":"lachan","dataset":"lachan.audit"},` +
				`"message":"123 alike: block 942100 SQL Injection","rule":{"id":"942100","name":"SQL Injection"},` + observer + `,"lachan":{"score":20,"fold":{"action":"block","count":123,"first":"1970-01-01T00:00:01.000000Z","last":"1970-01-01T00:00:02.000000Z"}}}` + "\n"},
		{"checkpoint", Event{Time: time.Unix(9, 0), ID: "x", Action: Checkpoint, Checkpoint: &CheckpointDetail{"vps1\n7\nabc=\n\n— vps1 token=eyJhbGciOiJub25lIn0\n"}},
			`{"@timestamp":"1970-01-01T00:00:09.000000Z","event":{"id":"x","action":"checkpoint","kind":"event","category":["configuration"],"type":["info"],"outcome":"success","severity":21,"module":"lachan","dataset":"lachan.audit"},` +
				`"message":"checkpoint",` + observer + `,"lachan":{"checkpoint":{"note":"vps1\n7\nabc=\n\n— vps1 token=eyJhbGciOiJub25lIn0\n"}}}` + "\n"},
		{"notice", Event{Time: time.Unix(9, 0), ID: "x", Action: Notice, Reason: "the sink is behind", Error: "dial: refused", Notice: &NoticeDetail{Kind: "sink", Name: "soc", Value: 5000, FirstSeq: 7, LastSeq: 9}},
			`{"@timestamp":"1970-01-01T00:00:09.000000Z","event":{"id":"x","action":"notice","kind":"event","category":["process"],"type":["info"],"outcome":"failure","severity":73,"module":"lachan","dataset":"lachan.audit","reason":"the sink is behind"},` +
				`"message":"notice the sink is behind","error":{"message":"dial: refused"},` + observer + `,"lachan":{"notice":{"kind":"sink","name":"soc","value":5000,"first_seq":7,"last_seq":9}}}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, encodeLine(t, tt.event)); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSeverity(t *testing.T) {
	tests := []struct {
		event Event
		want  int
	}{
		{Event{Action: Block, Match: &Match{Score: 3}}, medium},
		{Event{Action: Block, Match: &Match{Score: 5}}, high},
		{Event{Action: Detect, Match: &Match{Score: 20}}, critical},
		{Event{Action: Block}, medium},
		{Event{Action: Strip, Finding: &Finding{Element: "a"}}, medium},
		{Event{Action: Strip, Finding: &Finding{Element: "iframe"}}, high},
		{Event{Action: Redirect}, high},
		{Event{Action: Deny}, low},
		{Event{Action: Config}, low},
		{Event{Action: Config, Error: "x"}, medium},
		{Event{Action: Gap}, high},
		{Event{Action: Fold}, low},
		{Event{Action: Fold, Fold: &Flood{Action: "block"}}, medium},
		{Event{Action: Fold, Fold: &Flood{Action: "redirect"}}, high},
		{Event{Action: Fold, Fold: &Flood{Action: "deny"}}, low},
		{Event{Action: Fold, Fold: &Flood{Action: "strip"}, Finding: &Finding{Element: "script"}}, high},
		{Event{Action: Checkpoint}, low},
		{Event{Action: Notice}, low},
		{Event{Action: Notice, Error: "x"}, high},
	}
	for _, tt := range tests {
		if got := severity(&tt.event); got != tt.want {
			t.Errorf("severity(%+v) = %d, want %d", tt.event, got, tt.want)
		}
	}
}

// everywhere puts s into every string of an event.
func everywhere(s string) Event {
	ids := make([]int, 1000)
	reasons := make([]string, 100)
	details := make([]Detail, 100)
	for i := range reasons {
		reasons[i], details[i] = s, Detail{1 << 62, []string{s}, s}
	}
	for i := range ids {
		ids[i] = 1<<62 + i
	}
	return Event{
		ID: s, RequestID: s, Action: Action(s), Site: s, Client: netip.MustParseAddrPort("[fe80::1%eth0]:1"),
		HTTP: HTTP{s, s, s, s, s, s, 999, 1 << 62, 1 << 62}, URL: URL{s, s, 65535, s, s},
		Match:   &Match{1 << 62, s, s, s, ids, 1 << 62, s, s, details, reasons},
		Finding: &Finding{s, s, s, s, s, 1 << 62, 1 << 62, s, reasons, s, s, s},
		Reason:  s, Message: s, Error: s, Loss: &Loss{1 << 63, time.Unix(0, 0), time.Unix(0, 0), s},
		Fold: &Flood{s, 1 << 63, time.Unix(0, 0), time.Unix(0, 0)}, Notice: &NoticeDetail{s, s, 1 << 62, 1 << 63, 1 << 63},
	}
}

func TestLongestLine(t *testing.T) {
	for _, unit := range []string{"\x00", "\xff", `"`, "ữ", "\u202e", "a", "\n", "😀"} {
		e := everywhere(strings.Repeat(unit, 10000))
		checkLine(t, encodeLine(t, e))
		e.Checkpoint = &CheckpointDetail{strings.Repeat(unit, 10000)}
		checkLine(t, encodeLine(t, e))
	}
}

func checkLine(t testing.TB, line string) {
	t.Helper()
	switch {
	case len(line) > maxLine-maxChain:
		t.Errorf("line of %d bytes, want at most %d", len(line), maxLine-maxChain)
	case !strings.HasPrefix(line, `{"@timestamp":"`) || !strings.HasSuffix(line, lineEnd):
		t.Errorf("neither beginning nor end are as promised: %q", line)
	case !json.Valid([]byte(line)):
		t.Errorf("no valid JSON: %q", line)
	case !utf8.ValidString(line):
		t.Errorf("no valid UTF-8: %q", line)
	case strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n"):
		t.Errorf("not one line: %q", line)
	}
	for _, r := range line[:len(line)-1] {
		if r < 0x20 || notation.Deceptive(r) {
			t.Errorf("raw control %U in %q", r, line)
		}
	}
}

func TestAppendText(t *testing.T) {
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcdef", 5, "ab…"},
		{"ữữữ", 9, "ữữữ"},
		{"ữữữữ", 9, "ữữ…"},
		{"a\xffb", 10, "a\ufffdb"},
		{`""""`, 8, `\"\"\"\"`},
		{`"""""`, 8, `\"\"…`},
		{"\x00\x00", 11, `\u0000…`},
		{"a\u202eb\x7f", 30, `a\\u202eb\\u007f`},
		{"\U000e0041", 30, `\\U000e0041`},
	}
	for _, tt := range tests {
		if got := string(appendText(nil, tt.in, false, tt.limit)); got != tt.want {
			t.Errorf("appendText(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

// TestSealedLine: what the chain adds stands in lachan, whatever is in it.
func TestSealedLine(t *testing.T) {
	for _, e := range []Event{blockEvent(), {Action: Config}} {
		head := chain.Head{Seq: 6}
		sealed, err := head.Seal(nil, []byte(encodeLine(t, e)))
		if err != nil {
			t.Fatal(err)
		}
		got := string(sealed)
		var line struct {
			Lachan struct {
				Score int
				Chain struct{ Seq int }
			}
		}
		if err := json.Unmarshal([]byte(got), &line); err != nil || line.Lachan.Chain.Seq != 7 || (line.Lachan.Score != 0) != (e.Match != nil) || !strings.HasSuffix(got, lineEnd) {
			t.Errorf("%v: %s", err, got)
		}
	}
}

// TestNoteIsWhole: a signature covers each byte of it.
func TestNoteIsWhole(t *testing.T) {
	note := strings.Repeat("line\n", 180) + "\n— vps1.example AbCd+/=\n"
	var line struct {
		Lachan struct{ Checkpoint struct{ Note string } }
	}
	err := json.Unmarshal([]byte(encodeLine(t, Event{Action: Checkpoint, Checkpoint: &CheckpointDetail{note}})), &line)
	if err != nil || line.Lachan.Checkpoint.Note != note {
		t.Errorf("%v: %q", err, line.Lachan.Checkpoint.Note)
	}
}

// FuzzEvent: whatever the strings are, the event is one valid line within its
// bounds, and Tail shows it without control codes.
func FuzzEvent(f *testing.F) {
	f.Add("password=x&y", "ARGS:q")
	f.Add("\x1b[31m\x00\xff\u202e\"\\", "REQUEST_COOKIES:a")
	f.Add(strings.Repeat("%25", 3000), strings.Repeat("a=", 3000))
	f.Fuzz(func(t *testing.T, s, variable string) {
		e := everywhere(s)
		e.Match.Variable = variable
		line := encodeLine(t, e)
		checkLine(t, line)
		parsed, err := parseLine([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range parsed.render(false, time.UTC) {
			if r < 0x20 || notation.Deceptive(r) {
				t.Fatalf("control %U reaches the terminal", r)
			}
		}
	})
}

// FuzzSecret plants a secret under a secret's name amid arbitrary text, in the
// ways a request carries one; it must not come out.
func FuzzSecret(f *testing.F) {
	f.Add("a=1&", "&b=2", uint8(0), uint8(0))
	f.Add(`{"a":"`, `"}`, uint8(1), uint8(3))
	f.Add("it's \"", "\x00", uint8(2), uint8(7))
	f.Add("%22%5c\\", "</a>", uint8(3), uint8(9))
	names := []string{"password", "mat_khau", "user[pwd]", "pass%77ord", "api_key", "otp", "cccd", "Token"}
	f.Fuzz(func(t *testing.T, before, after string, name, dress uint8) {
		n := names[int(name)%len(names)]
		dresses := []string{
			"&" + n + "=" + canary, "\n" + n + ": " + canary, `,"` + n + `":"` + canary + `"`, "<" + n + ">" + canary + "</" + n + ">",
			`;"` + n + `";s:14:"` + canary + `"`, "&u=%3F" + strings.ReplaceAll(n, "%", "%25") + "%3D" + canary, "; " + n + "=" + canary,
			`&quot;` + n + `&quot;:&quot;` + canary + `&quot;`, "\nCookie: a=" + canary, "\nAuthorization: Basic " + canary,
		}
		line := encodeLine(t, everywhere(before+dresses[int(dress)%len(dresses)]+after))
		if strings.Contains(line, "S3cr3t") && !strings.Contains(before+after, "S3cr3t") {
			t.Errorf("the secret came out of %q", before+dresses[int(dress)%len(dresses)]+after)
		}
	})
}

// TestSecondOpinion: the reasons stand in a list of keywords, redacted as all else.
func TestSecondOpinion(t *testing.T) {
	line := encodeLine(t, Event{Action: Detect, Match: &Match{RuleIDs: []int{942190}, SecondOpinion: []string{"942190: changes no statement of SQL"}}})
	if want := `"second_opinion":["942190: changes no statement of SQL"]`; !strings.Contains(line, want) {
		t.Errorf("no %s in %s", want, line)
	}
}

func TestPlain(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				s := []byte(strings.Repeat("a", size))
				s[at] = byte(c)
				if got, want := plain(string(s)), c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; got != want {
					t.Fatalf("%q: %v", s, got)
				}
			}
		}
	}
}
