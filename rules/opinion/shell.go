package opinion

import (
	"strings"
)

// shell says what a value would run in a command line, "" where it would be an
// argument. A command counts where one can start (at the value's own start,
// behind a separator, in a substitution), if what follows it reads as
// arguments do: half of all commands are English words.
func shell(v string) string {
	if len(v) > 64<<10 {
		v = v[:64<<10]
	}
	if why := shellSigns(v); why != "" {
		return why
	}
	plain := unquoted(v)
	if wordList.MatchString(plain) {
		return ""
	}
	prose := wordy(v)
	for _, at := range starts(plain) {
		if prose && at > 0 && plain[at-1] == '`' {
			continue
		}
		if why := command(plain[at:], at == 0); why != "" {
			return why
		}
	}
	return ""
}

// wordList is what lists of fields look like: name|id|date.
var wordList = must(`^[A-Za-z_][\w.-]*(?:[|;,&][A-Za-z_][\w.-]*)+$`)

// shellCertain are the shell's alone; those without a reason only show a place,
// where the command decides.
var shellCertain = newTraits([]trait{
	{must(`(?i)(?:^|[&|;]\s*)(?:if\s*(?:/i\s*)?(?:not\s*)?(?:\(?\s*(?:exist|defined|errorlevel|cmdextversion)\b|\S+\s*(?:==|equ\b|neq\b|gtr\b|lss\b|leq\b|geq\b))|for\s+(?:/[dflr]\s+)?(?:"[^"]*"\s+)?%+\S+\s+in\s*\()`), "a condition of Windows's shell"},
	{must(`/dev/(?:tcp|udp)/`), "a connection of the shell's"},
	{must(`\(\)\s*\{[^}]*;`), "a function of the shell's"},
	{must(`(?i)\$\(\s*[<(]?\s*[\w/.\\'"]+|` + "`" + `[^` + "`" + `\n]{1,200}` + "`"), ""},
	{must(`(?i)(?:^|[\s;|&(/=:'"` + "`" + `])/(?:usr/)?s?bin/(?:[a-z]*sh|cat|id|nc|ls|python\d?|perl|wget|curl|ping|uname|whoami|echo|rm|sleep)\b`), "a program of the system's"},
	{must(`\$\{?IFS`), "the shell's separator"},
	{must(`(?i)\b(?:invoke-(?:expression|webrequest|command|restmethod)|iex\s*\(|downloadstring|-encodedcommand|powershell(?:\.exe)?\s+-|cmd(?:\.exe)?\s*/[ck]|new-object\s+(?:system\.)?net|start-process\s|certutil(?:\.exe)?\s+-|bitsadmin\s+/|wscript\.shell)`), "a command of Windows"},
	{must(`(?i)%(?:comspec|systemroot|windir|programfiles|path:~)[^%\s]*%`), "a variable of Windows's shell"},
	{must(`^!(?:-?\d+|!|\$|:\d)$`), "the shell's history"},
	{must(`/(?:[a-z]*[?*\[][a-z?*\[\]]*/[a-z?*\[\]]+|(?:bin|usr|etc)/[a-z]*[?\[][a-z?*\]\[]+)(?:\s|$)`), "a pattern for a program"},
	{must(`\{[\w/.-]+,[^\s{}]*(?:/|-[a-z])[^\s{}]*\}`), ""},
})

// shellSigns finds what is the shell's alone.
func shellSigns(v string) string {
	if !shellCertain.some.MatchString(v) {
		return ""
	}
	prose := wordy(v)
	for _, c := range shellCertain.each {
		for _, found := range c.pattern.FindAllString(v, 20) {
			if c.why != "" {
				return c.why
			}
			if prose && found[0] == '`' {
				continue // how people mark code in what they write
			}
			inner := strings.NewReplacer(",", " ").Replace(unquoted(strings.Trim(found, "$(){}`< ")))
			if why := command(inner, false); why != "" {
				return why
			}
		}
	}
	return ""
}

// unquoted takes out what the shell ignores within a word: c'a't, c\at, c$@at, c^md.
func unquoted(s string) string {
	if !strings.ContainsAny(s, `$^'"`) {
		return s
	}
	s = ignored.ReplaceAllString(s, "")
	s = ifs.ReplaceAllString(s, " ")
	return s
}

