//! Which image an `img` shows: <https://html.spec.whatwg.org/#select-an-image-source>

use virga_dom::{NodeId, Tree};
use virga_js::Cx;

use super::numbers::parse_float;
use crate::{agent::EngineCx, window::rendering};

/// A source of an image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// As the attribute says it.
    pub(crate) url: String,
    /// Image px per CSS px.
    pub(crate) density: f64,
}

/// A candidate with its descriptors, before the density is known.
#[derive(Clone, Debug, PartialEq)]
struct Described {
    url: String,
    width: Option<f64>,
    density: Option<f64>,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r')
}

/// <https://html.spec.whatwg.org/#parse-a-srcset-attribute>
fn parse(text: &str) -> Vec<Described> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        // 4.
        rest = rest.trim_start_matches(|c| is_space(c) || c == ',');
        if rest.is_empty() {
            return out;
        }
        // 6.–8.
        let end = rest.find(is_space).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let trimmed = url.trim_end_matches(',');
        if trimmed.len() < url.len() {
            out.push(Described { url: trimmed.to_owned(), width: None, density: None });
            rest = after;
            continue;
        }
        // Descriptors end at a comma outside of parentheses.
        let mut depth = 0u32;
        let end = after.char_indices().find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => return true,
                _ => {}
            }
            false
        });
        let end = end.map_or(after.len(), |(at, _)| at);
        out.extend(described(url, &after[..end]));
        rest = after.get(end + 1..).unwrap_or_default();
    }
}

/// Steps 9 to 15: `None` for a descriptor that makes no sense.
fn described(url: &str, descriptors: &str) -> Option<Described> {
    let mut found = Described { url: url.to_owned(), width: None, density: None };
    let mut height = false;
    for token in descriptors.split(is_space).filter(|token| !token.is_empty()) {
        let (number, unit) = token.split_at(token.len() - token.chars().last()?.len_utf8());
        let whole = || {
            let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| number.parse::<f64>().ok()).flatten().filter(|number| *number > 0.0)
        };
        match unit {
            "w" if found.width.is_none() && found.density.is_none() => found.width = Some(whole()?),
            "x" if found.width.is_none() && found.density.is_none() && !height => {
                let valid = super::numbers::is_valid_float(number);
                let density = valid.then(|| parse_float(number)).flatten();
                found.density = Some(density.filter(|density| *density >= 0.0)?);
            }
            "h" if !height && found.density.is_none() => {
                whole()?;
                height = true;
            }
            _ => return None,
        }
    }
    (!height || found.width.is_some()).then_some(found)
}

/// What lengths of `sizes` are relative to.
#[derive(Clone, Copy)]
struct Lengths {
    viewport: (f64, f64),
}

impl Lengths {
    /// A length in CSS px.
    fn parse(self, text: &str) -> Option<f64> {
        let text = text.trim_matches(is_space);
        if text == "0" {
            return Some(0.0);
        }
        let split = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
        let (number, unit) = text.split_at(split);
        let number = number.parse::<f64>().ok().filter(|number| *number >= 0.0)?;
        let (width, height) = self.viewport;
        let factor = match unit.to_ascii_lowercase().as_str() {
            "px" => 1.0,
            "em" | "rem" => 16.0,
            "ex" | "ch" => 8.0,
            "vw" | "vi" => width / 100.0,
            "vh" | "vb" => height / 100.0,
            "vmin" => width.min(height) / 100.0,
            "vmax" => width.max(height) / 100.0,
            "in" => 96.0,
            "cm" => 96.0 / 2.54,
            "mm" => 96.0 / 25.4,
            "q" => 96.0 / 101.6,
            "pt" => 96.0 / 72.0,
            "pc" => 16.0,
            _ => return None,
        };
        Some(number * factor)
    }

    /// <https://html.spec.whatwg.org/#parse-a-sizes-attribute>
    fn source_size(self, sizes: &str, matches: impl Fn(&str) -> bool) -> f64 {
        let parts = sizes.split(',').map(|part| part.trim_matches(is_space));
        for part in parts.filter(|part| !part.is_empty()) {
            // The length is what follows the last white space or parenthesis.
            let at = part.rfind(|c: char| is_space(c) || c == ')').map_or(0, |at| at + 1);
            let (condition, length) = part.split_at(at);
            let Some(length) = self.parse(length) else { continue };
            let condition = condition.trim_matches(is_space);
            if condition.is_empty() || matches(condition) {
                return length;
            }
        }
        self.viewport.0
    }
}

/// The candidate for a screen of this density: the smallest that is sharp.
fn choose(candidates: Vec<Candidate>, density: f64) -> Option<Candidate> {
    let mut best: Option<Candidate> = None;
    for candidate in candidates {
        let better = best.as_ref().is_none_or(|best| {
            if best.density < density {
                candidate.density > best.density
            } else {
                candidate.density >= density && candidate.density < best.density
            }
        });
        if better {
            best = Some(candidate);
        }
    }
    best
}

