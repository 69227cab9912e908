//! What the host's thread knows of how an app looks: its last frame, what the
//! system draws over it, and how far the user has scrolled.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use virga_bridge::PromptId;
use virga_display_list::{
    Frame,
    kurbo::{Point, Vec2},
};
use virga_engine::FontSet;
use virga_protocol::{
    BlockingInput, ColorScheme, InputEvent, PointerEvent, PointerPhase, PointerType, ToApp,
    Viewport,
};
use virga_render::{Adapters, Composited, Compositor, CpuOptions, Gpu, RendererChoice};

use crate::{
    AppId, Error, PermissionPrompt, Target,
    system_ui::{self, PromptPanel, Response},
    target::Stage,
};

/// A finger that moved less than this, in CSS px, taps.
const SLOP: f32 = 8.0;

/// What became of an event.
pub(crate) struct Taken {
    /// What the app has to hear.
    pub(crate) messages: Vec<ToApp>,
    /// Something looks different now.
    pub(crate) redraw: bool,
}

pub(crate) struct View {
    app: AppId,
    renderer: RendererChoice,
    viewport: Viewport,
    /// The app's last frame.
    frame: Option<Frame>,
    /// It crashed: its address, and why.
    crash: Option<(String, String)>,
    /// It does not respond: its title.
    not_responding: Option<String>,
    /// The first one is shown.
    prompts: VecDeque<PromptPanel>,
    /// Something changed since the compositor got a frame.
    dirty: bool,
    /// Where the app was last painted.
    stage: Option<Rc<RefCell<Stage>>>,
    /// What paints it to memory.
    memory: Option<Rc<RefCell<Stage>>>,
    pan: Option<Pan>,
    /// What must not scroll before the app has had its say.
    blocking: BlockingInput,
}

/// A finger on the screen.
struct Pan {
    id: i32,
    last: virga_protocol::Point,
    /// It moved so far that it scrolls, and is no longer the app's.
    scrolls: bool,
    /// Along which axes it may; not known before the app says.
    allowed: Option<(bool, bool)>,
}

impl View {
    pub(crate) fn new(app: AppId, viewport: Viewport, renderer: RendererChoice) -> Self {
        Self {
            app,
            renderer,
            viewport,
            frame: None,
            crash: None,
            not_responding: None,
            prompts: VecDeque::new(),
            dirty: false,
            stage: None,
            memory: None,
            pan: None,
            blocking: BlockingInput::default(),
        }
    }

    /// Size of the window in CSS px.
    pub(crate) fn size(&self) -> (f32, f32) {
        (self.viewport.width, self.viewport.height)
    }

    /// Size of the window in device px.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size, rounded")]
    pub(crate) fn pixel_size(&self) -> (u32, u32) {
        let side = |css: f32| (css * self.viewport.scale).round().max(1.0) as u32;
        (side(self.viewport.width), side(self.viewport.height))
    }

    pub(crate) fn has_frame(&self) -> bool {
        self.frame.is_some() || self.crash.is_some()
    }

    pub(crate) fn needs_paint(&self) -> bool {
        self.dirty
            || self.stage.as_ref().is_some_and(|stage| stage.borrow().compositor.needs_composite())
    }

    /// The app made a frame.
    pub(crate) fn update(&mut self, frame: Option<Frame>) {
        if let Some(frame) = frame {
            self.frame = Some(frame);
            self.dirty = true;
        }
    }

    /// The viewport, if it is another one now.
    pub(crate) fn resize(&mut self, width: f32, height: f32, scale: f32) -> Option<Viewport> {
        self.change(Viewport { width, height, scale, ..self.viewport })
    }

    pub(crate) fn set_color_scheme(&mut self, color_scheme: ColorScheme) -> Option<Viewport> {
        self.change(Viewport { color_scheme, ..self.viewport })
    }

    fn change(&mut self, viewport: Viewport) -> Option<Viewport> {
        if viewport == self.viewport {
            return None;
        }
        self.viewport = viewport;
        self.dirty = true;
        Some(viewport)
    }

    pub(crate) fn set_not_responding(&mut self, unresponsive: bool, title: &str) {
        self.not_responding = unresponsive.then(|| title.to_owned());
        self.dirty = true;
    }

