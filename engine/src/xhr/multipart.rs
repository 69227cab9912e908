//! `multipart/form-data`, both ways.

use virga_js::{Cx, Obj};

use super::{Entry, EntryValue};
use crate::{encoding::utf8_decode, fetch::MimeType, file::File};

/// The body of a request, and its boundary.
///
/// <https://html.spec.whatwg.org/#multipart-form-data>
pub(crate) fn encode(cx: &mut Cx, entries: &[Entry]) -> (Vec<u8>, String) {
    let boundary = format!("----VirgaFormBoundary{:016x}", cx.random_u64());
    let mut body = Vec::new();
    for entry in entries {
        let name = escape(&normalize_breaks(&entry.name));
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.extend_from_slice(head.as_bytes());
        match &entry.value {
            EntryValue::Text(text) => {
                body.extend_from_slice(b"\r\n\r\n");
                body.extend_from_slice(normalize_breaks(text).as_bytes());
            }
            EntryValue::File(file) => {
                let filename = escape(file.file_name());
                let type_ = match file.media_type() {
                    "" => "application/octet-stream",
                    type_ => type_,
                };
                let head = format!("; filename=\"{filename}\"\r\nContent-Type: {type_}\r\n\r\n");
                body.extend_from_slice(head.as_bytes());
                body.extend_from_slice(file.as_slice());
            }
        }
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (body, boundary)
}

/// Line breaks of names and values are CR LF.
fn normalize_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

fn escape(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

/// A part of a body: its name, its file name and type if it is a file, its bytes.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    file: Option<(String, String)>,
    body: Vec<u8>,
}

/// The entries of a body; `None` if it is malformed.
///
/// <https://fetch.spec.whatwg.org/#multipart-form-data-parser>
pub(crate) fn parse(cx: &mut Cx, bytes: &[u8], mime: &MimeType) -> Option<Vec<Entry>> {
    let parts = parts(bytes, mime.parameter("boundary")?)?;
    Some(
        parts
            .into_iter()
            .map(|Part { name, file, body }| {
                let value = match file {
                    Some((filename, type_)) => {
                        let file: Obj<File> = File::create(cx, body, &filename, &type_, None);
                        EntryValue::File(file)
                    }
                    None => EntryValue::Text(utf8_decode(&body).to_str().into_owned()),
                };
                Entry { name, value }
            })
            .collect(),
    )
}

fn parts(bytes: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let dashed = format!("--{boundary}").into_bytes();
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut rest = bytes;
    // What stands before the first boundary does not count.
    if !rest.starts_with(&dashed) {
        rest = &rest[find(rest, &delimiter)? + 2..];
    }
    let mut parts = Vec::new();
    loop {
        rest = rest.strip_prefix(dashed.as_slice())?;
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        // White space may follow the boundary.
        let skipped = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest = rest[skipped..].strip_prefix(b"\r\n")?;
        let (name, file, after) = headers(rest)?;
        let end = find(after, &delimiter)?;
        parts.push(Part { name, file, body: after[..end].to_vec() });
        rest = &after[end + 2..];
    }
}

type Head<'a> = (String, Option<(String, String)>, &'a [u8]);

/// <https://fetch.spec.whatwg.org/#parse-multipart-form-data-headers>
fn headers(bytes: &[u8]) -> Option<Head<'_>> {
    let (mut name, mut filename, mut type_) = (None, None, None);
    let mut rest = bytes;
    loop {
        if let Some(after) = rest.strip_prefix(b"\r\n") {
            let file = filename
                .map(|filename| (filename, type_.unwrap_or_else(|| "text/plain".to_owned())));
            return Some((name?, file, after));
        }
        let end = find(rest, b"\r\n")?;
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 2..];
        let (header, value) = line.split_once(':')?;
        let value = value.trim_matches([' ', '\t']);
        if header.eq_ignore_ascii_case("content-disposition") {
            let parameters = value.strip_prefix("form-data")?;
            name = Some(parameter(parameters, "name")?);
            filename = parameter(parameters, "filename");
        } else if header.eq_ignore_ascii_case("content-type") {
            type_ = Some(value.to_owned());
        }
    }
}

/// The value of a parameter of `Content-Disposition`, quoted or not.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t']).strip_prefix(';')?;
        rest = rest.trim_start_matches([' ', '\t']);
        let (name, after) = rest.split_once('=')?;
        let value;
        if let Some(quoted) = after.strip_prefix('"') {
            let end = quoted.find('"')?;
            value = &quoted[..end];
            rest = &quoted[end + 1..];
        } else {
            let end = after.find(';').unwrap_or(after.len());
            value = after[..end].trim_end();
            rest = &after[end..];
        }
        if name.eq_ignore_ascii_case(wanted) {
            let value = value.replace("%0D", "\r").replace("%0A", "\n").replace("%22", "\"");
            return Some(value);
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_parsed() {
        let body = b"preamble\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
            --x \r\ncontent-disposition: form-data; name=b; filename=\"f%22.txt\"\r\n\
            Content-Type: text/html\r\n\r\n<p>\r\n--\r\n--x--\r\n";
        let expected = [
            Part { name: "a".into(), file: None, body: b"1".to_vec() },
            Part {
                name: "b".into(),
                file: Some(("f\".txt".into(), "text/html".into())),
                body: b"<p>\r\n--".to_vec(),
            },
        ];
        assert_eq!(parts(body, "x").unwrap(), expected);
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let check = |body: &str| assert_eq!(parts(body.as_bytes(), "x"), None, "{body:?}");
        check("");
        check("--x");
        check("--x\r\n\r\n\r\n--x--");
        check("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1");
        check("--x\r\nContent-Disposition: other; name=\"a\"\r\n\r\n1\r\n--x--");
        check("--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--x--");
    }

    #[test]
    fn an_empty_list_has_a_closing_boundary_alone() {
        assert_eq!(parts(b"--x--\r\n", "x").unwrap(), []);
    }
}