var (
	ignored = must(`\$[@*!1-9]|\$\{[@*]\}|\^|''|""`)
	ifs     = must(`\$\{?IFS[^}\s\w]*\}?(?:\$\d)?`)
	inWord  = strings.NewReplacer("'", "", `"`, "", `\`, "")
)

// wordy tells a sentence from a command line with its arguments.
func wordy(v string) bool {
	words := 0
	for range strings.FieldsSeq(v) {
		if words++; words > 6 {
			return true
		}
	}
	return false
}

// starts are the places where a command may begin.
func starts(s string) (at []int) {
	at = append(at, 0)
	for i := range len(s) {
		if strings.IndexByte(";|&`\n", s[i]) >= 0 || s[i] == '(' && i > 0 && (s[i-1] == '$' || s[i-1] == '<' || s[i-1] == '>') {
			at = append(at, i+1)
		}
		if len(at) > 200 {
			break
		}
	}
	return at
}

var (
	assignment = must(`^(?:[A-Za-z_]\w*=\S*\s+)+`)
	folder     = must(`^[\w.~*?\[\]/-]*/`)
)

// command judges what stands where a command may begin.
func command(s string, first bool) string {
	s = strings.TrimLeft(s, " \t\r\n({!\"'")
	s = assignment.ReplaceAllString(s, "")
	for {
		name, rest, found := strings.Cut(s, " ")
		if !found || !wrappers[inWord.Replace(name)] {
			break
		}
		s = strings.TrimLeft(rest, " ")
	}
	n := run(s, func(c byte) bool { return isWord(c) || strings.IndexByte("./\\'\"-?*[]~+", c) >= 0 })
	path := inWord.Replace(s[:n])
	name := strings.ToLower(path)
	if dir := folder.FindString(path); dir != "" {
		name = strings.ToLower(path[len(dir):])
	}
	name = strings.TrimSuffix(name, ".exe")
	rest := s[n:]
	lone := commands[name]
	if !lone && !words[name] {
		return ""
	}
	if lone && first && strings.TrimSpace(rest) == "" && !strings.ContainsAny(path, "/") {
		if surely[name] {
			return "runs " + name
		}
		return "" // a search for one word
	}
	if arguments(rest, lone) {
		return "runs " + name
	}
	return ""
}

var (
	argument = must(`^\s+(?:--?[A-Za-z]|/[a-zA-Z?]\b|[~.]?\.?/|\$|'|"|[<>]|\d+(?:\s|$|[;|&.])|\d{1,3}\.\d|\*|https?://|ftp://|[\w.-]+\.(?:php|sh|txt|py|pl|conf|log|env|exe|bat|ps1|com|net|org|ini|test|example)\b|[a-z]:\\|/etc|\w+@|%\w|\\)`)
	ending   = must(`^\s*(?:$|[;|&` + "`" + `)#>\n}'"])`)
	phrase   = must(`(?i)^\s+(?:-?\w+\s+){0,2}(?:whoami|ping|dump|install|decrypt|list|secret|system32|passwd|shadow|hosts|root|users?|group|localhost|administrator|/all|aux|axu)\b`)
)

// arguments tells a command line from a sentence.
func arguments(rest string, lone bool) bool {
	if argument.MatchString(rest) || phrase.MatchString(rest) {
		return true
	}
	return lone && ending.MatchString(rest)
}

var (
	// commands are no words of any language; they are run without arguments too.
	commands = set(`cat ls id whoami uname ifconfig ipconfig netstat pwd ps wget curl nc ncat netcat nslookup dig bash sh zsh ksh csh
		dash tcsh busybox python python2 python3 perl ruby lua php chmod chown mkdir rmdir rm mv cp ln tftp ftp ssh scp telnet
		traceroute tracert systeminfo tasklist taskkill hostname printenv lsof crontab awk gawk sed grep egrep xxd base64 openssl
		gcc tcpdump iptables powershell pwsh cmd wmic regsvr32 rundll32 mshta cscript wscript certutil nmap socat arp lscpu
		lsb_release lspci df du dmesg uptime useradd usermod passwd getent xterm sudo ping6 phpinfo printf dir ver ansible ansible-doc ansible-galaxy ansible-vault
		ansible-config ansible-inventory ansible-pull ansible-playbook cscli chef-run chef-vault strace ltrace gdb trap
		iwmi iwr irm gwmi saps docker kubectl systemctl service journalctl tshark dpkg apt apt-get yum rpm pip npm mysql psql sqlite3`)
	// words mean something else too.
	words = set(`ping sleep echo find head tail more less sort cut test env set kill top time who w at date host node type copy
		move del net reg start call eval exec source alias export unset read touch split join tee man vi vim nano ed ed file
		strings nl od rev tac xargs nohup watch screen expr yes free last users groups finger mail make git tar zip unzip gzip
		if for timeout nice fetch query whois route dir ver history . cd`)
	// surely are commands that nobody searches for.
	surely   = set("whoami ifconfig ipconfig netstat lsb_release printenv systeminfo tasklist")
	wrappers = set("sudo nohup nice time timeout exec command builtin env xargs then do")
)
