//! From WebIDL to Rust: the code generator behind `cargo xtask codegen`.
//!
//! The phases: `parse` reads files with the weedle parser into the program's
//! own [`ir`]; `resolve` merges partials and mixins, replaces typedefs, looks
//! names up and refuses what the standard forbids; `emit` writes modules.
//! The output is committed, and `--check` compares it.
//!
//! # What is generated
//!
//! One module per interface, mixin and namespace, and the modules
//! `dictionaries`, `enums`, `unions` and `callbacks`; everything public is also
//! exported flat from the root. Generated code names only `virga_js` and the
//! hand-written modules listed under *Hooks*.
//!
//! * `interface Foo` → `trait FooMethods`, implemented by hand as
//!   `impl FooMethods for Obj<Foo>` where `Foo` is the hand-written struct found
//!   as `crate::interfaces::Foo`. A member is a method
//!   `fn name(&self, cx: &mut Cx, args…)`; statics, constructors and
//!   `[LegacyFactoryFunction]` are associated functions without `self`.
//!   Operations, setters (`set_foo`) and constructors return `Fallible<T>`, and
//!   getters `T` unless they carry `[Throws]`.
//! * `interface mixin Bar` → `trait BarMethods`, which the glue of each including
//!   interface requires of its `Obj`. One generic implementation can serve all.
//! * `namespace baz` → `trait BazMethods` of associated functions, implemented
//!   for the hand-written unit struct `crate::interfaces::Baz`.
//! * Of overloads the first declared keeps the plain name; each further one is
//!   called `name_with_<arg>_and_<arg>…` after all its arguments
//!   (`name_with_nothing` without any).
//! * Names turn to snake case (`innerHTML` → `inner_html`); Rust's keywords get a
//!   trailing underscore.
//!
//! # Types
//!
//! | WebIDL | Rust |
//! |---|---|
//! | `boolean`, integers, floats | `bool`, `i8`…`u64`, `f32`, `f64` |
//! | `DOMString`, `USVString`, `ByteString` | `DomString`, `String`, `ByteString` |
//! | `any`, `object`, `symbol`, `bigint` | `Value`, `Object`, `Symbol`, `BigInt` |
//! | interface `X` | `Obj<X>` |
//! | `T?` | `Option<T>` |
//! | `sequence<T>` | `Vec<T>` |
//! | `FrozenArray<T>`, `ObservableArray<T>` | `Vec<T>` as argument, `Value` as attribute (the one array that script sees) |
//! | `record<K, V>` | `Record<K, V>` |
//! | `Promise<T>` | `Promise` |
//! | enumeration | an enum with `as_str` |
//! | dictionary | a struct; members are `Option` unless required or defaulted; the parent is the field `parent`, reached by `Deref` |
//! | `(A or B)` | the enum `AOrB` |
//! | callback, callback interface | a struct with `call`, or a method named as the operation |
//!
//! Inside other types `[Clamp]`, `[EnforceRange]`, `[LegacyNullToEmptyString]`
//! and `unrestricted` are the wrapper types of the same name; on top level the
//! glue unwraps them.
//!
//! # Hooks
//!
//! * `[Reflect…]` attributes have no method: `crate::html::reflect`.
//! * Event handler attributes: `crate::events::handler::{get, set}`.
//! * `[CEReactions]`: `crate::custom_elements::Reactions`, a guard pushed before
//!   the call and popped after it.
//! * `[HTMLConstructor]`: `crate::custom_elements::html_constructor`.
//!
//! `[SameObject]` and `[NewObject]` are promises that the implementation keeps.

mod emit;
pub mod ir;
pub mod names;
mod parse;
mod resolve;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::process::{Command, Stdio};

use ir::{Idl, Pos};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The file and line.
    pub pos: Option<Pos>,
    /// What is wrong there.
    pub message: String,
}

impl Error {
    pub(crate) fn new(pos: Pos, message: String) -> Self {
        Self { pos: Some(pos), message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pos {
            Some(pos) => write!(f, "{pos}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

/// Generates the modules for a set of WebIDL files.
///
/// `files` are pairs of name (for messages) and text. The result maps file names
/// (`node.rs`) to formatted Rust source.
///
/// # Errors
/// The first definition that cannot be read or breaks a rule of WebIDL, or that
/// `rustfmt` cannot be run.
pub fn generate(files: &[(String, String)]) -> Result<BTreeMap<String, String>, Error> {
    let idl = load(files)?;
    let mut out = BTreeMap::new();
    for (name, source) in emit::emit(&idl)? {
        let formatted = format(&name, &source)?;
        out.insert(name, formatted);
    }
    Ok(out)
}

/// Reads, merges and checks a set of WebIDL files.
///
/// # Errors
/// As [`generate`].
pub fn load(files: &[(String, String)]) -> Result<Idl, Error> {
    let mut idl = Idl::default();
    for (name, text) in files {
        parse::parse(name, text, &mut idl)?;
    }
    resolve::resolve(idl)
}

/// Runs `rustfmt` over generated source.
fn format(name: &str, source: &str) -> Result<String, Error> {
    let fail = |what: String| Error { pos: None, message: format!("rustfmt on {name}: {what}") };
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet"])
        .args(["--config", "newline_style=Unix"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| fail(format!("cannot be started ({e}); `rustup component add rustfmt`")))?;
    let mut stdin = child.stdin.take().ok_or_else(|| fail("has no input".to_owned()))?;
    let text = source.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(|e| fail(e.to_string()))?;
    if writer.join().is_err() {
        return Err(fail("the writer failed".to_owned()));
    }
    if !output.status.success() {
        return Err(fail(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    String::from_utf8(output.stdout).map_err(|e| fail(e.to_string()))
}
