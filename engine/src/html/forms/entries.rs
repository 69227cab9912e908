//! The entry list of a form, and how it is written:
//! <https://html.spec.whatwg.org/#form-submission-algorithm>

use std::borrow::Cow;

use encoding_rs::Encoding;
use url::form_urlencoded;
use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};

use super::{
    kind::{InputType, ValueMode},
    option, owner, select, value,
};
use crate::{
    agent::EngineCx,
    file::{Blob, File},
    html::direction,
    window::forms,
};

/// <https://html.spec.whatwg.org/#form-entry>
#[derive(Clone)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: EntryValue,
}

/// The value of an [`Entry`].
#[derive(Clone)]
pub(crate) enum EntryValue {
    /// Text, with the line breaks it was given.
    Text(String),
    /// A file.
    File(Obj<File>),
}

/// The button that submits a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Submitter {
    /// The button.
    pub(crate) button: NodeId,
    /// Where an image was clicked, in CSS px from its corner.
    pub(crate) at: (i32, i32),
}

fn attribute<'a>(tree: &'a Tree, id: NodeId, name: &str) -> &'a str {
    tree.plain_attribute(id, &name.into()).unwrap_or_default()
}

/// "Construct the entry list", without the `formdata` event.
///
/// <https://html.spec.whatwg.org/#constructing-the-form-data-set>, step 5.
pub(crate) fn collect(
    cx: &mut Cx,
    form: NodeId,
    submitter: Option<Submitter>,
    encoding: &'static Encoding,
) -> Vec<Entry> {
    let agent = cx.engine();
    let controls = owner::submittable(&agent.tree(), form);
    let mut entries = Vec::new();
    for id in controls {
        let special = add_control(&agent.tree(), id, submitter, encoding, &mut entries);
        match special {
            Special::None => {}
            Special::Files(name) => add_files(cx, id, &name, &mut entries),
            Special::Custom(name) => add_custom(cx, id, &name, &mut entries),
        }
    }
    entries
}

/// Controls whose entries are objects of script.
enum Special {
    None,
    Files(String),
    Custom(String),
}

/// The files of an input: one without a name or contents if none were chosen.
fn add_files(cx: &mut Cx, input: NodeId, name: &str, entries: &mut Vec<Entry>) {
    let input = cx.wrap(input);
    let chosen = super::input::files_of(cx, &input);
    let mut files = chosen.files().to_vec();
    if files.is_empty() {
        files.push(File::create(cx, Vec::new(), "", "application/octet-stream", None));
    }
    entries.extend(
        files
            .into_iter()
            .map(|file| Entry { name: name.to_owned(), value: EntryValue::File(file) }),
    );
}

/// <https://html.spec.whatwg.org/#face-submission-value>
fn add_custom(cx: &mut Cx, element: NodeId, name: &str, entries: &mut Vec<Entry>) {
    let Some(value) = crate::custom_elements::submission_value(cx, element) else { return };
    if name.is_empty() || value.is_nullish() {
        return;
    }
    let file = value.as_object().and_then(|object| Obj::<File>::from_object(cx, &object));
    let value = match (file, value.as_string()) {
        (Some(file), _) => EntryValue::File(file),
        (None, Some(text)) => EntryValue::Text(text.to_str().into_owned()),
        (None, None) => return,
    };
    entries.push(Entry { name: name.to_owned(), value });
}

fn add_control(
    tree: &Tree,
    id: NodeId,
    submitter: Option<Submitter>,
    encoding: &'static Encoding,
    entries: &mut Vec<Entry>,
) -> Special {
    let type_ = InputType::of(tree, id);
    let is_submitter = submitter.is_some_and(|submitter| submitter.button == id);
    let is_button = type_.map_or(tree.is_html_element(id, "button"), InputType::is_button);
    let is_checkable = type_.is_some_and(|type_| type_.mode() == ValueMode::DefaultOn);
    // 5.1.
    if forms::is_disabled(tree, id)
        || (is_button && !is_submitter)
        || (is_checkable && !tree.state(id).contains(ElementState::CHECKED))
        || tree.ancestors(id).any(|above| tree.is_html_element(above, "datalist"))
    {
        return Special::None;
    }
    let name = attribute(tree, id, "name").to_owned();
    let mut add = |name: String, text: String| {
        entries.push(Entry { name, value: EntryValue::Text(text) });
    };
    // 5.2.
    if let (Some(InputType::Image), Some(submitter)) = (type_, submitter) {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        add(format!("{prefix}x"), submitter.at.0.to_string());
        add(format!("{prefix}y"), submitter.at.1.to_string());
        return Special::None;
    }
    // 5.3.
    if tree.is_form_associated(id) {
        return Special::Custom(name);
    }
    // 5.4.
    if name.is_empty() {
        return Special::None;
    }
    // 5.6.
    if tree.is_html_element(id, "select") {
        for option in select::options(tree, id) {
            let selected = tree.state(option).contains(ElementState::CHECKED);
            if selected && !select::is_disabled(tree, option) {
                add(name.clone(), option::value(tree, option));
            }
        }
        return Special::None;
    }
    match type_ {
        // 5.8.
        Some(InputType::File) => return Special::Files(name),
        // 5.9.
        Some(InputType::Hidden) if name.eq_ignore_ascii_case("_charset_") => {
            add(name, encoding.name().to_owned());
        }
        // 5.10., with what the element's value has that script does not see.
        None if value::wraps_hard(tree, id) => add(name, value::wrapped(tree, id)),
        // 5.7., 5.10.
        _ => add(name, value::api_value(tree, id).into_owned()),
    }
    // 5.11.
    let dirname = attribute(tree, id, "dirname");
    let directional = tree.is_html_element(id, "textarea")
        || type_.is_some_and(|type_| type_.is_text() || type_ == InputType::Hidden);
    if !dirname.is_empty() && directional {
        let direction = if direction::is_rtl(tree, id) { "rtl" } else { "ltr" };
        add(dirname.to_owned(), direction.to_owned());
    }
    Special::None
}

