//! <https://drafts.csswg.org/css-font-loading/#fontface-interface>

use std::cell::RefCell;

use virga_dom::fonts::{FaceId, FaceRule, FaceSlant, check_font};
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Promise, Resolver, Trace,
};

use super::load;
use crate::{
    agent::EngineCx,
    generated::{
        DOMStringOrBufferSource, FontFaceDescriptors, FontFaceLoadStatus, FontFaceMethods,
    },
};

/// A face that script made, or that a style sheet declares.
#[derive(Trace, Platform)]
pub(crate) struct FontFace {
    #[trace(skip)]
    inner: RefCell<Inner>,
    loaded: Promise,
    resolver: Resolver,
}

/// The descriptors that script sees, by their names in CSS, in the order of [`Texts`].
const NAMES: [&str; 10] = [
    "font-style",
    "font-weight",
    "font-width",
    "unicode-range",
    "font-feature-settings",
    "font-variation-settings",
    "font-display",
    "ascent-override",
    "descent-override",
    "line-gap-override",
];

type Texts = [String; 10];

struct Inner {
    texts: Texts,
    /// `src` as script gave it.
    source: Option<String>,
    rule: FaceRule,
    /// What it is called in the rendering, once it is in a set.
    id: Option<FaceId>,
    status: FontFaceLoadStatus,
    /// Its bytes, if script made it.
    data: Option<Vec<u8>>,
    declared: bool,
}

fn text_of_range((least, most): (f32, f32), normal: f32, unit: &str) -> String {
    if (least, most) == (normal, normal) {
        "normal".to_owned()
    } else if least == most {
        format!("{least}{unit}")
    } else {
        format!("{least}{unit} {most}{unit}")
    }
}

fn texts_of(rule: &FaceRule) -> Texts {
    let slant = match rule.slant {
        FaceSlant::Normal => "normal",
        FaceSlant::Italic => "italic",
        FaceSlant::Oblique => "oblique",
    };
    let range = |&(first, last): &(u32, u32)| {
        if first == last { format!("U+{first:X}") } else { format!("U+{first:X}-{last:X}") }
    };
    let ranges: Vec<String> = rule.ranges.iter().map(range).collect();
    let ranges = if ranges.is_empty() { "U+0-10FFFF".to_owned() } else { ranges.join(", ") };
    let normal = || "normal".to_owned();
    [
        slant.to_owned(),
        text_of_range(rule.weight, 400.0, ""),
        text_of_range(rule.width, 100.0, "%"),
        ranges,
        normal(),
        normal(),
        "auto".to_owned(),
        normal(),
        normal(),
        normal(),
    ]
}

impl FontFace {
    fn create(cx: &mut Cx, inner: Inner) -> Fallible<Obj<Self>> {
        let (loaded, resolver) = Promise::new(cx);
        // Nobody has to look at it.
        loaded.mark_as_handled(cx)?;
        Ok(Obj::new(cx, Self { inner: RefCell::new(inner), loaded, resolver }))
    }

    /// The object of a face that a style sheet declares.
    pub(super) fn declared(cx: &mut Cx, id: FaceId, rule: FaceRule) -> Fallible<Obj<Self>> {
        let inner = Inner {
            texts: texts_of(&rule),
            source: None,
            rule,
            id: Some(id),
            status: FontFaceLoadStatus::Unloaded,
            data: None,
            declared: true,
        };
        Self::create(cx, inner)
    }

    pub(super) fn id(&self) -> Option<FaceId> {
        self.inner.borrow().id
    }

    pub(super) fn set_id(&self, id: Option<FaceId>) {
        self.inner.borrow_mut().id = id;
    }

    pub(super) fn is_declared(&self) -> bool {
        self.inner.borrow().declared
    }

    pub(super) fn rule(&self) -> FaceRule {
        self.inner.borrow().rule.clone()
    }

    pub(super) fn load_status(&self) -> FontFaceLoadStatus {
        self.inner.borrow().status
    }

    pub(super) fn set_loading(&self) {
        self.inner.borrow_mut().status = FontFaceLoadStatus::Loading;
    }

    /// Its bytes, if script made it and they came.
    pub(super) fn data(&self) -> Option<Vec<u8>> {
        self.inner.borrow().data.clone()
    }

    pub(super) fn keep_data(&self, data: Vec<u8>) {
        let mut inner = self.inner.borrow_mut();
        if !inner.declared {
            inner.data = Some(data);
        }
    }

    /// The promise of [`FontFaceMethods::loaded`].
    pub(super) fn promise(&self) -> Promise {
        self.loaded.clone()
    }
}

/// It came, or it will not.
pub(super) fn settle(cx: &mut Cx, face: &Obj<FontFace>, result: Result<(), Error>) -> Fallible<()> {
    let status =
        if result.is_ok() { FontFaceLoadStatus::Loaded } else { FontFaceLoadStatus::Error };
    face.inner.borrow_mut().status = status;
    match result {
        Ok(()) => face.resolver.resolve(cx, face.value()),
        Err(error) => face.resolver.reject(cx, error),
    }
}

fn refused(name: &str) -> Error {
    Error::dom(DomExceptionName::Syntax, format!("the value of {name} is not valid"))
}

