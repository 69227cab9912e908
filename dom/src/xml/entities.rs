//! Entities: <https://www.w3.org/TR/xml/#sec-entity-decl>

use super::chars::is_char;
use super::reader::{Reader, Step, fail};
use markup5ever::data::NAMED_ENTITIES;
use rustc_hash::FxHashMap;

/// How much text entities may expand to, in bytes: a few short declarations can
/// stand for more than any memory holds.
const MAX_EXPANSION: usize = 10 << 20;

/// How deep entities may refer to each other.
pub(super) const MAX_DEPTH: usize = 40;

/// Document types whose entities are those of HTML.
///
/// <https://html.spec.whatwg.org/multipage/xhtml.html#parsing-xhtml-documents>
const HTML_TYPES: &[&str] = &[
    "-//W3C//DTD XHTML 1.0 Transitional//EN",
    "-//W3C//DTD XHTML 1.1//EN",
    "-//W3C//DTD XHTML 1.0 Strict//EN",
    "-//W3C//DTD XHTML 1.0 Frameset//EN",
    "-//W3C//DTD XHTML Basic 1.0//EN",
    "-//W3C//DTD XHTML 1.1 plus MathML 2.0//EN",
    "-//W3C//DTD XHTML 1.1 plus MathML 2.0 plus SVG 1.1//EN",
    "-//W3C//DTD MathML 2.0//EN",
    "-//WAPFORUM//DTD XHTML Mobile 1.0//EN",
    "-//WAPFORUM//DTD XHTML Mobile 1.1//EN",
    "-//WAPFORUM//DTD XHTML Mobile 1.2//EN",
];

/// What an entity stands for.
#[derive(Clone, Debug)]
pub(super) enum Entity {
    /// Its replacement text, which may hold markup.
    Internal(String),
    /// A resource, which is not read.
    External,
}

/// The general entities of a document.
#[derive(Debug, Default)]
pub(super) struct Entities {
    declared: FxHashMap<String, Entity>,
    html: bool,
    /// There are declarations that were not read: an unknown entity may be
    /// declared there.
    pub(super) has_unread: bool,
    expanded: usize,
}

impl Entities {
    /// Takes note of the document type.
    pub(super) fn set_public_id(&mut self, public_id: &str) {
        self.html = HTML_TYPES.contains(&public_id);
    }

    /// Declares an entity; of several declarations the first is binding.
    pub(super) fn declare(&mut self, name: String, entity: Entity) {
        self.declared.entry(name).or_insert(entity);
    }

    /// What an entity stands for, beyond the five that XML itself has.
    pub(super) fn find(&mut self, name: &str) -> Step<Entity> {
        if let Some(entity) = self.declared.get(name) {
            let entity = entity.clone();
            if let Entity::Internal(text) = &entity {
                self.expanded += text.len();
                if self.expanded > MAX_EXPANSION {
                    return fail("the entities of the document expand to too much text");
                }
            }
            return Ok(entity);
        }
        if self.html
            && let Some(&(first, second)) = NAMED_ENTITIES.get(format!("{name};").as_str())
        {
            let chars = [first, second].into_iter().filter(|code| *code != 0);
            return Ok(Entity::Internal(chars.filter_map(char::from_u32).collect()));
        }
        fail(format!("the entity \"{name}\" is not declared"))
    }
}

/// What a reference stands for.
#[derive(Debug)]
pub(super) enum Reference {
    /// A character, that of a predefined entity included.
    Char(char),
    /// A general entity of this name.
    Entity(String),
}

/// Reads a reference, the `&` included.
pub(super) fn reference(reader: &mut Reader) -> Step<Reference> {
    reader.expect("&", "at a reference")?;
    if reader.eat("#")? {
        return Ok(Reference::Char(character(reader)?));
    }
    let name = reader.name("an entity")?;
    reader.expect(";", "after the name of an entity")?;
    Ok(match name.as_str() {
        "amp" => Reference::Char('&'),
        "lt" => Reference::Char('<'),
        "gt" => Reference::Char('>'),
        "quot" => Reference::Char('"'),
        "apos" => Reference::Char('\''),
        _ => Reference::Entity(name),
    })
}

/// Reads a character reference after its `&#`.
pub(super) fn character(reader: &mut Reader) -> Step<char> {
    let radix = if reader.eat("x")? { 16 } else { 10 };
    let digits = reader.until(";", "a character reference")?;
    let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let code = valid.then(|| u32::from_str_radix(&digits, radix).ok()).flatten();
    match code.and_then(char::from_u32).filter(|c| is_char(*c)) {
        Some(c) => Ok(c),
        None => fail(format!("\"{digits}\" is not the number of a character")),
    }
}
