//! `JSON.parse`, written natively.
//!
//! The engine's own validates the text in one pass, translates it into a script
//! and runs that; it refuses nesting of 128 levels, which pages use. This one
//! makes the values as it reads, without recursion, and is installed over the
//! engine's on each realm. `JSON.stringify` is the engine's.

use boa_engine::JsObject;
use boa_engine::builtins::object::OrdinaryObject;
use boa_engine::string::JsStrVariant;
use rustc_hash::FxHashMap;

use crate::{
    Cx, DomString, Error, Fallible, Flags, Function, NativeFn, Object, Property, PropertyKey,
    Value, dom_string,
};

/// Keys of up to this length are remembered within one text.
const MAX_REMEMBERED_KEY: usize = 32;

/// The value that a JSON text describes, made in the current realm. Runs no
/// script.
///
/// # Errors
/// A `SyntaxError` that names the place.
pub fn parse_json(cx: &mut Cx, text: &DomString) -> Fallible<Value> {
    match text.0.variant() {
        JsStrVariant::Latin1(units) => Parser::new(cx, units).parse(),
        JsStrVariant::Utf16(units) => Parser::new(cx, units).parse(),
    }
}

/// Replaces `JSON.parse` of the current realm.
pub(crate) fn install(cx: &mut Cx) {
    let json = Object(cx.context().intrinsics().objects().json());
    let function = Function::native(cx, "parse", 2, NativeFn::new(parse));
    json.put(dom_string!("parse"), Property::data(function, Flags::HIDDEN));
}

/// <https://tc39.es/ecma262/#sec-json.parse>
fn parse(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let undefined = Value::undefined();
    // 1. Let jsonString be ? ToString(text).
    let text = args.first().unwrap_or(&undefined).to_string(cx)?;
    // 2. to 6. Parse it.
    let value = parse_json(cx, &text)?;
    // 7. If IsCallable(reviver) is true, then
    match args.get(1).and_then(Value::as_object) {
        Some(reviver) if reviver.is_callable() => {
            let root = Object::new(cx);
            root.create(cx, dom_string!(""), value)?;
            revive(cx, &root, &reviver)
        }
        _ => Ok(value),
    }
}

/// A property whose children are being revived.
struct Reviving {
    holder: Object,
    name: PropertyKey,
    value: Value,
    children: std::vec::IntoIter<PropertyKey>,
}

impl Reviving {
    fn new(cx: &mut Cx, holder: Object, name: PropertyKey) -> Fallible<Self> {
        let value = holder.get(cx, &name)?;
        let mut children = Vec::new();
        if let Some(object) = value.as_object() {
            if is_array(cx, &object)? {
                for index in 0..object.length(cx)? {
                    children.push(Value::from(index).to_property_key(cx)?);
                }
            } else {
                for key in object.own_keys(cx)? {
                    let property =
                        if key.is_symbol() { None } else { object.own_property(cx, &key)? };
                    if property.is_some_and(|property| property.enumerable == Some(true)) {
                        children.push(key);
                    }
                }
            }
        }
        Ok(Self { holder, name, value, children: children.into_iter() })
    }
}

/// <https://tc39.es/ecma262/#sec-internalizejsonproperty>, with a stack of its
/// own: a text may be nested as deep as memory allows.
fn revive(cx: &mut Cx, root: &Object, reviver: &Object) -> Fallible<Value> {
    let mut stack = vec![Reviving::new(cx, root.clone(), dom_string!("").into())?];
    loop {
        let Some(top) = stack.last_mut() else {
            unreachable!("the loop returns when the last one is done")
        };
        if let Some(name) = top.children.next() {
            let Some(holder) = top.value.as_object() else {
                unreachable!("only objects have children")
            };
            let child = Reviving::new(cx, holder, name)?;
            stack.push(child);
            continue;
        }
        let Some(Reviving { holder, name, value, .. }) = stack.pop() else {
            unreachable!("there was a last one above")
        };
        let args = [Value::from(&name), value];
        let element = reviver.call(cx, &Value::from(&holder), &args)?;
        if stack.is_empty() {
            return Ok(element);
        }
        // Refusals are ignored here, exceptions are not.
        let name = Value::from(name);
        if element.is_undefined() {
            crate::exotic::ordinary_delete(cx, &holder, &name)?;
        } else {
            let descriptor = Property::data(element, Flags::ALL).to_object(cx)?;
            crate::exotic::ordinary_define(cx, &holder, &name, &Value::from(descriptor))?;
        }
    }
}

