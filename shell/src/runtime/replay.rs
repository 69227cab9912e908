//! The loop of an app that is replayed from a log: no clock, no bridge.

use std::{mem::ManuallyDrop, rc::Rc, sync::Arc};

use virga_engine::{App, FontSet};

use super::{
    Event, Halt, Launch, Milestone, Source,
    host::{NoHands, Show},
    live::halted,
};
use crate::log::{Script, ScriptHost};

pub(super) fn run(launch: Launch) {
    let Source::Log(log) = launch.source else { return };
    let show = Show {
        outbox: launch.outbox.clone(),
        mailbox: launch.mailbox,
        timeline: Arc::clone(&launch.timeline),
    };
    let script = Script::new(*log);
    let host = ScriptHost::new(Rc::clone(&script), Box::new(show));
    launch.pulse.begin();
    let mut app = ManuallyDrop::new(App::new(launch.config, FontSet::bundled(), Box::new(host)));
    app.enable_internals(Box::new(NoHands));
    launch.timeline.mark(Milestone::Engine);
    app.run();
    loop {
        let Some(inbound) = script.borrow_mut().next_inbound() else { break };
        app.receive(inbound);
        app.run();
        launch.pulse.begin();
    }
    launch.pulse.end();
    let diverged = script.borrow().diverged().map(str::to_owned);
    launch.outbox.post(diverged.map_or(Event::Halted(Halt::EndOfLog), Event::Diverged));
    drop(launch.orders);
    halted(&mut app, &launch.inbox, &launch.pulse);
    drop(ManuallyDrop::into_inner(app));
}
