use virga_dom::style::cssom::{Declarations, RuleChange};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{CSSRule, effects};
use crate::{
    agent::EngineCx,
    generated::{CSSStyleDeclarationMethods, ElementCSSInlineStyleMethods},
    interfaces::{Element, HTMLElement, SVGElement},
};

/// <https://drafts.csswg.org/cssom/#the-cssstyledeclaration-interface>
#[derive(Trace, Platform)]
pub(crate) struct CSSStyleDeclaration {
    source: Source,
}

/// What a declaration block shows.
#[derive(Trace)]
enum Source {
    /// The `style` attribute of an element.
    Inline(Obj<Element>),
    /// Computed values of an element or of one of its pseudo-elements, such as
    /// `::before`. Of a pseudo-element that does not exist there are none.
    Computed(Obj<Element>, #[trace(skip)] Pseudo),
    /// The declarations of a rule, or the descriptors of `@font-face`.
    Rule(Obj<CSSRule>),
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
    Obj::new(cx, CSSStyleDeclaration { source: Source::Inline(element.clone()) })
}

/// The object behind `rule.style`; the caller keeps it, so that it stays the
/// same.
pub(super) fn rule_style(cx: &mut Cx, rule: &Obj<CSSRule>) -> Obj<CSSStyleDeclaration> {
    Obj::new(cx, CSSStyleDeclaration { source: Source::Rule(rule.clone()) })
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
    Obj::new(cx, CSSStyleDeclaration { source: Source::Computed(element, pseudo) })
}

impl CSSStyleDeclaration {
    /// The value of a property that is spelled as CSS spells it; empty when there
    /// is none.
    pub(super) fn property_value(&self, cx: &mut Cx, property: &str) -> String {
        let agent = cx.engine();
        match &self.source {
            Source::Inline(element) => agent.tree().style_property(element.id(), property),
            Source::Rule(rule) => {
                let tree = agent.tree();
                match rule.rule().declarations(&tree) {
                    Some(block) => block.value(&tree, property),
                    None => match rule.rule().descriptors() {
                        Some(descriptors) => descriptors.value(&tree, property),
                        None => String::new(),
                    },
                }
            }
            Source::Computed(_, Pseudo::Unknown) => String::new(),
            Source::Computed(element, pseudo) => {
                let id = element.id();
                // Without a rendering of its document an element has no styles.
                let Some(window) = agent.window_of(id) else { return String::new() };
                crate::window::rendering::fit_window(&agent, &window);
                let mut tree = agent.tree_mut();
                if !tree.is_connected(id) {
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
        // A value that does not parse changes nothing, without an error.
        match &self.source {
            Source::Inline(element) => {
                let id = element.id();
                crate::dom::mutation::change_style_attribute(cx, id, |tree| {
                    if value.is_empty() {
                        tree.remove_style_property(id, property);
                    } else {
                        tree.set_style_property(id, property, value, important);
                    }
                });
            }
            Source::Rule(rule) => {
                edit_rule(cx, rule, |tree, block| {
                    if value.is_empty() {
                        block.remove(tree, property)
                    } else {
                        block.set(tree, property, value, important)
                    }
                });
                let agent = cx.engine();
                if let Some(descriptors) = rule.rule().descriptors() {
                    descriptors.set(&agent.tree(), property, value);
                }
            }
            Source::Computed(..) => {}
        }
        Ok(())
    }

    fn check_writable(&self) -> Fallible<()> {
        match self.source {
            Source::Inline(_) | Source::Rule(_) => Ok(()),
            Source::Computed(..) => Err(Error::dom(
                DomExceptionName::NoModificationAllowed,
                "computed styles cannot be changed; set a property of `element.style`",
            )),
        }
    }

    fn names(&self) -> &'static [&'static str] {
        match self.source {
            Source::Computed(_, Pseudo::None | Pseudo::Named(_)) => {
                virga_dom::style::longhand_names()
            }
            _ => &[],
        }
    }
}

/// Changes the declarations of a rule, and tells the documents that have it.
fn edit_rule(
    cx: &Cx,
    rule: &Obj<CSSRule>,
    edit: impl FnOnce(&virga_dom::Tree, &Declarations) -> bool,
) {
    let changed = {
        let agent = cx.engine();
        let tree = agent.tree();
        rule.rule().declarations(&tree).is_some_and(|block| edit(&tree, &block))
    };
    if changed {
        effects::changed(cx, rule, RuleChange::Declarations);
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
        let agent = cx.engine();
        let tree = agent.tree();
        Ok(DomString::from(match &self.source {
            Source::Inline(element) => tree.style_text(element.id()),
            Source::Computed(..) => String::new(),
            Source::Rule(rule) => match rule.rule().declarations(&tree) {
                Some(block) => block.text(&tree),
                None => rule.rule().descriptors().map(|d| d.text(&tree)).unwrap_or_default(),
            },
        }))
    }

    fn set_css_text(&self, cx: &mut Cx, text: DomString) -> Fallible<()> {
        self.check_writable()?;
        match &self.source {
            Source::Inline(element) => {
                let id = element.id();
                crate::dom::mutation::change_style_attribute(cx, id, |tree| {
                    tree.set_style_text(id, &text.to_str());
                });
            }
            Source::Rule(rule) => edit_rule(cx, rule, |tree, block| {
                block.set_text(tree, &text.to_str());
                true
            }),
            Source::Computed(..) => {}
        }
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer properties")]
    fn length(&self, cx: &mut Cx) -> u32 {
        let agent = cx.engine();
        let tree = agent.tree();
        (match &self.source {
            Source::Inline(element) => tree.style_length(element.id()),
            Source::Computed(..) => self.names().len(),
            Source::Rule(rule) => match rule.rule().declarations(&tree) {
                Some(block) => block.len(&tree),
                None => rule.rule().descriptors().map_or(0, |d| d.len(&tree)),
            },
        }) as u32
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-item>
    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<DomString> {
        let index = index as usize;
        let agent = cx.engine();
        let tree = agent.tree();
        let name = match &self.source {
            Source::Inline(element) => tree.style_item(element.id(), index),
            Source::Computed(..) => self.names().get(index).map(|name| (*name).to_owned()),
            Source::Rule(rule) => match rule.rule().declarations(&tree) {
                Some(block) => block.item(&tree, index),
                None => rule.rule().descriptors().and_then(|d| d.item(&tree, index)),
            },
        };
        Ok(name.map_or_else(DomString::empty, DomString::from))
    }

    fn parent_rule(&self, _: &mut Cx) -> Option<Obj<CSSRule>> {
        match &self.source {
            Source::Rule(rule) => Some(rule.clone()),
            _ => None,
        }
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-getpropertyvalue>
    fn get_property_value(&self, cx: &mut Cx, property: DomString) -> Fallible<DomString> {
        Ok(DomString::from(self.property_value(cx, &canonical(&property))))
    }

    /// <https://drafts.csswg.org/cssom/#dom-cssstyledeclaration-getpropertypriority>
    fn get_property_priority(&self, cx: &mut Cx, property: DomString) -> Fallible<DomString> {
        let property = canonical(&property);
        let agent = cx.engine();
        let tree = agent.tree();
        Ok(DomString::from(match &self.source {
            Source::Inline(element) => tree.style_priority(element.id(), &property),
            Source::Computed(..) => "",
            Source::Rule(rule) => match rule.rule().declarations(&tree) {
                Some(block) => block.priority(&tree, &property),
                None => "",
            },
        }))
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
        let descriptors =
            matches!(&self.source, Source::Rule(rule) if rule.rule().descriptors().is_some());
        if !property.starts_with("--") && !descriptors && !virga_dom::style::is_property(&property)
        {
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
