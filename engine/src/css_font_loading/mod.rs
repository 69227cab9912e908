//! CSS Font Loading: <https://drafts.csswg.org/css-font-loading/>
//!
//! Fonts are those of the host, which are there from the start. Faces of
//! `@font-face` are not loaded (the console says so when a sheet has some), so a
//! document's set has no faces, and there is nothing to wait for.

use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Platform, Promise, Trace, Value,
};

use crate::{
    events::EventTarget,
    generated::{FontFaceSetLoadStatus, FontFaceSetMethods},
};

/// The object behind `document.fonts`.
#[derive(Trace, Platform)]
pub(crate) struct FontFaceSet {
    #[base]
    target: EventTarget,
    ready: Object,
}

impl FontFaceSet {
    /// The set of a document, whose `ready` is fulfilled with it.
    pub(crate) fn create(cx: &mut Cx) -> Fallible<Obj<Self>> {
        let (promise, resolver) = Promise::new(cx);
        let set = Self { target: EventTarget::new(), ready: promise.object().clone() };
        let set = Obj::new(cx, set);
        resolver.resolve(cx, set.value())?;
        Ok(set)
    }
}

/// Whether a text is a value of the `font` property that names families.
fn check_font(font: &DomString) -> Fallible<()> {
    let text = font.to_str();
    let wide = ["inherit", "initial", "unset", "revert", "revert-layer"];
    if virga_dom::style::supports_declaration("font", &text)
        && !wide.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
    {
        return Ok(());
    }
    Err(Error::dom(DomExceptionName::Syntax, format!("{text:?} is not a value of `font`")))
}

impl FontFaceSetMethods for Obj<FontFaceSet> {
    fn size(&self, _: &mut Cx) -> u32 {
        0
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontfaceset-load>: the faces
    /// of the set that it loaded, of which there are none.
    fn load(&self, cx: &mut Cx, font: DomString, _: DomString) -> Fallible<Promise> {
        match check_font(&font) {
            Ok(()) => {
                let faces: Value = Object::array(cx, []).into();
                Promise::resolved(cx, faces)
            }
            Err(refused) => Promise::rejected(cx, refused),
        }
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontfaceset-check>: nothing
    /// would have to be loaded.
    fn check(&self, _: &mut Cx, font: DomString, _: DomString) -> Fallible<bool> {
        check_font(&font).map(|()| true)
    }

    fn ready(&self, _: &mut Cx) -> Promise {
        match Promise::from_object(&self.ready) {
            Some(promise) => promise,
            None => unreachable!("it was made as a promise"),
        }
    }

    fn status(&self, _: &mut Cx) -> FontFaceSetLoadStatus {
        FontFaceSetLoadStatus::Loaded
    }
}
