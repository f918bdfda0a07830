package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/policies/hostlist"
)

// pageFlags describe a page on standard input and the policy it is read by.
type pageFlags struct {
	Config      string `help:"The configuration file that holds the site. Without it the default policy applies." type:"path" placeholder:"FILE"`
	Site        string `help:"The site of --config whose policy applies." placeholder:"NAME"`
	URL         string `help:"The page's address: its host counts as the site's own." default:"https://localhost/"`
	ContentType string `help:"The page's Content-Type." default:"text/html"`
}

// clean reads a page from in as the document that doc says more about.
func (c *pageFlags) clean(cleaner *clean.Cleaner, in io.Reader, out io.Writer, doc clean.Document) error {
	contentType := []string{c.ContentType}
	prefix, err := clean.ReadPrefix(in, contentType)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	kind := clean.Sniff(contentType, prefix)
	if !kind.HTML {
		return fmt.Errorf("--content-type %q: a browser would not read this as HTML", c.ContentType)
	}
	doc.URL, doc.Charset, doc.XHTML = c.URL, kind.Charset, clean.StatesXHTML(contentType)
	w := cleaner.NewWriter(out, doc)
	if _, err := w.Write(prefix); err != nil {
		return err
	}
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	return w.Close()
}

// policy compiles that of --site, with its baseline, or the default one.
func (c *pageFlags) policy() (*clean.Cleaner, *policies.Baseline, error) {
	if c.Config == "" {
		page, err := url.Parse(c.URL)
		if err != nil {
			return nil, nil, fmt.Errorf("--url: %w", err)
		}
		site := policies.DefaultSite()
		site.Hosts = []string{page.Hostname()}
		cleaner, err := clean.New(&site, nil)
		return cleaner, nil, err
	}
	cfg, err := policies.LoadLenient(c.Config)
	if cfg == nil {
		return nil, nil, err
	}
	for i := range cfg.Sites {
		if site := &cfg.Sites[i]; site.Name == c.Site {
			baseline, err := cfg.LoadBaseline(site)
			if err != nil {
				return nil, nil, err
			}
			lists, err := hostLists(site)
			if err != nil {
				return nil, nil, err
			}
			cleaner, err := clean.New(site, baseline, lists...)
			return cleaner, baseline, err
		}
	}
	return nil, nil, errors.Join(fmt.Errorf("--site %q: %s has no such site", c.Site, c.Config), err)
}

// hostLists reads the host lists of a site.
func hostLists(site *policies.Site) (lists hostlist.Lists, err error) {
	for _, path := range site.Response.HostLists {
		file, err := hostlist.Open(path)
		if err != nil {
			return nil, err
		}
		lists = append(lists, file.Set())
	}
	return lists, nil
}
