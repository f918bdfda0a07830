<?php
// Installs WordPress and writes the fictional commune's portal into it.
// Run by the test: php setup.php DOCROOT PASSWORD
[, $docroot, $password] = $argv;
// WordPress hashes what a form delivers, and it adds slashes to that.
$password = addslashes($password);
define('WP_INSTALLING', true);
require $docroot . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Cổng thông tin xã An Bình', 'bientap', 'bientap@portal.example', true, '', $password, 'vi');
switch_theme('twentytwentyone');
update_option('timezone_string', 'Asia/Ho_Chi_Minh');
update_option('blogdescription', 'Trang thông tin điện tử xã An Bình');
update_option('comment_previously_approved', 0);
update_option('default_ping_status', 'closed');
update_option('show_on_front', 'posts');
wp_delete_post(1, true);
wp_delete_post(2, true);

$pages = [
	'Giới thiệu' => '<p>Xã An Bình có diện tích 12,4 km² với 8.240 nhân khẩu, gồm bảy thôn.</p><h2>Lịch sử</h2><p>Xã được thành lập năm 1954 trên cơ sở hai làng cổ bên sông.</p>',
	'Thủ tục hành chính' => '<p>Bộ phận Một cửa tiếp nhận hồ sơ từ thứ Hai đến sáng thứ Bảy.</p><ul><li>Đăng ký khai sinh</li><li>Chứng thực bản sao</li><li>Xác nhận tình trạng hôn nhân</li></ul>',
	'Liên hệ' => '<p>Ủy ban nhân dân xã An Bình. Điện thoại: 0200 000 000.</p><p><a href="https://dichvucong.example.gov.vn/">Dịch vụ công</a></p>',
];
$menu = wp_create_nav_menu('Trình đơn chính');
foreach ($pages as $title => $body) {
	$id = wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => $title, 'post_content' => $body, 'post_author' => 1]);
	wp_update_nav_menu_item($menu, 0, ['menu-item-object-id' => $id, 'menu-item-object' => 'page', 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish', 'menu-item-title' => $title]);
}
set_theme_mod('nav_menu_locations', ['primary' => $menu]);

$posts = [
	'Lịch tiếp công dân tháng 11' => '<p>Chủ tịch Ủy ban nhân dân xã tiếp công dân vào sáng thứ Năm hằng tuần tại phòng tiếp dân.</p>[table]',
	'Kế hoạch tiêm phòng gia súc, gia cầm' => '<p>Trạm thú y phối hợp với các thôn tổ chức tiêm phòng đợt hai. Bà con nhốt gia súc trước 7 giờ sáng.</p>',
	'Thông báo về việc thu gom rác thải nông thôn' => '<p>Từ ngày 1 tháng 12, rác được thu gom vào thứ Ba và thứ Sáu.</p><blockquote><p>Giữ gìn đường làng ngõ xóm sạch đẹp.</p></blockquote>',
];
$table = '<figure class="wp-block-table"><table><thead><tr><th>Ngày</th><th>Người tiếp</th></tr></thead><tbody><tr><td>05/11</td><td>Chủ tịch</td></tr><tr><td>12/11</td><td>Phó Chủ tịch</td></tr></tbody></table></figure>';
$day = 1;
foreach ($posts as $title => $body) {
	wp_insert_post(['post_status' => 'publish', 'post_title' => $title, 'post_content' => str_replace('[table]', $table, $body), 'post_author' => 1, 'post_date' => sprintf('2026-10-%02d 08:00:00', $day++)]);
}
wp_create_user('congtac', $password, 'congtac@portal.example');
