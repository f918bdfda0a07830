package clean

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// TestHidingSelectors: a rule hides whatever its selector goes by.
func TestHidingSelectors(t *testing.T) {
	for name, test := range map[string]struct{ sheet, start, end string }{
		"attribute":            {`[data-q]{display:none}`, `<div data-q>`, "</div>"},
		"attribute's value":    {`div[ data-q = "a b" ]{display:none}`, `<div data-q="a b">`, "</div>"},
		"beginning":            {`[data-q^=ab]{display:none}`, `<div data-q=abc>`, "</div>"},
		"end":                  {`[data-q$='bc' i]{display:none}`, `<div data-q=aBC>`, "</div>"},
		"middle":               {`[class*=zz]{display:none}`, `<div class="a xzzy">`, "</div>"},
		"word":                 {`[data-q~=b]{display:none}`, `<div data-q="a b c">`, "</div>"},
		"dashes":               {`[data-q|=b]{display:none}`, `<div data-q="b-c">`, "</div>"},
		"lang":                 {`[lang=q]{display:none}`, `<div lang=q>`, "</div>"},
		"class as attribute":   {`[class=q]{display:none}`, `<div class=q>`, "</div>"},
		"classes as attribute": {`[class="q r"]{display:none}`, `<div class="q r">`, "</div>"},
		"class as a word":      {`[class~="q"]{display:none}`, `<div class="p q">`, "</div>"},
		"id as attribute":      {`[id=q]{display:none}`, `<div id=q>`, "</div>"},
		"is":                   {`:is(.q){display:none}`, `<div class=q>`, "</div>"},
		"is one of":            {`div:is(.p, .q ,#r):is(div){display:none}`, `<div class=q>`, "</div>"},
		"is in":                {`:is(.w .q){display:none}`, `<p class=w><b class=q>`, "</b></p>"},
		"where":                {`:where(.q){display:none}`, `<div class=q>`, "</div>"},
		"where in is":          {`:is(:where([data-q])){display:none}`, `<div data-q>`, "</div>"},
		"not":                  {`div:not(.x){display:none}`, `<div class=q>`, "</div>"},
		"not at once":          {`.q:not(:hover, :target){display:none}`, `<div class=q>`, "</div>"},
		"none of":              {`.q:not(.x,#y):not([data-z]){display:none}`, `<div class=q>`, "</div>"},
		"every child":          {`.q:nth-child(n){display:none}`, `<div class=q>`, "</div>"},
		"escaped":              {`.\71 r{display:none}`, `<div class=qr>`, "</div>"},
		"within":               {`.w .q{display:none}`, `<section class=w><p>x</p><div class=q>`, "</div></section>"},
		"deep within":          {`#w .q{display:none}`, `<section id=w><ul><li>x<li><div class=q>`, "</div></ul></section>"},
		"right in":             {`.w > .q{display:none}`, `<section class=w><img><p>x</p><div class=q>`, "</div></section>"},
		"in two":               {`.v>.w .q{display:none}`, `<div class=v><div class=w><p>x</p><i></i><b><div class=q>`, "</div></b></div></div>"},
		"in an element":        {`nav div{display:none}`, `<nav><div>`, "</div></nav>"},
		"in an attribute":      {`[data-w] .q{display:none}`, `<p data-w><b class=q>`, "</b></p>"},
		"shown to a pointer":   {`.q{display:none}.q:hover{display:block}`, `<div class=q>`, "</div>"},
		"painted at a pointer": {`.w .q{left:-9999px}.w:hover .q{color:red}`, `<p class=w><b class=q>`, "</b></p>"},
		"nested":               {`.q{&{display:none}}`, `<div class=q>`, "</div>"},
		"nested twice":         {`.w{color:red;.q{&.r{display:none}}}`, `<p class=w><b class="q r">`, "</b></p>"},
		"nested child":         {`.w{> .q{display:none}}`, `<p class=w><b class=q>`, "</b></p>"},
		"nested behind":        {`.q{.w &{display:none}}`, `<p class=w><b class=q>`, "</b></p>"},
		"nested list":          {`.p,.q{&:is(b),&:is(div){display:none}}`, `<div class=q>`, "</div>"},
		"nested query":         {`.q{@media screen{display:none}}`, `<div class=q>`, "</div>"},
		"nested query's rule":  {`.w{@supports (display:block){@layer a{.q{display:none}}}}`, `<p class=w><b class=q>`, "</b></p>"},
		"not on paper":         {`@media not print{.q{display:none}}`, `<div class=q>`, "</div>"},
		"not of old":           {`@media not tty and (color){.q{display:none}}`, `<div class=q>`, "</div>"},
		"any height":           {`@media (min-height:0) and (max-width:99999px){.q{display:none}}`, `<div class=q>`, "</div>"},
		"in colour":            {`@media screen and (color){.q{display:none}}`, `<div class=q>`, "</div>"},
		"any container":        {`body{container-type:inline-size}@container (min-width:1px){.q{display:none}}`, `<div class=q>`, "</div>"},
		"container's width":    {`.w{container:x/inline-size}@container (width > 0){.q{display:none}}`, `<div class=q>`, "</div>"},
		"layer":                {`@layer x{.q{display:none}}`, `<div class=q>`, "</div>"},
		"supports":             {`@supports (display:block){.q{display:none}}`, `<div class=q>`, "</div>"},
		"scope":                {`@scope (.q){:scope{display:none}}`, `<div class=q>`, "</div>"},
		"in a scope":           {`@scope (.w){.q{display:none}}`, `<p class=w><b class=q>`, "</b></p>"},
		"scope nested":         {`@scope (.w){:scope{> .q{display:none}}}`, `<p class=w><b class=q>`, "</b></p>"},
		"two rules":            {`.q{height:0}.q{overflow:hidden}`, `<div class=q>`, "</div>"},
		"two rules of several": {`.p,.q{position:absolute}a{color:red}.q,b{z-index:-1}`, `<div class=q>`, "</div>"},
		"two colours":          {`.q{color:#fff}.q{background:white}`, `<div class=q>`, "</div>"},
		"three rules":          {`.q{position:absolute}.q{color:red}.q{left:-9999px}`, `<div class=q>`, "</div>"},
		"weighs more":          {`.w .q{display:none}.q{display:block}`, `<p class=w><b class=q>`, "</b></p>"},
		"weighs nothing":       {`:where(#a,.q){display:block}.q{display:none}`, `<div class=q>`, "</div>"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCleaner(t, portal(t))
			head := "<style>" + test.sheet + "</style>"
			in := head + test.start + planted + test.end + "c"
			cut := strings.LastIndexByte(test.start, '<')
			own := test.end[:strings.IndexByte(test.end, '>')+1]
			want := head + test.start[:cut] + strings.TrimPrefix(test.end, own) + "c"
			for range 2 { // the second time from memory
				if out := stable(t, c, in); out != want {
					t.Errorf("%s\ncleaned: %s\nwant:    %s", in, out, want)
				}
			}
		})
	}
}

