package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// rules measures what a whole proxy with the rules takes for each request, in
// three of them: nginx with ModSecurity, coraza alone, and lachan.
func (s *stand) rules(o options) error {
	servers, err := s.inspectors(o.lachan)
	if err != nil {
		return err
	}
	all, err := workloads()
	if err != nil {
		return err
	}
	if err := s.writeWorkloads(all); err != nil {
		return err
	}
	if err := warmUp(servers, all); err != nil {
		return err
	}
	table, err := s.inspections(servers, all, o)
	if err != nil {
		return err
	}
	table.print()
	return nil
}

// inspectors starts the servers that are compared.
func (s *stand) inspectors(lachan string) ([]server, error) {
	starts := []struct {
		name  string
		start func(address string) (*exec.Cmd, error)
	}{
		{"nginx + ModSecurity", s.modsecurity},
		{"bare coraza", s.coraza},
		{"lachan", func(address string) (*exec.Cmd, error) {
			config, err := s.config("rules", address, []variant{{"www.portal", "waf: {mode: block}, response: {mode: off}"}})
			if err != nil {
				return nil, err
			}
			return s.lachan(lachan, config, address, rulesHost)
		}},
	}
	var servers []server
	for _, x := range starts {
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		cmd, err := x.start(address)
		if err != nil {
			return nil, err
		}
		servers = append(servers, server{x.name, address, rulesHost, cmd.Process.Pid})
	}
	return servers, nil
}

// coraza builds the peer in bench/coraza, with this module's versions, and starts it.
func (s *stand) coraza(address string) (*exec.Cmd, error) {
	binary := filepath.Join(s.dir, "coraza")
	if out, err := exec.Command("go", "build", "-o", binary, "./bench/coraza").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building bare coraza: %w\n%s", err, out)
	}
	cmd, err := s.start(serversCPU, binary, "-listen", address, "-upstream", "http://"+s.origin)
	if err != nil {
		return nil, err
	}
	return cmd, await(cmd, func() error { return answers("http://"+address+"/5kB.html", rulesHost) })
}

// inspections alternates between workloads and servers, so that a slow spell of
// the machine meets all of them. The first answer that is wrong ends the run.
func (s *stand) inspections(servers []server, all []workload, o options) (*inspectionTable, error) {
	t := &inspectionTable{workloads: all, cells: make(map[[2]string][]inspection)}
	for _, sv := range servers {
		t.servers = append(t.servers, sv.name)
	}
	for round := range o.rounds {
		for _, wl := range all {
			for i := range servers {
				sv := servers[(i+round)%len(servers)] // who comes after whom must not matter
				progress("%s, round %d of %d: %s", wl.name, round+1, o.rounds, sv.name)
				x, err := s.inspect(sv, wl, o.length)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", sv.name, wl.name, err)
				}
				t.add(wl.name, sv.name, x)
			}
		}
	}
	progress("")
	return t, nil
}
