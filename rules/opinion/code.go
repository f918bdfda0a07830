package opinion

import "strings"

var phpSigns = newTraits([]trait{
	{must(`(?i)<\?(?:php\b|=|\s*(?:echo|print|eval|system|exec|passthru|include|require|\$|@|die|if|for|\w+\s*\())|<%\s*(?:=|eval|response|request|runtime)|\[/?php\]`), "PHP"},
	{must(`(?i)(?:^|[^\w$.>-])(?:shell_exec|passthru|proc_open|popen|pcntl_exec|create_function|call_user_func(?:_array)?|phpinfo|phpversion|php_uname|php_sapi_name|base64_decode|gzinflate|gzuncompress|str_rot13|file_(?:get|put)_contents|show_source|highlight_file|fsockopen|move_uploaded_file|array_(?:map|filter|walk|diff_ukey|udiff)|register_shutdown_function|preg_replace(?:_callback)?|parse_str|extract|ini_(?:set|get)|getenv|putenv|get_defined_vars|get_cfg_var|var_dump|print_r|curl_(?:exec|init)|mysql_query|posix_\w+|allow_url_include|unserialize|is_callable|func_get_args|get_current_user|getmypid|scandir|opendir|error_log|usort|uasort|bzopen|symlink|set_include_path|set_error_handler|ob_start)["']?\s*(?:/\*.*?\*/)?\s*\(`), "a call of PHP's"},
	{must("(?i)(?:^|[^\\w$.>-])(?:system|exec|eval|assert|include(?:_once)?|require(?:_once)?|readfile|unlink|fopen|fputs|fwrite|die|exit|glob|stat|rmdir|mkdir|rename|copy|tmpfile|print|printf|md5|chr|ord|substr|strrev|strip_tags|rtrim|intval|is_a|prev|exp|imagegif|imagepng|imagejpeg|file|filegroup|constant|implode|hex2bin|pack|unpack)[\"']?\\)?(?:\\s*/\\*.*?\\*/\\s*|\\s*//[^\\n]*\\n)?\\(\\s*(?:[\"'`$@~]|\\d{2,}\\s*\\)|\\)\\s*;|\\w+\\s*\\(|chr\\b)"), "a call of PHP's"},
	{must(`\$\{?_?(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV|SESSION|GLOBALS|HTTP_\w+)\}?\s*[\[{]|\$GLOBALS\b`), "a variable of PHP's"},
	{must(`\$\w+\s*(?:\[[^\]]*\]|\{[^}]*\})?\s*\(\s*(?:["'$)]|[\d]|\w+\()|\$\{[^}]*\}\s*\(|\$\$\w+`), "a call of PHP's by a variable"},
	{must(`(?:["'][\w\\]+["']|\(\s*["'][\w\s."'\\]+["']\s*\)|\(\s*["']\w+["']\s*\.\s*["'])\s*\)?\s*(?:\[\d\])?\(\s*["'$\w)]`), "a call of PHP's by a name"},
	{must(`(?:^|[;{"'\s:|])[OC]:\+?\d+:["\\]`), "an object of PHP's"},
	{must("(?i)\\b(?:php|phar|expect|zip|glob|data|zlib|ogg|rar|ssh2|compress\\.\\w+)://"), "a stream of PHP's"},
	{must(`(?i)\b(?:allow_url_(?:include|fopen)|auto_(?:prepend|append)_file|disable_functions|open_basedir|safe_mode|suhosin\.simulation)\b\s*(?:=|\+|%3d|\s+(?:on|off|0|1)\b)`), "a setting of PHP's"},
})

var scriptSigns = newTraits([]trait{
	{must(`(?i)\brequire\s*\(\s*['"` + "`" + `](?:node:)?(?:child_process|fs|os|vm|net|http)\b|\bchild_process\b\s*['"` + "`" + `)\].]|process\s*(?:\.|\[['"` + "`" + `])\s*(?:mainModule|binding|dlopen|env\b\s*\.|exit\s*\(|kill|constructor|stdout|cwd)|global(?:this)?\s*(?:\.|\[).{0,20}process`), "a call of Node's"},
	{must(`(?i)_\$\$ND_FUNC\$\$_|_js_function|\bconstructor\b\s*[.\[('"` + "`" + `\]]+\s*(?:constructor|prototype)|__proto__|\[\s*['"` + "`" + `]?constructor['"` + "`" + `]?\s*\]|\.constructor\s*\(|constructor:constructor`), "a way out of an object"},
	{must("(?i)(?:^|[^\\w$.])(?:eval|new\\s+function|setTimeout|setInterval)\\s*\\(\\s*(?:['\"`]|\\w+\\s*\\(|string\\.|\\d+\\s*\\)|req\\b|this\\b|unescape|atob)|string\\.fromcharcode\\s*\\(|\\.tostring\\s*\\(\\s*['\"`]\\s*\\+|\\breq(?:uest)?\\.(?:query|body)\\b"), "code that makes code"},
	{must(`(?i)\b(?:process|kernel|io|open3?)\s*\.\s*(?:spawn|exec\w*|system|popen)\s*\(|%x[\[({]|__import__\s*\(|\bos\.(?:system|popen|exec\w*)\s*\(|subprocess\.|\bimport\s+(?:os|subprocess|socket)\b\s*[;,]|\bexec\s*\(\s*['"]|while\s*\(\s*(?:true|1|!0)\s*\)|[({]\s*["']?\$where["']?\s*:`), "code of the server's"},
})