/// "IsArray", which looks through proxies.
fn is_array(cx: &mut Cx, object: &Object) -> Fallible<bool> {
    if object.is_array() {
        return Ok(true);
    }
    let is_array = cx.built_in(|known| known.is_array.clone());
    let answer = is_array.call(cx, &Value::undefined(), &[Value::from(object)])?;
    Ok(answer.to_boolean())
}

/// A code unit, of a string in Latin-1 or UTF-16.
trait Unit: Copy + Eq + std::hash::Hash {
    fn to_u16(self) -> u16;
    fn string(units: &[Self]) -> DomString;
}

impl Unit for u8 {
    #[inline]
    fn to_u16(self) -> u16 {
        u16::from(self)
    }

    fn string(units: &[Self]) -> DomString {
        DomString::from_latin1(units)
    }
}

impl Unit for u16 {
    #[inline]
    fn to_u16(self) -> u16 {
        self
    }

    fn string(units: &[Self]) -> DomString {
        if units.iter().all(|&unit| unit < 0x100) {
            #[expect(clippy::cast_possible_truncation, reason = "checked on the line above")]
            let bytes: Vec<u8> = units.iter().map(|&unit| unit as u8).collect();
            return DomString::from_latin1(&bytes);
        }
        DomString::from_utf16(units)
    }
}

/// A container that is being read.
enum Open {
    Array(Vec<Value>),
    Object(Object, PropertyKey),
}

struct Parser<'a, U> {
    cx: &'a mut Cx,
    units: &'a [U],
    at: usize,
    keys: FxHashMap<&'a [U], PropertyKey>,
    object_prototype: JsObject,
}

impl<'a, U: Unit> Parser<'a, U> {
    fn new(cx: &'a mut Cx, units: &'a [U]) -> Self {
        let object_prototype = cx.context().intrinsics().constructors().object().prototype();
        Self { cx, units, at: 0, keys: FxHashMap::default(), object_prototype }
    }

