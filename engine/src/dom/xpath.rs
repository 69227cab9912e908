//! XPath from script: <https://dom.spec.whatwg.org/#xpath>
//!
//! Expressions are [`virga_dom::xpath`]'s. A result holds its nodes; an iterator
//! ends with the first change of any tree.

use std::cell::Cell;

use virga_dom::xpath::{Expression, Item, Value as Found, XPathError};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace, Value};

use super::{Attr, Document, attr};
use crate::{
    agent::EngineCx,
    generated::{
        XPathEvaluatorBaseMethods, XPathEvaluatorMethods, XPathExpressionMethods, XPathNSResolver,
        XPathResultMethods,
    },
    wrappers::Node,
};

const ANY: u16 = 0;
const NUMBER: u16 = 1;
const STRING: u16 = 2;
const BOOLEAN: u16 = 3;
const UNORDERED_ITERATOR: u16 = 4;
const ORDERED_ITERATOR: u16 = 5;
const UNORDERED_SNAPSHOT: u16 = 6;
const ORDERED_SNAPSHOT: u16 = 7;
const ANY_UNORDERED: u16 = 8;
const FIRST_ORDERED: u16 = 9;

/// <https://dom.spec.whatwg.org/#interface-xpathresult>
#[derive(Trace, Platform)]
pub(crate) struct XPathResult {
    kind: u16,
    #[trace(skip)]
    number: f64,
    #[trace(skip)]
    text: DomString,
    boolean: bool,
    nodes: Vec<Obj<Node>>,
    next: Cell<u32>,
    /// [`virga_dom::Tree::version`] when it was made.
    version: u64,
}

/// <https://dom.spec.whatwg.org/#interface-xpathexpression>
#[derive(Trace, Platform)]
pub(crate) struct XPathExpression {
    #[trace(skip)]
    expression: Expression,
}

/// <https://dom.spec.whatwg.org/#interface-xpathevaluator>
#[derive(Trace, Platform)]
pub(crate) struct XPathEvaluator {}

impl XPathEvaluatorMethods for Obj<XPathEvaluator> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<XPathEvaluator>> {
        Ok(Obj::new(cx, XPathEvaluator {}))
    }
}

/// Parses; prefixes are the resolver's.
fn parse(
    cx: &mut Cx,
    text: &DomString,
    resolver: Option<&XPathNSResolver>,
) -> Fallible<Expression> {
    let mut thrown = None;
    let mut resolve = |prefix: &str| {
        // "xml" is bound everywhere.
        if prefix == "xml" {
            return Some("http://www.w3.org/XML/1998/namespace".to_owned());
        }
        let prefix = Some(DomString::from(prefix));
        match resolver?.lookup_namespace_uri(cx, &Value::undefined(), prefix) {
            Ok(found) => found.map(|namespace| namespace.to_str().into_owned()),
            Err(error) => {
                thrown.get_or_insert(error);
                None
            }
        }
    };
    let parsed = Expression::parse(&text.to_str(), &mut resolve);
    if let Some(error) = thrown {
        return Err(error);
    }
    parsed.map_err(|error| {
        let name = match error {
            XPathError::Syntax(_) => DomExceptionName::Syntax,
            XPathError::Prefix(_) => DomExceptionName::Namespace,
        };
        Error::dom(name, error.to_string())
    })
}

/// Where an attribute stands among those of its element; other nodes as they are.
fn item(cx: &Cx, node: &Obj<Node>) -> Item {
    if let Some(own) = node.downcast::<Attr>()
        && let Some(owner) = own.owner()
    {
        let agent = cx.engine();
        let tree = agent.tree();
        let name = tree.attribute_name(own.id());
        let place = tree.attributes(owner.id()).iter().position(|a| Some(&a.name) == name);
        let attribute = place.and_then(|place| u32::try_from(place).ok());
        return Item { node: owner.id(), attribute };
    }
    node.id().into()
}

fn wrap(cx: &mut Cx, item: Item) -> Option<Obj<Node>> {
    let Some(place) = item.attribute else { return Some(cx.wrap(item.node)) };
    let agent = cx.engine();
    let name = agent.tree().attributes(item.node).get(place as usize).map(|a| a.name.clone())?;
    let element = cx.wrap(item.node).downcast()?;
    Some(attr::of_element(cx, &element, &name).upcast())
}

