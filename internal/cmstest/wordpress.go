package cmstest

import (
	_ "embed"
	"fmt"
	"testing"
)

// The account that InstallWordPress creates; the password holds what forms mangle.
const (
	EditorName     = "bientap"
	EditorPassword = `Mật-khẩu "rất" dài & <mạnh> 2026`
)

// wordPressSetup runs WordPress's own installer and writes a portal into it.
//
//go:embed wordpress.php
var wordPressSetup string

// InstallWordPress copies Debian's WordPress into the host and fills it with a
// fictional commune's portal. base is the address visitors use: the proxy's,
// where there is one.
func (h *Host) InstallWordPress(t testing.TB, base string) {
	t.Helper()
	// A copy without links: WordPress finds its configuration beside the real
	// file, which for a link would be Debian's in /etc.
	h.Copy(t, "/usr/share/wordpress", "")
	run(t, h.owner, "mkdir", "-p", h.Docroot+"/wp-content/uploads", h.Docroot+"/wp-content/mu-plugins")
	WriteFile(t, h.Docroot+"/wp-config.php", fmt.Sprintf(wpConfig, h.socket, base))
	WriteFile(t, h.Docroot+"/wp-content/mu-plugins/classic-editor.php", classicEditor)
	give(t, h.Docroot)
	WriteFile(t, h.Path("setup.php"), wordPressSetup)
	h.PHP(t, h.Path("setup.php"), h.Docroot, EditorPassword)
	h.PHP(t, "-r", permalinks, h.Docroot)
}

// HTTPS ends at the proxy: X-Forwarded-Proto tells. Debian's nginx hands PHP the
// host without its port, which WordPress answers with a redirect to the same
// address, so the configured one is used. Nothing may leave the machine, and no cron run
// may fall into the middle of a measurement.
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
