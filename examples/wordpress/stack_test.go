package wordpress_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stack is a private web host: nginx, PHP-FPM and MariaDB from Debian, in one
// temporary directory, reachable on one localhost port.
type stack struct {
	dir     string // everything lives below it
	docroot string
	socket  string // MariaDB
	addr    string // nginx, host:port
	owner   *syscall.Credential
}

// newStack starts the three servers with an empty document root.
func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{dir: workDir(t), owner: credential(t)}
	s.docroot = filepath.Join(s.dir, "www")
	s.socket = filepath.Join(s.dir, "db.sock")
	s.addr = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	run(t, nil, "mkdir", "-p", s.docroot, s.path("data"), s.path("tmp"))
	give(t, s.dir)
	s.startDatabase(t)
	s.startPHP(t)
	s.startNginx(t)
	return s
}

func (s *stack) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

func (s *stack) serve(t *testing.T, logName, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = append(cmd.Environ(), "TMPDIR="+s.path("tmp"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	serve(t, s.path(logName), cmd)
}

// startDatabase has no network at all: only the socket. Durability is switched
// off, the data lives for minutes.
func (s *stack) startDatabase(t *testing.T) {
	t.Helper()
	run(t, s.owner, "mariadb-install-db", "--no-defaults", "--datadir="+s.path("data"),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	s.serve(t, "mariadb.log", "/usr/sbin/mariadbd", "--no-defaults", "--datadir="+s.path("data"),
		"--socket="+s.socket, "--pid-file="+s.path("db.pid"), "--tmpdir="+s.path("tmp"),
		"--skip-networking", "--skip-name-resolve", "--skip-log-bin", "--character-set-server=utf8mb4",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--innodb-doublewrite=0", "--performance-schema=OFF")
	await(t, "mariadb", time.Minute, dialable("unix", s.socket))
	s.sql(t, "CREATE DATABASE wordpress CHARACTER SET utf8mb4; CREATE USER wordpress@localhost IDENTIFIED BY 'wordpress'; GRANT ALL ON wordpress.* TO wordpress@localhost;")
}

// sql runs statements as the database's administrator, as an intruder with the
// database password could.
func (s *stack) sql(t *testing.T, statements string) string {
	t.Helper()
	return run(t, s.owner, "mariadb", "--no-defaults", "--socket="+s.socket, "--user=root",
		"--default-character-set=utf8mb4", "--batch", "--skip-column-names", "--execute="+statements)
}

func (s *stack) startPHP(t *testing.T) {
	t.Helper()
	found, _ := filepath.Glob("/usr/sbin/php-fpm*")
	if len(found) == 0 {
		t.Fatal("php-fpm is not installed: run install.sh")
	}
	writeFile(t, s.path("fpm.conf"), fmt.Sprintf(fpmConf, s.path("fpm.err"), s.path("fpm.sock"), s.path("tmp")))
	s.serve(t, "fpm.log", found[0], "--nodaemonize", "--fpm-config", s.path("fpm.conf"))
	await(t, "php-fpm", 30*time.Second, dialable("unix", s.path("fpm.sock")))
}

// Mail goes nowhere, a file may be as large as a phone's photo, and a changed
// theme shows at once.
const fpmConf = `[global]
error_log = %[1]s
[www]
listen = %[2]s
pm = static
pm.max_children = 6
php_admin_value[sendmail_path] = /bin/true
php_admin_value[upload_max_filesize] = 16M
php_admin_value[post_max_size] = 16M
php_admin_value[opcache.revalidate_freq] = 0
php_admin_value[upload_tmp_dir] = %[3]s
php_admin_value[error_log] = %[1]s
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
`

func (s *stack) startNginx(t *testing.T) {
	t.Helper()
	conf := strings.NewReplacer("{dir}", s.dir, "{docroot}", s.docroot, "{addr}", s.addr).Replace(nginxConf)
	writeFile(t, s.path("nginx.conf"), conf)
	s.serve(t, "nginx.log", "/usr/sbin/nginx", "-c", s.path("nginx.conf"), "-e", s.path("nginx.err"), "-p", s.dir)
	await(t, "nginx", 30*time.Second, dialable("tcp", s.addr))
}

// The usual WordPress vhost. PHP is reachable under any path, index.php/… and
// uploads included: the proxy, not the host, is under test.
const nginxConf = `daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
events { worker_connections 256; }
http {
	include /etc/nginx/mime.types;
	access_log off;
	client_max_body_size 16m;
	client_body_temp_path {dir}/tmp/body;
	fastcgi_temp_path {dir}/tmp/fcgi;
	proxy_temp_path {dir}/tmp/proxy;
	uwsgi_temp_path {dir}/tmp/uwsgi;
	scgi_temp_path {dir}/tmp/scgi;
	server {
		listen {addr};
		root {docroot};
		index index.php;
		location / { try_files $uri $uri/ /index.php?$args; }
		location ~ ^(.+\.php)(/.*)?$ {
			try_files $1 =404;
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME $document_root$1;
			fastcgi_param PATH_INFO $2;
			fastcgi_param HTTP_PROXY "";
			fastcgi_pass unix:{dir}/fpm.sock;
			fastcgi_read_timeout 120s;
		}
	}
}
`
