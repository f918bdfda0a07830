// Package cmstest runs real content management systems for tests: a private web
// host of Debian's nginx, PHP-FPM and MariaDB, and WordPress in it.
//
//	host := cmstest.NewHost(t)
//	host.InstallWordPress(t, "http://"+host.Addr)
//
// install.sh installs the packages, and those named to it besides. Everything
// is stopped when the test ends; what is not installed fails it.
package cmstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Host is a private web host: nginx, PHP-FPM and MariaDB from Debian, in one
// temporary directory, reachable on one localhost port.
type Host struct {
	Docroot string // what nginx serves
	Addr    string // nginx, host:port
	dir     string // everything lives below it
	socket  string // MariaDB
	owner   *syscall.Credential
}

// NewHost starts the three servers with an empty document root.
func NewHost(t testing.TB) *Host {
	t.Helper()
	h := &Host{dir: WorkDir(t), owner: credential(t)}
	h.Docroot = filepath.Join(h.dir, "www")
	h.socket = filepath.Join(h.dir, "db.sock")
	h.Addr = fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	run(t, nil, "mkdir", "-p", h.Docroot, h.Path("data"), h.Path("tmp"))
	give(t, h.dir)
	h.startDatabase(t)
	h.startPHP(t)
	h.startNginx(t)
	return h
}

// Path is the name of a file beside the document root.
func (h *Host) Path(elem ...string) string {
	return filepath.Join(append([]string{h.dir}, elem...)...)
}

func (h *Host) serve(t testing.TB, logName, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = append(cmd.Environ(), "TMPDIR="+h.Path("tmp"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.owner}
	Serve(t, h.Path(logName), cmd)
}

// startDatabase has no network at all: only the socket. Durability is switched
// off, the data lives for minutes.
func (h *Host) startDatabase(t testing.TB) {
	t.Helper()
	run(t, h.owner, "mariadb-install-db", "--no-defaults", "--datadir="+h.Path("data"),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	h.serve(t, "mariadb.log", "/usr/sbin/mariadbd", "--no-defaults", "--datadir="+h.Path("data"),
		"--socket="+h.socket, "--pid-file="+h.Path("db.pid"), "--tmpdir="+h.Path("tmp"),
		"--skip-networking", "--skip-name-resolve", "--skip-log-bin", "--character-set-server=utf8mb4",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--innodb-doublewrite=0", "--performance-schema=OFF")
	Await(t, "mariadb", time.Minute, Dialable("unix", h.socket))
	h.SQL(t, "CREATE DATABASE wordpress CHARACTER SET utf8mb4; CREATE USER wordpress@localhost IDENTIFIED BY 'wordpress'; GRANT ALL ON wordpress.* TO wordpress@localhost;")
}

// Copy puts the tree of a package into a folder of the document root, without
// links, where PHP may write. A link that leads nowhere is left out: Debian has
// them for a configuration yet to be written.
func (h *Host) Copy(t testing.TB, tree, folder string) {
	t.Helper()
	to := filepath.Join(h.Docroot, folder)
	run(t, nil, "mkdir", "-p", to)
	entries, err := filepath.Glob(tree + "/*")
	if err != nil {
		t.Fatal(err)
	}
	entries = slices.DeleteFunc(entries, func(name string) bool {
		_, err := os.Stat(name)
		return os.IsNotExist(err)
	})
	run(t, nil, "cp", append([]string{"-rLt", to}, entries...)...)
	give(t, to)
}

// PHP runs a script as the servers' account and returns its output.
func (h *Host) PHP(t testing.TB, args ...string) string {
	t.Helper()
	return run(t, h.owner, "php", append([]string{"-d", "sendmail_path=/bin/true", "-d", "error_log=/dev/stderr", "-d", "log_errors=1"}, args...)...)
}

// SQL runs statements as the database's administrator, as an intruder with the
// database password could.
func (h *Host) SQL(t testing.TB, statements string) string {
	t.Helper()
	return run(t, h.owner, "mariadb", "--no-defaults", "--socket="+h.socket, "--user=root",
		"--default-character-set=utf8mb4", "--batch", "--skip-column-names", "--execute="+statements)
}

func (h *Host) startPHP(t testing.TB) {
	t.Helper()
	found, _ := filepath.Glob("/usr/sbin/php-fpm*")
	if len(found) == 0 {
		t.Fatal("php-fpm is not installed: run internal/cmstest/install.sh")
	}
	WriteFile(t, h.Path("fpm.conf"), fmt.Sprintf(fpmConf, h.Path("fpm.err"), h.Path("fpm.sock"), h.Path("tmp")))
	h.serve(t, "fpm.log", found[0], "--nodaemonize", "--fpm-config", h.Path("fpm.conf"))
	Await(t, "php-fpm", 30*time.Second, Dialable("unix", h.Path("fpm.sock")))
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

func (h *Host) startNginx(t testing.TB) {
	t.Helper()
	conf := strings.NewReplacer("{dir}", h.dir, "{docroot}", h.Docroot, "{addr}", h.Addr).Replace(nginxConf)
	WriteFile(t, h.Path("nginx.conf"), conf)
	h.serve(t, "nginx.log", "/usr/sbin/nginx", "-c", h.Path("nginx.conf"), "-e", h.Path("nginx.err"), "-p", h.dir)
	Await(t, "nginx", 30*time.Second, Dialable("tcp", h.Addr))
}

// The usual vhost of a CMS. PHP is reachable under any path, index.php/… and
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
