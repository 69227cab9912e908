//! Iteration, maplike and setlike, indexed and named properties.

use std::fmt::Write as _;

use super::interface::{Glue, ancestors, camel, w};
use super::types;
use crate::Error;
use crate::ir::*;
use crate::names;

impl<'a> Glue<'a> {
    pub(super) fn iterable(&mut self, pairs: bool) {
        if !pairs {
            self.extra.push("iteration: webidl::Iteration::Indexed".to_owned());
            return;
        }
        let own = format!("{}Methods", camel(self.name()));
        let constant = names::screaming(self.name());
        let name = self.name();
        self.scope.js("Obj");
        let rust = self.rust.clone();
        let out = &mut self.functions;
        w!(
            out,
            "fn pair_at(cx: &mut Cx, this: &Value, index: usize) -> Fallible<Option<(Value, Value)>> {{"
        );
        w!(out, "const SITE: webidl::Site = webidl::Site::operation({name:?}, \"next\");");
        w!(out, "let this: Obj<{rust}> = SITE.this(cx, this)?;");
        w!(
            out,
            "let Some((key, value)) = {own}::pair_at(&this, cx, index)? else {{ return Ok(None); }};"
        );
        w!(out, "Ok(Some((webidl::value(cx, key), webidl::value(cx, value))))");
        w!(out, "}}\n");
        for (method, kind) in [("entries", "Entries"), ("keys", "Keys"), ("values", "Values")] {
            w!(
                out,
                "fn op_{method}(cx: &mut Cx, this: &Value, _args: &[Value]) -> Fallible<Value> {{"
            );
            w!(out, "const SITE: webidl::Site = webidl::Site::operation({name:?}, {method:?});");
            w!(out, "let this: Obj<{rust}> = SITE.this(cx, this)?;");
            w!(
                out,
                "Ok(webidl::pair_iterator(cx, &{constant}, this.value(), webidl::Part::{kind}, pair_at))"
            );
            w!(out, "}}\n");
        }
        w!(out, "fn op_for_each(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {{");
        w!(out, "const SITE: webidl::Site = webidl::Site::operation({name:?}, \"forEach\");");
        w!(out, "let this: Obj<{rust}> = SITE.this(cx, this)?;");
        w!(out, "SITE.require(args, 1)?;");
        w!(out, "webidl::pair_for_each(cx, &this.value(), args, SITE, pair_at)");
        w!(out, "}}\n");
        self.extra.push(
            "iteration: webidl::Iteration::Pairs { entries: webidl::native!(op_entries), keys: webidl::native!(op_keys), \
             values: webidl::native!(op_values), for_each: webidl::native!(op_for_each) }"
                .to_owned(),
        );
    }

    pub(super) fn async_iterable(
        &mut self,
        member: &Member,
        pairs: bool,
        args: &[Argument],
    ) -> Result<(), Error> {
        let constant = names::screaming(self.name());
        let callee = self.callee(member, "async_iterator", false);
        let kinds: &[(&str, &str)] = if pairs {
            &[("entries", "Entries"), ("keys", "Keys"), ("values", "Values")]
        } else {
            &[("values", "Values")]
        };
        let call = self.call(member, &callee, args, None, false);
        for (method, kind) in kinds {
            let code = call.replace(
                "Ok(webidl::value(cx, result))",
                &format!(
                    "Ok(webidl::async_iterator(cx, &{constant}, webidl::Part::{kind}, result))"
                ),
            );
            let (body, _) =
                self.resolve_overloads(&[(args.to_vec(), code)], &member.pos, method)?;
            let site = self.site("operation", method);
            let this = self.this(false);
            let args = if body.contains("args") { "args" } else { "_args" };
            let out = &mut self.functions;
            w!(
                out,
                "fn op_{method}(cx: &mut Cx, this: &Value, {args}: &[Value]) -> Fallible<Value> {{"
            );
            w!(out, "{site}\n{this}{body}}}\n");
        }
        let extra = if pairs {
            "iteration: webidl::Iteration::AsyncPairs { entries: webidl::native!(op_entries), keys: webidl::native!(op_keys), values: webidl::native!(op_values) }"
        } else {
            "iteration: webidl::Iteration::AsyncValues { values: webidl::native!(op_values) }"
        };
        self.extra.push(extra.to_owned());
        Ok(())
    }

