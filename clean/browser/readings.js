// survivors judges documents in each reading a browser may take of them.
const survivors = (() => {
	const frame = doctype => {
		const inside = document.body.appendChild(document.createElement('iframe')).contentDocument;
		inside.write(doctype + '<body>');
		inside.close();
		return inside;
	};
	const standards = frame('<!doctype html>'), quirks = frame('');
	let page = null, loads = 0;

	const readings = {
		'without scripting': text => new DOMParser().parseFromString(text, 'text/html'),

		// In a document that is shown noscript is raw text. Parsed for an html
		// element that is not in the document, nothing runs or takes up space.
		'with scripting': text => {
			const root = (/^<!doctype html>/i.test(text) ? standards : quirks).createElement('html');
			root.innerHTML = text;
			return root;
		},

		'with shadow roots': text => /shadowrootmode/i.test(text) ? Document.parseHTMLUnsafe(text) : null,

		// As it is loaded; a hundred times slower, so for a few only. The
		// frame inherits a Content-Security-Policy by which nothing runs.
		'as a page': (text, index) => {
			if (index % 32 !== 0) return null;
			if (!page?.contentDocument || loads++ % 50 === 0) {
				page?.remove();
				page = document.body.appendChild(document.createElement('iframe'));
			}
			const inside = page.contentDocument;
			inside.open();
			inside.write(text);
			inside.close();
			return inside;
		},
	};

	const judge = (text, index) => Object.entries(readings).flatMap(([reading, read]) => {
		const root = read(text, index);
		const what = root === null ? '' : live(root);
		return what === '' ? [] : [{Index: index, Reading: reading, What: what}];
	});
	return texts => texts.flatMap(judge);
})();
