//! The style sheets of elements.

use url::Url;
use virga_dom::NodeId;
use virga_dom::style::{Import, Stylesheet, limits::TooComplex};
use virga_js::Cx;

use super::window_for;
use crate::agent::EngineCx;

/// Gives an element its style sheet, in place of the one it had. Its imports, if
/// it could be parsed.
pub(crate) fn set_stylesheet(
    cx: &Cx,
    owner: NodeId,
    css: &str,
    base: &Url,
    media: &str,
) -> Result<Vec<Import>, TooComplex> {
    let agent = cx.engine();
    let window = window_for(cx, owner);
    let tree = agent.tree();
    let sheet = Stylesheet::parse(&tree, window.document_id(), css, base, media)?;
    let imports = sheet.imports().to_vec();
    window.view.borrow_mut().set_stylesheet(&tree, owner, Some(sheet));
    crate::cssom::sheet_gone(cx, owner);
    Ok(imports)
}

/// Switches an element's style sheet off.
pub(crate) fn disable_stylesheet(cx: &Cx, owner: NodeId) {
    let agent = cx.engine();
    let window = window_for(cx, owner);
    let tree = agent.tree();
    let mut view = window.view.borrow_mut();
    let Some(sheet) = view.stylesheet(owner).map(|sheet| sheet.clone()) else { return };
    view.change_sheet(&tree, &sheet, |sheet| {
        sheet.set_disabled(true);
    });
}

/// Gives an import of an element's style sheet its text; the imports of that.
pub(crate) fn set_import(
    cx: &Cx,
    owner: NodeId,
    import: &Import,
    css: &str,
    base: &Url,
) -> Result<Vec<Import>, TooComplex> {
    let agent = cx.engine();
    let window = window_for(cx, owner);
    let tree = agent.tree();
    let mut view = window.view.borrow_mut();
    let Some(sheet) = view.stylesheet(owner) else { return Ok(Vec::new()) };
    let imports = sheet.set_import(&tree, window.document_id(), import, css, base)?;
    view.stylesheets_changed();
    Ok(imports)
}

/// Takes an element's style sheet away.
pub(crate) fn remove_stylesheet(cx: &Cx, owner: NodeId) {
    let agent = cx.engine();
    let window = window_for(cx, owner);
    window.view.borrow_mut().set_stylesheet(&agent.tree(), owner, None);
    crate::cssom::sheet_gone(cx, owner);
}
