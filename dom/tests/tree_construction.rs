//! The tree construction tests of html5lib
//! (<https://github.com/html5lib/html5lib-tests>): each with scripting and
//! without, unless it says which.
//!
//! They are not kept here. `HTML5LIB_TESTS` says where they are; without it they are
//! looked for beside the checkout, in `shared/html5lib-tests`. Where `CI` is set the
//! test fails if they are not there; elsewhere it says that it checked nothing.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test reads its cases, and says where they are not"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use virga_dom::parser::{HtmlParser, ParseOptions, ParserYield, parse_fragment};
use virga_dom::tree::NodeKind;
use virga_dom::{LocalName, NodeId, QualName, Tree, ns};

/// One case of a `.dat` file.
#[derive(Default)]
struct Case {
    data: String,
    fragment: Option<String>,
    /// Whether scripts run; `None` is both.
    scripting: Option<bool>,
    expected: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut result = Vec::new();
    let text = format!("\n{text}");
    for block in text.split("\n#data\n").skip(1) {
        let mut case = Case::default();
        let mut section = "data";
        for line in block.split_inclusive('\n') {
            match line.trim_end_matches('\n') {
                "#errors" => section = "errors",
                "#new-errors" => section = "errors",
                "#document-fragment" => section = "fragment",
                "#document" => section = "document",
                "#script-off" => case.scripting = Some(false),
                "#script-on" => case.scripting = Some(true),
                other => match section {
                    "data" => case.data.push_str(line),
                    "fragment" => case.fragment = Some(other.to_owned()),
                    "document" => case.expected.push_str(line),
                    _ => {}
                },
            }
        }
        case.data.pop();
        case.expected = case.expected.trim_end_matches('\n').to_owned() + "\n";
        result.push(case);
    }
    result
}

fn run(case: &Case, scripting: bool) -> String {
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    let Some(context) = &case.fragment else {
        let options = ParseOptions { scripting, ..ParseOptions::default() };
        let mut parser = HtmlParser::new(&mut tree, document, options);
        parser.feed(&mut tree, &case.data);
        while parser.finish(&mut tree) != ParserYield::Done {}
        return dump(&tree, document);
    };
    let (namespace, local) = match context.split_once(' ') {
        Some(("svg", local)) => (ns!(svg), local),
        Some(("math", local)) => (ns!(mathml), local),
        _ => (ns!(html), &**context),
    };
    let context = tree.create_element(document, QualName::new(None, namespace, local.into()));
    let fragment = parse_fragment(&mut tree, context, &case.data, scripting);
    dump(&tree, fragment)
}

/// A tree as the tests write it.
fn dump(tree: &Tree, root: NodeId) -> String {
    let mut out = String::new();
    let children = |node, depth| tree.children(node).rev().map(move |child| (child, depth));
    let mut work: Vec<(NodeId, usize)> = children(root, 0).collect();
    while let Some((node, depth)) = work.pop() {
        let own = match tree.kind(node) {
            Some(NodeKind::Fragment) => "content".to_owned(),
            Some(NodeKind::Element) => format!("<{}>", element_name(tree, node)),
            Some(NodeKind::Text | NodeKind::CdataSection) => format!("\"{}\"", tree.text(node)),
            Some(NodeKind::Comment) => format!("<!-- {} -->", tree.text(node)),
            Some(NodeKind::ProcessingInstruction) => {
                let target = tree.processing_instruction(node).map_or("", |pi| &pi.target);
                format!("<?{target} {}>", tree.text(node))
            }
            Some(NodeKind::Doctype) => match tree.doctype(node) {
                Some(d) if d.public_id.is_empty() && d.system_id.is_empty() => {
                    format!("<!DOCTYPE {}>", d.name)
                }
                Some(d) => format!("<!DOCTYPE {} \"{}\" \"{}\">", d.name, d.public_id, d.system_id),
                None => String::new(),
            },
            other => format!("{other:?}"),
        };
        line(&mut out, depth, &own);
        let mut attributes: Vec<String> = tree
            .attributes(node)
            .iter()
            .map(|attribute| {
                let prefix = match attribute.name.ns {
                    ns!(xml) => "xml ",
                    ns!(xlink) => "xlink ",
                    ns!(xmlns) => "xmlns ",
                    _ => "",
                };
                format!("{prefix}{}=\"{}\"", attribute.name.local, attribute.value())
            })
            .collect();
        attributes.sort();
        for attribute in attributes {
            line(&mut out, depth + 1, &attribute);
        }
        work.extend(children(node, depth + 1));
        work.extend(tree.template_content(node).map(|content| (content, depth + 1)));
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str("| ");
    out.push_str(&"  ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

fn element_name(tree: &Tree, node: NodeId) -> String {
    let prefix = match tree.namespace(node) {
        Some(&ns!(svg)) => "svg ",
        Some(&ns!(mathml)) => "math ",
        _ => "",
    };
    let local: &str = tree.local_name(node).map_or("", |name: &LocalName| name);
    format!("{prefix}{local}")
}

#[test]
fn trees_are_built_as_html5lib_says() {
    let named = std::env::var_os("HTML5LIB_TESTS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/html5lib-tests");
    if named.is_none() && !beside.exists() {
        let missing = "html5lib's tests are not there: HTML5LIB_TESTS can say where they are";
        let strict = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
        assert!(!strict, "{missing}");
        eprintln!("{missing}; nothing was checked");
        return;
    }
    let folder = named.unwrap_or(beside).join("tree-construction");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of html5lib's tests")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "dat"))
        .collect();
    files.sort();
    let (mut count, mut failures) = (0, Vec::new());
    for path in files {
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let text = fs::read(&path).expect("a file of cases");
        for case in cases(&String::from_utf8_lossy(&text)) {
            for scripting in [true, false] {
                if case.scripting.is_some_and(|only| only != scripting) {
                    continue;
                }
                count += 1;
                let found = run(&case, scripting);
                if found != case.expected {
                    let (data, expected) = (&case.data, &case.expected);
                    failures.push(format!(
                        "{file}, scripting {scripting}: {data}\n{found}expected\n{expected}"
                    ));
                }
            }
        }
    }
    assert!(count > 3000, "only {count} cases were found");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}
