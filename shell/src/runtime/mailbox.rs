use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use virga_display_list::Frame;

/// The newest frame of an app, on its way to the display.
#[derive(Default)]
pub(crate) struct Mailbox {
    frame: Mutex<Option<Frame>>,
    /// A frame was put in and is not on the display yet.
    unseen: AtomicBool,
    /// Somebody paints: no frame is made before the last one was seen.
    paced: AtomicBool,
}

impl Mailbox {
    /// Replaces the frame that is there, if the display did not take it yet.
    pub(crate) fn put(&self, frame: Frame) {
        *self.frame.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
        self.unseen.store(true, Ordering::SeqCst);
    }

    /// The frame, if there is a new one.
    pub(crate) fn take(&self) -> Option<Frame> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was taken is on the display; whether that was news.
    pub(crate) fn painted(&self, paced: bool) -> bool {
        self.paced.store(paced, Ordering::SeqCst);
        self.unseen.swap(false, Ordering::SeqCst)
    }

    /// Whether the display can take another frame.
    pub(crate) fn display_ready(&self) -> bool {
        !(self.paced.load(Ordering::SeqCst) && self.unseen.load(Ordering::SeqCst))
    }
}
