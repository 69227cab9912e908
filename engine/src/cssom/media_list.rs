use virga_dom::style::cssom::Media;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{CSSRule, CSSStyleSheet, effects};
use crate::{agent::EngineCx, generated::MediaListMethods};

/// <https://drafts.csswg.org/cssom/#the-medialist-interface>
#[derive(Trace, Platform)]
pub(crate) struct MediaList {
    owner: MediaOwner,
    #[trace(skip)]
    media: Media,
}

/// What is for these media only.
#[derive(Trace, Clone)]
pub(super) enum MediaOwner {
    Sheet(Obj<CSSStyleSheet>),
    Rule(Obj<CSSRule>),
}

impl MediaList {
    pub(super) fn create(cx: &mut Cx, owner: MediaOwner, media: Media) -> Obj<Self> {
        Obj::new(cx, Self { owner, media })
    }

    fn edit<R>(&self, cx: &mut Cx, edit: impl FnOnce(&virga_dom::Tree) -> R) -> R {
        match &self.owner {
            MediaOwner::Sheet(sheet) => effects::change_sheet(cx, sheet, edit),
            MediaOwner::Rule(rule) => effects::change_meaning(cx, rule, edit),
        }
    }
}

impl MediaListMethods for Obj<MediaList> {
    fn media_text(&self, cx: &mut Cx) -> DomString {
        DomString::from(self.media.text(&cx.engine().tree()))
    }

    /// <https://drafts.csswg.org/cssom/#dom-medialist-mediatext>
    fn set_media_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        self.edit(cx, |tree| self.media.set_text(tree, &value.to_str()));
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer queries")]
    fn length(&self, cx: &mut Cx) -> u32 {
        self.media.len(&cx.engine().tree()) as u32
    }

    fn item(&self, cx: &mut Cx, index: u32) -> Fallible<Option<DomString>> {
        Ok(self.media.item(&cx.engine().tree(), index as usize).map(DomString::from))
    }

    /// <https://drafts.csswg.org/cssom/#dom-medialist-appendmedium>
    fn append_medium(&self, cx: &mut Cx, medium: DomString) -> Fallible<()> {
        self.edit(cx, |tree| self.media.append(tree, &medium.to_str()));
        Ok(())
    }

    /// <https://drafts.csswg.org/cssom/#dom-medialist-deletemedium>
    fn delete_medium(&self, cx: &mut Cx, medium: DomString) -> Fallible<()> {
        // 2. Nothing is deleted by what is not one query.
        match self.edit(cx, |tree| self.media.delete(tree, &medium.to_str())) {
            None | Some(true) => Ok(()),
            // 3.
            Some(false) => Err(Error::dom(
                DomExceptionName::NotFound,
                format!("there is no media query {:?} in the list", medium.to_str()),
            )),
        }
    }
}
