// Đánh dấu mục đang xem trên thanh chính, và hỏi lại trước khi xóa nội dung biểu mẫu.
document.addEventListener('DOMContentLoaded', function () {
  document.querySelectorAll('.menu a').forEach(function (link) {
    if (link.pathname === location.pathname) link.setAttribute('aria-current', 'page');
  });
  document.querySelectorAll('form[data-confirm]').forEach(function (form) {
    form.addEventListener('reset', function (event) {
      if (!confirm('Xóa nội dung đã nhập?')) event.preventDefault();
    });
  });
});
