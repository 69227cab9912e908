//! Plays an input script: waits as it says, and lets the host send what a hand
//! would have done.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use virga_dom::{NodeId, select};
use virga_js::Cx;
use virga_protocol::{
    Contact, FromApp, InputAct, InputPlace, InputStep, InputWait, Micros, PointerButton,
    PointerType,
};

use super::{
    actions::{Action, Kind, Origin, Source},
    perform,
};
use crate::{
    agent::{Agent, EngineCx},
    window::{WindowId, rendering},
};

/// How long nothing must happen for an app to be idle.
const QUIET: Micros = Micros(500_000);

/// The script of an app, and how far it is.
#[derive(Default)]
pub(crate) struct Player {
    steps: RefCell<VecDeque<InputStep>>,
    state: RefCell<State>,
    /// Some step waits for an event or a line of the console.
    listening: Cell<bool>,
}

#[derive(Default)]
enum State {
    /// The next step may begin.
    #[default]
    Ready,
    Until(Micros),
    Load,
    Idle {
        since: Option<Micros>,
    },
    Event {
        name: String,
        selector: String,
    },
    Console(String),
    /// The hand is at work in a window.
    Acting(Option<WindowId>),
}

impl Player {
    /// Plays these steps after those that are left.
    pub(crate) fn play(&self, steps: Vec<InputStep>) {
        self.steps.borrow_mut().extend(steps);
    }

    pub(crate) fn is_playing(&self) -> bool {
        !self.steps.borrow().is_empty()
    }

    /// When the script goes on by itself.
    pub(crate) fn due(&self) -> Option<Micros> {
        if !self.is_playing() {
            return None;
        }
        match &*self.state.borrow() {
            State::Until(due) => Some(*due),
            State::Idle { since: Some(since) } => Some(since.saturating_add(QUIET)),
            _ => None,
        }
    }

    /// What a step did is done.
    pub(super) fn acted(&self) {
        self.steps.borrow_mut().pop_front();
        self.state.replace(State::Ready);
    }

    /// A line of the console: is it the one that is waited for?
    pub(crate) fn heard(&self, line: &str) {
        if !self.listening.get() {
            return;
        }
        let wanted =
            matches!(&*self.state.borrow(), State::Console(text) if line.contains(text.as_str()));
        if wanted {
            return self.go_on();
        }
        if let Some(next) = self.steps.borrow_mut().get_mut(1)
            && matches!(&next.wait, Some(InputWait::Console(text)) if line.contains(text.as_str()))
        {
            // What the hand does right now has caused it.
            next.wait = None;
        }
    }

    /// Whether an event is waited for.
    pub(crate) fn listens(&self) -> bool {
        self.listening.get()
    }

    /// An event was dispatched: is it the one that is waited for?
    pub(crate) fn dispatched(&self, agent: &Agent, type_: &str, target: NodeId) {
        let (selector, soon) = match &*self.state.borrow() {
            State::Event { name, selector } if name == type_ => (selector.clone(), false),
            State::Acting(_) => match self.steps.borrow().get(1).map(|next| next.wait.clone()) {
                Some(Some(InputWait::Event { name, selector })) if name == type_ => {
                    (selector, true)
                }
                _ => return,
            },
            _ => return,
        };
        let tree = agent.tree();
        let found = select::matches(&tree, target, &selector).unwrap_or(false);
        drop(tree);
        if !found {
            return;
        }
        if !soon {
            return self.go_on();
        }
        if let Some(next) = self.steps.borrow_mut().get_mut(1) {
            next.wait = None;
        }
    }

    /// What was waited for is there: the step acts.
    fn go_on(&self) {
        self.listening.set(false);
        if let Some(step) = self.steps.borrow_mut().front_mut() {
            step.wait = None;
        }
        self.state.replace(State::Ready);
    }
}

