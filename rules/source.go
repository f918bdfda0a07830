package rules

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

//go:embed conf/*.conf profiles/*.conf
var embedded embed.FS

// The folders of a source; a rule's file tells whose it is.
const (
	crsPrefix  = "@owasp_crs/"
	ownPrefix  = "lachan/"
	sitePrefix = "site/"
)

// unit is one piece of SecLang, compiled and blamed as a whole: a file of ours
// or of CRS, or one directive of the operator's.
type unit struct {
	name  string
	text  string
	place place  // of an operator's directive
	shown string // the file of waf.crs_dir that it is
}

var allowWord = regexp.MustCompile(`(?i)\ballow\b`)

// mayAllow errs on the safe side: the word may stand in a message.
func (u unit) mayAllow() bool { return u.place.file != "" && allowWord.MatchString(u.text) }

// source is everything that a policy compiles, in order.
type source struct {
	units []unit
	data  map[string][]byte
	key   string
	core  string // the version of CRS
	stock bool   // without a screening: tests compare with it
	// allows is set where a rule of the operator's may end an inspection with
	// the action `allow`, or another directive give it to a rule.
	allows bool
}

// newSource puts a site's rules together in the order CRS prescribes: set-up,
// then what changes rules for some requests (profile, exclusions), the
// operator's own rules, CRS, and what changes rules for all requests.
func newSource(site *policies.Site, now time.Time) (*source, []policies.Exclusion, error) {
	setup, err := setupText(&site.WAF)
	if err != nil {
		return nil, nil, err
	}
	exclusions, expired, err := exclusionText(site.WAF.Exclude, now)
	if err != nil {
		return nil, nil, err
	}
	files, err := readRuleFiles(site.WAF.Rules)
	if err != nil {
		return nil, nil, err
	}
	core, err := readCoreRules(&site.WAF)
	if err != nil {
		return nil, nil, err
	}
	s := &source{data: files.data, core: core.version}
	s.own("engine.conf", "conf/engine.conf")
	weighs := site.WAF.SecondOpinion == policies.On
	if weighs {
		s.own("readings.conf", "conf/readings.conf")
	}
	s.own("setup.conf", "conf/setup.conf")
	s.add(ownPrefix+"policy.conf", setup)
	s.own("profile.conf", "profiles/"+string(site.Profile)+".conf")
	s.add(ownPrefix+"exclude.conf", exclusions)
	s.units = append(s.units, files.before...)
	responses := site.WAF.Response == policies.On
	if responses {
		s.own("response.conf", "conf/response.conf")
	}
	s.crs(core, responses, weighs)
	s.own("after.conf", "conf/after.conf")
	s.units = append(s.units, files.after...)
	s.allows = slices.ContainsFunc(s.units, unit.mayAllow)
	s.seal(core)
	return s, expired, nil
}

func (s *source) add(name, text string) {
	s.units = append(s.units, unit{name: name, text: text})
}

// own adds an embedded file; a profile without one adds nothing.
func (s *source) own(name, file string) {
	if text, err := embedded.ReadFile(file); err == nil {
		s.add(ownPrefix+name, string(text))
	}
}

// crs adds the rules for requests, and those for responses (RESPONSE-*) where
// they run: elsewhere they would only cost memory. The second opinion stands
// between those that look at a request and those that compare the score.
func (s *source) crs(core *coreRules, responses, weighs bool) {
	for _, u := range core.units {
		if !responses && strings.HasPrefix(u.name, crsPrefix+"RESPONSE-") {
			continue
		}
		if weighs && strings.HasPrefix(u.name, crsPrefix+"REQUEST-949-") {
			s.own("opinion.conf", "conf/opinion.conf")
		}
		s.units = append(s.units, u)
	}
	maps.Copy(s.data, core.data)
}

// seal computes the key: equal keys compile to equal engines. Of a release of
// CRS, which hundreds of sites have in common, it takes the digest.
func (s *source) seal(core *coreRules) {
	h := sha256.New()
	h.Write(core.digest[:])
	for _, u := range s.units {
		if strings.HasPrefix(u.name, crsPrefix) {
			digest(h, u.name)
		} else {
			digest(h, u.name, u.text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.data)) {
		if _, ofCore := core.data[name]; !ofCore {
			digest(h, name, string(s.data[name]))
		}
	}
	s.key = hex.EncodeToString(h.Sum(nil))
}

// digest takes texts in with their lengths, so that no two lists of them are alike.
func digest(h hash.Hash, texts ...string) {
	for _, text := range texts {
		_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(text)))) // a hash returns no errors
		_, _ = io.WriteString(h, text)
	}
}

// path is the name under which coraza sees a unit. The operator's carry the
// key: coraza caches for the whole process, and what it caches of a file by the
// path alone. Another site's file of the same name, or this one's from before a
// reload, would be taken instead. Our own @pmFromFile is not cached so.
func (s *source) path(name string) string {
	if rest, ok := strings.CutPrefix(name, sitePrefix); ok {
		return sitePrefix + s.key + "/" + rest
	}
	return name
}

// sourceFS shows a source to coraza as a file system, and remembers which unit
// is being compiled: coraza's errors do not tell.
type sourceFS struct {
	units     map[string]*unit
	data      map[string][]byte
	current   *unit
	screening *screening
}

func (s *source) fs() *sourceFS {
	f := &sourceFS{units: map[string]*unit{}, data: map[string][]byte{}}
	for i := range s.units {
		f.units[s.path(s.units[i].name)] = &s.units[i]
	}
	for name, data := range s.data {
		f.data[s.path(name)] = data
	}
	return f
}

// ReadFile implements fs.ReadFileFS, the only method coraza uses.
func (f *sourceFS) ReadFile(name string) ([]byte, error) {
	if u, ok := f.units[name]; ok {
		f.current = u
		return []byte(u.text), nil
	}
	if data, ok := f.data[name]; ok {
		return bytes.Clone(data), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Open implements fs.FS.
func (f *sourceFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}
