package policies

import (
	"os"
	"path/filepath"
	"strings"
)

// maxSiteFiles is far above what one proxy can serve.
const maxSiteFiles = 10000

// readSitesDir adds the sites of sites_dir, in the order of their file names.
func (l *loading) readSitesDir() {
	if l.cfg.SitesDir == "" {
		return
	}
	files, err := siteFiles(l.cfg.SitesDir)
	if err != nil {
		l.main.fail("sites_dir", "%s", oneLine(err.Error()))
		return
	}
	if len(files) > maxSiteFiles {
		l.main.fail("sites_dir", "more than %d files", maxSiteFiles)
		return
	}
	if len(files)+len(l.drafts) == 0 {
		l.main.fail("sites_dir", "no sites: %s has no *.yaml file and `sites` is empty", quote(l.cfg.SitesDir))
	}
	for _, file := range files {
		l.drafts = append(l.drafts, readSite(file))
	}
}

// siteFiles lists *.yaml and *.yml. Hidden files, backups of editors and of
// package managers (site.yaml~, #site.yaml#, site.yaml.dpkg-dist) are none.
func siteFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		ext := filepath.Ext(name)
		if (ext != ".yaml" && ext != ".yml") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
			continue
		}
		path := filepath.Join(dir, name)
		// Reading a pipe would wait for ever; what cannot be looked at is
		// listed, so that reading it reports why.
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			continue
		}
		files = append(files, path)
	}
	return files, nil
}

func readSite(file string) *draft {
	s := &draft{site: DefaultSite()}
	data, err := readFile(file)
	if err != nil {
		s.dec = &decoder{file: file}
		s.dec.failAt(Place{File: file}, "", "%s", oneLine(err.Error()))
		return s
	}
	s.dec = decode(file, data, &s.site)
	return s
}