    pub(crate) fn set_crashed(&mut self, url: &str, reason: &str) {
        self.crash = Some((url.to_owned(), reason.to_owned()));
        self.not_responding = None;
        self.prompts.clear();
        self.dirty = true;
    }

    pub(crate) fn ask(&mut self, prompt: PermissionPrompt) {
        self.prompts.push_back(PromptPanel::new(prompt));
        self.dirty = true;
    }

    /// Whether a prompt disappeared.
    pub(crate) fn withdraw(&mut self, id: PromptId) -> bool {
        let before = self.prompts.len();
        self.prompts.retain_mut(|panel| {
            let stays = panel.id() != id;
            if !stays {
                panel.leave_open();
            }
            stays
        });
        let gone = self.prompts.len() != before;
        self.dirty |= gone;
        gone
    }

    /// What is to be seen now.
    fn composed(&self) -> Frame {
        if let Some((url, reason)) = &self.crash {
            return system_ui::crashed(&FontSet::bundled(), &self.viewport, url, reason);
        }
        let frame = self.frame.clone().unwrap_or_else(|| system_ui::blank(&self.viewport));
        let frame = match self.prompts.front() {
            Some(panel) => {
                system_ui::cover(&frame, panel.paint(&FontSet::bundled(), &self.viewport))
            }
            None => frame,
        };
        match &self.not_responding {
            Some(title) => {
                let notice = system_ui::not_responding(&FontSet::bundled(), &self.viewport, title);
                system_ui::cover(&frame, notice)
            }
            None => frame,
        }
    }

    /// Paints to `target`.
    pub(crate) fn composite(&mut self, target: Target<'_>) -> Result<Composited, Error> {
        let stage = match &target {
            Target::Window(window) => Rc::clone(&window.stage),
            Target::Pixmap(_) => self.memory_stage()?,
        };
        let moved = !self.stage.as_ref().is_some_and(|old| Rc::ptr_eq(old, &stage));
        self.stage = Some(Rc::clone(&stage));
        let mut shown = stage.borrow_mut();
        self.give_frame(&mut shown, moved);
        let composited = match target {
            Target::Pixmap(pixmap) => shown.compositor.composite(pixmap),
            Target::Window(window) => window.surface.present(&mut shown.compositor),
        };
        Ok(composited?)
    }

    fn memory_stage(&mut self) -> Result<Rc<RefCell<Stage>>, Error> {
        if let Some(stage) = &self.memory {
            return Ok(Rc::clone(stage));
        }
        let compositor = match self.renderer {
            RendererChoice::Gpu => Compositor::gpu(&Gpu::headless(Adapters::Any)?),
            RendererChoice::Auto | RendererChoice::Cpu => {
                Compositor::cpu(CpuOptions { reproducible: true, ..CpuOptions::default() })
            }
        };
        let stage = Stage::new(compositor);
        self.memory = Some(Rc::clone(&stage));
        Ok(stage)
    }

    /// Gives the compositor what is to be seen now, if it has something else.
    fn give_frame(&mut self, stage: &mut Stage, moved: bool) {
        if self.dirty || moved || stage.shows != Some(self.app) {
            stage.compositor.set_frame(self.composed());
            stage.shows = Some(self.app);
            self.dirty = false;
        }
    }

    pub(crate) fn input(&mut self, event: InputEvent) -> Taken {
        if let Some(panel) = self.prompts.front_mut() {
            let response = panel.input(&event, &self.viewport);
            let redraw = matches!(response, Response::Redraw | Response::Answered);
            if response == Response::Answered {
                self.prompts.pop_front();
            }
            self.dirty |= redraw;
            if response != Response::Ignored {
                return Taken { messages: Vec::new(), redraw };
            }
        }
        match event {
            InputEvent::Wheel(wheel) if self.blocking.wheel => {
                Taken { messages: vec![ToApp::Input(InputEvent::Wheel(wheel))], redraw: false }
            }
            InputEvent::Wheel(wheel) => {
                let scrolled = self.scroll(wheel.position, wheel.delta_x, wheel.delta_y);
                let redraw = scrolled.is_some();
                let messages =
                    scrolled.into_iter().chain([ToApp::Input(InputEvent::Wheel(wheel))]).collect();
                Taken { messages, redraw }
            }
            InputEvent::Pointer(pointer) if pointer.kind == PointerType::Touch => {
                self.touch(pointer)
            }
            event => Taken { messages: vec![ToApp::Input(event)], redraw: false },
        }
    }

