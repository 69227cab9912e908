//! Geometry Interfaces: <https://drafts.fxtf.org/geometry/>

mod dom_matrix;
mod dom_point;
mod dom_quad;
mod matrix4;

pub(crate) use dom_matrix::{DOMMatrix, DOMMatrixReadOnly};
pub(crate) use dom_point::{DOMPoint, DOMPointReadOnly};
pub(crate) use dom_quad::DOMQuad;

use std::cell::Cell;

use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use crate::{
    generated::{DOMRectInit, DOMRectListMethods, DOMRectMethods, DOMRectReadOnlyMethods},
    structured_clone::{Fields, Reader, Serializable},
};

/// A rectangle in CSS px whose sizes may be negative.
#[derive(Trace, Platform, Default)]
pub(crate) struct DOMRectReadOnly {
    x: Cell<f64>,
    y: Cell<f64>,
    width: Cell<f64>,
    height: Cell<f64>,
}

impl DOMRectReadOnly {
    fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x: Cell::new(x),
            y: Cell::new(y),
            width: Cell::new(width),
            height: Cell::new(height),
        }
    }
}

impl DOMRectReadOnly {
    fn write(&self, to: &mut Fields) {
        for side in [&self.x, &self.y, &self.width, &self.height] {
            to.number(side.get());
        }
    }

    fn read(from: &mut Reader<'_>) -> Fallible<Self> {
        Ok(Self::new(from.number()?, from.number()?, from.number()?, from.number()?))
    }
}

impl From<DOMRectInit> for DOMRectReadOnly {
    fn from(init: DOMRectInit) -> Self {
        Self::new(init.x, init.y, init.width, init.height)
    }
}

impl DOMRectReadOnly {
    /// A rectangle of the document, as script sees it.
    #[must_use]
    pub(crate) fn from_kurbo(rect: virga_display_list::kurbo::Rect) -> Self {
        Self::new(rect.x0, rect.y0, rect.width(), rect.height())
    }
}

/// The lesser of two edges; NaN if one of them is.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

/// The greater of two edges; NaN if one of them is.
fn greatest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

impl DOMRectReadOnlyMethods for Obj<DOMRectReadOnly> {
    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-domrectreadonly>
    fn constructor(cx: &mut Cx, x: f64, y: f64, width: f64, height: f64) -> Fallible<Self> {
        Ok(Self::new(cx, DOMRectReadOnly::new(x, y, width, height)))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrectreadonly-fromrect>
    fn from_rect(cx: &mut Cx, other: DOMRectInit) -> Fallible<Self> {
        Ok(Self::new(cx, other.into()))
    }

    fn x(&self, _cx: &mut Cx) -> f64 {
        self.x.get()
    }

    fn y(&self, _cx: &mut Cx) -> f64 {
        self.y.get()
    }

    fn width(&self, _cx: &mut Cx) -> f64 {
        self.width.get()
    }

    fn height(&self, _cx: &mut Cx) -> f64 {
        self.height.get()
    }

    fn top(&self, _cx: &mut Cx) -> f64 {
        least(self.y.get(), self.y.get() + self.height.get())
    }

    fn right(&self, _cx: &mut Cx) -> f64 {
        greatest(self.x.get(), self.x.get() + self.width.get())
    }

    fn bottom(&self, _cx: &mut Cx) -> f64 {
        greatest(self.y.get(), self.y.get() + self.height.get())
    }

    fn left(&self, _cx: &mut Cx) -> f64 {
        least(self.x.get(), self.x.get() + self.width.get())
    }
}

/// A rectangle that script may change.
#[derive(Trace, Platform, Default)]
pub(crate) struct DOMRect {
    #[base]
    rect: DOMRectReadOnly,
}

impl DOMRect {
    /// A rectangle of the document, as script sees it.
    #[must_use]
    pub(crate) fn from_kurbo(rect: virga_display_list::kurbo::Rect) -> Self {
        Self { rect: DOMRectReadOnly::new(rect.x0, rect.y0, rect.width(), rect.height()) }
    }
}

impl DOMRectMethods for Obj<DOMRect> {
    /// <https://drafts.fxtf.org/geometry/#dom-domrect-domrect>
    fn constructor(cx: &mut Cx, x: f64, y: f64, width: f64, height: f64) -> Fallible<Self> {
        Ok(Self::new(cx, DOMRect { rect: DOMRectReadOnly::new(x, y, width, height) }))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domrect-fromrect>
    fn from_rect(cx: &mut Cx, other: DOMRectInit) -> Fallible<Self> {
        Ok(Self::new(cx, DOMRect { rect: other.into() }))
    }

    fn x(&self, _cx: &mut Cx) -> f64 {
        self.rect.x.get()
    }

    fn set_x(&self, _cx: &mut Cx, value: f64) -> Fallible<()> {
        self.rect.x.set(value);
        Ok(())
    }

    fn y(&self, _cx: &mut Cx) -> f64 {
        self.rect.y.get()
    }

    fn set_y(&self, _cx: &mut Cx, value: f64) -> Fallible<()> {
        self.rect.y.set(value);
        Ok(())
    }

    fn width(&self, _cx: &mut Cx) -> f64 {
        self.rect.width.get()
    }

    fn set_width(&self, _cx: &mut Cx, value: f64) -> Fallible<()> {
        self.rect.width.set(value);
        Ok(())
    }

    fn height(&self, _cx: &mut Cx) -> f64 {
        self.rect.height.get()
    }

    fn set_height(&self, _cx: &mut Cx, value: f64) -> Fallible<()> {
        self.rect.height.set(value);
        Ok(())
    }
}

/// The rectangles of an element's boxes at one moment.
#[derive(Trace, Platform)]
pub(crate) struct DOMRectList {
    rects: Vec<Obj<DOMRect>>,
}

impl DOMRectList {
    /// A list of `rects`, in order.
    #[must_use]
    pub(crate) fn new(rects: Vec<Obj<DOMRect>>) -> Self {
        Self { rects }
    }
}

impl DOMRectListMethods for Obj<DOMRectList> {
    #[expect(clippy::cast_possible_truncation, reason = "an element has fewer boxes than that")]
    fn length(&self, _cx: &mut Cx) -> u32 {
        self.rects.len() as u32
    }

    fn item(&self, _cx: &mut Cx, index: u32) -> Fallible<Option<Obj<DOMRect>>> {
        Ok(self.rects.get(index as usize).cloned())
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMRectReadOnly {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let rect = Self::read(from)?;
        Ok(Obj::new(cx, rect))
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMRect {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.rect.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let rect = Self { rect: DOMRectReadOnly::read(from)? };
        Ok(Obj::new(cx, rect))
    }
}
