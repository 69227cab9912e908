//! Regular expressions of the script engine, for native code that has to match
//! as script would.

use boa_engine::object::builtins::JsRegExp;
use boa_engine::{JsString, js_string};

use crate::Cx;

fn make(cx: &mut Cx, pattern: &str, flags: &str) -> Option<JsRegExp> {
    let (pattern, flags) = (JsString::from(pattern), JsString::from(flags));
    JsRegExp::new(pattern, flags, cx.context_mut()).ok()
}

/// Whether a pattern is a regular expression with these flags.
#[must_use]
pub fn compiles(cx: &mut Cx, pattern: &str, flags: &str) -> bool {
    make(cx, pattern, flags).is_some()
}

/// Whether a text matches a pattern; `None` if that does not compile, or gave up.
///
/// A page that changed `RegExp.prototype.exec` is called.
#[must_use]
pub fn test(cx: &mut Cx, pattern: &str, flags: &str, text: &str) -> Option<bool> {
    make(cx, pattern, flags)?.test(js_string!(text), cx.context_mut()).ok()
}
