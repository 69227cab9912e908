//! Presentational hints: what HTML attributes say about style.

use crate::tree::ElementData;
use markup5ever::LocalName;

/// Whether a change of this attribute of this element changes its style by
/// itself.
pub(crate) fn is_presentational(_element: &ElementData, _attribute: &LocalName) -> bool {
    false
}
