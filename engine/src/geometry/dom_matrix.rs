//! Matrices: <https://drafts.fxtf.org/geometry/#DOMMatrix>

use std::cell::Cell;

use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Platform, Trace, Value,
    webidl::buffer::{Float32Array, Float64Array},
};

use super::{DOMPoint, dom_point::coordinates, matrix4::Matrix4};
use crate::{
    agent::EngineCx,
    error,
    generated::{
        DOMMatrixInit, DOMMatrixMethods, DOMMatrixReadOnlyMethods, DOMPointInit,
        DOMStringOrUnrestrictedDoubleSequence,
    },
    structured_clone::{Fields, Reader, Serializable},
};

/// <https://drafts.fxtf.org/geometry/#dommatrixreadonly>
#[derive(Trace, Platform)]
pub(crate) struct DOMMatrixReadOnly {
    #[trace(skip)]
    matrix: Cell<Matrix4>,
}

impl DOMMatrixReadOnly {
    fn new(matrix: Matrix4) -> Self {
        Self { matrix: Cell::new(matrix) }
    }

    fn at(&self, index: usize) -> f64 {
        self.matrix.get().m[index]
    }

    fn set(&self, index: usize, value: f64) -> Fallible<()> {
        let mut matrix = self.matrix.get();
        matrix.m[index] = value;
        // What a flat matrix has as the identity does keeps it flat.
        let flat = Matrix4::FLAT.contains(&index);
        if !flat && value != Matrix4::IDENTITY.m[index] {
            matrix.is_2d = false;
        }
        self.matrix.set(matrix);
        Ok(())
    }

    fn write(&self, to: &mut Fields) {
        let matrix = self.matrix.get();
        to.bool(matrix.is_2d);
        matrix.m.into_iter().for_each(|number| to.number(number));
    }

    fn read(from: &mut Reader<'_>) -> Fallible<Self> {
        let mut matrix = Matrix4 { is_2d: from.bool()?, ..Matrix4::IDENTITY };
        for number in &mut matrix.m {
            *number = from.number()?;
        }
        Ok(Self::new(matrix))
    }
}

/// A matrix that script may change.
///
/// <https://drafts.fxtf.org/geometry/#dommatrix>
#[derive(Trace, Platform)]
pub(crate) struct DOMMatrix {
    #[base]
    matrix: DOMMatrixReadOnly,
}

impl DOMMatrix {
    fn create(cx: &mut Cx, matrix: Matrix4) -> Obj<Self> {
        Obj::new(cx, Self { matrix: DOMMatrixReadOnly::new(matrix) })
    }
}

/// "Validate and fixup": <https://drafts.fxtf.org/geometry/#matrix-validate-and-fixup>
pub(super) fn matrix_of(init: &DOMMatrixInit) -> Fallible<Matrix4> {
    let flat = &init.parent;
    let mut values = Matrix4::IDENTITY.m;
    let pairs = [
        ("a", "m11", flat.a, flat.m11, 0),
        ("b", "m12", flat.b, flat.m12, 1),
        ("c", "m21", flat.c, flat.m21, 4),
        ("d", "m22", flat.d, flat.m22, 5),
        ("e", "m41", flat.e, flat.m41, 12),
        ("f", "m42", flat.f, flat.m42, 13),
    ];
    for (short, long, one, other, index) in pairs {
        if let (Some(one), Some(other)) = (one, other)
            && one != other
            && !(one.is_nan() && other.is_nan())
        {
            return Err(Error::type_error(format!(
                "a matrix cannot have `{short}` {one} and `{long}` {other}"
            )));
        }
        if let Some(value) = other.or(one) {
            values[index] = value;
        }
    }
    let deep = [
        (2, init.m13),
        (3, init.m14),
        (6, init.m23),
        (7, init.m24),
        (8, init.m31),
        (9, init.m32),
        (10, init.m33),
        (11, init.m34),
        (14, init.m43),
        (15, init.m44),
    ];
    let is_flat = deep.iter().all(|(index, value)| *value == Matrix4::IDENTITY.m[*index]);
    if init.is2_d == Some(true) && !is_flat {
        return Err(Error::type_error("a matrix with `is2D` cannot have elements of a 3D matrix"));
    }
    for (index, value) in deep {
        values[index] = value;
    }
    Ok(Matrix4 { m: values, is_2d: init.is2_d.unwrap_or(is_flat) })
}