/// Goes on with the script as far as it can be.
pub(crate) fn poll(cx: &mut Cx) {
    let agent = cx.engine();
    let player = &agent.player;
    while player.is_playing() {
        let now = agent.task_time();
        let ready = match &mut *player.state.borrow_mut() {
            State::Ready => true,
            State::Until(due) => *due <= now,
            State::Load => agent.window().is_some_and(|window| !window.loading.is_loading()),
            State::Idle { since } => {
                let quiet = agent.window().is_some_and(|window| !window.loading.is_loading())
                    && agent.requests.outstanding() == 0
                    && !rendering::wants_frame(&agent);
                if !quiet {
                    *since = None;
                } else if since.is_none() {
                    *since = Some(now);
                }
                since.is_some_and(|since| since.saturating_add(QUIET) <= now)
            }
            State::Event { .. } | State::Console(_) => return,
            State::Acting(window) => {
                if *window == agent.window().map(|window| window.id()) {
                    return;
                }
                // Another page is shown: what was under way there is over.
                player.steps.borrow_mut().pop_front();
                true
            }
        };
        if !ready {
            return;
        }
        let waited = !matches!(&*player.state.borrow(), State::Ready | State::Acting(_));
        player.state.replace(State::Ready);
        let Some(step) = player.steps.borrow().front().cloned() else { return };
        if let Some(wait) = step.wait.filter(|_| !waited) {
            player.listening.set(matches!(wait, InputWait::Event { .. } | InputWait::Console(_)));
            player.state.replace(match wait {
                InputWait::At(due) => State::Until(due),
                InputWait::For(time) => State::Until(now.saturating_add(time)),
                InputWait::Load => State::Load,
                InputWait::Idle => State::Idle { since: None },
                InputWait::Event { name, selector } => State::Event { name, selector },
                InputWait::Console(text) => State::Console(text),
            });
            continue;
        }
        let Some(act) = step.act else {
            player.steps.borrow_mut().pop_front();
            continue;
        };
        // There must be somebody to act upon.
        let Some(window) = agent.window() else {
            player.state.replace(State::Load);
            return;
        };
        player.state.replace(State::Acting(Some(window.id())));
        // What the hand does may cause what is waited for next.
        let next = player.steps.borrow().get(1).and_then(|next| next.wait.clone());
        let listens = matches!(next, Some(InputWait::Event { .. } | InputWait::Console(_)));
        player.listening.set(listens);
        let done = cx.in_realm(window.realm(), |cx| {
            let sources = devices(cx, &act)?;
            perform::play(cx, sources);
            Ok(())
        });
        if let Err(reason) = done {
            player.steps.borrow_mut().clear();
            player.state.replace(State::Ready);
            agent.send(FromApp::InputFailed { line: step.line, reason });
        }
        return;
    }
}

/// The point that a place means: the middle of an element, which is scrolled into
/// view first.
fn point(cx: &mut Cx, place: &InputPlace) -> Result<(f64, f64), String> {
    let selector = match place {
        InputPlace::Point(x, y) => return Ok(((*x).into(), (*y).into())),
        InputPlace::Selector(selector) => selector,
    };
    let agent = cx.engine();
    let document = cx.document_id();
    let found = {
        let tree = agent.tree();
        select::query_selector(&tree, document, selector).map_err(|error| error.to_string())?
    };
    let element = found.ok_or_else(|| format!("no element matches {selector:?}"))?;
    let none = || format!("the element {selector:?} is not to be seen");
    let rect = rendering::bounding_rect(cx, element).ok_or_else(none)?;
    rendering::reveal(cx, element, rect);
    let rect = rendering::bounding_rect(cx, element).ok_or_else(none)?;
    let viewport = cx.window().viewport();
    let screen = virga_display_list::kurbo::Rect::new(
        0.0,
        0.0,
        viewport.width.into(),
        viewport.height.into(),
    );
    let seen = rect.intersect(screen);
    let middle = if seen.area() > 0.0 { seen.center() } else { rect.center() };
    Ok((middle.x, middle.y))
}

fn to(to: (f64, f64)) -> Action {
    Action::PointerMove { to, origin: Origin::Viewport, contact: Contact::default() }
}

fn down(button: PointerButton) -> Action {
    Action::PointerDown { button, contact: Contact::default() }
}

fn pointer(id: &str, kind: PointerType, actions: Vec<Action>) -> Source {
    Source { id: id.to_owned(), kind: Kind::Pointer(kind), actions }
}

