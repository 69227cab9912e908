//! Origins: <https://html.spec.whatwg.org/#origin>

use std::{fmt, rc::Rc};

use url::Url;

use crate::agent::Agent;

/// Whose document it is: documents of one origin may reach into each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Equal to itself alone.
    Opaque(u64),
    /// Scheme, host and port, serialized.
    Tuple(Rc<str>),
    /// The files of an app that is opened from a folder; serializes as opaque.
    File,
}

impl Origin {
    /// A new opaque origin.
    pub(crate) fn opaque(agent: &Agent) -> Self {
        Self::Opaque(agent.next_opaque_origin())
    }

    /// The origin of a document that came from this address and inherits none.
    ///
    /// <https://url.spec.whatwg.org/#concept-url-origin>
    pub(crate) fn of_url(agent: &Agent, url: &Url) -> Self {
        match url.scheme() {
            "file" => Self::File,
            "blob" => match Url::parse(url.path()) {
                Ok(inner) if matches!(inner.scheme(), "http" | "https" | "file") => {
                    Self::of_url(agent, &inner)
                }
                _ => Self::opaque(agent),
            },
            _ => match url.origin() {
                origin @ url::Origin::Tuple(..) => Self::Tuple(origin.ascii_serialization().into()),
                url::Origin::Opaque(_) => Self::opaque(agent),
            },
        }
    }

    /// <https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin>
    pub(crate) fn serialize(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tuple(origin) => f.write_str(origin),
            Self::Opaque(_) | Self::File => f.write_str("null"),
        }
    }
}