/// "Parse a string into an abstract matrix".
fn parse(text: &str) -> Fallible<Matrix4> {
    let parsed = virga_dom::style::parse_transform(text).ok_or_else(|| {
        Error::dom(
            DomExceptionName::Syntax,
            format!("{text:?} is not a list of transform functions with absolute lengths"),
        )
    })?;
    Ok(Matrix4 { m: parsed.0, is_2d: !parsed.1 })
}

fn from_init(
    cx: &mut Cx,
    init: Option<DOMStringOrUnrestrictedDoubleSequence>,
) -> Fallible<Matrix4> {
    match init {
        None => Ok(Matrix4::IDENTITY),
        Some(DOMStringOrUnrestrictedDoubleSequence::DOMString(text)) => {
            if cx.try_window().is_none() {
                return Err(Error::type_error("a worker cannot read a matrix from CSS"));
            }
            parse(&text.to_str())
        }
        Some(DOMStringOrUnrestrictedDoubleSequence::UnrestrictedDoubleSequence(numbers)) => {
            let numbers: Vec<f64> = numbers.into_iter().map(|number| number.0).collect();
            from_numbers(&numbers)
        }
    }
}

fn from_numbers(numbers: &[f64]) -> Fallible<Matrix4> {
    Matrix4::from_slice(numbers).ok_or_else(|| {
        Error::type_error(format!("a matrix has 6 or 16 elements, not {}", numbers.len()))
    })
}

fn singles(cx: &mut Cx, array: &Float32Array) -> Fallible<Matrix4> {
    let bytes = array.bytes(cx)?;
    let (numbers, _) = bytes.as_chunks::<4>();
    let numbers: Vec<f64> = numbers.iter().map(|b| f64::from(f32::from_ne_bytes(*b))).collect();
    from_numbers(&numbers)
}

fn doubles(cx: &mut Cx, array: &Float64Array) -> Fallible<Matrix4> {
    let bytes = array.bytes(cx)?;
    let (numbers, _) = bytes.as_chunks::<8>();
    let numbers: Vec<f64> = numbers.iter().map(|b| f64::from_ne_bytes(*b)).collect();
    from_numbers(&numbers)
}

/// A typed array of the elements.
fn typed_array(cx: &mut Cx, name: &str, matrix: &Matrix4) -> Fallible<Object> {
    let numbers = Object::array(cx, matrix.m.map(Value::from));
    let class = cx.global_property(name)?;
    let class = class.as_object().ok_or_else(|| Error::type_error(format!("{name} is missing")))?;
    class.construct(cx, &[numbers.into()], None)
}

/// With `rotY` and `rotZ` missing the only angle is about the z axis.
fn angles(x: f64, y: Option<f64>, z: Option<f64>) -> (f64, f64, f64) {
    match (y, z) {
        (None, None) => (0.0, 0.0, x),
        _ => (x, y.unwrap_or(0.0), z.unwrap_or(0.0)),
    }
}

/// The angle of a vector, in degrees.
fn direction(x: f64, y: f64) -> f64 {
    if x == 0.0 && y == 0.0 { 0.0 } else { y.atan2(x).to_degrees() }
}

impl DOMMatrixReadOnlyMethods for Obj<DOMMatrixReadOnly> {
    /// <https://drafts.fxtf.org/geometry/#dom-dommatrixreadonly-dommatrixreadonly>
    fn constructor(
        cx: &mut Cx,
        init: Option<DOMStringOrUnrestrictedDoubleSequence>,
    ) -> Fallible<Self> {
        let matrix = from_init(cx, init)?;
        Ok(Self::new(cx, DOMMatrixReadOnly::new(matrix)))
    }

    fn from_matrix(cx: &mut Cx, other: DOMMatrixInit) -> Fallible<Self> {
        let matrix = matrix_of(&other)?;
        Ok(Self::new(cx, DOMMatrixReadOnly::new(matrix)))
    }

    fn from_float32_array(cx: &mut Cx, array: Float32Array) -> Fallible<Self> {
        let matrix = singles(cx, &array)?;
        Ok(Self::new(cx, DOMMatrixReadOnly::new(matrix)))
    }

    fn from_float64_array(cx: &mut Cx, array: Float64Array) -> Fallible<Self> {
        let matrix = doubles(cx, &array)?;
        Ok(Self::new(cx, DOMMatrixReadOnly::new(matrix)))
    }

    fn a(&self, _: &mut Cx) -> f64 {
        self.at(0)
    }

    fn b(&self, _: &mut Cx) -> f64 {
        self.at(1)
    }

    fn c(&self, _: &mut Cx) -> f64 {
        self.at(4)
    }

    fn d(&self, _: &mut Cx) -> f64 {
        self.at(5)
    }

    fn e(&self, _: &mut Cx) -> f64 {
        self.at(12)
    }