    /// A finger taps, or scrolls what is under it.
    fn touch(&mut self, event: PointerEvent) -> Taken {
        let pass = |event| Taken {
            messages: vec![ToApp::Input(InputEvent::Pointer(event))],
            redraw: false,
        };
        match event.phase {
            PointerPhase::Down if self.pan.is_none() => {
                let allowed = (!self.blocking.touch).then_some((true, true));
                let (id, last) = (event.id, event.position);
                self.pan = Some(Pan { id, last, scrolls: false, allowed });
                pass(event)
            }
            PointerPhase::Down => {
                // Two fingers are the app's.
                if let Some(pan) = self.pan.as_mut().filter(|pan| !pan.scrolls) {
                    pan.allowed = Some((false, false));
                }
                pass(event)
            }
            PointerPhase::Move => {
                let Some(pan) = self.pan.as_mut().filter(|pan| pan.id == event.id) else {
                    return pass(event);
                };
                let (dx, dy) = (pan.last.x - event.position.x, pan.last.y - event.position.y);
                let (start, began) = (pan.last, !pan.scrolls);
                if began && dx.hypot(dy) < SLOP {
                    return pass(event);
                }
                // The app may still prevent it, or has.
                let Some((x, y)) = pan.allowed else { return pass(event) };
                // The way it takes at first decides whether it pans at all.
                let along = if dx.abs() > dy.abs() { x } else { y };
                if began && !along {
                    pan.allowed = Some((false, false));
                    return pass(event);
                }
                let (dx, dy) = (if x { dx } else { 0.0 }, if y { dy } else { 0.0 });
                let Some(scroll) = self.scroll(start, dx, dy) else {
                    // Nothing to scroll there: the app may use the drag.
                    return if began {
                        pass(event)
                    } else {
                        Taken { messages: vec![], redraw: false }
                    };
                };
                if let Some(pan) = &mut self.pan {
                    pan.last = event.position;
                    pan.scrolls = true;
                }
                let mut messages = vec![scroll];
                if began {
                    // The pointer is the system's from now on.
                    let cancel = PointerEvent { phase: PointerPhase::Cancel, ..event };
                    messages.push(ToApp::Input(InputEvent::Pointer(cancel)));
                }
                Taken { messages, redraw: true }
            }
            PointerPhase::Up | PointerPhase::Cancel => {
                match self.pan.take_if(|pan| pan.id == event.id) {
                    Some(pan) if pan.scrolls => Taken { messages: Vec::new(), redraw: false },
                    _ => pass(event),
                }
            }
            PointerPhase::Leave => pass(event),
        }
    }

    /// The app says what it listens to.
    pub(crate) fn set_blocking(&mut self, blocking: BlockingInput) {
        self.blocking = blocking;
    }

    /// The app says along which axes a finger may scroll.
    pub(crate) fn decide_touch(&mut self, id: i32, pan: (bool, bool)) {
        if let Some(finger) = self.pan.as_mut().filter(|finger| finger.id == id && !finger.scrolls)
        {
            finger.allowed = Some(pan);
        }
    }

    /// Scrolls what is at `at`, without waiting for the app.
    pub(crate) fn scroll(&mut self, at: virga_protocol::Point, dx: f32, dy: f32) -> Option<ToApp> {
        self.frame.as_ref()?;
        // Where nothing is painted, a compositor that draws nothing knows what
        // there is to scroll.
        let stage = Rc::clone(self.stage.get_or_insert_with(|| Stage::new(Compositor::null())));
        let mut stage = stage.borrow_mut();
        self.give_frame(&mut stage, false);
        let (id, offset) = stage
            .compositor
            .scroll_by(Point::new(at.x.into(), at.y.into()), Vec2::new(dx.into(), dy.into()))?;
        #[expect(clippy::cast_possible_truncation, reason = "CSS px")]
        let offset = virga_protocol::Point { x: offset.x as f32, y: offset.y as f32 };
        Some(ToApp::Scroll { scroll: id.0, offset })
    }
}
