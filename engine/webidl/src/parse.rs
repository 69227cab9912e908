//! The one place that knows the parser (weedle).
//!
//! weedle follows the WebIDL grammar closely; what it lacks is bridged here,
//! keeping every line on its line:
//!
//! * `async_iterable`, the newer spelling of `async iterable`;
//! * numbers and lists of strings or numbers behind an extended attribute
//!   (`[ReflectDefault=50, ReflectRange=(1, 10), ReflectOnly=("a", "b")]`) are
//!   turned into one string before parsing;
//! * `bigint`, and `undefined` inside unions, arrive as identifiers;
//! * a syntax error is placed on the member it is in, not on its definition.

use std::sync::Arc;

use weedle::argument::Argument as WArgument;
use weedle::attribute::{ExtendedAttribute, ExtendedAttributeList, IdentifierOrString};
use weedle::interface::{
    AsyncIterableInterfaceMember, InterfaceMember, IterableInterfaceMember, Special as WSpecial,
    StringifierOrInheritOrStatic, StringifierOrStatic,
};
use weedle::literal::{ConstValue, DefaultValue, FloatLit, IntegerLit};
use weedle::mixin::MixinMember;
use weedle::namespace::NamespaceMember;
use weedle::types::{
    AttributedType, ConstType, FloatingPointType, IntegerType, NonAnyType, RecordKeyType,
    ReturnType, SingleType, Type as WType, UnionMemberType, UnionType,
};
use weedle::{Definition, Definitions, Parse};

use crate::Error;
use crate::ir::*;

/// Reads one file's definitions into `idl`.
pub(crate) fn parse(file: &str, source: &str, idl: &mut Idl) -> Result<(), Error> {
    let text = bridge(source);
    let reader = Reader { file: Arc::from(file), text: &text };
    let (rest, definitions) = Definitions::parse(&text)
        .map_err(|_| Error::new(reader.pos(&text), "this is not WebIDL".to_owned()))?;
    if !skip_blank(rest).is_empty() {
        return Err(reader.syntax_error(rest));
    }
    for definition in definitions {
        reader.definition(definition, idl)?;
    }
    Ok(())
}

/// Rewrites what weedle cannot read, line by line in place.
fn bridge(source: &str) -> String {
    let mut out = source.replace("async_iterable<", "async iterable<");
    for name in ["ReflectDefault", "ReflectRange", "ReflectOnly", "Reflect"] {
        let mut from = 0;
        let needle = format!("{name}=");
        while let Some(found) = out[from..].find(&needle) {
            let start = from + found + needle.len();
            from = start;
            let rest = &out[start..];
            let (len, value) = if rest.starts_with('(') {
                let Some(end) = rest.find(')') else { break };
                (end + 1, rest[1..end].replace('"', ""))
            } else if rest.starts_with('"') {
                continue;
            } else {
                let end = rest.find([',', ']']).unwrap_or(rest.len());
                (end, rest[..end].trim().to_owned())
            };
            let newlines = "\n".repeat(value.matches('\n').count());
            let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
            out.replace_range(start..start + len, &format!("\"{one_line}\"{newlines}"));
        }
    }
    // A line comment that ends the file is not ended for weedle.
    out.push('\n');
    out
}

/// What is left after white space and comments.
fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix("//") {
            text = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(rest) = text.strip_prefix("/*") {
            text = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return text;
        }
    }
}

struct Reader<'a> {
    file: Arc<str>,
    text: &'a str,
}

