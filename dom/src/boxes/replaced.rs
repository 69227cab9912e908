//! Boxes whose content is not made of boxes: pictures and form controls.

use virga_display_list::ImageData;
use web_atoms::{LocalName, local_name, ns};

use super::InlineContent;
use crate::tree::{NodeId, Tree};

/// Content with a natural size.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    /// Natural width and height in CSS px.
    pub(crate) natural: (Option<f32>, Option<f32>),
    /// Natural aspect ratio, width by height.
    pub(crate) ratio: Option<f32>,
    /// The pixels, if they are there.
    pub(crate) image: Option<ImageData>,
    /// Checkbox, radio button and the like.
    pub(crate) toggle: Option<Toggle>,
}

/// A control that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Toggle {
    pub(crate) round: bool,
    pub(crate) checked: bool,
    pub(crate) disabled: bool,
}

/// A text field.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// Its value, or placeholder.
    pub(crate) content: InlineContent,
    pub(crate) columns: f32,
    pub(crate) rows: f32,
    pub(crate) multiline: bool,
    /// The text is the placeholder.
    pub(crate) placeholder: bool,
    /// Selected bytes of what it shows, first to last, if the field is focused;
    /// empty: a caret.
    pub(crate) selection: Option<(u32, u32)>,
    /// The byte of what it shows that the caret stands before, if it is focused.
    pub(crate) caret: Option<u32>,
}

/// What an element's own content is.
pub(super) enum Special {
    Replaced(Replaced),
    /// A field that shows `text`.
    Field {
        text: String,
        placeholder: bool,
        columns: f32,
        rows: f32,
        multiline: bool,
    },
    /// A box with a line of text that no text node holds.
    Label(String),
    /// A drop-down: the label of what is selected, in a box that is wide enough for
    /// any of the others.
    Menu {
        label: String,
        labels: Vec<String>,
    },
    Break,
    Opportunity,
}

/// What is special about an element, if anything.
pub(super) fn special(tree: &Tree, node: NodeId, image: Option<&ImageData>) -> Option<Special> {
    let name = tree.name(node)?;
    if name.ns != ns!(html) {
        // An outermost SVG picture takes its place; what it draws is not
        // supported yet.
        return (name.ns == ns!(svg) && name.local == local_name!("svg"))
            .then(|| Special::Replaced(fixed_size(tree, node, 300.0, 150.0)));
    }
    let attribute = |name: &LocalName| tree.attribute(node, &ns!(), name);
    Some(match &*name.local {
        "br" => Special::Break,
        "wbr" => Special::Opportunity,
        "img" => Special::Replaced(match image {
            Some(data) => {
                let density = tree.image_density(node);
                let (width, height) =
                    (data.0.width as f32 / density, data.0.height as f32 / density);
                Replaced {
                    natural: (Some(width), Some(height)),
                    ratio: (width > 0.0 && height > 0.0).then(|| width / height),
                    image: Some(data.clone()),
                    toggle: None,
                }
            }
            None => Replaced { natural: (Some(0.0), Some(0.0)), ..Replaced::default() },
        }),
        "canvas" => Special::Replaced(Replaced {
            image: image.cloned(),
            ..fixed_size(tree, node, 300.0, 150.0)
        }),
        "video" | "iframe" | "embed" | "object" => {
            Special::Replaced(fixed_size(tree, node, 300.0, 150.0))
        }
        "textarea" => {
            let text =
                tree.form_value(node).map_or_else(|| tree.child_text_content(node), str::to_owned);
            let number = |name: &LocalName, default: f32| {
                attribute(name)
                    .and_then(|value| value.trim().parse().ok())
                    .filter(|n| *n > 0.0)
                    .unwrap_or(default)
            };
            let (text, placeholder) = or_placeholder(tree, node, text);
            Special::Field {
                text,
                placeholder,
                columns: number(&local_name!("cols"), 20.0),
                rows: number(&local_name!("rows"), 2.0),
                multiline: true,
            }
        }
        "input" => input(tree, node),
        "select" if tree.list_box_rows(node).is_none() => menu(tree, node),
        "option" if tree.select_of(node).is_some() => {
            // Without a label of its own it shows what is in it.
            let label = attribute(&local_name!("label")).filter(|label| !label.is_empty())?;
            Special::Label(label.to_owned())
        }
        _ => return None,
    })
}

