//! How WebIDL types, defaults and conversions are spelled in Rust.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::ir::*;
use crate::names;

/// What a module has to import, collected while its text is written.
#[derive(Default)]
pub(super) struct Scope {
    /// Names of `virga_js`.
    pub(super) js: RefCell<BTreeSet<&'static str>>,
    /// Names of `virga_js::webidl`.
    pub(super) webidl: RefCell<BTreeSet<&'static str>>,
    /// Names of `crate::interfaces`.
    pub(super) interfaces: RefCell<BTreeSet<String>>,
    /// Names of the generated root.
    pub(super) generated: RefCell<BTreeSet<String>>,
}

impl Scope {
    /// A name of `virga_js`, imported.
    pub(super) fn js(&self, name: &'static str) -> &'static str {
        self.js.borrow_mut().insert(name);
        name
    }

    /// A name of `virga_js::webidl`, imported.
    pub(super) fn idl(&self, name: &'static str) -> &'static str {
        self.webidl.borrow_mut().insert(name);
        name
    }

    /// A name of `crate::interfaces`, imported.
    pub(super) fn interface(&self, name: &str) -> String {
        self.interfaces.borrow_mut().insert(name.to_owned());
        name.to_owned()
    }

    /// A name of the generated root, imported.
    pub(super) fn generated(&self, name: &str) -> String {
        self.generated.borrow_mut().insert(name.to_owned());
        name.to_owned()
    }

    /// The `use` lines; `own` are names the module defines itself.
    pub(super) fn uses(&self, own: &[&str]) -> String {
        let mut out = String::new();
        let list = |names: Vec<String>| names.join(", ");
        let js: Vec<_> = self.js.borrow().iter().map(|n| (*n).to_owned()).collect();
        if !js.is_empty() {
            out.push_str(&format!("use virga_js::{{{}}};\n", list(js)));
        }
        let webidl: Vec<_> = self.webidl.borrow().iter().map(|n| (*n).to_owned()).collect();
        if webidl.is_empty() {
            out.push_str("use virga_js::webidl;\n");
        } else {
            out.push_str(&format!("use virga_js::webidl::{{self, {}}};\n", list(webidl)));
        }
        let interfaces: Vec<_> = self.interfaces.borrow().iter().cloned().collect();
        if !interfaces.is_empty() {
            out.push_str(&format!("use crate::interfaces::{{{}}};\n", list(interfaces)));
        }
        let generated: Vec<_> = self
            .generated
            .borrow()
            .iter()
            .filter(|n| !own.contains(&n.as_str()))
            .cloned()
            .collect();
        if !generated.is_empty() {
            out.push_str(&format!("use super::{{{}}};\n", list(generated)));
        }
        out
    }

    /// The Rust type that hand-written code sees.
    pub(super) fn outer(&self, ty: &Type) -> String {
        match ty {
            Type::Clamp(t) | Type::EnforceRange(t) | Type::NullToEmpty(t) => self.outer(t),
            Type::Float { double, unrestricted: true } => {
                if *double {
                    "f64".to_owned()
                } else {
                    "f32".to_owned()
                }
            }
            Type::Nullable(t) => format!("Option<{}>", self.outer(t)),
            other => self.wire(other),
        }
    }

    /// The Rust type that is converted from and to values, wrappers included.
    pub(super) fn wire(&self, ty: &Type) -> String {
        match ty {
            Type::Any => self.js("Value").to_owned(),
            Type::Undefined => "()".to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Int(int) => int_name(*int).to_owned(),
            Type::Float { double, unrestricted } => {
                let name = if *double { "f64" } else { "f32" };
                if *unrestricted {
                    format!("{}<{name}>", self.idl("Unrestricted"))
                } else {
                    name.to_owned()
                }
            }
            Type::BigInt => self.js("BigInt").to_owned(),
            Type::DomString => self.js("DomString").to_owned(),
            Type::UsvString => "String".to_owned(),
            Type::ByteString => self.idl("ByteString").to_owned(),
            Type::Object => self.js("Object").to_owned(),
            Type::Symbol => self.js("Symbol").to_owned(),
            Type::Buffer(name) => match name.as_str() {
                "ArrayBuffer" | "SharedArrayBuffer" => self.idl("ArrayBuffer").to_owned(),
                "BufferSource" => self.idl("BufferSource").to_owned(),
                "ArrayBufferView" => self.idl("ArrayBufferView").to_owned(),
                other => format!("webidl::buffer::{other}"),
            },
            Type::Named(name) => unreachable!("`{name}` was not resolved"),
            Type::Interface(name) => {
                self.js("Obj");
                format!("Obj<{}>", self.interface(name))
            }
            Type::Dictionary(name)
            | Type::Enum(name)
            | Type::Callback(name)
            | Type::CallbackInterface(name) => self.generated(name),
            Type::Sequence(t) => format!("Vec<{}>", self.wire(t)),
            Type::FrozenArray(t) | Type::ObservableArray(t) => format!("Vec<{}>", self.wire(t)),
            Type::Record(k, v) => {
                format!("{}<{}, {}>", self.idl("Record"), self.wire(k), self.wire(v))
            }
            Type::Promise(_) => self.js("Promise").to_owned(),
            Type::Union(_) => self.generated(&union_name(ty)),
            Type::Nullable(t) => format!("Option<{}>", self.wire(t)),
            Type::Clamp(t) => format!("{}<{}>", self.idl("Clamp"), self.wire(t)),
            Type::EnforceRange(t) => format!("{}<{}>", self.idl("EnforceRange"), self.wire(t)),
            Type::NullToEmpty(t) => format!("{}<{}>", self.idl("NullToEmpty"), self.wire(t)),
        }
    }

    /// The type of an attribute: arrays that script sees are values.
    pub(super) fn attribute(&self, ty: &Type) -> String {
        match ty {
            Type::FrozenArray(_) | Type::ObservableArray(_) => self.js("Value").to_owned(),
            Type::Nullable(t) if matches!(**t, Type::FrozenArray(_)) => self.js("Value").to_owned(),
            other => self.outer(other),
        }
    }

    /// A default value as an expression of the outer type.
    pub(super) fn literal(&self, ty: &Type, literal: &Literal) -> String {
        match (ty, literal) {
            (Type::Any, Literal::Null) => format!("{}::null()", self.js("Value")),
            (Type::Any, Literal::Undefined) => format!("{}::undefined()", self.js("Value")),
            (Type::Any, other) => {
                let value = match other {
                    Literal::Str(s) => format!("{s:?}"),
                    Literal::Bool(b) => b.to_string(),
                    Literal::Int(i) => format!("{i}_f64"),
                    Literal::Float(f) => f.clone(),
                    _ => "()".to_owned(),
                };
                format!("{}::from({value})", self.js("Value"))
            }
            (Type::Nullable(_), Literal::Null) => "None".to_owned(),
            (Type::Nullable(inner), other) => format!("Some({})", self.literal(inner, other)),
            (Type::Clamp(t) | Type::EnforceRange(t) | Type::NullToEmpty(t), other) => {
                self.literal(t, other)
            }
            (Type::Union(_), literal) => {
                let members = ty.flattened();
                let fits = |t: &&&Type| {
                    matches!(
                        (literal, t.bare()),
                        (Literal::Bool(_), Type::Boolean)
                            | (Literal::Int(_) | Literal::Float(_), Type::Float { .. })
                            | (Literal::Int(_), Type::Int(_))
                            | (Literal::EmptySequence, Type::Sequence(_))
                            | (Literal::EmptyDictionary, Type::Dictionary(_))
                            | (Literal::Undefined, Type::Undefined)
                            | (
                                Literal::Str(_),
                                Type::DomString
                                    | Type::UsvString
                                    | Type::ByteString
                                    | Type::Enum(_),
                            )
                    )
                };
                match members.iter().find(fits) {
                    Some(member) => {
                        let inner = self.wrapped_literal(member, literal);
                        format!(
                            "{}::{}({inner})",
                            self.generated(&union_name(ty)),
                            type_name(member)
                        )
                    }
                    None => "Default::default()".to_owned(),
                }
            }
            (Type::Float { .. }, Literal::Int(i)) => format!("{i}.0"),
            (_, Literal::Int(i)) => i.to_string(),
            (Type::Float { double: false, .. }, Literal::Float(f)) => f.replace("f64::", "f32::"),
            (_, Literal::Float(f)) => f.clone(),
            (_, Literal::Bool(b)) => b.to_string(),
            (Type::DomString, Literal::Str(s)) if s.is_empty() => {
                format!("{}::empty()", self.js("DomString"))
            }
            (Type::DomString, Literal::Str(s)) => format!("virga_js::dom_string!({s:?})"),
            (Type::UsvString, Literal::Str(s)) if s.is_empty() => "String::new()".to_owned(),
            (Type::UsvString, Literal::Str(s)) => format!("{s:?}.to_owned()"),
            (Type::ByteString, Literal::Str(s)) => {
                format!("{}(b{s:?}.to_vec())", self.idl("ByteString"))
            }
            (Type::Enum(name), Literal::Str(s)) => {
                format!("{}::{}", self.generated(name), names::variant(s))
            }
            (_, Literal::EmptySequence) => "Vec::new()".to_owned(),
            (_, Literal::Undefined) => "()".to_owned(),
            (_, Literal::Str(_) | Literal::Null | Literal::EmptyDictionary) => {
                "Default::default()".to_owned()
            }
        }
    }

    /// A literal of the wire type.
    fn wrapped_literal(&self, ty: &Type, literal: &Literal) -> String {
        let inner = self.literal(ty, literal);
        match ty {
            Type::Clamp(_) => format!("webidl::Clamp({inner})"),
            Type::EnforceRange(_) => format!("webidl::EnforceRange({inner})"),
            Type::NullToEmpty(_) => format!("webidl::NullToEmpty({inner})"),
            Type::Float { unrestricted: true, .. } => format!("webidl::Unrestricted({inner})"),
            _ => inner,
        }
    }
}

/// What takes a wire value to its outer value, to be put behind it.
pub(super) fn unwrap(ty: &Type) -> &'static str {
    match ty {
        Type::Clamp(_) | Type::EnforceRange(_) | Type::NullToEmpty(_) => ".0",
        Type::Float { unrestricted: true, .. } => ".0",
        Type::Nullable(t) if !unwrap(t).is_empty() => ".map(|v| v.0)",
        _ => "",
    }
}

/// The Rust name of an integer type.
pub(super) fn int_name(int: Int) -> &'static str {
    match int {
        Int::I8 => "i8",
        Int::U8 => "u8",
        Int::I16 => "i16",
        Int::U16 => "u16",
        Int::I32 => "i32",
        Int::U32 => "u32",
        Int::I64 => "i64",
        Int::U64 => "u64",
    }
}

