use std::cell::Cell;

use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use super::{dom_matrix::matrix_of, matrix4::Matrix4};
use crate::{
    generated::{DOMMatrixInit, DOMPointInit, DOMPointMethods, DOMPointReadOnlyMethods},
    structured_clone::{Fields, Reader, Serializable},
};

/// A point in homogeneous coordinates.
///
/// <https://drafts.fxtf.org/geometry/#DOMPoint>
#[derive(Trace, Platform, Default)]
pub(crate) struct DOMPointReadOnly {
    x: Cell<f64>,
    y: Cell<f64>,
    z: Cell<f64>,
    w: Cell<f64>,
}

impl DOMPointReadOnly {
    pub(super) fn new([x, y, z, w]: [f64; 4]) -> Self {
        Self { x: Cell::new(x), y: Cell::new(y), z: Cell::new(z), w: Cell::new(w) }
    }

    pub(super) fn coordinates(&self) -> [f64; 4] {
        [self.x.get(), self.y.get(), self.z.get(), self.w.get()]
    }

    fn write(&self, to: &mut Fields) {
        self.coordinates().into_iter().for_each(|number| to.number(number));
    }

    fn read(from: &mut Reader<'_>) -> Fallible<Self> {
        Ok(Self::new([from.number()?, from.number()?, from.number()?, from.number()?]))
    }
}

/// A point that script may move.
#[derive(Trace, Platform, Default)]
pub(crate) struct DOMPoint {
    #[base]
    point: DOMPointReadOnly,
}

impl DOMPoint {
    pub(super) fn create(cx: &mut Cx, coordinates: [f64; 4]) -> Obj<Self> {
        Obj::new(cx, Self { point: DOMPointReadOnly::new(coordinates) })
    }
}

pub(super) fn coordinates(init: &DOMPointInit) -> [f64; 4] {
    [init.x, init.y, init.z, init.w]
}

impl DOMPointReadOnlyMethods for Obj<DOMPointReadOnly> {
    fn constructor(cx: &mut Cx, x: f64, y: f64, z: f64, w: f64) -> Fallible<Self> {
        Ok(Self::new(cx, DOMPointReadOnly::new([x, y, z, w])))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-dompointreadonly-frompoint>
    fn from_point(cx: &mut Cx, other: DOMPointInit) -> Fallible<Self> {
        Ok(Self::new(cx, DOMPointReadOnly::new(coordinates(&other))))
    }

    fn x(&self, _: &mut Cx) -> f64 {
        self.x.get()
    }

    fn y(&self, _: &mut Cx) -> f64 {
        self.y.get()
    }

    fn z(&self, _: &mut Cx) -> f64 {
        self.z.get()
    }

    fn w(&self, _: &mut Cx) -> f64 {
        self.w.get()
    }

    /// <https://drafts.fxtf.org/geometry/#dom-dompointreadonly-matrixtransform>
    fn matrix_transform(&self, cx: &mut Cx, matrix: DOMMatrixInit) -> Fallible<Obj<DOMPoint>> {
        let matrix: Matrix4 = matrix_of(&matrix)?;
        Ok(DOMPoint::create(cx, matrix.apply(self.coordinates())))
    }
}

impl DOMPointMethods for Obj<DOMPoint> {
    fn constructor(cx: &mut Cx, x: f64, y: f64, z: f64, w: f64) -> Fallible<Self> {
        Ok(DOMPoint::create(cx, [x, y, z, w]))
    }

    fn from_point(cx: &mut Cx, other: DOMPointInit) -> Fallible<Self> {
        Ok(DOMPoint::create(cx, coordinates(&other)))
    }

    fn x(&self, _: &mut Cx) -> f64 {
        self.point.x.get()
    }

    fn set_x(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.point.x.set(value);
        Ok(())
    }

    fn y(&self, _: &mut Cx) -> f64 {
        self.point.y.get()
    }

    fn set_y(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.point.y.set(value);
        Ok(())
    }

    fn z(&self, _: &mut Cx) -> f64 {
        self.point.z.get()
    }

    fn set_z(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.point.z.set(value);
        Ok(())
    }

    fn w(&self, _: &mut Cx) -> f64 {
        self.point.w.get()
    }

    fn set_w(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.point.w.set(value);
        Ok(())
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMPointReadOnly {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let point = Self::read(from)?;
        Ok(Obj::new(cx, point))
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMPoint {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.point.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let point = Self { point: DOMPointReadOnly::read(from)? };
        Ok(Obj::new(cx, point))
    }
}
