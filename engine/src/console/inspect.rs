//! A value as text for people: readable, bounded, and the same each time.
//!
//! Getters are not called. Proxies are looked at through their traps, which may
//! run script; what a trap throws is shown in place of the value.

use virga_js::Obj;
use virga_js::{
    Buffer, Cx, DomString, ErrorReport, Fallible, Kind, Object, Promise, Property, PropertyKey,
    Settled, Value,
};

use super::{
    class::{classes, data},
    node, thrown,
};
use crate::{agent::EngineCx, wrappers::Node};

/// Objects inside of objects that are shown; deeper ones by their name.
const DEEPEST: usize = 4;
/// Properties or elements of one object.
const MOST_ITEMS: usize = 100;
/// Characters of one value in all.
const LONGEST: usize = 100_000;
/// Characters of one string inside of an object.
const LONGEST_STRING: usize = 10_000;
/// An object that fits is on one line.
const LINE: usize = 76;

/// The text of a value.
pub(super) fn inspect(cx: &mut Cx, value: &Value) -> String {
    Inspector { path: Vec::new(), written: 0 }.value(cx, value)
}

struct Inspector {
    /// The objects around the current one, to find cycles.
    path: Vec<Object>,
    /// Characters of all parts so far.
    written: usize,
}

impl Inspector {
    fn value(&mut self, cx: &mut Cx, value: &Value) -> String {
        let text = match value.kind() {
            Kind::Undefined => "undefined".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Boolean(value) => value.to_string(),
            Kind::Number(number) => self.number(cx, number, value),
            Kind::BigInt(number) => format!("{number}n"),
            Kind::Symbol(_) => value.display(),
            Kind::String(text) => quoted(&text),
            Kind::Object(object) => return self.object(cx, &object),
        };
        self.written += text.len();
        text
    }

    fn number(&self, cx: &mut Cx, number: f64, value: &Value) -> String {
        if number == 0.0 && number.is_sign_negative() {
            return "-0".to_owned();
        }
        match value.to_string(cx) {
            Ok(text) => text.to_str().into_owned(),
            Err(error) => thrown(cx, error),
        }
    }

    fn object(&mut self, cx: &mut Cx, object: &Object) -> String {
        if self.path.contains(object) {
            return "[Circular]".to_owned();
        }
        if self.written > LONGEST {
            return "…".to_owned();
        }
        let classes = classes(cx, object);
        let name = classes.first().cloned();
        if let Some(text) = special(cx, object, &classes) {
            self.written += text.len();
            return text;
        }
        if self.path.len() == DEEPEST {
            return format!("[{}]", name.as_deref().unwrap_or("Object"));
        }
        self.path.push(object.clone());
        let text = match self.parts(cx, object, &classes) {
            Ok(parts) => parts.join(),
            Err(error) => thrown(cx, error),
        };
        self.path.pop();
        text
    }

    fn parts(&mut self, cx: &mut Cx, object: &Object, classes: &[String]) -> Fallible<Parts> {
        let class = classes.first().map(String::as_str);
        let known = |name: &str| classes.iter().any(|class| class == name);
        if object.is_array() {
            return self.array(cx, object, class);
        }
        if object.is_callable() {
            let prefix = function_name(cx, object);
            let items = self.properties(cx, object, &["length", "name", "prototype"])?;
            return Ok(Parts { prefix, brackets: None, items });
        }
        if let Some(buffer) = Buffer::from_object(object) {
            return self.buffer(cx, &buffer, class);
        }
        if let Some(promise) = Promise::from_object(object) {
            let item = match promise.state() {
                Settled::Pending => "<pending>".to_owned(),
                Settled::Fulfilled(value) => self.value(cx, &value),
                Settled::Rejected(reason) => format!("<rejected> {}", self.value(cx, &reason)),
            };
            let prefix = class.unwrap_or("Promise").to_owned();
            return Ok(Parts { prefix, brackets: Some(('{', '}')), items: vec![item] });
        }
        if known("Map")
            && let Some(entries) = entries(cx, object, "Map")
        {
            let mut items = Vec::new();
            for entry in entries.iter().take(MOST_ITEMS) {
                let Some(pair) = entry.as_object() else { continue };
                let (key, value) = (pair.get(cx, 0_u32)?, pair.get(cx, 1_u32)?);
                items.push(format!("{} => {}", self.value(cx, &key), self.value(cx, &value)));
            }
            note_left_out(&mut items, entries.len());
            let prefix = format!("{}({})", class.unwrap_or("Map"), entries.len());
            return Ok(Parts { prefix, brackets: Some(('{', '}')), items });
        }
        if known("Set")
            && let Some(entries) = entries(cx, object, "Set")
        {
            let mut items: Vec<_> =
                entries.iter().take(MOST_ITEMS).map(|value| self.value(cx, value)).collect();
            note_left_out(&mut items, entries.len());
            let prefix = format!("{}({})", class.unwrap_or("Set"), entries.len());
            return Ok(Parts { prefix, brackets: Some(('{', '}')), items });
        }
        let prefix = match class {
            Some("Object") => String::new(),
            Some(class) => class.to_owned(),
            None => "[Object: null prototype]".to_owned(),
        };
        let items = self.properties(cx, object, &[])?;
        Ok(Parts { prefix, brackets: Some(('{', '}')), items })
    }