    /// `maplike` and `setlike`: the built-in's own functions on the backing object.
    pub(super) fn collection(&mut self, kind: &str, readonly: bool) {
        let own = format!("{}Methods", camel(self.name()));
        let name = self.name();
        self.scope.js("Obj");
        let rust = self.rust.clone();
        let declared: Vec<String> = self
            .interface
            .members
            .iter()
            .filter_map(|m| match &m.kind {
                MemberKind::Operation(o) => o.name.clone(),
                _ => None,
            })
            .collect();
        let reading: &[(&str, usize)] =
            &[("entries", 0), ("forEach", 1), ("has", 1), ("keys", 0), ("values", 0)];
        let map_only: &[(&str, usize)] = if kind == "Map" { &[("get", 1)] } else { &[] };
        let writing: &[(&str, usize)] = match (kind, readonly) {
            (_, true) => &[],
            ("Map", false) => &[("clear", 0), ("delete", 1), ("set", 2)],
            (_, false) => &[("add", 1), ("clear", 0), ("delete", 1)],
        };
        let out = &mut self.functions;
        w!(out, "fn get_size(cx: &mut Cx, this: &Value, _args: &[Value]) -> Fallible<Value> {{");
        w!(out, "const SITE: webidl::Site = webidl::Site::getter({name:?}, \"size\");");
        w!(out, "let this: Obj<{rust}> = SITE.this(cx, this)?;");
        w!(out, "let backing = {own}::backing(&this, cx);");
        w!(out, "webidl::collection_size(cx, webidl::Collection::{kind}, &backing)");
        w!(out, "}}\n");
        self.members.push(
            "webidl::Member::attribute(\"size\", webidl::native!(get_size), None)".to_owned(),
        );
        for (method, length) in map_only.iter().chain(reading).chain(writing) {
            if declared.iter().any(|d| d == method) {
                continue;
            }
            let snake = names::plain_snake(method);
            w!(
                out,
                "fn op_{snake}(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {{"
            );
            w!(out, "const SITE: webidl::Site = webidl::Site::operation({name:?}, {method:?});");
            w!(out, "let this: Obj<{rust}> = SITE.this(cx, this)?;");
            if *length > 0 {
                w!(out, "SITE.require(args, {length})?;");
            }
            w!(out, "let backing = {own}::backing(&this, cx);");
            w!(
                out,
                "webidl::collection_call(cx, webidl::Collection::{kind}, &backing, &this.value(), {method:?}, args)"
            );
            w!(out, "}}\n");
            self.members.push(format!(
                "webidl::Member::operation({method:?}, webidl::native!(op_{snake}), {length})"
            ));
        }
        self.extra.push(format!("iteration: webidl::Iteration::{kind}"));
    }

