use virga_dom::LocalName;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{Element, mutation, names};
use crate::{agent::EngineCx, generated::DOMTokenListMethods};

/// An attribute as a set of tokens.
///
/// <https://dom.spec.whatwg.org/#interface-domtokenlist>
#[derive(Trace, Platform)]
pub(crate) struct DOMTokenList {
    element: Obj<Element>,
    #[trace(skip)]
    attribute: LocalName,
}

impl DOMTokenList {
    pub(super) fn create(cx: &mut Cx, element: Obj<Element>, attribute: &str) -> Obj<Self> {
        Obj::new(cx, Self { element, attribute: LocalName::from(attribute) })
    }

    fn text(&self, cx: &Cx) -> Option<String> {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.plain_attribute(self.element.id(), &self.attribute).map(str::to_owned)
    }

    fn tokens(&self, cx: &Cx) -> Vec<String> {
        let mut tokens: Vec<String> = Vec::new();
        for token in self.text(cx).as_deref().unwrap_or_default().split_ascii_whitespace() {
            if !tokens.iter().any(|known| known == token) {
                tokens.push(token.to_owned());
            }
        }
        tokens
    }

    fn set_text(&self, cx: &mut Cx, text: &str) {
        let name = names::plain(&self.attribute);
        mutation::set_attribute(cx, self.element.id(), &name, text);
    }

    /// "Update steps": <https://dom.spec.whatwg.org/#concept-dtl-update>
    fn update(&self, cx: &mut Cx, tokens: &[String]) {
        if tokens.is_empty() && self.text(cx).is_none() {
            return;
        }
        self.set_text(cx, &tokens.join(" "));
    }
}

/// <https://dom.spec.whatwg.org/#concept-dtl-validation> in `add`, `remove`,
/// `toggle` and `replace`.
fn check(token: &DomString) -> Fallible<String> {
    let token = token.to_str();
    if token.is_empty() {
        return Err(Error::dom(DomExceptionName::Syntax, "a token cannot be empty"));
    }
    if token.contains(|c: char| c.is_ascii_whitespace()) {
        return Err(Error::dom(
            DomExceptionName::InvalidCharacter,
            format!("the token {token:?} has white space in it"),
        ));
    }
    Ok(token.into_owned())
}

impl DOMTokenListMethods for Obj<DOMTokenList> {
    #[expect(clippy::cast_possible_truncation, reason = "no attribute is as long")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.tokens(cx).len() as u32
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<DomString>> {
        Ok(self.tokens(cx).get(index as usize).map(|token| DomString::from(token.as_str())))
    }

    fn contains(&self, cx: &mut Cx, token: DomString) -> Fallible<bool> {
        let token = token.to_str();
        let text = self.text(cx).unwrap_or_default();
        Ok(text.split_ascii_whitespace().any(|own| own == token))
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-add>
    fn add(&self, cx: &mut Cx, added: Vec<DomString>) -> Fallible<()> {
        let added = added.iter().map(check).collect::<Fallible<Vec<_>>>()?;
        let mut tokens = self.tokens(cx);
        for token in added {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        self.update(cx, &tokens);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-remove>
    fn remove(&self, cx: &mut Cx, removed: Vec<DomString>) -> Fallible<()> {
        let removed = removed.iter().map(check).collect::<Fallible<Vec<_>>>()?;
        let mut tokens = self.tokens(cx);
        tokens.retain(|token| !removed.contains(token));
        self.update(cx, &tokens);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-toggle>
    fn toggle(&self, cx: &mut Cx, token: DomString, force: Option<bool>) -> Fallible<bool> {
        let token = check(&token)?;
        let mut tokens = self.tokens(cx);
        if let Some(at) = tokens.iter().position(|own| *own == token) {
            if force == Some(true) {
                return Ok(true);
            }
            tokens.remove(at);
            self.update(cx, &tokens);
            return Ok(false);
        }
        if force == Some(false) {
            return Ok(false);
        }
        tokens.push(token);
        self.update(cx, &tokens);
        Ok(true)
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-replace>
    fn replace(&self, cx: &mut Cx, token: DomString, new: DomString) -> Fallible<bool> {
        // An empty token is reported before white space in the other one.
        if token.is_empty() || new.is_empty() {
            check(&DomString::empty())?;
        }
        let (token, new) = (check(&token)?, check(&new)?);
        let mut tokens = self.tokens(cx);
        let Some(at) = tokens.iter().position(|own| *own == token) else { return Ok(false) };
        // The new token takes the first place of the two.
        match tokens.iter().position(|own| *own == new) {
            Some(other) if other < at => {
                tokens.remove(at);
            }
            Some(other) if other > at => {
                tokens[at] = new;
                tokens.remove(other);
            }
            _ => tokens[at] = new,
        }
        self.update(cx, &tokens);
        Ok(true)
    }

    /// <https://dom.spec.whatwg.org/#dom-domtokenlist-supports>
    fn supports(&self, cx: &mut Cx, token: DomString) -> Fallible<bool> {
        let element = cx.engine().tree().local_name(self.element.id()).cloned();
        let supported: &[&str] = match (element.as_deref(), &*self.attribute) {
            (Some("link"), "rel") => &["icon", "stylesheet"],
            (Some("a" | "area" | "form"), "rel") => &["noopener", "noreferrer"],
            _ => {
                return Err(Error::type_error(format!(
                    "DOMTokenList.supports: the attribute {:?} has no supported tokens",
                    &*self.attribute
                )));
            }
        };
        let token = token.to_str().to_ascii_lowercase();
        Ok(supported.contains(&token.as_str()))
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.text(cx).unwrap_or_default())
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        self.set_text(cx, &value.to_str());
        Ok(())
    }
}
