use super::*;
use markup5ever::ns;

/// A tree as the html5lib tests write it.
fn dump(tree: &Tree, root: NodeId) -> String {
    let mut out = String::new();
    let mut work: Vec<(NodeId, usize)> = children(tree, root, 0);
    while let Some((node, depth)) = work.pop() {
        if tree.kind(node) == Some(NodeKind::Fragment) {
            line(&mut out, depth, "content");
            work.extend(children(tree, node, depth + 1));
            continue;
        }
        let own = match tree.kind(node) {
            Some(NodeKind::Element) => format!("<{}>", element_name(tree, node)),
            Some(NodeKind::Text | NodeKind::CdataSection) => format!("\"{}\"", tree.text(node)),
            Some(NodeKind::Comment) => format!("<!-- {} -->", tree.text(node)),
            Some(NodeKind::ProcessingInstruction) => {
                let pi = tree.processing_instruction(node).unwrap();
                format!("<?{} {}>", pi.target, pi.data)
            }
            Some(NodeKind::Doctype) => {
                let d = tree.doctype(node).unwrap();
                if d.public_id.is_empty() && d.system_id.is_empty() {
                    format!("<!DOCTYPE {}>", d.name)
                } else {
                    format!("<!DOCTYPE {} \"{}\" \"{}\">", d.name, d.public_id, d.system_id)
                }
            }
            other => format!("{other:?}"),
        };
        line(&mut out, depth, &own);
        let mut attributes: Vec<String> = tree
            .attributes(node)
            .iter()
            .map(|a| {
                let prefix = match a.name.ns {
                    ns!(xml) => "xml ",
                    ns!(xlink) => "xlink ",
                    ns!(xmlns) => "xmlns ",
                    _ => "",
                };
                format!("{prefix}{}=\"{}\"", a.name.local, a.value())
            })
            .collect();
        attributes.sort();
        for attribute in attributes {
            line(&mut out, depth + 1, &attribute);
        }
        work.extend(children(tree, node, depth + 1));
        if let Some(content) = tree.template_content(node) {
            work.push((content, depth + 1));
        }
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str("| ");
    out.push_str(&"  ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

fn children(tree: &Tree, node: NodeId, depth: usize) -> Vec<(NodeId, usize)> {
    tree.children(node).rev().map(|c| (c, depth)).collect()
}

fn element_name(tree: &Tree, node: NodeId) -> String {
    let name = tree.name(node).unwrap();
    let prefix = match name.ns {
        ns!(svg) => "svg ",
        ns!(mathml) => "math ",
        _ => "",
    };
    format!("{prefix}{}", name.local)
}

fn check(html: &str, expected: &str) {
    let mut tree = Tree::new();
    let document = parse_document(&mut tree, &format!("<body>{html}"));
    let body = tree.body(document).unwrap();
    assert_eq!(serialize_children(&tree, body, true), expected, "{html}");
}

#[test]
fn documents_parse_and_serialize() {
    check("<p>One<p>Two", "<p>One</p><p>Two</p>");
    check("<b>1<i>2</b>3</i>", "<b>1<i>2</i></b><i>3</i>");
    check("a &amp; b &lt; <br>c", "a &amp; b &lt; <br>c");
    check("<table>x<tr><td>y", "x<table><tbody><tr><td>y</td></tr></tbody></table>");
    check("<script>a < b && c</script>", "<script>a < b && c</script>");
    check("<template><p>x</template>", "<template><p>x</p></template>");
    check("<a title='\"<>&'>", "<a title=\"&quot;&lt;&gt;&amp;\"></a>");
    check(
        "<svg><path d=1 /><foreignObject><p>x",
        "<svg><path d=\"1\"></path><foreignObject><p>x</p></foreignObject></svg>",
    );
}

#[test]
fn input_may_be_cut_anywhere() {
    let html = "<!DOCTYPE html><title>a&amp;b</title><p class=x>grün<!-- c --><b>d</b>";
    let mut tree = Tree::new();
    let whole = parse_document(&mut tree, html);
    let whole = serialize_children(&tree, whole, true);
    for cut in 1..html.len() {
        if !html.is_char_boundary(cut) {
            continue;
        }
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let mut parser = HtmlParser::new(&mut tree, document, ParseOptions::default());
        assert_eq!(parser.feed(&mut tree, &html[..cut]), ParserYield::NeedInput);
        parser.feed(&mut tree, &html[cut..]);
        assert_eq!(parser.finish(&mut tree), ParserYield::Done);
        assert_eq!(serialize_children(&tree, document, true), whole, "cut at {cut}");
    }
}

#[test]
fn scripts_pause_the_parser_and_may_write() {
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    let mut parser = HtmlParser::new(&mut tree, document, ParseOptions::default());
    let step = parser.feed(&mut tree, "<body>a<script>1</script>b<script>2</script>c");
    let ParserYield::Script(one) = step else { panic!("a script") };
    assert_eq!(tree.child_text_content(one), "1");
    assert_eq!(
        serialize_children(&tree, tree.body(document).unwrap(), true),
        "a<script>1</script>"
    );
    // What it writes comes before the rest, and may hold scripts itself.
    let depth = parser.written_depth();
    parser.write("<i>w</i><script>w</script>x", depth);
    let ParserYield::Script(inner) = parser.resume_written(&mut tree, depth) else {
        panic!("the written script")
    };
    assert_eq!(tree.child_text_content(inner), "w");
    let deeper = parser.written_depth();
    parser.write("<u>deep</u>", deeper);
    assert_eq!(parser.resume_written(&mut tree, deeper), ParserYield::NeedInput);
    // What the outer script writes next comes after what it wrote before.
    parser.write("y", depth);
    assert_eq!(parser.resume_written(&mut tree, depth), ParserYield::NeedInput);
    let ParserYield::Script(two) = parser.resume(&mut tree) else { panic!("the second script") };
    assert_eq!(tree.child_text_content(two), "2");
    assert_eq!(parser.finish(&mut tree), ParserYield::Done);
    assert_eq!(
        serialize_children(&tree, tree.body(document).unwrap(), true),
        "a<script>1</script><i>w</i><script>w</script><u>deep</u>xyb<script>2</script>c"
    );
}

#[test]
fn fragments_know_their_context() {
    fn check(context: &str, html: &str, expected: &str) {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let context = tree.create_html_element(document, context);
        let nodes = tree.live_nodes();
        let fragment = parse_fragment(&mut tree, context, html, true);
        assert_eq!(serialize_children(&tree, fragment, true), expected);
        assert_eq!(tree.owner_document(fragment), Some(document));
        tree.free_subtree(fragment);
        assert_eq!(tree.live_nodes(), nodes, "nothing is left over");
    }
    check("div", "<p>a", "<p>a</p>");
    check("div", "<td>a", "a");
    check("tr", "<td>a", "<td>a</td>");
    check("title", "<p>a", "&lt;p&gt;a");
    check("script", "<p>a", "&lt;p&gt;a");
    check("ul", "<li>1<li>2", "<li>1</li><li>2</li>");
}

#[test]
fn scripts_of_fragments_never_run() {
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    let context = tree.create_html_element(document, "div");
    let fragment = parse_fragment(&mut tree, context, "<script>1</script>", true);
    let script = tree.first_child(fragment).unwrap();
    assert!(tree.script_started(script));
}

#[test]
fn quirks_and_lines_are_known() {
    let mut tree = Tree::new();
    let quirky = parse_document(&mut tree, "<p>");
    let strict = parse_document(&mut tree, "<!DOCTYPE html><p>");
    assert_eq!(tree.quirks_mode(quirky), QuirksMode::Quirks);
    assert_eq!(tree.quirks_mode(strict), QuirksMode::NoQuirks);
    let document = tree.create_document(true);
    let mut parser = HtmlParser::new(&mut tree, document, ParseOptions::default());
    parser.feed(&mut tree, "<p>\n\n<script></script>");
    assert_eq!(parser.line(), 3);
}

/// The depth of the deepest node.
fn depth(tree: &Tree, root: NodeId) -> usize {
    let (mut deepest, mut level) = (0, 0);
    let mut at = root;
    loop {
        if let Some(child) = tree.first_child(at) {
            level += 1;
            deepest = deepest.max(level);
            at = child;
            continue;
        }
        while at != root && tree.next_sibling(at).is_none() {
            level -= 1;
            at = tree.parent(at).unwrap();
        }
        if at == root {
            return deepest;
        }
        at = tree.next_sibling(at).unwrap();
    }
}

#[test]
fn nesting_has_a_limit() {
    let limit = MAX_OPEN_ELEMENTS + 8;
    let mut tree = Tree::new();
    let deep = format!("{}x{}<p>after", "<div>".repeat(100_000), "</div>".repeat(100_000));
    let document = parse_document(&mut tree, &deep);
    assert!(depth(&tree, document) <= limit);
    let body = tree.body(document).unwrap();
    let after = tree.last_child(body).unwrap();
    assert!(tree.is_html_element(after, "p"), "dropped end tags close nothing else");
    assert_eq!(tree.text_content(body), "xafter");
    // Ten megabytes without an end, and other ways to nest.
    for (tag, count) in [
        ("<div>", 2_000_000),
        ("<b>", 100_000),
        ("<table><tr><td>", 30_000),
        ("<svg>", 100_000),
        ("<ul><li>", 50_000),
        ("<a><b id=1>", 30_000),
        ("<template>", 30_000),
        ("<select><option>", 30_000),
        ("<p><i>", 50_000),
    ] {
        let mut tree = Tree::new();
        let document = parse_document(&mut tree, &tag.repeat(count));
        assert!(depth(&tree, document) <= limit, "{tag}");
        tree.free_subtree(document);
    }
}

#[test]
fn junk_never_panics() {
    const BITS: [&str; 30] = [
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "<!",
        "<?",
        "=",
        "'",
        "\"",
        "&",
        ";",
        "&#x",
        "<table>",
        "<td>",
        "</p>",
        "<svg>",
        "<math>",
        "<script>",
        "</script>",
        "<template>",
        "</template>",
        "<b>",
        "</b>",
        "<select>",
        "\0",
        "<![CDATA[",
        "]]>",
        "<frameset>",
        "text ",
    ];
    for seed in 0..300u32 {
        let mut state = seed.wrapping_mul(2_654_435_761);
        let html: String = (0..200)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                BITS[(state >> 16) as usize % BITS.len()]
            })
            .collect();
        let mut tree = Tree::new();
        let document = parse_document(&mut tree, &html);
        let context = tree.document_element(document).unwrap();
        let _ = parse_fragment(&mut tree, context, &html, true);
        let _ = serialize(&tree, context, true);
    }
}

/// One case of a `.dat` file.
struct Case {
    data: String,
    fragment: Option<String>,
    script_off: bool,
    expected: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut result = Vec::new();
    for block in text.split("#data\n").skip(1) {
        let mut case = Case {
            data: String::new(),
            fragment: None,
            script_off: false,
            expected: String::new(),
        };
        let mut section = "data";
        for line in block.split_inclusive('\n') {
            match line.trim_end_matches('\n') {
                "#errors" | "#new-errors" => section = "errors",
                "#document-fragment" => section = "fragment",
                "#document" => section = "document",
                "#script-off" => case.script_off = true,
                "#script-on" => {}
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

fn run(case: &Case) -> String {
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    match &case.fragment {
        None => {
            let mut parser = HtmlParser::new(
                &mut tree,
                document,
                ParseOptions { scripting: !case.script_off, ..Default::default() },
            );
            parser.feed(&mut tree, &case.data);
            while parser.finish(&mut tree) != ParserYield::Done {}
            dump(&tree, document)
        }
        Some(context) => {
            let (namespace, local) = match context.split_once(' ') {
                Some(("svg", local)) => (ns!(svg), local),
                Some(("math", local)) => (ns!(mathml), local),
                _ => (ns!(html), &**context),
            };
            let name = markup5ever::QualName::new(None, namespace, local.into());
            let context = tree.create_element(document, name);
            let fragment = parse_fragment(&mut tree, context, &case.data, !case.script_off);
            dump(&tree, fragment)
        }
    }
}

/// Cases in the format of html5lib's tree construction tests.
const CASES: &str = "\
#data
<!DOCTYPE html><p>One<p>Two
#document
| <!DOCTYPE html>
| <html>
|   <head>
|   <body>
|     <p>
|       \"One\"
|     <p>
|       \"Two\"

#data
<table><a>1<p>2</a>3</p>
#document
| <html>
|   <head>
|   <body>
|     <a>
|       \"1\"
|     <p>
|       <a>
|         \"2\"
|       \"3\"
|     <table>

#data
<b>1<i>2<p>3</b>4
#document
| <html>
|   <head>
|   <body>
|     <b>
|       \"1\"
|       <i>
|         \"2\"
|     <i>
|       <p>
|         <b>
|           \"3\"
|         \"4\"

#data
<!-- a --><html lang=de><body class=x><html lang=en id=y>
#document
| <!--  a  -->
| <html>
|   id=\"y\"
|   lang=\"de\"
|   <head>
|   <body>
|     class=\"x\"

#data
<svg viewbox=0 xlink:href=a><foreignobject><p><math><mi>x</math></svg>
#document
| <html>
|   <head>
|   <body>
|     <svg svg>
|       viewBox=\"0\"
|       xlink href=\"a\"
|       <svg foreignObject>
|         <p>
|           <math math>
|             <math mi>
|               \"x\"

#data
<template><td>1</template><noscript><p>2</noscript>
#script-off
#document
| <html>
|   <head>
|     <template>
|       content
|         <td>
|           \"1\"
|     <noscript>
|   <body>
|     <p>
|       \"2\"

#data
<td>1<tr>2
#document-fragment
tbody
#document
| <tr>
|   <td>
|     \"1\"
| <tr>
| \"2\"
";

#[test]
fn trees_are_built_as_the_standard_says() {
    let cases = cases(CASES);
    assert_eq!(cases.len(), 7);
    for case in cases {
        assert_eq!(run(&case), case.expected, "{}", case.data);
    }
}
