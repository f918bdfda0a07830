package policies

import (
	"encoding"
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// scalar decodes a single value. Numbers and true or false are taken as text
// only where no text could be meant otherwise: in sizes, dates and choices.
func (d *decoder) scalar(node ast.Node, v reflect.Value, key string, tag reflect.StructTag) {
	text, ok := textOf(node)
	if !ok {
		d.fail(key, "expected %s, found %s", expected(v), describe(node))
		return
	}
	if !d.knownValue(node, key, tag) {
		return
	}
	if message := setScalar(node, text, v, tag); message != "" {
		d.fail(key, "%s", message)
		return
	}
	if prefix, isPath := tag.Lookup("path"); isPath {
		v.SetString(d.resolvePath(v.String(), prefix))
	}
}

// knownValue checks a choice. It offers only what this version can honour.
func (d *decoder) knownValue(node ast.Node, key string, tag reflect.StructTag) bool {
	text, isText := textOf(node)
	choices, ok := tag.Lookup("oneof")
	if !ok || !isText || contains(choices, text) {
		return true
	}
	if available := tag.Get("available"); available != "" {
		choices = available
	}
	d.fail(key, "unknown value %s: expected %s", quote(text), orList(choices))
	return false
}

func setScalar(node ast.Node, text string, v reflect.Value, tag reflect.StructTag) string {
	switch t := v.Addr().Interface().(type) {
	case *netip.Prefix:
		return message(parsePrefix(text, t))
	case encoding.TextUnmarshaler:
		return message(t.UnmarshalText([]byte(text)))
	}
	switch v.Kind() {
	case reflect.Bool:
		return setBool(node, text, v)
	case reflect.Int:
		return setInt(node, text, v, tag)
	}
	return setString(node, text, v, tag)
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return oneLine(err.Error())
}

func setBool(node ast.Node, text string, v reflect.Value) string {
	b, ok := node.(*ast.BoolNode)
	if !ok {
		return fmt.Sprintf("expected true or false, found %s", quote(text))
	}
	v.SetBool(b.Value)
	return ""
}

// setInt reads plain decimals only: YAML versions disagree on whether 010 is 8 or 10.
func setInt(node ast.Node, text string, v reflect.Value, tag reflect.StructTag) string {
	n, err := strconv.ParseInt(text, 10, 32)
	if _, ok := node.(*ast.IntegerNode); !ok || err != nil || strconv.FormatInt(n, 10) != text {
		return fmt.Sprintf("expected a whole number, found %s", quote(text))
	}
	if bounds, ok := tag.Lookup("range"); ok {
		if low, high := parseRange(bounds); n < low || n > high {
			return fmt.Sprintf("%d is out of range: expected %d to %d", n, low, high)
		}
	}
	v.SetInt(n)
	return ""
}

func parseRange(bounds string) (low, high int64) {
	a, b, _ := strings.Cut(bounds, ",")
	low, _ = strconv.ParseInt(a, 10, 64)
	high, _ = strconv.ParseInt(b, 10, 64)
	return low, high
}

func setString(node ast.Node, text string, v reflect.Value, tag reflect.StructTag) string {
	_, choice := tag.Lookup("oneof")
	switch node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
	default:
		if !choice {
			return fmt.Sprintf("expected text, found %s: write %q", describe(node), text)
		}
	}
	v.SetString(text)
	return ""
}

// expected names what a scalar of v's type looks like.
func expected(v reflect.Value) string {
	switch v.Addr().Interface().(type) {
	case *Size:
		return "a size such as 1MiB"
	case *Duration:
		return "a duration such as 10s"
	case *Date:
		return "a date such as 2027-01-31"
	case *HostPattern:
		return "a host pattern"
	case *netip.Prefix:
		return "an address or CIDR"
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	}
	return "text"
}

// parsePrefix reads a CIDR, or an address that stands for itself alone.
func parsePrefix(text string, into *netip.Prefix) error {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		*into = netip.PrefixFrom(addr, addr.BitLen())
		return nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return fmt.Errorf("%s is not an address or CIDR such as 10.0.0.0/8 or 2001:db8::/32", quote(text))
	}
	if prefix.Addr().Is4In6() {
		return fmt.Errorf("%s is an IPv4 network written as IPv6: write it as IPv4", quote(text))
	}
	if m := prefix.Masked(); m != prefix {
		return fmt.Errorf("%s has bits set after its length: did you mean %s?", quote(text), m)
	}
	*into = prefix
	return nil
}
