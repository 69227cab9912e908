//! Import maps: <https://html.spec.whatwg.org/#import-maps>

use std::cell::RefCell;

use url::Url;
use virga_js::{Cx, Error, Fallible, Object, Value};
use virga_protocol::ConsoleLevel;

use crate::agent::EngineCx;

/// The import map of a document: what specifiers stand for.
#[derive(Default)]
pub(crate) struct ImportMap {
    imports: RefCell<Specifiers>,
    /// By the prefix of the importing module's address.
    scopes: RefCell<Vec<(String, Specifiers)>>,
}

/// A module specifier map: in descending order, so that what is longer comes first.
/// `None` says that the specifier must not be used.
type Specifiers = Vec<(String, Option<Url>)>;

impl ImportMap {
    /// <https://html.spec.whatwg.org/#resolve-a-module-specifier>
    ///
    /// # Errors
    /// Why it stands for no address.
    pub(crate) fn resolve(&self, specifier: &str, base: &Url) -> Result<Url, String> {
        // 7, 8.
        let as_url = url_like(specifier, base);
        let normalized = as_url.as_ref().map_or(specifier, Url::as_str);
        // 9.
        for (prefix, imports) in &*self.scopes.borrow() {
            let applies = prefix == base.as_str()
                || (prefix.ends_with('/') && base.as_str().starts_with(prefix));
            if applies && let Some(found) = find(imports, normalized, as_url.as_ref())? {
                return Ok(found);
            }
        }
        // 10.
        if let Some(found) = find(&self.imports.borrow(), normalized, as_url.as_ref())? {
            return Ok(found);
        }
        // 11, 12.
        as_url.ok_or_else(|| {
            format!("the module specifier {specifier:?} is neither an URL nor starts with \"/\", \"./\" or \"../\", and no import map knows it")
        })
    }

    /// Adds a map. What is said already stays.
    ///
    /// <https://html.spec.whatwg.org/#merge-existing-and-new-import-maps>
    fn merge(&self, other: Self) {
        let mut scopes = self.scopes.borrow_mut();
        for (prefix, imports) in other.scopes.into_inner() {
            match scopes.iter_mut().find(|(known, _)| *known == prefix) {
                Some((_, known)) => merge_imports(known, imports),
                None => scopes.push((prefix, imports)),
            }
        }
        scopes.sort_by(|a, b| b.0.cmp(&a.0));
        merge_imports(&mut self.imports.borrow_mut(), other.imports.into_inner());
    }
}

fn merge_imports(known: &mut Specifiers, new: Specifiers) {
    for (key, address) in new {
        if !known.iter().any(|(other, _)| *other == key) {
            known.push((key, address));
        }
    }
    known.sort_by(|a, b| b.0.cmp(&a.0));
}

/// <https://html.spec.whatwg.org/#resolve-an-imports-match>
fn find(
    imports: &Specifiers,
    specifier: &str,
    as_url: Option<&Url>,
) -> Result<Option<Url>, String> {
    let blocked = || format!("the import map leads {specifier:?} nowhere");
    for (key, address) in imports {
        if key == specifier {
            return address.clone().map(Some).ok_or_else(blocked);
        }
        let Some(rest) = specifier.strip_prefix(key.as_str()).filter(|_| key.ends_with('/')) else {
            continue;
        };
        if as_url.is_some_and(|url| !is_special(url)) {
            continue;
        }
        let address = address.as_ref().ok_or_else(blocked)?;
        let url = address.join(rest).map_err(|_| blocked())?;
        if !url.as_str().starts_with(address.as_str()) {
            return Err(format!(
                "{specifier:?} leads out of {address}, where the import map put it"
            ));
        }
        return Ok(Some(url));
    }
    Ok(None)
}