/// <https://dom.spec.whatwg.org/#dom-xpathevaluatorbase-evaluate>
fn evaluate(
    cx: &mut Cx,
    expression: &Expression,
    context: &Obj<Node>,
    kind: u16,
) -> Fallible<Obj<XPathResult>> {
    if kind > FIRST_ORDERED {
        return Err(Error::dom(
            DomExceptionName::NotSupported,
            format!("there is no XPath result type {kind}"),
        ));
    }
    let agent = cx.engine();
    let context = item(cx, context);
    let (found, version) = {
        let tree = agent.tree();
        (expression.evaluate(&tree, context), tree.version())
    };
    let natural = match &found {
        Found::Nodes(_) => UNORDERED_ITERATOR,
        Found::Number(_) => NUMBER,
        Found::String(_) => STRING,
        Found::Boolean(_) => BOOLEAN,
    };
    let kind = if kind == ANY { natural } else { kind };
    let mut result = XPathResult {
        kind,
        number: 0.0,
        text: DomString::default(),
        boolean: false,
        nodes: Vec::new(),
        next: Cell::new(0),
        version,
    };
    match (kind, found) {
        (NUMBER, found) => result.number = found.to_number(&agent.tree()),
        (STRING, found) => result.text = DomString::from(found.to_text(&agent.tree())),
        (BOOLEAN, found) => result.boolean = found.to_boolean(),
        (_, Found::Nodes(mut items)) => {
            if matches!(kind, ANY_UNORDERED | FIRST_ORDERED) {
                items.truncate(1);
            }
            result.nodes = items.into_iter().filter_map(|item| wrap(cx, item)).collect();
        }
        _ => return Err(Error::type_error("the XPath expression does not select nodes")),
    }
    Ok(Obj::new(cx, result))
}

impl<T: Evaluator> XPathEvaluatorBaseMethods for Obj<T> {
    fn create_expression(
        &self,
        cx: &mut Cx,
        expression: DomString,
        resolver: Option<XPathNSResolver>,
    ) -> Fallible<Obj<XPathExpression>> {
        let expression = parse(cx, &expression, resolver.as_ref())?;
        Ok(Obj::new(cx, XPathExpression { expression }))
    }

    fn create_ns_resolver(&self, _: &mut Cx, node_resolver: Obj<Node>) -> Fallible<Obj<Node>> {
        Ok(node_resolver)
    }

    fn evaluate(
        &self,
        cx: &mut Cx,
        expression: DomString,
        context_node: Obj<Node>,
        resolver: Option<XPathNSResolver>,
        kind: u16,
        _: Option<Obj<XPathResult>>,
    ) -> Fallible<Obj<XPathResult>> {
        let expression = parse(cx, &expression, resolver.as_ref())?;
        evaluate(cx, &expression, &context_node, kind)
    }
}

/// Who evaluates expressions.
pub(crate) trait Evaluator: Platform {}
impl Evaluator for Document {}
impl Evaluator for XPathEvaluator {}

impl XPathExpressionMethods for Obj<XPathExpression> {
    fn evaluate(
        &self,
        cx: &mut Cx,
        context_node: Obj<Node>,
        kind: u16,
        _: Option<Obj<XPathResult>>,
    ) -> Fallible<Obj<XPathResult>> {
        evaluate(cx, &self.expression, &context_node, kind)
    }
}

impl XPathResult {
    fn expect(&self, kinds: &[u16], what: &str) -> Fallible<()> {
        if kinds.contains(&self.kind) {
            return Ok(());
        }
        Err(Error::type_error(format!("the result is of type {} and has no {what}", self.kind)))
    }

    fn is_iterator(&self) -> bool {
        matches!(self.kind, UNORDERED_ITERATOR | ORDERED_ITERATOR)
    }
}

impl XPathResultMethods for Obj<XPathResult> {
    fn result_type(&self, _: &mut Cx) -> u16 {
        self.kind
    }

    fn number_value(&self, _: &mut Cx) -> Fallible<f64> {
        self.expect(&[NUMBER], "number")?;
        Ok(self.number)
    }

    fn string_value(&self, _: &mut Cx) -> Fallible<DomString> {
        self.expect(&[STRING], "string")?;
        Ok(self.text.clone())
    }

    fn boolean_value(&self, _: &mut Cx) -> Fallible<bool> {
        self.expect(&[BOOLEAN], "boolean")?;
        Ok(self.boolean)
    }

    fn single_node_value(&self, _: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        self.expect(&[ANY_UNORDERED, FIRST_ORDERED], "single node")?;
        Ok(self.nodes.first().cloned())
    }

    fn invalid_iterator_state(&self, cx: &mut Cx) -> bool {
        self.is_iterator() && cx.engine().tree().version() != self.version
    }

    fn snapshot_length(&self, _: &mut Cx) -> Fallible<u32> {
        self.expect(&[UNORDERED_SNAPSHOT, ORDERED_SNAPSHOT], "snapshot")?;
        Ok(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX))
    }

    fn iterate_next(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        self.expect(&[UNORDERED_ITERATOR, ORDERED_ITERATOR], "iterator")?;
        if self.invalid_iterator_state(cx) {
            return Err(Error::dom(
                DomExceptionName::InvalidState,
                "the document has changed since the expression was evaluated",
            ));
        }
        let place = self.next.get();
        self.next.set(place.saturating_add(1));
        Ok(self.nodes.get(place as usize).cloned())
    }

    fn snapshot_item(&self, _: &mut Cx, index: u32) -> Fallible<Option<Obj<Node>>> {
        self.expect(&[UNORDERED_SNAPSHOT, ORDERED_SNAPSHOT], "snapshot")?;
        Ok(self.nodes.get(index as usize).cloned())
    }
}
