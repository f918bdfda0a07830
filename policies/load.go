package policies

import (
	"fmt"
	"slices"
	"strings"
)

// Load reads the configuration at path and the files of its sites_dir. It
// starts from Default and DefaultSite, decodes strictly and checks every value.
// The error joins all problems there are, each a *Problem; with an error there
// is no configuration. Files that the configuration names (certificates, rules,
// baselines, host lists) are not opened: whoever uses them reports what is wrong with them.
func Load(path string) (*Config, error) {
	l := loadFile(path)
	if len(l.allProblems()) > 0 {
		return nil, l.allProblems().err()
	}
	return l.config(), nil
}

// LoadLenient is Load for a reload of a running proxy, where one site's
// mistake must not hold up the others: it returns the sites without problems,
// together with the problems of those left out. Of two sites that claim one
// name or host, the one read first stays. The configuration is nil if there is
// a problem outside the sites.
func LoadLenient(path string) (*Config, error) {
	l := loadFile(path)
	err := l.allProblems().err()
	if l.spoilt() {
		return nil, err
	}
	return l.config(), err
}

// Parse is Load for data that was read from file. It does not read sites_dir.
// File may be empty; relative paths then start from the working directory.
func Parse(file string, data []byte) (*Config, error) {
	l := newLoading(file, data)
	l.checkSites()
	if len(l.allProblems()) > 0 {
		return nil, l.allProblems().err()
	}
	return l.config(), nil
}

// loading is a configuration while it is read.
type loading struct {
	cfg    Config
	main   *decoder
	drafts []*draft
}

// draft is a site with the decoder that read it and holds its problems.
type draft struct {
	site Site
	key  string // of the site in its file; "" if it has the file to itself
	dec  *decoder
}

func loadFile(path string) *loading {
	data, err := readFile(path)
	if err != nil {
		l := &loading{main: &decoder{file: path}}
		l.main.failAt(Place{File: path}, "", "%s", oneLine(err.Error()))
		return l
	}
	l := newLoading(path, data)
	l.readSitesDir()
	l.checkSites()
	return l
}

func newLoading(file string, data []byte) *loading {
	l := &loading{cfg: Default()}
	l.main = decode(file, data, &l.cfg)
	for i := range l.cfg.Sites {
		l.drafts = append(l.drafts, &draft{l.cfg.Sites[i], fmt.Sprintf("sites[%d]", i), l.main})
	}
	l.cfg.Sites = nil
	checkConfig(l.main, &l.cfg)
	return l
}

// checkSites checks each site, then what no two of them may share.
func (l *loading) checkSites() {
	if len(l.drafts) == 0 && l.cfg.SitesDir == "" && !l.main.failed("") {
		l.main.reject("sites", "no sites: list at least one here or set sites_dir")
	}
	for _, s := range l.drafts {
		s.check(&l.cfg)
	}
	l.checkClaims()
}

func (l *loading) allProblems() problems {
	all := append(problems(nil), l.main.problems...)
	for _, s := range l.drafts {
		if s.dec != l.main {
			all = append(all, s.dec.problems...)
		}
	}
	return all
}

// spoilt says whether a problem lies outside the sites.
func (l *loading) spoilt() bool {
	for _, p := range l.main.problems {
		if !slices.ContainsFunc(l.drafts, func(s *draft) bool { return s.owns(l.main, p) }) {
			return true
		}
	}
	return false
}

// owns says whether a problem that d found is one of this site.
func (s *draft) owns(d *decoder, p *Problem) bool {
	if s.dec != d {
		return false
	}
	rest, ok := strings.CutPrefix(p.Key, s.key)
	return ok && (s.key == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

func (s *draft) sound() bool {
	return !slices.ContainsFunc(s.dec.problems, func(p *Problem) bool { return s.owns(s.dec, p) })
}

// config returns the configuration with the sites that have no problems, and
// those it refuses beside them.
func (l *loading) config() *Config {
	cfg := l.cfg
	taken := map[string]bool{"": true}
	for _, s := range l.drafts {
		if s.sound() {
			cfg.Sites = append(cfg.Sites, s.site)
			taken[s.site.Name] = true
		}
	}
	for _, s := range l.drafts {
		if !taken[s.site.Name] {
			cfg.Refused = append(cfg.Refused, s.site)
			taken[s.site.Name] = true
		}
	}
	return &cfg
}
