package clean

// element is a row of the element table.
type element uint16

// traits are what the reader must know of an element, whatever its attributes.
type traits uint16

const (
	void          traits = 1 << iota // has no end tag (WHATWG 13.1.2)
	rawText                          // content is raw text (13.1.2.2; iframe, xmp, noembed and noframes too)
	rawScript                        // content is script data
	rcdata                           // content is escapable raw text
	breakout                         // its start tag ends foreign content (13.2.6.5)
	inSVG                            // a known SVG element
	inMath                           // a known MathML element
	inSelect                         // may stand in a select under every reading
	cell                             // part of a table: ends what is open in the cell before it
	region                           // a frame whose content is markup, the fallback
	animation                        // an SVG animation, which can write href
	endsParagraph                    // its start tag ends a p (13.1.2.4)
)

// row is what the cleaner knows of one element.
type row struct {
	name   string
	traits traits
	rules  []rule
}

// rule says what an attribute refers to and what goes where the reference may
// not stand.
type rule struct {
	attr   attr
	kind   kind
	action action
}

// action says what a reference that is not allowed takes with it.
type action uint8

const (
	dropAttribute action = iota // the attribute alone
	dropTag                     // the tag
	dropElement                 // the element with its content
	unwrap                      // a link: see links.go
	list                        // references parted by white space; the attribute alone
	srcdoc                      // a document in an attribute
	linkRel                     // by link's rel: see relations
	meta                        // by meta's http-equiv, name and property
	param                       // by param's name
)

// elementNames lists the table's names in its order.
func elementNames() []string {
	out := make([]string, elCount)
	for i := range table {
		out[i] = table[i].name
	}
	return out
}

func (e element) has(t traits) bool { return table[e].traits&t != 0 }

func (e element) String() string { return table[e].name }

// The known elements.
const (
	elOther element = iota
	elA
	elArea
	elScript
	elIframe
	elFrame
	elObject
	elEmbed
	elApplet
	elPortal
	elFencedframe
	elAMPIframe
	elAMPVideoIframe
	elAMPAd
	elAMPEmbed
	elAMPScript
	elAMPInstallServiceworker
	elAMPImg
	elAMPAnim
	elAMPVideo
	elAMPAudio
	elAMPPixel
	elAMPList
	elAMPState
	elAMPAnalytics
	elForm
	elButton
	elInput
	elLink
	elBase
	elMeta
	elImg
	elImage
	elSource
	elVideo
	elAudio
	elTrack
	elBgsound
	elHTML
	elParam
	elStyle
	elXmp
	elNoembed
	elNoframes
	elTextarea
	elTitle
	elNoscript
	elPlaintext
	elTemplate
	elSelect
	elFrameset
	elOption
	elOptgroup
	elHR
	elKeygen
	elBody
	elHead
	elB
	elBig
	elBlockquote
	elCenter
	elCode
	elDd
	elDiv
	elDl
	elDt
	elEm
	elH1
	elH2
	elH3
	elH4
	elH5
	elH6
	elI
	elLi
	elListing
	elMenu
	elNobr
	elOl
	elP
	elPre
	elRuby
	elS
	elSmall
	elSpan
	elStrong
	elStrike
	elSub
	elSup
	elTable
	elTt
	elU
	elUl
	elVar
	elFont
	elBR
	elCol
	elWbr
	elBasefont
	elCommand
	elColgroup
	elCaption
	elTbody
	elTfoot
	elThead
	elTr
	elTd
	elTh
	elMarquee
	elSection
	elArticle
	elHeader
	elFooter
	elNav
	elMain
	elAside
	elLabel
	elDetails
	elSummary
	elFigure
	elFigcaption
	elAnimate
	elAnimatecolor
	elAnimatemotion
	elAnimatetransform
	elCircle
	elClippath
	elCursor
	elDefs
	elDesc
	elDiscard
	elEllipse
	elFeblend
	elFecolormatrix
	elFecomponenttransfer
	elFecomposite
	elFeconvolvematrix
	elFediffuselighting
	elFedisplacementmap
	elFedistantlight
	elFedropshadow
	elFeflood
	elFefunca
	elFefuncb
	elFefuncg
	elFefuncr
	elFegaussianblur
	elFeimage
	elFemerge
	elFemergenode
	elFemorphology
	elFeoffset
	elFepointlight
	elFespecularlighting
	elFespotlight
	elFetile
	elFeturbulence
	elFilter
	elForeignobject
	elG
	elHatch
	elHatchpath
	elLine
	elLineargradient
	elMarker
	elMask
	elMesh
	elMeshgradient
	elMeshpatch
	elMeshrow
	elMetadata
	elMpath
	elPath
	elPattern
	elPolygon
	elPolyline
	elRadialgradient
	elRect
	elSet
	elStop
	elSwitch
	elSymbol
	elText
	elTextpath
	elTref
	elTspan
	elUse
	elView
	elSVG
	elSolidcolor
	elMath
	elAnnotation
	elAnnotationXML
	elMaction
	elMaligngroup
	elMalignmark
	elMenclose
	elMerror
	elMfenced
	elMfrac
	elMglyph
	elMi
	elMlabeledtr
	elMlongdiv
	elMmultiscripts
	elMn
	elMo
	elMover
	elMpadded
	elMphantom
	elMprescripts
	elMroot
	elMrow
	elMs
	elMscarries
	elMscarry
	elMsgroup
	elMsline
	elMspace
	elMsqrt
	elMsrow
	elMstack
	elMstyle
	elMsub
	elMsubsup
	elMsup
	elMtable
	elMtd
	elMtext
	elMtr
	elMunder
	elMunderover
	elNone
	elSemantics
	elCount
)
