//! Tags: <https://www.w3.org/TR/xml/#sec-starttags>

use super::chars::{is_char, is_space};
use super::entities::{self, Entities, Entity, MAX_DEPTH, Reference};
use super::names::RawAttribute;
use super::reader::{Reader, Step, fail};

/// A start tag as it is written.
#[derive(Debug)]
pub(super) struct StartTag {
    pub(super) name: String,
    pub(super) attributes: Vec<RawAttribute>,
    /// It is its own end tag.
    pub(super) empty: bool,
}

/// Reads a start tag after its `<`.
pub(super) fn start_tag(reader: &mut Reader, entities: &mut Entities) -> Step<StartTag> {
    let name = reader.name("an element")?;
    let mut attributes: Vec<RawAttribute> = Vec::new();
    loop {
        let spaced = reader.space()?;
        if reader.eat("/>")? {
            return Ok(StartTag { name, attributes, empty: true });
        }
        if reader.eat(">")? {
            return Ok(StartTag { name, attributes, empty: false });
        }
        if !spaced {
            return fail(format!("expected white space or the end of the tag <{name}>"));
        }
        let attribute = reader.name("an attribute")?;
        reader.space()?;
        reader.expect("=", "after the name of an attribute")?;
        reader.space()?;
        let value = attribute_value(reader, entities, &attribute)?;
        if attributes.iter().any(|(known, _)| *known == attribute) {
            return fail(format!("the attribute \"{attribute}\" is there twice"));
        }
        attributes.push((attribute, value));
    }
}

/// Reads an end tag after its `</`: its name.
pub(super) fn end_tag(reader: &mut Reader) -> Step<String> {
    let name = reader.name("an element")?;
    reader.space()?;
    reader.expect(">", "at the end of an end tag")?;
    Ok(name)
}

fn attribute_value(reader: &mut Reader, entities: &mut Entities, name: &str) -> Step<String> {
    let quote = match reader.peek()? {
        Some(quote @ ('"' | '\'')) => quote,
        _ => return fail(format!("the value of the attribute \"{name}\" is not in quotes")),
    };
    reader.skip(1);
    let mut value = String::new();
    read_value(reader, entities, Some(quote), 0, &mut value)?;
    Ok(value)
}

/// Reads the value of an attribute up to its quote, or the replacement text of
/// an entity in it to its end, normalized.
///
/// <https://www.w3.org/TR/xml/#AVNormalize>
fn read_value(
    reader: &mut Reader,
    entities: &mut Entities,
    quote: Option<char>,
    depth: usize,
    value: &mut String,
) -> Step<()> {
    loop {
        let Some(c) = reader.peek()? else {
            return if quote.is_none() {
                Ok(())
            } else {
                fail("the value of an attribute has no end")
            };
        };
        match c {
            c if Some(c) == quote => {
                reader.skip(1);
                return Ok(());
            }
            '<' => return fail("\"<\" cannot be in the value of an attribute"),
            '&' => match entities::reference(reader)? {
                Reference::Char(c) => value.push(c),
                Reference::Entity(name) => {
                    if depth >= MAX_DEPTH {
                        return fail(format!("the entity \"{name}\" refers to itself"));
                    }
                    match entities.find(&name)? {
                        Entity::Internal(text) => {
                            let mut inner = Reader::whole(&text);
                            read_value(&mut inner, entities, None, depth + 1, value)?;
                        }
                        Entity::External => {
                            return fail(format!(
                                "the entity \"{name}\" is external: an attribute cannot use it"
                            ));
                        }
                    }
                }
            },
            c if is_space(c) => {
                value.push(' ');
                reader.skip(1);
            }
            c if is_char(c) => {
                value.push(c);
                reader.skip(c.len_utf8());
            }
            c => return fail(format!("the character U+{:04X} is not allowed", u32::from(c))),
        }
    }
}

/// Reads the XML declaration, if the document begins with one.
///
/// <https://www.w3.org/TR/xml/#NT-XMLDecl>
pub(super) fn xml_declaration(reader: &mut Reader) -> Step<()> {
    let is_declaration = ["<?xml ", "<?xml\t", "<?xml\n"]
        .into_iter()
        .try_fold(false, |found, start| Ok(found || reader.looking_at(start)?))?;
    if !is_declaration {
        return Ok(());
    }
    reader.skip("<?xml".len());
    let text = reader.until("?>", "the XML declaration")?;
    let mut inner = Reader::whole(&text);
    let mut next = 0;
    while inner.space()? && !inner.is_at_end()? {
        let name = inner.name("a part of the XML declaration")?;
        inner.space()?;
        inner.expect("=", "in the XML declaration")?;
        inner.space()?;
        let value = inner.literal("a value")?;
        let place = ["version", "encoding", "standalone"].iter().position(|known| *known == name);
        let valid = match place {
            Some(0) => value.strip_prefix("1.").is_some_and(|minor| {
                !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())
            }),
            Some(1) => {
                value.starts_with(|c: char| c.is_ascii_alphabetic())
                    && value.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
            }
            Some(2) => value == "yes" || value == "no",
            _ => false,
        };
        match place {
            Some(place) if valid && place >= next && (next > 0 || place == 0) => next = place + 1,
            _ => return fail(format!("the XML declaration cannot have {name}=\"{value}\"")),
        }
    }
    if next == 0 || !inner.is_at_end()? {
        return fail("the XML declaration is not complete");
    }
    Ok(())
}
