package wordpress_test

import (
	"fmt"
	"testing"
)

// The account that setup.php creates; the password holds what forms mangle.
const (
	editorName     = "bientap"
	editorPassword = `Mật-khẩu "rất" dài & <mạnh> 2026`
)

// installWordPress copies Debian's WordPress into the stack and runs its own
// installer. base is the address visitors use, that is the proxy's.
func installWordPress(t *testing.T, s *stack, base string) {
	t.Helper()
	// A copy without links: WordPress finds its configuration beside the real
	// file, which for a link would be Debian's in /etc.
	run(t, nil, "cp", "-rL", "/usr/share/wordpress/.", s.docroot)
	run(t, nil, "mkdir", "-p", s.docroot+"/wp-content/uploads", s.docroot+"/wp-content/mu-plugins")
	writeFile(t, s.docroot+"/wp-config.php", fmt.Sprintf(wpConfig, s.socket, base))
	writeFile(t, s.docroot+"/wp-content/mu-plugins/classic-editor.php", classicEditor)
	give(t, s.docroot)
	writeFile(t, s.path("setup.php"), readFile(t, "testdata/setup.php"))
	run(t, s.owner, "php", "-d", "sendmail_path=/bin/true", "-d", "error_log=/dev/stderr", "-d", "log_errors=1",
		s.path("setup.php"), s.docroot, editorPassword)
	run(t, s.owner, "php", "-d", "error_log=/dev/stderr", "-d", "log_errors=1", "-r", permalinks, s.docroot)
}

// HTTPS ends at the proxy: X-Forwarded-Proto tells. Debian's nginx hands PHP the
// host without its port, which WordPress answers with a redirect to the same
// address, so the configured one is used. Nothing may leave the machine, and no cron run may fall into the middle of a measurement.
const wpConfig = `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', 'wordpress');
define('DB_HOST', 'localhost:%[1]s');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '%[2]s');
define('WP_SITEURL', '%[2]s');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('AUTOSAVE_INTERVAL', 3600);
define('AUTH_KEY', 'one'); define('SECURE_AUTH_KEY', 'two'); define('LOGGED_IN_KEY', 'three'); define('NONCE_KEY', 'four');
define('AUTH_SALT', 'five'); define('SECURE_AUTH_SALT', 'six'); define('LOGGED_IN_SALT', 'seven'); define('NONCE_SALT', 'eight');
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') $_SERVER['HTTPS'] = 'on';
$_SERVER['HTTP_HOST'] = preg_replace('#^https?://#', '', WP_HOME);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`

// What the widely used Classic Editor plugin does, with its own parameter name:
// many sites still write in the old form.
const classicEditor = `<?php
add_filter('use_block_editor_for_post', fn($on) => isset($_GET['classic-editor']) ? false : $on);
add_filter('comment_flood_filter', '__return_false', 99);
`

const permalinks = `require $argv[1] . '/wp-load.php';
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
$wp_rewrite->flush_rules(false);`
