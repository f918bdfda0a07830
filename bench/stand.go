package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// stand is the test stand: the origin, and the servers under test before it.
type stand struct {
	dir     string
	started []*exec.Cmd
	servers []server
	one     startFigures // of lachan with one site
	many    startFigures // with manySites
}

// server is one column of the comparison.
type server struct {
	name    string
	address string
	host    string
	pid     int
}

// startFigures are a start's duration and the resident memory after it.
type startFigures struct {
	time time.Duration
	kB   int
}

// variant is a site with a policy.
type variant struct{ name, policy string }

// variants are lachan's sites, by what they do beside proxying.
var variants = []variant{
	{"proxy", "waf: {mode: off}, response: {mode: off}"},
	{"rules", "waf: {mode: block}, response: {mode: off}"},
	{"cleaner", "waf: {mode: off}, response: {mode: clean}"},
	{"all", "waf: {mode: block}, response: {mode: clean}"},
}

func setUp(dir, binary string) (_ *stand, err error) {
	s := &stand{dir: dir}
	defer func() {
		if err != nil {
			s.tearDown()
		}
	}()
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	origin, nginx, lachan := ports[0], ports[1], ports[2]
	if _, err := s.nginx("origin", 1, origin, "root "+filepath.Join(dir, "www")+";"); err != nil {
		return nil, err
	}
	cmd, err := s.nginx("proxy", 0, nginx, `location / { proxy_pass http://origin; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }`,
		"upstream origin { server "+origin+"; keepalive 64; keepalive_requests 1000000; }")
	if err != nil {
		return nil, err
	}
	s.servers = append(s.servers, server{"nginx proxy", nginx, "bench.example", cmd.Process.Pid})
	return s, s.lachan(binary, lachan, origin)
}

// nginx starts one worker on a CPU of its own. extra holds directives beside
// the server, such as a pool of connections to the origin: without one nginx
// would open a connection for each request, which Lachan does not.
func (s *stand) nginx(name string, cpu int, address, location string, extra ...string) (*exec.Cmd, error) {
	prefix := filepath.Join(s.dir, name)
	if err := os.Mkdir(prefix, 0o755); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`daemon off; worker_processes 1; pid nginx.pid; error_log error.log error;
events { worker_connections 4096; }
http { include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
  client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s; %s
  server { listen %s backlog=4096; %s } }
`, strings.Join(extra, " "), address, location)
	conf := filepath.Join(prefix, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return nil, err
	}
	cmd, err := s.start(cpu, "nginx", "-p", prefix, "-c", conf)
	if err != nil {
		return nil, err
	}
	return cmd, waitFor(func() error { return answers("http://"+address+"/5kB.html", "") })
}

// lachan is started with one site and with many, for its start time and
// memory, and then with the variants.
func (s *stand) lachan(binary, address, origin string) (err error) {
	if s.one, err = s.startUp(binary, "one", address, origin, variants[len(variants)-1:]); err != nil {
		return err
	}
	all := slices.Repeat(variants[len(variants)-1:], manySites)
	for i := range all {
		all[i].name = fmt.Sprint("site", i)
	}
	if s.many, err = s.startUp(binary, "many", address, origin, all); err != nil {
		return err
	}
	file, err := s.config("variants", address, origin, variants)
	if err != nil {
		return err
	}
	cmd, err := s.start(0, binary, "run", "--config", file)
	if err != nil {
		return err
	}
	for _, v := range variants {
		s.servers = append(s.servers, server{"lachan " + v.name, address, v.name + ".example", cmd.Process.Pid})
	}
	return waitFor(func() error { return answers("http://"+address+"/5kB.html", variants[0].name+".example") })
}

// manySites is how many sites a hosting vendor may have on one machine.
const manySites = 500

// startUp measures one start, until the first site answers, and what the
// process holds when it is idle.
func (s *stand) startUp(binary, name, address, origin string, sites []variant) (figures startFigures, err error) {
	file, err := s.config(name, address, origin, sites)
	if err != nil {
		return figures, err
	}
	begin := time.Now()
	cmd, err := s.start(0, binary, "run", "--config", file)
	if err != nil {
		return figures, err
	}
	defer stop(cmd)
	if err := waitFor(func() error { return answers("http://"+address+"/5kB.html", sites[0].name+".example") }); err != nil {
		return figures, err
	}
	figures.time = time.Since(begin)
	time.Sleep(2 * time.Second) // idle: what start-up left is collected
	figures.kB, err = residentKB(cmd.Process.Pid)
	return figures, err
}

// config writes a configuration with a site for each variant.
func (s *stand) config(name, address, origin string, sites []variant) (string, error) {
	dir := filepath.Join(s.dir, "lachan-"+name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	text := fmt.Sprintf("listen: {http: %q, https: \"\"}\nstate_dir: %s/state\nadmin: {listen: \"\"}\naudit: {file: %s/audit.jsonl}\nsites:\n", address, dir, dir)
	for _, v := range sites {
		text += fmt.Sprintf("- {name: %s, hosts: [%s.example], upstream: \"http://%s\", tls: off, %s}\n", v.name, v.name, origin, v.policy)
	}
	file := filepath.Join(dir, "lachan.yaml")
	return file, os.WriteFile(file, []byte(text), 0o644)
}

func (s *stand) start(cpu int, name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command("taskset", append([]string{"-c", fmt.Sprint(cpu), name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	cmd.Stderr = os.Stderr
	if name != "nginx" {
		log, err := os.Create(filepath.Join(s.dir, fmt.Sprintf("log-%d", len(s.started))))
		if err != nil {
			return nil, err
		}
		defer log.Close()
		cmd.Stderr = log
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.started = append(s.started, cmd)
	return cmd, nil
}

func (s *stand) tearDown() {
	for _, cmd := range s.started {
		stop(cmd)
	}
}

// stop ends a process; one that has ended already is left alone.
func stop(cmd *exec.Cmd) {
	if cmd.ProcessState == nil && cmd.Process.Signal(syscall.SIGTERM) == nil {
		_ = cmd.Wait() // ended by our signal
	}
}

// freePorts returns loopback addresses nobody listens on.
func freePorts(n int) ([]string, error) {
	var addresses []string
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer ln.Close()
		addresses = append(addresses, ln.Addr().String())
	}
	return addresses, nil
}

func waitFor(ready func() error) error {
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if err = ready(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("a server does not come up: %w", err)
}

func answers(url, host string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Host = host
	req.Close = true
	req.Header.Set("User-Agent", browser)
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
