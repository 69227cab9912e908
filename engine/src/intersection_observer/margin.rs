use virga_display_list::kurbo::Rect;
use virga_js::{DomExceptionName, Error, Fallible};

/// The margins around an observer's root.
///
/// <https://w3c.github.io/IntersectionObserver/#parse-a-margin>
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Margins([Length; 4]);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    Px(f64),
    Percent(f64),
}

impl Length {
    fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (number, percent) = match (lower.strip_suffix("px"), lower.strip_suffix('%')) {
            (Some(number), _) => (number, false),
            (None, Some(number)) => (number, true),
            (None, None) if lower.trim_start_matches(['+', '-']) == "0" => ("0", false),
            (None, None) => return None,
        };
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e');
        let number: f64 = number.chars().all(plain).then(|| number.parse().ok()).flatten()?;
        Some(if percent { Self::Percent(number) } else { Self::Px(number) })
    }

    fn resolve(self, basis: f64) -> f64 {
        match self {
            Self::Px(px) => px,
            Self::Percent(percent) => (basis * percent / 100.0).trunc(),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Px(px) => format!("{px}px"),
            Self::Percent(percent) => format!("{percent}%"),
        }
    }
}

impl Margins {
    /// One to four lengths in px or percent, as in `margin`.
    pub(super) fn parse(text: &str) -> Fallible<Self> {
        let lengths: Option<Vec<Length>> =
            text.split_ascii_whitespace().map(Length::parse).collect();
        let sides = match lengths.as_deref() {
            Some([]) => [Length::Px(0.0); 4],
            Some(&[all]) => [all; 4],
            Some(&[y, x]) => [y, x, y, x],
            Some(&[top, x, bottom]) => [top, x, bottom, x],
            Some(&[top, right, bottom, left]) => [top, right, bottom, left],
            _ => {
                return Err(Error::dom(
                    DomExceptionName::Syntax,
                    format!(
                        "IntersectionObserver: rootMargin {text:?} is not one to four lengths in \
                         px or percent"
                    ),
                ));
            }
        };
        Ok(Self(sides))
    }

    /// A rectangle with the margins around it.
    pub(super) fn expand(&self, rect: Rect) -> Rect {
        let [top, right, bottom, left] = self.0;
        Rect::new(
            rect.x0 - left.resolve(rect.width()),
            rect.y0 - top.resolve(rect.height()),
            rect.x1 + right.resolve(rect.width()),
            rect.y1 + bottom.resolve(rect.height()),
        )
    }

    /// All four sides.
    pub(super) fn text(&self) -> String {
        self.0.map(Length::text).join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_are_read_as_in_css() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Margins::parse(text).unwrap().text(), expected, "{text}");
        };
        check("", "0px 0px 0px 0px");
        check("10px", "10px 10px 10px 10px");
        check(" 1px -2% ", "1px -2% 1px -2%");
        check("1px 2px 3px", "1px 2px 3px 2px");
        check("0 .5px 1e1% 4PX", "0px 0.5px 10% 4px");
        for wrong in ["1", "2em", "auto", "calc(1px)", "1px !important", "1px 1px 1px 1px 1px"] {
            assert!(Margins::parse(wrong).is_err(), "{wrong}");
        }
        let rect = Rect::new(0.0, 0.0, 100.0, 200.0);
        let margins = Margins::parse("10% 5px").unwrap();
        assert_eq!(margins.expand(rect), Rect::new(-5.0, -20.0, 105.0, 220.0));
    }
}
