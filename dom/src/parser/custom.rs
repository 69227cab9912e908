//! Custom elements as a parser meets them.
//!
//! An element whose definition is known is constructed by script, without
//! attributes and before it has a place:
//! <https://html.spec.whatwg.org/multipage/parsing.html#create-an-element-for-the-token>.
//! The tree builder cannot be left in the middle of a tag, so the parser stops
//! before the tag, is given the element, and goes on with it.

use html5ever::LocalName;
use rustc_hash::FxHashSet;
use std::cell::RefCell;
use std::rc::Rc;

/// The names that a document has definitions for, shared with who defines them.
#[derive(Clone, Debug, Default)]
pub struct CustomElementNames(Rc<RefCell<FxHashSet<LocalName>>>);

impl CustomElementNames {
    /// Adds the name of a definition: of an element, or an `is` value.
    pub fn define(&self, name: LocalName) {
        self.0.borrow_mut().insert(name);
    }

    pub(super) fn has(&self, name: &LocalName) -> bool {
        let names = self.0.borrow();
        !names.is_empty() && names.contains(name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

/// An element that script has to construct before the parser goes on.
#[derive(Clone, Debug)]
pub struct PendingElement {
    /// Its name.
    pub name: LocalName,
    /// The attributes of its tag, to be set once it is there.
    pub attributes: Vec<(html5ever::QualName, String)>,
}