// TestShowingSelectors: what a selector does not name keeps its words, and so
// does what it names only for some, or not at all.
func TestShowingSelectors(t *testing.T) {
	for name, test := range map[string]struct{ sheet, start string }{
		"another value":          {`[data-q=a]{display:none}`, `<div data-q=b>`},
		"no value":               {`[data-q^=""]{display:none}`, `<div data-q=b>`},
		"a class of two":         {`[class=q]{display:none}`, `<div class="q r">`},
		"no attribute":           {`[data-q]{display:none}`, `<div class=data-q>`},
		"a namespace's":          {`[x|data-q]{display:none}`, `<div data-q>`},
		"no such sign":           {`[data-q!=b]{display:none}`, `<div data-q=a>`},
		"none of them":           {`:is(.p,.q) {display:none}`, `<div class=r>`},
		"is and is":              {`:is(.p):is(.q){display:none}`, `<div class=q>`},
		"is nothing":             {`:is(){display:none}`, `<div class=q>`},
		"another element":        {`p:is(div).q{display:none}`, `<div class=q>`},
		"not":                    {`.q:not(.r){display:none}`, `<div class="q r">`},
		"not what is unknown":    {`.q:not(:first-child){display:none}`, `<div class=q>`},
		"not both":               {`.q:not(.r.s){display:none}`, `<div class="q r s">`},
		"anything but":           {`:not(.r){display:none}`, `<div class=q>`},
		"pointed at":             {`.q:hover{display:none}`, `<div class=q>`},
		"before it":              {`.q::before{display:none}`, `<div class=q>`},
		"first":                  {`.q:first-child{display:none}`, `<p>x</p><div class=q>`},
		"some children":          {`.q:nth-child(2n){display:none}`, `<div class=q>`},
		"beside it":              {`.w + .q{display:none}`, `<p class=w></p><div class=q>`},
		"not within":             {`.w .q{display:none}`, `<p class=w>x</p><div class=q>`},
		"behind a paragraph":     {`.w .q{display:none}`, `<p class=w>x<div class=q>`},
		"behind an item":         {`.w .q{display:none}`, `<ul><li class=w>x<li class=q>`},
		"behind a cell":          {`.w .q{display:none}`, `<table><tr><td class=w>x<td class=q>`},
		"behind a parent":        {`.w .q{display:none}`, `<main><section><p class=w>x</section><div class=q>`},
		"not right in":           {`.w > .q{display:none}`, `<div class=w><p><b class=q>`},
		"the other way":          {`.v .w .q{display:none}`, `<div class=w><div class=v><b class=q>`},
		"without scripts":        {`.no-js .q{display:none}`, `<html class=no-js><body class=no-js><div class=q>`},
		"menu":                   {`.w>.q{position:absolute;left:-9999px}.w:hover>.q{left:auto}`, `<div class=w><b class=q>`},
		"menu that fades":        {`.w .q{opacity:0}nav .w:focus-within .q{opacity:1}`, `<nav><div class=w><b class=q>`},
		"menu that unfolds":      {`.w .q{max-height:0;overflow:hidden}.w:hover .q{max-height:9em}`, `<div class=w><b class=q>`},
		"menu, nested":           {`.w .q{display:none}.w{&:hover{.q{display:block}}}`, `<div class=w><b class=q>`},
		"menu, not pointed at":   {`.w:not(:hover) .q{display:none}`, `<div class=w><b class=q>`},
		"menu, one of":           {`.w .q{display:none}:is(.w:hover) .q{display:block}`, `<div class=w><b class=q>`},
		"list in a list":         {`.w ul{display:none}`, `<div class=w><ul>`},
		"shown within":           {`.q{display:none}.on .q{display:block}`, `<div class=on><b class=q>`},
		"shown by more":          {`.q.q{display:none}#w .q{display:block}`, `<div id=w><b class=q>`},
		"shown by an attribute":  {`.q{display:none}.q[data-on]{display:block}`, `<div class=q data-on>`},
		"shown by is":            {`.q{display:none}:is(#x,.q){display:block}`, `<div class=q>`},
		"shown in a scope":       {`.q{display:none}@scope (.w){.q.q{display:block}}`, `<div class=w><b class=q>`},
		"shown nested":           {`.q{display:none;&.on{display:block}}`, `<div class="q on">`},
		"shown in containers":    {`.q{display:none}@container (width>9em){.q{display:block}}`, `<div class=q>`},
		"hidden in none":         {`@container (min-width:1px){.q{display:none}}`, `<div class=q>`},
		"hidden in one of name":  {`.w{container:x/inline-size}@container y (min-width:1px){.q{display:none}}`, `<div class=q>`},
		"hidden in containers":   {`@container (width>9em){.q{display:none}}`, `<div class=q>`},
		"nested, another":        {`.w{.q{display:none}}`, `<div class=q>`},
		"nested, pointed at":     {`.q{&:hover{display:none}}`, `<div class=q>`},
		"nested, on paper":       {`.q{@media print{display:none}}`, `<div class=q>`},
		"below a scope":          {`@scope (.w) to (.v){.q{display:none}}`, `<div class=w><div class=v><b class=q>`},
		"not on screens":         {`@media not screen{.q{display:none}}`, `<div class=q>`},
		"not all":                {`@media not all{.q{display:none}}`, `<div class=q>`},
		"on large screens":       {`@media (min-height:900px){.q{display:none}}`, `<div class=q>`},
		"two rules for two":      {`.p{height:0}.q{overflow:hidden}`, `<div class=q>`},
		"two rules, then more":   {`.q{height:0}.q{height:auto;overflow:hidden}`, `<div class=q>`},
		"two rules, for some":    {`.q{height:0}@media (max-width:9em){.q{overflow:hidden}}`, `<div class=q>`},
		"two colours, another":   {`.q{color:#fff}.q{background:white}.q{color:red;}b{}`, `<div class=p>`},
		"two rules, in the flow": {`.q{z-index:-1}.q{position:static}`, `<div class=q>`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCleaner(t, portal(t))
			start := "<style>" + test.sheet + "</style>" + test.start
			for range 2 {
				if out := stable(t, c, start+planted); out != start+"a, b" {
					t.Errorf("cleaned: %s\nwant:    %s", out, start+"a, b")
				}
			}
		})
	}
}

