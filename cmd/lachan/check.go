package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy"
)

type checkCmd struct {
	configFlag
	Live bool `help:"Ask the running server, over its admin socket, whether it serves: for HEALTHCHECK and monitoring."`
}

// Help is kong's long help.
func (checkCmd) Help() string {
	return "Example:\n  lachan check --config /etc/lachan/lachan.yaml && systemctl reload lachan"
}

// Run prints every problem and fails if there is one.
func (c *checkCmd) Run(ctx context.Context) error {
	if c.Live {
		return c.live(ctx)
	}
	cfg, err := policies.LoadLenient(c.Config)
	if cfg != nil { // sites that could be read are compiled, whatever is wrong with others
		err = errors.Join(err, proxy.Check(cfg, time.Now()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return errReported
	}
	fmt.Printf("%s: no problem found in %d %s\n", c.Config, len(cfg.Sites), plural(len(cfg.Sites), "site"))
	return nil
}

// live asks GET /health.
func (c *checkCmd) live(ctx context.Context) error {
	cfg, err := policies.LoadLenient(c.Config)
	if cfg == nil {
		return err
	}
	path, ok := strings.CutPrefix(cfg.Admin.Listen, "unix:")
	if !ok {
		return errors.New("check --live needs admin.listen: unix:PATH")
	}
	return askHealth(ctx, path)
}

func askHealth(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://admin/health", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("lachan does not answer on %s: %w", socket, err)
	}
	defer resp.Body.Close()
	state, err := io.ReadAll(io.LimitReader(resp.Body, 64))
	if err != nil || resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("lachan on %s is %s", socket, strings.TrimSpace(string(state))), err)
	}
	fmt.Printf("%s", state)
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
