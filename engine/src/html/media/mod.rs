//! Media elements and their text tracks:
//! <https://html.spec.whatwg.org/#media-elements>
//!
//! Nothing here decodes sound or moving pictures, and says so: no type can be
//! played, and whatever is to be loaded fails as a resource in an unknown format
//! does. The rest is there: sources are selected, states and events follow, and
//! text tracks load and hold their cues.

mod cue;
mod element;
mod ranges;
pub(super) mod track_element;
mod tracks;
mod vtt;

pub(crate) use cue::{TextTrackCue, VTTCue, VTTRegion};
pub(crate) use element::HTMLMediaElement;
pub(super) use element::{source_inserted, src_changed};
pub(crate) use ranges::{MediaError, TimeRanges};
pub(crate) use track_element::HTMLTrackElement;
pub(crate) use tracks::{TextTrack, TextTrackCueList, TextTrackList, TrackEvent};
