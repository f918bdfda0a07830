package portal

import "time"

// Article is a piece of news; its body is site/articles/SLUG.html.
type Article struct {
	Slug, Title, Summary, Picture string
	Published                     time.Time
}

// Day formats the day of publication.
func (a Article) Day(layout string) string { return a.Published.Format(layout) }

// News lists the articles, the newest first.
func News() []Article {
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	return []Article{
		{"le-hoi-dinh-lang", "Tưng bừng lễ hội đình làng Thanh Bình", "Lễ rước nước, thi kéo co, cờ người và hát đối đáp thu hút hơn hai nghìn người dân và du khách.", "festival", day(time.November, 18)},
		{"canh-bao-danh-bac-truc-tuyen", "Công an xã cảnh báo thủ đoạn lôi kéo đánh bạc trực tuyến", "Nhiều trang mạng mạo danh nhà cái uy tín, tặng tiền cược để dụ người dân nạp tiền rồi chiếm đoạt.", "digital", day(time.November, 16)},
		{"thu-hoach-lua", "Hoàn thành thu hoạch lúa vụ mùa", "Năng suất bình quân toàn xã ước đạt 58 tạ/ha, cao hơn vụ trước 2 tạ/ha.", "field", day(time.November, 12)},
		{"lich-tiem-chung", "Lịch tiêm chủng mở rộng tháng 12", "Trạm Y tế xã thông báo lịch tiêm cho trẻ dưới hai tuổi và phụ nữ có thai.", "clinic", day(time.November, 10)},
		{"chuyen-doi-so", "Tổ công nghệ số đến từng thôn", "Tỷ lệ hồ sơ nộp trực tuyến của xã trong tháng đạt 71%.", "digital", day(time.November, 6)},
		{"lich-tiep-cong-dan", "Lịch tiếp công dân tháng 12", "Lãnh đạo xã tiếp công dân vào thứ Năm hằng tuần.", "meeting", day(time.November, 4)},
		{"don-ve-sinh", "Ra quân dọn vệ sinh bờ sông", "Hơn 150 người tham gia thu gom rác và trồng cây dọc bến sông thôn Thanh Khê.", "river", day(time.November, 2)},
	}
}