impl Reader<'_> {
    /// The place of a slice of the text.
    fn pos(&self, part: &str) -> Pos {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or("");
        Pos { file: self.file.clone(), line: 1 + before.matches('\n').count() }
    }

    /// Finds the member that could not be read in the definition at `rest`.
    fn syntax_error(&self, rest: &str) -> Error {
        let rest = skip_blank(rest);
        let head = rest.lines().next().unwrap_or_default().trim().to_owned();
        let definition = Error::new(self.pos(rest), format!("cannot read the definition `{head}`"));
        let Some(open) = rest.find('{') else { return definition };
        let mut body = &rest[open + 1..];
        let dictionary = rest[..open].contains("dictionary");
        loop {
            body = skip_blank(body);
            if body.is_empty() || body.starts_with('}') {
                return definition;
            }
            let after = if dictionary {
                weedle::dictionary::DictionaryMember::parse(body).ok().map(|(rest, _)| rest)
            } else {
                InterfaceMember::parse(body).ok().map(|(rest, _)| rest)
            };
            match after {
                Some(after) => body = after,
                None => {
                    let line = body.lines().next().unwrap_or_default().trim();
                    return Error::new(self.pos(body), format!("cannot read the member `{line}`"));
                }
            }
        }
    }

    fn definition(&self, definition: Definition<'_>, idl: &mut Idl) -> Result<(), Error> {
        match definition {
            Definition::Interface(d) => {
                let interface =
                    self.interface(d.identifier.0, d.inheritance, &d.attributes, d.members.body)?;
                self.add(
                    &mut idl.interfaces,
                    interface.name.clone(),
                    interface.pos.clone(),
                    interface,
                )
            }
            Definition::CallbackInterface(d) => {
                let interface =
                    self.interface(d.identifier.0, d.inheritance, &d.attributes, d.members.body)?;
                self.add(
                    &mut idl.callback_interfaces,
                    interface.name.clone(),
                    interface.pos.clone(),
                    interface,
                )
            }
            Definition::PartialInterface(d) => {
                let interface =
                    self.interface(d.identifier.0, None, &d.attributes, d.members.body)?;
                idl.partials.push(Partial::Interface(interface));
                Ok(())
            }
            Definition::InterfaceMixin(d) => {
                let mixin = self.mixin(d.identifier.0, &d.attributes, d.members.body)?;
                self.add(&mut idl.mixins, mixin.name.clone(), mixin.pos.clone(), mixin)
            }
            Definition::PartialInterfaceMixin(d) => {
                let mixin = self.mixin(d.identifier.0, &d.attributes, d.members.body)?;
                idl.partials.push(Partial::Mixin(mixin));
                Ok(())
            }
            Definition::Namespace(d) => {
                let namespace = self.namespace(d.identifier.0, &d.attributes, d.members.body)?;
                self.add(
                    &mut idl.namespaces,
                    namespace.name.clone(),
                    namespace.pos.clone(),
                    namespace,
                )
            }
            Definition::PartialNamespace(d) => {
                let namespace = self.namespace(d.identifier.0, &d.attributes, d.members.body)?;
                idl.partials.push(Partial::Namespace(namespace));
                Ok(())
            }
            Definition::Dictionary(d) => {
                let dictionary = self.dictionary(
                    d.identifier.0,
                    d.inheritance.map(|i| i.identifier.0),
                    d.members.body,
                )?;
                self.add(
                    &mut idl.dictionaries,
                    dictionary.name.clone(),
                    dictionary.pos.clone(),
                    dictionary,
                )
            }
            Definition::PartialDictionary(d) => {
                let dictionary = self.dictionary(d.identifier.0, None, d.members.body)?;
                idl.partials.push(Partial::Dictionary(dictionary));
                Ok(())
            }
            Definition::Enum(d) => {
                let value = Enum {
                    name: d.identifier.0.to_owned(),
                    values: d.values.body.list.iter().map(|v| v.0.to_owned()).collect(),
                    pos: self.pos(d.identifier.0),
                };
                self.add(&mut idl.enums, value.name.clone(), value.pos.clone(), value)
            }
            Definition::Callback(d) => {
                let value = Callback {
                    name: d.identifier.0.to_owned(),
                    ret: self.ret(d.return_type)?,
                    args: self.args(d.arguments.body.list)?,
                    attrs: self.attrs(&d.attributes)?,
                    pos: self.pos(d.identifier.0),
                };
                self.add(&mut idl.callbacks, value.name.clone(), value.pos.clone(), value)
            }
            Definition::Typedef(d) => {
                let value = Typedef {
                    name: d.identifier.0.to_owned(),
                    ty: self.attributed(d.type_, &d.attributes)?,
                    pos: self.pos(d.identifier.0),
                };
                self.add(&mut idl.typedefs, value.name.clone(), value.pos.clone(), value)
            }
            Definition::IncludesStatement(d) => {
                idl.includes.push(Includes {
                    interface: d.lhs_identifier.0.to_owned(),
                    mixin: d.rhs_identifier.0.to_owned(),
                    pos: self.pos(d.lhs_identifier.0),
                });
                Ok(())
            }
            Definition::Implements(d) => Err(Error::new(
                self.pos(d.lhs_identifier.0),
                "`implements` is gone from WebIDL: use a mixin and `includes`".to_owned(),
            )),
        }
    }

    fn add<T>(
        &self,
        to: &mut std::collections::BTreeMap<String, T>,
        name: String,
        pos: Pos,
        value: T,
    ) -> Result<(), Error> {
        if to.contains_key(&name) {
            return Err(Error::new(pos, format!("`{name}` is defined twice")));
        }
        to.insert(name, value);
        Ok(())
    }

    fn interface(
        &self,
        name: &str,
        inheritance: Option<weedle::interface::Inheritance<'_>>,
        attrs: &Option<ExtendedAttributeList<'_>>,
        members: Vec<InterfaceMember<'_>>,
    ) -> Result<Interface, Error> {
        let mut out = Vec::new();
        for member in members {
            out.push(self.member(member)?);
        }
        Ok(Interface {
            name: name.to_owned(),
            parent: inheritance.map(|i| i.identifier.0.to_owned()),
            attrs: self.attrs(attrs)?,
            members: out,
            pos: self.pos(name),
        })
    }

    fn member(&self, member: InterfaceMember<'_>) -> Result<Member, Error> {
        Ok(match member {
            InterfaceMember::Const(c) => {
                self.constant(c.const_type, c.identifier.0, &c.const_value, &c.attributes)?
            }
            InterfaceMember::Attribute(a) => {
                let pos = self.pos(a.identifier.0);
                let handler = is_handler(&a.type_.type_);
                Member {
                    kind: MemberKind::Attribute(Attribute {
                        name: a.identifier.0.to_owned(),
                        ty: self.attributed(a.type_, &a.attributes)?,
                        handler,
                        readonly: a.readonly.is_some(),
                        is_static: matches!(
                            a.modifier,
                            Some(StringifierOrInheritOrStatic::Static(_))
                        ),
                        stringifier: matches!(
                            a.modifier,
                            Some(StringifierOrInheritOrStatic::Stringifier(_))
                        ),
                    }),
                    attrs: self.attrs(&a.attributes)?,
                    mixin: None,
                    pos,
                }
            }
            InterfaceMember::Constructor(c) => Member {
                attrs: self.attrs(&c.attributes)?,
                mixin: None,
                pos: self.args_pos(&c.args.body.list),
                kind: MemberKind::Constructor(self.args(c.args.body.list)?),
            },
            InterfaceMember::Operation(o) => {
                let pos = match &o.identifier {
                    Some(name) => self.pos(name.0),
                    None => self.args_pos(&o.args.body.list),
                };
                let special = match o.special {
                    Some(WSpecial::Getter(_)) => Some(Special::Getter),
                    Some(WSpecial::Setter(_)) => Some(Special::Setter),
                    Some(WSpecial::Deleter(_)) => Some(Special::Deleter),
                    Some(WSpecial::LegacyCaller(_)) => {
                        return Err(Error::new(pos, "`legacycaller` is not supported".to_owned()));
                    }
                    None => None,
                };
                Member {
                    kind: MemberKind::Operation(Operation {
                        name: o.identifier.map(|i| i.0.to_owned()),
                        ret: self.ret(o.return_type)?,
                        args: self.args(o.args.body.list)?,
                        special,
                        is_static: matches!(o.modifier, Some(StringifierOrStatic::Static(_))),
                        stringifier: matches!(
                            o.modifier,
                            Some(StringifierOrStatic::Stringifier(_))
                        ),
                    }),
                    attrs: self.attrs(&o.attributes)?,
                    mixin: None,
                    pos,
                }
            }
            InterfaceMember::Iterable(i) => {
                let (attrs, key, value) = match i {
                    IterableInterfaceMember::Single(i) => (i.attributes, None, i.generics.body),
                    IterableInterfaceMember::Double(i) => {
                        (i.attributes, Some(i.generics.body.0), i.generics.body.2)
                    }
                };
                Member {
                    kind: MemberKind::Iterable {
                        key: key.map(|k| self.attributed(k, &None)).transpose()?,
                        value: self.attributed(value, &None)?,
                    },
                    attrs: self.attrs(&attrs)?,
                    mixin: None,
                    pos: self.pos(self.text),
                }
            }
            InterfaceMember::AsyncIterable(i) => {
                let (attrs, key, value, args) = match i {
                    AsyncIterableInterfaceMember::Single(i) => {
                        (i.attributes, None, i.generics.body, i.args)
                    }
                    AsyncIterableInterfaceMember::Double(i) => {
                        (i.attributes, Some(i.generics.body.0), i.generics.body.2, i.args)
                    }
                };
                Member {
                    kind: MemberKind::AsyncIterable {
                        key: key.map(|k| self.attributed(k, &None)).transpose()?,
                        value: self.attributed(value, &None)?,
                        args: match args {
                            Some(args) => self.args(args.body.list)?,
                            None => Vec::new(),
                        },
                    },
                    attrs: self.attrs(&attrs)?,
                    mixin: None,
                    pos: self.pos(self.text),
                }
            }
            InterfaceMember::Maplike(m) => Member {
                kind: MemberKind::Maplike {
                    readonly: m.readonly.is_some(),
                    key: self.attributed(m.generics.body.0, &None)?,
                    value: self.attributed(m.generics.body.2, &None)?,
                },
                attrs: self.attrs(&m.attributes)?,
                mixin: None,
                pos: self.pos(self.text),
            },
            InterfaceMember::Setlike(m) => Member {
                kind: MemberKind::Setlike {
                    readonly: m.readonly.is_some(),
                    value: self.attributed(m.generics.body, &None)?,
                },
                attrs: self.attrs(&m.attributes)?,
                mixin: None,
                pos: self.pos(self.text),
            },
            InterfaceMember::Stringifier(s) => Member {
                kind: MemberKind::Stringifier,
                attrs: self.attrs(&s.attributes)?,
                mixin: None,
                pos: self.pos(self.text),
            },
        })
    }

    fn mixin(
        &self,
        name: &str,
        attrs: &Option<ExtendedAttributeList<'_>>,
        members: Vec<MixinMember<'_>>,
    ) -> Result<Interface, Error> {
        let mut out = Vec::new();
        for member in members {
            out.push(match member {
                MixinMember::Const(c) => {
                    self.constant(c.const_type, c.identifier.0, &c.const_value, &c.attributes)?
                }
                MixinMember::Operation(o) => {
                    let pos = o.identifier.map_or_else(|| self.pos(name), |i| self.pos(i.0));
                    Member {
                        kind: MemberKind::Operation(Operation {
                            name: o.identifier.map(|i| i.0.to_owned()),
                            ret: self.ret(o.return_type)?,
                            args: self.args(o.args.body.list)?,
                            special: None,
                            is_static: false,
                            stringifier: o.stringifier.is_some(),
                        }),
                        attrs: self.attrs(&o.attributes)?,
                        mixin: None,
                        pos,
                    }
                }
                MixinMember::Attribute(a) => {
                    let pos = self.pos(a.identifier.0);
                    let handler = is_handler(&a.type_.type_);
                    Member {
                        kind: MemberKind::Attribute(Attribute {
                            name: a.identifier.0.to_owned(),
                            ty: self.attributed(a.type_, &a.attributes)?,
                            handler,
                            readonly: a.readonly.is_some(),
                            is_static: false,
                            stringifier: a.stringifier.is_some(),
                        }),
                        attrs: self.attrs(&a.attributes)?,
                        mixin: None,
                        pos,
                    }
                }
                MixinMember::Stringifier(s) => Member {
                    kind: MemberKind::Stringifier,
                    attrs: self.attrs(&s.attributes)?,
                    mixin: None,
                    pos: self.pos(name),
                },
            });
        }
        Ok(Interface {
            name: name.to_owned(),
            parent: None,
            attrs: self.attrs(attrs)?,
            members: out,
            pos: self.pos(name),
        })
    }

    fn namespace(
        &self,
        name: &str,
        attrs: &Option<ExtendedAttributeList<'_>>,
        members: Vec<NamespaceMember<'_>>,
    ) -> Result<Interface, Error> {
        let mut out = Vec::new();
        for member in members {
            out.push(match member {
                NamespaceMember::Const(c) => {
                    self.constant(c.const_type, c.identifier.0, &c.const_value, &c.attributes)?
                }
                NamespaceMember::Operation(o) => {
                    let Some(identifier) = o.identifier else {
                        return Err(Error::new(
                            self.pos(name),
                            "an operation of a namespace needs a name".to_owned(),
                        ));
                    };
                    Member {
                        kind: MemberKind::Operation(Operation {
                            name: Some(identifier.0.to_owned()),
                            ret: self.ret(o.return_type)?,
                            args: self.args(o.args.body.list)?,
                            special: None,
                            is_static: true,
                            stringifier: false,
                        }),
                        attrs: self.attrs(&o.attributes)?,
                        mixin: None,
                        pos: self.pos(identifier.0),
                    }
                }
                NamespaceMember::Attribute(a) => Member {
                    pos: self.pos(a.identifier.0),
                    kind: MemberKind::Attribute(Attribute {
                        name: a.identifier.0.to_owned(),
                        ty: self.attributed(a.type_, &a.attributes)?,
                        handler: false,
                        readonly: true,
                        is_static: true,
                        stringifier: false,
                    }),
                    attrs: self.attrs(&a.attributes)?,
                    mixin: None,
                },
            });
        }
        Ok(Interface {
            name: name.to_owned(),
            parent: None,
            attrs: self.attrs(attrs)?,
            members: out,
            pos: self.pos(name),
        })
    }

    fn dictionary(
        &self,
        name: &str,
        parent: Option<&str>,
        members: Vec<weedle::dictionary::DictionaryMember<'_>>,
    ) -> Result<Dictionary, Error> {
        let mut out = Vec::new();
        for m in members {
            let mut ty = self.ty(m.type_)?;
            ty = self.annotate(ty, &m.attributes)?;
            out.push(DictionaryMember {
                name: m.identifier.0.to_owned(),
                ty,
                required: m.required.is_some(),
                default: m.default.map(|d| self.default(&d.value)).transpose()?,
                pos: self.pos(m.identifier.0),
            });
        }
        Ok(Dictionary {
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            members: out,
            pos: self.pos(name),
        })
    }

    fn constant(
        &self,
        ty: ConstType<'_>,
        name: &str,
        value: &ConstValue<'_>,
        attrs: &Option<ExtendedAttributeList<'_>>,
    ) -> Result<Member, Error> {
        let pos = self.pos(name);
        let ty = match ty {
            ConstType::Integer(i) => Type::Int(integer(i.type_)),
            ConstType::FloatingPoint(f) => floating(f.type_),
            ConstType::Boolean(_) => Type::Boolean,
            ConstType::Byte(_) => Type::Int(Int::I8),
            ConstType::Octet(_) => Type::Int(Int::U8),
            ConstType::Identifier(i) => Type::Named(i.type_.0.to_owned()),
        };
        let value = match value {
            ConstValue::Boolean(b) => Literal::Bool(b.0),
            ConstValue::Float(f) => Literal::Float(float(f)),
            ConstValue::Integer(i) => Literal::Int(self.integer_literal(i)?),
            ConstValue::Null(_) => Literal::Null,
        };
        Ok(Member {
            kind: MemberKind::Const { name: name.to_owned(), ty, value },
            attrs: self.attrs(attrs)?,
            mixin: None,
            pos,
        })
    }

    fn integer_literal(&self, literal: &IntegerLit<'_>) -> Result<i128, Error> {
        let (text, radix) = match literal {
            IntegerLit::Dec(d) => (d.0, 10),
            IntegerLit::Hex(h) => (h.0, 16),
            IntegerLit::Oct(o) => (o.0, 8),
        };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits = match radix {
            16 => &digits[2..],
            8 if digits.len() > 1 => &digits[1..],
            _ => digits,
        };
        let value = i128::from_str_radix(digits, radix)
            .map_err(|e| Error::new(self.pos(text), format!("the number `{text}`: {e}")))?;
        Ok(if negative { -value } else { value })
    }

    fn default(&self, value: &DefaultValue<'_>) -> Result<Literal, Error> {
        Ok(match value {
            DefaultValue::Boolean(b) => Literal::Bool(b.0),
            DefaultValue::EmptyArray(_) => Literal::EmptySequence,
            DefaultValue::EmptyDictionary(_) => Literal::EmptyDictionary,
            DefaultValue::Float(f) => Literal::Float(float(f)),
            DefaultValue::Integer(i) => Literal::Int(self.integer_literal(i)?),
            DefaultValue::Null(_) => Literal::Null,
            DefaultValue::String(s) => Literal::Str(s.0.to_owned()),
        })
    }

    fn args_pos(&self, args: &[WArgument<'_>]) -> Pos {
        match args.first() {
            Some(WArgument::Single(a)) => self.pos(a.identifier.0),
            Some(WArgument::Variadic(a)) => self.pos(a.identifier.0),
            None => Pos { file: self.file.clone(), line: 0 },
        }
    }

    fn args(&self, args: Vec<WArgument<'_>>) -> Result<Vec<Argument>, Error> {
        args.into_iter()
            .map(|arg| {
                Ok(match arg {
                    WArgument::Single(a) => Argument {
                        name: a.identifier.0.to_owned(),
                        ty: self.attributed(a.type_, &a.attributes)?,
                        optional: a.optional.is_some(),
                        variadic: false,
                        default: a.default.map(|d| self.default(&d.value)).transpose()?,
                    },
                    WArgument::Variadic(a) => Argument {
                        name: a.identifier.0.to_owned(),
                        ty: self.annotate(self.ty(a.type_)?, &a.attributes)?,
                        optional: true,
                        variadic: true,
                        default: None,
                    },
                })
            })
            .collect()
    }

    fn ret(&self, ty: ReturnType<'_>) -> Result<Type, Error> {
        match ty {
            ReturnType::Undefined(_) => Ok(Type::Undefined),
            ReturnType::Type(ty) => self.ty(ty),
        }
    }

    /// A type with extended attributes of its own and of what it stands in:
    /// weedle gives `[Clamp] octet x` to the argument.
    fn attributed(
        &self,
        ty: AttributedType<'_>,
        outer: &Option<ExtendedAttributeList<'_>>,
    ) -> Result<Type, Error> {
        let inner = self.annotate(self.ty(ty.type_)?, &ty.attributes)?;
        self.annotate(inner, outer)
    }

    fn annotate(&self, ty: Type, attrs: &Option<ExtendedAttributeList<'_>>) -> Result<Type, Error> {
        let attrs = self.attrs(attrs)?;
        let wrap: Option<fn(Box<Type>) -> Type> = if attrs.has("Clamp") {
            Some(Type::Clamp)
        } else if attrs.has("EnforceRange") {
            Some(Type::EnforceRange)
        } else if attrs.has("LegacyNullToEmptyString") {
            Some(Type::NullToEmpty)
        } else {
            None
        };
        let Some(wrap) = wrap else { return Ok(ty) };
        // Annotations belong to the type inside `?`.
        Ok(match ty {
            Type::Nullable(inner) => Type::Nullable(Box::new(wrap(inner))),
            other => wrap(Box::new(other)),
        })
    }

    fn ty(&self, ty: WType<'_>) -> Result<Type, Error> {
        match ty {
            WType::Single(SingleType::Any(_)) => Ok(Type::Any),
            WType::Single(SingleType::NonAny(ty)) => self.non_any(ty),
            WType::Union(u) => {
                let union = self.union(u.type_)?;
                Ok(nullable(union, u.q_mark.is_some()))
            }
        }
    }

    fn union(&self, union: UnionType<'_>) -> Result<Type, Error> {
        let mut members = Vec::new();
        for member in union.body.list {
            members.push(match member {
                UnionMemberType::Single(t) => {
                    self.annotate(self.non_any(t.type_)?, &t.attributes)?
                }
                UnionMemberType::Union(u) => nullable(self.union(u.type_)?, u.q_mark.is_some()),
            });
        }
        Ok(Type::Union(members))
    }

    fn non_any(&self, ty: NonAnyType<'_>) -> Result<Type, Error> {
        macro_rules! buffer {
            ($name:literal, $t:expr) => {
                nullable(Type::Buffer($name.to_owned()), $t.q_mark.is_some())
            };
        }
        Ok(match ty {
            NonAnyType::Promise(p) => Type::Promise(Box::new(self.ret(*p.generics.body)?)),
            NonAnyType::Integer(t) => nullable(Type::Int(integer(t.type_)), t.q_mark.is_some()),
            NonAnyType::FloatingPoint(t) => nullable(floating(t.type_), t.q_mark.is_some()),
            NonAnyType::Boolean(t) => nullable(Type::Boolean, t.q_mark.is_some()),
            NonAnyType::Byte(t) => nullable(Type::Int(Int::I8), t.q_mark.is_some()),
            NonAnyType::Octet(t) => nullable(Type::Int(Int::U8), t.q_mark.is_some()),
            NonAnyType::ByteString(t) => nullable(Type::ByteString, t.q_mark.is_some()),
            NonAnyType::DOMString(t) => nullable(Type::DomString, t.q_mark.is_some()),
            NonAnyType::USVString(t) => nullable(Type::UsvString, t.q_mark.is_some()),
            NonAnyType::Sequence(t) => nullable(
                Type::Sequence(Box::new(self.ty(*t.type_.generics.body)?)),
                t.q_mark.is_some(),
            ),
            NonAnyType::Object(t) => nullable(Type::Object, t.q_mark.is_some()),
            NonAnyType::Symbol(t) => nullable(Type::Symbol, t.q_mark.is_some()),
            NonAnyType::Error(_) => {
                return Err(Error::new(
                    self.pos(self.text),
                    "the type `Error` is gone from WebIDL".to_owned(),
                ));
            }
            NonAnyType::ArrayBuffer(t) => buffer!("ArrayBuffer", t),
            NonAnyType::DataView(t) => buffer!("DataView", t),
            NonAnyType::Int8Array(t) => buffer!("Int8Array", t),
            NonAnyType::Int16Array(t) => buffer!("Int16Array", t),
            NonAnyType::Int32Array(t) => buffer!("Int32Array", t),
            NonAnyType::Uint8Array(t) => buffer!("Uint8Array", t),
            NonAnyType::Uint16Array(t) => buffer!("Uint16Array", t),
            NonAnyType::Uint32Array(t) => buffer!("Uint32Array", t),
            NonAnyType::Uint8ClampedArray(t) => buffer!("Uint8ClampedArray", t),
            NonAnyType::Float32Array(t) => buffer!("Float32Array", t),
            NonAnyType::Float64Array(t) => buffer!("Float64Array", t),
            NonAnyType::ArrayBufferView(t) => buffer!("ArrayBufferView", t),
            NonAnyType::BufferSource(t) => buffer!("BufferSource", t),
            NonAnyType::FrozenArrayType(t) => nullable(
                Type::FrozenArray(Box::new(self.ty(*t.type_.generics.body)?)),
                t.q_mark.is_some(),
            ),
            NonAnyType::ObservableArrayType(t) => nullable(
                Type::ObservableArray(Box::new(self.ty(*t.type_.generics.body)?)),
                t.q_mark.is_some(),
            ),
            NonAnyType::RecordType(t) => {
                let (key, _, value) = t.type_.generics.body;
                let key = match *key {
                    RecordKeyType::Byte(_) => Type::ByteString,
                    RecordKeyType::DOM(_) => Type::DomString,
                    RecordKeyType::USV(_) => Type::UsvString,
                    RecordKeyType::NonAny(t) => self.non_any(t)?,
                };
                nullable(
                    Type::Record(Box::new(key), Box::new(self.ty(*value)?)),
                    t.q_mark.is_some(),
                )
            }
            NonAnyType::Identifier(t) => {
                let ty = match t.type_.0 {
                    "bigint" => Type::BigInt,
                    "undefined" => Type::Undefined,
                    "CSSOMString" => Type::DomString,
                    "BigInt64Array" | "BigUint64Array" | "Float16Array" | "SharedArrayBuffer" => {
                        Type::Buffer(t.type_.0.to_owned())
                    }
                    name => Type::Named(name.to_owned()),
                };
                nullable(ty, t.q_mark.is_some())
            }
        })
    }

    fn attrs(&self, attrs: &Option<ExtendedAttributeList<'_>>) -> Result<Attrs, Error> {
        let Some(list) = attrs else { return Ok(Attrs::default()) };
        let mut out = Vec::new();
        for attr in &list.body.list {
            out.push(match attr {
                ExtendedAttribute::NoArgs(a) => {
                    Attr { name: a.0.0.to_owned(), value: AttrValue::None }
                }
                ExtendedAttribute::Wildcard(a) => {
                    Attr { name: a.lhs_identifier.0.to_owned(), value: AttrValue::All }
                }
                ExtendedAttribute::Ident(a) => Attr {
                    name: a.lhs_identifier.0.to_owned(),
                    value: AttrValue::One(match a.rhs {
                        IdentifierOrString::Identifier(i) => i.0.to_owned(),
                        IdentifierOrString::String(s) => s.0.to_owned(),
                    }),
                },
                ExtendedAttribute::IdentList(a) => Attr {
                    name: a.identifier.0.to_owned(),
                    value: AttrValue::List(
                        a.list.body.list.iter().map(|i| i.0.to_owned()).collect(),
                    ),
                },
                ExtendedAttribute::ArgList(a) => Attr {
                    name: a.identifier.0.to_owned(),
                    value: AttrValue::Args(self.args(a.args.body.list.clone())?),
                },
                ExtendedAttribute::NamedArgList(a) => Attr {
                    name: a.lhs_identifier.0.to_owned(),
                    value: AttrValue::Named(
                        a.rhs_identifier.0.to_owned(),
                        self.args(a.args.body.list.clone())?,
                    ),
                },
            });
        }
        Ok(Attrs(out))
    }
}