/// Whether a `source` of this type can be shown.
fn is_supported(type_: &str) -> bool {
    let essence = type_.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(
        essence.as_str(),
        "image/png"
            | "image/jpeg"
            | "image/jpg"
            | "image/gif"
            | "image/webp"
            | "image/bmp"
            | "image/x-icon"
            | "image/vnd.microsoft.icon"
    )
}

/// The source of an image: that of the first `source` of its `picture` that
/// fits, else its own.
///
/// <https://html.spec.whatwg.org/#update-the-source-set>
pub(crate) fn select(cx: &Cx, image: NodeId) -> Option<Candidate> {
    let agent = cx.engine();
    let window = cx.window();
    let viewport = window.viewport();
    let density = f64::from(viewport.scale);
    let lengths = Lengths { viewport: (f64::from(viewport.width), f64::from(viewport.height)) };
    let sources = sources(&agent.tree(), image);
    for source in sources {
        let attribute = |name: &str| agent.attribute(source, name);
        if source != image {
            let fits = attribute("media").is_none_or(|media| rendering::matches_media(cx, &media))
                && attribute("type").is_none_or(|type_| is_supported(&type_));
            if !fits || attribute("srcset").is_none() {
                continue;
            }
        }
        let size = std::cell::OnceCell::new();
        let size = || {
            *size.get_or_init(|| {
                let sizes = attribute("sizes").unwrap_or_default();
                lengths.source_size(&sizes, |media| rendering::matches_media(cx, media))
            })
        };
        let mut candidates: Vec<Candidate> = parse(&attribute("srcset").unwrap_or_default())
            .into_iter()
            .map(|found| Candidate {
                url: found.url,
                density: match (found.width, found.density) {
                    (Some(width), _) => width / size(),
                    (None, density) => density.unwrap_or(1.0),
                },
            })
            .collect();
        let has_widths = attribute("srcset")
            .is_some_and(|srcset| parse(&srcset).iter().any(|found| found.width.is_some()));
        if source == image
            && !has_widths
            && !candidates.iter().any(|candidate| candidate.density == 1.0)
            && let Some(src) = attribute("src").filter(|src| !src.is_empty())
        {
            candidates.push(Candidate { url: src, density: 1.0 });
        }
        if let Some(chosen) = choose(candidates, density) {
            return Some(chosen);
        }
        if source == image {
            // Widths alone that chose nothing leave the plain source.
            return attribute("src")
                .filter(|src| !src.is_empty())
                .map(|url| Candidate { url, density: 1.0 });
        }
    }
    None
}

/// The elements that may say where an image is: the `source`s before it in its
/// `picture`, and it itself.
fn sources(tree: &Tree, image: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    if let Some(picture) = tree.parent(image).filter(|&id| tree.is_html_element(id, "picture")) {
        for child in tree.children(picture) {
            if child == image {
                break;
            }
            if tree.is_html_element(child, "source") {
                out.push(child);
            }
        }
    }
    out.push(image);
    out
}

/// The images of a `picture` that a `source` in it may concern.
pub(crate) fn images_of(tree: &Tree, picture: NodeId) -> Vec<NodeId> {
    if !tree.is_html_element(picture, "picture") {
        return Vec::new();
    }
    tree.children(picture).filter(|&id| tree.is_html_element(id, "img")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_sets() {
        let check = |text: &str, expected: &[(&str, Option<f64>, Option<f64>)]| {
            let found: Vec<_> =
                parse(text).into_iter().map(|d| (d.url, d.width, d.density)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(url, w, x)| ((*url).to_owned(), *w, *x)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("a", &[("a", None, None)]);
        check("a 2x, b 1.5x", &[("a", None, Some(2.0)), ("b", None, Some(1.5))]);
        check("a 100w,b 200w 50h", &[("a", Some(100.0), None), ("b", Some(200.0), None)]);
        check("data:,x 1x", &[("data:,x", None, Some(1.0))]);
        check("a 1w 2x, b", &[("b", None, None)]);
        check(" , a,, b -1x, c 0w, d 5h", &[("a", None, None)]);
    }

    #[test]
    fn sizes() {
        let lengths = Lengths { viewport: (1000.0, 500.0) };
        for (text, expected) in [
            ("", 1000.0),
            ("50vw", 500.0),
            ("(wide) 10px, 20px", 10.0),
            ("(narrow) 10px, 20px", 20.0),
            ("x, 2em", 32.0),
            ("(narrow) 10px", 1000.0),
        ] {
            assert_eq!(lengths.source_size(text, |media| media == "(wide)"), expected, "{text}");
        }
    }

    #[test]
    fn the_smallest_that_is_sharp() {
        let of = |densities: &[f64]| {
            densities
                .iter()
                .map(|density| Candidate { url: density.to_string(), density: *density })
                .collect::<Vec<_>>()
        };
        for (densities, screen, expected) in [
            (&[1.0, 2.0, 3.0][..], 2.0, "2"),
            (&[1.0, 3.0], 2.0, "3"),
            (&[1.0, 1.5], 2.0, "1.5"),
            (&[4.0, 3.0], 1.0, "3"),
        ] {
            assert_eq!(choose(of(densities), screen).map(|c| c.url).as_deref(), Some(expected));
        }
    }
}
