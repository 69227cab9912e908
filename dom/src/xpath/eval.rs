//! Evaluation. Every step's nodes are in document order and unique before the next
//! step sees them; positions count along the axis.

use super::axes::Axis;
use super::functions::count;
use super::parse::{Expr, Operator, Start, Step, Test};
use super::value::{Item, Value, parse_number};
use crate::tree::{NodeKind, Tree};
use markup5ever::ns;
use rustc_hash::FxHashSet;

/// <https://www.w3.org/TR/1999/REC-xpath-19991116/#section-Introduction>
pub(super) struct Context<'a> {
    pub(super) tree: &'a Tree,
    pub(super) item: Item,
    pub(super) position: usize,
    pub(super) size: usize,
}

pub(super) fn evaluate(tree: &Tree, expr: &Expr, item: Item) -> Value {
    evaluate_in(&Context { tree, item, position: 1, size: 1 }, expr)
}

pub(super) fn evaluate_in(context: &Context<'_>, expr: &Expr) -> Value {
    match expr {
        Expr::Number(number) => Value::Number(*number),
        Expr::Literal(text) => Value::String(text.clone()),
        Expr::Negate(inner) => Value::Number(-evaluate_in(context, inner).to_number(context.tree)),
        Expr::Call(function, arguments) => function.call(context, arguments),
        Expr::Binary(operator, left, right) => context.binary(*operator, left, right),
        Expr::Path { start, steps } => context.path(start, steps),
    }
}

impl Context<'_> {
    /// Document order, each node once.
    pub(super) fn sort(&self, items: &mut Vec<Item>) {
        items.sort_by(|a, b| a.order(*b, self.tree));
        items.dedup();
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr) -> Value {
        let tree = self.tree;
        // These two do not look at the right side where the left decides.
        match operator {
            Operator::Or => {
                let decided = evaluate_in(self, left).to_boolean();
                return Value::Boolean(decided || evaluate_in(self, right).to_boolean());
            }
            Operator::And => {
                let decided = evaluate_in(self, left).to_boolean();
                return Value::Boolean(decided && evaluate_in(self, right).to_boolean());
            }
            _ => {}
        }
        let (left, right) = (evaluate_in(self, left), evaluate_in(self, right));
        let number = |of: fn(f64, f64) -> f64| {
            Value::Number(of(left.to_number(tree), right.to_number(tree)))
        };
        match operator {
            Operator::Union => match (left, right) {
                (Value::Nodes(mut nodes), Value::Nodes(more)) => {
                    nodes.extend(more);
                    self.sort(&mut nodes);
                    Value::Nodes(nodes)
                }
                _ => Value::Nodes(Vec::new()),
            },
            Operator::Add => number(|a, b| a + b),
            Operator::Subtract => number(|a, b| a - b),
            Operator::Multiply => number(|a, b| a * b),
            Operator::Divide => number(|a, b| a / b),
            Operator::Remainder => number(|a, b| a % b),
            _ => Value::Boolean(self.compare(operator, &left, &right)),
        }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#booleans>
    fn compare(&self, operator: Operator, left: &Value, right: &Value) -> bool {
        let tree = self.tree;
        let equality = matches!(operator, Operator::Equal | Operator::Unequal);
        match (left, right) {
            (Value::Nodes(a), Value::Nodes(b)) => {
                let b: Vec<String> = b.iter().map(|node| node.string_value(tree)).collect();
                a.iter().any(|node| {
                    let own = node.string_value(tree);
                    b.iter().any(|other| {
                        if equality {
                            (own == *other) == (operator == Operator::Equal)
                        } else {
                            ordered(operator, parse_number(&own), parse_number(other))
                        }
                    })
                })
            }
            (Value::Nodes(nodes), Value::Boolean(_)) => {
                let nodes = Value::Boolean(!nodes.is_empty());
                self.compare(operator, &nodes, right)
            }
            (Value::Boolean(_), Value::Nodes(nodes)) => {
                let nodes = Value::Boolean(!nodes.is_empty());
                self.compare(operator, left, &nodes)
            }
            (Value::Nodes(nodes), other) => nodes
                .iter()
                .any(|node| self.compare(operator, &Value::String(node.string_value(tree)), other)),
            (other, Value::Nodes(nodes)) => nodes
                .iter()
                .any(|node| self.compare(operator, other, &Value::String(node.string_value(tree)))),
            _ if !equality => ordered(operator, left.to_number(tree), right.to_number(tree)),
            (Value::Boolean(_), _) | (_, Value::Boolean(_)) => {
                (left.to_boolean() == right.to_boolean()) == (operator == Operator::Equal)
            }
            (Value::Number(_), _) | (_, Value::Number(_)) => {
                ordered(operator, left.to_number(tree), right.to_number(tree))
            }
            _ => (left.to_text(tree) == right.to_text(tree)) == (operator == Operator::Equal),
        }
    }

    fn path(&self, start: &Start, steps: &[Step]) -> Value {
        let mut items = match start {
            Start::Context => vec![self.item],
            Start::Root => vec![self.tree.root(self.item.node).into()],
            Start::Filtered(primary, predicates) => match evaluate_in(self, primary) {
                Value::Nodes(mut nodes) => {
                    for predicate in predicates {
                        self.filter(&mut nodes, predicate);
                    }
                    nodes
                }
                // Only nodes can be filtered or walked from.
                _ => Vec::new(),
            },
        };
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            rest = after;
            // `//name` would visit all nodes, then all their children, then sort.
            if step.is_all_descendants()
                && let Some((next, after)) = after.split_first()
                && next.axis == Axis::Child
                && !next.predicates.iter().any(is_positional)
            {
                rest = after;
                items = self.step(&items, Axis::Descendant, next);
            } else {
                items = self.step(&items, step.axis, step);
            }
        }
        Value::Nodes(items)
    }

    fn step(&self, from: &[Item], axis: Axis, step: &Step) -> Vec<Item> {
        let mut out = Vec::new();
        let mut seen = FxHashSet::default();
        for item in from {
            let mut nodes = Vec::new();
            axis.walk(self.tree, *item, &mut |node| {
                if step.test.matches(self.tree, axis, node) {
                    nodes.push(node);
                }
            });
            for predicate in &step.predicates {
                self.filter(&mut nodes, predicate);
            }
            if from.len() == 1 {
                out = nodes;
            } else {
                out.extend(nodes.into_iter().filter(|node| seen.insert(*node)));
            }
        }
        if from.len() > 1 {
            self.sort(&mut out);
        } else if axis.is_reverse() {
            out.reverse();
        }
        out
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#predicates>
    fn filter(&self, nodes: &mut Vec<Item>, predicate: &Expr) {
        let size = nodes.len();
        let mut position = 0;
        nodes.retain(|item| {
            position += 1;
            let context = Context { tree: self.tree, item: *item, position, size };
            match evaluate_in(&context, predicate) {
                Value::Number(number) => number == count(position),
                other => other.to_boolean(),
            }
        });
    }
}