/// Whether an attribute's type is one of the event handler typedefs.
fn is_handler(ty: &WType<'_>) -> bool {
    matches!(ty, WType::Single(SingleType::NonAny(NonAnyType::Identifier(i)))
        if matches!(i.type_.0, "EventHandler" | "OnErrorEventHandler" | "OnBeforeUnloadEventHandler"))
}

fn nullable(ty: Type, yes: bool) -> Type {
    if yes { Type::Nullable(Box::new(ty)) } else { ty }
}

fn integer(ty: IntegerType) -> Int {
    match ty {
        IntegerType::LongLong(t) if t.unsigned.is_some() => Int::U64,
        IntegerType::LongLong(_) => Int::I64,
        IntegerType::Long(t) if t.unsigned.is_some() => Int::U32,
        IntegerType::Long(_) => Int::I32,
        IntegerType::Short(t) if t.unsigned.is_some() => Int::U16,
        IntegerType::Short(_) => Int::I16,
    }
}

fn floating(ty: FloatingPointType) -> Type {
    match ty {
        FloatingPointType::Float(t) => {
            Type::Float { double: false, unrestricted: t.unrestricted.is_some() }
        }
        FloatingPointType::Double(t) => {
            Type::Float { double: true, unrestricted: t.unrestricted.is_some() }
        }
    }
}

fn float(literal: &FloatLit<'_>) -> String {
    match literal {
        FloatLit::Value(v) => v.0.to_owned(),
        FloatLit::NegInfinity(_) => "f64::NEG_INFINITY".to_owned(),
        FloatLit::Infinity(_) => "f64::INFINITY".to_owned(),
        FloatLit::NaN(_) => "f64::NAN".to_owned(),
    }
}
