//! HTML elements: <https://html.spec.whatwg.org/#elements-of-html>
//!
//! An element's class is picked by its name when its wrapper is made. Most
//! classes have nothing but attributes that reflect, which is said in the IDL and
//! done by [`reflect`]; their state (a control's value, its checkedness) lives in
//! the tree, where style and layout see it.

pub(crate) mod autofocus;
pub(crate) mod cssom_view;
mod dataset;
pub(crate) mod dialog;
pub(crate) mod direction;
pub(crate) mod document;
mod document_names;
mod element;
mod form_element;
pub(crate) mod forms;
mod frame;
pub(crate) mod hooks;
mod hyperlink;
mod image;
pub(crate) mod inner_text;
mod marquee;
mod media;
mod metadata;
mod numbers;
pub(crate) mod popover;
pub(crate) mod reflect;
mod script;
pub(crate) mod source_set;
mod table;
pub(crate) mod toggle;

pub(crate) use dataset::DOMStringMap;
pub(crate) use dialog::HTMLDialogElement;
pub(crate) use element::is_content_editable;
pub(crate) use form_element::HTMLFormElement;
pub(crate) use forms::{
    HTMLFormControlsCollection, HTMLOptionsCollection, RadioNodeList, SubmitEvent, ValidityState,
    labels_of,
    validity::{Flaws, is_candidate as is_validation_candidate},
    validity_state::{check as check_validity, of as validity_of, report as report_validity},
};
pub(crate) use image::settle_decodes;
pub(crate) use media::{
    HTMLMediaElement, HTMLTrackElement, MediaError, TextTrack, TextTrackCue, TextTrackCueList,
    TextTrackList, TimeRanges, TrackEvent, VTTCue, VTTRegion,
};
pub(crate) use toggle::ToggleEvent;

use virga_dom::{LocalName, NodeId};
use virga_js::{Cx, Obj, Platform, Trace};

use crate::{agent::EngineCx, dom::Element, wrappers::Node};

/// <https://html.spec.whatwg.org/#htmlelement>
#[derive(Trace, Platform)]
pub(crate) struct HTMLElement {
    #[base]
    element: Element,
}

/// <https://www.w3.org/TR/SVG2/types.html#InterfaceSVGElement>
#[derive(Trace, Platform)]
pub(crate) struct SVGElement {
    #[base]
    element: Element,
}

impl SVGElement {
    /// For an element in the SVG namespace.
    pub(crate) fn new(element: Element) -> Self {
        Self { element }
    }
}

/// <https://html.spec.whatwg.org/#htmlvideoelement>
#[derive(Trace, Platform)]
pub(crate) struct HTMLVideoElement {
    #[base]
    media: HTMLMediaElement,
}

/// <https://html.spec.whatwg.org/#htmlaudioelement>
#[derive(Trace, Platform)]
pub(crate) struct HTMLAudioElement {
    #[base]
    media: HTMLMediaElement,
}

/// Declares the element classes and the table of their names.
macro_rules! elements {
    ($($class:ident: $($name:literal),+;)*) => {
        $(
            #[doc = concat!("The interface `", stringify!($class), "`.")]
            #[derive(Trace, Platform)]
            pub(crate) struct $class {
                #[base]
                element: HTMLElement,
            }
        )*

        /// The interface of an element in the HTML namespace.
        ///
        /// <https://html.spec.whatwg.org/#elements-in-the-dom:element-interface>
        pub(crate) fn interface_of(local: &str) -> &'static str {
            match local {
                $($($name)|+ => stringify!($class),)*
                "video" => "HTMLVideoElement",
                "audio" => "HTMLAudioElement",
                "abbr" | "acronym" | "address" | "article" | "aside" | "b" | "basefont" | "bdi"
                | "bdo" | "big" | "center" | "cite" | "code" | "dd" | "dfn" | "dt" | "em"
                | "figcaption" | "figure" | "footer" | "header" | "hgroup" | "i" | "kbd" | "main"
                | "mark" | "nav" | "nobr" | "noembed" | "noframes" | "noscript" | "plaintext"
                | "rb" | "rp" | "rt" | "rtc" | "ruby" | "s" | "samp" | "search" | "section"
                | "small" | "strike" | "strong" | "sub" | "summary" | "sup" | "tt" | "u" | "var"
                | "wbr" => "HTMLElement",
                name if crate::custom_elements::is_valid_name(name) => "HTMLElement",
                _ => "HTMLUnknownElement",
            }
        }

        /// Makes the wrapper of an element in the HTML namespace.
        ///
        /// <https://html.spec.whatwg.org/#elements-in-the-dom:element-interface>
        pub(crate) fn make_wrapper(cx: &mut Cx, element: Element, local: &LocalName) -> Obj<Node> {
            let muted = matches!(&**local, "audio" | "video")
                && cx.engine().tree().plain_attribute(element.id(), &"muted".into()).is_some();
            let element = HTMLElement { element };
            match &**local {
                $($($name)|+ => Obj::new(cx, $class { element }).upcast(),)*
                "video" => {
                    let media = HTMLMediaElement::new(element, muted);
                    Obj::new(cx, HTMLVideoElement { media }).upcast()
                }
                "track" => Obj::new(cx, HTMLTrackElement::new(element)).upcast(),
                "dialog" => Obj::new(cx, HTMLDialogElement::new(element)).upcast(),
                "form" => Obj::new(cx, HTMLFormElement::new(element)).upcast(),
                "audio" => {
                    let media = HTMLMediaElement::new(element, muted);
                    Obj::new(cx, HTMLAudioElement { media }).upcast()
                }
                "abbr" | "acronym" | "address" | "article" | "aside" | "b" | "basefont" | "bdi"
                | "bdo" | "big" | "center" | "cite" | "code" | "dd" | "dfn" | "dt" | "em"
                | "figcaption" | "figure" | "footer" | "header" | "hgroup" | "i" | "kbd" | "main"
                | "mark" | "nav" | "nobr" | "noembed" | "noframes" | "noscript" | "plaintext"
                | "rb" | "rp" | "rt" | "rtc" | "ruby" | "s" | "samp" | "search" | "section"
                | "small" | "strike" | "strong" | "sub" | "summary" | "sup" | "tt" | "u" | "var"
                | "wbr" => Obj::new(cx, element).upcast(),
                // A valid custom element name: an element that may be defined later.
                name if crate::custom_elements::is_valid_name(name) => Obj::new(cx, element).upcast(),
                _ => Obj::new(cx, HTMLUnknownElement { element }).upcast(),
            }
        }
    };
}

