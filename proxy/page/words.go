package page

import "net/http"

// message is what is said in one language: what happened, and what the
// visitor can do about it.
type message struct {
	Title, What, Try string
}

// entry is how a kind is answered.
type entry struct {
	status int
	home   bool // a link to "/" makes sense
	vi, en message
}

var entries = map[Kind]entry{
	Blocked: {
		status: http.StatusForbidden, home: true,
		vi: message{
			"Yêu cầu đã bị chặn",
			"Yêu cầu bạn vừa gửi có dạng giống một cuộc tấn công vào trang này nên không được chuyển đi. Có thể đây là nhầm lẫn.",
			"Nếu bạn không làm gì bất thường, hãy báo cho đơn vị quản lý trang, kèm theo mã yêu cầu bên dưới.",
		},
		en: message{
			"Request blocked",
			"The request you just sent resembled an attack on this site, so it was not passed on. This may be a mistake.",
			"If you did nothing unusual, please tell the people who run this site and quote the request ID below.",
		},
	},
	TooLarge: {
		status: http.StatusRequestEntityTooLarge, home: true,
		vi: message{
			"Dữ liệu gửi lên quá lớn",
			"Nội dung hoặc tệp bạn gửi vượt quá dung lượng mà trang này nhận, nên chưa được gửi đi.",
			"Hãy giảm dung lượng hoặc chia nhỏ tệp rồi gửi lại.",
		},
		en: message{
			"Too much data",
			"What you sent is larger than this site accepts, so it was not delivered.",
			"Please make the file smaller, or send it in parts.",
		},
	},
	BadRequest: {
		status: http.StatusBadRequest, home: true,
		vi: message{
			"Không đọc được yêu cầu",
			"Yêu cầu nhận được không đúng quy cách nên không thể chuyển đến trang này một cách an toàn.",
			"Hãy kiểm tra lại địa chỉ, hoặc mở trang chủ rồi thử lại.",
		},
		en: message{
			"The request could not be read",
			"The request was not well formed, so it could not be passed on safely.",
			"Please check the address, or start again from the home page.",
		},
	},
	NotFound: {
		status: http.StatusNotFound,
		vi: message{
			"Không có trang này",
			"Máy chủ này không phục vụ tên miền bạn vừa mở.",
			"Hãy kiểm tra lại địa chỉ đã nhập.",
		},
		en: message{
			"No such site",
			"This server does not serve the host name you opened.",
			"Please check the address you entered.",
		},
	},
	Misdirected: {
		status: http.StatusMisdirectedRequest,
		vi: message{
			"Kết nối không dành cho trang này",
			"Trình duyệt đã gửi yêu cầu qua một kết nối được mở cho tên miền khác.",
			"Hãy tải lại trang. Nếu vẫn gặp lỗi, hãy đóng trình duyệt rồi mở lại.",
		},
		en: message{
			"Wrong connection",
			"Your browser sent the request over a connection that was opened for another host name.",
			"Please reload the page. If that does not help, close the browser and open it again.",
		},
	},
	BadGateway: {
		status: http.StatusBadGateway,
		vi: message{
			"Trang tạm thời không truy cập được",
			"Máy chủ của trang này không trả lời hoặc trả lời bị lỗi. Đây không phải lỗi của bạn.",
			"Hãy thử lại sau vài phút.",
		},
		en: message{
			"This site cannot be reached right now",
			"The site’s own server did not answer, or its answer was broken. This is not your fault.",
			"Please try again in a few minutes.",
		},
	},
	GatewayTimeout: {
		status: http.StatusGatewayTimeout,
		vi: message{
			"Trang trả lời quá chậm",
			"Máy chủ của trang này không trả lời kịp thời. Đây không phải lỗi của bạn.",
			"Hãy thử lại sau vài phút. Nếu bạn vừa gửi biểu mẫu, hãy kiểm tra xem dữ liệu đã được nhận chưa trước khi gửi lại.",
		},
		en: message{
			"This site took too long to answer",
			"The site’s own server did not answer in time. This is not your fault.",
			"Please try again in a few minutes. If you just sent a form, check whether it has arrived before you send it again.",
		},
	},
	Unavailable: {
		status: http.StatusServiceUnavailable,
		vi: message{
			"Hệ thống đang bận",
			"Trang này tạm thời chưa thể nhận thêm yêu cầu. Đây không phải lỗi của bạn.",
			"Hãy thử lại sau ít phút.",
		},
		en: message{
			"Busy",
			"This site cannot take more requests at the moment. This is not your fault.",
			"Please try again shortly.",
		},
	},
	RedirectBlocked: {
		status: http.StatusBadGateway, home: true,
		vi: message{
			"Đã chặn chuyển hướng sang trang khác",
			"Trang bạn mở định đưa bạn sang một trang web khác không nằm trong danh sách được phép. Trang này có thể đã bị kẻ xấu can thiệp; bạn vẫn đang ở trên trang này.",
			"Bạn có thể về trang chủ. Đơn vị quản lý trang có thể tra cứu sự việc theo mã yêu cầu bên dưới.",
		},
		en: message{
			"A redirect to another site was stopped",
			"The page you opened tried to send you to another web site that is not on its list of allowed sites. It may have been tampered with; you have not left this site.",
			"You can go to the home page. The people who run this site can look the case up by the request ID below.",
		},
	},
	Gone: {
		status: http.StatusGone, home: true,
		vi: message{
			"Nội dung này không còn ở đây",
			"Trang bạn mở mang danh nghĩa của một trang web khác, có thể do kẻ xấu cài vào để đưa lên kết quả tìm kiếm, nên đã bị gỡ bỏ. Đây không phải nội dung của trang này.",
			"Bạn có thể về trang chủ. Đơn vị quản lý trang có thể tra cứu sự việc theo mã yêu cầu bên dưới.",
		},
		en: message{
			"This content is no longer here",
			"The page you opened passes itself off as another web site’s. It was probably planted here to appear in search results, so it has been taken down. It is not this site’s content.",
			"You can go to the home page. The people who run this site can look the case up by the request ID below.",
		},
	},
	Withheld: {
		status: http.StatusBadGateway, home: true,
		vi: message{
			"Trang này đang gặp lỗi",
			"Nội dung do máy chủ của trang này gửi về chứa thông tin nội bộ, nên không được hiển thị. Đây không phải lỗi của bạn.",
			"Hãy thử lại sau, hoặc báo cho đơn vị quản lý trang kèm theo mã yêu cầu bên dưới.",
		},
		en: message{
			"This page is out of order",
			"What the site’s own server sent holds internal information, so it is not shown. This is not your fault.",
			"Please try again later, or tell the people who run this site and quote the request ID below.",
		},
	},
	CleaningFailed: {
		status: http.StatusBadGateway, home: true,
		vi: message{
			"Không thể hiển thị trang một cách an toàn",
			"Nội dung do máy chủ của trang này gửi về không thể kiểm tra được, nên không được hiển thị. Đây không phải lỗi của bạn.",
			"Hãy thử lại sau, hoặc báo cho đơn vị quản lý trang kèm theo mã yêu cầu bên dưới.",
		},
		en: message{
			"This page cannot be shown safely",
			"What the site’s own server sent could not be checked, so it is not shown. This is not your fault.",
			"Please try again later, or tell the people who run this site and quote the request ID below.",
		},
	},
}
