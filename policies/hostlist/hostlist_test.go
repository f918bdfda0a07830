package hostlist

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t testing.TB, text string) *Set {
	t.Helper()
	s, err := Read("list.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mixed has a line of every form.
const mixed = "\ufeff# a hosts file\r\n" +
	"127.0.0.1 localhost localhost.localdomain\r\n" +
	"::1\tip6-localhost ip6-loopback\r\n" +
	"fe80::1%lo0 localhost\nff02::1 ip6-allnodes\n255.255.255.255 broadcasthost\n0.0.0.0 0.0.0.0\n" +
	"0.0.0.0 one.evil.test two.evil.test # and why\n" +
	"127.0.0.1\tTHREE.evil.test\n" +
	":: four.evil.test\n" +
	"! domains\n" +
	"domain.test\n  Dot.test.  # with the root's dot\n" +
	"cổng.test\nxn--tin-nhanh-b1b.test\n192.0.2.7\n[2001:DB8::7]\n" +
	"\n[Adblock Plus 2.0]\n" +
	"||bare.test^\n||all.test^$all\n||third.test^$third-party,document\n||end.test^|\n" +
	"@@||good.all.test^\n@@||good.domain.test^$document\n" +
	"domain.test##.banner\nother.test#@#.banner\n##.ad\n/ads[0-9]+/\n/banner/*\n||path.test/x^\n||port.test:8080^\n||narrow.test^$script\n" +
	"||part.test\n@@||narrow.domain.test^$elemhide\n|https://start.test/\n-banner.\n&ad=\nhttps://url.test/\n@@/ok.js\n||*.star.test^\n||off.test^$badfilter\n" +
	"last.test"

func TestLists(t *testing.T) {
	s := read(t, mixed)
	if err := s.Problems("list.txt"); err != nil {
		t.Error(err)
	}
	if s.Entries != 17 || s.Skipped != 25 {
		t.Errorf("%d entries, %d skipped", s.Entries, s.Skipped)
	}
	for host, want := range map[string]bool{
		"one.evil.test": true, "one.evil.test.": true, "two.evil.test": true, "three.evil.test": true, "four.evil.test": true,
		"evil.test": false, "a.one.evil.test": false, "five.evil.test": false, "localhost": false, "ip6-localhost": false, "0.0.0.0": false,
		"domain.test": true, "a.domain.test": true, "a.b.domain.test": true, "xdomain.test": false, "domain.test.evil.test": false, "test": false,
		"dot.test": true, "xn--cng-qmz.test": true, "a.xn--tin-nhanh-b1b.test": true, "192.0.2.7": true, "2.7": false, "[2001:db8::7]": true, "[2001:db8::8]": false,
		"bare.test": true, "a.bare.test": true, "all.test": true, "third.test": true, "end.test": true, "last.test": true,
		"good.all.test": false, "very.good.all.test": false, "bad.all.test": true, "good.domain.test": false,
		"narrow.domain.test": true, "other.test": false, "path.test": false, "port.test": false, "narrow.test": false, "part.test": false,
		"start.test": false, "url.test": false, "a.star.test": false, "off.test": false,
		"": false, ".": false, "..": false, "a..domain.test": true,
	} {
		if got := (Lists{s}).Has(host); got != want {
			t.Errorf("Has(%q) = %v", host, got)
		}
	}
}

// An exception holds against every list of the site: it is how an operator
// takes back what a feed is wrong about.
func TestExceptionsOfAnotherList(t *testing.T) {
	feed, own := read(t, "evil.test\nnews.test\n"), read(t, "@@||news.test^\n")
	for _, lists := range []Lists{{feed, own}, {own, feed}} {
		if lists.Has("www.news.test") || !lists.Has("www.evil.test") {
			t.Errorf("news.test listed: %v, evil.test listed: %v", lists.Has("www.news.test"), lists.Has("www.evil.test"))
		}
	}
	if (Lists{}).Has("evil.test") || Lists(nil).Has("evil.test") {
		t.Error("no list lists")
	}
}

func TestProblems(t *testing.T) {
	text := "good.test\nevil test\n10.0.0.1 intranet.test\n*.wild.test\nsingle\n||com^\n0.0.0.0 a..b also.test\nport.test:80\n1.2.3\nbell\x07.test\n" +
		strings.Repeat("x", maxLine+1) + "\n" + strings.Repeat("ok.test\n", 10)
	s := read(t, text)
	want := []string{
		`list.txt:2: "evil test" is neither a host nor an address with hosts`,
		`list.txt:3: 10.0.0.1 is a real address: a listed host has 0.0.0.0 or 127.0.0.1`,
		`list.txt:4: "*.wild.test": write "wild.test", which covers the hosts below it`,
		`list.txt:5: "single" is a single label, not a host with a domain`,
		`list.txt:6: "com" is a single label, not a host with a domain`,
		`list.txt:7: "a..b" is not a host name`,
		`list.txt:8: "port.test:80": a port is not part of a host`,
		`list.txt:9: "1.2.3" is not a host name: it ends in a number but is not an IPv4 address such as 192.0.2.1`,
		`list.txt:10: "bell\a.test" is not a host name: "\a" cannot be part of it`,
		`list.txt:11: longer than 65536 bytes`,
	}
	if diff := cmp.Diff(want, strings.Split(s.Problems("list.txt").Error(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, host := range []string{"good.test", "also.test", "ok.test"} {
		if !(Lists{s}).Has(host) {
			t.Errorf("%s is not listed", host)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	s := read(t, strings.Repeat("not a host\nhost.test\n", 500))
	lines := strings.Split(s.Problems("list.txt").Error(), "\n")
	if len(lines) != maxProblems+1 || lines[maxProblems] != "list.txt: 480 more lines have a problem" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestNoList(t *testing.T) {
	for text, want := range map[string]string{
		"": "list.txt: empty",
		"<!DOCTYPE html>\n<title>502 Bad Gateway</title>\n<h1>Bad Gateway</h1>\n": "not a list of hosts: 0 lines name one, 3 do not",
		"##.ad\n/banner/*\n||x.test^$script\n":                                    "not a list of hosts: 0 lines name one, 2 do not",
		"one.test\nevil test\nnot this\n":                                         "list.txt:2: ",
		"\xff\xfee\x00v\x00i\x00l\x00.\x00t\x00e\x00s\x00t\x00\n\x00":             "not a list of hosts",
	} {
		if _, err := Read("list.txt", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	read(t, "# nothing yet\n")
}

// FuzzRead looks for panics, for messages that span lines, and for domains that
// are read but not found.
func FuzzRead(f *testing.F) {
	for line := range strings.SplitSeq(mixed, "\n") {
		f.Add(line)
	}
	f.Add(mixed)
	f.Add("@@||a.b^$\n||^\n@@\n||\n[\n*.")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Read("list.txt", strings.NewReader("seed.test\n"+text))
		if err != nil {
			return
		}
		if problems := s.Problems("list.txt"); problems != nil {
			for line := range strings.SplitSeq(problems.Error(), "\n") {
				if !strings.HasPrefix(line, "list.txt:") {
					t.Errorf("a message without its place: %q", line)
				}
			}
		}
		if s.Entries > 0 && len(s.hosts.hashes)+len(s.excepted.hashes) == 0 {
			t.Errorf("%d entries, none kept", s.Entries)
		}
		if excepted := s.excepted.covers("www.seed.test"); (Lists{s}).Has("www.seed.test") == excepted {
			t.Errorf("a listed domain is found: %v, excepted: %v", !excepted, excepted)
		}
	})
}

func TestHasDoesNotAllocate(t *testing.T) {
	lists := Lists{read(t, mixed)}
	if n := testing.AllocsPerRun(100, func() { lists.Has("a.b.c.domain.test"); lists.Has("www.portal.example") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkHas(b *testing.B) {
	s, err := Read("million", million(0))
	if err != nil {
		b.Fatal(err)
	}
	lists := Lists{s}
	hosts := func(format string) (out []string) {
		for i := range 1 << 12 { // more buckets than the first caches hold
			out = append(out, fmt.Sprintf(format, i*244))
		}
		return out
	}
	for name, hosts := range map[string][]string{
		"listed": hosts("host-%07d.evil.test"),
		"below":  hosts("www.host-%07d.evil.test"),
		"other":  hosts("www.site-%d.example.gov.vn"),
	} {
		b.Run("host="+name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if lists.Has(hosts[i%len(hosts)]) == (name == "other") {
					b.Fatal(hosts[i%len(hosts)])
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read("million", million(0)); err != nil {
			b.Fatal(err)
		}
	}
}
