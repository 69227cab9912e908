//! Scripts from bytes, by the interfaces in `engine/idl`: live objects are kept by
//! their interface, so that what one member returned is what the next is called on,
//! and callbacks do as the script around them does.

use std::{fmt::Write as _, fs, path::Path, sync::LazyLock};

use virga_webidl::ir::{Argument, Idl, MemberKind, Special, Type};

use crate::{source::Source, words};

/// What stands before each script.
pub const PRELUDE: &str = include_str!("../scripts/prelude.js");

/// What would end the page before its time.
const LEFT_OUT: &[&str] = &["close", "stop", "reload"];

/// What scripts can do.
pub(crate) struct Tables {
    pub(crate) idl: Idl,
    /// Names of all interfaces of a window.
    pub(crate) interfaces: Vec<String>,
    /// By file of `engine/idl`.
    topics: Vec<Vec<Action>>,
}

struct Action {
    interface: String,
    /// Whether the interface object is meant.
    of_interface: bool,
    what: What,
}

enum What {
    Get(String),
    Set(String, Type),
    Handler(String),
    Call(String, Vec<Argument>),
    Construct(Vec<Argument>),
    Item(Special, Type),
    Iterate,
    Collection(&'static str),
}

static TABLES: LazyLock<Tables> = LazyLock::new(tables);

fn tables() -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/idl");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("engine/idl")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a file")))
        .collect();
    files.sort();
    let idl = virga_webidl::load(&files).expect("declarations without a mistake");
    let mut topics: Vec<Vec<Action>> = files.iter().map(|_| Vec::new()).collect();
    let mut interfaces = Vec::new();
    for interface in idl.interfaces.values() {
        let exposed = interface.attrs.list("Exposed").unwrap_or_default();
        if !exposed.is_empty() && !exposed.iter().any(|scope| *scope == "Window") {
            continue;
        }
        interfaces.push(interface.name.clone());
        for member in &interface.members {
            let at = files.iter().position(|(name, _)| **name == *member.pos.file);
            let topic = &mut topics[at.expect("a file that was read")];
            let mut add = |of_interface, what| {
                topic.push(Action { interface: interface.name.clone(), of_interface, what });
            };
            match &member.kind {
                MemberKind::Attribute(attribute)
                    if !LEFT_OUT.contains(&attribute.name.as_str()) =>
                {
                    if attribute.handler {
                        add(false, What::Handler(attribute.name.clone()));
                        continue;
                    }
                    if !attribute.readonly || member.attrs.has("PutForwards") {
                        let ty =
                            if attribute.readonly { Type::DomString } else { attribute.ty.clone() };
                        add(attribute.is_static, What::Set(attribute.name.clone(), ty));
                    }
                    add(attribute.is_static, What::Get(attribute.name.clone()));
                }
                MemberKind::Operation(operation) => {
                    if let Some(special) = operation.special {
                        let ty = operation.args.last().map_or(Type::Any, |arg| arg.ty.clone());
                        add(false, What::Item(special, ty));
                    }
                    if let Some(name) =
                        operation.name.as_ref().filter(|name| !LEFT_OUT.contains(&name.as_str()))
                    {
                        add(operation.is_static, What::Call(name.clone(), operation.args.clone()));
                    }
                }
                MemberKind::Constructor(args) => add(true, What::Construct(args.clone())),
                MemberKind::Iterable { .. } | MemberKind::AsyncIterable { .. } => {
                    add(false, What::Iterate)
                }
                MemberKind::Maplike { .. } | MemberKind::Setlike { .. } => {
                    for name in ["add", "set", "delete", "clear", "has", "forEach"] {
                        add(false, What::Collection(name));
                    }
                }
                _ => {}
            }
        }
    }
    topics.retain(|topic| !topic.is_empty());
    Tables { idl, interfaces, topics }
}

