package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// lachan starts the binary and waits until a site answers.
func (s *stand) lachan(binary, config, address, host string) (*exec.Cmd, error) {
	cmd, err := s.start(serversCPU, binary, "run", "--config", config)
	if err != nil {
		return nil, err
	}
	return cmd, await(cmd, func() error { return answers("http://"+address+"/5kB.html", host) })
}

// config writes a configuration with a site for each variant, in a file of its own
// as a panel writes them.
func (s *stand) config(name, address string, sites []variant) (string, error) {
	dir := filepath.Join(s.dir, "lachan-"+name)
	if err := os.MkdirAll(filepath.Join(dir, "sites.d"), 0o755); err != nil {
		return "", err
	}
	for _, v := range sites {
		if err := s.writeSite(dir, v); err != nil {
			return "", err
		}
	}
	text := fmt.Sprintf("listen: {http: %q, https: \"\"}\nstate_dir: state\nadmin: {listen: \"\"}\naudit: {file: %s/audit.jsonl}\nsites_dir: sites.d\n", address, dir)
	file := filepath.Join(dir, "lachan.yaml")
	return file, os.WriteFile(file, []byte(text), 0o644)
}

func (s *stand) writeSite(dir string, v variant) error {
	text := fmt.Sprintf("{name: %s, hosts: [%[1]s.example], upstream: \"http://%s\", tls: off, %s}\n", v.name, s.origin, v.policy)
	return os.WriteFile(filepath.Join(dir, "sites.d", v.name+".yaml"), []byte(text), 0o644)
}
