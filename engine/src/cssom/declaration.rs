use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use crate::{
    agent::EngineCx,
    generated::{CSSStyleDeclarationMethods, ElementCSSInlineStyleMethods},
    interfaces::{Element, HTMLElement, SVGElement},
};

/// <https://drafts.csswg.org/cssom/#the-cssstyledeclaration-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSStyleDeclaration {
    element: Obj<Element>,
    #[trace(skip)]
    source: Source,
}

/// What a declaration block shows of its element.
enum Source {
    /// The `style` attribute.
    Inline,
    /// Computed values of the element or of one of its pseudo-elements, such as
    /// `::before`. Of a pseudo-element that does not exist there are none.
    Computed(Pseudo),
}

/// The second argument of `getComputedStyle`.
enum Pseudo {
    None,
    Named(String),
    Unknown,
}

/// The object behind `element.style`; the caller keeps it, so that it stays the
/// same.
pub(crate) fn inline_style(cx: &mut Cx, element: &Obj<Element>) -> Obj<CSSStyleDeclaration> {
    let element = element.clone();
    Obj::new(cx, CSSStyleDeclaration { element, source: Source::Inline })
}

/// <https://drafts.csswg.org/cssom/#dom-window-getcomputedstyle>
pub(crate) fn computed_style(
    cx: &mut Cx,
    element: Obj<Element>,
    pseudo: Option<&str>,
) -> Obj<CSSStyleDeclaration> {
    crate::html::forms::validity::refresh(cx);
    // Text that does not begin with a colon asks for the element itself.
    let pseudo = match pseudo.filter(|text| text.starts_with(':')) {
        None => Pseudo::None,
        Some(":before" | "::before") => Pseudo::Named("::before".to_owned()),
        Some(":after" | "::after") => Pseudo::Named("::after".to_owned()),
        Some(text) if text.starts_with("::") => Pseudo::Named(text.to_owned()),
        Some(_) => Pseudo::Unknown,
    };
    Obj::new(cx, CSSStyleDeclaration { element, source: Source::Computed(pseudo) })
}

impl CSSStyleDeclaration {
    /// The value of a property that is spelled as CSS spells it; empty when there
    /// is none.
    pub(super) fn property_value(&self, cx: &mut Cx, property: &str) -> String {
        let id = self.element.id();
        let agent = cx.engine();
        match &self.source {
            Source::Inline => agent.tree().style_property(id, property),
            Source::Computed(Pseudo::Unknown) => String::new(),
            Source::Computed(pseudo) => {
                let window = cx.window();
                let mut tree = agent.tree_mut();
                // Without a rendering of its document an element has no styles.
                if tree.owner_document(id) != Some(window.document_id()) || !tree.is_connected(id) {
                    return String::new();
                }
                let pseudo = match pseudo {
                    Pseudo::Named(name) => Some(name.as_str()),
                    _ => None,
                };
                let now = agent.task_time().as_millis() / 1000.0;
                let mut view = window.view.borrow_mut();
                view.computed_value(&mut tree, id, pseudo, property, now).unwrap_or_default()
            }
        }
    }

    /// "Set a CSS declaration", after the property was found to be one.
    pub(super) fn set_value(
        &self,
        cx: &mut Cx,
        property: &str,
        value: &str,
        important: bool,
    ) -> Fallible<()> {
        self.check_writable()?;
        let id = self.element.id();
        crate::dom::mutation::change_style_attribute(cx, id, |tree| {
            if value.is_empty() {
                tree.remove_style_property(id, property);
            } else {
                // A value that does not parse changes nothing, without an error.
                tree.set_style_property(id, property, value, important);
            }
        });
        Ok(())
    }

    fn check_writable(&self) -> Fallible<()> {
        match self.source {
            Source::Inline => Ok(()),
            Source::Computed(_) => Err(Error::dom(
                DomExceptionName::NoModificationAllowed,
                "computed styles cannot be changed; set a property of `element.style`",
            )),
        }
    }

