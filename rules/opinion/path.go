package opinion

import (
	"strings"
)

var (
	climb    = must(`(?:^|[/\\;=:"'(,\s])(?:\.{2,}(?:/|\\|;/|%)+)+`)
	odd      = must(`(?i)(?:\.\.|%2e%2e|\.%2e|%2e\.|0x2e)(?:\\|%(?:25)*(?:2f|5c)|%c0%af|%c1%9c|%u221[56]|0x(?:2f|5c)|;/)|\.{3,}[/\\]{1,}\.|\.{4,}//|(?:%2e|%252e|%c0%ae|%u002e|%uff0e){2}|\.\.%00`)
	system   = must(`(?i)(?:etc[/\\]+(?:passwd|shadow|group|hosts|issue|motd|fstab|crontab|sudoers|resolv|my\.cnf|ssh|nginx|apache2?|httpd|php|mysql|environment|profile|init\.d|network)|proc[/\\]+(?:self|version|cpuinfo|\d+|mounts|net|cmdline)|(?:windows|winnt|windir)[/\\]+(?:system32|win\.ini|system\.ini|repair|debug|php\.ini|inf)|boot\.ini|win\.ini|var[/\\]+(?:log|lib[/\\]+(?:mysql|php)|mail|spool|run[/\\]secrets)[/\\]|usr[/\\]+local[/\\]+(?:etc|apache|app|bin)|root[/\\]+\.|web-inf|meta-inf|web\.config\b|wp-config\.php|\.htpasswd|\.htaccess|\.aws[/\\]|\.ssh[/\\]|id_rsa\b|\.bash_(?:history|profile)|\.bashrc|\.env\b|\.git[/\\](?:config|head|index)|\.mysql_history|\.svn[/\\]|settings\.py\b|php\.ini\b|httpd\.conf|my\.ini\b|inetpub)`)
	harmless = must(`(?i)\.(?:m?[jt]sx?|css|s[ac]ss|less|map|json|vue|svelte|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|html?|md|pdf|mp[34]|webm|mp4|docx?|xlsx?|pptx?|aspx|jsp|php)(?:$|[?#:'")\s,>])`)
)

// pathSigns are what a value has that leads anywhere.
var pathSigns = newTraits([]trait{{odd, "a disguise"}, {climb, "a climb"}, {system, "a file of the system's"}})

// path says where a value would lead as the name of a file. Pages are full of
// relative addresses, and prose of names of files: what counts is a climb to the
// system's own files, one that is disguised, or such a file's name by itself.
func path(v string) string {
	if !pathSigns.some.MatchString(v) {
		return ""
	}
	if odd.MatchString(v) && !strings.Contains(v, "...\n") {
		return "a disguised climb"
	}
	for _, at := range climb.FindAllStringIndex(v, 200) {
		target := v[at[1]:]
		if end := strings.IndexAny(target, " \t\r\n\"'<>"); end >= 0 {
			target = target[:end]
		}
		if system.MatchString(target) {
			return "climbs to a file of the system's"
		}
		steps := strings.Count(v[at[0]:at[1]], "..")
		starts := at[0] == 0 || !strings.ContainsAny(v[:at[0]], " \t\r\n\"'<>")
		if starts && steps >= 2 && !harmless.MatchString(target) && !strings.ContainsAny(v, "<\n ") || steps >= 12 {
			return "climbs out of its folder"
		}
		if starts && strings.IndexByte(target, 0) >= 0 {
			return "a name with an end of its own"
		}
	}
	return systemFile(v)
}

// systemFile finds a file of the system's that is named, not talked about.
func systemFile(v string) string {
	for _, at := range system.FindAllStringIndex(v, 50) {
		from := strings.LastIndexAny(v[:at[0]], " \t\r\n\"'<>(,") + 1
		to := len(v)
		if end := strings.IndexAny(v[at[1]:], " \t\r\n\"'<>),"); end >= 0 {
			to = at[1] + end
		}
		switch alone := from == 0 && to == len(v); {
		case alone && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://"):
			return "a file of the system's"
		case strings.HasPrefix(v[from:], "file:"):
			return "a file of the system's"
		case from == 0 && v[to-1] != '.' && strings.HasPrefix(v, "/"):
			return "a file of the system's"
		}
	}
	return ""
}

var otherScheme = must(`(?i)\b(?:php|phar|expect|zip|glob|data|input|gopher|dict|ldaps?|jar|netdoc|file|ogg|rar|compress\.\w+|ssh2|zlib|tftp|sftp)://?[\w./-]`)

// wrapper finds an address that only a server would follow.
func wrapper(v string) string {
	if s := otherScheme.FindString(v); s != "" && !strings.HasPrefix(strings.ToLower(s), "data:/") {
		return "an address for the server"
	}
	return ""
}
