//! Editing in place: `contenteditable` and `designMode`.

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::{ClipboardData, KeyEvent, Point};

use crate::data_transfer::DataTransfer;

pub(crate) fn is_active(cx: &Cx) -> bool {
    let _ = cx;
    false
}
pub(crate) fn host_of(tree: &Tree, node: NodeId) -> Option<NodeId> {
    let _ = (tree, node);
    None
}
pub(crate) fn active_host(cx: &Cx) -> Option<NodeId> {
    let _ = cx;
    None
}
pub(crate) fn insert_text(cx: &mut Cx, text: &str, input_type: &str) {
    let _ = (cx, text, input_type);
}
pub(crate) fn drop_text(
    cx: &mut Cx,
    element: NodeId,
    text: &str,
    transfer: &Obj<DataTransfer>,
    position: Point,
) {
    let _ = (cx, element, text, transfer, position);
}
pub(crate) fn key(cx: &mut Cx, input: &KeyEvent) -> bool {
    let _ = (cx, input);
    false
}
pub(crate) fn select_all(cx: &mut Cx) {
    let _ = cx;
}
pub(crate) fn undo(cx: &mut Cx) -> bool {
    let _ = cx;
    false
}
pub(crate) fn redo(cx: &mut Cx) -> bool {
    let _ = cx;
    false
}
pub(crate) fn selected_text(cx: &mut Cx) -> Option<String> {
    let _ = cx;
    None
}
pub(crate) fn selected_data(cx: &mut Cx) -> Option<ClipboardData> {
    let _ = cx;
    None
}
pub(crate) fn selection_element(cx: &mut Cx) -> Option<NodeId> {
    let _ = cx;
    None
}
pub(crate) fn delete_selection(cx: &mut Cx, input_type: &str) {
    let _ = (cx, input_type);
}
pub(crate) fn compose(cx: &mut Cx, units: usize, text: &str) -> Option<usize> {
    let _ = (cx, units, text);
    None
}
pub(crate) fn paste(cx: &mut Cx, data: &ClipboardData, transfer: &Obj<DataTransfer>) {
    let _ = (cx, data, transfer);
}