    fn names(&self) -> &'static [&'static str] {
        match self.source {
            Source::Computed(Pseudo::None | Pseudo::Named(_)) => virga_dom::style::longhand_names(),
            _ => &[],
        }
    }
}

/// The name as CSS spells it: lower case, unless it is a custom property.
fn canonical(property: &DomString) -> String {
    let name = property.to_str();
    if name.starts_with("--") { name.into_owned() } else { name.to_ascii_lowercase() }
}

impl CSSStyleDeclarationMethods for Obj<CSSStyleDeclaration> {
    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-csstext>
    fn css_text(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(match self.source {
            Source::Inline => DomString::from(cx.engine().tree().style_text(self.element.id())),
            Source::Computed(_) => DomString::empty(),
        })
    }

    fn set_css_text(&self, cx: &mut Cx, text: DomString) -> Fallible<()> {
        self.check_writable()?;
        let id = self.element.id();
        crate::dom::mutation::change_style_attribute(cx, id, |tree| {
            tree.set_style_text(id, &text.to_str());
        });
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer properties")]
    fn length(&self, cx: &mut Cx) -> u32 {
        match self.source {
            Source::Inline => cx.engine().tree().style_length(self.element.id()) as u32,
            Source::Computed(_) => self.names().len() as u32,
        }
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-item>
    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<DomString> {
        let index = index as usize;
        let name = match self.source {
            Source::Inline => cx.engine().tree().style_item(self.element.id(), index),
            Source::Computed(_) => self.names().get(index).map(|name| (*name).to_owned()),
        };
        Ok(name.map_or_else(DomString::empty, DomString::from))
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-getpropertyvalue>
    fn get_property_value(&self, cx: &mut Cx, property: DomString) -> Fallible<DomString> {
        Ok(DomString::from(self.property_value(cx, &canonical(&property))))
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-getpropertypriority>
    fn get_property_priority(&self, cx: &mut Cx, property: DomString) -> Fallible<DomString> {
        Ok(match self.source {
            Source::Inline => {
                let property = canonical(&property);
                DomString::from(cx.engine().tree().style_priority(self.element.id(), &property))
            }
            Source::Computed(_) => DomString::empty(),
        })
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-setproperty>
    fn set_property(
        &self,
        cx: &mut Cx,
        property: DomString,
        value: DomString,
        priority: DomString,
    ) -> Fallible<()> {
        // 1. A computed declaration block cannot be changed.
        self.check_writable()?;
        // 2.–3. An unknown property is no error.
        let property = canonical(&property);
        if !property.starts_with("--") && !virga_dom::style::is_property(&property) {
            return Ok(());
        }
        // 5. Nor is an unknown priority.
        let priority = priority.to_str();
        let important = priority.eq_ignore_ascii_case("important");
        if !priority.is_empty() && !important {
            return Ok(());
        }
        // 4., 6.–10.
        self.set_value(cx, &property, &value.to_str(), important)
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-removeproperty>
    fn remove_property(&self, cx: &mut Cx, property: DomString) -> Fallible<DomString> {
        self.check_writable()?;
        let property = canonical(&property);
        let old = self.property_value(cx, &property);
        self.set_value(cx, &property, "", false)?;
        Ok(DomString::from(old))
    }

    fn css_float(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(DomString::from(self.property_value(cx, "float")))
    }

    fn set_css_float(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        self.set_value(cx, "float", &value.to_str(), false)
    }
}

impl ElementCSSInlineStyleMethods for Obj<HTMLElement> {
    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        crate::dom::style_of(cx, &self.upcast())
    }
}

impl ElementCSSInlineStyleMethods for Obj<SVGElement> {
    fn style(&self, cx: &mut Cx) -> Obj<CSSStyleDeclaration> {
        crate::dom::style_of(cx, &self.upcast())
    }
}
