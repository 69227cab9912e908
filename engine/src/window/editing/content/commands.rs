//! `document.execCommand` and what it can say:
//! <https://w3c.github.io/editing/docs/execCommand/#methods-to-query-and-execute-commands>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::{block, delete, editing, inline, insert, log, perform};
use crate::{
    agent::EngineCx,
    dom::Document,
    generated::DocumentEditingMethods,
    window::editing::{self as all, ClipboardAction, Edit},
};

/// All commands, in lower case, with the `inputType` of the event that tells of
/// them.
const COMMANDS: &[(&str, &str)] = &[
    ("backcolor", "formatBackColor"),
    ("bold", "formatBold"),
    ("copy", ""),
    ("createlink", "insertLink"),
    ("cut", "deleteByCut"),
    ("defaultparagraphseparator", ""),
    ("delete", "deleteContentBackward"),
    ("fontname", "formatFontName"),
    ("fontsize", "formatFontSize"),
    ("forecolor", "formatFontColor"),
    ("formatblock", "formatBlock"),
    ("forwarddelete", "deleteContentForward"),
    ("hilitecolor", "formatBackColor"),
    ("indent", "formatIndent"),
    ("inserthorizontalrule", "insertHorizontalRule"),
    ("inserthtml", "insertHTML"),
    ("insertimage", "insertImage"),
    ("insertlinebreak", "insertLineBreak"),
    ("insertorderedlist", "insertOrderedList"),
    ("insertparagraph", "insertParagraph"),
    ("inserttext", "insertText"),
    ("insertunorderedlist", "insertUnorderedList"),
    ("italic", "formatItalic"),
    ("justifycenter", "formatJustifyCenter"),
    ("justifyfull", "formatJustifyFull"),
    ("justifyleft", "formatJustifyLeft"),
    ("justifyright", "formatJustifyRight"),
    ("outdent", "formatOutdent"),
    ("paste", "insertFromPaste"),
    ("redo", "historyRedo"),
    ("removeformat", "formatRemove"),
    ("selectall", ""),
    ("strikethrough", "formatStrikeThrough"),
    ("stylewithcss", ""),
    ("subscript", "formatSubscript"),
    ("superscript", "formatSuperscript"),
    ("underline", "formatUnderline"),
    ("undo", "historyUndo"),
    ("unlink", ""),
];

fn find(command: &DomString) -> Option<(&'static str, &'static str)> {
    let name = command.to_str().to_ascii_lowercase();
    COMMANDS.iter().copied().find(|(known, _)| *known == name)
}

/// Runs a command in a text field, where few make sense.
fn in_field(cx: &mut Cx, field: virga_dom::NodeId, name: &str, value: &str) -> Option<bool> {
    let edit = match name {
        "inserttext" if value.is_empty() => Edit::remove(),
        "inserttext" => Edit::insert(value),
        "insertlinebreak" | "insertparagraph" => Edit::insert("\n"),
        "delete" => Edit::backward(),
        "forwarddelete" => Edit::forward(),
        _ => return None,
    };
    all::edit(cx, field, &edit);
    Some(true)
}

/// Runs a command on what has the selection; whether it did anything.
pub(crate) fn command(cx: &mut Cx, command: &DomString, value: &str) -> bool {
    let Some((name, input_type)) = find(command) else { return false };
    match name {
        "copy" => all::clipboard::copy_or_cut(cx, ClipboardAction::Copy),
        "cut" => all::clipboard::copy_or_cut(cx, ClipboardAction::Cut),
        // A page reads the clipboard with the user's consent only.
        "paste" => return false,
        "selectall" => {
            let field = all::field_of(cx);
            all::select_all(cx, field);
        }
        "undo" => return all::undo(cx),
        "redo" => return all::redo(cx),
        "stylewithcss" => {}
        "defaultparagraphseparator" => {
            let value = value.to_ascii_lowercase();
            if !matches!(value.as_str(), "div" | "p") {
                return false;
            }
            cx.window().input.content.paragraphs.set(value == "p");
        }
        _ => {
            if let Some(field) = all::field_of(cx) {
                return in_field(cx, field, name, value).unwrap_or(false);
            }
            let Some(editing) = editing(cx) else { return false };
            let data = (name == "inserttext").then_some(value);
            let plain = super::is_plain(cx, editing.host);
            let formats = input_type.starts_with("format") || input_type == "insertLink";
            if plain && formats {
                return false;
            }
            perform(cx, editing.host, input_type, data, |cx, log| {
                change(cx, log, name, value);
            });
        }
    }
    true
}

