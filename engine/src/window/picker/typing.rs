//! Finding an option by typing the beginning of its label.

use std::cell::{Cell, RefCell};

/// Letters that follow each other within this time, in ms, belong together.
const PAUSE: f64 = 1000.0;

/// What was typed last into a list.
#[derive(Default)]
pub(crate) struct Typed {
    text: RefCell<String>,
    at: Cell<f64>,
}

impl Typed {
    /// Whether letters came so lately that a space is one of them.
    pub(crate) fn goes_on(&self, now: f64) -> bool {
        !self.text.borrow().is_empty() && now - self.at.get() <= PAUSE
    }

    /// A letter was typed at a time, in ms: which label it finds. The same letter
    /// again goes through all labels that begin with it.
    pub(crate) fn find(
        &self,
        letter: char,
        now: f64,
        current: Option<usize>,
        labels: &[Option<String>],
    ) -> Option<usize> {
        let mut text = self.text.borrow_mut();
        if now - self.at.get() > PAUSE {
            text.clear();
        }
        self.at.set(now);
        text.extend(letter.to_lowercase());
        let first: String = text.chars().take(1).collect();
        let repeats = text.chars().all(|other| first.starts_with(other));
        let wanted = if repeats { &first } else { &*text };
        let from = current.map_or(0, |at| at + usize::from(repeats));
        let count = labels.len();
        (0..count).map(|step| (from + step) % count).find(|&at| {
            let label = labels.get(at).and_then(Option::as_deref);
            label.is_some_and(|label| label.to_lowercase().starts_with(wanted))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_find_labels() {
        let labels: Vec<Option<String>> =
            ["Apple", "Apricot", "Banana", "blueberry"].map(|l| Some(l.to_owned())).into();
        let check = |keys: &[(char, f64)], expected: &[Option<usize>]| {
            let typed = Typed::default();
            let mut at = None;
            let found: Vec<Option<usize>> = keys
                .iter()
                .map(|&(key, time)| {
                    at = typed.find(key, time, at, &labels).or(at);
                    at
                })
                .collect();
            assert_eq!(found, expected, "{keys:?}");
        };
        check(&[('b', 1e4)], &[Some(2)]);
        check(&[('b', 1e4), ('l', 1e4 + 100.0)], &[Some(2), Some(3)]);
        check(&[('b', 1e4), ('l', 1e4 + 2000.0)], &[Some(2), Some(2)]);
        check(&[('a', 1e4), ('a', 1e4 + 10.0), ('a', 1e4 + 20.0)], &[Some(0), Some(1), Some(0)]);
        check(&[('a', 1e4), ('p', 1e4 + 10.0), ('r', 1e4 + 20.0)], &[Some(0), Some(0), Some(1)]);
        check(&[('z', 1e4)], &[None]);
    }

    #[test]
    fn what_cannot_be_chosen_is_passed_over() {
        let labels = [Some(String::from("a")), None, Some(String::from("ab"))];
        let typed = Typed::default();
        assert_eq!(typed.find('a', 1e4, Some(0), &labels), Some(2));
        assert!(typed.goes_on(1e4 + 500.0));
        assert!(!typed.goes_on(1e4 + 1500.0));
    }
}