    /// Indexed and named properties. Whether there are any.
    pub(super) fn exotic(&mut self) -> bool {
        let own_specials = |interface: &'a Interface| {
            interface.members.iter().filter_map(move |m| match &m.kind {
                MemberKind::Operation(o) if o.special.is_some() => {
                    Some((interface.name.as_str(), m, o))
                }
                _ => None,
            })
        };
        if own_specials(self.interface).next().is_none() {
            return false;
        }
        // What it does not say itself, it inherits.
        let specials: Vec<(&str, &Member, &Operation)> = std::iter::once(self.interface)
            .chain(ancestors(self.idl, self.interface))
            .flat_map(own_specials)
            .collect();
        self.scope.js("Obj");
        let find = |indexed: bool, special: Special| {
            specials
                .iter()
                .find(|(_, _, o)| {
                    o.special == Some(special) && matches!(o.args[0].ty, Type::Int(_)) == indexed
                })
                .copied()
        };
        let scope = self.scope;
        let name = self.name();
        let owner_trait = |owner: &str| {
            if owner == name {
                format!("{owner}Methods")
            } else {
                scope.generated(&format!("{owner}Methods"))
            }
        };
        let owner_this = |owner: &str| {
            let rust = scope.interface(owner);
            format!("let this: Obj<{rust}> = webidl::exotic_target(cx, target)?;")
        };
        let mut out = String::new();
        let mut indexed = String::from("None");
        let mut named = String::from("None");
        for is_indexed in [true, false] {
            let Some((owner, _, getter)) = find(is_indexed, Special::Getter) else { continue };
            let (own, this) = (owner_trait(owner), owner_this(owner));
            if !is_indexed {
                self.scope.js("DomString");
            }
            let (kind, key) =
                if is_indexed { ("indexed", "index: u32") } else { ("named", "name: DomString") };
            let key_name = if is_indexed { "index" } else { "name" };
            // A key of USVString type is the same text here.
            let usv = !is_indexed && getter.args[0].ty == Type::UsvString && getter.name.is_some();
            let key_value = if usv { "String::from(&name)" } else { key_name };
            w!(
                out,
                "fn {kind}_get(cx: &mut Cx, target: &Value, {key}) -> Fallible<Option<Value>> {{"
            );
            w!(out, "{this}");
            match &getter.name {
                Some(name) => {
                    let method = names::snake(name);
                    if matches!(getter.ret, Type::Nullable(_)) || getter.ret == Type::Any {
                        w!(out, "let result = {own}::{method}(&this, cx, {key_value})?;");
                    } else {
                        w!(out, "let result = Some({own}::{method}(&this, cx, {key_value})?);");
                    }
                }
                None => {
                    w!(out, "let result = {own}::{kind}_getter(&this, cx, {key_value})?;");
                }
            }
            if getter.name.is_some() && getter.ret == Type::Any {
                w!(out, "Ok((!result.is_nullish()).then_some(result))");
            } else {
                w!(out, "Ok(result.map(|result| webidl::value(cx, result)))");
            }
            w!(out, "}}\n");
            let mut set = "None".to_owned();
            if let Some((owner, member, setter)) = find(is_indexed, Special::Setter) {
                let (own, this) = (owner_trait(owner), owner_this(owner));
                let wire = self.scope.wire(&setter.args[1].ty);
                let unwrap = types::unwrap(&setter.args[1].ty);
                let site = self
                    .site("setter", if is_indexed { "indexed property" } else { "named property" });
                w!(
                    out,
                    "fn {kind}_set(cx: &mut Cx, target: &Value, {key}, value: &Value) -> Fallible<()> {{"
                );
                w!(out, "{site}");
                w!(out, "{this}");
                w!(out, "let value: {wire} = SITE.set(cx, std::slice::from_ref(value))?;");
                let value = format!("value{unwrap}");
                let ce = member.attrs.has("CEReactions");
                let call = match &setter.name {
                    Some(name) => {
                        format!("{own}::{}(&this, cx, {key_value}, {value})", names::snake(name))
                    }
                    None => format!("{own}::{kind}_setter(&this, cx, {key_value}, {value})"),
                };
                // What a named setter returns is not for script to see here.
                let call = if setter.name.is_some() { format!("{call}.map(drop)") } else { call };
                if ce {
                    w!(out, "let reactions = crate::custom_elements::Reactions::push(cx);");
                    w!(out, "let result = {call};");
                    w!(out, "reactions.pop(cx);");
                    w!(out, "result");
                } else {
                    w!(out, "{call}");
                }
                w!(out, "}}\n");
                set = format!("Some({kind}_set)");
            }
            let mut delete = "None".to_owned();
            if let Some((owner, member, deleter)) = find(is_indexed, Special::Deleter) {
                let (own, this) = (owner_trait(owner), owner_this(owner));
                w!(
                    out,
                    "fn {kind}_delete(cx: &mut Cx, target: &Value, {key}) -> Fallible<bool> {{"
                );
                w!(out, "{this}");
                let ce = member.attrs.has("CEReactions");
                let call = match &deleter.name {
                    Some(name) => {
                        let call = format!("{own}::{}(&this, cx, {key_value})", names::snake(name));
                        if deleter.ret == Type::Boolean {
                            call
                        } else {
                            format!("{call}.map(|_| true)")
                        }
                    }
                    None => format!("{own}::{kind}_deleter(&this, cx, {key_value})"),
                };
                if ce {
                    w!(out, "let reactions = crate::custom_elements::Reactions::push(cx);");
                    w!(out, "let result = {call};");
                    w!(out, "reactions.pop(cx);");
                    w!(out, "result");
                } else {
                    w!(out, "{call}");
                }
                w!(out, "}}\n");
                delete = format!("Some({kind}_delete)");
            }
            if is_indexed {
                w!(out, "fn indexed_length(cx: &mut Cx, target: &Value) -> Fallible<u32> {{");
                w!(out, "{this}");
                w!(out, "Ok({own}::length(&this, cx))");
                w!(out, "}}\n");
                indexed = format!(
                    "Some(webidl::Indexed {{ length: indexed_length, get: indexed_get, set: {set} }})"
                );
            } else {
                w!(
                    out,
                    "fn named_names(cx: &mut Cx, target: &Value) -> Fallible<Vec<DomString>> {{"
                );
                w!(out, "{this}");
                w!(out, "Ok({own}::supported_names(&this, cx))");
                w!(out, "}}\n");
                named = format!(
                    "Some(webidl::Named {{ get: named_get, names: named_names, set: {set}, delete: {delete} }})"
                );
            }
        }
        let attrs = &self.interface.attrs;
        w!(out, "static EXOTIC: webidl::Exotic = webidl::Exotic {{");
        w!(out, "name: {:?},", self.name());
        w!(out, "indexed: {indexed},");
        w!(out, "named: {named},");
        w!(out, "override_builtins: {},", attrs.has("LegacyOverrideBuiltIns"));
        w!(out, "unenumerable_names: {},", attrs.has("LegacyUnenumerableNamedProperties"));
        w!(out, "traps: webidl::traps!(EXOTIC),");
        w!(out, "}};\n");
        self.functions.push_str(&out);
        true
    }
}