/// Line breaks as carriage return and line feed.
fn crlf(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\n']) {
        return text.into();
    }
    value::normalized(text).replace('\n', "\r\n").into()
}

/// An entry as a pair of texts: a file is its name.
fn pair(entry: &Entry) -> (Cow<'_, str>, Cow<'_, str>) {
    let text = match &entry.value {
        EntryValue::Text(text) => crlf(text),
        EntryValue::File(file) => file.file_name().into(),
    };
    (crlf(&entry.name), text)
}

/// <https://url.spec.whatwg.org/#concept-urlencoded-serializer>
pub(crate) fn urlencoded(entries: &[Entry], encoding: &'static Encoding) -> String {
    let encode = |text: &str| encoding.encode(text).0.into_owned();
    let mut out = String::new();
    for (index, entry) in entries.iter().enumerate() {
        let (name, text) = pair(entry);
        if index > 0 {
            out.push('&');
        }
        out.extend(form_urlencoded::byte_serialize(&encode(&name)));
        out.push('=');
        out.extend(form_urlencoded::byte_serialize(&encode(&text)));
    }
    out
}

/// <https://html.spec.whatwg.org/#text/plain-encoding-algorithm>
pub(crate) fn plain_text(entries: &[Entry], encoding: &'static Encoding) -> Vec<u8> {
    let mut out = String::new();
    for entry in entries {
        let (name, text) = pair(entry);
        out.push_str(&name);
        out.push('=');
        out.push_str(&text);
        out.push_str("\r\n");
    }
    encoding.encode(&out).0.into_owned()
}

/// What a quoted parameter of a part's header cannot contain.
fn escaped(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

/// <https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm>
pub(crate) fn multipart(entries: &[Entry], boundary: &str, encoding: &'static Encoding) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let text;
        let blob;
        let (file, body) = match &entry.value {
            EntryValue::Text(value) => {
                text = encoding.encode(&crlf(value)).0.into_owned();
                (None, text.as_slice())
            }
            EntryValue::File(file) => {
                blob = file.upcast::<Blob>();
                (Some((file.file_name(), blob.media_type())), blob.as_slice())
            }
        };
        out.extend_from_slice(&encoding.encode(&part_head(boundary, &entry.name, file)).0);
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// What stands before the body of an entry; a file has a name and a type.
fn part_head(boundary: &str, name: &str, file: Option<(&str, &str)>) -> String {
    let name = escaped(&crlf(name));
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
    if let Some((file, type_)) = file {
        let type_ = if type_.is_empty() { "application/octet-stream" } else { type_ };
        let file = escaped(file);
        head.push_str(&format!("; filename=\"{file}\"\r\nContent-Type: {type_}"));
    }
    head.push_str("\r\n\r\n");
    head
}

/// A boundary that occurs in no entry, as far as chance goes.
pub(crate) fn boundary(cx: &mut Cx) -> String {
    format!("----VirgaFormBoundary{:016x}", cx.random_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, value: &str) -> Entry {
        Entry { name: name.to_owned(), value: EntryValue::Text(value.to_owned()) }
    }

    #[test]
    fn three_ways_to_write() {
        let utf8 = encoding_rs::UTF_8;
        let entries = [text("a b", "ü\n"), text("q\"", "1&2")];
        assert_eq!(urlencoded(&entries, utf8), "a+b=%C3%BC%0D%0A&q%22=1%262");
        assert_eq!(plain_text(&entries, utf8), "a b=ü\r\n\r\nq\"=1&2\r\n".as_bytes());
        let expected =
            b"--B\r\nContent-Disposition: form-data; name=\"q%22\"\r\n\r\n1&2\r\n--B--\r\n";
        assert_eq!(multipart(&entries[1..], "B", utf8), expected);
        assert_eq!(
            part_head("B", "f", Some(("x\".txt", ""))),
            "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x%22.txt\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
    }

    #[test]
    fn what_an_encoding_lacks_is_a_reference() {
        let entries = [text("a", "☔")];
        assert_eq!(urlencoded(&entries, encoding_rs::WINDOWS_1252), "a=%26%239748%3B");
    }
}
