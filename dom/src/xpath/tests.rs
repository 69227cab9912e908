use super::{Expression, Value, XPathError};
use crate::parser::parse_document;
use crate::tree::{NodeId, Tree};

const PAGE: &str = "<!DOCTYPE html><html lang=en><body id=b>\
    <ul id=list><li class=a>one</li><li class='b' hx-on:click=x>two</li><li>3</li></ul>\
    <p title='a  b' lang=de-AT>four <b>five</b></p><!--note-->\
    <svg xmlns=http://www.w3.org/2000/svg><g id=g /></svg></body></html>";

fn page() -> (Tree, NodeId) {
    let mut tree = Tree::new();
    let document = parse_document(&mut tree, PAGE);
    (tree, document)
}

fn evaluate(text: &str) -> Result<String, XPathError> {
    let (tree, document) = page();
    let mut resolve =
        |prefix: &str| (prefix == "svg").then(|| "http://www.w3.org/2000/svg".to_owned());
    let value = Expression::parse(text, &mut resolve)?.evaluate(&tree, document.into());
    Ok(match &value {
        Value::Nodes(nodes) => {
            let texts: Vec<String> = nodes.iter().map(|node| node.string_value(&tree)).collect();
            format!("[{}]", texts.join("|"))
        }
        other => other.to_text(&tree),
    })
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(evaluate(text).as_deref(), Ok(expected), "{text}");
}

#[test]
fn paths_select_nodes_in_document_order() {
    check("//li", "[one|two|3]");
    check("//LI", "[one|two|3]");
    check("/html/body/ul/li[2]", "[two]");
    check("//li[last()]", "[3]");
    check("//li[position() < 3]", "[one|two]");
    check("//li[@class]", "[one|two]");
    check("//li[@class = 'b']/preceding-sibling::li", "[one]");
    check("//li[3]/preceding-sibling::*[1]", "[two]");
    check("(//li[3]/preceding-sibling::*)[1]", "[one]");
    check("//b/ancestor::*[@lang][1]/@lang", "[de-AT]");
    check("//li/@class | //p/@title", "[a|b|a  b]");
    check("//b | //li[1]", "[one|five]");
    check("//comment()", "[note]");
    check("//p/text()", "[four ]");
    check("//*[@*[starts-with(name(), 'hx-on:')]]", "[two]");
    check(".//li/..", "[onetwo3]");
    check("//li[1]/following::b", "[five]");
    check("//b/preceding::li", "[one|two|3]");
    check("//li[not(@class)]/self::li", "[3]");
    check("id('list')/li[1]", "[one]");
    check("//nothing", "[]");
}

#[test]
fn names_have_namespaces() {
    check("count(//g)", "0");
    check("count(//svg:g)", "1");
    check("count(//svg:*)", "2");
    check("namespace-uri(//svg:g)", "http://www.w3.org/2000/svg");
    assert_eq!(evaluate("//no:g"), Err(XPathError::Prefix("no".to_owned())));
}

#[test]
fn numbers_and_strings() {
    check("1 + 2 * 3 - -4", "11");
    check("7 mod 4 div 2", "1.5");
    check("1 div 0", "Infinity");
    check("0 div 0", "NaN");
    check("-0", "0");
    check("sum(//li[3]) + count(//li)", "6");
    check("substring('12345', 1.5, 2.6)", "234");
    check("substring('12345', 0 div 0)", "");
    check("substring-before('a=b', '=')", "a");
    check("substring-after('a=b', '=')", "b");
    check("substring-after('ab', 'x')", "");
    check("translate('bar', 'abc', 'AB')", "BAr");
    check("normalize-space(' a  b ')", "a b");
    check("concat('a', 1, true())", "a1true");
    check("string-length('äöü')", "3");
    check("round(-2.5)", "-2");
    check("number('1e3')", "NaN");
    check("number(' 12 ')", "12");
    check("string(//p/@title)", "a  b");
}

#[test]
fn comparisons() {
    check("//li = 'two'", "true");
    check("//li != 'two'", "true");
    check("//li > 2", "true");
    check("//nothing = ''", "false");
    check("not(//nothing)", "true");
    check("1 = true()", "true");
    check("'a' = 'a' and 'a' != 'b' or false()", "true");
    check("boolean(//b[lang('de')])", "true");
    check("boolean(//b[lang('en')])", "false");
    check("'and' = 'and'", "true");
}

#[test]
fn mistakes_are_named() {
    for (text, expected) in [
        ("", "it ends too early"),
        ("//", "it ends too early"),
        ("a[", "it ends too early"),
        ("a]", "unexpected `]`"),
        ("'a", "a string does not end: 'a"),
        ("foo()", "there is no function `foo`"),
        ("count()", "`count` does not take 0 arguments"),
        ("up::a", "there is no axis `up`"),
        ("$x", "there is no variable $x"),
        ("a # b", "unexpected `#`"),
        ("1.2.3", "1.2.3 is no number"),
    ] {
        assert_eq!(evaluate(text), Err(XPathError::Syntax(expected.to_owned())), "{text}");
    }
}

#[test]
fn depth_is_limited() {
    for text in [
        format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}1", "-".repeat(100_000)),
        format!("1{}", "+1".repeat(100_000)),
        format!("a{}", "[a".repeat(100_000)),
        format!("a{}", "|a".repeat(100_000)),
    ] {
        assert!(matches!(evaluate(&text), Err(XPathError::Syntax(_))));
    }
    // A chain of steps is a list, not a nest.
    check(&format!("count(.{})", "/.".repeat(10_000)), "1");
}
