//! Merging and checking: partials and mixins go into their interfaces,
//! typedefs are replaced by what they stand for, every name is looked up, and
//! what the standard forbids is refused with the place where it stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::ir::*;

/// Merges, resolves and checks all definitions.
///
/// # Errors
/// The first definition that breaks a rule.
pub(crate) fn resolve(mut idl: Idl) -> Result<Idl, Error> {
    merge_partials(&mut idl)?;
    check_names(&idl)?;
    let types = Types::new(&idl)?;
    for interface in idl
        .interfaces
        .values_mut()
        .chain(idl.mixins.values_mut())
        .chain(idl.namespaces.values_mut())
        .chain(idl.callback_interfaces.values_mut())
    {
        types.interface(interface)?;
    }
    for dictionary in idl.dictionaries.values_mut() {
        for member in &mut dictionary.members {
            types.resolve(&mut member.ty, &member.pos)?;
        }
    }
    for callback in idl.callbacks.values_mut() {
        types.resolve(&mut callback.ret, &callback.pos)?;
        types.args(&mut callback.args, &callback.pos)?;
    }
    include_mixins(&mut idl)?;
    check(&idl)?;
    Ok(idl)
}

fn merge_partials(idl: &mut Idl) -> Result<(), Error> {
    for partial in std::mem::take(&mut idl.partials) {
        let (map, mut part, what) = match partial {
            Partial::Interface(part) => (&mut idl.interfaces, part, "interface"),
            Partial::Mixin(part) => (&mut idl.mixins, part, "mixin"),
            Partial::Namespace(part) => (&mut idl.namespaces, part, "namespace"),
            Partial::Dictionary(part) => {
                let Some(whole) = idl.dictionaries.get_mut(&part.name) else {
                    return Err(Error::new(
                        part.pos,
                        format!("partial dictionary `{}` has no dictionary to join", part.name),
                    ));
                };
                whole.members.extend(part.members);
                continue;
            }
        };
        let Some(whole) = map.get_mut(&part.name) else {
            return Err(Error::new(
                part.pos,
                format!("partial {what} `{}` has no {what} to join", part.name),
            ));
        };
        // What is said of the part is said of its members.
        for name in ["Exposed", "SecureContext"] {
            if let Some(attr) = part.attrs.get(name) {
                for member in &mut part.members {
                    if !member.attrs.has(name) {
                        member.attrs.0.push(attr.clone());
                    }
                }
            }
        }
        whole.members.append(&mut part.members);
    }
    Ok(())
}

/// One name, one definition, over all kinds.
fn check_names(idl: &Idl) -> Result<(), Error> {
    let mut seen: BTreeMap<&str, &Pos> = BTreeMap::new();
    let all = idl
        .interfaces
        .values()
        .chain(idl.mixins.values())
        .chain(idl.namespaces.values())
        .chain(idl.callback_interfaces.values())
        .map(|i| (i.name.as_str(), &i.pos))
        .chain(idl.dictionaries.values().map(|d| (d.name.as_str(), &d.pos)))
        .chain(idl.enums.values().map(|d| (d.name.as_str(), &d.pos)))
        .chain(idl.callbacks.values().map(|d| (d.name.as_str(), &d.pos)))
        .chain(idl.typedefs.values().map(|d| (d.name.as_str(), &d.pos)));
    for (name, pos) in all {
        if let Some(first) = seen.insert(name, pos) {
            return Err(Error::new(pos.clone(), format!("`{name}` is defined already at {first}")));
        }
    }
    Ok(())
}

fn include_mixins(idl: &mut Idl) -> Result<(), Error> {
    for include in std::mem::take(&mut idl.includes) {
        let Some(mixin) = idl.mixins.get(&include.mixin) else {
            return Err(Error::new(include.pos, format!("`{}` is not a mixin", include.mixin)));
        };
        let mut members = mixin.members.clone();
        for member in &mut members {
            member.mixin = Some(include.mixin.clone());
            for name in ["Exposed", "SecureContext"] {
                if let (Some(attr), false) = (mixin.attrs.get(name), member.attrs.has(name)) {
                    member.attrs.0.push(attr.clone());
                }
            }
        }
        let Some(interface) = idl.interfaces.get_mut(&include.interface) else {
            return Err(Error::new(
                include.pos,
                format!("`{}` is not an interface", include.interface),
            ));
        };
        interface.members.append(&mut members);
        idl.includes.push(include);
    }
    Ok(())
}

