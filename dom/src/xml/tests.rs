use super::*;
use crate::parser::ParserYield;
use crate::tree::{NodeId, Tree};

fn parse(text: &str) -> (Tree, NodeId, Result<(), XmlError>) {
    let mut tree = Tree::new();
    let document = tree.create_document(false);
    let result = parse_document(&mut tree, document, text);
    (tree, document, result)
}

/// A document, written again, says the same.
fn round_trip(text: &str, expected: &str) {
    let (tree, document, result) = parse(text);
    assert_eq!(result, Ok(()), "{text}");
    assert_eq!(serialize(&tree, document, true).as_deref(), Ok(expected), "{text}");
}

fn refused(text: &str, message: &str) {
    let (_, _, result) = parse(text);
    let error = result.expect_err(text);
    assert!(error.message.contains(message), "{text}: {error}");
}

#[test]
fn well_formed_documents_are_read() {
    round_trip("<a/>", "<a/>");
    round_trip(
        "<?xml version='1.0' encoding=\"utf-8\" standalone='no' ?>\n<a> </a >\n",
        "<a> </a>",
    );
    round_trip("<a b='1' c=\"&lt;'&#65;&#x42;\"/>", "<a b=\"1\" c=\"&lt;'AB\"/>");
    round_trip(
        "<a>x&amp;y<![CDATA[<&]]>z<!-- c --><?p d?></a>",
        "<a>x&amp;y<![CDATA[<&]]>z<!-- c --><?p d?></a>",
    );
    round_trip("<a\n\tb=' x\n y\r\nz'>1\r\n2\r3</a>", "<a b=\" x  y z\">1\n2\n3</a>");
    round_trip(
        "<a xmlns='u'><b/><p:c xmlns:p='v' p:d='1'/></a>",
        "<a xmlns=\"u\"><b/><p:c xmlns:p=\"v\" p:d=\"1\"/></a>",
    );
    round_trip("<!DOCTYPE a><a/>", "<!DOCTYPE a><a/>");
    round_trip("<!DOCTYPE a SYSTEM ''><a/>", "<!DOCTYPE a><a/>");
    round_trip(
        "<!DOCTYPE a PUBLIC 'p  q' \"s\" [<!ELEMENT a (#PCDATA)>]><a/>",
        "<!DOCTYPE a PUBLIC \"p q\" \"s\"><a/>",
    );
    round_trip("<größe ü='1'/>", "<größe ü=\"1\"/>");
}

#[test]
fn entities_are_expanded() {
    let dtd = "<!DOCTYPE a [<!ENTITY t 'te&#120;t'><!ENTITY m '<b>&t;</b>'><!ENTITY t 'no'>]>";
    let body = |text: &str, expected: &str| {
        let (tree, document, result) = parse(&format!("{dtd}{text}"));
        assert_eq!(result, Ok(()), "{text}");
        let element = tree.document_element(document).unwrap();
        assert_eq!(serialize(&tree, element, true).as_deref(), Ok(expected));
    };
    body("<a c='&t;'>&t;&m;!</a>", "<a c=\"text\">text<b>text</b>!</a>");
    let xhtml = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x\">";
    round_trip(
        &format!("{xhtml}<a>&nbsp;&euro;</a>"),
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x\"><a>\u{a0}€</a>",
    );
    refused("<a>&nbsp;</a>", "\"nbsp\" is not declared");
    refused("<!DOCTYPE a [<!ENTITY x '<b>'>]><a>&x;</a>", "within an entity");
    refused("<!DOCTYPE a [<!ENTITY x '</a>'>]><a>&x;", "within an entity");
    refused("<!DOCTYPE a [<!ENTITY x '&x;'>]><a>&x;</a>", "refers to itself");
    refused("<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a b='&x;'/>", "refers to itself");
    let mut laughs = "<!DOCTYPE a [<!ENTITY l0 'lollollollollollollollollollol'>".to_owned();
    for i in 1..12 {
        laughs.push_str(&format!("<!ENTITY l{i} '{}'>", format!("&l{};", i - 1).repeat(10)));
    }
    refused(&format!("{laughs}]><a>&l11;</a>"), "too much text");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    refused("", "no element");
    refused("x", "at the start");
    refused("<a/>x", "after the end");
    refused("<a/><b/>", "after the end");
    refused("<a><b></a>", "<b> of line 1 is closed by </a>");
    refused("<a>", "is not closed");
    refused("</a>", "closes nothing");
    refused("<a b=1/>", "not in quotes");
    refused("<a b/>", "expected \"=\"");
    refused("<a b='1'c='2'/>", "white space");
    refused("<a b='1' b='2'/>", "twice");
    refused("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "twice");
    refused("<a b='<'/>", "\"<\"");
    refused("<a>&</a>", "name of an entity");
    refused("<a>&#0;</a>", "number of a character");
    refused("<a>]]></a>", "CDATA");
    refused("<a>\u{1}</a>", "U+0001");
    refused("<a><!-- -- --></a>", "\"--\"");
    refused("<a><![CDATA[</a>", "has no end");
    refused("<p:a/>", "\"p\" is not declared");
    refused("<a:b:c xmlns:a='u'/>", "not a qualified name");
    refused("<a xmlns:p=''/>", "cannot be empty");
    refused("<a xmlns:xml='u'/>", "XML namespace");
    refused(" <?xml version='1.0'?><a/>", "XML declaration");
    refused("<?xml encoding='x'?><a/>", "XML declaration");
    refused("<a><!DOCTYPE a></a>", "before the first element");
    refused("<!DOCTYPE a SYSTEM><a/>", "white space after SYSTEM");
    refused("<!DOCTYPE a PUBLIC 'x'><a/>", "white space");
    refused("<a 1='2'/>", "name of an attribute");
    let deep = "<a>".repeat(600);
    refused(&deep, "512");
}

#[test]
fn errors_say_where() {
    let (_, _, result) = parse("<a>\n  <b x='1'\n  y></b></a>");
    let error = result.unwrap_err();
    assert_eq!((error.line, error.column), (3, 4), "{error}");
}

#[test]
fn input_may_be_cut_anywhere() {
    let text = "<?xml version='1.0'?>\r\n<!DOCTYPE a [<!ENTITY e '<i>x</i>'>]><a b='grün'>]]&gt;&e;\
        <!-- c --><![CDATA[]]]]>d\r\n<b/></a >";
    let whole = {
        let (tree, document, result) = parse(text);
        assert_eq!(result, Ok(()));
        serialize(&tree, document, true).unwrap()
    };
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let mut tree = Tree::new();
        let document = tree.create_document(false);
        let mut parser = XmlParser::new(document);
        assert_eq!(parser.feed(&mut tree, &text[..cut]), ParserYield::NeedInput, "cut at {cut}");
        parser.feed(&mut tree, &text[cut..]);
        assert_eq!(parser.finish(&mut tree), ParserYield::Done);
        assert_eq!(parser.error(), None, "cut at {cut}");
        assert_eq!(serialize(&tree, document, true).unwrap(), whole, "cut at {cut}");
    }
}

