//! Character data: <https://dom.spec.whatwg.org/#interface-characterdata>
//!
//! The tree keeps UTF-8, script counts UTF-16 code units. Offsets are converted
//! here; for ASCII they are the same.

use virga_dom::{NodeId, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use super::{mutation, ranges::live};
use crate::{
    agent::EngineCx,
    generated::{
        CDATASectionMethods, CharacterDataMethods, CommentMethods, ProcessingInstructionMethods,
        TextMethods,
    },
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-characterdata>
#[derive(Trace, Platform)]
pub(crate) struct CharacterData {
    #[base]
    pub(super) node: Node,
}

/// <https://dom.spec.whatwg.org/#interface-text>
#[derive(Trace, Platform)]
pub(crate) struct Text {
    #[base]
    data: CharacterData,
}

impl Text {
    pub(super) fn new(node: Node) -> Self {
        Self { data: CharacterData { node } }
    }
}

/// <https://dom.spec.whatwg.org/#interface-cdatasection>
#[derive(Trace, Platform)]
pub(crate) struct CDATASection {
    #[base]
    pub(super) text: Text,
}

/// <https://dom.spec.whatwg.org/#interface-comment>
#[derive(Trace, Platform)]
pub(crate) struct Comment {
    #[base]
    pub(super) data: CharacterData,
}

/// <https://dom.spec.whatwg.org/#interface-processinginstruction>
#[derive(Trace, Platform)]
pub(crate) struct ProcessingInstruction {
    #[base]
    pub(super) data: CharacterData,
}

/// How many UTF-16 code units a text has.
pub(super) fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The code units from `offset` on, `count` at most.
///
/// # Errors
/// `IndexSizeError` if the offset is beyond the end.
fn check_offset(text: &str, offset: u32) -> Fallible<()> {
    let length = utf16_len(text);
    if offset as usize > length {
        return Err(Error::dom(
            DomExceptionName::IndexSize,
            format!("the offset {offset} is beyond the end of the data, which has {length}"),
        ));
    }
    Ok(())
}

/// "Substring data": <https://dom.spec.whatwg.org/#concept-cd-substring>
///
/// # Errors
/// `IndexSizeError` if the offset is beyond the end.
pub(super) fn substring(text: &str, offset: u32, count: u32) -> Fallible<DomString> {
    check_offset(text, offset)?;
    let (offset, count) = (offset as usize, count as usize);
    if text.is_ascii() {
        let end = offset.saturating_add(count).min(text.len());
        return Ok(DomString::from(&text[offset..end]));
    }
    let units: Vec<u16> = text.encode_utf16().skip(offset).take(count).collect();
    Ok(DomString::from_utf16(&units))
}

/// "Replace data": <https://dom.spec.whatwg.org/#concept-cd-replace>
///
/// # Errors
/// `IndexSizeError` if the offset is beyond the end.
#[expect(clippy::cast_possible_truncation, reason = "no text is as long")]
pub(crate) fn replace(
    cx: &mut Cx,
    id: NodeId,
    offset: u32,
    count: u32,
    data: &DomString,
) -> Fallible<()> {
    let (new, count, added) = {
        let agent = cx.engine();
        let tree = agent.tree();
        let old = tree.text(id);
        // 1.–3.
        check_offset(old, offset)?;
        let start = offset as usize;
        let end = start.saturating_add(count as usize);
        if old.is_ascii() {
            let end = end.min(old.len());
            let data = data.to_str();
            let new = format!("{}{data}{}", &old[..start], &old[end..]);
            (new, (end - start) as u32, utf16_len(&data) as u32)
        } else {
            let old: Vec<u16> = old.encode_utf16().collect();
            let end = end.min(old.len());
            let mut new = old[..start].to_vec();
            new.extend(data.code_units());
            new.extend_from_slice(&old[end..]);
            let added = new.len() - start - (old.len() - end);
            (String::from_utf16_lossy(&new), (end - start) as u32, added as u32)
        }
    };
    // 4.–12.
    mutation::change_data(cx, id, new, |cx| live::data_replaced(cx, id, offset, count, added));
    Ok(())
}

/// "Split": <https://dom.spec.whatwg.org/#concept-text-split>
///
/// # Errors
/// `IndexSizeError` if the offset is beyond the end.
pub(super) fn split(cx: &mut Cx, id: NodeId, offset: u32) -> Fallible<NodeId> {
    let agent = cx.engine();
    // 1.–5.
    let rest = substring(agent.tree().text(id), offset, u32::MAX)?;
    // 6.
    let new = {
        let mut tree = agent.tree_mut();
        let document = tree.owner_document(id).unwrap_or(id);
        let rest = rest.to_str().into_owned();
        match tree.kind(id) {
            Some(NodeKind::CdataSection) => tree.create_cdata_section(document, rest),
            _ => tree.create_text(document, rest),
        }
    };
    // 7.–8.
    let (parent, next) = {
        let tree = agent.tree();
        (tree.parent(id), tree.next_sibling(id))
    };
    match parent {
        Some(parent) => {
            mutation::insert(cx, new, parent, next);
            live::text_split(cx, id, offset, new, parent);
        }
        None => agent.wrappers.release(new),
    }
    // 9.
    replace(cx, id, offset, u32::MAX, &DomString::empty())?;
    Ok(new)
}

impl CharacterDataMethods for Obj<CharacterData> {
    fn data(&self, cx: &mut Cx) -> DomString {
        DomString::from(cx.engine().tree().text(self.id()))
    }

    fn set_data(&self, cx: &mut Cx, data: DomString) -> Fallible<()> {
        mutation::set_data(cx, self.id(), data.to_str().into_owned());
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "no text is as long")]
    fn length(&self, cx: &mut Cx) -> u32 {
        utf16_len(cx.engine().tree().text(self.id())) as u32
    }

    fn substring_data(&self, cx: &mut Cx, offset: u32, count: u32) -> Fallible<DomString> {
        substring(cx.engine().tree().text(self.id()), offset, count)
    }

    /// At the end, where no range has to follow.
    fn append_data(&self, cx: &mut Cx, data: DomString) -> Fallible<()> {
        let new = format!("{}{}", cx.engine().tree().text(self.id()), data.to_str());
        mutation::change_data(cx, self.id(), new, |_| {});
        Ok(())
    }

    fn insert_data(&self, cx: &mut Cx, offset: u32, data: DomString) -> Fallible<()> {
        replace(cx, self.id(), offset, 0, &data)
    }

    fn delete_data(&self, cx: &mut Cx, offset: u32, count: u32) -> Fallible<()> {
        replace(cx, self.id(), offset, count, &DomString::empty())
    }

    fn replace_data(&self, cx: &mut Cx, offset: u32, count: u32, data: DomString) -> Fallible<()> {
        replace(cx, self.id(), offset, count, &data)
    }
}

impl TextMethods for Obj<Text> {
    /// <https://dom.spec.whatwg.org/#dom-text-text>
    fn constructor(cx: &mut Cx, data: DomString) -> Fallible<Self> {
        let document = cx.document_id();
        let id = cx.engine().tree_mut().create_text(document, data.to_str().into_owned());
        super::document::made(cx, id)
    }

    /// <https://dom.spec.whatwg.org/#dom-text-splittext>
    fn split_text(&self, cx: &mut Cx, offset: u32) -> Fallible<Obj<Text>> {
        let new = split(cx, self.id(), offset)?;
        super::document::made(cx, new)
    }

    /// <https://dom.spec.whatwg.org/#dom-text-wholetext>
    fn whole_text(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        let mut first = self.id();
        while let Some(previous) = tree.prev_sibling(first).filter(|id| tree.is_text(*id)) {
            first = previous;
        }
        let mut text = String::new();
        let mut at = Some(first);
        while let Some(id) = at.filter(|id| tree.is_text(*id)) {
            text.push_str(tree.text(id));
            at = tree.next_sibling(id);
        }
        DomString::from(text)
    }
}

impl CDATASectionMethods for Obj<CDATASection> {}

impl CommentMethods for Obj<Comment> {
    /// <https://dom.spec.whatwg.org/#dom-comment-comment>
    fn constructor(cx: &mut Cx, data: DomString) -> Fallible<Self> {
        let document = cx.document_id();
        let id = cx.engine().tree_mut().create_comment(document, data.to_str().into_owned());
        super::document::made(cx, id)
    }
}

impl ProcessingInstructionMethods for Obj<ProcessingInstruction> {
    fn target(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        DomString::from(
            tree.processing_instruction(self.id()).map_or("", |instruction| &instruction.target),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_code_units() {
        let check = |text: &str, offset, count, expected: Option<&str>| {
            let result = substring(text, offset, count).ok();
            assert_eq!(result.as_ref().map(|s| s.to_str().into_owned()).as_deref(), expected);
        };
        check("abc", 1, 1, Some("b"));
        check("abc", 1, 99, Some("bc"));
        check("abc", 3, 1, Some(""));
        check("abc", 4, 1, None);
        check("ä𝄞b", 1, 2, Some("𝄞"));
        check("ä𝄞b", 3, 1, Some("b"));
        check("ä𝄞b", 5, 0, None);
        assert_eq!(utf16_len("ä𝄞b"), 4);
    }
}
