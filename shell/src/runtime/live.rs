//! The loop of an app that runs in the world.

use std::{mem::ManuallyDrop, rc::Rc, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use virga_engine::{App, FontSet, Status};
use virga_protocol::{Inbound, LogEntry, Micros, TimeMode, ToApp};

use super::{
    Event, Goal, Halt, Launch, Order, Pulse, Source,
    clock::Clock,
    exchange::Exchange,
    host::{Hands, LiveHost, Shared, Show},
    pace::{self, FRAME, Outlook, Step},
};

pub(super) fn run(launch: Launch) {
    let Source::Live { bridge, switchboard, prompts, goal, limit, clipboard, input } =
        launch.source
    else {
        return;
    };
    let time = launch.config.time;
    // The app's time begins before the script engine is made.
    let clock = Clock::start(time);
    let orders = launch.orders;
    let exchange =
        Exchange::new(launch.config.clone(), bridge.clone(), switchboard, orders.clone());
    let link = bridge.connect(&launch.config, move |message| {
        // An app that has ended wants no more messages.
        let _ = orders.send(Order::Message(message));
    });
    prompts.register(link.id(), launch.outbox.clone());
    let fonts = FontSet::bundled();
    if let Some(recorder) = &launch.recorder {
        recorder.header(&launch.config, fonts.digest());
    }
    let show = Show { outbox: launch.outbox, mailbox: launch.mailbox, timeline: launch.timeline };
    let shared = Shared::new(clock, link, exchange, launch.recorder, launch.pulse, show, clipboard);

    shared.pulse.begin();
    let host = Box::new(LiveHost(Rc::clone(&shared)));
    let test_hooks = launch.config.test_hooks;
    let mut app = App::new(launch.config, fonts, host);
    if test_hooks || !input.is_empty() {
        app.enable_internals(Box::new(Hands(shared.show.outbox.clone())));
    }
    let mut live = Live {
        app: ManuallyDrop::new(app),
        status: Status::default(),
        inbox: launch.inbox,
        virtual_time: time == TimeMode::Virtual,
        goal,
        limit: limit.map(micros),
        visible: true,
        last_frame: None,
        frame_cost: Micros::ZERO,
        quiet_since: Micros::ZERO,
        idle: false,
        turns: 0,
        shared,
    };
    live.status = live.app.run();
    live.shared.pulse.end();
    if !input.is_empty() {
        live.deliver(ToApp::Play(input));
    }

    let exit = live.until_exit();
    if let Exit::Halted(halt) = exit {
        // What is looked at now should show the last state.
        if live.status.wants_frame {
            live.deliver(ToApp::RenderOpportunity);
        }
        live.flush();
        live.shared.show.outbox.post(Event::Halted(halt));
    }
    if exit != Exit::Released {
        live.shared.set_observed(true);
        halted(&mut live.app, &live.inbox, &live.shared.pulse);
    }
    if !live.shared.pulse.abandoned() {
        live.flush();
        // Only here: an app that panicked is not dropped.
        drop(ManuallyDrop::into_inner(live.app));
    }
}

/// Serves an app that does nothing any more until its host lets it go.
pub(super) fn halted(app: &mut App, inbox: &Receiver<Order>, pulse: &Pulse) {
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Message(_) | Order::Painted | Order::Nudge => {}
            Order::Stop => break,
            order => answer(app, pulse, order),
        }
    }
}

fn answer(app: &mut App, pulse: &Pulse, order: Order) {
    pulse.begin();
    // Who asked may have given up waiting.
    match order {
        Order::Dump(phase, reply) => drop(reply.send(app.dump(phase))),
        Order::Counters(reply) => drop(reply.send(app.counters())),
        Order::Message(_) | Order::Painted | Order::Nudge | Order::Stop => {}
    }
    pulse.end();
}

fn micros(duration: Duration) -> Micros {
    Micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// Why an app's loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// It is to be looked at.
    Halted(Halt),
    /// It closed itself, or was closed.
    Closed,
    /// Its host let it go, or gave it up.
    Released,
}

struct Live {
    /// Dropped only when all went well; see [`run`].
    app: ManuallyDrop<App>,
    status: Status,
    inbox: Receiver<Order>,
    virtual_time: bool,
    goal: Option<Goal>,
    limit: Option<Micros>,
    visible: bool,
    last_frame: Option<Micros>,
    /// How long the app worked on it.
    frame_cost: Micros,
    quiet_since: Micros,
    /// The app is idle, and that is known.
    idle: bool,
    /// Turns since the last collection.
    turns: u32,
    shared: Rc<Shared>,
}

