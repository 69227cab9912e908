//! The core function library:
//! <https://www.w3.org/TR/1999/REC-xpath-19991116/#corelib>

use super::XPathError;
use super::eval::{Context, evaluate_in};
use super::parse::Expr;
use super::value::{Item, Value, is_space};
use crate::tree::NodeKind;
use markup5ever::{local_name, ns};

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal..=$most:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($variant),* }

        /// Name, function, how many arguments it takes.
        const FUNCTIONS: &[(&str, Function, usize, usize)] =
            &[$(($name, Function::$variant, $least, $most)),*];
    };
}

functions! {
    Last "last" 0..=0;
    Position "position" 0..=0;
    Count "count" 1..=1;
    Id "id" 1..=1;
    LocalName "local-name" 0..=1;
    NamespaceUri "namespace-uri" 0..=1;
    Name "name" 0..=1;
    String "string" 0..=1;
    Concat "concat" 2..=usize::MAX;
    StartsWith "starts-with" 2..=2;
    Contains "contains" 2..=2;
    SubstringBefore "substring-before" 2..=2;
    SubstringAfter "substring-after" 2..=2;
    Substring "substring" 2..=3;
    StringLength "string-length" 0..=1;
    NormalizeSpace "normalize-space" 0..=1;
    Translate "translate" 3..=3;
    Boolean "boolean" 1..=1;
    Not "not" 1..=1;
    True "true" 0..=0;
    False "false" 0..=0;
    Lang "lang" 1..=1;
    Number "number" 0..=1;
    Sum "sum" 1..=1;
    Floor "floor" 1..=1;
    Ceiling "ceiling" 1..=1;
    Round "round" 1..=1;
}

impl Function {
    pub(super) fn find(name: &str, arguments: usize) -> Result<Self, XPathError> {
        let Some((_, function, least, most)) = FUNCTIONS.iter().find(|(own, ..)| *own == name)
        else {
            return Err(XPathError::Syntax(format!("there is no function `{name}`")));
        };
        if (*least..=*most).contains(&arguments) {
            Ok(*function)
        } else {
            Err(XPathError::Syntax(format!("`{name}` does not take {arguments} arguments")))
        }
    }

