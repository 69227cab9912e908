//! The traits that hand-written code implements.

use std::fmt::Write as _;

use super::interface::w;
use super::types::Scope;
use crate::ir::*;
use crate::names;

/// All operations of one name and staticness: an overload set.
pub(super) struct Overloads<'a> {
    pub(super) name: &'a str,
    pub(super) is_static: bool,
    pub(super) list: Vec<(&'a Member, &'a Operation)>,
}

pub(super) fn overloads<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<Overloads<'a>> {
    let mut out: Vec<Overloads<'a>> = Vec::new();
    for member in members {
        let MemberKind::Operation(operation) = &member.kind else { continue };
        let Some(name) = &operation.name else { continue };
        match out.iter_mut().find(|o| o.name == name && o.is_static == operation.is_static) {
            Some(found) => found.list.push((member, operation)),
            None => out.push(Overloads {
                name,
                is_static: operation.is_static,
                list: vec![(member, operation)],
            }),
        }
    }
    out
}

/// The Rust name of overload number `nth` of `name`.
pub(super) fn overload_name(name: &str, args: &[Argument], nth: usize) -> String {
    if nth == 0 {
        return names::snake(name);
    }
    if args.is_empty() {
        return format!("{}_with_nothing", names::plain_snake(name));
    }
    let args: Vec<_> = args.iter().map(|a| names::plain_snake(&a.name)).collect();
    format!("{}_with_{}", names::plain_snake(name), args.join("_and_"))
}