var javaSigns = newTraits([]trait{
	{must(`(?i)getruntime\s*\(|processbuilder\s*[(\].]|\bclass\.forname|java\.lang\.(?:runtime|processbuilder)\s*[.@)(]|[@#(]\s*java\.|\bt\s*\(\s*java|new\s+java\.|javax\.script|scriptenginemanager|#_?memberaccess|@ognl\.|\bognl\.|com\.opensymphony|\bclass\.module|class\.classloader|\.getclass\s*\(|unmarshaller|<java\b|<void\b|\bcom\.sun\.rowset|(?:rO0AB|aced0005|\xac\xed\x00\x05)|bsh\.interpreter|freemarker\.template\.utility|org\.apache\.commons\.(?:collections|fileupload|io)\S*(?:transformer|invoker)|"@type"\s*:`), "a call of Java's"},
	{must(`(?i)\$\{\s*(?:jndi|ctx)\s*[:$]|\$\{[^}]{0,60}\$\{|\$\{(?:lower|upper|env|sys|java|main|date|::)[^}]*:|&dollar;\{|\bjndi\s*:\s*(?:ldap|rmi|dns|nis|iiop|corba|http)`), "a look-up of Log4j's"},
})

// templateSigns are expressions that a template engine would work out. A
// placeholder ({{name}}, ${price}) names something; an attack computes or calls.
var templateSigns = newTraits([]trait{
	{must(`(?s)(?:\{\{|\$\{|#\{|\*\{|<%=?|\{%|@\(|\[\[|\{php\}|\{=)[^}%]{0,300}?(?:\b\d+\s*\*\s*['"]?\d+|__\w+__|\bself\b\s*[.\[]|\bconfig\b\s*[.\[}]|\brequest\b\s*[.|\[]|\bcycler\b|\blipsum\b|\.constructor\b|\bconstructor\b\s*[.\[(]|\bpopen\b|\bsystem\b\s*[('"]|\bexec\b\s*\(|\bfile_open\b|\bregisterUndefinedFilterCallback\b|\|\s*(?:filter|map|sort|reduce|attr|join)\s*\(?\s*['"(]|getClass|forName|T\s*\(|new\s+\w|Runtime|\bimport\b\s+\w|\bdump\s*\(|\bapp\.request\b|settings\.SECRET|\brange\s*\(|\$on|toString\s*\(|\bFile\.(?:open|read)|Dir\.|%x|` + "`" + `\w+)`), "a template that computes"},
	{must(`^\s*(?:\{\{\s*['"]?\w{1,12}['"]?\s*[*+]\s*['"]?\w+['"]?\s*\}\}|[$#*@]\{\s*\w+\s*[*+]\s*\w+\s*\}|<%=\s*.{1,60}%>|\{\{config\}\}|\{\{self\}\}|#set\s*\(|\{%\s*(?:import|include|debug|for|if)\b|\{\{\s*\w+\s*\|\s*safe)`), "a template that computes"},
	{must(`#set\s*\(\s*\$|\$class\.(?:inspect|type)|<#assign\b|\?new\(\)|\bfreemarker\.|\[#assign|#evaluate\s*\(|\$\{\s*@|\{\{\s*\[\]|\(\s*\)\s*\|\s*attr`), "a template that calls"},
})

var querySigns = newTraits([]trait{
	{must(`["'{\[]\s*["']?\$(?:ne|n?eq|gte?|lte?|n?in|regex|where|exists|or|and|not|nor|func|accumulator|function|expr|jsonSchema|lookup|unionWith|mod|type|all|elemMatch|size|text|comment)["']?\s*[\]:}]|^\$(?:where|ne|gt|regex)\b|\[\$\w+\]\s*=?`), "an operator of MongoDB"},
	{must(`(?i)['"]\s*(?:;|\|\||&&)\s*(?:return\b|this\.|sleep\s*\(|while\s*\(|db\.|it\b)|\bthis\.\w+\s*(?:==|!=|\.match)|\bdb\.\w+\.(?:find|insert|drop|remove)\s*\(`), "code for MongoDB"},
})

var directorySigns = newTraits([]trait{
	{must(`^[^\n]{0,60}\)\s*\(?\s*(?:[&|!]|\(?[\w-]+\s*[~<>]?=)|^[^\n]{0,40}\*\)|\)\s*\(\s*[&|]`), "leaves a filter of LDAP's"},
	{must(`(?i)['"]\s*\]?\s*(?:or|and)\s+(?:['"\d/]|count\s*\(|name\s*\(|string-length|position)|\b(?:ancestor|descendant|following|preceding)(?:-or-self)?::|/\*\[`), "leaves an expression of XPath's"},
})

var markupDeclaration = newTraits([]trait{
	{must(`(?i)<!(?:ENTITY|DOCTYPE\s+\w+\s*(?:\[|SYSTEM\b))|<!--\s*#(?:exec|include|echo|printenv|config)\b|<xi:include|<xsl:(?:value-of|include|import|template)|<esi:`), "a declaration or an include"},
})

// php and the others judge code; prose that has the words and the brackets is none.
func php(v string) string { return phpSigns.in(v) }

func code(v string) string {
	if why := scriptSigns.in(v); why != "" {
		return why
	}
	return templateSigns.in(v)
}

func java(v string) string {
	if why := javaSigns.in(v); why != "" {
		return why
	}
	return templateSigns.in(v)
}

func query(v string) string { return querySigns.in(v) }

func directory(v string) string {
	if strings.Count(v, " ") > 6 {
		return ""
	}
	return directorySigns.in(v)
}

func declaration(v string) string { return markupDeclaration.in(v) }
