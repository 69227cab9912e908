//! Moving the focus of a selection through the text of a document.
//!
//! <https://w3c.github.io/selection-api/#dom-selection-modify>
//!
//! Lines here are those of the source, which its blocks and `br` elements end;
//! where lines wrap is the layout's to know.

use virga_dom::{NodeId, Tree, ns};
use virga_js::{Cx, Obj};

use super::{Selection, holds_text, select};
use crate::{agent::EngineCx, dom::ranges::Boundary};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Granularity {
    Character,
    Word,
    /// To the next block.
    Block,
    /// To the end of this block.
    BlockBoundary,
    DocumentBoundary,
}

pub(super) fn modify(
    cx: &mut Cx,
    selection: &Obj<Selection>,
    alter: &str,
    direction: &str,
    granularity: &str,
) {
    // What the standard does not name is ignored.
    let extend = match alter {
        "move" => false,
        "extend" => true,
        _ => return,
    };
    let forwards = match direction {
        "forward" | "right" => true,
        "backward" | "left" => false,
        _ => return,
    };
    let granularity = match granularity {
        "character" => Granularity::Character,
        "word" => Granularity::Word,
        "line" | "paragraph" | "sentence" => Granularity::Block,
        "lineboundary" | "paragraphboundary" | "sentenceboundary" => Granularity::BlockBoundary,
        "documentboundary" => Granularity::DocumentBoundary,
        _ => return,
    };
    let (Some(range), Some(anchor), Some(focus)) =
        (selection.range(cx), selection.anchor(cx), selection.focus(cx))
    else {
        return;
    };
    // To move what is selected by a character is to collapse it.
    if !extend && !range.is_collapsed() && granularity == Granularity::Character {
        let place = if forwards { range.end() } else { range.start() };
        return select(cx, selection, place, place);
    }
    let to = {
        let agent = cx.engine();
        let tree = agent.tree();
        let text = Text { tree: &tree, root: selection.document };
        text.moved(focus, forwards, granularity)
    };
    select(cx, selection, if extend { anchor } else { to }, to);
}

/// The text of a document as a caret goes through it.
struct Text<'a> {
    tree: &'a Tree,
    root: NodeId,
}

