package page

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func style(t *testing.T) string {
	t.Helper()
	page := write(t, example(Blocked), nil).Body.String()
	_, rest, _ := strings.Cut(page, "<style>")
	css, _, found := strings.Cut(rest, "</style>")
	if !found {
		t.Fatal("no style element")
	}
	return css
}

func TestStyleHash(t *testing.T) {
	sum := sha256.Sum256([]byte(style(t)))
	if got := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); got != styleHash {
		t.Errorf("styleHash must be %q", got)
	}
}

// TestContrast computes WCAG 2.2, 1.4.3 (AA: 4.5:1 for text) and 1.4.11 (3:1
// for what marks a control) for both colour schemes.
func TestContrast(t *testing.T) {
	schemes := regexp.MustCompile(`:root\{([^}]*)\}`).FindAllStringSubmatch(style(t), -1)
	if len(schemes) != 2 {
		t.Fatalf("%d colour schemes", len(schemes))
	}
	for i, scheme := range schemes {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+):#([0-9a-f]+)`).FindAllStringSubmatch(scheme[1], -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []struct {
			on, back string
			least    float64
		}{
			{"ink", "card", 4.5}, {"ink", "page", 4.5}, {"soft", "card", 4.5},
			{"link", "card", 4.5}, {"ink", "code", 4.5}, {"mark", "card", 3}, {"mark", "page", 3},
		} {
			if got := contrast(colour[pair.on], colour[pair.back]); got < pair.least {
				t.Errorf("scheme %d: %s on %s: %.2f, want %.1f", i, pair.on, pair.back, got, pair.least)
			}
		}
	}
}

func contrast(a, b float64) float64 {
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is WCAG's relative luminance of #rgb or #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	total := 0.0
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		total += share * v
	}
	return total
}
