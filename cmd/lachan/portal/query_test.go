package portal

import (
	"strings"
	"testing"
)

func TestSelectWhere(t *testing.T) {
	rows := []document{{"Lễ hội", true}, {"Sổ nội bộ", false}}
	tests := []struct {
		condition string
		found     int
		fault     string
	}{
		{"public = 1 AND title LIKE '%%'", 1, ""},
		{"public = 1 AND title LIKE '%LỄ%'", 1, ""},
		{"public = 1 AND title LIKE '%' OR 1=1 -- %'", 2, ""},
		{"public = 1 AND title LIKE '%' OR '1'='1%'", 1, ""},
		{"public = 1 AND (title = 'x' OR public = 1)", 1, ""},
		{"public = 0 # rest", 1, ""},
		{"1=1 UNION SELECT", 0, `syntax error near "UNION"`},
		{"secret = 1", 0, `unknown column "secret"`},
		{"title LIKE '%", 0, "unterminated string"},
		{"title LIKE", 0, "near the end"},
		{"title < 'x'", 0, `syntax error near "<"`},
		{strings.Repeat("(", 99) + "1=1", 0, "parentheses"},
		{"", 0, "near the end"},
	}
	for _, tt := range tests {
		got, err := selectWhere(rows, tt.condition)
		if len(got) != tt.found || (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s: %d rows, %v; want %d, %q", tt.condition, len(got), err, tt.found, tt.fault)
		}
	}
}

func FuzzSelectWhere(f *testing.F) {
	f.Add("public = 1 AND title LIKE '%' OR 1=1 -- %'")
	f.Add("((((1=1))) OR '#'='--'")
	f.Add("'")
	f.Fuzz(func(t *testing.T, condition string) {
		rows := documents()
		if got, err := selectWhere(rows, condition); len(got) > len(rows) || err != nil && got != nil {
			t.Fatalf("%d rows of %d, %v", len(got), len(rows), err)
		}
	})
}
