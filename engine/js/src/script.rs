//! Classic scripts, and where errors come from.

use std::path::Path;

use boa_engine::builtins::error::Error as EngineErrorObject;
use boa_engine::builtins::proxy::Proxy;
use boa_engine::parser::Parser;
use boa_engine::{JsError, Script, Source};

use crate::platform::NativeData;
use crate::{Cx, Error, Fallible, Object, Value, nesting};

/// The text of a script and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct ScriptSource<'a> {
    /// The text.
    pub text: &'a str,
    /// The URL for messages, relative imports and `import.meta.url`.
    pub url: &'a str,
    /// The line of the document on which the text starts, from 1.
    pub line: u32,
}

impl<'a> ScriptSource<'a> {
    /// A script that is a resource of its own.
    #[must_use]
    pub fn new(text: &'a str, url: &'a str) -> Self {
        Self { text, url, line: 1 }
    }

    /// Refuses what the parser's recursion could not bear.
    pub(crate) fn check_nesting(&self) -> Fallible<()> {
        nesting::check(self.text)
    }

    /// Parses with `parse`, moved down to its line, so that positions are those
    /// of the document.
    pub(crate) fn with_source<R>(
        &self,
        parse: impl FnOnce(Source<'_, boa_engine::parser::source::UTF8Input<&[u8]>>) -> R,
    ) -> R {
        let path = Path::new(self.url);
        if self.line <= 1 {
            return parse(Source::from_bytes(self.text).with_path(path));
        }
        let mut moved = String::with_capacity(self.line as usize + self.text.len());
        moved.extend(std::iter::repeat_n('\n', self.line as usize - 1));
        moved.push_str(self.text);
        parse(Source::from_bytes(&moved).with_path(path))
    }
}

impl Cx {
    /// Runs a classic script in the current realm: the outermost one with a
    /// budget, nested ones directly. Call it inside [`enter`](crate::enter).
    ///
    /// # Errors
    /// A `SyntaxError`, or what the script throws, or [`Error::Stopped`].
    pub fn evaluate_script(&mut self, source: &ScriptSource<'_>) -> Fallible<Value> {
        source.check_nesting()?;
        let script = source.with_source(|source| Script::parse(source, None, self.context_mut()));
        let script = match script {
            Ok(script) => script,
            Err(error) => return Err(self.syntax_error(error, source)),
        };
        if self.is_running_script() {
            let result = script.evaluate(self.context_mut());
            return self.lift(result).map(Value);
        }
        self.run_with_budget(&script)
    }

    /// A function made from text, as event handler attributes are: its body is
    /// `source`, its free names are looked up in `scopes` (innermost last) before
    /// the global scope
    /// (<https://html.spec.whatwg.org/#getting-the-current-value-of-the-event-handler>).
    ///
    /// # Errors
    /// A `SyntaxError`: the text must be a function body by itself.
    pub fn compile_function(
        &mut self,
        name: &str,
        parameters: &[&str],
        source: &ScriptSource<'_>,
        scopes: &[Object],
    ) -> Fallible<Object> {
        source.check_nesting()?;
        // The text alone first, so that no brace in it can close what is put
        // around it below.
        let identifier = self.next_function_id();
        let parsed = {
            let mut parser = Parser::new(Source::from_bytes(source.text));
            parser.set_identifier(identifier);
            parser.parse_function_body(self.context_mut().interner_mut(), false, false)
        };
        if let Err(error) = parsed {
            return Err(self.syntax_error(error.into(), source));
        }
        // No parameters: their names would hide what the page calls so.
        let mut text = String::from("(function(){");
        for index in 0..scopes.len() {
            text.push_str(&format!("with(arguments[{index}]){{"));
        }
        text.push_str("return function ");
        text.push_str(name);
        text.push('(');
        text.push_str(&parameters.join(", "));
        text.push_str(") {\n");
        text.push_str(source.text);
        text.push_str("\n}");
        text.extend(std::iter::repeat_n('}', scopes.len() + 1));
        text.push(')');
        // The body stands one line below the wrapper's first line.
        let moved = ScriptSource { text: &text, url: source.url, line: source.line.max(2) - 1 };
        let script = moved.with_source(|source| Script::parse(source, None, self.context_mut()));
        let script = match script {
            Ok(script) => script,
            Err(error) => return Err(self.syntax_error(error, source)),
        };
        let result = script.evaluate(self.context_mut());
        let wrapper = self.lift(result).map(Value)?;
        let scopes: Vec<_> = scopes.iter().map(Value::from).collect();
        let function = match wrapper.as_object() {
            Some(wrapper) => wrapper.call(self, &Value::undefined(), &scopes)?,
            None => Value::undefined(),
        };
        function.as_object().ok_or_else(|| Error::type_error("the text made no function"))
    }

    /// Numbers for parsers outside of the engine's own numbering, from the top.
    fn next_function_id(&mut self) -> u32 {
        let ids = &self.state().function_ids;
        ids.set(ids.get().wrapping_sub(1));
        ids.get()
    }

    /// A parse error as an exception object that remembers its place, which the
    /// engine tells only in its message.
    pub(crate) fn syntax_error(&mut self, error: JsError, source: &ScriptSource<'_>) -> Error {
        let (line, column) = place_in_message(&error.to_string()).unwrap_or((source.line, 0));
        let place = Place { url: source.url.to_owned(), line, column };
        let error = Error::from_js(self, error);
        if let Error::Thrown(value) = &error {
            let thrown = Thrown { value: value.clone(), place: Some(place), stack: String::new() };
            *self.state().thrown.borrow_mut() = Some(thrown);
        }
        error
    }

