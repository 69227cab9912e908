//! Submitting a form: <https://html.spec.whatwg.org/#concept-form-submit>

use encoding_rs::Encoding;
use url::Url;
use virga_dom::{NodeId, tree::ControlFlags};
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use super::{
    entries::{self, Entry, Submitter},
    owner, validity_state,
};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, EventTarget},
    html::{HTMLFormElement, attribute, dialog, has_attribute},
    loading,
};

/// Who asks for a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// `form.submit()`, which asks nobody.
    SubmitMethod,
    /// A button, a key or `requestSubmit()`.
    Button,
}

/// <https://html.spec.whatwg.org/#concept-form-submit>; `button` is the
/// submitter.
pub(crate) fn submit(cx: &mut Cx, form: NodeId, button: Option<NodeId>, by: By) {
    let submitter = button.map(|button| Submitter { button, at: (0, 0) });
    submit_with(cx, form, submitter, by);
}

/// As [`submit`], with the place where an image button was clicked.
pub(crate) fn submit_with(cx: &mut Cx, form: NodeId, submitter: Option<Submitter>, by: By) {
    let agent = cx.engine();
    // 1.
    if !agent.tree().is_connected(form) {
        return;
    }
    let Some(element) = cx.wrap_as::<HTMLFormElement>(form) else { return };
    // 2.
    if element.is_constructing_entries() {
        return;
    }
    // 5.
    if by == By::Button && !is_wanted(cx, &element, submitter) {
        return;
    }
    // 6.–7.
    let encoding = pick_encoding(cx, form);
    let Some(entries) = construct(cx, &element, submitter, encoding) else { return };
    if !agent.tree().is_connected(form) {
        return;
    }
    // 9.–
    let says = |cx: &Cx, name: &str| {
        submitter
            .and_then(|submitter| attribute(cx, submitter.button, &format!("form{name}")))
            .or_else(|| attribute(cx, form, name))
            .unwrap_or_default()
    };
    let method = says(cx, "method").to_ascii_lowercase();
    if method != "dialog" && !cx.window().sandbox().forms {
        let text = "A form was not submitted: its document is sandboxed without allow-forms";
        return agent.console(ConsoleLevel::Error, text.to_owned(), None);
    }
    if method == "dialog" {
        return close_dialog(cx, form, submitter);
    }
    let action = says(cx, "action");
    let window = cx.window();
    let url = if action.is_empty() { Ok(window.url()) } else { window.parse_url(&agent, &action) };
    let Ok(url) = url else {
        let text = format!("A form was not submitted: its action {action:?} is not a valid URL");
        return agent.console(ConsoleLevel::Error, text, None);
    };
    let enctype = says(cx, "enctype").to_ascii_lowercase();
    let plan = match (url.scheme(), method.as_str()) {
        ("http" | "https", "post") => {
            Plan { url, post: Some(body(cx, &entries, &enctype, encoding)) }
        }
        ("javascript", _) | ("data", "post") => Plan { url, post: None },
        ("mailto", _) => {
            let text = "A form was not submitted: sending mail is not supported";
            return agent.console(ConsoleLevel::Error, text.to_owned(), None);
        }
        _ => Plan { url: with_query(url, &entries, encoding), post: None },
    };
    // Its target: the submitter's, the form's, or that of a `base` element.
    let target = submitter
        .and_then(|submitter| attribute(cx, submitter.button, "formtarget"))
        .unwrap_or_else(|| loading::target_of(cx, &[form]));
    plan_to_navigate(cx, &element, plan, target);
}

/// Step 5: whether the constraints hold and no listener prevents the submission.
fn is_wanted(cx: &mut Cx, element: &Obj<HTMLFormElement>, submitter: Option<Submitter>) -> bool {
    let agent = cx.engine();
    let form = element.id();
    // 5.1.–5.2.
    if !element.begin_submission_events() {
        return false;
    }
    // 5.3.
    {
        let mut tree = agent.tree_mut();
        for id in owner::submittable(&tree, form) {
            tree.set_control_flags(id, ControlFlags::USER_VALIDITY, true);
        }
    }
    // 5.4.
    let validates = !has_attribute(cx, form, "novalidate")
        && !submitter
            .is_some_and(|submitter| has_attribute(cx, submitter.button, "formnovalidate"));
    let go = if validates && !validity_state::report_form(cx, form) {
        false
    } else {
        // 5.5.–5.6.
        let target: Obj<EventTarget> = element.upcast();
        let event = super::submit_event(cx, submitter.map(|submitter| submitter.button));
        events::dispatch(cx, &target, &event)
    };
    // 5.7.–5.9.
    element.end_submission_events();
    go && agent.tree().is_connected(form)
}

