package incident

import (
	"bytes"
	"fmt"
	"io/fs"
	"time"
)

// A DOCX is a ZIP of XML parts (ECMA-376, Part 2). These are the parts that
// no template needs to change.
const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

	docxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`</Types>`

	docxRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`</Relationships>`

	docxDocumentRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>` +
		`</Relationships>`
)

// The files of the templates that make parts of every DOCX.
const (
	docxParts  = "parts.docx.xml"
	docxStyles = "styles.docx.xml"
	docxFooter = "footer.docx.xml"
)

// docx makes a Word document of the template of a name, which is the content of
// its document.xml.
func docx(templates fs.FS, name string, at time.Time, data any) ([]byte, error) {
	body, err := page(templates, name, []string{docxParts}, data)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	a := newArchive(&out, at)
	for _, part := range []struct {
		name    string
		content func() ([]byte, error)
	}{
		{"[Content_Types].xml", fixed(docxTypes)},
		{"_rels/.rels", fixed(docxRelations)},
		{"word/_rels/document.xml.rels", fixed(docxDocumentRelations)},
		{"word/document.xml", func() ([]byte, error) { return append([]byte(xmlHead), body...), nil }},
		{"word/styles.xml", headed(templates, docxStyles)},
		{"word/footer1.xml", headed(templates, docxFooter)},
	} {
		content, err := part.content()
		if err == nil {
			err = a.add(part.name, content)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, part.name, err)
		}
	}
	err = a.close()
	return out.Bytes(), err
}

func fixed(text string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(text), nil }
}

func headed(templates fs.FS, name string) func() ([]byte, error) {
	return func() ([]byte, error) {
		text, err := fs.ReadFile(templates, name)
		return append([]byte(xmlHead), text...), err
	}
}
