//! What is asked of every page, and what must hold for it.

use virga_dom::{NodeId, Tree, View, fonts::FontSet, local_name, style::Stylesheet};
use virga_protocol::{Micros, Point, Viewport};

use crate::source::Source;

/// Style sheets by the elements that own them.
pub type Sheets = Vec<(NodeId, Stylesheet)>;

/// Asks for everything that needs a layout.
pub fn ask(tree: &mut Tree, view: &mut View) {
    let all: Vec<NodeId> = tree.descendants(view.document()).take(64).collect();
    for (x, y) in [(0.0, 0.0), (10.0, 10.0), (60.0, 35.0), (200.0, 150.0), (-1.0, 1e9)] {
        view.hit_test(tree, Point { x, y });
        view.hit_test_all(tree, Point { x, y });
        view.text_place(tree, Point { x, y });
    }
    for node in all {
        if tree.is_text(node) {
            view.text_range_rects(tree, node, 0, 3);
            view.text_range_rects(tree, node, 1, usize::MAX);
        } else if tree.is_element(node) {
            view.bounding_rect(tree, node);
            view.client_rects(tree, node);
            view.padding_rect(tree, node);
            view.scroll_size(tree, Some(node));
            view.scroll_to(tree, Some(node), Point { x: 5.0, y: 7.0 });
            if let Some(bounds) = view.root_bounds(tree, node) {
                view.visible_part(tree, node, None, None, bounds);
            }
        }
    }
    view.scroll_to(tree, None, Point { x: 1e9, y: 30.0 });
}

/// Changes the tree below the body.
pub fn change(tree: &mut Tree, document: NodeId, source: &mut Source<'_>) {
    let Some(body) = tree.body(document) else { return };
    let nodes: Vec<NodeId> = tree.descendants(body).take(256).collect();
    let one = |source: &mut Source<'_>| match nodes.is_empty() {
        true => body,
        false => nodes[source.below(nodes.len())],
    };
    let node = one(source);
    match source.below(6) {
        0 => {
            tree.remove(node);
        }
        1 | 2 => {
            let parent = one(source);
            let before = tree.first_child(parent).filter(|_| source.once_in(2));
            if (tree.is_element(parent))
                && !tree.is_shadow_including_inclusive_ancestor(node, parent)
            {
                tree.insert(parent, node, before);
            }
        }
        3 => {
            tree.set_text(
                node,
                source.one(&["", " ", "changed", "\u{5d0} b\n\nc", "a longer text to wrap"]),
            );
        }
        4 => {
            let style = source.one(&[
                "",
                "display:none",
                "display:inline",
                "display:block",
                "display:contents",
                "display:flex",
                "float:left",
                "display:table-cell",
                "position:absolute",
                "display:inline-block",
                "width:50%;overflow:hidden",
                "display:grid",
                "clear:both;margin:-5px",
            ]);
            if tree.is_element(node) {
                tree.set_plain_attribute(node, local_name!("style"), style);
            }
        }
        _ => {
            let tag = source.one(crate::words::TAGS);
            let new = tree.create_html_element(document, tag);
            let text = tree.create_text(document, "new");
            tree.append(new, text);
            if tree.is_element(node) {
                tree.append(node, new);
            }
        }
    }
}

/// What was patched must be what a new view would show. Says where it is not.
pub fn same_as_new(
    tree: &mut Tree,
    mut view: View,
    viewport: Viewport,
    now: Micros,
    sheets: &Sheets,
) {
    if view.is_animating() {
        return;
    }
    let document = view.document();
    for (owner, _) in sheets.iter().filter(|(owner, _)| !tree.is_connected(*owner)) {
        view.set_stylesheet(tree, *owner, None);
    }
    view.scroll_to(tree, None, Point { x: 0.0, y: 0.0 });
    view.update(tree, now);
    let found = [view.dump_boxes(tree), view.dump_fragments(tree)];
    view.detach(tree);
    drop(view);
    let mut fresh = View::new(tree, document, viewport, FontSet::bundled());
    // Sheets of elements that are gone have gone with them.
    for (owner, sheet) in sheets.iter().filter(|(owner, _)| tree.is_connected(*owner)) {
        fresh.set_stylesheet(tree, *owner, Some(sheet.clone()));
    }
    fresh.update(tree, now);
    if fresh.is_animating() {
        return;
    }
    let expected = [fresh.dump_boxes(tree), fresh.dump_fragments(tree)];
    fresh.detach(tree);
    for (found, expected) in found.iter().zip(&expected) {
        let differs = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
        assert!(
            found == expected,
            "line {differs:?} is patched\n{found}\nbut should be\n{expected}\nof\n{}",
            virga_dom::parser::serialize_children(tree, document, true)
        );
    }
}
