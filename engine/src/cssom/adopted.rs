//! `adoptedStyleSheets`: <https://drafts.csswg.org/cssom/#dom-documentorshadowroot-adoptedstylesheets>
//!
//! An observable array: a proxy over an array whose definitions of properties
//! pass through here, which is where all its changes end up.

use virga_js::{
    Cx, Error, Fallible, Flags, Function, Obj, Object, Property, Trace, Value, exotic, webidl,
};

use super::{CSSStyleSheet, sheet::check_adoptable};
use crate::{agent::EngineCx, wrappers::Node};

/// What a document or shadow root keeps of the sheets that it adopted.
#[derive(Trace, Clone)]
pub(crate) struct Adopted {
    /// The array behind.
    array: Object,
    /// What script sees.
    proxy: Object,
    sheets: Vec<Obj<CSSStyleSheet>>,
}

/// Whose array a trap belongs to.
#[derive(Trace, Clone)]
struct Owner {
    root: Obj<Node>,
}

/// The array of a document or shadow root.
pub(crate) fn adopted_style_sheets(cx: &mut Cx, root: &Obj<Node>) -> Value {
    adopted(cx, root).proxy.into()
}

/// Replaces the sheets of a document or shadow root.
///
/// # Errors
/// One of them was not constructed, or for another document.
pub(crate) fn set_adopted_style_sheets(
    cx: &mut Cx,
    root: &Obj<Node>,
    sheets: &Value,
) -> Fallible<()> {
    const SITE: webidl::Site = webidl::Site::setter("Document", "adoptedStyleSheets");
    let sheets: Vec<Obj<CSSStyleSheet>> = SITE.arg(cx, std::slice::from_ref(sheets), 0, "value")?;
    let document = document_of(cx, root);
    for sheet in &sheets {
        check_adoptable(sheet, document)?;
    }
    let array = adopted(cx, root).array;
    array.set(cx, "length", 0)?;
    for (index, sheet) in sheets.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        array.set(cx, index, sheet.value())?;
    }
    sync(cx, root)
}

fn document_of(cx: &Cx, root: &Obj<Node>) -> virga_dom::NodeId {
    cx.engine().tree().owner_document(root.id()).unwrap_or_else(|| root.id())
}

fn adopted(cx: &mut Cx, root: &Obj<Node>) -> Adopted {
    if let Some(known) = crate::dom::adopted_sheets(root) {
        return known;
    }
    let array = Object::array(cx, []);
    let handler = Object::with_prototype(cx, None);
    let owner = || Owner { root: root.clone() };
    let define = Function::with_data(cx, "defineProperty", 3, owner(), define);
    handler.put("defineProperty", Property::data(define, Flags::HIDDEN));
    let delete = Function::with_data(cx, "deleteProperty", 2, owner(), delete);
    handler.put("deleteProperty", Property::data(delete, Flags::HIDDEN));
    let proxy = exotic::bare(cx, &array, &handler);
    let made = Adopted { array, proxy, sheets: Vec::new() };
    crate::dom::set_adopted_sheets(root, made.clone());
    made
}

/// The trap of `[[DefineOwnProperty]]`: target, key, descriptor.
fn define(cx: &mut Cx, _: &Value, args: &[Value], owner: &Owner) -> Fallible<Value> {
    let [target, key, descriptor, ..] = args else { return Ok(false.into()) };
    let target = target.to_object(cx)?;
    if key.to_property_key(cx)?.as_index().is_some() {
        let value = descriptor.to_object(cx)?.get(cx, "value")?;
        let sheet = Obj::<CSSStyleSheet>::from_value(cx, &value)
            .ok_or_else(|| Error::type_error("adoptedStyleSheets holds CSSStyleSheet objects"))?;
        let document = document_of(cx, &owner.root);
        check_adoptable(&sheet, document)?;
    }
    let defined = exotic::ordinary_define(cx, &target, key, descriptor)?;
    if defined {
        sync(cx, &owner.root)?;
    }
    Ok(defined.into())
}

/// The trap of `[[Delete]]`: target, key.
fn delete(cx: &mut Cx, _: &Value, args: &[Value], owner: &Owner) -> Fallible<Value> {
    let [target, key, ..] = args else { return Ok(false.into()) };
    let target = target.to_object(cx)?;
    let deleted = exotic::ordinary_delete(cx, &target, key)?;
    if deleted {
        sync(cx, &owner.root)?;
    }
    Ok(deleted.into())
}

/// Tells the rendering of the sheets that are in the array now.
fn sync(cx: &mut Cx, root: &Obj<Node>) -> Fallible<()> {
    let Some(mut own) = crate::dom::adopted_sheets(root) else { return Ok(()) };
    let length = own.array.length(cx)?;
    let mut sheets = Vec::new();
    for index in 0..length {
        let value = own.array.get(cx, u32::try_from(index).unwrap_or(u32::MAX))?;
        sheets.extend(Obj::<CSSStyleSheet>::from_value(cx, &value));
    }
    for old in own.sheets.drain(..) {
        old.set_adopted_by(root.id(), false);
    }
    for sheet in &sheets {
        sheet.set_adopted_by(root.id(), true);
    }
    let styles: Vec<_> = sheets.iter().map(|sheet| sheet.sheet()).collect();
    own.sheets = sheets;
    crate::dom::set_adopted_sheets(root, own);
    let agent = cx.engine();
    let document = document_of(cx, root);
    if let Some(window) = agent.window_of_document(document) {
        window.view.borrow_mut().set_adopted(&agent.tree(), root.id(), &styles);
    }
    Ok(())
}