    /// Whether the value depends on where a node stands among others.
    pub(super) fn is_positional(self) -> bool {
        matches!(self, Self::Last | Self::Position)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Last
                | Self::Position
                | Self::Count
                | Self::StringLength
                | Self::Number
                | Self::Sum
                | Self::Floor
                | Self::Ceiling
                | Self::Round
        )
    }

    pub(super) fn call(self, context: &Context<'_>, arguments: &[Expr]) -> Value {
        let tree = context.tree;
        let value = |place: usize| match arguments.get(place) {
            Some(argument) => evaluate_in(context, argument),
            None => Value::Nodes(vec![context.item]),
        };
        let text = |place: usize| value(place).to_text(tree);
        let number = |place: usize| value(place).to_number(tree);
        match self {
            Self::Last => Value::Number(count(context.size)),
            Self::Position => Value::Number(count(context.position)),
            Self::Count => match value(0) {
                Value::Nodes(nodes) => Value::Number(count(nodes.len())),
                _ => Value::Number(f64::NAN),
            },
            Self::Id => self.by_id(context, value(0)),
            Self::LocalName | Self::NamespaceUri | Self::Name => match value(0) {
                Value::Nodes(nodes) => {
                    let of = |item: &Item| self.name_of(context, *item);
                    Value::String(nodes.first().map_or_else(String::new, of))
                }
                _ => Value::String(String::new()),
            },
            Self::String => Value::String(text(0)),
            Self::Concat => Value::String((0..arguments.len()).map(text).collect()),
            Self::StartsWith => Value::Boolean(text(0).starts_with(&text(1))),
            Self::Contains => Value::Boolean(text(0).contains(&text(1))),
            Self::SubstringBefore => {
                let whole = text(0);
                let at = whole.find(&text(1)).unwrap_or(0);
                Value::String(whole[..at].to_owned())
            }
            Self::SubstringAfter => {
                let (whole, part) = (text(0), text(1));
                let after = whole.split_once(&part).map_or("", |(_, after)| after);
                Value::String(after.to_owned())
            }
            Self::Substring => {
                let begin = round(number(1));
                let end =
                    if arguments.len() > 2 { begin + round(number(2)) } else { f64::INFINITY };
                let within = |place: usize| {
                    let place = count(place + 1);
                    place >= begin && place < end
                };
                let whole = text(0);
                let kept = whole.chars().enumerate().filter(|(place, _)| within(*place));
                Value::String(kept.map(|(_, c)| c).collect())
            }
            Self::StringLength => Value::Number(count(text(0).chars().count())),
            Self::NormalizeSpace => {
                let whole = text(0);
                let words: Vec<&str> = whole.split(is_space).filter(|w| !w.is_empty()).collect();
                Value::String(words.join(" "))
            }
            Self::Translate => {
                let from: Vec<char> = text(1).chars().collect();
                let to: Vec<char> = text(2).chars().collect();
                let each = |c: char| match from.iter().position(|own| *own == c) {
                    Some(place) => to.get(place).copied(),
                    None => Some(c),
                };
                Value::String(text(0).chars().filter_map(each).collect())
            }
            Self::Boolean => Value::Boolean(value(0).to_boolean()),
            Self::Not => Value::Boolean(!value(0).to_boolean()),
            Self::True => Value::Boolean(true),
            Self::False => Value::Boolean(false),
            Self::Lang => Value::Boolean(has_language(context, &text(0))),
            Self::Number => Value::Number(number(0)),
            Self::Sum => match value(0) {
                Value::Nodes(nodes) => Value::Number(
                    nodes
                        .iter()
                        .map(|node| super::value::parse_number(&node.string_value(tree)))
                        .sum(),
                ),
                _ => Value::Number(f64::NAN),
            },
            Self::Floor => Value::Number(number(0).floor()),
            Self::Ceiling => Value::Number(number(0).ceil()),
            Self::Round => Value::Number(round(number(0))),
        }
    }

    fn name_of(self, context: &Context<'_>, item: Item) -> String {
        let tree = context.tree;
        if item.attribute.is_none() && tree.kind(item.node) == Some(NodeKind::ProcessingInstruction)
        {
            let target = tree.processing_instruction(item.node).map(|own| own.target.clone());
            return if self == Self::NamespaceUri {
                String::new()
            } else {
                target.unwrap_or_default()
            };
        }
        let attribute =
            item.attribute.and_then(|place| tree.attributes(item.node).get(place as usize));
        let name = match item.attribute {
            Some(_) => attribute.map(|attribute| &attribute.name),
            None => tree.name(item.node),
        };
        let Some(name) = name else { return String::new() };
        match (self, &name.prefix) {
            (Self::NamespaceUri, _) => name.ns.to_string(),
            (Self::Name, Some(prefix)) if !prefix.is_empty() => format!("{prefix}:{}", name.local),
            _ => name.local.to_string(),
        }
    }

    fn by_id(self, context: &Context<'_>, value: Value) -> Value {
        let tree = context.tree;
        let root = tree.root(context.item.node);
        let texts: Vec<String> = match &value {
            Value::Nodes(nodes) => nodes.iter().map(|node| node.string_value(tree)).collect(),
            other => vec![other.to_text(tree)],
        };
        let ids = texts.iter().flat_map(|text| text.split(is_space)).filter(|id| !id.is_empty());
        let mut found: Vec<Item> =
            ids.filter_map(|id| tree.element_by_id(root, id)).map(Item::from).collect();
        context.sort(&mut found);
        Value::Nodes(found)
    }
}

/// <https://www.w3.org/TR/1999/REC-xpath-19991116/#function-lang>
fn has_language(context: &Context<'_>, wanted: &str) -> bool {
    let tree = context.tree;
    let mut node = Some(context.item.node);
    while let Some(id) = node {
        let own = tree
            .attribute(id, &ns!(xml), &local_name!("lang"))
            .or_else(|| tree.plain_attribute(id, &local_name!("lang")));
        if let Some(own) = own {
            let (own, wanted) = (own.to_ascii_lowercase(), wanted.to_ascii_lowercase());
            return own.strip_prefix(&wanted).is_some_and(|r| r.is_empty() || r.starts_with('-'));
        }
        node = tree.parent(id);
    }
    false
}

/// To the nearest whole number, the greater one of two.
fn round(value: f64) -> f64 {
    (value + 0.5).floor()
}

#[expect(clippy::cast_precision_loss, reason = "no document has 2^52 nodes")]
pub(super) fn count(value: usize) -> f64 {
    value as f64
}
