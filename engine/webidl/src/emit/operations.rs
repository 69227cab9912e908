//! Operations and constructors: arguments, overloads, results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::dispatch::{self, Candidate};
use super::interface::{Glue, What, ancestors, w};
use super::methods::{Overloads, overload_name};
use super::types;
use crate::Error;
use crate::ir::*;
use crate::names;

impl Glue<'_> {
    /// Conversion of one overload's arguments and the call.
    pub(super) fn call(
        &self,
        member: &Member,
        callee: &str,
        args: &[Argument],
        ret: Option<&Type>,
        is_static: bool,
    ) -> String {
        let mut body = String::new();
        for (i, arg) in args.iter().enumerate() {
            body.push_str(&self.convert(i, arg));
        }
        let names: Vec<_> = args.iter().map(|a| names::snake(&a.name)).collect();
        let this = if is_static { "cx".to_owned() } else { "&this, cx".to_owned() };
        let list = std::iter::once(this).chain(names).collect::<Vec<_>>().join(", ");
        let call = format!("{callee}({list})");
        let finish = match ret {
            Some(Type::Undefined) => "Ok(Value::undefined())",
            _ => "Ok(webidl::value(cx, result))",
        };
        let undefined = matches!(ret, Some(Type::Undefined));
        if member.attrs.has("CEReactions") {
            w!(body, "let reactions = crate::custom_elements::Reactions::push(cx);");
            w!(body, "let result = {call};");
            w!(body, "reactions.pop(cx);");
            if undefined {
                w!(body, "result?;");
            } else {
                w!(body, "let result = result?;");
            }
        } else if undefined {
            w!(body, "{call}?;");
        } else {
            w!(body, "let result = {call}?;");
        }
        w!(body, "{finish}");
        body
    }

    pub(super) fn convert(&self, i: usize, arg: &Argument) -> String {
        let name = names::snake(&arg.name);
        let idl_name = &arg.name;
        let wire = self.scope.wire(&arg.ty);
        let unwrap = types::unwrap(&arg.ty);
        if arg.variadic {
            return format!("let {name}: Vec<{wire}> = SITE.rest(cx, args, {i}, {idl_name:?})?;\n");
        }
        let plain = !arg.optional
            || arg.ty == Type::Any
                && !matches!(arg.default, Some(ref d) if *d != Literal::Undefined)
            || matches!(arg.ty, Type::Dictionary(_));
        if plain {
            let mut out = format!("let {name}: {wire} = SITE.arg(cx, args, {i}, {idl_name:?})?;\n");
            if !unwrap.is_empty() {
                w!(out, "let {name} = {name}{unwrap};");
            }
            return out;
        }
        let mut out =
            format!("let {name}: Option<{wire}> = SITE.optional(cx, args, {i}, {idl_name:?})?;\n");
        if !unwrap.is_empty() {
            w!(out, "let {name} = {name}.map(|v| v{unwrap});");
        }
        if let Some(default) = &arg.default {
            let literal = self.scope.literal(&arg.ty, default);
            w!(out, "let {name} = {name}{};", types::or_default(&arg.ty, &literal));
        }
        out
    }

    pub(super) fn operation(&mut self, set: &Overloads<'_>) -> Result<(), Error> {
        let snake = names::plain_snake(set.name);
        let prefix = if set.is_static && self.what == What::Interface { "static_" } else { "op_" };
        let function = format!("{prefix}{snake}");
        let (first, _) = set.list[0];
        if first.attrs.has("Default") {
            return self.default_to_json(first, &function);
        }
        let promise = set.list.iter().any(|(_, o)| matches!(o.ret, Type::Promise(_)));
        let variants: Vec<(Vec<Argument>, String)> = set
            .list
            .iter()
            .enumerate()
            .map(|(nth, (member, operation))| {
                // A mixin may overload an operation of its interface: each name
                // counts within its own trait.
                let nth = set.list[..nth].iter().filter(|(m, _)| m.mixin == member.mixin).count();
                let method = overload_name(set.name, &operation.args, nth);
                let callee = self.callee(member, &method, set.is_static);
                (
                    operation.args.clone(),
                    self.call(
                        member,
                        &callee,
                        &operation.args,
                        Some(&operation.ret),
                        set.is_static,
                    ),
                )
            })
            .collect();
        let (mut body, length) = self.resolve_overloads(&variants, &first.pos, set.name)?;
        let site = self.site("operation", set.name);
        body = format!("{}{body}", self.this(set.is_static));
        let this_param = if set.is_static { "_this" } else { "this" };
        if promise {
            body = format!("webidl::or_reject(cx, |cx| {{ {body} }})");
        }
        let args = if body.contains("args") { "args" } else { "_args" };
        let site = if body.contains("SITE") { site } else { String::new() };
        let out = &mut self.functions;
        w!(
            out,
            "fn {function}(cx: &mut Cx, {this_param}: &Value, {args}: &[Value]) -> Fallible<Value> {{"
        );
        w!(out, "{site}");
        w!(out, "{body}}}\n");
        if set.list.iter().any(|(_, o)| o.stringifier) && set.name != "toString" {
            self.members.push(format!(
                "webidl::Member::operation(\"toString\", webidl::native!({function}), 0)"
            ));
        }
        let entry = format!(
            "webidl::Member::operation({:?}, webidl::native!({function}), {length})",
            set.name
        );
        self.add(first, set.is_static, entry);
        Ok(())
    }

    /// The overload resolution algorithm, worked out as far as the argument count
    /// goes: <https://webidl.spec.whatwg.org/#dfn-overload-resolution-algorithm>.
    /// Returns the body and the function's `length`.
    pub(super) fn resolve_overloads(
        &self,
        variants: &[(Vec<Argument>, String)],
        pos: &Pos,
        name: &str,
    ) -> Result<(String, usize), Error> {
        let required = |args: &[Argument]| args.iter().filter(|a| !a.optional).count();
        let length = variants.iter().map(|(args, _)| required(args)).min().unwrap_or(0);
        let mut out = String::new();
        if length > 0 {
            w!(out, "SITE.require(args, {length})?;");
        }
        if let [(_, code)] = variants {
            out.push_str(code);
            return Ok((out, length));
        }
        let longest = variants.iter().map(|(args, _)| args.len()).max().unwrap_or(0);
        // Which overloads can be meant by each number of arguments.
        let mut by_count: Vec<(usize, Vec<usize>)> = Vec::new();
        for count in length..=longest {
            let able: Vec<usize> = variants
                .iter()
                .enumerate()
                .filter(|(_, (args, _))| {
                    let variadic = args.last().is_some_and(|a| a.variadic);
                    count >= required(args) && (count <= args.len() || variadic)
                })
                .map(|(i, _)| i)
                .collect();
            by_count.push((count, able));
        }
        let fail = "Err(SITE.no_overload(args.len()))";
        w!(out, "match args.len().min({longest}) {{");
        let mut arms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut order: Vec<String> = Vec::new();
        for (count, able) in by_count {
            let code = match able[..] {
                [] => fail.to_owned(),
                [only] => variants[only].1.clone(),
                _ => self.distinguish(variants, &able, count, pos, name, fail)?,
            };
            if !arms.contains_key(&code) {
                order.push(code.clone());
            }
            arms.entry(code).or_default().push(count);
        }
        for code in order {
            let counts = &arms[&code];
            let pattern = counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
            w!(out, "{pattern} => {{ {code} }}");
        }
        w!(out, "_ => {fail},");
        w!(out, "}}");
        Ok((out, length))
    }

    pub(super) fn distinguish(
        &self,
        variants: &[(Vec<Argument>, String)],
        able: &[usize],
        count: usize,
        pos: &Pos,
        name: &str,
        fail: &str,
    ) -> Result<String, Error> {
        let at = |variant: usize, i: usize| -> &Argument {
            let args = &variants[variant].0;
            &args[i.min(args.len() - 1)]
        };
        let apart = |i: usize| {
            able.iter().enumerate().all(|(n, &a)| {
                able[n + 1..].iter().all(|&b| dispatch::distinguishable(&at(a, i).ty, &at(b, i).ty))
            })
        };
        let Some(index) = (0..count).find(|&i| apart(i)) else {
            return Err(Error::new(
                pos.clone(),
                format!(
                    "overloads of `{}.{name}` with {count} arguments cannot be told apart",
                    self.name()
                ),
            ));
        };
        let candidates: Vec<Candidate<'_>> = able
            .iter()
            .map(|&v| Candidate {
                ty: &at(v, index).ty,
                optional: at(v, index).optional,
                code: variants[v].1.clone(),
            })
            .collect();
        let picked = dispatch::pick(self.scope, "value", &candidates, fail);
        Ok(format!("let value = &args[{index}];\n{picked}"))
    }

    pub(super) fn constructor(&mut self) -> Result<Option<String>, Error> {
        let interface = self.interface;
        let members: Vec<(&Member, &Vec<Argument>)> = interface
            .members
            .iter()
            .filter_map(|m| match &m.kind {
                MemberKind::Constructor(args) => Some((m, args)),
                _ => None,
            })
            .collect();
        let Some((first, _)) = members.first() else {
            if self.what == What::Namespace {
                return Ok(None);
            }
            let out = &mut self.functions;
            w!(
                out,
                "fn construct(_cx: &mut Cx, _new_target: &Value, _args: &[Value]) -> Fallible<Value> {{"
            );
            w!(out, "Err(webidl::Site::constructor({:?}).illegal_constructor())", interface.name);
            w!(out, "}}\n");
            return Ok(Some("(webidl::native!(construct), 0)".to_owned()));
        };
        if first.attrs.has("HTMLConstructor") {
            let constant = names::screaming(self.name());
            let out = &mut self.functions;
            w!(
                out,
                "fn construct(cx: &mut Cx, new_target: &Value, _args: &[Value]) -> Fallible<Value> {{"
            );
            w!(
                out,
                "let new_target = webidl::Site::constructor({:?}).new_target(new_target)?;",
                interface.name
            );
            w!(out, "crate::custom_elements::html_constructor(cx, &new_target, &{constant})");
            w!(out, "}}\n");
            return Ok(Some("(webidl::native!(construct), 0)".to_owned()));
        }
        let variants: Vec<(Vec<Argument>, String)> = members
            .iter()
            .enumerate()
            .map(|(nth, (member, args))| {
                let method = overload_name("constructor", args, nth);
                let callee = self.callee(member, &method, true);
                ((*args).clone(), self.construct_call(member, &callee, args))
            })
            .collect();
        let (body, length) = self.resolve_overloads(&variants, &first.pos, "constructor")?;
        self.constructor_function("construct", &body, self.name());
        Ok(Some(format!("(webidl::native!(construct), {length})")))
    }

    pub(super) fn construct_call(
        &self,
        member: &Member,
        callee: &str,
        args: &[Argument],
    ) -> String {
        self.call(member, callee, args, None, true).replace(
            "Ok(webidl::value(cx, result))",
            "webidl::constructed(cx, &new_target, &result)",
        )
    }

    pub(super) fn constructor_function(&mut self, function: &str, body: &str, name: &str) {
        let args = if body.contains("args") { "args" } else { "_args" };
        let out = &mut self.functions;
        w!(
            out,
            "fn {function}(cx: &mut Cx, new_target: &Value, {args}: &[Value]) -> Fallible<Value> {{"
        );
        w!(out, "const SITE: webidl::Site = webidl::Site::constructor({name:?});");
        w!(out, "let new_target = SITE.new_target(new_target)?;");
        w!(out, "{body}}}\n");
    }

    pub(super) fn factories(&mut self) -> Result<Vec<String>, Error> {
        let mut out = Vec::new();
        let interface = self.interface;
        for attr in &interface.attrs.0 {
            let ("LegacyFactoryFunction", AttrValue::Named(name, args)) =
                (attr.name.as_str(), &attr.value)
            else {
                continue;
            };
            let member = Member {
                kind: MemberKind::Stringifier,
                attrs: Attrs::default(),
                mixin: None,
                pos: interface.pos.clone(),
            };
            let callee = self.callee(&member, &names::snake(name), true);
            let code = self.construct_call(&member, &callee, args);
            let (body, length) =
                self.resolve_overloads(&[(args.clone(), code)], &interface.pos, name)?;
            let function = format!("construct_{}", names::plain_snake(name));
            self.constructor_function(&function, &body, name);
            out.push(format!("({name:?}, webidl::native!({function}), {length})"));
        }
        Ok(out)
    }

    /// `[Default] object toJSON()`: all attributes of JSON types, ancestors' first.
    pub(super) fn default_to_json(&mut self, member: &Member, function: &str) -> Result<(), Error> {
        let mut chain = vec![self.interface];
        while let Some(parent) = chain.last().and_then(|i| i.parent.as_ref()) {
            match self.idl.interfaces.get(parent) {
                Some(parent) => chain.push(parent),
                None => break,
            }
        }
        let mut names = Vec::new();
        for interface in chain.iter().rev() {
            for member in &interface.members {
                if let MemberKind::Attribute(a) = &member.kind
                    && !a.is_static
                    && is_json(self.idl, &a.ty)
                {
                    names.push(format!("{:?}", a.name));
                }
            }
        }
        let site = self.site("operation", "toJSON");
        let this = self.this(false);
        let out = &mut self.functions;
        w!(out, "fn {function}(cx: &mut Cx, this: &Value, _args: &[Value]) -> Fallible<Value> {{");
        w!(out, "{site}\n{this}webidl::to_json(cx, &this.value(), &[{}])\n}}\n", names.join(", "));
        let entry =
            format!("webidl::Member::operation(\"toJSON\", webidl::native!({function}), 0)");
        self.add(member, false, entry);
        Ok(())
    }
}

/// Whether a type is a JSON type.
pub(super) fn is_json(idl: &Idl, ty: &Type) -> bool {
    match ty {
        Type::Boolean
        | Type::Int(_)
        | Type::Float { .. }
        | Type::DomString
        | Type::UsvString
        | Type::ByteString
        | Type::Enum(_)
        | Type::Object => true,
        Type::Nullable(t) | Type::Clamp(t) | Type::EnforceRange(t) | Type::NullToEmpty(t) => {
            is_json(idl, t)
        }
        Type::Union(members) => members.iter().all(|t| is_json(idl, t)),
        Type::Sequence(t) | Type::FrozenArray(t) | Type::Record(_, t) => is_json(idl, t),
        Type::Dictionary(_) => true,
        Type::Interface(name) => {
            let Some(interface) = idl.interfaces.get(name) else { return false };
            std::iter::once(interface).chain(ancestors(idl, interface)).any(|i| {
                i.members.iter().any(|m| {
                    matches!(&m.kind, MemberKind::Operation(o) if o.name.as_deref() == Some("toJSON"))
                })
            })
        }
        _ => false,
    }
}