// TestHiddenLinksWithin: links that a rule hides within an element go with their
// words; the rest of it is seen, and stays.
func TestHiddenLinksWithin(t *testing.T) {
	const in = `<style>.q a{display:none}</style><div class=q>`
	if out := stable(t, newCleaner(t, portal(t)), in+planted+"</div>"+planted); out != in+", </div>a, b" {
		t.Errorf("cleaned: %s", out)
	}
}

// TestLineageGenerated puts elements that rules name into each other in every
// way: cut anywhere, skimmed or not, cleaning gives the same.
func TestLineageGenerated(t *testing.T) {
	pieces := strings.Split(`<div class=w>|</div>|<div>|<p class=w>|</p>|<p>|<ul>|<li class=w>|<li>|</ul>|<section class=v>|</section>|<b class=q>|</b>|<div class=q>|<div data-w>|<i data-q=1>|</i>|<table>|<td class=w>|<td>|</table>|<details class=w>|</details>|<noscript>|</noscript>|<svg>|</svg>|<a href=//evil.test/>x</a>|<a href=//evil.test/>|<a href="//slot.evil.test/">cá cược</a>|</a>|<a href="/own">y</a>|</x>|<nav>|</nav>|<div hidden>|<template>|</template>|<style>.v .q{opacity:0}</style>|text`, "|")
	const sheet = `<style>.w .q,.v>.q,[data-w] b,nav .v .q,[data-q]:not(.x){display:none}.v .w .q{display:block}</style>`
	site := portal(t)
	c := newCleaner(t, site)
	site.Response.Links = policies.LinksAllowlist
	strict := newCleaner(t, site)
	random := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		var doc strings.Builder
		doc.WriteString(sheet)
		for range 2 + random.IntN(20) {
			doc.WriteString(pieces[random.IntN(len(pieces))])
		}
		for _, c := range []*Cleaner{c, strict} {
			skimmedAlike(t, c, doc.String())
			stable(t, c, doc.String())
		}
	}
}

