package portal

// Plant is one thing the intruder put into the portal.
type Plant struct {
	// Name says what it is, in English.
	Name string
	// Path is a page that holds it.
	Path string
	// Fragment names the file of site/planted it stands in.
	Fragment string
	// Marks are byte strings of the page that only the plant holds: none may
	// be left in a clean page.
	Marks []string
}

// Plants lists what was planted into pages.
func Plants() []Plant {
	return []Plant{
		{"hidden link block", "/", "hidden-block", []string{
			"nhacai.evil.test", "taixiu.evil.test", "baccarat.evil.test", "keo.evil.test", "slot.evil.test",
			"Nhà cái tặng tiền cược miễn phí", "Tài xỉu online đăng ký nhận 188k",
		}},
		{"betting backlinks", "/", "partners", []string{
			"bongda88.evil.test", "nohu.evil.test", "xoso.evil.test", "Nổ hũ đổi thưởng uy tín", "Soi cầu lô đề miền Bắc",
		}},
		{"off-site 1×1 iframe", "/", "frame", []string{"ads.evil.test"}},
		{"off-site script", "/", "script", []string{"cdn.evil.test"}},
		{"obfuscated loader after </html>", "/", "loader", []string{"_0x4f1c", "String.fromCharCode(104,116,116,112,115", "eval(atob("}},
		{"backlinks in an article", "/tin-tuc/le-hoi-dinh-lang", "backlinks", []string{
			"nhacai.evil.test", "casino.evil.test", "cado.evil.test", "Top 10 nhà cái uy tín nhất",
		}},
		{"JavaScript redirect", "/tin-tuc/thu-hoach-lua", "js-redirect", []string{"casino.evil.test", "location.replace"}},
		{"meta refresh", "/tin-tuc/lich-tiep-cong-dan", "meta-refresh", []string{"casino.evil.test", `http-equiv="refresh"`}},
		{"off-site form action", "/lien-he", "form", []string{"collect.evil.test"}},
	}
}

// Keep is one thing of the commune's own.
type Keep struct {
	Name, Path string
	// Mark is a byte string that must survive as it is.
	Mark string
}

// Keeps lists what must survive cleaning.
func Keeps() []Keep {
	const warning = "/tin-tuc/canh-bao-danh-bac-truc-tuyen"
	return []Keep{
		{"own script", "/", `<script src="/static/portal.js" defer`},
		{"own inline script", "/", "button.setAttribute('aria-expanded', String(open));"},
		{"hidden mobile menu", "/", `<div id="mobile-menu" class="mobile" style="display:none">`},
		{"links of the mobile menu", "/", `<li><a href="/gui-ho-so">Gửi hồ sơ</a></li>`},
		{"own style sheet", "/", `<link rel="stylesheet" href="/static/style.css">`},
		{"link to a .gov.vn site", "/", `<a href="https://dichvucong.gov.vn/">Cổng Dịch vụ công quốc gia</a>`},
		{"search form", "/", `<form action="/tim-kiem" method="get" role="search">`},
		{"news list", "/", `<h3><a href="/tin-tuc/lich-tiem-chung">Lịch tiêm chủng mở rộng tháng 12</a></h3>`},
		{"words about gambling", "/", "mạo danh nhà cái uy tín, tặng tiền cược"},
		{"end of the document", "/", "</html>"},
		{"police warning", warning, "nhà cái, cá cược bóng đá, tài xỉu, lô đề, nổ hũ, casino"},
		{"warning's table", warning, "<td>Tin nhắn tặng tiền cược miễn phí cho người mới đăng ký</td>"},
		{"YouTube frame", "/tin-tuc/le-hoi-dinh-lang", `src="https://www.youtube.com/embed/ThanhBinhAn"`},
		{"harvest article", "/tin-tuc/thu-hoach-lua", "năng suất bình quân ước đạt 58 tạ/ha"},
		{"reception times", "/tin-tuc/lich-tiep-cong-dan", "<td>Chủ tịch Ủy ban nhân dân xã</td>"},
		{"own form", "/lien-he", `<form class="form" action="/gop-y" method="post" data-confirm>`},
	}
}
