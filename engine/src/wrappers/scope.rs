use std::cell::RefCell;

use virga_js::{GcCell, Obj, Trace};

use super::Node;

/// A heap cell that holds the wrappers of one tree, or was united with another
/// one that does.
#[derive(Default, Trace)]
pub(crate) struct Scope {
    members: RefCell<Vec<Obj<Node>>>,
    united_with: RefCell<Option<GcCell<Scope>>>,
}

/// The scope a wrapper is a member of; `None` if it is the only one of its tree.
fn scope_of(node: &Obj<Node>) -> Option<GcCell<Scope>> {
    let mut scope = node.scope.borrow().clone()?;
    let first = scope.clone();
    // The smaller scope points to the larger, so this is at most log n steps.
    loop {
        let next = scope.united_with.borrow().clone();
        match next {
            Some(next) => scope = next,
            None => break,
        }
    }
    if !first.ptr_eq(&scope) {
        drop(node.scope.replace(Some(scope.clone())));
    }
    Some(scope)
}

/// Makes the trees of two wrappers one.
pub(super) fn unite(a: &Obj<Node>, b: &Obj<Node>) {
    match (scope_of(a), scope_of(b)) {
        (Some(a), Some(b)) if a.ptr_eq(&b) => {}
        (Some(a), Some(b)) => {
            let (large, small) = if a.len() >= b.len() { (a, b) } else { (b, a) };
            let moved = std::mem::take(&mut *small.members.borrow_mut());
            for node in moved {
                large.push(node);
            }
            drop(small.united_with.replace(Some(large)));
        }
        (Some(scope), None) => scope.add(b),
        (None, Some(scope)) => scope.add(a),
        (None, None) => {
            let scope = GcCell::new(Scope::default());
            scope.add(a);
            scope.add(b);
        }
    }
}

/// Takes wrappers out of their scope into one of their own.
pub(super) fn split(members: Vec<Obj<Node>>) {
    for node in &members {
        if let Some(scope) = scope_of(node) {
            scope.remove(node);
        }
        drop(node.scope.take());
    }
    if members.len() > 1 {
        let scope = GcCell::new(Scope::default());
        for node in &members {
            scope.add(node);
        }
    }
}

impl GcScope for GcCell<Scope> {
    fn add(&self, node: &Obj<Node>) {
        drop(node.scope.replace(Some(self.clone())));
        self.push(node.clone());
    }
}

trait GcScope {
    /// Makes a wrapper without a scope a member.
    fn add(&self, node: &Obj<Node>);
}

impl Scope {
    fn len(&self) -> usize {
        self.members.borrow().len()
    }

    fn push(&self, node: Obj<Node>) {
        let mut members = self.members.borrow_mut();
        // The tree numbers its nodes with 32 bits.
        node.index.set(u32::try_from(members.len()).unwrap_or(u32::MAX));
        members.push(node);
    }

    fn remove(&self, node: &Obj<Node>) {
        let removed = {
            let mut members = self.members.borrow_mut();
            let index = node.index.get() as usize;
            if members.get(index) != Some(node) {
                return;
            }
            let removed = members.swap_remove(index);
            if let Some(moved) = members.get(index) {
                moved.index.set(node.index.get());
            }
            removed
        };
        drop(removed);
    }
}