// TestLineageAroundLinks: a link that is kept within an element ends nothing.
func TestLineageAroundLinks(t *testing.T) {
	site := portal(t)
	site.Response.Links = policies.LinksSignals
	const in = `<style>.w .q{display:none}</style><b class=w><a href="https://z.test/">z</a>`
	if out := stable(t, newCleaner(t, site), in+`<i class=q>`+planted+`</i></b>c`); out != in+"</b>c" {
		t.Errorf("cleaned: %s", out)
	}
}

// TestBrokenSelectors: whatever a selector holds, it is read to its end.
func TestBrokenSelectors(t *testing.T) {
	dice := rand.New(rand.NewPCG(9, 10))
	pieces := strings.Split(`:is(|:not(|:where(|)|[|]|a|.b|#c|*|>| |+|,|&|:scope|:root|"|'|\|=|~|{display:none}|{|}|@scope(|@media all{|/*|*/|body`, "|")
	for range 50_000 {
		var css strings.Builder
		for range 1 + dice.IntN(12) {
			css.WriteString(pieces[dice.IntN(len(pieces))])
		}
		readSheet([]byte(css.String() + "{display:none}"))
	}
}

// TestBrokenValues: so is whatever a declaration holds.
func TestBrokenValues(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	pieces := strings.Split(`calc(|min(|(|)|,| |/|*| + | - |-|1|0|9e9|1e-9|px|%|deg|rgb(|hsl(|hwb(|#fff|#|white|none|scale(|rotatey(|matrix3d(|polygon(|inset(|path("|linear-gradient(|\|"|/**/|!`, "|")
	names := strings.Split("left margin opacity font font-size color background transform rotate clip clip-path mask filter z-index height", " ")
	var buf []byte
	for range 50_000 {
		css := []byte(names[dice.IntN(len(names))] + ":")
		for range dice.IntN(10) {
			css = append(css, pieces[dice.IntN(len(pieces))]...)
		}
		_, buf = readSight(css, buf)
	}
}

