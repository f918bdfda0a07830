// live tells what an intruder has left in a tree that a browser would run,
// fetch, follow or submit to. It shares nothing with the cleaner's own table,
// so that each can find the gaps of the other. Markers are pwn, in what would
// run, and the host evil.test, in what would be requested. An empty answer
// means that nothing is live.
var live = (() => {
	const namespaces = {
		'http://www.w3.org/1999/xhtml': 'html', 'http://www.w3.org/2000/svg': 'svg', 'http://www.w3.org/1998/Math/MathML': 'math',
	};
	const kind = element => namespaces[element.namespaceURI] ?? element.namespaceURI;
	const words = list => new Set(list.split(' '));

	// HTML elements with their attributes that refer to something.
	const references = new Map(Object.entries({
		a: 'href ping attributionsrc', area: 'href ping', base: 'href', link: 'href imagesrcset', script: 'src attributionsrc',
		iframe: 'src', frame: 'src', object: 'data codebase archive', embed: 'src', applet: 'code codebase archive object', portal: 'src', fencedframe: 'src',
		form: 'action', button: 'formaction', input: 'formaction src', param: 'value',
		img: 'src srcset lowsrc dynsrc attributionsrc', source: 'src srcset', video: 'src poster', audio: 'src', track: 'src', bgsound: 'src',
		html: 'manifest', body: 'background', table: 'background', thead: 'background', tbody: 'background', tfoot: 'background', tr: 'background', td: 'background', th: 'background',
	}).map(([name, list]) => [name, words(list)]));
	const lists = words('ping archive attributionsrc');
	const embeds = words('script iframe frame object embed applet portal fencedframe');
	const relations = words('stylesheet preload modulepreload prefetch prerender dns-prefetch preconnect manifest icon apple-touch-icon import next alternate canonical');
	const animations = words('animate set animateMotion animateTransform animateColor');
	const painted = words('fill stroke filter mask clip-path cursor marker marker-start marker-mid marker-end');
	const runnable = /^(module|importmap|speculationrules|(application|text)\/(x-)?(java|ecma)script|text\/(javascript1\.[0-5]|jscript|livescript))$/i;

	const parse = reference => { try { return new URL(reference, 'https://site.test/a'); } catch { return null; } };
	const away = reference => {
		const url = parse(reference);
		return url !== null && (url.hostname === 'evil.test' || url.hostname.endsWith('.evil.test'));
	};
	// planted: does the reference bring its own script, or document?
	const planted = (element, reference) => {
		const url = parse(reference);
		const scheme = embeds.has(element.localName) ? /^(javascript|data|vbscript):$/ : /^(javascript|vbscript):$/;
		return url !== null && scheme.test(url.protocol) && /pwn|evil/.test(url.href);
	};
	const split = (name, value) =>
		/srcset$/.test(name) ? value.split(/[\s,]*\s[\s,]*|^[\s,]+/) : name === 'values' ? value.split(';') : lists.has(name) ? value.split(/[\s,]+/) : [value];

	// refreshes finds the address of a meta refresh (HTML 4.2.5.3).
	const refreshes = content => {
		const [, rest] = content.match(/^[\t\n\f\r ]*(?:\d+|\.)[\d.]*(?:[\t\n\f\r ]*[;,]|[\t\n\f\r ])[\t\n\f\r ]*([^]*)$/) ?? [];
		if (rest === undefined) return '';
		const address = rest.replace(/^url[\t\n\f\r ]*=[\t\n\f\r ]*/i, '');
		return /^["']/.test(address) ? address.slice(1).split(address[0])[0] : address;
	};

	// cssAway reads what the browser's own CSS parser made of a style: text
	// that it does not take for a reference does no harm, such as a string in a
	// custom property, which may not even end.
	const cssAway = text => [...text.matchAll(/"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|(?<![\w\\-])url\(\s*("(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^)]*)\s*\)/gi)]
		.some(([, reference = '']) => away(reference.trim().replace(/^["']|["']$/g, '').replace(/\\(.)/g, '$1')));
	const rulesAway = sheet => [...sheet.cssRules ?? []].some(rule =>
		away(rule.href ?? '') || cssAway(rule.style?.cssText ?? '') || rulesAway(rule));
	const sheetAway = text => {
		const style = (document.head ?? document.documentElement).appendChild(document.createElementNS('http://www.w3.org/1999/xhtml', 'style'));
		style.textContent = text;
		const found = rulesAway(style.sheet);
		style.remove();
		return found;
	};

	const animates = element => animations.has(element.localName) && /^\s*(xlink:)?href\s*$/i.test(element.getAttribute('attributeName') ?? '');

	const refers = (element, name) => {
		switch (kind(element)) {
		case 'svg': return name === 'href' || animates(element) && /^(to|from|by|values)$/.test(name);
		case 'math': return name === 'href';
		}
		if (element.localName === 'link' && name === 'href') return [...element.relList].some(rel => relations.has(rel.toLowerCase()));
		return references.get(element.localName)?.has(name) ?? false;
	};

	const liveAttribute = (element, {localName: name, value}) => {
		if (/^on./i.test(name)) return /pwn/.test(value);
		if (name === 'style') return cssAway(element.style?.cssText ?? '');
		if (kind(element) === 'svg' && painted.has(name)) return cssAway(value);
		if (element.localName === 'meta' && name === 'content') return /^refresh$/i.test(element.httpEquiv ?? '') && away(refreshes(value));
		return refers(element, name) && split(name, value).some(reference => away(reference) || planted(element, reference));
	};

	// A script with a source, were it an empty one, runs nothing of its own; SVG's
	// may be in the namespace of XLink.
	const hasSource = element => kind(element) !== 'svg' ? element.hasAttribute('src') :
		element.hasAttribute('href') || element.hasAttributeNS('http://www.w3.org/1999/xlink', 'href');
	const runs = element => {
		if (element.localName !== 'script' || kind(element) === 'math' || !/pwn|evil/.test(element.textContent)) return false;
		if (hasSource(element)) return false;
		const type = element.getAttribute('type') ?? (element.hasAttribute('language') ? 'text/' + element.getAttribute('language') : '');
		return type === '' || runnable.test(type.trim());
	};

	const liveElement = element => {
		const name = `<${kind(element)} ${element.localName}`;
		for (const a of element.attributes) {
			if (liveAttribute(element, a)) return `${name} ${a.name}="${a.value}">`;
		}
		if (runs(element)) return `${name}> runs ${element.textContent}`;
		if (element.localName === 'style' && kind(element) !== 'math' && sheetAway(element.textContent)) return `${name}> loads ${element.textContent}`;
		return '';
	};

	// within are the trees that hang on an element: of a template, a shadow
	// root, a document in an attribute.
	const within = element => [
		element.content?.querySelectorAll ? element.content : null,
		element.shadowRoot,
		element.localName === 'iframe' && element.srcdoc ? new DOMParser().parseFromString(element.srcdoc, 'text/html') : null,
	].filter(root => root !== null);

	const search = root => {
		for (const element of root.querySelectorAll('*')) {
			const what = liveElement(element) || within(element).map(search).find(Boolean);
			if (what) return what;
		}
		return '';
	};
	return search;
})();