/// <https://html.spec.whatwg.org/#constructing-the-form-data-set>: `None` while
/// it is under way already.
pub(crate) fn construct(
    cx: &mut Cx,
    form: &Obj<HTMLFormElement>,
    submitter: Option<Submitter>,
    encoding: &'static Encoding,
) -> Option<Vec<Entry>> {
    // 1.–2.
    if !form.begin_entries() {
        return None;
    }
    let entries = entries::collect(cx, form.id(), submitter, encoding);
    // 6.–8.
    let entries = crate::xhr::fire_formdata(cx, &form.upcast(), entries);
    form.end_entries();
    Some(entries)
}

/// <https://html.spec.whatwg.org/#picking-an-encoding-for-the-form>
fn pick_encoding(cx: &Cx, form: NodeId) -> &'static Encoding {
    let stated = attribute(cx, form, "accept-charset").and_then(|labels| {
        labels.split_ascii_whitespace().find_map(|label| Encoding::for_label(label.as_bytes()))
    });
    let encoding =
        stated.or_else(|| Encoding::for_label(cx.window().loading.encoding().as_bytes()));
    encoding.unwrap_or(encoding_rs::UTF_8).output_encoding()
}

/// "Mutate action URL"
fn with_query(mut url: Url, entries: &[Entry], encoding: &'static Encoding) -> Url {
    url.set_query(Some(&entries::urlencoded(entries, encoding)));
    url
}

/// "Submit as entity body"
fn body(
    cx: &mut Cx,
    entries: &[Entry],
    enctype: &str,
    encoding: &'static Encoding,
) -> loading::PostBody {
    match enctype {
        "multipart/form-data" => {
            let boundary = entries::boundary(cx);
            loading::PostBody {
                body: entries::multipart(entries, &boundary, encoding),
                content_type: format!("multipart/form-data; boundary={boundary}"),
            }
        }
        "text/plain" => loading::PostBody {
            body: entries::plain_text(entries, encoding),
            content_type: "text/plain".to_owned(),
        },
        _ => loading::PostBody {
            body: entries::urlencoded(entries, encoding).into_bytes(),
            content_type: "application/x-www-form-urlencoded".to_owned(),
        },
    }
}

/// Where a submission leads.
struct Plan {
    url: Url,
    post: Option<loading::PostBody>,
}

/// <https://html.spec.whatwg.org/#plan-to-navigate>: a later submission of the
/// same form takes its place.
fn plan_to_navigate(cx: &mut Cx, form: &Obj<HTMLFormElement>, plan: Plan, target: String) {
    let number = form.plan_navigation();
    let form = form.clone();
    let window = cx.window_id();
    cx.engine().queue_task(TaskSource::Dom, window, move |cx| {
        if form.is_planned(number) {
            let destination = loading::Destination::Url(plan.url, plan.post);
            let rel = cx.engine().attribute(form.id(), "rel").unwrap_or_default();
            loading::navigate_target(cx, &target, &rel, destination);
        }
    });
}

/// A form with `method=dialog` closes the dialog around it.
fn close_dialog(cx: &mut Cx, form: NodeId, submitter: Option<Submitter>) {
    let found = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.ancestors(form).find(|&id| tree.is_html_element(id, "dialog"))
    };
    let Some(found) = found else { return };
    let result = submitter.and_then(|submitter| {
        if super::kind::InputType::of(&cx.engine().tree(), submitter.button)
            == Some(super::kind::InputType::Image)
        {
            return Some(format!("{},{}", submitter.at.0, submitter.at.1));
        }
        attribute(cx, submitter.button, "value")
    });
    if has_attribute(cx, found, "open") {
        dialog::close(cx, found, result);
    }
}
