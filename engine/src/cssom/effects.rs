//! What edits of sheets and rules do to the documents that have them.

use virga_dom::{
    Tree,
    style::cssom::{Rule, RuleChange},
};
use virga_js::{Cx, Obj};

use super::{CSSRule, CSSStyleSheet, sheet::CssSheet as _};
use crate::{agent::EngineCx, window::Window};

/// The windows whose documents a sheet applies to.
fn windows(cx: &Cx, sheet: &Obj<CSSStyleSheet>) -> Vec<Obj<Window>> {
    let agent = cx.engine();
    let tree = agent.tree();
    let mut found: Vec<Obj<Window>> = Vec::new();
    for root in sheet.outermost().users() {
        let window = tree.owner_document(root).and_then(|id| agent.window_of_document(id));
        if let Some(window) = window
            && !found.iter().any(|other| other.id() == window.id())
        {
            found.push(window);
        }
    }
    found
}

/// A rule of a sheet was changed.
pub(super) fn rule_changed(cx: &Cx, sheet: &Obj<CSSStyleSheet>, rule: &Rule, change: RuleChange) {
    let agent = cx.engine();
    for window in windows(cx, sheet) {
        window.view.borrow_mut().rule_changed(&agent.tree(), rule, change);
    }
}

/// As [`rule_changed`], for a rule that may have left its sheet.
pub(super) fn changed(cx: &Cx, rule: &Obj<CSSRule>, change: RuleChange) {
    if let Some(sheet) = rule.sheet() {
        rule_changed(cx, &sheet, rule.rule(), change);
    }
}

/// Changes which elements a rule applies to, or when: its selector, its media.
pub(super) fn change_meaning<R>(cx: &Cx, rule: &Obj<CSSRule>, edit: impl FnOnce(&Tree) -> R) -> R {
    changed(cx, rule, RuleChange::Removed);
    let result = edit(&cx.engine().tree());
    changed(cx, rule, RuleChange::Added);
    result
}

/// Changes what decides whether a sheet applies at all, or all that is in it.
pub(super) fn change_sheet<R>(
    cx: &Cx,
    sheet: &Obj<CSSStyleSheet>,
    edit: impl FnOnce(&Tree) -> R,
) -> R {
    let agent = cx.engine();
    let own = sheet.sheet();
    let mut edit = Some(edit);
    let mut result = None;
    for window in windows(cx, sheet) {
        let tree = agent.tree();
        window.view.borrow_mut().change_sheet(&tree, &own, |_| {
            if let Some(edit) = edit.take() {
                result = Some(edit(&tree));
            }
        });
    }
    match (result, edit) {
        (Some(result), _) => result,
        (None, Some(edit)) => edit(&agent.tree()),
        (None, None) => unreachable!("an edit that was made has a result"),
    }
}
