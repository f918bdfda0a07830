package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParseReading(t *testing.T) {
	got, err := parseReading(strings.NewReader(`goos: linux
BenchmarkReading/reader=lachan/page=clean/size=5kB-2   	   10000	     33023 ns/op	 139.75 MB/s	       757.2 MB/cpu-s	       0 B/op	       7 allocs/op
BenchmarkReading/reader=html-rewriter-wasm/page=infected/size=50kB 	       3	  83713360 ns/op	   0.61 MB/s	         5.092 MB/cpu-s
PASS
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []readingRate{{"clean 5kB", "lachan", 757.2, "7"}, {"infected 50kB", "html-rewriter-wasm", 5.092, ""}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, text := range []string{"PASS\n", "BenchmarkReading/reader=x 1 2 ns/op\n", "BenchmarkReading/reader=x/page=y/size=z 1 fast MB/cpu-s\n"} {
		if _, err := parseReading(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read without an error", text)
		}
	}
}