    fn array(&mut self, cx: &mut Cx, object: &Object, class: Option<&str>) -> Fallible<Parts> {
        let length = usize::try_from(object.length(cx)?).unwrap_or(usize::MAX);
        let mut items = Vec::new();
        let mut holes = 0;
        let mut index = 0;
        while index < length && items.len() < MOST_ITEMS && self.written <= LONGEST {
            match object.own_property(cx, index)? {
                Some(property) => {
                    note_holes(&mut items, &mut holes);
                    items.push(self.property_value(cx, &property));
                }
                None => holes += 1,
            }
            index += 1;
            // A sparse array may be billions long: what is left is one hole.
            if holes > MOST_ITEMS {
                holes += length - index;
                index = length;
            }
        }
        note_holes(&mut items, &mut holes);
        if index < length {
            items.push(format!("… {} more", length - index));
        }
        let names = object.own_keys(cx)?;
        for key in names {
            if key.as_index().is_none() && items.len() <= MOST_ITEMS {
                items.extend(self.property(cx, object, &key, &["length"])?);
            }
        }
        let prefix = match class {
            Some("Array") | None => String::new(),
            Some(class) => format!("{class}({length})"),
        };
        Ok(Parts { prefix, brackets: Some(('[', ']')), items })
    }

    fn buffer(&mut self, cx: &mut Cx, buffer: &Buffer, class: Option<&str>) -> Fallible<Parts> {
        let class = class.unwrap_or("ArrayBuffer");
        let object = buffer.object().clone();
        let is_list = !matches!(class, "ArrayBuffer" | "SharedArrayBuffer" | "DataView");
        if is_list {
            let length = usize::try_from(object.length(cx)?).unwrap_or(usize::MAX);
            let mut items = Vec::new();
            for index in 0..length.min(MOST_ITEMS) {
                let value = object.get(cx, index)?;
                items.push(self.value(cx, &value));
            }
            note_left_out(&mut items, length);
            let prefix = format!("{class}({length})");
            return Ok(Parts { prefix, brackets: Some(('[', ']')), items });
        }
        let items = vec![format!("byteLength: {}", buffer.to_vec(cx)?.len())];
        Ok(Parts { prefix: class.to_owned(), brackets: Some(('{', '}')), items })
    }

    /// The own enumerable properties as `key: value`.
    fn properties(
        &mut self,
        cx: &mut Cx,
        object: &Object,
        hidden: &[&str],
    ) -> Fallible<Vec<String>> {
        let keys = object.own_keys(cx)?;
        let mut items = Vec::new();
        let mut left = keys.len();
        for key in &keys {
            if items.len() == MOST_ITEMS || self.written > LONGEST {
                items.push(format!("… {left} more"));
                break;
            }
            left -= 1;
            items.extend(self.property(cx, object, key, hidden)?);
        }
        Ok(items)
    }

    fn property(
        &mut self,
        cx: &mut Cx,
        object: &Object,
        key: &PropertyKey,
        hidden: &[&str],
    ) -> Fallible<Option<String>> {
        let name = match key.as_symbol() {
            Some(symbol) => format!("[{}]", Value::from(symbol).display()),
            None => match key.as_string() {
                Some(text) => property_name(&text),
                None => key.as_index().unwrap_or_default().to_string(),
            },
        };
        if hidden.contains(&name.as_str()) {
            return Ok(None);
        }
        let Some(property) = object.own_property(cx, key.clone())? else { return Ok(None) };
        if property.enumerable != Some(true) {
            return Ok(None);
        }
        let value = self.property_value(cx, &property);
        self.written += name.len() + 4;
        Ok(Some(format!("{name}: {value}")))
    }

    /// A property's value, or that it is an accessor.
    fn property_value(&mut self, cx: &mut Cx, property: &Property) -> String {
        match (&property.get, &property.set) {
            _ if !property.is_accessor() => {
                let value = property.value.clone().unwrap_or_default();
                self.value(cx, &value)
            }
            (Some(_), None) => "[Getter]".to_owned(),
            (None, Some(_)) => "[Setter]".to_owned(),
            _ => "[Getter/Setter]".to_owned(),
        }
    }
}

/// A list or an object on its way to one line or several.
struct Parts {
    prefix: String,
    /// None: the prefix alone says it, unless there are items.
    brackets: Option<(char, char)>,
    items: Vec<String>,
}

impl Parts {
    fn join(self) -> String {
        let Self { mut prefix, brackets, items } = self;
        if items.is_empty() && brackets.is_none() {
            return prefix;
        }
        let (open, close) = brackets.unwrap_or(('{', '}'));
        if !prefix.is_empty() {
            prefix.push(' ');
        }
        if items.is_empty() {
            return format!("{prefix}{open}{close}");
        }
        let length: usize = items.iter().map(|item| item.chars().count() + 2).sum();
        if prefix.len() + length + 2 <= LINE && !items.iter().any(|item| item.contains('\n')) {
            return format!("{prefix}{open} {} {close}", items.join(", "));
        }
        let items: Vec<_> = items.iter().map(|item| item.replace('\n', "\n  ")).collect();
        format!("{prefix}{open}\n  {}\n{close}", items.join(",\n  "))
    }
}