/// What each name stands for.
struct Types {
    kinds: BTreeMap<String, Type>,
}

impl Types {
    fn new(idl: &Idl) -> Result<Self, Error> {
        let mut kinds = BTreeMap::new();
        for name in idl.interfaces.keys() {
            kinds.insert(name.clone(), Type::Interface(name.clone()));
        }
        for name in idl.dictionaries.keys() {
            kinds.insert(name.clone(), Type::Dictionary(name.clone()));
        }
        for name in idl.enums.keys() {
            kinds.insert(name.clone(), Type::Enum(name.clone()));
        }
        for name in idl.callbacks.keys() {
            kinds.insert(name.clone(), Type::Callback(name.clone()));
        }
        for name in idl.callback_interfaces.keys() {
            kinds.insert(name.clone(), Type::CallbackInterface(name.clone()));
        }
        let mut types = Self { kinds };
        // Typedefs may name each other in any order: each round settles those
        // whose parts are known.
        let mut open: Vec<&Typedef> = idl.typedefs.values().collect();
        while !open.is_empty() {
            let before = open.len();
            let mut failed = None;
            open.retain(|typedef| {
                let mut ty = typedef.ty.clone();
                match types.resolve(&mut ty, &typedef.pos) {
                    Ok(()) => {
                        types.kinds.insert(typedef.name.clone(), ty);
                        false
                    }
                    Err(error) => {
                        failed.get_or_insert(error);
                        true
                    }
                }
            });
            if open.len() == before
                && let Some(error) = failed
            {
                return Err(error);
            }
        }
        Ok(types)
    }

    fn interface(&self, interface: &mut Interface) -> Result<(), Error> {
        for attr in &mut interface.attrs.0 {
            self.attr(attr, &interface.pos)?;
        }
        for member in &mut interface.members {
            let pos = member.pos.clone();
            match &mut member.kind {
                MemberKind::Attribute(a) => self.resolve(&mut a.ty, &pos)?,
                MemberKind::Operation(o) => {
                    self.resolve(&mut o.ret, &pos)?;
                    self.args(&mut o.args, &pos)?;
                }
                MemberKind::Constructor(args) => self.args(args, &pos)?,
                MemberKind::Const { ty, .. } => self.resolve(ty, &pos)?,
                MemberKind::Iterable { key, value } => {
                    if let Some(key) = key {
                        self.resolve(key, &pos)?;
                    }
                    self.resolve(value, &pos)?;
                }
                MemberKind::AsyncIterable { key, value, args } => {
                    if let Some(key) = key {
                        self.resolve(key, &pos)?;
                    }
                    self.resolve(value, &pos)?;
                    self.args(args, &pos)?;
                }
                MemberKind::Maplike { key, value, .. } => {
                    self.resolve(key, &pos)?;
                    self.resolve(value, &pos)?;
                }
                MemberKind::Setlike { value, .. } => self.resolve(value, &pos)?,
                MemberKind::Stringifier => {}
            }
        }
        Ok(())
    }

    fn attr(&self, attr: &mut Attr, pos: &Pos) -> Result<(), Error> {
        match &mut attr.value {
            AttrValue::Args(args) | AttrValue::Named(_, args) => self.args(args, pos),
            _ => Ok(()),
        }
    }

    fn args(&self, args: &mut [Argument], pos: &Pos) -> Result<(), Error> {
        for arg in args {
            self.resolve(&mut arg.ty, pos)?;
        }
        Ok(())
    }

    fn resolve(&self, ty: &mut Type, pos: &Pos) -> Result<(), Error> {
        match ty {
            Type::Named(name) => match self.kinds.get(name) {
                Some(found) => *ty = found.clone(),
                None => {
                    return Err(Error::new(
                        pos.clone(),
                        format!("the type `{name}` is defined in no file"),
                    ));
                }
            },
            Type::Sequence(t)
            | Type::FrozenArray(t)
            | Type::ObservableArray(t)
            | Type::Promise(t)
            | Type::Nullable(t)
            | Type::Clamp(t)
            | Type::EnforceRange(t)
            | Type::NullToEmpty(t) => self.resolve(t, pos)?,
            Type::Record(k, v) => {
                self.resolve(k, pos)?;
                self.resolve(v, pos)?;
            }
            Type::Union(members) => {
                for member in members {
                    self.resolve(member, pos)?;
                }
            }
            _ => {}
        }
        // `typedef A? B; B? c` and `typedef any X; X?` say null once.
        if let Type::Nullable(inner) = ty
            && matches!(**inner, Type::Nullable(_) | Type::Any)
        {
            *ty = (**inner).clone();
        }
        Ok(())
    }
}

