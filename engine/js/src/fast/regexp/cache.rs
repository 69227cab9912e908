//! Compiled patterns, found by regular expression.
//!
//! The engine keeps the compiled form of a `RegExp` to itself, and copies it for
//! each match. So patterns are compiled a second time here, once for each source
//! and flags. Which of them belongs to an object is remembered until the task is
//! over, so that nothing is kept alive for longer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use boa_engine::builtins::regexp::RegExp;
use boa_engine::object::builtins::JsRegExp;
use boa_engine::{JsObject, JsString};
use rustc_hash::FxHashMap;

use super::Known;
use super::program::{Program, RegExpFlags};
use super::subject::{Subject, Text, with_text};
use crate::{Cx, Object, Value};

/// How many objects are remembered.
const RECENT: usize = 64;

/// How many patterns are kept; beyond that all are compiled anew.
const PATTERNS: usize = 1000;

/// An object that was matched with, and its pattern.
type Recent = (JsObject, Rc<Program>);

/// By source and flags; `None` where the pattern cannot be told from the source.
type Patterns = FxHashMap<(JsString, RegExpFlags), Option<Rc<Program>>>;

/// For all realms of a runtime.
pub(crate) struct Cache {
    recent: RefCell<Vec<Option<Recent>>>,
    /// Whether there is anything to forget.
    used: Cell<bool>,
    patterns: RefCell<Patterns>,
    subject: RefCell<Option<Rc<Subject>>>,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            recent: RefCell::new(vec![None; RECENT]),
            used: Cell::new(false),
            patterns: RefCell::default(),
            subject: RefCell::default(),
        }
    }
}

impl Cache {
    /// Lets go of what a task used.
    pub(crate) fn forget(&self) {
        if self.used.replace(false) {
            let recent = self.recent.replace(vec![None; RECENT]);
            drop(recent);
            drop(self.subject.take());
        }
    }

    fn slot(object: &JsObject) -> usize {
        // Cells lie at multiples of 16.
        let address = Object(object.clone()).address() >> 4;
        (address ^ (address >> 6)) % RECENT
    }

    fn recall(&self, object: &JsObject) -> Option<Rc<Program>> {
        let recent = self.recent.borrow();
        match recent.get(Self::slot(object)) {
            Some(Some((own, program))) if JsObject::equals(own, object) => Some(Rc::clone(program)),
            _ => None,
        }
    }

    fn remember(&self, object: &JsObject, program: Option<&Rc<Program>>) {
        let entry = program.map(|program| (object.clone(), Rc::clone(program)));
        self.used.set(true);
        let mut recent = self.recent.borrow_mut();
        let old = recent.get_mut(Self::slot(object)).map(|slot| std::mem::replace(slot, entry));
        drop(recent);
        drop(old);
    }

    /// A regular expression was compiled anew.
    pub(super) fn evict(&self, object: &JsObject) {
        self.remember(object, None);
    }

    /// Calls `read` with a string's text, for matching with `program`.
    pub(super) fn with_text<R>(
        &self,
        string: &JsString,
        program: &Program,
        read: impl FnOnce(Text<'_>) -> R,
    ) -> R {
        self.used.set(true);
        with_text(&self.subject, string, program.is_ascii, read)
    }
}

/// The compiled pattern of an object, if it is a regular expression and one whose
/// pattern can be told. Runs no script.
pub(super) fn program(cx: &mut Cx, known: &Known, object: &JsObject) -> Option<Rc<Program>> {
    if let Some(program) = cx.state().regexps.recall(object) {
        return Some(program);
    }
    if !object.is::<RegExp>() {
        return None;
    }
    let flags = flags(cx, known, object)?;
    let this = Value(object.clone().into());
    let source = known.get_source.call(cx, &this, &[]).ok()?.0.as_string()?;
    let cache = Rc::clone(cx.state());
    let cache = &cache.regexps;
    let key = (source, flags);
    let compiled = cache.patterns.borrow().get(&key).cloned();
    let program = compiled.unwrap_or_else(|| {
        let program = Program::new(&key.0, flags).map(Rc::new);
        let mut patterns = cache.patterns.borrow_mut();
        if patterns.len() >= PATTERNS {
            patterns.clear();
        }
        patterns.insert(key, program.clone());
        program
    })?;
    cache.remember(object, Some(&program));
    Some(program)
}

/// The flags an object was made with, which its properties may deny.
fn flags(cx: &mut Cx, known: &Known, object: &JsObject) -> Option<RegExpFlags> {
    let this = Value(object.clone().into());
    let unicode_sets = known.get_unicode_sets.call(cx, &this, &[]).ok()?.to_boolean();
    let object = JsRegExp::from_object(object.clone()).ok()?;
    let context = cx.context_mut();
    Some(RegExpFlags {
        has_indices: object.has_indices(context).ok()?,
        global: object.global(context).ok()?,
        ignore_case: object.ignore_case(context).ok()?,
        multiline: object.multiline(context).ok()?,
        dot_all: object.dot_all(context).ok()?,
        unicode: object.unicode(context).ok()?,
        unicode_sets,
        sticky: object.sticky(context).ok()?,
    })
}