fn rule_of(cx: &Cx, family: &str, source: Option<&str>, texts: &Texts) -> Fallible<FaceRule> {
    let descriptors: Vec<(&'static str, &str)> =
        NAMES.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let base = cx.base_url();
    virga_dom::style::parse_face(family, source, &descriptors, &base).map_err(refused)
}

fn text(face: &Obj<FontFace>, at: usize) -> DomString {
    face.inner.borrow().texts.get(at).map_or_else(DomString::empty, |text| text.as_str().into())
}

/// Sets a descriptor of a face that script made. One of a style sheet is changed by
/// its rule.
fn set_text(cx: &mut Cx, face: &Obj<FontFace>, at: usize, value: &DomString) -> Fallible<()> {
    let (family, source, mut texts) = {
        let inner = face.inner.borrow();
        (inner.rule.family.clone(), inner.source.clone(), inner.texts.clone())
    };
    if let Some(text) = texts.get_mut(at) {
        *text = value.to_str().into_owned();
    }
    let rule = rule_of(cx, &family, source.as_deref(), &texts)?;
    change(cx, face, rule, Some(texts))
}

fn change(cx: &mut Cx, face: &Obj<FontFace>, rule: FaceRule, texts: Option<Texts>) -> Fallible<()> {
    if face.is_declared() {
        return Ok(());
    }
    {
        let mut inner = face.inner.borrow_mut();
        inner.rule = rule;
        if let Some(texts) = texts {
            inner.texts = texts;
        }
    }
    super::set::readd(cx, face);
    Ok(())
}

impl FontFaceMethods for Obj<FontFace> {
    /// <https://drafts.csswg.org/css-font-loading/#dom-fontface-fontface>
    fn constructor(
        cx: &mut Cx,
        family: DomString,
        source: DOMStringOrBufferSource,
        descriptors: FontFaceDescriptors,
    ) -> Fallible<Obj<FontFace>> {
        let own = &descriptors;
        let texts = [
            &own.style,
            &own.weight,
            &own.stretch,
            &own.unicode_range,
            &own.feature_settings,
            &own.variation_settings,
            &own.display,
            &own.ascent_override,
            &own.descent_override,
            &own.line_gap_override,
        ]
        .map(|text| text.to_str().into_owned());
        let (source, bytes) = match &source {
            DOMStringOrBufferSource::DOMString(text) => (Some(text.to_str().into_owned()), None),
            DOMStringOrBufferSource::BufferSource(buffer) => (None, Some(buffer.bytes(cx)?)),
        };
        let family = family.to_str().into_owned();
        let parsed = rule_of(cx, &family, source.as_deref(), &texts);
        let (rule, error) = match parsed {
            Ok(rule) => (rule, None),
            // It is made all the same, and says what is wrong when it loads.
            Err(error) => {
                let rule = FaceRule {
                    family: family.clone(),
                    sources: Vec::new(),
                    weight: (400.0, 400.0),
                    width: (100.0, 100.0),
                    slant: FaceSlant::Normal,
                    ranges: Vec::new(),
                };
                (rule, Some(error))
            }
        };
        let status = FontFaceLoadStatus::Unloaded;
        let inner = Inner { texts, source, rule, id: None, status, data: None, declared: false };
        let face = FontFace::create(cx, inner)?;
        if let Some(error) = error {
            settle(cx, &face, Err(error))?;
        } else if let Some(bytes) = bytes {
            let result = load::unpack(&bytes).and_then(|bytes| {
                check_font(&family, &bytes).map(|()| bytes).map_err(|error| error.to_string())
            });
            match result {
                Ok(bytes) => {
                    face.keep_data(bytes);
                    settle(cx, &face, Ok(()))?;
                }
                Err(reason) => {
                    settle(cx, &face, Err(Error::dom(DomExceptionName::Syntax, reason)))?;
                }
            }
        }
        Ok(face)
    }

    fn family(&self, _: &mut Cx) -> DomString {
        self.inner.borrow().rule.family.as_str().into()
    }

    fn set_family(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let rule = FaceRule { family: value.to_str().into_owned(), ..self.rule() };
        change(cx, self, rule, None)
    }

    fn status(&self, _: &mut Cx) -> FontFaceLoadStatus {
        self.load_status()
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontface-load>
    fn load(&self, cx: &mut Cx) -> Fallible<Promise> {
        load::load_face(cx, self)?;
        Ok(self.promise())
    }

    fn loaded(&self, _: &mut Cx) -> Promise {
        self.promise()
    }

    fn style(&self, _: &mut Cx) -> DomString {
        text(self, 0)
    }

    fn set_style(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 0, &value)
    }

    fn weight(&self, _: &mut Cx) -> DomString {
        text(self, 1)
    }

    fn set_weight(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 1, &value)
    }

    fn stretch(&self, _: &mut Cx) -> DomString {
        text(self, 2)
    }

    fn set_stretch(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 2, &value)
    }

    fn unicode_range(&self, _: &mut Cx) -> DomString {
        text(self, 3)
    }

    fn set_unicode_range(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 3, &value)
    }

    fn feature_settings(&self, _: &mut Cx) -> DomString {
        text(self, 4)
    }

    fn set_feature_settings(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 4, &value)
    }

    fn variation_settings(&self, _: &mut Cx) -> DomString {
        text(self, 5)
    }

    fn set_variation_settings(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 5, &value)
    }

    fn display(&self, _: &mut Cx) -> DomString {
        text(self, 6)
    }

    fn set_display(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 6, &value)
    }

    fn ascent_override(&self, _: &mut Cx) -> DomString {
        text(self, 7)
    }

    fn set_ascent_override(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 7, &value)
    }

    fn descent_override(&self, _: &mut Cx) -> DomString {
        text(self, 8)
    }

    fn set_descent_override(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 8, &value)
    }

    fn line_gap_override(&self, _: &mut Cx) -> DomString {
        text(self, 9)
    }

    fn set_line_gap_override(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        set_text(cx, self, 9, &value)
    }
}