/// Extended attributes the generator knows, or knowingly leaves alone.
const KNOWN: &[&str] = &[
    "AllowResizable",
    "AllowShared",
    "CEReactions",
    "Clamp",
    "CrossOriginIsolated",
    "Default",
    "EnforceRange",
    "Exposed",
    "GetterThrows",
    "Global",
    "HTMLConstructor",
    "LegacyFactoryFunction",
    "LegacyLenientSetter",
    "LegacyLenientThis",
    "LegacyNamespace",
    "LegacyNoInterfaceObject",
    "LegacyNullToEmptyString",
    "LegacyOverrideBuiltIns",
    "LegacyTreatNonObjectAsNull",
    "LegacyUnenumerableNamedProperties",
    "LegacyUnforgeable",
    "LegacyWindowAlias",
    "NewObject",
    "PrototypeHook",
    "PutForwards",
    "Reflect",
    "ReflectDefault",
    "ReflectInvalid",
    "ReflectMissing",
    "ReflectNonNegative",
    "ReflectOnly",
    "ReflectPositive",
    "ReflectPositiveWithFallback",
    "ReflectRange",
    "ReflectSetter",
    "ReflectURL",
    "Replaceable",
    "SameObject",
    "SecureContext",
    "Serializable",
    "Throws",
    "Transferable",
    "Unscopable",
];

fn check(idl: &Idl) -> Result<(), Error> {
    for interface in idl.interfaces.values() {
        check_parents(idl, interface)?;
        check_interface(idl, interface)?;
        if !interface.attrs.has("Exposed") {
            return Err(Error::new(
                interface.pos.clone(),
                format!("interface `{}` needs [Exposed]", interface.name),
            ));
        }
    }
    for mixin in idl.mixins.values() {
        check_attrs(&mixin.attrs, &mixin.pos)?;
    }
    for namespace in idl.namespaces.values() {
        check_interface(idl, namespace)?;
    }
    for interface in idl.callback_interfaces.values() {
        check_callback_interface(interface)?;
    }
    for dictionary in idl.dictionaries.values() {
        check_dictionary(idl, dictionary)?;
    }
    for value in idl.enums.values() {
        let mut seen = BTreeSet::new();
        for v in &value.values {
            if !seen.insert(v) {
                return Err(Error::new(
                    value.pos.clone(),
                    format!("enum `{}` has \"{v}\" twice", value.name),
                ));
            }
        }
    }
    for callback in idl.callbacks.values() {
        check_attrs(&callback.attrs, &callback.pos)?;
    }
    Ok(())
}

fn check_attrs(attrs: &Attrs, pos: &Pos) -> Result<(), Error> {
    for attr in &attrs.0 {
        if !KNOWN.contains(&attr.name.as_str()) {
            return Err(Error::new(
                pos.clone(),
                format!("unknown extended attribute [{}]", attr.name),
            ));
        }
    }
    Ok(())
}

fn check_parents(idl: &Idl, interface: &Interface) -> Result<(), Error> {
    let mut seen = BTreeSet::from([interface.name.as_str()]);
    let mut at = interface;
    while let Some(parent) = &at.parent {
        let Some(next) = idl.interfaces.get(parent) else {
            return Err(Error::new(
                at.pos.clone(),
                format!("`{}` inherits from `{parent}`, which is no interface", at.name),
            ));
        };
        if !seen.insert(next.name.as_str()) {
            return Err(Error::new(
                interface.pos.clone(),
                format!("`{}` inherits from itself", interface.name),
            ));
        }
        at = next;
    }
    Ok(())
}

fn check_callback_interface(interface: &Interface) -> Result<(), Error> {
    let operations =
        interface.members.iter().filter(|m| matches!(m.kind, MemberKind::Operation(_))).count();
    if operations != 1 {
        return Err(Error::new(
            interface.pos.clone(),
            format!(
                "callback interface `{}` must have one operation, not {operations}",
                interface.name
            ),
        ));
    }
    Ok(())
}