/// The IDL spelling of a list of arguments.
pub(super) fn signature(args: &[Argument]) -> String {
    args.iter()
        .map(|a| {
            if a.variadic {
                format!("{}... {}", a.ty, a.name)
            } else if a.optional {
                let default = match &a.default {
                    None => String::new(),
                    Some(d) => format!(" = {}", literal_text(d)),
                };
                format!("optional {} {}{default}", a.ty, a.name)
            } else {
                format!("{} {}", a.ty, a.name)
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Undefined => "undefined".to_owned(),
        Literal::Bool(b) => b.to_string(),
        Literal::Int(i) => i.to_string(),
        Literal::Float(f) => f.replace("f64::", ""),
        Literal::Str(s) => format!("{s:?}"),
        Literal::EmptySequence => "[]".to_owned(),
        Literal::EmptyDictionary => "{}".to_owned(),
    }
}

/// The Rust type of an argument.
pub(super) fn arg_type(scope: &Scope, arg: &Argument) -> String {
    if arg.variadic {
        return format!("Vec<{}>", scope.wire(&arg.ty));
    }
    let ty = scope.outer(&arg.ty);
    if arg.optional && arg.default.is_none() && arg.ty != Type::Any {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

pub(super) fn rust_args(scope: &Scope, args: &[Argument]) -> String {
    args.iter().map(|a| format!(", {}: {}", names::snake(&a.name), arg_type(scope, a))).collect()
}

pub(super) fn result_type(scope: &Scope, ty: &Type) -> String {
    format!("{}<{}>", scope.js("Fallible"), scope.outer(ty))
}

/// Attributes the glue serves alone.
pub(super) fn is_reflected(member: &Member) -> bool {
    const REFLECTING: &[&str] = &[
        "Reflect",
        "ReflectNonNegative",
        "ReflectOnly",
        "ReflectPositive",
        "ReflectPositiveWithFallback",
        "ReflectRange",
        "ReflectURL",
    ];
    !member.attrs.has("ReflectSetter") && REFLECTING.iter().any(|name| member.attrs.has(name))
}

pub(super) fn needs_setter(member: &Member, attribute: &Attribute) -> bool {
    !attribute.readonly && !member.attrs.has("ReflectSetter")
}

/// The trait that hand-written code implements; mixin members are in the trait
/// of the mixin.
pub(super) fn methods_trait(scope: &Scope, interface: &Interface, name: &str, idl: &Idl) -> String {
    let mut out = String::new();
    scope.js("Cx");
    w!(out, "/// What hand-written code implements for `{}`.", interface.name);
    w!(out, "pub(crate) trait {name}Methods: Sized {{");
    let own: Vec<&Member> = interface.members.iter().filter(|m| m.mixin.is_none()).collect();
    for member in &own {
        match &member.kind {
            MemberKind::Attribute(a) => attribute_methods(scope, &mut out, member, a),
            MemberKind::Operation(o) if o.name.is_none() => {
                unnamed_method(scope, &mut out, o);
            }
            MemberKind::Constructor(_) => {}
            MemberKind::Stringifier => {
                scope.js("Fallible");
                scope.js("DomString");
                w!(out, "/// `stringifier`");
                w!(out, "fn stringify(&self, cx: &mut Cx) -> Fallible<DomString>;");
            }
            MemberKind::Iterable { key: Some(key), value } => {
                scope.js("Fallible");
                let (k, v) = (scope.wire(key), scope.wire(value));
                w!(out, "/// `iterable<{key}, {value}>`: the pair at `index` now; `None` ends.");
                w!(
                    out,
                    "fn pair_at(&self, cx: &mut Cx, index: usize) -> Fallible<Option<({k}, {v})>>;"
                );
            }
            MemberKind::AsyncIterable { args, value, .. } => {
                scope.js("Fallible");
                let args = rust_args(scope, args);
                w!(out, "/// `async iterable<{value}>`");
                w!(
                    out,
                    "fn async_iterator(&self, cx: &mut Cx{args}) -> Fallible<Box<dyn webidl::AsyncIteration>>;"
                );
            }
            MemberKind::Maplike { key, value, .. } => {
                scope.js("Object");
                w!(out, "/// `maplike<{key}, {value}>`: the `Map` that holds the entries.");
                w!(out, "fn backing(&self, cx: &mut Cx) -> Object;");
            }
            MemberKind::Setlike { value, .. } => {
                scope.js("Object");
                w!(out, "/// `setlike<{value}>`: the `Set` that holds the entries.");
                w!(out, "fn backing(&self, cx: &mut Cx) -> Object;");
            }
            _ => {}
        }
    }
    let constructors: Vec<&Vec<Argument>> = own
        .iter()
        .filter(|m| !m.attrs.has("HTMLConstructor"))
        .filter_map(|m| match &m.kind {
            MemberKind::Constructor(args) => Some(args),
            _ => None,
        })
        .collect();
    for (nth, args) in constructors.iter().enumerate() {
        let ret = constructed(scope, &interface.name);
        let rust = rust_args(scope, args);
        w!(out, "/// `constructor({})`", signature(args));
        w!(out, "fn {}(cx: &mut Cx{rust}) -> {ret};", overload_name("constructor", args, nth));
    }
    for attr in &interface.attrs.0 {
        if let ("LegacyFactoryFunction", AttrValue::Named(name, args)) =
            (attr.name.as_str(), &attr.value)
        {
            let ret = constructed(scope, &interface.name);
            let rust = rust_args(scope, args);
            w!(out, "/// `new {name}({})`", signature(args));
            w!(out, "fn {}(cx: &mut Cx{rust}) -> {ret};", names::snake(name));
        }
    }
    for set in overloads(own.iter().copied()) {
        for (nth, (member, operation)) in set.list.iter().enumerate() {
            if member.attrs.has("Default") {
                continue;
            }
            let receiver = if set.is_static { "" } else { "&self, " };
            let ret = result_type(scope, &operation.ret);
            let rust = rust_args(scope, &operation.args);
            let special = match operation.special {
                Some(Special::Getter) => "getter ",
                Some(Special::Setter) => "setter ",
                Some(Special::Deleter) => "deleter ",
                None => "",
            };
            w!(
                out,
                "/// `{special}{} {}({})`",
                operation.ret,
                set.name,
                signature(&operation.args)
            );
            w!(
                out,
                "fn {}({receiver}cx: &mut Cx{rust}) -> {ret};",
                overload_name(set.name, &operation.args, nth)
            );
        }
    }
    let named_getter = own.iter().any(|m| {
        matches!(&m.kind, MemberKind::Operation(o)
        if o.special == Some(Special::Getter) && !matches!(o.args[0].ty, Type::Int(_)))
    });
    if named_getter {
        scope.js("DomString");
        w!(out, "/// The supported property names, in order.");
        w!(out, "fn supported_names(&self, cx: &mut Cx) -> Vec<DomString>;");
    }
    w!(out, "}}");
    let _ = idl;
    if out.contains("{\n}") {
        // Nothing to implement: the trait is there for all interfaces alike.
        return format!(
            "/// `{}` has nothing for hand-written code to implement.\npub(crate) trait {name}Methods: Sized {{}}\n",
            interface.name
        );
    }
    out
}

pub(super) fn constructed(scope: &Scope, name: &str) -> String {
    scope.js("Fallible");
    scope.js("Obj");
    format!("Fallible<Obj<{}>>", scope.interface(name))
}

pub(super) fn attribute_methods(scope: &Scope, out: &mut String, member: &Member, a: &Attribute) {
    if a.handler || is_reflected(member) {
        return;
    }
    let receiver = if a.is_static { "" } else { "&self, " };
    let ty = scope.attribute(&a.ty);
    let ret = if member.attrs.has("Throws") || member.attrs.has("GetterThrows") {
        format!("{}<{ty}>", scope.js("Fallible"))
    } else {
        ty.clone()
    };
    let readonly = if a.readonly { "readonly " } else { "" };
    let name = names::snake(&a.name);
    w!(out, "/// `{readonly}attribute {} {}`", a.ty, a.name);
    w!(out, "fn {name}({receiver}cx: &mut Cx) -> {ret};");
    if needs_setter(member, a) {
        scope.js("Fallible");
        w!(out, "/// Sets `{}`.", a.name);
        w!(
            out,
            "fn set_{}({receiver}cx: &mut Cx, value: {ty}) -> Fallible<()>;",
            names::plain_snake(&a.name)
        );
    }
}

pub(super) fn unnamed_method(scope: &Scope, out: &mut String, o: &Operation) {
    scope.js("Fallible");
    let Some(special) = o.special else {
        if o.stringifier {
            scope.js("DomString");
            w!(out, "/// `stringifier`");
            w!(out, "fn stringify(&self, cx: &mut Cx) -> Fallible<DomString>;");
        }
        return;
    };
    let indexed = matches!(o.args[0].ty, Type::Int(_));
    let (kind, key) = if indexed {
        ("indexed", "index: u32".to_owned())
    } else {
        scope.js("DomString");
        ("named", "name: DomString".to_owned())
    };
    match special {
        Special::Getter => {
            let ty = scope.outer(strip_nullable(&o.ret));
            w!(
                out,
                "/// `getter {} ({})`: `None` where there is no such property.",
                o.ret,
                signature(&o.args)
            );
            w!(out, "fn {kind}_getter(&self, cx: &mut Cx, {key}) -> Fallible<Option<{ty}>>;");
        }
        Special::Setter => {
            let ty = scope.outer(&o.args[1].ty);
            w!(out, "/// `setter {} ({})`", o.ret, signature(&o.args));
            w!(out, "fn {kind}_setter(&self, cx: &mut Cx, {key}, value: {ty}) -> Fallible<()>;");
        }
        Special::Deleter => {
            w!(out, "/// `deleter {} ({})`: whether it is gone.", o.ret, signature(&o.args));
            w!(out, "fn {kind}_deleter(&self, cx: &mut Cx, {key}) -> Fallible<bool>;");
        }
    }
}

pub(super) fn strip_nullable(ty: &Type) -> &Type {
    match ty {
        Type::Nullable(t) => t,
        other => other,
    }
}
