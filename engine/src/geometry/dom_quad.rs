use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use super::{
    DOMPoint, DOMRect, DOMRectReadOnly,
    dom_point::{DOMPointReadOnly, coordinates},
    greatest, least,
};
use crate::{
    generated::{DOMPointInit, DOMQuadInit, DOMQuadMethods, DOMRectInit},
    structured_clone::{Fields, Reader, Serializable},
};

/// Four points: <https://drafts.fxtf.org/geometry/#DOMQuad>
#[derive(Trace, Platform)]
pub(crate) struct DOMQuad {
    points: [Obj<DOMPoint>; 4],
}

impl DOMQuad {
    fn create(cx: &mut Cx, points: [[f64; 4]; 4]) -> Obj<Self> {
        let points = points.map(|point| DOMPoint::create(cx, point));
        Obj::new(cx, Self { points })
    }

    fn corners(&self) -> [[f64; 4]; 4] {
        std::array::from_fn(|index| self.points[index].upcast::<DOMPointReadOnly>().coordinates())
    }
}

impl DOMQuadMethods for Obj<DOMQuad> {
    /// <https://drafts.fxtf.org/geometry/#dom-domquad-domquad>
    fn constructor(
        cx: &mut Cx,
        p1: DOMPointInit,
        p2: DOMPointInit,
        p3: DOMPointInit,
        p4: DOMPointInit,
    ) -> Fallible<Self> {
        Ok(DOMQuad::create(cx, [&p1, &p2, &p3, &p4].map(coordinates)))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domquad-fromrect>
    fn from_rect(cx: &mut Cx, other: DOMRectInit) -> Fallible<Self> {
        let (x0, y0) = (other.x, other.y);
        let (x1, y1) = (x0 + other.width, y0 + other.height);
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)];
        Ok(DOMQuad::create(cx, corners.map(|(x, y)| [x, y, 0.0, 1.0])))
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domquad-fromquad>
    fn from_quad(cx: &mut Cx, other: DOMQuadInit) -> Fallible<Self> {
        let point = |init: Option<DOMPointInit>| match init {
            Some(init) => coordinates(&init),
            None => [0.0, 0.0, 0.0, 1.0],
        };
        Ok(DOMQuad::create(cx, [other.p1, other.p2, other.p3, other.p4].map(point)))
    }

    fn p1(&self, _: &mut Cx) -> Obj<DOMPoint> {
        self.points[0].clone()
    }

    fn p2(&self, _: &mut Cx) -> Obj<DOMPoint> {
        self.points[1].clone()
    }

    fn p3(&self, _: &mut Cx) -> Obj<DOMPoint> {
        self.points[2].clone()
    }

    fn p4(&self, _: &mut Cx) -> Obj<DOMPoint> {
        self.points[3].clone()
    }

    /// <https://drafts.fxtf.org/geometry/#dom-domquad-getbounds>
    fn get_bounds(&self, cx: &mut Cx) -> Fallible<Obj<DOMRect>> {
        let [a, b, c, d] = self.corners();
        let range = |axis: usize| {
            let least = least(least(a[axis], b[axis]), least(c[axis], d[axis]));
            let most = greatest(greatest(a[axis], b[axis]), greatest(c[axis], d[axis]));
            (least, most - least)
        };
        let ((x, width), (y, height)) = (range(0), range(1));
        Ok(Obj::new(cx, DOMRect { rect: DOMRectReadOnly::new(x, y, width, height) }))
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMQuad {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.corners().into_iter().flatten().for_each(|number| to.number(number));
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let mut points = [[0.0; 4]; 4];
        for number in points.iter_mut().flatten() {
            *number = from.number()?;
        }
        Ok(Self::create(cx, points))
    }
}
