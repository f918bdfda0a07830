package clean

import (
	"bytes"
	"strings"
)

const (
	// filePiece is how near to each other a host and what is done with it must
	// stand: a library of 300 kB holds everything somewhere.
	filePiece = 2 << 10
	// fileWindow is what is looked at of the head and of the tail of a file.
	fileWindow = 64 << 10
)

// fileSignals says what in a window of a script file looks planted. It looks
// for what scriptSignals looks for, but libraries decode, evaluate and create
// scripts by right, and their comments and messages name hosts: here comments
// do not count, and a host counts where a literal begins with it, next to what
// loads or leads there. Calibrated on all scripts of WordPress and of Debian's
// libraries, in which it finds nothing.
func (w *rewriter) fileSignals(window []byte) (reasons []string, host string) {
	code := withoutComments(window)
	for from := 0; ; from += filePiece / 2 {
		piece := code[from:min(len(code), from+filePiece)]
		s := scriptReader{w: w, code: piece, whole: glanced{text: foldEscapes(piece)}}
		if s.readFile(); len(s.reasons) > 0 {
			return s.reasons, s.host
		}
		if from+filePiece >= len(code) {
			return nil, ""
		}
	}
}

func (s *scriptReader) readFile() {
	dense := s.whole.dense()
	s.add(reasonPacked, packed(dense))
	s.add(reasonDecoder, fileDecodes(dense))
	s.readFileHidden()
	s.readFileActs()
}

// readFileHidden looks for hosts that only show once a literal is decoded.
func (s *scriptReader) readFileHidden() {
	budget := maxFolded
	lowered := bytes.ToLower(s.code)
	hidden := func(text []byte) bool {
		host := s.stranger(text, kindScript)
		if !namesServer(host) || bytes.Contains(lowered, []byte(host)) {
			return false
		}
		s.host = host
		s.add(reasonHiddenHost, true)
		return true
	}
	if hidden(s.whole.text) {
		return
	}
	for part := range decoded(s.whole.text, &budget) {
		if hidden(part) {
			return
		}
	}
	s.add(reasonLimit, budget < 0)
}

// readFileActs looks for what loads from a host or leads to one.
func (s *scriptReader) readFileActs() {
	text := withoutProse(s.whole.text)
	dense := withoutSpace(text)
	if before := s.host; !s.leadsAway(text, dense) {
		s.host = before
	}
	host := s.stranger(text, kindScript)
	if !namesServer(host) || playsMedia(host) {
		return
	}
	if s.host == "" {
		s.host = host
	}
	lowered := bytes.ToLower(dense)
	switch {
	case containsAny(lowered, loaders[:]) || importsAway(lowered) || makesScript(lowered) || startsWorker(dense) || s.runsFetched(dense) || containsAny(dense, answers[:]):
		s.add(reasonLoadsScript, true)
	case containsAny(dense, writers[:]):
		s.add(reasonWrites, true)
	}
}

// answers are what a service worker answers a request, or a click, with.
var answers = [...]string{".respondWith(fetch(", "Response.redirect(", "clients.openWindow("}

// leadsAway is readNavigation where a server is named.
func (s *scriptReader) leadsAway(text, dense []byte) bool {
	before := len(s.reasons)
	if s.readNavigation(text, dense); len(s.reasons) > before && !namesServer(s.host) {
		s.reasons = s.reasons[:before]
	}
	return len(s.reasons) > before
}

// namesServer tells a host from the inside of a regular expression.
func namesServer(host string) bool {
	for i := range len(host) {
		if c := host[i]; !isAlphanumeric(c) && c != '.' && c != '-' {
			return false
		}
	}
	return strings.Contains(host, ".")
}

// importsAway reports an import that names its host.
func importsAway(dense []byte) bool {
	for _, word := range [...]string{"import", "from", "import("} {
		for _, quote := range [...]string{`"`, "'", "`"} {
			if containsAny(dense, []string{word + quote + "http", word + quote + "//"}) {
				return true
			}
		}
	}
	return false
}

// withoutProse breaks the addresses that stand in the middle of a literal, as
// they do in messages: "See https://…".
func withoutProse(text []byte) []byte {
	out := append([]byte(nil), text...)
	for i := 0; i+1 < len(out); i++ {
		if out[i] != '/' || out[i+1] != '/' {
			continue
		}
		before := bytes.TrimRight(out[:i], "/\\")
		for _, scheme := range [...]string{"https:", "http:", "wss:", "ws:"} {
			if rest, is := bytes.CutSuffix(before, []byte(scheme)); is {
				before = rest
				break
			}
		}
		before = bytes.TrimRight(before, " \t\r\n")
		if len(before) > 0 && bytes.IndexByte([]byte("\"'`=(,"), before[len(before)-1]) < 0 {
			out[i], out[i+1] = ' ', ' '
		}
		for i+1 < len(out) && out[i+1] == '/' {
			i++
		}
	}
	return out
}

// playsMedia reports whether host serves the players that the libraries every
// CMS ships with load: MediaElement.js, TinyMCE, Owl Carousel.
func playsMedia(host string) bool {
	switch host {
	case "player.vimeo.com", "www.youtube.com", "img.youtube.com", "vzaar.com", "www.dailymotion.com", "api.dmcdn.net", "w.soundcloud.com", "player.twitch.tv", "connect.facebook.net":
		return true
	}
	return false
}
