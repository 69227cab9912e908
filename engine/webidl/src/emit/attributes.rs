//! Attributes: getters, setters, and those that need none of hand-written code.

use std::fmt::Write as _;

use super::interface::{Glue, What, w};
use super::methods::is_reflected;
use super::types;
use crate::Error;
use crate::ir::*;
use crate::names;

impl Glue<'_> {
    pub(super) fn attribute(&mut self, member: &Member, a: &Attribute) -> Result<(), Error> {
        let name = &a.name;
        if a.handler {
            let event = name.strip_prefix("on").unwrap_or(name);
            let lenient =
                if member.attrs.has("LegacyLenientThis") { "lenient_handler" } else { "handler" };
            let entry =
                format!("super::{lenient}!({}, {:?}, {name:?}, {event:?})", self.rust, self.name());
            self.add(member, false, entry);
            return Ok(());
        }
        if is_reflected(member) {
            let rule = self.reflect(member, a)?;
            let entry =
                format!("super::reflect!({}, {:?}, {name:?}, {rule})", self.rust, self.name());
            self.add(member, false, entry);
            return Ok(());
        }
        let snake = names::plain_snake(name);
        let prefix = if a.is_static && self.what == What::Interface { "static_" } else { "" };
        let getter = format!("{prefix}get_{snake}");
        self.getter(member, a, &getter);
        if a.stringifier {
            self.members.push(format!(
                "webidl::Member::operation(\"toString\", webidl::native!({getter}), 0)"
            ));
        }
        let setter = self.setter(member, a, &format!("{prefix}set_{snake}"))?;
        let entry = match setter {
            Some(setter) => format!(
                "webidl::Member::attribute({name:?}, webidl::native!({getter}), Some(webidl::native!({setter})))"
            ),
            None => format!("webidl::Member::attribute({name:?}, webidl::native!({getter}), None)"),
        };
        self.add(member, a.is_static, entry);
        Ok(())
    }

    pub(super) fn getter(&mut self, member: &Member, a: &Attribute, function: &str) {
        let throws = member.attrs.has("Throws") || member.attrs.has("GetterThrows");
        let method = names::snake(&a.name);
        let callee = self.callee(member, &method, a.is_static);
        let this = if a.is_static { "cx" } else { "&this, cx" };
        let question = if throws { "?" } else { "" };
        let promise = matches!(a.ty, Type::Promise(_));
        let this_param = if a.is_static { "_this" } else { "this" };
        let site = self.site("getter", &a.name);
        let mut body = String::new();
        if member.attrs.has("LegacyLenientThis") {
            w!(
                body,
                "if !webidl::is_this::<{}>(cx, this) {{ return Ok(Value::undefined()); }}",
                self.rust
            );
        }
        body.push_str(&self.this(a.is_static));
        w!(body, "let result = {callee}({this}){question};");
        w!(body, "Ok(webidl::value(cx, result))");
        if promise {
            body = format!("webidl::or_reject(cx, |cx| {{ {body} }})");
        }
        let out = &mut self.functions;
        w!(
            out,
            "fn {function}(cx: &mut Cx, {this_param}: &Value, _args: &[Value]) -> Fallible<Value> {{"
        );
        if !a.is_static {
            w!(out, "{site}");
        }
        w!(out, "{body}}}\n");
    }

    pub(super) fn setter(
        &mut self,
        member: &Member,
        a: &Attribute,
        function: &str,
    ) -> Result<Option<String>, Error> {
        let mut body = String::new();
        if member.attrs.has("LegacyLenientThis") {
            w!(
                body,
                "if !webidl::is_this::<{}>(cx, this) {{ return Ok(Value::undefined()); }}",
                self.rust
            );
        }
        if let Some(target) = member.attrs.one("PutForwards") {
            body.push_str(&self.this(a.is_static));
            w!(body, "let _ = &this;");
            w!(
                body,
                "webidl::put_forward(cx, &this.value(), {:?}, {target:?}, SITE.value(args))",
                a.name
            );
        } else if member.attrs.has("Replaceable") {
            body.push_str(&self.this(a.is_static));
            w!(body, "webidl::replace(cx, &this.value(), {:?}, SITE.value(args))", a.name);
        } else if member.attrs.has("LegacyLenientSetter") && a.readonly {
            body.push_str(&self.this(a.is_static));
            w!(body, "let _ = this;\nOk(Value::undefined())");
        } else if a.readonly {
            return Ok(None);
        } else if member.attrs.has("ReflectSetter") {
            let rule = self.reflect(member, a)?;
            w!(
                body,
                "super::reflect_set(cx, this, args, &const {{ SITE.brand::<{}>() }}, &const {{ {rule} }})",
                self.rust
            );
        } else {
            body.push_str(&self.this(a.is_static));
            if let Type::Enum(name) = &a.ty {
                let name = self.scope.generated(name);
                w!(
                    body,
                    "let Some(value) = webidl::enumeration::<{name}>(cx, SITE.value(args))? else {{ return Ok(Value::undefined()); }};"
                );
            } else {
                let ty = self.scope.attribute(&a.ty);
                let wire = if ty == "Value" { ty.clone() } else { self.scope.wire(&a.ty) };
                let unwrap = if wire == ty { "" } else { types::unwrap(&a.ty) };
                w!(body, "let value: {wire} = SITE.set(cx, args)?;");
                if !unwrap.is_empty() {
                    w!(body, "let value = value{unwrap};");
                }
            }
            let method = format!("set_{}", names::plain_snake(&a.name));
            let callee = self.callee(member, &method, a.is_static);
            let this = if a.is_static { "" } else { "&this, " };
            let call = format!("{callee}({this}cx, value)");
            if member.attrs.has("CEReactions") {
                w!(body, "let reactions = crate::custom_elements::Reactions::push(cx);");
                w!(body, "let result = {call};");
                w!(body, "reactions.pop(cx);");
                w!(body, "result?;");
            } else {
                w!(body, "{call}?;");
            }
            w!(body, "Ok(Value::undefined())");
        }
        let this_param = if a.is_static { "_this" } else { "this" };
        let site = self.site("setter", &a.name);
        let args = if body.contains("args") { "args" } else { "_args" };
        let out = &mut self.functions;
        w!(
            out,
            "fn {function}(cx: &mut Cx, {this_param}: &Value, {args}: &[Value]) -> Fallible<Value> {{"
        );
        w!(out, "{site}");
        w!(out, "{body}}}\n");
        Ok(Some(function.to_owned()))
    }

    /// The rule of a reflecting attribute, as an expression of
    /// `crate::html::reflect::Reflect`.
    pub(super) fn reflect(&self, member: &Member, a: &Attribute) -> Result<String, Error> {
        let attrs = &member.attrs;
        let content = attrs
            .one("Reflect")
            .or_else(|| attrs.one("ReflectSetter"))
            .map_or_else(|| a.name.to_lowercase(), str::to_owned);
        let path = "crate::html::reflect::Reflect";
        let bad = |what: String| Error::new(member.pos.clone(), what);
        let default = attrs.one("ReflectDefault");
        let int = |text: Option<&str>| -> Result<Option<i64>, Error> {
            text.map(|t| {
                t.trim()
                    .parse::<i64>()
                    .map_err(|_| bad(format!("[ReflectDefault={t}] is no integer")))
            })
            .transpose()
        };
        let nullable = matches!(a.ty, Type::Nullable(_));
        let rule = match a.ty.bare() {
            Type::Boolean => format!("{path}::boolean({content:?})"),
            Type::DomString | Type::UsvString if attrs.has("ReflectURL") => {
                format!("{path}::url({content:?})")
            }
            Type::DomString | Type::UsvString if attrs.has("ReflectOnly") => {
                let only = attrs.one("ReflectOnly").unwrap_or_default();
                let values: Vec<String> =
                    only.split(',').map(|v| format!("{:?}", v.trim())).collect();
                let option = |name: &str| match attrs.one(name) {
                    Some(value) => format!("Some({value:?})"),
                    None => "None".to_owned(),
                };
                format!(
                    "{path}::enumerated({content:?}, &[{}], {}, {}, {nullable})",
                    values.join(", "),
                    option("ReflectMissing"),
                    option("ReflectInvalid"),
                )
            }
            Type::DomString | Type::UsvString if nullable => {
                format!("{path}::nullable_string({content:?})")
            }
            Type::DomString | Type::UsvString => {
                let null_to_empty = matches!(a.ty, Type::NullToEmpty(_));
                format!("{path}::string({content:?}, {null_to_empty})")
            }
            Type::Int(Int::I32) => {
                let non_negative = attrs.has("ReflectNonNegative");
                let default = int(default)?.unwrap_or(if non_negative { -1 } else { 0 });
                format!("{path}::long({content:?}, {default}, {non_negative})")
            }
            Type::Int(Int::U32) => {
                let positive = attrs.has("ReflectPositive");
                let fallback = attrs.has("ReflectPositiveWithFallback");
                let default = int(default)?.unwrap_or(i64::from(positive || fallback));
                match attrs.one("ReflectRange") {
                    Some(range) => {
                        let parts: Vec<_> = range.split(',').map(str::trim).collect();
                        let [min, max] = parts[..] else {
                            return Err(bad(format!("[ReflectRange=({range})] needs two numbers")));
                        };
                        format!("{path}::unsigned_range({content:?}, {default}, {min}, {max})")
                    }
                    None => {
                        format!("{path}::unsigned({content:?}, {default}, {positive}, {fallback})")
                    }
                }
            }
            Type::Float { double: true, .. } => {
                let default = default.unwrap_or("0");
                let default =
                    if default.contains('.') { default.to_owned() } else { format!("{default}.0") };
                format!("{path}::double({content:?}, {default}, {})", attrs.has("ReflectPositive"))
            }
            other => return Err(bad(format!("an attribute of type `{other}` cannot reflect"))),
        };
        Ok(rule)
    }

    pub(super) fn stringifier(&mut self, member: &Member) {
        let callee = self.callee(member, "stringify", false);
        let site = self.site("operation", "toString");
        let this = self.this(false);
        let out = &mut self.functions;
        w!(
            out,
            "fn op_to_string(cx: &mut Cx, this: &Value, _args: &[Value]) -> Fallible<Value> {{"
        );
        w!(
            out,
            "{site}\n{this}let result = {callee}(&this, cx)?;\nOk(webidl::value(cx, result))\n}}\n"
        );
        self.members.push(
            "webidl::Member::operation(\"toString\", webidl::native!(op_to_string), 0)".to_owned(),
        );
    }
}