#[test]
fn scripts_pause_the_parser() {
    let mut tree = Tree::new();
    let document = tree.create_document(false);
    let mut parser = XmlParser::new(document);
    let text =
        "<html xmlns='http://www.w3.org/1999/xhtml'><script>1 &lt; 2</script><script/></html>";
    let ParserYield::Script(first) = parser.feed(&mut tree, text) else {
        panic!("the parser does not stop at a script")
    };
    assert_eq!(tree.child_text_content(first), "1 < 2");
    assert!(matches!(parser.resume(&mut tree), ParserYield::Script(_)));
    assert_eq!(parser.resume(&mut tree), ParserYield::NeedInput);
    assert_eq!(parser.finish(&mut tree), ParserYield::Done);
}

#[test]
fn fragments_know_the_namespaces_around_them() {
    let (mut tree, document, result) = parse("<a xmlns='u' xmlns:p='v'><b/></a>");
    assert_eq!(result, Ok(()));
    let context = tree.document_element(document).and_then(|a| tree.first_child(a)).unwrap();
    let fragment = parse_fragment(&mut tree, context, "x<c/><p:d/>").unwrap();
    assert_eq!(
        serialize(&tree, fragment, true).as_deref(),
        Ok("x<c xmlns=\"u\"/><p:d xmlns:p=\"v\"/>")
    );
    assert!(parse_fragment(&mut tree, context, "</b>").is_err());
    assert!(parse_fragment(&mut tree, context, "<q:d/>").is_err());
    assert!(parse_fragment(&mut tree, context, "<!DOCTYPE x>").is_err());
}

#[test]
fn what_xml_cannot_say_is_refused_when_asked() {
    let mut tree = Tree::new();
    let document = tree.create_document(false);
    let comment = tree.create_comment(document, "a--b");
    assert!(serialize(&tree, comment, true).is_err());
    assert_eq!(serialize(&tree, comment, false).as_deref(), Ok("<!--a--b-->"));
    let text = tree.create_text(document, "\u{b}");
    assert!(serialize(&tree, text, true).is_err());
    assert!(serialize(&tree, document, true).is_err());
}

#[test]
fn any_depth_can_be_written() {
    let mut tree = Tree::new();
    let document = tree.create_document(false);
    let root = tree.create_html_element(document, "b");
    let mut at = root;
    for _ in 0..100_000 {
        let child = tree.create_html_element(document, "b");
        tree.append(at, child);
        at = child;
    }
    assert_eq!(serialize(&tree, root, true).map(|text| text.len() > 700_000), Ok(true));
}