/// Writes a script.
pub(crate) struct Writer<'a> {
    pub(crate) tables: &'static Tables,
    pub(crate) source: Source<'a>,
    pub(crate) out: String,
    topics: [usize; 3],
    left: usize,
}

/// The script that `bytes` ask for, without [`PRELUDE`].
pub fn write(bytes: &[u8]) -> String {
    let mut source = Source::new(bytes);
    let count = TABLES.topics.len();
    let topics = [source.below(count), source.below(count), source.below(count)];
    let mut writer = Writer { tables: &TABLES, source, out: String::new(), topics, left: 300 };
    // What reactions of custom elements do, and what observers and others are told.
    writer.out.push_str("const H=[");
    for _ in 0..writer.source.below(4) {
        writer.function(None, 1);
        writer.out.push(',');
    }
    writer.out.push_str("];D(H);\n");
    while !writer.source.is_empty() && writer.left > 0 {
        writer.statement(0);
    }
    writer.out
}

impl Writer<'_> {
    /// One statement, which throws nothing.
    pub(crate) fn statement(&mut self, depth: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        self.out.push_str("try{F();");
        match self.source.byte() % 8 {
            0 => self.tree(depth),
            1 => self.time(depth),
            place => {
                let topic = match place {
                    2..4 => self.topics[0],
                    4..6 => self.topics[1],
                    6 => self.topics[2],
                    _ => self.source.below(self.tables.topics.len()),
                };
                let actions = &self.tables.topics[topic];
                let which = self.source.below(actions.len());
                self.action(&actions[which], depth);
            }
        }
        self.out.push_str("}catch{}\n");
    }

    /// A change of the tree, whatever the topic is.
    fn tree(&mut self, depth: usize) {
        let node = |writer: &mut Self| writer.object("Node");
        match self.source.byte() % 16 {
            0..4 => {
                node(self);
                self.out.push_str(".appendChild(");
                node(self);
                self.out.push(')');
            }
            4 => {
                node(self);
                self.out.push_str(".insertBefore(");
                node(self);
                self.out.push(',');
                node(self);
                self.out.push(')');
            }
            5 => {
                self.object("Element");
                self.out.push_str(".innerHTML=");
                self.text("html", depth);
            }
            6 => {
                self.object("Element");
                self.out.push_str(".remove()");
            }
            7 => {
                let tag = self.source.one(words::TAGS);
                let _ = write!(self.out, "K(document.createElement('{tag}'))");
            }
            8 => {
                self.object("Element");
                self.out.push_str(".setAttribute(");
                self.text("name", depth);
                self.out.push(',');
                self.text("", depth);
                self.out.push(')');
            }
            9 => {
                self.object("HTMLElement");
                self.out.push_str(".style.cssText=");
                self.text("css", depth);
            }
            10 => {
                self.object("Element");
                self.out.push_str(".attachShadow({mode:'open'}).innerHTML=");
                self.text("html", depth);
            }
            11 => {
                self.out.push_str("document.body.append(");
                node(self);
                self.out.push(')');
            }
            12 => {
                self.object("EventTarget");
                self.out.push_str(".addEventListener(");
                self.text("type", depth);
                self.out.push(',');
                self.function(None, depth);
                self.out.push_str(",K({capture:true}))");
            }
            13 => {
                self.object("EventTarget");
                self.out.push_str(".dispatchEvent(K(new Event(");
                self.text("type", depth);
                self.out.push_str(",{bubbles:true,composed:true,cancelable:true})))");
            }
            14 => {
                self.object("CharacterData");
                self.out.push_str(".data=");
                self.text("html", depth);
            }
            _ => {
                self.object("Element");
                self.out.push_str(".replaceWith(");
                node(self);
                self.out.push(')');
            }
        }
    }

    /// Something that happens later, the user's hands, or a look at the layout.
    fn time(&mut self, depth: usize) {
        match self.source.byte() % 12 {
            0 => {
                self.out.push_str("setTimeout(");
                self.function(None, depth);
                self.out.push_str(",9)");
            }
            1 => {
                self.out.push_str("requestAnimationFrame(");
                self.function(None, depth);
                self.out.push(')');
            }
            2 => {
                self.out.push_str("Promise.resolve(1).then(");
                self.function(None, depth);
                self.out.push(')');
            }
            3 => {
                self.object("Element");
                self.out.push_str(".getBoundingClientRect()");
            }
            4 => self.out.push_str("K(getSelection().getRangeAt(0))"),
            5 => self.out.push_str("I.collectGarbage()"),
            6 => {
                let phase = self.source.one(&["down", "move", "up", "leave", "cancel"]);
                let (x, y) = (self.source.byte(), self.source.byte());
                let _ = write!(self.out, "I.pointer('{phase}',{x},{y})");
            }
            7 => {
                self.out.push_str("I.click(");
                self.object("Element");
                self.out.push(')');
            }
            8 => {
                let key = self.source.one(&[
                    "Enter",
                    "Tab",
                    "Backspace",
                    "Delete",
                    "ArrowLeft",
                    "ArrowDown",
                    "Home",
                    "End",
                    "a",
                    " ",
                    "Escape",
                    "PageDown",
                ]);
                let modifier = self.source.one(&["", "Shift", "Control", "Alt"]);
                let _ = write!(self.out, "I.key('{key}','{modifier}')");
            }
            9 => self.out.push_str("I.type('ab\\u0301 c')"),
            10 => {
                self.object("HTMLElement");
                self.out.push_str(".focus()");
            }
            _ => {
                self.out.push_str("getComputedStyle(");
                self.object("Element");
                self.out.push_str(",[,'::before'][");
                let which = self.source.byte() % 2;
                let _ = write!(self.out, "{which}]).width");
            }
        }
    }

    fn action(&mut self, action: &'static Action, depth: usize) {
        let target = |writer: &mut Self| match action.of_interface {
            true => writer.out.push_str(&action.interface),
            false => writer.object(&action.interface),
        };
        match &action.what {
            What::Get(name) => {
                self.out.push_str("K(");
                target(self);
                let _ = write!(self.out, ".{name})");
            }
            What::Set(name, ty) => {
                target(self);
                let _ = write!(self.out, ".{name}=");
                self.value(ty, name, depth);
            }
            What::Handler(name) => {
                target(self);
                let _ = write!(self.out, ".{name}=");
                self.function(Some(&Type::Any), depth);
            }
            What::Call(name, args) => {
                self.out.push_str("K(");
                target(self);
                let _ = write!(self.out, ".{name}(");
                self.arguments(args, depth);
                self.out.push_str("))");
            }
            What::Construct(args) => {
                let _ = write!(self.out, "K(new {}(", action.interface);
                self.arguments(args, depth);
                self.out.push_str("))");
            }
            What::Item(special, ty) => {
                if *special != Special::Setter {
                    self.out.push_str(if *special == Special::Getter { "K(" } else { "delete (" });
                }
                target(self);
                let key = self.source.one(&[
                    "0",
                    "1",
                    "-1",
                    "'a'",
                    "'d'",
                    "'f'",
                    "'length'",
                    "'style'",
                    "4294967295",
                ]);
                let _ = write!(self.out, "[{key}]");
                if *special == Special::Setter {
                    self.out.push('=');
                    self.value(ty, "", depth);
                } else {
                    self.out.push(')');
                }
            }
            What::Iterate => {
                self.out.push_str("for(const x of ");
                target(self);
                self.out.push_str("){K(x);F();");
                if depth < 3 {
                    self.statement(depth + 1);
                }
                self.out.push('}');
            }
            What::Collection(name) => {
                target(self);
                let _ = write!(self.out, ".{name}(");
                if *name == "forEach" {
                    self.function(None, depth);
                } else {
                    self.any(depth);
                }
                self.out.push(')');
            }
        }
    }
}
