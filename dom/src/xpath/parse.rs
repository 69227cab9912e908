//! The grammar: <https://www.w3.org/TR/1999/REC-xpath-19991116/#section-Expressions>

use super::XPathError;
use super::axes::Axis;
use super::functions::Function;
use super::lex::{self, Token};

/// Brackets inside one another; more is refused.
const MAX_DEPTH: usize = 64;

/// Operators of one expression. A chain of them is as deep as it is long.
const MAX_OPERATORS: usize = 1000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Number(f64),
    Literal(String),
    Negate(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
    /// `start` is `None` for the context node.
    Path {
        start: Start,
        steps: Vec<Step>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    Context,
    Root,
    /// An expression's nodes, filtered.
    Filtered(Box<Expr>, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Union,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

/// <https://www.w3.org/TR/1999/REC-xpath-19991116/#node-tests>
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// `*`
    Any,
    /// `prefix:*`
    InNamespace(String),
    Name {
        namespace: Option<String>,
        local: String,
    },
    Node,
    Text,
    Comment,
    ProcessingInstruction(Option<String>),
}

/// Operators by how tightly they bind, the loosest first.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::Unequal)],
    &[
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("div", Operator::Divide), ("mod", Operator::Remainder)],
];

pub(super) fn parse(
    text: &str,
    resolve: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<Expr, XPathError> {
    let tokens = lex::tokens(text)?;
    let mut parser = Parser { tokens: &tokens, resolve, depth: 0, operators: 0 };
    let expr = parser.binary(0)?;
    match parser.tokens.first() {
        None => Ok(expr),
        Some(token) => Err(unexpected(Some(token))),
    }
}

fn unexpected(token: Option<&Token>) -> XPathError {
    XPathError::Syntax(match token {
        None => "it ends too early".to_owned(),
        Some(Token::Symbol(symbol)) => format!("unexpected `{symbol}`"),
        Some(Token::Literal(text)) => format!("unexpected string \"{text}\""),
        Some(Token::Number(number)) => format!("unexpected number {number}"),
        Some(Token::Name(None, name)) => format!("unexpected name `{name}`"),
        Some(Token::Name(Some(prefix), name)) => format!("unexpected name `{prefix}:{name}`"),
        Some(Token::Variable(name)) => format!("there is no variable ${name}"),
    })
}

struct Parser<'a> {
    tokens: &'a [Token],
    resolve: &'a mut dyn FnMut(&str) -> Option<String>,
    depth: usize,
    operators: usize,
}

impl Parser<'_> {
    fn peek(&self, symbol: &str) -> bool {
        matches!(self.tokens.first(), Some(Token::Symbol(own)) if *own == symbol)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = self.peek(symbol);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), XPathError> {
        if self.take(symbol) { Ok(()) } else { Err(unexpected(self.tokens.first())) }
    }

    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, XPathError>,
    ) -> Result<T, XPathError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(XPathError::Syntax(format!("more than {MAX_DEPTH} levels deep")));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn count_operator(&mut self) -> Result<(), XPathError> {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(XPathError::Syntax(format!("more than {MAX_OPERATORS} operators")));
        }
        Ok(())
    }

    fn binary(&mut self, level: usize) -> Result<Expr, XPathError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        'more: loop {
            for (symbol, operator) in *operators {
                if self.take(symbol) {
                    self.count_operator()?;
                    let right = self.binary(level + 1)?;
                    left = Expr::Binary(*operator, Box::new(left), Box::new(right));
                    continue 'more;
                }
            }
            return Ok(left);
        }
    }

    fn unary(&mut self) -> Result<Expr, XPathError> {
        if self.take("-") {
            return Ok(Expr::Negate(Box::new(self.nested(Self::unary)?)));
        }
        let mut left = self.path()?;
        while self.take("|") {
            self.count_operator()?;
            let right = self.path()?;
            left = Expr::Binary(Operator::Union, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#NT-PathExpr>
    fn path(&mut self) -> Result<Expr, XPathError> {
        let mut steps = Vec::new();
        if self.take("/") {
            if self.starts_step() {
                self.steps(&mut steps)?;
            }
            return Ok(Expr::Path { start: Start::Root, steps });
        }
        if self.take("//") {
            steps.push(descendants());
            self.steps(&mut steps)?;
            return Ok(Expr::Path { start: Start::Root, steps });
        }
        if self.starts_step() {
            self.steps(&mut steps)?;
            return Ok(Expr::Path { start: Start::Context, steps });
        }
        let primary = self.primary()?;
        let predicates = self.predicates()?;
        if self.take("/") {
            self.steps(&mut steps)?;
        } else if self.take("//") {
            steps.push(descendants());
            self.steps(&mut steps)?;
        }
        if steps.is_empty() && predicates.is_empty() {
            return Ok(primary);
        }
        Ok(Expr::Path { start: Start::Filtered(Box::new(primary), predicates), steps })
    }

    /// Whether a step comes, and no primary expression.
    fn starts_step(&self) -> bool {
        match self.tokens {
            [Token::Symbol("." | ".." | "@"), ..] => true,
            [Token::Name(prefix, name), Token::Symbol("("), ..] => {
                prefix.is_none() && is_node_type(name)
            }
            [Token::Name(..), ..] => true,
            _ => false,
        }
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), XPathError> {
        loop {
            steps.push(self.step()?);
            if self.take("//") {
                steps.push(descendants());
            } else if !self.take("/") {
                return Ok(());
            }
        }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#NT-Step>
    fn step(&mut self) -> Result<Step, XPathError> {
        if self.take(".") {
            return Ok(Step { axis: Axis::SelfNode, test: Test::Node, predicates: Vec::new() });
        }
        if self.take("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: Vec::new() });
        }
        let mut axis = Axis::Child;
        if self.take("@") {
            axis = Axis::Attribute;
        } else if let [Token::Name(None, name), Token::Symbol("::"), ..] = self.tokens {
            axis = Axis::parse(name)
                .ok_or_else(|| XPathError::Syntax(format!("there is no axis `{name}`")))?;
            self.tokens = &self.tokens[2..];
        }
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn test(&mut self) -> Result<Test, XPathError> {
        match self.next() {
            Some(Token::Name(None, name)) if self.peek("(") && is_node_type(&name) => {
                self.expect("(")?;
                let test = match name.as_str() {
                    "text" => Test::Text,
                    "comment" => Test::Comment,
                    "node" => Test::Node,
                    _ => match self.tokens.first() {
                        Some(Token::Literal(target)) => {
                            self.tokens = &self.tokens[1..];
                            Test::ProcessingInstruction(Some(target.clone()))
                        }
                        _ => Test::ProcessingInstruction(None),
                    },
                };
                self.expect(")")?;
                Ok(test)
            }
            Some(Token::Name(None, name)) if name == "*" => Ok(Test::Any),
            Some(Token::Name(None, local)) => Ok(Test::Name { namespace: None, local }),
            Some(Token::Name(Some(prefix), local)) => {
                let namespace = (self.resolve)(&prefix).ok_or(XPathError::Prefix(prefix))?;
                Ok(if local == "*" {
                    Test::InNamespace(namespace)
                } else {
                    Test::Name { namespace: Some(namespace), local }
                })
            }
            other => Err(unexpected(other.as_ref())),
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, XPathError> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.nested(|parser| parser.binary(0))?);
            self.expect("]")?;
        }
        Ok(predicates)
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#NT-PrimaryExpr>
    fn primary(&mut self) -> Result<Expr, XPathError> {
        match self.next() {
            Some(Token::Literal(text)) => Ok(Expr::Literal(text)),
            Some(Token::Number(number)) => Ok(Expr::Number(number)),
            Some(Token::Symbol("(")) => {
                let inner = self.nested(|parser| parser.binary(0))?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Name(None, name)) if self.take("(") => {
                let mut arguments = Vec::new();
                if !self.take(")") {
                    loop {
                        arguments.push(self.nested(|parser| parser.binary(0))?);
                        if self.take(")") {
                            break;
                        }
                        self.expect(",")?;
                    }
                }
                let function = Function::find(&name, arguments.len())?;
                Ok(Expr::Call(function, arguments))
            }
            other => Err(unexpected(other.as_ref())),
        }
    }
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "comment" | "text" | "processing-instruction" | "node")
}

/// What `//` is short for.
fn descendants() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}