impl Live {
    fn until_exit(&mut self) -> Exit {
        loop {
            if self.shared.pulse.abandoned() {
                return Exit::Released;
            }
            if self.status.closed {
                self.flush();
                return Exit::Closed;
            }
            if self.goal == Some(Goal::Load) && self.shared.loaded() {
                return Exit::Halted(Halt::Goal);
            }
            // A frame whose time has come goes before a flood of messages.
            if self.frame_due().is_some_and(|due| due <= self.shared.clock.now()) {
                self.frame();
                continue;
            }
            match self.inbox.try_recv() {
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return Exit::Released,
                Ok(order) => {
                    self.obey(order);
                    continue;
                }
                Err(TryRecvError::Empty) => {}
            }
            let outlook = self.outlook();
            match outlook.step() {
                Step::Device => self.shared.link.advance(outlook.now),
                Step::Wake => self.deliver(ToApp::Wake),
                Step::Frame => self.frame(),
                Step::Idle => {
                    if self.goal == Some(Goal::Idle) {
                        return Exit::Halted(Halt::Goal);
                    }
                    self.rest();
                }
                Step::Limit => return Exit::Halted(Halt::TimeLimit),
                // Virtual time stands still as long as the world owes a reply.
                Step::Until(then) if self.virtual_time && !self.shared.fetching() => {
                    self.shared.clock.advance_to(then);
                }
                Step::Until(then) if !self.virtual_time => {
                    let wait = then.saturating_sub(outlook.now);
                    match self.inbox.recv_timeout(Duration::from_micros(wait.0)) {
                        Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => {
                            return Exit::Released;
                        }
                        Ok(order) => self.obey(order),
                        Err(RecvTimeoutError::Timeout) => {}
                    }
                }
                Step::Until(_) | Step::Wait => match self.inbox.recv() {
                    Ok(Order::Stop) | Err(_) => return Exit::Released,
                    Ok(order) => self.obey(order),
                },
            }
        }
    }

    fn outlook(&self) -> Outlook {
        let quiet = !self.idle && self.shared.loaded() && !self.shared.fetching();
        Outlook {
            now: self.shared.clock.now(),
            timer: self.status.next_timer,
            device: self.shared.link.next_due(),
            frame: self.frame_due(),
            quiet_since: quiet.then_some(self.quiet_since),
            limit: self.limit,
        }
    }

    /// When the display can take the frame that the app wants, if it wants one.
    fn frame_due(&self) -> Option<Micros> {
        let wanted = self.status.wants_frame && self.visible;
        // Frames of a growing document must not keep it from growing.
        let pause = if self.shared.loaded() { FRAME } else { pace::while_loading(self.frame_cost) };
        (wanted && self.shared.show.mailbox.display_ready())
            .then(|| self.last_frame.map_or(Micros::ZERO, |last| last.saturating_add(pause)))
    }

    fn frame(&mut self) {
        let begin = self.shared.clock.now();
        self.last_frame = Some(begin);
        self.deliver(ToApp::RenderOpportunity);
        self.frame_cost = self.shared.clock.now().saturating_sub(begin);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Message(message) => self.deliver(message),
            // The next look at `frame_due` or `fetching` sees it.
            Order::Painted | Order::Nudge | Order::Stop => {}
            order => {
                self.shared.set_observed(true);
                answer(&mut self.app, &self.shared.pulse, order);
                self.shared.set_observed(false);
            }
        }
    }

    /// One turn: one message in, then all tasks that are ready.
    fn deliver(&mut self, message: ToApp) {
        self.turn(message);
        self.quiet_since = self.shared.clock.now();
        self.idle = false;
    }

    fn turn(&mut self, message: ToApp) {
        match &message {
            ToApp::Reply { id, reply } => self.shared.replied(*id, reply),
            ToApp::Visibility(visible) => {
                self.visible = *visible;
                self.shared.link.set_visible(*visible);
            }
            message => self.shared.exchange.note_report(message),
        }
        let inbound = Inbound { at: self.shared.clock.now(), message };
        self.shared.record(|| LogEntry::In(inbound.clone()));
        self.shared.pulse.begin();
        self.app.receive(inbound);
        self.status = self.app.run();
        self.shared.pulse.end();
        self.turns = self.turns.saturating_add(1);
    }

    /// Uses a time in which nothing happens to collect garbage, if there can be
    /// much of it, and to save the log.
    fn rest(&mut self) {
        const WORTH_IT: u32 = 30;
        self.idle = true;
        if self.turns >= WORTH_IT {
            self.turn(ToApp::CollectGarbage);
            self.turns = 0;
        }
        self.flush();
    }

    fn flush(&self) {
        if let Some(Err(error)) = self.shared.recorder.as_ref().map(|recorder| recorder.flush()) {
            self.shared.show.outbox.post(Event::RecordingFailed(error.to_string()));
        }
    }
}
