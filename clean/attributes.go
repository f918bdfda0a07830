package clean

// attr is a row of attributeNames: an attribute some rule looks at.
type attr uint16

const (
	attrOther attr = iota
	attrAction
	attrAlt
	attrArchive
	attrAriaLabel
	attrAttributionSrc
	attrAttributeName
	attrBackground
	attrCharset
	attrClass
	attrCode
	attrCodebase
	attrColor
	attrConfig
	attrContent
	attrData
	attrDataLazySrc
	attrDataOriginal
	attrDataSrc
	attrDataSrcset
	attrDynsrc
	attrEncoding
	attrFace
	attrFormAction
	attrHeight
	attrHidden
	attrHref
	attrHTTPEquiv
	attrID
	attrImageSrcset
	attrLanguage
	attrLowsrc
	attrManifest
	attrName
	attrNonce
	attrObject
	attrOpen
	attrPing
	attrPoster
	attrProperty
	attrRel
	attrScrollamount
	attrSize
	attrSrc
	attrSrcdoc
	attrSrcset
	attrStyle
	attrTitle
	attrType
	attrValue
	attrWidth
	attrXlinkHref
	attrXMLBase
	attrCount
)

// attributeNames holds each attribute's name in lower case.
var attributeNames = [attrCount]string{
	attrAction:         "action",
	attrAlt:            "alt",
	attrArchive:        "archive",
	attrAriaLabel:      "aria-label",
	attrAttributionSrc: "attributionsrc",
	attrAttributeName:  "attributename",
	attrBackground:     "background",
	attrCharset:        "charset",
	attrClass:          "class",
	attrCode:           "code",
	attrCodebase:       "codebase",
	attrColor:          "color",
	attrConfig:         "config",
	attrContent:        "content",
	attrData:           "data",
	attrDataLazySrc:    "data-lazy-src",
	attrDataOriginal:   "data-original",
	attrDataSrc:        "data-src",
	attrDataSrcset:     "data-srcset",
	attrDynsrc:         "dynsrc",
	attrEncoding:       "encoding",
	attrFace:           "face",
	attrFormAction:     "formaction",
	attrHeight:         "height",
	attrHidden:         "hidden",
	attrHref:           "href",
	attrHTTPEquiv:      "http-equiv",
	attrID:             "id",
	attrImageSrcset:    "imagesrcset",
	attrLanguage:       "language",
	attrLowsrc:         "lowsrc",
	attrManifest:       "manifest",
	attrName:           "name",
	attrNonce:          "nonce",
	attrObject:         "object",
	attrOpen:           "open",
	attrPing:           "ping",
	attrPoster:         "poster",
	attrProperty:       "property",
	attrRel:            "rel",
	attrScrollamount:   "scrollamount",
	attrSize:           "size",
	attrSrc:            "src",
	attrSrcdoc:         "srcdoc",
	attrSrcset:         "srcset",
	attrStyle:          "style",
	attrTitle:          "title",
	attrType:           "type",
	attrValue:          "value",
	attrWidth:          "width",
	attrXlinkHref:      "xlink:href",
	attrXMLBase:        "xml:base",
}