    fn parse(mut self) -> Fallible<Value> {
        let mut open: Vec<Open> = Vec::new();
        'value: loop {
            // A value starts here.
            let mut value = match self.next_token()? {
                b'{' => {
                    let object = self.new_object();
                    if self.peek_token()? == b'}' {
                        self.at += 1;
                        Value::from(object)
                    } else {
                        let key = self.key()?;
                        open.push(Open::Object(object, key));
                        continue 'value;
                    }
                }
                b'[' => {
                    if self.peek_token()? == b']' {
                        self.at += 1;
                        Object::array(self.cx, []).into()
                    } else {
                        open.push(Open::Array(Vec::new()));
                        continue 'value;
                    }
                }
                b'"' => Value::from(self.string()?),
                b't' => self.word(b"true", Value::from(true))?,
                b'f' => self.word(b"false", Value::from(false))?,
                b'n' => self.word(b"null", Value::null())?,
                b'-' | b'0'..=b'9' => self.number()?,
                _ => return Err(self.unexpected(self.at - 1)),
            };
            // A value ended here: put it where it belongs.
            loop {
                match open.pop() {
                    None => {
                        self.skip_space();
                        if self.at < self.units.len() {
                            return Err(self.unexpected(self.at));
                        }
                        return Ok(value);
                    }
                    Some(Open::Array(mut items)) => {
                        items.push(value);
                        match self.next_token()? {
                            b',' => {
                                open.push(Open::Array(items));
                                continue 'value;
                            }
                            b']' => value = Object::array(self.cx, items).into(),
                            _ => return Err(self.unexpected(self.at - 1)),
                        }
                    }
                    Some(Open::Object(object, key)) => {
                        object.put(key, Property::data(value, Flags::ALL));
                        match self.next_token()? {
                            b',' => {
                                let key = self.key()?;
                                open.push(Open::Object(object, key));
                                continue 'value;
                            }
                            b'}' => value = Value::from(object),
                            _ => return Err(self.unexpected(self.at - 1)),
                        }
                    }
                }
            }
        }
    }

    fn new_object(&self) -> Object {
        let prototype = self.object_prototype.clone();
        let shape = self.cx.context().root_shape();
        Object(JsObject::new(shape, prototype, OrdinaryObject).upcast())
    }

    fn skip_space(&mut self) {
        while let Some(0x20 | 0x09 | 0x0a | 0x0d) = self.units.get(self.at).map(|u| u.to_u16()) {
            self.at += 1;
        }
    }

    /// The next unit that is no space, without taking it; 0 for what is not
    /// ASCII, which starts nothing.
    fn peek_token(&mut self) -> Fallible<u8> {
        self.skip_space();
        match self.units.get(self.at) {
            Some(unit) => Ok(u8::try_from(unit.to_u16()).unwrap_or(0)),
            None => Err(Error::Syntax("JSON.parse: unexpected end of the text".into())),
        }
    }

    /// As [`peek_token`](Self::peek_token), and takes it.
    fn next_token(&mut self) -> Fallible<u8> {
        let token = self.peek_token()?;
        self.at += 1;
        Ok(token)
    }

    /// A key and its colon.
    fn key(&mut self) -> Fallible<PropertyKey> {
        if self.next_token()? != b'"' {
            return Err(self.unexpected(self.at - 1));
        }
        let start = self.at;
        let length = self.units[start..]
            .iter()
            .take(MAX_REMEMBERED_KEY + 1)
            .take_while(|unit| !matches!(unit.to_u16(), 0x22 | 0x5c | 0..0x20))
            .count();
        let end = start + length;
        let plain = length <= MAX_REMEMBERED_KEY
            && self.units.get(end).is_some_and(|unit| unit.to_u16() == 0x22);
        let key = if plain {
            self.at = end + 1;
            let units = &self.units[start..end];
            self.keys.entry(units).or_insert_with(|| U::string(units).into()).clone()
        } else {
            self.string()?.into()
        };
        if self.next_token()? != b':' {
            return Err(self.unexpected(self.at - 1));
        }
        Ok(key)
    }

    /// The rest of a string whose quote was taken.
    fn string(&mut self) -> Fallible<DomString> {
        let start = self.at;
        let mut changed: Option<Vec<u16>> = None;
        loop {
            let run = self.at;
            let plain = self.units[run..]
                .iter()
                .position(|unit| matches!(unit.to_u16(), 0x22 | 0x5c | 0..0x20));
            let Some(plain) = plain else {
                return Err(Error::Syntax("JSON.parse: unterminated string".into()));
            };
            self.at = run + plain;
            let stop = self.units[self.at].to_u16();
            if stop == 0x22 {
                self.at += 1;
                let Some(mut changed) = changed else {
                    return Ok(U::string(&self.units[start..self.at - 1]));
                };
                changed.extend(self.units[run..self.at - 1].iter().map(|unit| unit.to_u16()));
                return Ok(<u16 as Unit>::string(&changed));
            }
            if stop != 0x5c {
                return Err(self.error("control character in a string", self.at));
            }
            let changed = changed.get_or_insert_default();
            changed.extend(self.units[run..self.at].iter().map(|unit| unit.to_u16()));
            self.at += 1;
            let unit = self.escape()?;
            changed.push(unit);
        }
    }

    /// What stands after a backslash.
    fn escape(&mut self) -> Fallible<u16> {
        let Some(unit) = self.units.get(self.at) else {
            return Err(Error::Syntax("JSON.parse: unterminated string".into()));
        };
        self.at += 1;
        Ok(match u8::try_from(unit.to_u16()).unwrap_or(0) {
            b'"' => 0x22,
            b'\\' => 0x5c,
            b'/' => 0x2f,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => 0x0a,
            b'r' => 0x0d,
            b't' => 0x09,
            b'u' => {
                let mut value = 0;
                for _ in 0..4 {
                    let digit = self.units.get(self.at).map(|unit| u32::from(unit.to_u16()));
                    let digit = digit.and_then(char::from_u32).and_then(|c| c.to_digit(16));
                    let Some(digit) = digit else {
                        return Err(self.error("bad \\u escape", self.at));
                    };
                    value = value * 16 + digit;
                    self.at += 1;
                }
                #[expect(clippy::cast_possible_truncation, reason = "four hex digits")]
                let unit = value as u16;
                unit
            }
            _ => return Err(self.error("bad escape", self.at - 1)),
        })
    }

    fn word(&mut self, word: &[u8], value: Value) -> Fallible<Value> {
        for &expected in &word[1..] {
            match self.units.get(self.at) {
                Some(unit) if unit.to_u16() == u16::from(expected) => self.at += 1,
                _ => return Err(self.unexpected(self.at)),
            }
        }
        Ok(value)
    }

    /// A number, whose first unit was taken.
    fn number(&mut self) -> Fallible<Value> {
        let start = self.at - 1;
        let mut text = String::new();
        if self.units[start].to_u16() == u16::from(b'-') {
            text.push('-');
        } else {
            self.at = start;
        }
        match self.digits(&mut text)? {
            // No zero in front of others.
            count if count > 1 && text.trim_start_matches('-').starts_with('0') => {
                return Err(self.error("a number starts with 0", start));
            }
            _ => {}
        }
        if let Ok(int) = text.parse::<i32>()
            && !matches!(self.peek_number(), Some('.' | 'e' | 'E'))
            && text != "-0"
        {
            return Ok(Value::from(int));
        }
        if self.peek_number() == Some('.') {
            self.at += 1;
            text.push('.');
            self.digits(&mut text)?;
        }
        if let Some('e' | 'E') = self.peek_number() {
            self.at += 1;
            text.push('e');
            if let Some(sign @ ('+' | '-')) = self.peek_number() {
                self.at += 1;
                text.push(sign);
            }
            self.digits(&mut text)?;
        }
        match text.parse::<f64>() {
            Ok(number) => Ok(Value::from(number)),
            Err(_) => Err(self.error("bad number", start)),
        }
    }

    fn peek_number(&self) -> Option<char> {
        char::from_u32(u32::from(self.units.get(self.at)?.to_u16()))
    }

    /// At least one digit; how many.
    fn digits(&mut self, text: &mut String) -> Fallible<usize> {
        let before = text.len();
        while let Some(digit @ '0'..='9') = self.peek_number() {
            text.push(digit);
            self.at += 1;
        }
        match text.len() - before {
            0 => Err(self.unexpected(self.at)),
            count => Ok(count),
        }
    }

    fn unexpected(&self, at: usize) -> Error {
        match self.units.get(at) {
            None => Error::Syntax("JSON.parse: unexpected end of the text".into()),
            Some(unit) => {
                let shown = char::from_u32(u32::from(unit.to_u16())).unwrap_or('\u{fffd}');
                self.error(&format!("unexpected {shown:?}"), at)
            }
        }
    }

    fn error(&self, what: &str, at: usize) -> Error {
        let before = &self.units[..at.min(self.units.len())];
        let line = before.iter().filter(|unit| unit.to_u16() == 0x0a).count() + 1;
        let column = before.iter().rev().take_while(|unit| unit.to_u16() != 0x0a).count() + 1;
        Error::Syntax(format!("JSON.parse: {what} at line {line} column {column}"))
    }
}
