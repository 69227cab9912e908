//! Arguments by their WebIDL type.

use std::fmt::Write as _;

use virga_webidl::ir::{Argument, Type};

use crate::{script::Writer, words};

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "4",
    "-1",
    "7",
    "100",
    "255",
    "1000",
    "65535",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967295",
    "9007199254740991",
    "1e300",
    "NaN",
    "-0.5",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "0.5",
    "-3.7",
    "10",
    "100",
    "1e9",
    "-1e9",
    "1e-9",
    "1e38",
    "1e308",
    "NaN",
    "Infinity",
    "-Infinity",
    "-0",
];
const EVENTS: &[&str] = &[
    "click",
    "input",
    "change",
    "focus",
    "blur",
    "keydown",
    "load",
    "error",
    "message",
    "slotchange",
    "scroll",
    "beforeinput",
    "selectionchange",
    "toggle",
    "submit",
    "reset",
    "abort",
    "mousedown",
    "pointerdown",
    "popstate",
    "beforeunload",
    "DOMContentLoaded",
    "transitionend",
    "animationend",
    "invalid",
    "a",
];
const SELECTORS: &[&str] = &[
    "*",
    "#d",
    "#f",
    "#i",
    "#s",
    ".a",
    "b",
    "div > *",
    ":root",
    ":scope",
    ":has(b)",
    ":not(:empty)",
    "p:nth-child(2n)",
    "[id]",
    ":host",
    "::slotted(*)",
    "::before",
    ":is(b,p)::after",
    ":checked",
    ":invalid",
    ":defined",
    ":focus-within",
    "x|y",
    "[",
    "",
    "a, b",
    ":hover",
];
const MARKUP: &[&str] = &[
    "",
    "text",
    "<b>b</b>",
    "<p>one<p>two",
    "<div id=d class='a b'>x<i>y</i></div>",
    "<table><tr><td>1",
    "<x-a></x-a>",
    "<x-b>z</x-b>",
    "<template shadowrootmode=open><slot></slot></template>",
    "<form id=f><input name=n required><button>",
    "<select><option selected>1<option>2",
    "<svg><g><path d='M0 0'/></g></svg>",
    "<iframe srcdoc='<p>in'></iframe>",
    "<style>b { color: red }</style>",
    "<script>1</script>",
    "<img src=a.png onerror='document.body.textContent=1'>",
    "<slot name=n>fallback</slot>",
    "<details open><summary>s</summary>t</details>",
    "<input type=radio name=r checked><input type=radio name=r>",
    "<textarea>t\nu</textarea>",
    "<ol><li>1<li>2</ol>",
    "<a href='#d' id=i>link</a>",
    "<dialog open>d</dialog>",
    "<label for=i>l</label>",
    "<object data=x></object>",
    "<base href='/x/'>",
    "<link rel=stylesheet href=a.css>",
    "<div contenteditable>edit <b>me</b></div>",
    "<td>cell",
    "<!--c-->",
    "<p hidden>h</p>",
    "<fieldset disabled><legend>l</legend><input></fieldset>",
];
const CSS: &[&str] = &[
    "color: red",
    "display: none",
    "display: contents",
    "display: flex",
    "display: grid",
    "display: table-cell",
    "float: left",
    "position: absolute",
    "position: fixed; inset: 0",
    "overflow: scroll; height: 20px",
    "width: 50%",
    "content: 'x'",
    "transition: all 1s",
    "animation: k 1s infinite",
    "transform: rotate(1deg)",
    "b { color: red }",
    ".a { display: inline-block }",
    "@media all { p { margin: 1px } }",
    "@keyframes k { to { left: 1px } }",
    "@layer a, b;",
    "@import 'a.css';",
    "::before { content: 'x' }",
    ":host { display: block }",
    "--p: 1px",
    "@namespace x 'y';",
    "@property --q { syntax: '*'; inherits: true }",
    "}",
    "",
];
const URLS: &[&str] = &[
    "",
    "#d",
    "?q",
    "/",
    "a.css",
    "http://test/page",
    "http://other/",
    "//x",
    "about:blank",
    "about:srcdoc",
    "data:text/html,<p>x",
    "data:text/javascript,1",
    "javascript:1",
    "blob:http://test/1",
    "http://[::1]:80/",
    "http://a b/",
    "mailto:x",
    "file:///etc",
    "ws://test/",
    "__refused",
    "__never",
];
const NAMES: &[&str] = &[
    "id",
    "class",
    "style",
    "name",
    "slot",
    "type",
    "value",
    "href",
    "hidden",
    "is",
    "form",
    "for",
    "checked",
    "disabled",
    "open",
    "dir",
    "lang",
    "contenteditable",
    "onclick",
    "data-x",
    "xml:lang",
    "xlink:href",
    "x:y",
    "width",
    "colspan",
    "src",
    "srcdoc",
    "tabindex",
    "-",
    "",
];
const WORDS: &[&str] = &[
    "",
    "a",
    "b",
    "d",
    "f",
    "n",
    "0",
    "1",
    "-1",
    "auto",
    "none",
    "true",
    "false",
    "all",
    "text/html",
    "text/plain",
    "application/xml",
    "image/svg+xml",
    "utf-8",
    "utf-16le",
    "width",
    "color",
    "beforebegin",
    "afterbegin",
    "beforeend",
    "afterend",
    "character",
    "word",
    "line",
    "forward",
    "backward",
    "alternate",
    "delete",
    "insertText",
    "bold",
    "selectAll",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/XML/1998/namespace",
    "\\u0000",
    "\\ud800",
    "\\u{1f600}e\\u0301",
    "two words",
    "GET",
    "POST",
    "json",
    "arraybuffer",
    "_blank",
    "_self",
    "//*[1]",
    "count(//b)",
    "2026-02-30",
    "#ff0000",
    "SHA-256",
    "AES-GCM",
    "longer text with several words in it, long enough to wrap",
];

