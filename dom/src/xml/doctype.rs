//! The document type declaration: <https://www.w3.org/TR/xml/#sec-prolog-dtd>
//!
//! Of the internal subset the declarations of general entities matter; all
//! others are read to find their end.

use super::chars::{is_public_id, is_space};
use super::entities::{self, Entities, Entity};
use super::reader::{Reader, Step, fail};
use crate::tree::Doctype;

/// Reads a declaration after its `<!DOCTYPE`.
pub(super) fn read(reader: &mut Reader) -> Step<(Doctype, Entities)> {
    reader.require_space("after DOCTYPE")?;
    let name = reader.name("the document type")?;
    let mut entities = Entities::default();
    let spaced = reader.space()?;
    let external = if spaced { external_id(reader, false)? } else { None };
    let (public_id, system_id) = external.clone().unwrap_or_default();
    entities.set_public_id(&public_id);
    entities.has_unread = external.is_some();
    reader.space()?;
    if reader.eat("[")? {
        internal_subset(reader, &mut entities)?;
        reader.space()?;
    }
    reader.expect(">", "at the end of the document type declaration")?;
    Ok((Doctype { name, public_id, system_id }, entities))
}

/// Reads `SYSTEM "…"` or `PUBLIC "…" "…"`, if it comes: the public and the
/// system identifier. Of a notation the latter is optional.
fn external_id(reader: &mut Reader, notation: bool) -> Step<Option<(String, String)>> {
    if reader.eat("SYSTEM")? {
        reader.require_space("after SYSTEM")?;
        let system_id = reader.literal("a system identifier")?;
        return Ok(Some((String::new(), system_id)));
    }
    if !reader.eat("PUBLIC")? {
        return Ok(None);
    }
    reader.require_space("after PUBLIC")?;
    let public_id = reader.literal("a public identifier")?;
    if !is_public_id(&public_id) {
        return fail("the public identifier has a character that it cannot have");
    }
    // White space in it does not count.
    let public_id = public_id.split(is_space).filter(|part| !part.is_empty());
    let public_id = public_id.collect::<Vec<_>>().join(" ");
    let spaced = reader.space()?;
    if notation && reader.looking_at(">")? {
        return Ok(Some((public_id, String::new())));
    }
    if !spaced {
        return fail("expected white space after the public identifier");
    }
    let system_id = reader.literal("a system identifier")?;
    Ok(Some((public_id, system_id)))
}

fn internal_subset(reader: &mut Reader, entities: &mut Entities) -> Step<()> {
    loop {
        reader.space()?;
        if reader.eat("]")? {
            return Ok(());
        }
        if reader.eat("<!--")? {
            comment(reader)?;
        } else if reader.eat("<?")? {
            instruction(reader)?;
        } else if reader.eat("<!ENTITY")? {
            entity(reader, entities)?;
        } else if reader.eat("<!ELEMENT")?
            || reader.eat("<!ATTLIST")?
            || reader.eat("<!NOTATION")?
        {
            reader.require_space("in a declaration")?;
            reader.name("what is declared")?;
            other(reader)?;
        } else if reader.eat("%")? {
            reader.name("a parameter entity")?;
            reader.expect(";", "after the name of a parameter entity")?;
            // Its declarations are not read.
            entities.has_unread = true;
        } else {
            return fail("expected a declaration or the end of the internal subset");
        }
    }
}

/// Reads a comment after its `<!--`.
pub(super) fn comment(reader: &mut Reader) -> Step<String> {
    let text = reader.until("--", "a comment")?;
    reader.expect(">", "after \"--\" in a comment")?;
    Ok(text)
}

/// Reads a processing instruction after its `<?`: its target and its data.
pub(super) fn instruction(reader: &mut Reader) -> Step<(String, String)> {
    let target = reader.name("a processing instruction")?;
    if target.eq_ignore_ascii_case("xml") {
        return fail("an XML declaration can only stand at the start of the document");
    }
    let spaced = reader.space()?;
    let data = reader.until("?>", "a processing instruction")?;
    if !spaced && !data.is_empty() {
        return fail("expected white space after the target of a processing instruction");
    }
    Ok((target, data))
}

/// Reads the declaration of an entity after its `<!ENTITY`.
fn entity(reader: &mut Reader, entities: &mut Entities) -> Step<()> {
    reader.require_space("in the declaration of an entity")?;
    let parameter = reader.eat("%")?;
    if parameter {
        reader.require_space("in the declaration of an entity")?;
    }
    let name = reader.name("an entity")?;
    reader.require_space("after the name of an entity")?;
    let entity = if let Some(_external) = external_id(reader, false)? {
        if reader.space()? && reader.eat("NDATA")? {
            reader.require_space("after NDATA")?;
            reader.name("a notation")?;
        }
        Entity::External
    } else {
        let value = reader.literal("the value of an entity")?;
        Entity::Internal(replacement_text(&value)?)
    };
    reader.space()?;
    reader.expect(">", "at the end of the declaration of an entity")?;
    if !parameter {
        entities.declare(name, entity);
    }
    Ok(())
}

/// The replacement text of an entity: character references are expanded, others
/// stay.
fn replacement_text(value: &str) -> Step<String> {
    let mut reader = Reader::whole(value);
    let mut text = String::new();
    while let Some(c) = reader.peek()? {
        if reader.eat("&#")? {
            text.push(entities::character(&mut reader)?);
        } else if c == '%' {
            return fail("a parameter entity cannot be used in a declaration here");
        } else {
            text.push(c);
            reader.skip(c.len_utf8());
        }
    }
    Ok(text)
}

/// Reads a declaration to its end, whatever it says.
fn other(reader: &mut Reader) -> Step<()> {
    loop {
        match reader.peek()? {
            Some('>') => {
                reader.skip(1);
                return Ok(());
            }
            Some('"' | '\'') => {
                reader.literal("a value")?;
            }
            Some('<') | None => return fail("a declaration has no end"),
            Some(c) => reader.skip(c.len_utf8()),
        }
    }
}