// TestManySelectors: what is kept is bounded, whatever a sheet asks for.
func TestManySelectors(t *testing.T) {
	var sheet strings.Builder
	for i := range 4 * maxSelectors {
		fmt.Fprintf(&sheet, ".a%d .b%d .c%d[data-x=y]{display:none}:is(.a,.b,.c):is(.d,.e,.f):is(.g,.h,.i){opacity:0}", i, i, i)
	}
	in := "<style>" + sheet.String() + "</style><p class=c1>" + planted
	if out := stable(t, newCleaner(t, portal(t)), in); !strings.HasSuffix(out, "a, b") {
		t.Errorf("%.200s", out[len(out)-100:])
	}
}

// TestUndone: a menu that is put away on some screens, or whose entries show what
// it does not, is none that is hidden; and what only looks like that is.
func TestUndone(t *testing.T) {
	c := newCleaner(t, portal(t))
	const list = `<ul class=nav><li><a href="https://tinh.other.example/">Cổng tỉnh</a></li><li><a href="https://bo.other.example/">Bộ</a></li></ul>`
	for css, stays := range map[string]bool{
		".nav{position:absolute;left:-9999px}@media(min-width:768px){.nav{position:static;left:0}}":                     true,
		".nav{position:absolute;left:-9999px}@media(min-width:768px){.nav{position:static}}":                            true,
		".nav{max-height:0;overflow:hidden}@media screen and (min-width:768px){.nav{max-height:none;overflow:visible}}": true,
		".nav{height:0;overflow:hidden}@media(min-width:48em){.nav{height:auto}}":                                       true,
		".nav{transform:translateX(-9999px)}@media(min-width:768px){.nav{transform:none}}":                              true,
		".nav{position:absolute;left:-9999px}.js .nav{left:0}":                                                          true,
		".nav{clip:rect(0,0,0,0);position:absolute}.nav{clip:auto}":                                                     true,
		".nav{font-size:0}.nav li{font-size:14px}":                                                                      true,
		".nav{font-size:0}.nav>li>a{font-size:14px}":                                                                    true,
		".nav{font-size:0}a{font-size:14px}":                                                                            true,
		".nav{visibility:hidden}.nav a{visibility:visible}":                                                             true,
		".nav{color:#fff;background:#fff}.nav a{color:#000}":                                                            true,
		".nav{position:absolute;left:-9999px}.nav{margin:0}":                                                            false,
		".nav{position:absolute;left:-9999px}.nav{font-size:14px;color:#333}":                                           false,
		".nav{position:absolute;left:-9999px}.other{left:0}":                                                            false,
		".nav{position:absolute;left:-9999px}.nav li{left:0}":                                                           false,
		".nav{left:0}.nav{position:absolute;left:-9999px}":                                                              false,
		".nav{position:absolute;left:-9999px!important}@media(min-width:768px){.nav{left:0}}":                           false,
		".nav{font-size:0}.other li{font-size:14px}":                                                                    false,
		".nav{font-size:0}.nav li{font-size:0}":                                                                         false,
		".nav{height:0;overflow:hidden}.nav{width:auto;color:red}@media print{.nav{height:auto}}":                       false,
	} {
		out, _ := cleanString(t, c, "<style>"+css+"</style>"+list)
		if strings.Contains(out, "Cổng") != stays {
			t.Errorf("%s: %s", css, out)
		}
	}
	for in, stays := range map[string]bool{
		`<table><tr><td style="font-size:0"><a href="https://a.other.example/" style="font-size:14px">Một</a> <a href="https://b.other.example/" style="font-size:14px">Hai</a></td></tr></table>`: true,
		`<div style="visibility:hidden"><p style="visibility:visible"><a href="https://a.other.example/">Một</a> <a href="https://b.other.example/">Hai</a></p></div>`:                             true,
		`<div style="display:none"><p style="display:block"><a href="https://a.other.example/">Một</a> <a href="https://b.other.example/">Hai</a></p></div>`:                                       false,
		`<div style="font-size:0"><p style="color:red"><a href="https://a.other.example/">Một</a> <a href="https://b.other.example/">Hai</a></p></div>`:                                            false,
	} {
		if out, _ := cleanString(t, c, in); strings.Contains(out, "Một") != stays {
			t.Errorf("%s: %s", in, out)
		}
	}
}
