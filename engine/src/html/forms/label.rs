//! `label` and `legend`: <https://html.spec.whatwg.org/#the-label-element>

use virga_js::{Cx, Obj};

use crate::{
    agent::EngineCx,
    generated::{HTMLLabelElementMethods, HTMLLegendElementMethods},
    html::{HTMLElement, HTMLFormElement, HTMLLabelElement, HTMLLegendElement},
};

impl HTMLLabelElementMethods for Obj<HTMLLabelElement> {
    /// <https://html.spec.whatwg.org/#dom-label-form>
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        let control = super::labeled_control(&cx.engine().tree(), self.id())?;
        super::form_of(cx, control)
    }

    /// <https://html.spec.whatwg.org/#dom-label-control>
    fn control(&self, cx: &mut Cx) -> Option<Obj<HTMLElement>> {
        let control = super::labeled_control(&cx.engine().tree(), self.id())?;
        cx.wrap_as(control)
    }
}

impl HTMLLegendElementMethods for Obj<HTMLLegendElement> {
    /// <https://html.spec.whatwg.org/#dom-legend-form>
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        let agent = cx.engine();
        let parent = agent.tree().parent(self.id())?;
        if !agent.tree().is_html_element(parent, "fieldset") {
            return None;
        }
        super::form_of(cx, parent)
    }
}