fn check_interface(idl: &Idl, interface: &Interface) -> Result<(), Error> {
    check_attrs(&interface.attrs, &interface.pos)?;
    let place = |member: &Member| {
        if member.pos.line > 1 { member.pos.clone() } else { interface.pos.clone() }
    };
    let mut names: BTreeMap<(String, bool), (&Member, bool)> = BTreeMap::new();
    let mut indexed = false;
    let mut length = false;
    for member in &interface.members {
        let pos = place(member);
        check_attrs(&member.attrs, &pos)?;
        let (name, is_static, is_operation) = match &member.kind {
            MemberKind::Attribute(a) => {
                check_attribute(idl, interface, member, a, &pos)?;
                length |= a.name == "length" && a.ty == Type::Int(Int::U32);
                (Some(&a.name), a.is_static, false)
            }
            MemberKind::Operation(o) => {
                check_operation(o, &pos)?;
                check_args(idl, &o.args, &pos)?;
                indexed |= o.special == Some(Special::Getter)
                    && o.args.first().is_some_and(|a| matches!(a.ty, Type::Int(_)));
                (o.name.as_ref(), o.is_static, true)
            }
            MemberKind::Constructor(args) => {
                check_args(idl, args, &pos)?;
                (None, false, true)
            }
            MemberKind::Const { name, .. } => (Some(name), true, false),
            _ => (None, false, false),
        };
        if let Some(name) = name {
            let before = names.insert((name.clone(), is_static), (member, is_operation));
            if let Some((first, was_operation)) = before
                && !(is_operation && was_operation)
            {
                return Err(Error::new(
                    pos,
                    format!("`{}.{name}` is defined already at {}", interface.name, first.pos),
                ));
            }
        }
    }
    if indexed && !length && interface.name != "Window" {
        return Err(Error::new(
            interface.pos.clone(),
            format!(
                "`{}` has an indexed getter and needs an `unsigned long` attribute `length`",
                interface.name
            ),
        ));
    }
    Ok(())
}

fn check_attribute(
    idl: &Idl,
    interface: &Interface,
    member: &Member,
    attribute: &Attribute,
    pos: &Pos,
) -> Result<(), Error> {
    let name = &attribute.name;
    if matches!(attribute.ty.bare(), Type::Sequence(_) | Type::Record(..) | Type::Dictionary(_)) {
        return Err(Error::new(
            pos.clone(),
            format!("attribute `{name}` may not have the type `{}`", attribute.ty),
        ));
    }
    if let Some(target) = member.attrs.one("PutForwards") {
        if !attribute.readonly {
            return Err(Error::new(
                pos.clone(),
                format!("[PutForwards] on `{name}`, which is not read-only"),
            ));
        }
        let Type::Interface(other) = attribute.ty.bare() else {
            return Err(Error::new(
                pos.clone(),
                format!("[PutForwards] on `{name}`, which is no interface"),
            ));
        };
        let mut at = idl.interfaces.get(other);
        let mut found = false;
        while let Some(i) = at {
            found |= i
                .members
                .iter()
                .any(|m| matches!(&m.kind, MemberKind::Attribute(a) if a.name == target));
            at = i.parent.as_ref().and_then(|p| idl.interfaces.get(p));
        }
        if !found {
            return Err(Error::new(
                pos.clone(),
                format!("[PutForwards={target}] on `{name}`: `{other}` has no such attribute"),
            ));
        }
    }
    if member.attrs.has("Replaceable") && !attribute.readonly {
        return Err(Error::new(
            pos.clone(),
            format!("[Replaceable] on `{name}`, which is not read-only"),
        ));
    }
    if member.attrs.has("Reflect") && attribute.readonly && !member.attrs.has("PutForwards") {
        return Err(Error::new(
            pos.clone(),
            format!("[Reflect] on `{}.{name}`, which is read-only", interface.name),
        ));
    }
    Ok(())
}

fn check_operation(operation: &Operation, pos: &Pos) -> Result<(), Error> {
    if operation.name.is_none() && operation.special.is_none() && !operation.stringifier {
        return Err(Error::new(
            pos.clone(),
            "an operation without a name must be special".to_owned(),
        ));
    }
    let expected = match operation.special {
        Some(Special::Getter | Special::Deleter) => 1,
        Some(Special::Setter) => 2,
        None => return Ok(()),
    };
    if operation.args.len() != expected {
        return Err(Error::new(
            pos.clone(),
            format!(
                "a getter and a deleter take one argument, a setter two; here are {}",
                operation.args.len()
            ),
        ));
    }
    if !matches!(operation.args[0].ty, Type::Int(Int::U32) | Type::DomString | Type::UsvString) {
        return Err(Error::new(
            pos.clone(),
            "a special operation takes an `unsigned long` or a `DOMString` first".to_owned(),
        ));
    }
    Ok(())
}