/// Objects whose content is not in their properties.
fn special(cx: &mut Cx, object: &Object, classes: &[String]) -> Option<String> {
    if let Some(node) = Obj::<Node>::from_object(cx, object) {
        return Some(node::describe(&cx.engine().tree(), node.id()));
    }
    let known = |name: &str| classes.iter().any(|class| class == name);
    if known("Error") {
        return Some(error_text(cx, object));
    }
    if known("Date") {
        let text = method_of(cx, object, "Date", "toISOString")
            .or_else(|| method_of(cx, object, "Date", "toString"));
        return text;
    }
    if known("RegExp") {
        return method_of(cx, object, "RegExp", "toString");
    }
    for (class, show) in [("String", true), ("Number", false), ("Boolean", false)] {
        if classes.first().is_some_and(|first| first == class)
            && let Some(text) = method_of(cx, object, class, "toString")
        {
            let text = if show { quoted(&DomString::from(text)) } else { text };
            return Some(format!("[{class}: {text}]"));
        }
    }
    None
}

/// What a built-in method says about an object; `None` if it is not for it.
fn method_of(cx: &mut Cx, object: &Object, class: &str, method: &str) -> Option<String> {
    let constructor = cx.global_property(class).ok()?.as_object()?;
    let prototype = data(cx, &constructor, "prototype")?.as_object()?;
    let method = data(cx, &prototype, method)?.as_object()?;
    let text = method.call(cx, &Value::from(object), &[]).ok()?;
    text.as_string().map(|text| text.to_str().into_owned())
}

/// The entries of a map or a set, read with the built-in `forEach`'s sibling.
fn entries(cx: &mut Cx, object: &Object, class: &str) -> Option<Vec<Value>> {
    let constructor = cx.global_property(class).ok()?.as_object()?;
    let prototype = data(cx, &constructor, "prototype")?.as_object()?;
    let method = if class == "Map" { "entries" } else { "values" };
    let method = data(cx, &prototype, method)?.as_object()?;
    let mut entries = Vec::new();
    object
        .iterate(cx, &method, |_, entry| {
            entries.push(entry);
            Ok(())
        })
        .ok()?;
    Some(entries)
}

/// `TypeError: message` and, if it was thrown, where.
fn error_text(cx: &mut Cx, object: &Object) -> String {
    let report = ErrorReport::of(cx, &Value::from(object));
    match report.stack.as_str() {
        "" => report.message,
        stack => format!("{}\n{stack}", report.message),
    }
}

/// `[Function: name]` or `[class Name]`.
fn function_name(cx: &mut Cx, object: &Object) -> String {
    let name = data(cx, object, "name")
        .and_then(|name| name.as_string())
        .map(|name| name.to_str().into_owned())
        .filter(|name| !name.is_empty());
    // A class's prototype cannot be assigned to, a function's can.
    let prototype = object.own_property(cx, "prototype").ok().flatten();
    let is_class = prototype.is_some_and(|prototype| prototype.writable == Some(false));
    match (is_class, name) {
        (true, Some(name)) => format!("[class {name}]"),
        (true, None) => "[class (anonymous)]".to_owned(),
        (false, Some(name)) => format!("[Function: {name}]"),
        (false, None) => "[Function (anonymous)]".to_owned(),
    }
}

/// A string in quotes that do not occur in it, if there are such.
fn quoted(text: &DomString) -> String {
    let text = text.to_str();
    let (shown, left) = match text.char_indices().nth(LONGEST_STRING) {
        Some((end, _)) => (&text[..end], "…"),
        None => (&*text, ""),
    };
    let quote = ['\'', '"', '`'].into_iter().find(|quote| !shown.contains(*quote)).unwrap_or('\'');
    let mut out = String::with_capacity(shown.len() + 2);
    out.push(quote);
    for character in shown.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            other if other == quote => {
                out.push('\\');
                out.push(other);
            }
            other if other.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push(quote);
    out.push_str(left);
    out
}

/// A key as it may stand in a literal.
fn property_name(name: &DomString) -> String {
    let text = name.to_str();
    let mut characters = text.chars();
    let is_start = |c: char| c.is_alphabetic() || c == '_' || c == '$';
    let is_plain = characters.next().is_some_and(is_start)
        && characters.all(|c| is_start(c) || c.is_numeric());
    if is_plain { text.into_owned() } else { quoted(name) }
}

fn note_left_out(items: &mut Vec<String>, all: usize) {
    if all > items.len() {
        items.push(format!("… {} more", all - items.len()));
    }
}

fn note_holes(items: &mut Vec<String>, holes: &mut usize) {
    match std::mem::take(holes) {
        0 => {}
        1 => items.push("<1 empty item>".to_owned()),
        more => items.push(format!("<{more} empty items>")),
    }
}
