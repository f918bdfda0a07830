package framing

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"
)

// ends follows data byte by byte and returns where each request ends in what
// is accepted of it.
func ends(data []byte) (accepted int, ends []int) {
	var m message
	m.reset(16 << 10)
	inFront := reflect.ValueOf(start).Pointer()
	for i := range data {
		if m.follow(data[i:i+1]) == 0 {
			return i, ends
		}
		if m.left == 0 && m.skips == 0 && reflect.ValueOf(m.state).Pointer() == inFront {
			ends = append(ends, i+1)
		}
	}
	return len(data), ends
}

// netHTTPEnds is the same by net/http's parser, which reads requests until it
// finds one it refuses (refused) or the data is over.
func netHTTPEnds(data []byte) (ends []int, refused bool) {
	source := bytes.NewReader(data)
	r := bufio.NewReader(source)
	post := false
	for {
		if post { // as in (*http.conn).readRequest
			peeked, _ := r.Peek(4)
			n := 0
			for n < len(peeked) && (peeked[n] == '\r' || peeked[n] == '\n') {
				n++
			}
			r.Discard(n)
		}
		req, err := http.ReadRequest(r)
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		if err != nil {
			return ends, !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
		}
		post = req.Method == "POST"
		ends = append(ends, len(data)-source.Len()-r.Buffered())
	}
}

// FuzzFollow holds the framing against net/http: in the bytes that are
// accepted, both find the same requests, up to one net/http refuses.
func FuzzFollow(f *testing.F) {
	for _, tt := range served {
		f.Add([]byte(tt.raw + last))
	}
	for _, tt := range refused {
		if len(tt.raw) < 1000 {
			f.Add([]byte(last + tt.raw))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		accepted, ours := ends(data)
		theirs, refused := netHTTPEnds(data[:accepted])
		for i := range min(len(ours), len(theirs)) {
			if ours[i] != theirs[i] {
				t.Fatalf("request %d ends at %d, for net/http at %d: %q", i, ours[i], theirs[i], data[:accepted])
			}
		}
		if len(theirs) > len(ours) || (!refused && len(theirs) < len(ours)) {
			t.Fatalf("%d requests, for net/http %d: %q", len(ours), len(theirs), data[:accepted])
		}

		var whole message
		whole.reset(16 << 10)
		if n := whole.follow(data); n != accepted {
			t.Fatalf("accepts %d bytes in one piece, %d one by one", n, accepted)
		}
	})
}
