//! The types of `input`: <https://html.spec.whatwg.org/#attr-input-type>

use virga_dom::{NodeId, Tree};

/// The state of an input's `type` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputType {
    Hidden,
    Text,
    Search,
    Tel,
    Url,
    Email,
    Password,
    Date,
    Month,
    Week,
    Time,
    DatetimeLocal,
    Number,
    Range,
    Color,
    Checkbox,
    Radio,
    File,
    Submit,
    Image,
    Reset,
    Button,
}

/// <https://html.spec.whatwg.org/#dom-input-value>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueMode {
    /// A value of its own.
    Value,
    /// The `value` attribute.
    Default,
    /// The `value` attribute, or `on`.
    DefaultOn,
    /// The name of a file.
    Filename,
}

impl InputType {
    /// Every type, with its keyword.
    const ALL: [(&'static str, Self); 22] = [
        ("hidden", Self::Hidden),
        ("text", Self::Text),
        ("search", Self::Search),
        ("tel", Self::Tel),
        ("url", Self::Url),
        ("email", Self::Email),
        ("password", Self::Password),
        ("date", Self::Date),
        ("month", Self::Month),
        ("week", Self::Week),
        ("time", Self::Time),
        ("datetime-local", Self::DatetimeLocal),
        ("number", Self::Number),
        ("range", Self::Range),
        ("color", Self::Color),
        ("checkbox", Self::Checkbox),
        ("radio", Self::Radio),
        ("file", Self::File),
        ("submit", Self::Submit),
        ("image", Self::Image),
        ("reset", Self::Reset),
        ("button", Self::Button),
    ];

    /// The type that an attribute's value names; `text` where it names none.
    pub(crate) fn parse(value: &str) -> Self {
        let known = Self::ALL.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(value));
        known.map_or(Self::Text, |(_, type_)| *type_)
    }

    /// The type of an `input`; `None` for other elements.
    pub(crate) fn of(tree: &Tree, id: NodeId) -> Option<Self> {
        if !tree.is_html_element(id, "input") {
            return None;
        }
        let value = tree.plain_attribute(id, &"type".into());
        Some(value.map_or(Self::Text, Self::parse))
    }

    /// The keyword.
    pub(crate) fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, type_)| *type_ == self);
        known.map_or("text", |(keyword, _)| keyword)
    }

    pub(crate) fn mode(self) -> ValueMode {
        match self {
            Self::Hidden | Self::Submit | Self::Image | Self::Reset | Self::Button => {
                ValueMode::Default
            }
            Self::Checkbox | Self::Radio => ValueMode::DefaultOn,
            Self::File => ValueMode::Filename,
            _ => ValueMode::Value,
        }
    }

    /// Text on a line, free or nearly so.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Search | Self::Tel | Self::Url | Self::Email | Self::Password
        )
    }

    /// Values on a time line.
    pub(crate) fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Month | Self::Week | Self::Time | Self::DatetimeLocal)
    }

    /// Values that are numbers underneath: `min`, `max` and `step` apply.
    pub(crate) fn is_numeric(self) -> bool {
        self.is_temporal() || matches!(self, Self::Number | Self::Range)
    }

    /// Whether script can read and set the selection.
    pub(crate) fn has_selection(self) -> bool {
        self.is_text() && self != Self::Email
    }

    /// Whether `select()` does anything.
    pub(crate) fn can_select(self) -> bool {
        self.is_text() || self.is_temporal() || matches!(self, Self::Number | Self::Color)
    }

    /// Whether `required` applies.
    pub(crate) fn can_be_required(self) -> bool {
        self.is_text()
            || self.is_temporal()
            || matches!(self, Self::Number | Self::Checkbox | Self::Radio | Self::File)
    }

    /// Whether `readonly` applies.
    pub(crate) fn can_be_read_only(self) -> bool {
        self.is_text() || self.is_temporal() || self == Self::Number
    }

    /// Whether a list of suggestions applies.
    pub(crate) fn has_list(self) -> bool {
        self.is_text() && self != Self::Password
            || self.is_temporal()
            || matches!(self, Self::Number | Self::Range | Self::Color)
    }

    /// <https://html.spec.whatwg.org/#concept-button>
    pub(crate) fn is_button(self) -> bool {
        matches!(self, Self::Submit | Self::Image | Self::Reset | Self::Button)
    }

    /// Whether pressing Enter in it submits the form at once.
    ///
    /// <https://html.spec.whatwg.org/#implicit-submission>
    pub(crate) fn blocks_implicit_submission(self) -> bool {
        self.is_text() || self.is_temporal() || self == Self::Number
    }
}