/// The name of a type as part of a union's name.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Nullable(t) | Type::Clamp(t) | Type::EnforceRange(t) | Type::NullToEmpty(t) => {
            type_name(t)
        }
        Type::Sequence(t) | Type::FrozenArray(t) | Type::ObservableArray(t) => {
            format!("{}Sequence", type_name(t))
        }
        Type::Record(k, v) => format!("{}{}Record", type_name(k), type_name(v)),
        Type::Promise(t) => format!("{}Promise", type_name(t)),
        Type::Union(_) => union_name(ty),
        other => other
            .to_string()
            .split(' ')
            .map(|word| {
                let mut chars = word.chars();
                chars.next().map_or_else(String::new, |c| {
                    c.to_uppercase().collect::<String>() + chars.as_str()
                })
            })
            .collect(),
    }
}

/// `(Node or DOMString)` → `NodeOrDOMString`.
pub(super) fn union_name(ty: &Type) -> String {
    ty.flattened().iter().map(|t| type_name(t)).collect::<Vec<_>>().join("Or")
}

/// What gives a default to an `Option` that may be `None`, to be put behind it.
pub(super) fn or_default(ty: &Type, literal: &str) -> String {
    match literal {
        "None" => ".flatten()".to_owned(),
        "Value::null()" => ".unwrap_or_else(Value::null)".to_owned(),
        "Value::undefined()" => ".unwrap_or_default()".to_owned(),
        other if is_default(other) => ".unwrap_or_default()".to_owned(),
        other
            if other.parse::<f64>().is_ok()
                || other == "true"
                || other.starts_with("virga_js::dom_string!")
                || matches!(ty, Type::Enum(_)) =>
        {
            format!(".unwrap_or({other})")
        }
        other => format!(".unwrap_or_else(|| {other})"),
    }
}

/// Whether a literal is what `Default` gives for its type.
pub(super) fn is_default(literal: &str) -> bool {
    matches!(
        literal,
        "None"
            | "Default::default()"
            | "false"
            | "0"
            | "0.0"
            | "Vec::new()"
            | "String::new()"
            | "DomString::empty()"
    )
}