    fn f(&self, _: &mut Cx) -> f64 {
        self.at(13)
    }

    fn m11(&self, _: &mut Cx) -> f64 {
        self.at(0)
    }

    fn m12(&self, _: &mut Cx) -> f64 {
        self.at(1)
    }

    fn m13(&self, _: &mut Cx) -> f64 {
        self.at(2)
    }

    fn m14(&self, _: &mut Cx) -> f64 {
        self.at(3)
    }

    fn m21(&self, _: &mut Cx) -> f64 {
        self.at(4)
    }

    fn m22(&self, _: &mut Cx) -> f64 {
        self.at(5)
    }

    fn m23(&self, _: &mut Cx) -> f64 {
        self.at(6)
    }

    fn m24(&self, _: &mut Cx) -> f64 {
        self.at(7)
    }

    fn m31(&self, _: &mut Cx) -> f64 {
        self.at(8)
    }

    fn m32(&self, _: &mut Cx) -> f64 {
        self.at(9)
    }

    fn m33(&self, _: &mut Cx) -> f64 {
        self.at(10)
    }

    fn m34(&self, _: &mut Cx) -> f64 {
        self.at(11)
    }

    fn m41(&self, _: &mut Cx) -> f64 {
        self.at(12)
    }

    fn m42(&self, _: &mut Cx) -> f64 {
        self.at(13)
    }

    fn m43(&self, _: &mut Cx) -> f64 {
        self.at(14)
    }

    fn m44(&self, _: &mut Cx) -> f64 {
        self.at(15)
    }

    fn is2_d(&self, _: &mut Cx) -> bool {
        self.matrix.get().is_2d
    }

    fn is_identity(&self, _: &mut Cx) -> bool {
        self.matrix.get().is_identity()
    }