impl Writer<'_> {
    /// An argument list.
    pub(crate) fn arguments(&mut self, args: &[Argument], depth: usize) {
        for (at, arg) in args.iter().enumerate() {
            // Sometimes too few.
            if arg.optional && self.source.once_in(3) || self.source.once_in(64) {
                break;
            }
            let count = if arg.variadic { self.source.below(3) } else { 1 };
            for nth in 0..count {
                if at + nth > 0 {
                    self.out.push(',');
                }
                self.value(&arg.ty, &arg.name, depth);
            }
        }
    }

    /// A value of a type, or now and then of another.
    pub(crate) fn value(&mut self, ty: &Type, name: &str, depth: usize) {
        if self.source.once_in(40) {
            return self.any(depth);
        }
        match ty {
            Type::Any | Type::Named(_) => self.any(depth),
            Type::Undefined => self.out.push_str("undefined"),
            Type::Boolean => self.word(&["true", "false"]),
            Type::Int(_) => self.word(INTEGERS),
            Type::Float { .. } => self.word(NUMBERS),
            Type::BigInt => self.word(&["0n", "-1n", "2n ** 64n"]),
            Type::DomString | Type::UsvString | Type::ByteString => self.text(name, depth),
            Type::Object => self.word(&["{}", "[]", "P('Node',1)", "()=>1", "new Date(0)"]),
            Type::Symbol => self.out.push_str("Symbol.iterator"),
            Type::Buffer(name) => self.buffer(name),
            Type::Interface(name) => self.object(name),
            Type::Dictionary(name) => self.dictionary(name, depth),
            Type::Enum(name) => {
                let Some(values) = self.tables.idl.enums.get(name) else { return };
                let which = self.source.below(values.values.len() + 1);
                let value = values.values.get(which).map_or("bogus", String::as_str);
                let _ = write!(self.out, "'{value}'");
            }
            Type::Callback(name) => {
                let ret = self.tables.idl.callbacks.get(name).map(|callback| &callback.ret);
                self.function(ret, depth);
            }
            Type::CallbackInterface(name) => {
                let found = self.tables.idl.callback_interfaces.get(name);
                let operation = found.and_then(|found| {
                    found.members.iter().find_map(|member| match &member.kind {
                        virga_webidl::ir::MemberKind::Operation(operation) => Some(operation),
                        _ => None,
                    })
                });
                let named = operation.and_then(|operation| operation.name.as_deref());
                match named {
                    Some(named) if self.source.once_in(3) => {
                        let _ = write!(self.out, "{{{named}:");
                        self.function(operation.map(|operation| &operation.ret), depth);
                        self.out.push('}');
                    }
                    _ => self.function(operation.map(|operation| &operation.ret), depth),
                }
            }
            Type::Sequence(ty) | Type::FrozenArray(ty) | Type::ObservableArray(ty) => {
                let lazy = self.source.once_in(6);
                self.out.push_str(if lazy { "(function*(){" } else { "[" });
                for _ in 0..self.source.below(4) {
                    if lazy {
                        if depth < 2 {
                            self.statement(depth + 1);
                        }
                        self.out.push_str("yield ");
                    }
                    self.value(ty, name, depth + 1);
                    self.out.push(if lazy { ';' } else { ',' });
                }
                self.out.push_str(if lazy { "})()" } else { "]" });
            }
            Type::Record(_, ty) => {
                self.out.push('{');
                for _ in 0..self.source.below(4) {
                    let key = self.source.one(NAMES);
                    let _ = write!(self.out, "'{key}':");
                    self.value(ty, name, depth + 1);
                    self.out.push(',');
                }
                self.out.push('}');
            }
            Type::Promise(ty) => {
                match self.source.below(4) {
                    0 => self.out.push_str("Promise.reject("),
                    1 => self.out.push_str("L("),
                    _ => self.out.push_str("Promise.resolve("),
                }
                self.value(ty, name, depth + 1);
                self.out.push(')');
            }
            Type::Union(members) => {
                let which = self.source.below(members.len());
                self.value(&members[which], name, depth);
            }
            Type::Nullable(_) if self.source.once_in(5) => self.out.push_str("null"),
            Type::Nullable(ty)
            | Type::Clamp(ty)
            | Type::EnforceRange(ty)
            | Type::NullToEmpty(ty) => {
                self.value(ty, name, depth);
            }
        }
    }

    /// A live object of an interface.
    pub(crate) fn object(&mut self, name: &str) {
        let which = self.source.byte() % 16;
        let _ = write!(self.out, "P('{name}',{which})");
    }

    fn word(&mut self, of: &[&str]) {
        let word = self.source.one(of);
        self.out.push_str(word);
    }

    /// A function that does something and returns something.
    pub(crate) fn function(&mut self, ret: Option<&Type>, depth: usize) {
        if self.source.once_in(8) {
            self.out.push_str("async ");
        }
        self.out.push_str("function(...a){K(a);");
        if depth < 3 {
            for _ in 0..self.source.below(4) {
                self.statement(depth + 1);
            }
        }
        if self.source.once_in(12) {
            self.out.push_str("throw 1;");
        }
        if let Some(ret) = ret.filter(|ty| **ty != Type::Undefined) {
            self.out.push_str("return ");
            self.value(ret, "", depth + 1);
        }
        self.out.push('}');
    }

    /// A text of the kind that an argument's name promises.
    pub(crate) fn text(&mut self, name: &str, depth: usize) {
        let lower = name.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let kind = if self.source.once_in(6) {
            self.source.below(8)
        } else if has(&["selector"]) {
            0
        } else if has(&["html", "markup"]) || lower == "string" || lower == "text" {
            1
        } else if has(&["css", "rule", "style"]) {
            2
        } else if has(&["url", "href", "src", "action", "base"]) {
            3
        } else if lower == "type" {
            4
        } else if has(&["localname", "tag"]) {
            5
        } else if has(&["name"]) {
            6
        } else {
            7
        };
        let lists = [SELECTORS, MARKUP, CSS, URLS, EVENTS, words::TAGS, NAMES, WORDS];
        let word = self.source.one(lists[kind]);
        // A conversion that does something.
        if depth < 2 && self.source.once_in(24) {
            self.out.push_str("{toString(){");
            self.statement(depth + 1);
            let _ = write!(self.out, "return \"{}\"}}}}", word.replace('\n', "\\n"));
        } else {
            let _ = write!(self.out, "\"{}\"", word.replace('\n', "\\n"));
        }
    }

    fn buffer(&mut self, name: &str) {
        let length = self.source.one(&[
            "0",
            "1",
            "2",
            "7",
            "8",
            "64",
            "[1,2,3]",
            "[0xe2,0x82]",
            "[255,254,65,0]",
        ]);
        let made = match name {
            "ArrayBuffer" | "SharedArrayBuffer" => format!("new Uint8Array({length}).buffer"),
            "DataView" => format!("new DataView(new Uint8Array({length}).buffer)"),
            "ArrayBufferView" | "BufferSource" | "AllowSharedBufferSource" => {
                match self.source.below(5) {
                    0 => format!("new Float64Array({length})"),
                    1 => format!("new Uint8Array({length}).subarray(1)"),
                    2 => format!("new Uint16Array({length})"),
                    3 => "new Uint8Array(new ArrayBuffer(8, {maxByteLength: 16}))".to_owned(),
                    _ => format!("new Uint8Array({length})"),
                }
            }
            other => format!("new {other}({length})"),
        };
        self.out.push_str(&made);
    }

    fn dictionary(&mut self, name: &str, depth: usize) {
        self.out.push('{');
        let mut next = Some(name);
        while let Some(found) = next.and_then(|name| self.tables.idl.dictionaries.get(name)) {
            for member in &found.members {
                let wanted =
                    if member.required { !self.source.once_in(32) } else { self.source.once_in(2) };
                if !wanted || depth > 3 {
                    continue;
                }
                if depth < 2 && self.source.once_in(32) {
                    let _ = write!(self.out, "get {}(){{", member.name);
                    self.statement(depth + 1);
                    self.out.push_str("return ");
                    self.value(&member.ty, &member.name, depth + 1);
                    self.out.push_str("},");
                } else {
                    let _ = write!(self.out, "{}:", member.name);
                    self.value(&member.ty, &member.name, depth + 1);
                    self.out.push(',');
                }
            }
            next = found.parent.as_deref();
        }
        self.out.push('}');
    }

    /// Any value.
    pub(crate) fn any(&mut self, depth: usize) {
        match self.source.below(20) {
            0 => self.out.push_str("undefined"),
            1 => self.out.push_str("null"),
            2 => self.word(NUMBERS),
            3 => self.word(INTEGERS),
            4 => self.text("", depth.max(2)),
            5 => self.out.push_str("{}"),
            6 => self.out.push_str("[1,,'x',{}]"),
            7 => self.out.push_str("10n"),
            8 => self.out.push_str("Symbol('s')"),
            9 => self.out.push_str("new Proxy({}, {get() { throw 1 }})"),
            10 => self.out.push_str("new Date(NaN)"),
            11 => self.out.push_str("new Map([[1,{}]])"),
            12 => self.out.push_str("L(1)"),
            13 => self.buffer("BufferSource"),
            14 if depth < 3 => self.function(Some(&Type::Any), depth + 1),
            _ => {
                let interfaces = &self.tables.interfaces;
                let which = self.source.below(interfaces.len());
                let name = interfaces[which].clone();
                self.object(&name);
            }
        }
    }
}
