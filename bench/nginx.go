package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// nginxConf is what one nginx has beside the others: directives of the main
// section, of http and of its server.
type nginxConf struct{ main, http, server string }

// nginx starts one worker on a CPU.
func (s *stand) nginx(name string, cpu int, address string, c nginxConf) (*exec.Cmd, error) {
	prefix := filepath.Join(s.dir, name)
	if err := os.Mkdir(prefix, 0o755); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`%s
daemon off; worker_processes 1; pid nginx.pid; error_log error.log error;
events { worker_connections 4096; }
http { include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
  client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s; %s
  server { listen %s backlog=4096; %s } }
`, c.main, c.http, address, c.server)
	conf := filepath.Join(prefix, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return nil, err
	}
	cmd, err := s.start(cpu, "nginx", "-p", prefix, "-c", conf)
	if err != nil {
		return nil, err
	}
	return cmd, await(cmd, func() error { return answers("http://"+address+"/5kB.html", rulesHost) })
}

// proxyTo keeps a pool of connections to the origin: without one nginx would
// open a connection for each request, which Lachan does not.
func proxyTo(origin string) nginxConf {
	return nginxConf{
		http: "upstream origin { server " + origin + "; keepalive 64; keepalive_requests 1000000; }",
		server: `location / { proxy_pass http://origin; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }`,
	}
}