fn is_special(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

/// <https://html.spec.whatwg.org/#resolving-a-url-like-module-specifier>
fn url_like(specifier: &str, base: &Url) -> Option<Url> {
    if ["/", "./", "../"].iter().any(|prefix| specifier.starts_with(prefix)) {
        base.join(specifier).ok()
    } else {
        Url::parse(specifier).ok()
    }
}

/// A script element with `type=importmap` gave this text.
///
/// <https://html.spec.whatwg.org/#register-an-import-map>
pub(super) fn register(cx: &mut Cx, text: &str) {
    let base = cx.base_url();
    match parse(cx, text, &base) {
        Ok(map) => cx.window().loading.import_map.merge(map),
        Err(error) => crate::events::report_exception(cx, error),
    }
}

/// <https://html.spec.whatwg.org/#parse-an-import-map-string>
fn parse(cx: &mut Cx, text: &str, base: &Url) -> Fallible<ImportMap> {
    // 1, 2.
    let json = cx.global_property("JSON")?;
    let json = json.as_object().ok_or_else(|| Error::type_error("JSON is missing"))?;
    let parsed = json.invoke(cx, "parse", &[virga_js::DomString::from(text).into()])?;
    let top = plain_object(&parsed, "an import map")?;
    // 3, 4.
    let mut imports = Vec::new();
    let value = top.get(cx, "imports")?;
    if !value.is_undefined() {
        let object = plain_object(&value, "\"imports\" of an import map")?;
        imports = specifiers(cx, &object, base)?;
    }
    // 5, 6.
    let mut scopes = Vec::new();
    let value = top.get(cx, "scopes")?;
    if !value.is_undefined() {
        let object = plain_object(&value, "\"scopes\" of an import map")?;
        for (prefix, value) in entries(cx, &object)? {
            let what = format!("the scope {prefix:?} of an import map");
            let object = plain_object(&value, &what)?;
            match base.join(&prefix) {
                Ok(url) => scopes.push((url.into(), specifiers(cx, &object, base)?)),
                Err(_) => warn(cx, &format!("the scope {prefix:?} is not a valid URL")),
            }
        }
    }
    scopes.sort_by(|a: &(String, _), b| b.0.cmp(&a.0));
    Ok(ImportMap { imports: RefCell::new(imports), scopes: RefCell::new(scopes) })
}

fn plain_object(value: &Value, what: &str) -> Fallible<Object> {
    let object = value.as_object().filter(|object| !object.is_array());
    object.ok_or_else(|| Error::type_error(format!("{what} must be a JSON object")))
}

fn entries(cx: &mut Cx, object: &Object) -> Fallible<Vec<(String, Value)>> {
    let mut entries = Vec::new();
    for key in object.own_keys(cx)? {
        let value = object.get(cx, key.clone())?;
        let key = Value::from(key).to_string(cx)?.to_str().into_owned();
        entries.push((key, value));
    }
    Ok(entries)
}

/// <https://html.spec.whatwg.org/#sorting-and-normalizing-a-module-specifier-map>
fn specifiers(cx: &mut Cx, object: &Object, base: &Url) -> Fallible<Specifiers> {
    let mut found = Vec::new();
    for (key, value) in entries(cx, object)? {
        if key.is_empty() {
            warn(cx, "an empty specifier stands for nothing");
            continue;
        }
        let text = value.as_string().map(|text| text.to_str().into_owned());
        let address = text.and_then(|text| url_like(&text, base));
        let address = address.filter(|url| !key.ends_with('/') || url.as_str().ends_with('/'));
        if address.is_none() {
            warn(cx, &format!("the address of {key:?} is not valid"));
        }
        let key = url_like(&key, base).map_or(key, String::from);
        found.push((key, address));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0));
    Ok(found)
}

fn warn(cx: &Cx, text: &str) {
    cx.engine().console(ConsoleLevel::Warn, format!("Import map: {text}"), None);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(imports: &[(&str, Option<&str>)]) -> ImportMap {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let mut list: Specifiers =
            imports.iter().map(|(key, address)| ((*key).to_owned(), address.map(url))).collect();
        list.sort_by(|a, b| b.0.cmp(&a.0));
        ImportMap { imports: RefCell::new(list), scopes: RefCell::default() }
    }

    fn check(map: &ImportMap, specifier: &str, expected: Option<&str>) {
        let base = Url::parse("http://a/dir/page.html").expect("a URL");
        let found = map.resolve(specifier, &base).ok();
        assert_eq!(found.as_ref().map(Url::as_str), expected, "{specifier}");
    }

    #[test]
    fn specifiers_are_resolved() {
        let map = map(&[
            ("bare", Some("http://b/bare.js")),
            ("pkg/", Some("http://b/pkg/")),
            ("pkg/special", Some("http://c/special.js")),
            ("none", None),
            ("http://a/dir/x.js", Some("http://b/y.js")),
        ]);
        check(&map, "bare", Some("http://b/bare.js"));
        check(&map, "pkg/a/b.js", Some("http://b/pkg/a/b.js"));
        check(&map, "pkg/special", Some("http://c/special.js"));
        check(&map, "pkg/../out.js", None);
        check(&map, "none", None);
        check(&map, "unknown", None);
        check(&map, "./x.js", Some("http://b/y.js"));
        check(&map, "./z.js", Some("http://a/dir/z.js"));
        check(&map, "https://d/e.js", Some("https://d/e.js"));
    }
}
