package policies

import "strconv"

// checkResponse checks what a site may serve.
func (s *draft) checkResponse() {
	for i, p := range s.site.Response.Allow.Scripts {
		s.checkScripts("response.allow.scripts["+strconv.Itoa(i)+"]", p)
	}
	for i, file := range s.site.Response.HostLists {
		checkFileName(s.dec, s.at("response.host_lists["+strconv.Itoa(i)+"]"), file)
	}
}

// checkScripts refuses an entry that lets in scripts of anybody who cares to
// publish some: * above all, which is no allowlist. Who wants to see first what
// a site loads has response.mode: report.
func (s *draft) checkScripts(key string, p HostPattern) {
	if !s.given(key) {
		return
	}
	if p == (HostPattern{}) {
		s.fail(key, "* allows the scripts of every host: name the hosts, or watch with response.mode: report")
		return
	}
	if shared, ok := opened(p); ok {
		s.fail(key, "%s", shared.says(p))
	}
}