/// Shaping more labels than this would cost more than a fitting width is worth: only
/// the longest are looked at.
const MEASURED_LABELS: usize = 256;

fn menu(tree: &Tree, select: NodeId) -> Special {
    let mut label = String::new();
    let mut labels = Vec::new();
    for option in tree.options_of(select) {
        let text = tree.option_label(option);
        if label.is_empty() && tree.state(option).contains(stylo_dom::ElementState::CHECKED) {
            label.clone_from(&text);
        }
        labels.push(text);
    }
    if labels.len() > MEASURED_LABELS {
        labels.sort_by_key(|text| std::cmp::Reverse(text.len()));
        labels.truncate(MEASURED_LABELS);
    }
    Special::Menu { label, labels }
}

/// Whether an element may show a text of its own where others show their children.
pub(super) fn may_show_label(tree: &Tree, node: NodeId) -> bool {
    ["input", "select", "option"].iter().any(|name| tree.is_html_element(node, name))
}

fn input(tree: &Tree, node: NodeId) -> Special {
    let attribute = |name: &LocalName| tree.attribute(node, &ns!(), name);
    let kind = attribute(&local_name!("type")).unwrap_or_default().to_ascii_lowercase();
    let value = || {
        tree.form_value(node).or(attribute(&local_name!("value"))).unwrap_or_default().to_owned()
    };
    match kind.as_str() {
        "checkbox" | "radio" => {
            let state = tree.state(node);
            Special::Replaced(Replaced {
                natural: (Some(13.0), Some(13.0)),
                ratio: Some(1.0),
                image: None,
                toggle: Some(Toggle {
                    round: kind == "radio",
                    checked: state.contains(stylo_dom::ElementState::CHECKED),
                    disabled: state.contains(stylo_dom::ElementState::DISABLED),
                }),
            })
        }
        "button" => Special::Label(value()),
        "submit" | "reset" => {
            let text = value();
            let default = if kind == "submit" { "Submit" } else { "Reset" };
            Special::Label(if text.is_empty() { default.to_owned() } else { text })
        }
        "file" => Special::Label(String::from("Choose file")),
        "range" | "color" => Special::Replaced(Replaced {
            natural: if kind == "range" {
                (Some(129.0), Some(16.0))
            } else {
                (Some(50.0), Some(27.0))
            },
            ..Replaced::default()
        }),
        _ => {
            let mut text = value();
            text.retain(|ch| ch != '\n' && ch != '\r');
            if kind == "password" {
                text = text.chars().map(|_| '\u{2022}').collect();
            }
            let columns = attribute(&local_name!("size"))
                .and_then(|value| value.trim().parse::<f32>().ok())
                .filter(|columns| *columns > 0.0)
                .unwrap_or(20.0);
            let (text, placeholder) = or_placeholder(tree, node, text);
            Special::Field { text, placeholder, columns, rows: 1.0, multiline: false }
        }
    }
}

fn or_placeholder(tree: &Tree, node: NodeId, text: String) -> (String, bool) {
    if !text.is_empty() {
        return (text, false);
    }
    match tree.attribute(node, &ns!(), &local_name!("placeholder")) {
        Some(placeholder) if !placeholder.is_empty() => (placeholder.to_owned(), true),
        _ => (text, false),
    }
}

fn fixed_size(tree: &Tree, node: NodeId, width: f32, height: f32) -> Replaced {
    let number = |name: &LocalName| {
        tree.attribute(node, &ns!(), name)
            .and_then(|value| value.trim().trim_end_matches("px").parse::<f32>().ok())
            .filter(|value| value.is_finite() && *value >= 0.0)
    };
    let width = number(&local_name!("width")).unwrap_or(width);
    let height = number(&local_name!("height")).unwrap_or(height);
    Replaced {
        natural: (Some(width), Some(height)),
        ratio: (width > 0.0 && height > 0.0).then(|| width / height),
        image: None,
        toggle: None,
    }
}