fn check_args(idl: &Idl, args: &[Argument], pos: &Pos) -> Result<(), Error> {
    let mut optional = false;
    for (i, arg) in args.iter().enumerate() {
        if optional && !arg.optional {
            return Err(Error::new(
                pos.clone(),
                format!("argument `{}` must be optional like the one before it", arg.name),
            ));
        }
        optional |= arg.optional;
        if arg.variadic && i + 1 != args.len() {
            return Err(Error::new(
                pos.clone(),
                format!("variadic argument `{}` must be last", arg.name),
            ));
        }
        if let Type::Dictionary(name) = &arg.ty {
            let needed = requires_member(idl, name);
            let last_required = args[i + 1..].iter().all(|a| a.optional);
            if !arg.optional && !needed && last_required {
                return Err(Error::new(
                    pos.clone(),
                    format!(
                        "argument `{}` is a dictionary: write `optional {name} {} = {{}}`",
                        arg.name, arg.name
                    ),
                ));
            }
            if arg.optional && arg.default != Some(Literal::EmptyDictionary) {
                return Err(Error::new(
                    pos.clone(),
                    format!("optional dictionary argument `{}` needs the default {{}}", arg.name),
                ));
            }
        }
        check_default(idl, &arg.ty, arg.default.as_ref(), &arg.name, pos)?;
    }
    Ok(())
}

/// Whether a dictionary, or one it inherits from, has a required member.
pub(crate) fn requires_member(idl: &Idl, name: &str) -> bool {
    let mut at = idl.dictionaries.get(name);
    while let Some(dictionary) = at {
        if dictionary.members.iter().any(|m| m.required) {
            return true;
        }
        at = dictionary.parent.as_ref().and_then(|p| idl.dictionaries.get(p));
    }
    false
}

fn check_dictionary(idl: &Idl, dictionary: &Dictionary) -> Result<(), Error> {
    let mut seen = BTreeSet::from([dictionary.name.as_str()]);
    let mut at = dictionary;
    while let Some(parent) = &at.parent {
        let Some(next) = idl.dictionaries.get(parent) else {
            return Err(Error::new(
                at.pos.clone(),
                format!("`{}` inherits from `{parent}`, which is no dictionary", at.name),
            ));
        };
        if !seen.insert(next.name.as_str()) {
            return Err(Error::new(
                dictionary.pos.clone(),
                format!("`{}` inherits from itself", dictionary.name),
            ));
        }
        at = next;
    }
    for member in &dictionary.members {
        if member.required && member.default.is_some() {
            return Err(Error::new(
                member.pos.clone(),
                format!("required member `{}` may not have a default", member.name),
            ));
        }
        check_default(idl, &member.ty, member.default.as_ref(), &member.name, &member.pos)?;
    }
    Ok(())
}

fn check_default(
    idl: &Idl,
    ty: &Type,
    default: Option<&Literal>,
    name: &str,
    pos: &Pos,
) -> Result<(), Error> {
    let Some(default) = default else { return Ok(()) };
    let fits = |t: &Type| match (default, t) {
        (Literal::Bool(_), Type::Boolean) => true,
        (Literal::Int(_), Type::Int(_) | Type::Float { .. }) => true,
        (Literal::Float(_), Type::Float { .. }) => true,
        (Literal::Str(_), Type::DomString | Type::UsvString | Type::ByteString) => true,
        (Literal::Str(s), Type::Enum(e)) => idl.enums.get(e).is_some_and(|e| e.values.contains(s)),
        (Literal::EmptySequence, Type::Sequence(_) | Type::FrozenArray(_)) => true,
        (Literal::EmptyDictionary, Type::Dictionary(_)) => true,
        (_, Type::Any) => true,
        (Literal::Null, _) => ty.includes_nullable(),
        (Literal::Undefined, Type::Undefined) => true,
        _ => false,
    };
    if ty.flattened().iter().any(|t| fits(t.bare())) {
        return Ok(());
    }
    Err(Error::new(pos.clone(), format!("the default of `{name}` is not a value of `{ty}`")))
}