    /// Notes where a value was thrown that does not know it itself.
    pub(crate) fn note_thrown(&mut self, value: &Value, trace: String) {
        let place = trace.lines().find_map(place_in_frame);
        let thrown = Thrown { value: value.clone(), place, stack: trace };
        let old = self.state().thrown.replace(Some(thrown));
        drop(old);
    }
}

/// A thrown value, and where that was.
pub(crate) struct Thrown {
    value: Value,
    place: Option<Place>,
    stack: String,
}

/// The calls that led to an error whose value is no `Error` object; those know
/// it themselves.
pub(crate) fn trace_of(error: &JsError) -> Option<String> {
    let value = error.as_opaque()?;
    if value.as_object().is_some_and(|object| object.is::<EngineErrorObject>()) {
        return None;
    }
    Some(frames_in(&error.to_string()))
}

/// The lines of a displayed error that name calls, innermost first.
fn frames_in(text: &str) -> String {
    let frames: Vec<_> = text.lines().filter(|line| line.starts_with("    at ")).collect();
    frames.join("\n")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What "report an exception" needs to know:
/// <https://html.spec.whatwg.org/#extract-error>.
#[derive(Clone, Debug)]
pub struct ErrorReport {
    /// The text for people, such as `TypeError: x is not a function`.
    pub message: String,
    /// Where it was thrown; empty if unknown.
    pub url: String,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
    /// The calls that led there, one per line, innermost first.
    pub stack: String,
    /// The value thrown.
    pub value: Value,
}

impl ErrorReport {
    /// What is known about a thrown value. Does not run script.
    #[must_use]
    pub fn of(cx: &mut Cx, value: &Value) -> Self {
        let mut report = Self {
            message: message_of(cx, value),
            url: String::new(),
            line: 0,
            column: 0,
            stack: String::new(),
            value: value.clone(),
        };
        let is_error = value.as_object().is_some_and(|object| object.0.is::<EngineErrorObject>());
        if is_error {
            report.stack = frames_in(&JsError::from_opaque(value.0.clone()).to_string());
        }
        let mut place = report.stack.lines().find_map(place_in_frame);
        if let Some(thrown) = &*cx.state().thrown.borrow()
            && thrown.value.same_value(value)
        {
            place = thrown.place.clone().or(place);
            if !is_error {
                report.stack.clone_from(&thrown.stack);
            }
        }
        if let Some(place) = place {
            (report.url, report.line, report.column) = (place.url, place.line, place.column);
        }
        report
    }
}

/// `name: message` of an error, other values as a console shows them. Getters of
/// a page are not called.
fn message_of(cx: &mut Cx, value: &Value) -> String {
    let Some(object) = value.as_object() else {
        return match value.as_string() {
            Some(text) => text.to_string(),
            None => value.display(),
        };
    };
    let is_error = object.0.is::<EngineErrorObject>();
    let is_platform = NativeData::of(&object).is_some();
    if !is_error && !is_platform {
        return value.display();
    }
    let mut read = |key: &str| {
        let found = if is_platform { object.get(cx, key).ok() } else { data_of(cx, &object, key) };
        found.and_then(|value| value.as_string()).map(String::from).unwrap_or_default()
    };
    match (read("name"), read("message")) {
        (name, message) if message.is_empty() => name,
        (name, message) if name.is_empty() => message,
        (name, message) => format!("{name}: {message}"),
    }
}

/// A data property of the object or its prototypes.
fn data_of(cx: &mut Cx, object: &Object, key: &str) -> Option<Value> {
    let mut next = Some(object.clone());
    while let Some(object) = next {
        if object.0.is::<Proxy>() {
            return None;
        }
        if let Ok(Some(property)) = object.own_property(cx, key) {
            return property.value;
        }
        next = object.prototype();
    }
    None
}

/// The place in a line such as `    at f (https://a.b/c.js:3:14)`.
fn place_in_frame(line: &str) -> Option<Place> {
    let open = line.rfind(" (")?;
    let inner = line[open + 2..].strip_suffix(')')?;
    let (rest, column) = inner.rsplit_once(':')?;
    let (url, line) = rest.rsplit_once(':')?;
    // Of calls that the engine made nothing is known, of others at least the file.
    if url.starts_with("unknown at") {
        return None;
    }
    let number = |text: &str| if text == "?" { Some(0) } else { text.parse().ok() };
    Some(Place { url: url.to_owned(), line: number(line)?, column: number(column)? })
}

/// The place in a message that ends in `at line 3, col 14`.
fn place_in_message(message: &str) -> Option<(u32, u32)> {
    let (_, place) = message.rsplit_once("at line ")?;
    let (line, rest) = place.split_once(", col ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((line.parse().ok()?, rest[..digits].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read() {
        let check = |line: &str, expected: Option<(&str, u32, u32)>| {
            let expected =
                expected.map(|(url, line, column)| Place { url: url.into(), line, column });
            assert_eq!(place_in_frame(line), expected, "{line}");
        };
        check("    at f (https://a.b:80/c.js:3:14)", Some(("https://a.b:80/c.js", 3, 14)));
        check("    at map (native)", None);
        check("    at <main> (x.js:?:?)", Some(("x.js", 0, 0)));
        check("    at <main> (unknown at :1:2)", None);
    }

    #[test]
    fn messages_are_read() {
        assert_eq!(place_in_message("SyntaxError: oh at line 3, col 14"), Some((3, 14)));
        assert_eq!(place_in_message("SyntaxError: oh"), None);
    }
}
