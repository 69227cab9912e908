use super::*;
use markup5ever::local_name;

fn document() -> (Tree, NodeId) {
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    (tree, document)
}

/// The subtree of a node in one line: `html(head body("text"))`.
fn outline(tree: &Tree, id: NodeId) -> String {
    let own = match tree.kind(id) {
        Some(NodeKind::Element) => tree.local_name(id).map(ToString::to_string).unwrap_or_default(),
        Some(NodeKind::Text) => format!("{:?}", tree.text(id)),
        Some(kind) => format!("{kind:?}"),
        None => "nothing".into(),
    };
    let children: Vec<_> = tree.children(id).map(|c| outline(tree, c)).collect();
    if children.is_empty() { own } else { format!("{own}({})", children.join(" ")) }
}

#[test]
fn inserts_moves_and_removes() {
    let (mut tree, document) = document();
    let a = tree.create_html_element(document, "a");
    let b = tree.create_html_element(document, "b");
    let c = tree.create_html_element(document, "c");
    let text = tree.create_text(document, "t");
    assert!(tree.append(document, a));
    assert!(tree.append(a, c));
    assert!(tree.insert(a, b, Some(c)));
    assert!(tree.append(b, text));
    assert_eq!(outline(&tree, a), r#"a(b("t") c)"#);
    assert!(tree.insert(a, c, Some(b)));
    assert_eq!(outline(&tree, a), r#"a(c b("t"))"#);
    assert!(tree.insert(a, b, Some(b)), "before itself stays in place");
    assert_eq!(outline(&tree, a), r#"a(c b("t"))"#);
    assert!(tree.remove(c));
    assert!(!tree.remove(c));
    assert_eq!(outline(&tree, a), r#"a(b("t"))"#);
    assert!(tree.is_connected(text) && !tree.is_connected(c));
}

#[test]
fn refuses_what_would_break_the_links() {
    let (mut tree, document) = document();
    let a = tree.create_html_element(document, "a");
    let b = tree.create_html_element(document, "b");
    tree.append(a, b);
    assert!(!tree.append(b, a), "a cycle");
    assert!(!tree.append(a, a), "itself");
    assert!(!tree.insert(a, b, Some(document)), "not a child");
    assert!(!tree.append(a, document), "a document");
    tree.free_subtree(b);
    assert!(!tree.append(a, b), "a stale id");
    assert_eq!(outline(&tree, a), "a");
}

#[test]
fn a_fragment_gives_its_children_away() {
    let (mut tree, document) = document();
    let fragment = tree.create_fragment(document);
    for text in ["1", "2"] {
        let node = tree.create_text(document, text);
        tree.append(fragment, node);
    }
    let a = tree.create_html_element(document, "a");
    let last = tree.create_text(document, "3");
    tree.append(a, last);
    assert!(tree.insert(a, fragment, Some(last)));
    assert_eq!(outline(&tree, a), r#"a("1" "2" "3")"#);
    assert_eq!(tree.first_child(fragment), None);
}

#[test]
fn ids_follow_attributes_and_connection() {
    let (mut tree, document) = document();
    let root = tree.create_html_element(document, "div");
    let first = tree.create_html_element(document, "p");
    let second = tree.create_html_element(document, "p");
    for node in [first, second] {
        tree.set_plain_attribute(node, local_name!("id"), "x");
    }
    assert_eq!(tree.element_by_id(document, "x"), None);
    tree.append(root, second);
    tree.append(document, root);
    assert_eq!(tree.element_by_id(document, "x"), Some(second));
    tree.insert(root, first, Some(second));
    assert_eq!(tree.element_by_id(document, "x"), Some(first));
    tree.set_plain_attribute(first, local_name!("id"), "y");
    assert_eq!(tree.element_by_id(document, "x"), Some(second));
    assert_eq!(tree.element_by_id(document, "y"), Some(first));
    tree.remove(root);
    assert_eq!(tree.element_by_id(document, "x"), None);
}

#[test]
fn the_journal_says_what_happened() {
    let (mut tree, document) = document();
    let a = tree.create_html_element(document, "a");
    let text = tree.create_text(document, "old");
    tree.append(document, a);
    assert!(tree.take_mutations().is_empty());
    tree.set_recording(true);
    tree.append(a, text);
    tree.set_text(text, "new");
    tree.set_plain_attribute(a, local_name!("href"), "1");
    tree.set_plain_attribute(a, local_name!("href"), "2");
    tree.remove(text);
    let name = QualName::new(None, ns!(), local_name!("href"));
    assert_eq!(
        tree.take_mutations(),
        [
            Mutation::Inserted { parent: a, node: text, previous: None, next: None },
            Mutation::CharacterData { node: text, old: "old".into() },
            Mutation::Attribute { node: a, name: name.clone(), old: None },
            Mutation::Attribute { node: a, name, old: Some("1".into()) },
            Mutation::Removed { parent: a, node: text, previous: None, next: None },
        ]
    );
    assert!(tree.take_mutations().is_empty());
}

#[test]
fn text_that_comes_bit_by_bit_is_recorded_once() {
    let (mut tree, document) = document();
    let a = tree.create_html_element(document, "a");
    let text = tree.create_text(document, "");
    tree.append(document, a);
    tree.append(a, text);
    tree.set_recording(true);
    for _ in 0..3 {
        tree.append_text(text, "bit");
    }
    let record = Mutation::CharacterData { node: text, old: String::new() };
    assert_eq!(tree.take_mutations(), [record]);
    // Whoever took the first record has to hear of what comes after it.
    tree.append_text(text, "more");
    let record = Mutation::CharacterData { node: text, old: "bitbitbit".into() };
    assert_eq!(tree.take_mutations(), [record]);
}

#[test]
fn text_splits_between_characters() {
    let (mut tree, document) = document();
    let a = tree.create_html_element(document, "a");
    let text = tree.create_text(document, "grün!");
    tree.append(a, text);
    assert_eq!(tree.split_text(text, 3), None, "inside a character");
    assert!(tree.split_text(text, 4).is_some());
    assert_eq!(outline(&tree, a), r#"a("grü" "n!")"#);
    assert_eq!(tree.text_content(a), "grün!");
}

#[test]
fn clones_are_deep_and_their_own() {
    let (mut tree, document) = document();
    let template = tree.create_html_element(document, "template");
    let content = tree.template_content(template).unwrap();
    let p = tree.create_html_element(document, "p");
    tree.set_plain_attribute(p, local_name!("class"), "x y x");
    tree.append(content, p);
    let copy = tree.clone_node(template, document, CloneOptions { deep: true }).unwrap();
    let copied = tree.template_content(copy).unwrap();
    assert_ne!(content, copied);
    assert_eq!(outline(&tree, copied), "Fragment(p)");
    let q = tree.first_child(copied).unwrap();
    assert_eq!(tree.classes(q).len(), 2);
    assert_ne!(tree.owner_document(q), Some(document), "owned by the inert document");
}

#[test]
fn adoption_keeps_ids() {
    let (mut tree, one) = document();
    let two = tree.create_document(true);
    let a = tree.create_html_element(one, "a");
    let b = tree.create_html_element(one, "b");
    tree.append(a, b);
    tree.append(two, a);
    assert_eq!(tree.owner_document(b), Some(two));
    assert!(tree.contains(a));
}

#[test]
fn a_node_may_outlive_its_document() {
    let (mut tree, document) = document();
    let node = tree.create_html_element(document, "p");
    tree.set_plain_attribute(node, local_name!("style"), "color: red");
    tree.free_subtree(document);
    assert!(tree.contains(node));
    assert_eq!(tree.owner_document(node), None);
    // Whatever lives where the document did is not taken for it.
    let others: Vec<_> = (0..10).map(|_| tree.create_document(true)).collect();
    assert_eq!(tree.owner_document(node), None);
    assert_eq!(tree.style_property(node, "color"), "");
    assert_eq!(crate::select::matches(&tree, node, "p:not(.x)"), Ok(true));
    tree.append(others[3], node);
    assert_eq!(tree.owner_document(node), Some(others[3]));
    assert_eq!(tree.style_property(node, "color"), "red");
    // A document that owns nothing any more gives its place back.
    let capacity = tree.slot_capacity();
    for _ in 0..100 {
        let document = tree.create_document(true);
        let inside = tree.create_html_element(document, "p");
        tree.append(document, inside);
        tree.free_subtree(document);
    }
    assert!(tree.slot_capacity() <= capacity + 2);
}

#[test]
fn a_copy_has_the_states_that_attributes_decide() {
    let (mut tree, document) = document();
    let input = tree.create_html_element(document, "input");
    tree.set_plain_attribute(input, local_name!("disabled"), "");
    tree.set_plain_attribute(input, local_name!("required"), "");
    let copy = tree.clone_node(input, document, CloneOptions::default()).unwrap();
    assert_eq!(tree.state(copy), tree.state(input));
    assert!(tree.state(copy).contains(ElementState::DISABLED | ElementState::REQUIRED));
}

#[test]
fn order_of_nodes() {
    use std::cmp::Ordering::{Greater, Less};
    let (mut tree, document) = document();
    let root = tree.create_html_element(document, "div");
    let nodes: Vec<_> = (0..5)
        .map(|i| {
            let n = tree.create_text(document, i.to_string());
            tree.append(root, n);
            n
        })
        .collect();
    let other = tree.create_text(document, "other tree");
    assert_eq!(tree.tree_order(nodes[1], nodes[4]), Some(Less));
    assert_eq!(tree.tree_order(nodes[4], nodes[0]), Some(Greater));
    assert_eq!(tree.tree_order(root, nodes[0]), Some(Less));
    assert_eq!(tree.tree_order(nodes[0], root), Some(Greater));
    assert_eq!(tree.tree_order(root, other), None);
}

#[test]
fn a_very_deep_tree_overflows_nothing() {
    let (mut tree, document) = document();
    let before = tree.live_nodes();
    let root = tree.create_html_element(document, "div");
    let mut deepest = root;
    for _ in 0..100_000 {
        let next = tree.create_html_element(document, "div");
        tree.append(deepest, next);
        deepest = next;
    }
    tree.append(document, root);
    assert!(tree.is_connected(deepest));
    assert_eq!(tree.descendants(root).count(), 100_000);
    let other = tree.create_document(true);
    let copy = tree.clone_node(root, other, CloneOptions { deep: true }).unwrap();
    tree.free_subtree(copy);
    tree.free_subtree(other);
    tree.free_subtree(root);
    assert_eq!(tree.live_nodes(), before);
}

#[test]
fn a_million_nodes_come_and_go() {
    let (mut tree, document) = document();
    let before = tree.live_nodes();
    for _ in 0..2 {
        let root = tree.create_html_element(document, "ul");
        for _ in 0..500_000 {
            let item = tree.create_html_element(document, "li");
            let text = tree.create_text(document, "item");
            tree.append(item, text);
            tree.append(root, item);
        }
        tree.free_subtree(root);
    }
    assert_eq!(tree.live_nodes(), before);
    assert!(tree.slot_capacity() < 1_000_100, "slots are used again");
    let bytes = size_of::<NodeSlot>() + (size_of::<ElementData>() + "item".len()) / 2;
    assert!(bytes <= 150, "{bytes} bytes per node of a list of items");
}
