//! <https://html.spec.whatwg.org/#document.title>

use virga_dom::NodeId;
use virga_js::Cx;
use virga_protocol::FromApp;

use crate::agent::{Agent, EngineCx};

/// The text of the first `title` element, white space collapsed.
pub(crate) fn title(agent: &Agent, document: NodeId) -> String {
    let tree = agent.tree();
    let Some(title) = tree.descendants(document).find(|&id| tree.is_html_element(id, "title"))
    else {
        return String::new();
    };
    tree.child_text_content(title).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells the host the title, if it may have changed in the task that ends.
pub(crate) fn send_title(cx: &mut Cx) {
    let agent = cx.engine();
    let Some(window) = agent.shown_window() else { return };
    if !window.loading.title_changed.take() {
        return;
    }
    let title = title(&agent, window.document_id());
    let changed = window.loading.title.borrow().as_deref() != Some(&title);
    if changed {
        window.loading.title.replace(Some(title.clone()));
        agent.send(FromApp::Title(title));
    }
}
