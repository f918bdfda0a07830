package formats_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// No reader of CEF could be had as a Go module, so this is the grammar of the
// standard in regular expressions, written without a look at the writer, and
// the dictionary's keys, types and lengths as a table.

var (
	cefHeader = regexp.MustCompile(`^CEF:0\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|(\d+)\|(.*)$`)
	// Since each equal sign of a value has a backslash, one without ends a key.
	cefKey   = regexp.MustCompile(`(?:^| )([A-Za-z0-9]+)=`)
	cefValue = regexp.MustCompile(`^(?:[^=\\]|\\[=\\nr])*$`)
)

// cefDictionary is testdata/cef-dictionary.tsv: key, type, length.
var cefDictionary = sync.OnceValues(func() (map[string][2]string, error) {
	file, err := os.Open(filepath.Join("testdata", "cef-dictionary.tsv"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	keys := make(map[string][2]string)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if parts := strings.Split(lines.Text(), "\t"); len(parts) == 3 {
			keys[parts[0]] = [2]string{parts[1], parts[2]}
		}
	}
	return keys, nil
})

func parseCEF(message []byte) (header []string, values map[string]string, err error) {
	parts := cefHeader.FindSubmatch(message)
	if parts == nil {
		return nil, nil, fmt.Errorf("no header of CEF")
	}
	for _, part := range parts[1:7] {
		header = append(header, strings.NewReplacer(`\\`, `\`, `\|`, `|`).Replace(string(part)))
	}
	values = make(map[string]string)
	rest := parts[7]
	keys := cefKey.FindAllSubmatchIndex(rest, -1)
	if len(keys) == 0 || keys[0][0] != 0 {
		return nil, nil, fmt.Errorf("no extension")
	}
	for i, at := range keys {
		end := len(rest)
		if i+1 < len(keys) {
			end = keys[i+1][0]
		}
		key, value := string(rest[at[2]:at[3]]), rest[at[1]:end]
		if _, twice := values[key]; twice || !cefValue.Match(value) {
			return nil, nil, fmt.Errorf("%s=%s", key, value)
		}
		values[key] = strings.NewReplacer(`\\`, `\`, `\=`, `=`, `\n`, "\n", `\r`, "\r").Replace(string(value))
	}
	return header, values, nil
}

func checkCEF(message []byte) (facts, error) {
	header, values, err := parseCEF(message)
	if err != nil {
		return facts{}, err
	}
	for i, limit := range []int{63, 63, 31, 1023, 512, 2} {
		if n := utf8.RuneCountInString(header[i]); n > limit || n == 0 && i != 2 {
			return facts{}, fmt.Errorf("header field %d has %d characters", i, n)
		}
	}
	if severity, err := strconv.Atoi(header[5]); err != nil || severity > 10 {
		return facts{}, fmt.Errorf("severity %q", header[5])
	}
	dictionary, err := cefDictionary()
	if err != nil {
		return facts{}, err
	}
	for key, value := range values {
		if err := checkCEFValue(dictionary, key, value); err != nil {
			return facts{}, err
		}
		if label, custom := strings.CutSuffix(key, "Label"); custom && values[label] == "" {
			return facts{}, fmt.Errorf("%s without %s", key, label)
		}
	}
	for key := range values {
		if _, custom := dictionary[key+"Label"]; custom && values[key+"Label"] == "" {
			return facts{}, fmt.Errorf("%s without its label", key)
		}
	}
	source := values["src"]
	if source == "" {
		source = values["c6a2"]
	}
	return facts{id: values["externalId"], action: values["act"], source: source, url: values["request"]}, nil
}

func checkCEFValue(dictionary map[string][2]string, key, value string) error {
	entry, known := dictionary[key]
	if !known && key != "lachanShortened" {
		return fmt.Errorf("%s is no key of version 0.1", key)
	}
	switch entry[0] {
	case "integer", "long", "timestamp":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	case "ipv4_address", "ipv6_address":
		if addr, err := netip.ParseAddr(value); err != nil || addr.Is4() != (entry[0] == "ipv4_address") {
			return fmt.Errorf("%s=%s", key, value)
		}
	case "string":
		if limit, _ := strconv.Atoi(entry[1]); utf8.RuneCountInString(value) > limit {
			return fmt.Errorf("%s has %d characters, at most %d are allowed", key, utf8.RuneCountInString(value), limit)
		}
	}
	if bytes.ContainsAny([]byte(value), "\x00\t") {
		return fmt.Errorf("%s=%q", key, value)
	}
	return nil
}