impl Text<'_> {
    fn moved(&self, from: Boundary, forwards: bool, granularity: Granularity) -> Boundary {
        let Some(from) = self.in_text(from, forwards) else { return from };
        match granularity {
            Granularity::Character => self.step(from, forwards).unwrap_or(from),
            Granularity::Word => self.word(from, forwards),
            Granularity::BlockBoundary => self.edge(from, forwards),
            Granularity::Block => self.step(self.edge(from, forwards), forwards).unwrap_or(from),
            Granularity::DocumentBoundary => {
                let mut node = from.node;
                while let Some(next) = self.text_beside(node, forwards) {
                    node = next;
                }
                self.end_of(node, forwards)
            }
        }
    }

    /// The place in the text that a place among nodes stands for.
    fn in_text(&self, place: Boundary, forwards: bool) -> Option<Boundary> {
        let tree = self.tree;
        if holds_text(tree.kind(place.node)) {
            return Some(place);
        }
        let child = tree.children(place.node).nth(place.offset as usize);
        let mut next = match child {
            Some(child) => Some(child),
            None => tree.next_in_order(place.node, self.root, true),
        };
        while let Some(node) = next {
            if self.is_caret_text(node) {
                return Some(Boundary::start_of(node));
            }
            next = tree.next_in_order(node, self.root, false);
        }
        let before = self.text_beside(child.unwrap_or(place.node), false)?;
        Some(self.end_of(before, forwards))
    }

    fn is_caret_text(&self, node: NodeId) -> bool {
        let tree = self.tree;
        let hidden = tree.parent(node).and_then(|parent| tree.name(parent)).is_some_and(|name| {
            name.ns == ns!(html)
                && matches!(&*name.local, "script" | "style" | "title" | "noscript" | "template")
        });
        // What only breaks the source's lines shows nothing.
        let text = tree.text(node);
        let blank = text.trim().is_empty() && (text.is_empty() || text.contains('\n'));
        holds_text(tree.kind(node)) && !blank && !hidden
    }

    /// The next text node, or the one before.
    fn text_beside(&self, node: NodeId, forwards: bool) -> Option<NodeId> {
        let mut at = node;
        loop {
            at = if forwards {
                self.tree.next_in_order(at, self.root, false)?
            } else {
                self.tree.previous_in_order(at, self.root)?
            };
            if self.is_caret_text(at) {
                return Some(at);
            }
        }
    }

    fn end_of(&self, node: NodeId, forwards: bool) -> Boundary {
        if forwards { Boundary::end_of(self.tree, node) } else { Boundary::start_of(node) }
    }

    /// The nearest ancestor that is a block of its own.
    fn block(&self, node: NodeId) -> Option<NodeId> {
        self.tree.ancestors(node).find(|above| !is_inline(self.tree, *above))
    }

    /// Whether a line ends between two text nodes, the earlier first.
    fn breaks_between(&self, first: NodeId, second: NodeId) -> bool {
        if self.block(first) != self.block(second) {
            return true;
        }
        let mut at = Some(first);
        while let Some(node) = at.filter(|node| *node != second) {
            if self.tree.is_html_element(node, "br") {
                return true;
            }
            at = self.tree.next_in_order(node, self.root, false);
        }
        false
    }

    fn breaks_beside(&self, node: NodeId, beside: NodeId, forwards: bool) -> bool {
        if forwards { self.breaks_between(node, beside) } else { self.breaks_between(beside, node) }
    }

    /// One character on; `None` at the end of the document.
    fn step(&self, from: Boundary, forwards: bool) -> Option<Boundary> {
        let text: Vec<u16> = self.tree.text(from.node).encode_utf16().collect();
        if let Some(offset) = step_in(&text, from.offset as usize, forwards) {
            return Some(Boundary::new(from.node, offset));
        }
        let next = self.text_beside(from.node, forwards)?;
        let start = self.end_of(next, !forwards);
        if self.breaks_beside(from.node, next, forwards) {
            return Some(start);
        }
        self.step(start, forwards)
    }

    /// The code unit that a step goes over; a line's end is a space.
    fn character(&self, from: Boundary, to: Boundary) -> char {
        if from.node != to.node && from.offset != 0 && to.offset == 0 {
            return ' ';
        }
        let (node, at) = if from.node == to.node {
            (from.node, from.offset.min(to.offset))
        } else {
            (to.node, to.offset.saturating_sub(1))
        };
        let units = self.tree.text(node).encode_utf16().skip(at as usize);
        char::decode_utf16(units).next().and_then(Result::ok).unwrap_or(' ')
    }

    /// Over what separates words, then over a word.
    fn word(&self, from: Boundary, forwards: bool) -> Boundary {
        let mut at = from;
        let mut in_word = false;
        while let Some(next) = self.step(at, forwards) {
            let is_word = self.character(at, next).is_alphanumeric();
            if in_word && !is_word {
                break;
            }
            in_word |= is_word;
            at = next;
        }
        at
    }

    /// The end of the line.
    fn edge(&self, from: Boundary, forwards: bool) -> Boundary {
        let mut node = from.node;
        while let Some(next) = self.text_beside(node, forwards) {
            if self.breaks_beside(node, next, forwards) {
                break;
            }
            node = next;
        }
        self.end_of(node, forwards)
    }
}

/// One character on in a text, over both halves of a surrogate pair.
fn step_in(text: &[u16], at: usize, forwards: bool) -> Option<u32> {
    let is_low = |unit: Option<&u16>| unit.is_some_and(|unit| (0xDC00..0xE000).contains(unit));
    let to = if forwards {
        if at >= text.len() {
            return None;
        }
        at + 1 + usize::from(is_low(text.get(at + 1)))
    } else {
        let to = at.checked_sub(1)?;
        to - usize::from(to > 0 && is_low(text.get(to)))
    };
    u32::try_from(to).ok()
}

/// Whether an element stands in a line of text.
fn is_inline(tree: &Tree, node: NodeId) -> bool {
    tree.name(node).is_some_and(|name| {
        name.ns == ns!(html)
            && matches!(
                &*name.local,
                "a" | "abbr"
                    | "b"
                    | "bdi"
                    | "bdo"
                    | "big"
                    | "cite"
                    | "code"
                    | "data"
                    | "del"
                    | "dfn"
                    | "em"
                    | "font"
                    | "i"
                    | "ins"
                    | "kbd"
                    | "label"
                    | "mark"
                    | "q"
                    | "s"
                    | "samp"
                    | "small"
                    | "span"
                    | "strike"
                    | "strong"
                    | "sub"
                    | "sup"
                    | "time"
                    | "tt"
                    | "u"
                    | "var"
            )
    })
}

#[cfg(test)]
mod tests {
    use super::step_in;

    #[test]
    fn a_step_goes_over_whole_characters() {
        let text: Vec<u16> = "a𝄞b".encode_utf16().collect();
        let check = |at, forwards, expected| assert_eq!(step_in(&text, at, forwards), expected);
        check(0, true, Some(1));
        check(1, true, Some(3));
        check(4, true, None);
        check(3, false, Some(1));
        check(1, false, Some(0));
        check(0, false, None);
    }
}
