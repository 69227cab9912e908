//! The methods that match in a loop, and `test` and `search`.

use boa_engine::builtins::regexp::RegExp;
use boa_engine::string::CodePoint;
use regress::Match;

use super::{Found, Known, builtin_exec, cache, exec_on, groups, last_index, part};
use crate::fast::search::Pieces;
use crate::fast::string::limit;
use crate::fast::substitution::Template;
use crate::fast::{argument, known};
use crate::{Cx, DomString, Error, Fallible, Object, Value, dom_string};

use super::program::Program;
use std::rc::Rc;

/// The receiver, if it is a regular expression.
fn receiver(this: &Value) -> Option<Object> {
    this.as_object().filter(|object| object.0.is::<RegExp>())
}

/// A plain regular expression whose pattern is known.
fn plain(cx: &mut Cx, known: &Known, regexp: &Object) -> Option<Rc<Program>> {
    if known.is_plain(&regexp.0) { cache::program(cx, known, &regexp.0) } else { None }
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype.test>
pub(super) fn test(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let Some(regexp) = receiver(this) else { return known.original.test.call(cx, this, args) };
    // 3. Let string be ? ToString(S).
    let string = argument(args, 0).to_string(cx)?;
    // 4. Let match be ? RegExpExec(R, string).
    let exec = regexp.get(cx, dom_string!("exec"))?;
    let result = match exec.as_object() {
        Some(exec) if exec == known.exec => match builtin_exec(cx, known, &regexp, &string.0)? {
            Found::Match(..) => return Ok(Value::from(true)),
            Found::Nothing => return Ok(Value::from(false)),
            Found::Unknown => known.original.exec.call(cx, this, &[Value::from(&string)])?,
        },
        Some(exec) if exec.is_callable() => exec.call(cx, this, &[Value::from(&string)])?,
        _ => exec_on(cx, known, &regexp, &string)?,
    };
    if !result.is_object() && !result.is_null() {
        return Err(Error::type_error("regexp exec returned neither object nor null"));
    }
    // 5. If match is not null, return true; else return false.
    Ok(Value::from(result.is_object()))
}

/// All matches from the start, as the loops over a global regular expression find
/// them. `lastIndex` is 0 afterwards.
fn all_matches(
    cx: &mut Cx,
    regexp: &Object,
    program: &Program,
    string: &DomString,
) -> Fallible<Vec<Match>> {
    let state = Rc::clone(cx.state());
    let matches = state.regexps.with_text(&string.0, program, |text| {
        let mut matches = Vec::new();
        let mut from = 0;
        while from <= string.len() {
            let Some(found) = program.find(text, from, program.flags.sticky) else { break };
            from = found.end();
            if found.range.is_empty() {
                from = advance(string, from, program.flags.full_unicode());
            }
            matches.push(found);
        }
        matches
    });
    regexp.set(cx, last_index(), 0)?;
    Ok(matches)
}

/// <https://tc39.es/ecma262/#sec-advancestringindex>
fn advance(string: &DomString, index: usize, unicode: bool) -> usize {
    if !unicode || index + 1 >= string.len() {
        return index + 1;
    }
    match string.0.code_point_at(index) {
        CodePoint::Unicode(character) => index + character.len_utf16(),
        CodePoint::UnpairedSurrogate(_) => index + 1,
    }
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.match%>
pub(super) fn match_(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let Some(regexp) = receiver(this) else { return known.original.match_.call(cx, this, args) };
    let string = argument(args, 0).to_string(cx)?;
    let Some(program) = plain(cx, known, &regexp) else {
        return known.original.match_.call(cx, this, &[Value::from(string)]);
    };
    if !program.flags.global {
        return exec_on(cx, known, &regexp, &string);
    }
    let matches = all_matches(cx, &regexp, &program, &string)?;
    if matches.is_empty() {
        return Ok(Value::null());
    }
    let items: Vec<Value> =
        matches.into_iter().map(|found| part(&string.0, Some(found.range))).collect();
    Ok(Object::array(cx, items).into())
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.search%>
pub(super) fn search(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let Some(regexp) = receiver(this) else { return known.original.search.call(cx, this, args) };
    let string = argument(args, 0).to_string(cx)?;
    let Some(program) = plain(cx, known, &regexp) else {
        return known.original.search.call(cx, this, &[Value::from(string)]);
    };
    // `lastIndex` is set to 0 before and to what it was after.
    let state = Rc::clone(cx.state());
    let found = state
        .regexps
        .with_text(&string.0, &program, |text| program.find(text, 0, program.flags.sticky));
    Ok(found.map_or_else(|| Value::from(-1), |found| Value::from(found.start())))
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.replace%>
pub(super) fn replace(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let Some(regexp) = receiver(this) else { return known.original.replace.call(cx, this, args) };
    // 3. Let S be ? ToString(string).
    let string = argument(args, 0).to_string(cx)?;
    // 5. and 6. A function, or ? ToString(replaceValue).
    let replacement = argument(args, 1);
    let (function, text) = match replacement.as_object() {
        Some(object) if object.is_callable() => (Some(object), DomString::empty()),
        _ => (None, replacement.to_string(cx)?),
    };
    let Some(program) = plain(cx, known, &regexp) else {
        let replacement = function.map_or_else(|| Value::from(text), Value::from);
        return known.original.replace.call(cx, this, &[Value::from(string), replacement]);
    };
    let matches = if program.flags.global {
        all_matches(cx, &regexp, &program, &string)?
    } else {
        match builtin_exec(cx, known, &regexp, &string.0)? {
            Found::Match(found, _) => vec![found],
            Found::Nothing | Found::Unknown => Vec::new(),
        }
    };
    let Some(first) = matches.first() else { return Ok(Value::from(string)) };
    let template = match &function {
        Some(_) => None,
        None => {
            let has_names = first.named_groups().next().is_some();
            Some(Template::new(text.0, first.captures.len(), has_names))
        }
    };
    // 14. to 17.
    let mut out = Pieces::with_capacity(string.len());
    let mut end = 0;
    for found in matches {
        out.push_part(&string.0, end, found.start());
        end = found.end();
        if let Some(template) = &template {
            template.expand(&mut out, &string.0, found.range(), &found);
        } else if let Some(function) = &function {
            let mut args: Vec<Value> = found.groups().map(|range| part(&string.0, range)).collect();
            args.push(Value::from(found.start()));
            args.push(Value::from(&string));
            let groups = groups(&found, |range| part(&string.0, range));
            if !groups.is_undefined() {
                args.push(groups);
            }
            let text = function.call(cx, &Value::undefined(), &args)?.to_string(cx)?;
            out.push(text.0.as_str());
        }
    }
    out.push_part(&string.0, end, string.len());
    Ok(Value(out.finish().into()))
}

/// <https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.split%>
pub(super) fn split(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    let known = known(cx);
    let known = &known.regexp;
    let Some(regexp) = receiver(this) else { return known.original.split.call(cx, this, args) };
    let string = argument(args, 0).to_string(cx)?;
    let fast = if known.has_plain_species() { plain(cx, known, &regexp) } else { None };
    let most = limit(cx, &argument(args, 1));
    let (Some(program), Some(most)) = (fast, most) else {
        return known.original.split.call(cx, this, &[Value::from(string), argument(args, 1)]);
    };
    let state = Rc::clone(cx.state());
    let parts = state.regexps.with_text(&string.0, &program, |text| {
        let mut parts = Vec::new();
        // 14. If lim = 0, return A.
        if most == 0 {
            return parts;
        }
        // 16. If S is empty, then
        if string.is_empty() {
            if program.find(text, 0, true).is_none() {
                parts.push(Value::from(&string));
            }
            return parts;
        }
        // 17. to 19. A match that is sought at one place after the other is the
        // next match there is.
        let (mut start, mut from) = (0, 0);
        while from < string.len() {
            let Some(found) = program.find(text, from, false) else { break };
            // An empty match at the end of the text, or of the last one, is none.
            if found.start() >= string.len() {
                break;
            }
            if found.end() == start {
                from = advance(&string, from, program.flags.unicode);
                continue;
            }
            parts.push(part(&string.0, Some(start..found.start())));
            if parts.len() == most {
                return parts;
            }
            start = found.end();
            for range in found.groups().skip(1) {
                parts.push(part(&string.0, range));
                if parts.len() == most {
                    return parts;
                }
            }
            from = start;
        }
        parts.push(part(&string.0, Some(start..string.len())));
        parts
    });
    Ok(Object::array(cx, parts).into())
}