fn change(cx: &mut Cx, log: &mut log::Log, name: &str, value: &str) {
    if let Some(style) = inline::style(name) {
        return inline::toggle(cx, log, style);
    }
    match name {
        "inserttext" if value.is_empty() => delete::selection(cx, log),
        "inserttext" => insert::lines(cx, log, value),
        "inserthtml" => insert::html(cx, log, value),
        "inserthorizontalrule" => insert::html(cx, log, "<hr>"),
        "insertimage" => {
            let source = value.replace('&', "&amp;").replace('"', "&quot;");
            insert::html(cx, log, &format!("<img src=\"{source}\">"));
        }
        "insertparagraph" => insert::paragraph(cx, log),
        "insertlinebreak" => insert::line_break(cx, log),
        "delete" => delete::next_to_caret(cx, log, false, "character"),
        "forwarddelete" => delete::next_to_caret(cx, log, true, "character"),
        "createlink" if !value.is_empty() => inline::link(cx, log, value),
        "unlink" => inline::unlink(cx, log),
        "removeformat" => inline::remove_format(cx, log),
        "forecolor" => inline::style_with(cx, log, "color", value),
        "backcolor" | "hilitecolor" => inline::style_with(cx, log, "background-color", value),
        "fontname" => inline::style_with(cx, log, "font-family", value),
        "fontsize" => {
            let sizes = ["x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"];
            let size = value.trim().parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            if let Some(size) = size.and_then(|at| sizes.get(at)) {
                inline::style_with(cx, log, "font-size", size);
            }
        }
        "formatblock" => block::format(cx, log, value),
        "insertorderedlist" => block::toggle_list(cx, log, "ol"),
        "insertunorderedlist" => block::toggle_list(cx, log, "ul"),
        "indent" => block::indent(cx, log),
        "outdent" => block::outdent(cx, log),
        "justifyleft" => block::align(cx, log, "left"),
        "justifyright" => block::align(cx, log, "right"),
        "justifycenter" => block::align(cx, log, "center"),
        "justifyfull" => block::align(cx, log, "justify"),
        _ => {}
    }
}

fn enabled(cx: &mut Cx, name: &str) -> bool {
    match name {
        "copy" => {
            super::selected_text(cx).is_some()
                || all::field_of(cx).is_some_and(|field| {
                    let (anchor, caret) = all::selection_of(&cx.engine().tree(), field);
                    anchor != caret
                })
        }
        "paste" => false,
        "selectall" | "stylewithcss" | "defaultparagraphseparator" => true,
        "undo" => all::can_undo(cx),
        "redo" => all::can_redo(cx),
        _ => all::field_of(cx).is_some() || editing(cx).is_some(),
    }
}

fn state(cx: &mut Cx, name: &str) -> bool {
    if let Some(style) = inline::style(name) {
        return inline::state(cx, style);
    }
    match name {
        "insertorderedlist" => block::is_in_list(cx, "ol"),
        "insertunorderedlist" => block::is_in_list(cx, "ul"),
        "justifyleft" => aligned(cx, &["left", "start"]),
        "justifyright" => aligned(cx, &["right", "end"]),
        "justifycenter" => aligned(cx, &["center"]),
        "justifyfull" => aligned(cx, &["justify"]),
        _ => false,
    }
}

fn computed(cx: &mut Cx, name: &str) -> Option<String> {
    let node = editing(cx)?.range.start().node;
    let element = {
        let agent = cx.engine();
        let tree = agent.tree();
        if tree.is_element(node) { node } else { tree.parent_element(node)? }
    };
    crate::window::rendering::computed(cx, element, name)
}

fn aligned(cx: &mut Cx, values: &[&str]) -> bool {
    computed(cx, "text-align").is_some_and(|value| values.contains(&value.as_str()))
}

fn value(cx: &mut Cx, name: &str) -> String {
    match name {
        "formatblock" => block::name(cx).unwrap_or_default(),
        "forecolor" => computed(cx, "color").unwrap_or_default(),
        "backcolor" | "hilitecolor" => computed(cx, "background-color").unwrap_or_default(),
        "fontname" => computed(cx, "font-family").unwrap_or_default(),
        "fontsize" => computed(cx, "font-size").unwrap_or_default(),
        "defaultparagraphseparator" => {
            if cx.window().input.content.paragraphs.get() { "p" } else { "div" }.to_owned()
        }
        _ if inline::style(name).is_some() => state(cx, name).to_string(),
        _ => String::new(),
    }
}

impl DocumentEditingMethods for Obj<Document> {
    fn exec_command(
        &self,
        cx: &mut Cx,
        command_id: DomString,
        _show_ui: bool,
        value: DomString,
    ) -> Fallible<bool> {
        let id = self.id();
        Ok(cx.in_window_of(id, |cx| command(cx, &command_id, &value.to_str())))
    }

    fn query_command_enabled(&self, cx: &mut Cx, command_id: DomString) -> Fallible<bool> {
        Ok(find(&command_id).is_some_and(|(name, _)| enabled(cx, name)))
    }

    fn query_command_indeterm(&self, _: &mut Cx, _: DomString) -> Fallible<bool> {
        Ok(false)
    }

    fn query_command_state(&self, cx: &mut Cx, command_id: DomString) -> Fallible<bool> {
        Ok(find(&command_id).is_some_and(|(name, _)| state(cx, name)))
    }

    fn query_command_supported(&self, _: &mut Cx, command_id: DomString) -> Fallible<bool> {
        Ok(find(&command_id).is_some_and(|(name, _)| name != "paste"))
    }

    fn query_command_value(&self, cx: &mut Cx, command_id: DomString) -> Fallible<DomString> {
        Ok(find(&command_id).map(|(name, _)| value(cx, name)).unwrap_or_default().into())
    }

    /// <https://html.spec.whatwg.org/#designMode>
    fn design_mode(&self, cx: &mut Cx) -> DomString {
        let window = cx.engine().window_of_document(self.id());
        let on = window.is_some_and(|window| window.input.content.design_mode.get());
        if on { "on" } else { "off" }.into()
    }

    fn set_design_mode(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let Some(window) = cx.engine().window_of_document(self.id()) else { return Ok(()) };
        match value.to_str().to_ascii_lowercase().as_str() {
            "on" => window.input.content.design_mode.set(true),
            "off" => window.input.content.design_mode.set(false),
            _ => {}
        }
        Ok(())
    }
}