    fn translate(&self, cx: &mut Cx, x: f64, y: f64, z: f64) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().translate(x, y, z)))
    }

    fn scale(
        &self,
        cx: &mut Cx,
        x: f64,
        y: Option<f64>,
        z: f64,
        origin_x: f64,
        origin_y: f64,
        origin_z: f64,
    ) -> Fallible<Obj<DOMMatrix>> {
        let by = [x, y.unwrap_or(x), z];
        let origin = [origin_x, origin_y, origin_z];
        Ok(DOMMatrix::create(cx, self.matrix.get().scale(by, origin)))
    }

    fn scale_non_uniform(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().scale([x, y, 1.0], [0.0; 3])))
    }

    fn scale3d(
        &self,
        cx: &mut Cx,
        scale: f64,
        origin_x: f64,
        origin_y: f64,
        origin_z: f64,
    ) -> Fallible<Obj<DOMMatrix>> {
        let origin = [origin_x, origin_y, origin_z];
        Ok(DOMMatrix::create(cx, self.matrix.get().scale([scale; 3], origin)))
    }

    fn rotate(
        &self,
        cx: &mut Cx,
        x: f64,
        y: Option<f64>,
        z: Option<f64>,
    ) -> Fallible<Obj<DOMMatrix>> {
        let (x, y, z) = angles(x, y, z);
        Ok(DOMMatrix::create(cx, self.matrix.get().rotate(x, y, z)))
    }

    fn rotate_from_vector(&self, cx: &mut Cx, x: f64, y: f64) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().rotate(0.0, 0.0, direction(x, y))))
    }

    fn rotate_axis_angle(
        &self,
        cx: &mut Cx,
        x: f64,
        y: f64,
        z: f64,
        angle: f64,
    ) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().rotate_axis(x, y, z, angle)))
    }

    fn skew_x(&self, cx: &mut Cx, angle: f64) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().skew(angle, 0.0)))
    }

    fn skew_y(&self, cx: &mut Cx, angle: f64) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().skew(0.0, angle)))
    }

    fn multiply(&self, cx: &mut Cx, other: DOMMatrixInit) -> Fallible<Obj<DOMMatrix>> {
        let other = matrix_of(&other)?;
        Ok(DOMMatrix::create(cx, self.matrix.get().multiply(&other)))
    }

    fn flip_x(&self, cx: &mut Cx) -> Fallible<Obj<DOMMatrix>> {
        let flip = Matrix4::flat([-1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        Ok(DOMMatrix::create(cx, self.matrix.get().multiply(&flip)))
    }

    fn flip_y(&self, cx: &mut Cx) -> Fallible<Obj<DOMMatrix>> {
        let flip = Matrix4::flat([1.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
        Ok(DOMMatrix::create(cx, self.matrix.get().multiply(&flip)))
    }

    fn inverse(&self, cx: &mut Cx) -> Fallible<Obj<DOMMatrix>> {
        Ok(DOMMatrix::create(cx, self.matrix.get().inverse()))
    }

    fn transform_point(&self, cx: &mut Cx, point: DOMPointInit) -> Fallible<Obj<DOMPoint>> {
        Ok(DOMPoint::create(cx, self.matrix.get().apply(coordinates(&point))))
    }

    fn to_float32_array(&self, cx: &mut Cx) -> Fallible<Object> {
        typed_array(cx, "Float32Array", &self.matrix.get())
    }

    fn to_float64_array(&self, cx: &mut Cx) -> Fallible<Object> {
        typed_array(cx, "Float64Array", &self.matrix.get())
    }

    /// <https://drafts.fxtf.org/geometry/#dommatrixreadonly-stringification-behavior>
    fn stringify(&self, cx: &mut Cx) -> Fallible<DomString> {
        let matrix = self.matrix.get();
        // 1.
        if matrix.m.iter().any(|number| !number.is_finite()) {
            return Err(error::invalid_state("a matrix that is not finite has no CSS text"));
        }
        // 2.–3. Numbers are written as script writes them.
        let (name, numbers) = if matrix.is_2d {
            ("matrix", Matrix4::FLAT.map(|index| matrix.m[index]).to_vec())
        } else {
            ("matrix3d", matrix.m.to_vec())
        };
        let mut texts = Vec::with_capacity(numbers.len());
        for number in numbers {
            texts.push(Value::from(number).to_string(cx)?.to_str().into_owned());
        }
        Ok(DomString::from(format!("{name}({})", texts.join(", "))))
    }
}

/// Changes the matrix in place, and gives it back for the next change.
fn change(
    matrix: &Obj<DOMMatrix>,
    change: impl FnOnce(Matrix4) -> Matrix4,
) -> Fallible<Obj<DOMMatrix>> {
    let own = &matrix.matrix.matrix;
    own.set(change(own.get()));
    Ok(matrix.clone())
}

impl DOMMatrixMethods for Obj<DOMMatrix> {
    fn constructor(
        cx: &mut Cx,
        init: Option<DOMStringOrUnrestrictedDoubleSequence>,
    ) -> Fallible<Self> {
        let matrix = from_init(cx, init)?;
        Ok(DOMMatrix::create(cx, matrix))
    }

    fn from_matrix(cx: &mut Cx, other: DOMMatrixInit) -> Fallible<Self> {
        let matrix = matrix_of(&other)?;
        Ok(DOMMatrix::create(cx, matrix))
    }

    fn from_float32_array(cx: &mut Cx, array: Float32Array) -> Fallible<Self> {
        let matrix = singles(cx, &array)?;
        Ok(DOMMatrix::create(cx, matrix))
    }

    fn from_float64_array(cx: &mut Cx, array: Float64Array) -> Fallible<Self> {
        let matrix = doubles(cx, &array)?;
        Ok(DOMMatrix::create(cx, matrix))
    }

    fn a(&self, _: &mut Cx) -> f64 {
        self.at(0)
    }

    fn set_a(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(0, value)
    }

    fn b(&self, _: &mut Cx) -> f64 {
        self.at(1)
    }

    fn set_b(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(1, value)
    }

    fn c(&self, _: &mut Cx) -> f64 {
        self.at(4)
    }

    fn set_c(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(4, value)
    }

    fn d(&self, _: &mut Cx) -> f64 {
        self.at(5)
    }

    fn set_d(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(5, value)
    }

    fn e(&self, _: &mut Cx) -> f64 {
        self.at(12)
    }

    fn set_e(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(12, value)
    }

    fn f(&self, _: &mut Cx) -> f64 {
        self.at(13)
    }

    fn set_f(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(13, value)
    }

    fn m11(&self, _: &mut Cx) -> f64 {
        self.at(0)
    }

    fn set_m11(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(0, value)
    }

    fn m12(&self, _: &mut Cx) -> f64 {
        self.at(1)
    }

    fn set_m12(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(1, value)
    }

    fn m13(&self, _: &mut Cx) -> f64 {
        self.at(2)
    }

    fn set_m13(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(2, value)
    }

    fn m14(&self, _: &mut Cx) -> f64 {
        self.at(3)
    }

    fn set_m14(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(3, value)
    }

    fn m21(&self, _: &mut Cx) -> f64 {
        self.at(4)
    }

    fn set_m21(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(4, value)
    }

    fn m22(&self, _: &mut Cx) -> f64 {
        self.at(5)
    }

    fn set_m22(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(5, value)
    }

    fn m23(&self, _: &mut Cx) -> f64 {
        self.at(6)
    }

    fn set_m23(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(6, value)
    }

    fn m24(&self, _: &mut Cx) -> f64 {
        self.at(7)
    }

    fn set_m24(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(7, value)
    }

    fn m31(&self, _: &mut Cx) -> f64 {
        self.at(8)
    }

    fn set_m31(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(8, value)
    }

    fn m32(&self, _: &mut Cx) -> f64 {
        self.at(9)
    }

    fn set_m32(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(9, value)
    }

    fn m33(&self, _: &mut Cx) -> f64 {
        self.at(10)
    }

    fn set_m33(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(10, value)
    }

    fn m34(&self, _: &mut Cx) -> f64 {
        self.at(11)
    }

    fn set_m34(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(11, value)
    }

    fn m41(&self, _: &mut Cx) -> f64 {
        self.at(12)
    }

    fn set_m41(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(12, value)
    }

    fn m42(&self, _: &mut Cx) -> f64 {
        self.at(13)
    }

    fn set_m42(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(13, value)
    }

    fn m43(&self, _: &mut Cx) -> f64 {
        self.at(14)
    }

    fn set_m43(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(14, value)
    }

    fn m44(&self, _: &mut Cx) -> f64 {
        self.at(15)
    }

    fn set_m44(&self, _: &mut Cx, value: f64) -> Fallible<()> {
        self.set(15, value)
    }

    fn multiply_self(&self, _: &mut Cx, other: DOMMatrixInit) -> Fallible<Self> {
        let other = matrix_of(&other)?;
        change(self, |own| own.multiply(&other))
    }

    fn pre_multiply_self(&self, _: &mut Cx, other: DOMMatrixInit) -> Fallible<Self> {
        let other = matrix_of(&other)?;
        change(self, |own| other.multiply(&own))
    }

    fn translate_self(&self, _: &mut Cx, x: f64, y: f64, z: f64) -> Fallible<Self> {
        change(self, |own| own.translate(x, y, z))
    }

    fn scale_self(
        &self,
        _: &mut Cx,
        x: f64,
        y: Option<f64>,
        z: f64,
        origin_x: f64,
        origin_y: f64,
        origin_z: f64,
    ) -> Fallible<Self> {
        change(self, |own| own.scale([x, y.unwrap_or(x), z], [origin_x, origin_y, origin_z]))
    }

    fn scale3d_self(
        &self,
        _: &mut Cx,
        scale: f64,
        origin_x: f64,
        origin_y: f64,
        origin_z: f64,
    ) -> Fallible<Self> {
        change(self, |own| own.scale([scale; 3], [origin_x, origin_y, origin_z]))
    }

    fn rotate_self(&self, _: &mut Cx, x: f64, y: Option<f64>, z: Option<f64>) -> Fallible<Self> {
        let (x, y, z) = angles(x, y, z);
        change(self, |own| own.rotate(x, y, z))
    }

    fn rotate_from_vector_self(&self, _: &mut Cx, x: f64, y: f64) -> Fallible<Self> {
        change(self, |own| own.rotate(0.0, 0.0, direction(x, y)))
    }

    fn rotate_axis_angle_self(
        &self,
        _: &mut Cx,
        x: f64,
        y: f64,
        z: f64,
        angle: f64,
    ) -> Fallible<Self> {
        change(self, |own| own.rotate_axis(x, y, z, angle))
    }

    fn skew_x_self(&self, _: &mut Cx, angle: f64) -> Fallible<Self> {
        change(self, |own| own.skew(angle, 0.0))
    }

    fn skew_y_self(&self, _: &mut Cx, angle: f64) -> Fallible<Self> {
        change(self, |own| own.skew(0.0, angle))
    }

    fn invert_self(&self, _: &mut Cx) -> Fallible<Self> {
        change(self, |own| own.inverse())
    }

    /// <https://drafts.fxtf.org/geometry/#dom-dommatrix-setmatrixvalue>
    fn set_matrix_value(&self, _: &mut Cx, text: DomString) -> Fallible<Self> {
        let parsed = parse(&text.to_str())?;
        change(self, |_| parsed)
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMMatrixReadOnly {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let matrix = Self::read(from)?;
        Ok(Obj::new(cx, matrix))
    }
}

/// <https://drafts.fxtf.org/geometry/#structured-serialization>
impl Serializable for DOMMatrix {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        this.matrix.write(to);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let matrix = Self { matrix: DOMMatrixReadOnly::read(from)? };
        Ok(Obj::new(cx, matrix))
    }
}