elements! {
    HTMLAnchorElement: "a";
    HTMLAreaElement: "area";
    HTMLBaseElement: "base";
    HTMLBodyElement: "body";
    HTMLBRElement: "br";
    HTMLButtonElement: "button";
    HTMLCanvasElement: "canvas";
    HTMLDataElement: "data";
    HTMLDataListElement: "datalist";
    HTMLDetailsElement: "details";
    HTMLDirectoryElement: "dir";
    HTMLDivElement: "div";
    HTMLDListElement: "dl";
    HTMLEmbedElement: "embed";
    HTMLFieldSetElement: "fieldset";
    HTMLFontElement: "font";
    HTMLFrameElement: "frame";
    HTMLFrameSetElement: "frameset";
    HTMLHeadElement: "head";
    HTMLHeadingElement: "h1", "h2", "h3", "h4", "h5", "h6";
    HTMLHRElement: "hr";
    HTMLHtmlElement: "html";
    HTMLIFrameElement: "iframe";
    HTMLImageElement: "img";
    HTMLInputElement: "input";
    HTMLLabelElement: "label";
    HTMLLegendElement: "legend";
    HTMLLIElement: "li";
    HTMLLinkElement: "link";
    HTMLMapElement: "map";
    HTMLMarqueeElement: "marquee";
    HTMLMenuElement: "menu";
    HTMLMetaElement: "meta";
    HTMLMeterElement: "meter";
    HTMLModElement: "del", "ins";
    HTMLObjectElement: "object";
    HTMLOListElement: "ol";
    HTMLOptGroupElement: "optgroup";
    HTMLOptionElement: "option";
    HTMLOutputElement: "output";
    HTMLParagraphElement: "p";
    HTMLParamElement: "param";
    HTMLPictureElement: "picture";
    HTMLPreElement: "listing", "pre", "xmp";
    HTMLProgressElement: "progress";
    HTMLQuoteElement: "blockquote", "q";
    HTMLScriptElement: "script";
    HTMLSelectElement: "select";
    HTMLSlotElement: "slot";
    HTMLSourceElement: "source";
    HTMLSpanElement: "span";
    HTMLStyleElement: "style";
    HTMLTableCaptionElement: "caption";
    HTMLTableCellElement: "td", "th";
    HTMLTableColElement: "col", "colgroup";
    HTMLTableElement: "table";
    HTMLTableRowElement: "tr";
    HTMLTableSectionElement: "tbody", "tfoot", "thead";
    HTMLTemplateElement: "template";
    HTMLTextAreaElement: "textarea";
    HTMLTimeElement: "time";
    HTMLTitleElement: "title";
    HTMLUListElement: "ul";
    HTMLUnknownElement: "applet", "bgsound", "blink", "isindex", "keygen", "multicol", "nextid", "spacer";
}

/// Makes the wrapper of an HTML element that could not be constructed as what
/// its name says.
pub(crate) fn make_unknown(cx: &mut Cx, node: Node) -> Obj<Node> {
    let element = HTMLElement { element: Element::new(node) };
    Obj::new(cx, HTMLUnknownElement { element }).upcast()
}

/// The value of an attribute without namespace.
fn attribute(cx: &Cx, element: NodeId, name: &str) -> Option<String> {
    cx.engine().attribute(element, name)
}

/// Whether an attribute without namespace is there.
fn has_attribute(cx: &Cx, element: NodeId, name: &str) -> bool {
    cx.engine().tree().plain_attribute(element, &LocalName::from(name)).is_some()
}

/// Sets an attribute without namespace.
fn set_attribute(cx: &mut Cx, element: NodeId, name: &str, value: &str) {
    crate::dom::mutation::set_attribute(cx, element, &crate::dom::plain_name(name), value);
}

/// Removes an attribute without namespace.
fn remove_attribute(cx: &mut Cx, element: NodeId, name: &str) {
    crate::dom::mutation::remove_attribute(cx, element, &crate::dom::plain_name(name));
}

/// Sets or removes a boolean attribute.
fn toggle_attribute(cx: &mut Cx, element: NodeId, name: &str, on: bool) {
    if on {
        set_attribute(cx, element, name, "");
    } else {
        remove_attribute(cx, element, name);
    }
}

/// Makes an HTML element in the current document, as legacy factory functions do.
fn create(cx: &mut Cx, name: &str) -> NodeId {
    let document = cx.document_id();
    cx.engine().tree_mut().create_html_element(document, name)
}