fn button(number: u8) -> PointerButton {
    match number {
        1 => PointerButton::Auxiliary,
        2 => PointerButton::Secondary,
        _ => PointerButton::Primary,
    }
}

/// What devices do for an act, and how long each tick takes, in ms.
fn devices(cx: &mut Cx, act: &InputAct) -> Result<(Vec<Source>, Vec<f64>), String> {
    use PointerButton::Primary;
    use PointerType::{Mouse, Touch};
    let up = |button| Action::PointerUp { button };
    let (sources, slow) = match act {
        InputAct::Tap(place) => {
            let at = point(cx, place)?;
            (vec![pointer("finger", Touch, vec![to(at), down(Primary), up(Primary)])], None)
        }
        InputAct::Click(place) => {
            let at = point(cx, place)?;
            (vec![pointer("mouse", Mouse, vec![to(at), down(Primary), up(Primary)])], None)
        }
        InputAct::Move(place) => {
            let at = point(cx, place)?;
            (vec![pointer("mouse", Mouse, vec![to(at)])], None)
        }
        InputAct::Down(number) => {
            (vec![pointer("mouse", Mouse, vec![down(button(*number))])], None)
        }
        InputAct::Up(number) => (vec![pointer("mouse", Mouse, vec![up(button(*number))])], None),
        InputAct::Drag { from, to: end, time } => {
            let start = point(cx, from)?;
            let end = point(cx, end)?;
            let actions = vec![to(start), down(Primary), to(end), up(Primary)];
            (vec![pointer("finger", Touch, actions)], Some((2, *time)))
        }
        InputAct::Pinch { at, from, to: end, time } => {
            let (x, y) = point(cx, at)?;
            let finger = |id: &str, side: f64| {
                let place = |distance: f32| (x + side * f64::from(distance) / 2.0, y);
                let actions = vec![to(place(*from)), down(Primary), to(place(*end)), up(Primary)];
                pointer(id, Touch, actions)
            };
            (vec![finger("finger", -1.0), finger("thumb", 1.0)], Some((2, *time)))
        }
        InputAct::Wheel { by, at } => {
            let at = match at {
                Some(place) => point(cx, place)?,
                None => {
                    let viewport = cx.window().viewport();
                    (f64::from(viewport.width) / 2.0, f64::from(viewport.height) / 2.0)
                }
            };
            let by = (f64::from(by.0), f64::from(by.1));
            let scroll = Action::Scroll { at, by, origin: Origin::Viewport };
            (
                vec![Source { id: "wheel".to_owned(), kind: Kind::Wheel, actions: vec![scroll] }],
                None,
            )
        }
        InputAct::Type(text) => {
            let press = |c: char| {
                let key = if c == '\n' { "Enter".to_owned() } else { c.to_string() };
                [Action::KeyDown(key.clone()), Action::KeyUp(key)]
            };
            let actions = text.chars().flat_map(press).collect();
            (vec![Source { id: "keyboard".to_owned(), kind: Kind::Key, actions }], None)
        }
        InputAct::Key(chord) => {
            // "Control++" holds a plus.
            let keys: Vec<String> = match chord.strip_suffix("++") {
                Some(held) => held.split('+').chain(["+"]).map(str::to_owned).collect(),
                None if chord == "+" => vec!["+".to_owned()],
                None => chord.split('+').map(str::to_owned).collect(),
            };
            let keys: Vec<String> = keys
                .into_iter()
                .map(|key| if key == "Space" { " ".to_owned() } else { key })
                .collect();
            let actions = keys
                .iter()
                .cloned()
                .map(Action::KeyDown)
                .chain(keys.iter().rev().cloned().map(Action::KeyUp))
                .collect();
            (vec![Source { id: "keyboard".to_owned(), kind: Kind::Key, actions }], None)
        }
    };
    let ticks = sources.iter().map(|source| source.actions.len()).max().unwrap_or(0);
    let mut durations = vec![0.0; ticks];
    if let Some((tick, time)) = slow
        && let Some(duration) = durations.get_mut(tick)
    {
        *duration = time.as_millis();
    }
    Ok((sources, durations))
}
