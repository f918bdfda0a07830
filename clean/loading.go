package clean

import "bytes"

// loaders create what loads a script or a frame, in lower case.
var loaders = [...]string{`createelement("script`, `createelement('script`, `createelement("iframe`, `createelement('iframe`, "createelement(`",
	`"createelement"`, "'createelement'", "`createelement`", `]("script"`, `]('script'`, `]("iframe"`, `]('iframe'`,
	`createelement("object`, `createelement('object`, `createelement("embed`, `createelement('embed`, `createelement("base"`, `createelement('base'`,
	`createelement("frame`, `createelement('frame`,
	"createelementns(", "getscript(", "serviceworker.register(", `"serviceworker"]["register"`, "<script", "<iframe", `.load("http`, `.load('http`, `.load("//`, `.load('//`}

// workers run a script of which they are given the address.
var workers = [...]string{"Worker", "SharedWorker", "importScripts"}

// loads reports what creates or imports a script or a frame.
func loads(dense []byte) bool {
	lowered := bytes.ToLower(dense)
	return containsAny(lowered, loaders[:]) || imports(dense) || makesScript(lowered) || redirectsElement(lowered) || startsWorker(dense)
}

// startsWorker reports whether a worker is started, under whatever name.
func startsWorker(dense []byte) bool {
	for _, name := range workers {
		for u := range usesOf(dense, name) {
			if !u.key() && !u.behind("typeof ", "!", "window.") && !u.follows("in ", " in ") || u.behind("new window.") {
				return true
			}
		}
	}
	return false
}

// makesScript reports the pattern of most loaders, which hand the names over:
// (function(d,s){… d.createElement(s) …})(document,"script").
func makesScript(lowered []byte) bool {
	return bytes.Contains(lowered, []byte("createelement(")) &&
		containsAny(lowered, []string{`"script"`, "'script'", "`script`", `"iframe"`, "'iframe'", "`iframe`"})
}

// redirectsElement reports whether a script or a frame of the page is given
// another address.
func redirectsElement(lowered []byte) bool {
	return containsAny(lowered, elements[:]) &&
		containsAny(lowered, []string{".src=", `["src"]=`, "['src']=", `"src",`, "'src',", "src:"})
}

// elements are the ways to reach a script or a frame of the page, in lower case.
var elements = [...]string{"document.scripts", `("script`, "('script", "(`script", `("iframe`, "('iframe", "(`iframe"}

// imports reports whether a module imports by URL.
func imports(dense []byte) bool {
	return containsAny(dense, []string{`import"`, `import'`, `from"`, `from'`, "import(", "import/*"})
}

// styles make or import a style sheet, in lower case.
var styles = [...]string{`createelement("link`, `createelement('link`, `"@import`, "'@import", "`@import"}

// loadsStyle reports what makes or imports a style sheet.
func loadsStyle(dense []byte) bool { return containsAny(bytes.ToLower(dense), styles[:]) }
