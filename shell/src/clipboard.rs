//! Where apps copy to and paste from.

use std::sync::{Arc, Mutex, PoisonError};

use virga_protocol::ClipboardData;

/// A clipboard. Calls come from the threads of apps, one at a time, and an app
/// waits for the answer.
pub trait Clipboard: Send {
    /// What it holds; nothing if it is empty.
    ///
    /// # Errors
    /// Why it cannot be read, for people.
    fn read(&mut self) -> Result<ClipboardData, String>;

    /// Puts something in place of what it holds.
    ///
    /// # Errors
    /// Why it cannot be written, for people.
    fn write(&mut self, data: ClipboardData) -> Result<(), String>;
}

/// A clipboard of the apps of one engine, which nobody else sees.
#[derive(Debug, Default)]
pub struct MemoryClipboard(ClipboardData);

impl Clipboard for MemoryClipboard {
    fn read(&mut self) -> Result<ClipboardData, String> {
        Ok(self.0.clone())
    }

    fn write(&mut self, data: ClipboardData) -> Result<(), String> {
        self.0 = data;
        Ok(())
    }
}

/// The clipboard of the desktop. It is connected to when it is first needed.
#[derive(Default)]
pub struct SystemClipboard {
    system: Option<arboard::Clipboard>,
    /// What was written last: formats that the system does not take stay here, as
    /// long as the text is still the same.
    own: ClipboardData,
}

impl SystemClipboard {
    fn system(&mut self) -> Result<&mut arboard::Clipboard, String> {
        if self.system.is_none() {
            self.system = Some(arboard::Clipboard::new().map_err(|error| error.to_string())?);
        }
        self.system.as_mut().ok_or_else(|| "there is none".to_owned())
    }
}

impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<ClipboardData, String> {
        let text = match self.system()?.get_text() {
            Ok(text) => text,
            Err(arboard::Error::ContentNotAvailable) => return Ok(ClipboardData::default()),
            Err(error) => return Err(error.to_string()),
        };
        if self.own.text("text/plain").as_deref() == Some(&*text) {
            return Ok(self.own.clone());
        }
        Ok(ClipboardData::plain(&text))
    }

    fn write(&mut self, data: ClipboardData) -> Result<(), String> {
        let (text, html) = (data.text("text/plain"), data.text("text/html"));
        let system = self.system()?;
        let written = match (html, text) {
            (Some(html), text) => system.set_html(html, text),
            (None, Some(text)) => system.set_text(text),
            (None, None) => system.clear(),
        };
        written.map_err(|error| error.to_string())?;
        self.own = data;
        Ok(())
    }
}

/// The clipboard of an engine, for the threads of its apps.
#[derive(Clone)]
pub(crate) struct SharedClipboard(Arc<Mutex<Box<dyn Clipboard>>>);

impl SharedClipboard {
    pub(crate) fn new(clipboard: Box<dyn Clipboard>) -> Self {
        Self(Arc::new(Mutex::new(clipboard)))
    }

    pub(crate) fn read(&self) -> Result<ClipboardData, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read()
    }

    pub(crate) fn write(&self, data: ClipboardData) -> Result<(), String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_holds_what_was_written_last() {
        let mut clipboard = MemoryClipboard::default();
        assert_eq!(clipboard.read(), Ok(ClipboardData::default()));
        assert_eq!(clipboard.write(ClipboardData::plain("a")), Ok(()));
        assert_eq!(clipboard.read(), Ok(ClipboardData::plain("a")));
    }
}