fn ordered(operator: Operator, a: f64, b: f64) -> bool {
    match operator {
        Operator::Equal => a == b,
        Operator::Unequal => a != b,
        Operator::Less => a < b,
        Operator::LessOrEqual => a <= b,
        Operator::Greater => a > b,
        _ => a >= b,
    }
}

/// Whether a predicate asks where a node stands.
fn is_positional(expr: &Expr) -> bool {
    fn asks(expr: &Expr) -> bool {
        match expr {
            Expr::Call(function, arguments) => {
                function.is_positional() || arguments.iter().any(asks)
            }
            Expr::Negate(inner) => asks(inner),
            Expr::Binary(_, left, right) => asks(left) || asks(right),
            // Predicates inside have a context of their own.
            Expr::Path { start: Start::Filtered(primary, _), .. } => asks(primary),
            _ => false,
        }
    }
    let is_number = match expr {
        Expr::Number(_) | Expr::Negate(_) => true,
        Expr::Call(function, _) => function.is_number(),
        Expr::Binary(operator, ..) => matches!(
            operator,
            Operator::Add
                | Operator::Subtract
                | Operator::Multiply
                | Operator::Divide
                | Operator::Remainder
        ),
        _ => false,
    };
    is_number || asks(expr)
}

impl Step {
    fn is_all_descendants(&self) -> bool {
        self.axis == Axis::DescendantOrSelf && self.test == Test::Node && self.predicates.is_empty()
    }
}

impl Test {
    fn matches(&self, tree: &Tree, axis: Axis, item: Item) -> bool {
        let kind = if item.attribute.is_some() { None } else { tree.kind(item.node) };
        match self {
            Self::Node => true,
            Self::Text => matches!(kind, Some(NodeKind::Text | NodeKind::CdataSection)),
            Self::Comment => kind == Some(NodeKind::Comment),
            Self::ProcessingInstruction(target) => {
                kind == Some(NodeKind::ProcessingInstruction)
                    && target.as_ref().is_none_or(|target| {
                        tree.processing_instruction(item.node)
                            .is_some_and(|own| own.target == *target)
                    })
            }
            Self::Any => axis.is_principal(tree, item),
            Self::InNamespace(namespace) => {
                axis.is_principal(tree, item)
                    && name_of(tree, item).is_some_and(|name| *name.ns == **namespace)
            }
            Self::Name { namespace, local } => {
                axis.is_principal(tree, item)
                    && name_of(tree, item).is_some_and(|name| match namespace {
                        Some(namespace) => *name.ns == **namespace && *name.local == **local,
                        // HTML documents: names without a prefix are HTML's.
                        None if is_html(tree, item) => {
                            let own = if item.attribute.is_some() { ns!() } else { ns!(html) };
                            name.ns == own && (*name.local).eq_ignore_ascii_case(local)
                        }
                        None => name.ns == ns!() && *name.local == **local,
                    })
            }
        }
    }
}

fn name_of(tree: &Tree, item: Item) -> Option<&markup5ever::QualName> {
    match item.attribute {
        Some(place) => tree.attributes(item.node).get(place as usize).map(|own| &own.name),
        None => tree.name(item.node),
    }
}

/// Whether it is an HTML element of an HTML document, or an attribute of one.
fn is_html(tree: &Tree, item: Item) -> bool {
    tree.namespace(item.node) == Some(&ns!(html))
        && tree.owner_document(item.node).is_some_and(|document| tree.is_html_document(document))
}
