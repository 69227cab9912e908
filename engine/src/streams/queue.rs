//! <https://streams.spec.whatwg.org/#queue-with-sizes>

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use virga_js::{Error, Fallible, Trace};

/// Values with sizes, and the sum of these.
#[derive(Trace)]
pub(super) struct Queue<T> {
    items: RefCell<VecDeque<(T, f64)>>,
    total: Cell<f64>,
}

impl<T: Clone> Queue<T> {
    pub(super) fn new() -> Self {
        Self { items: RefCell::default(), total: Cell::new(0.0) }
    }

    /// <https://streams.spec.whatwg.org/#enqueue-value-with-size>
    pub(super) fn push(&self, value: T, size: f64) -> Fallible<()> {
        check_size(size)?;
        self.items.borrow_mut().push_back((value, size));
        self.total.set(self.total.get() + size);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#dequeue-value>
    pub(super) fn pop(&self) -> Option<T> {
        let (value, size) = self.items.borrow_mut().pop_front()?;
        // Rounding may bring the sum below zero.
        self.total.set((self.total.get() - size).max(0.0));
        Some(value)
    }

    /// <https://streams.spec.whatwg.org/#peek-queue-value>
    pub(super) fn peek(&self) -> Option<T> {
        self.items.borrow().front().map(|(value, _)| value.clone())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    pub(super) fn total(&self) -> f64 {
        self.total.get()
    }

    /// <https://streams.spec.whatwg.org/#reset-queue>
    pub(super) fn reset(&self) {
        // Taken first: what is dropped must not find the borrow.
        let items = std::mem::take(&mut *self.items.borrow_mut());
        drop(items);
        self.total.set(0.0);
    }
}

fn check_size(size: f64) -> Fallible<()> {
    if size.is_nan() || size < 0.0 || size == f64::INFINITY {
        let message = format!("{size} is not a size of a chunk: it is not finite and positive");
        return Err(Error::range_error(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_add_up_and_never_fall_below_zero() {
        let queue = Queue::new();
        for size in [0.1, 0.2, 0.3] {
            queue.push((), size).unwrap();
        }
        while queue.pop().is_some() {
            assert!(queue.total() >= 0.0);
        }
        for size in [f64::NAN, -1.0, f64::INFINITY] {
            assert!(queue.push((), size).is_err(), "{size}");
        }
        assert!(queue.is_empty());
    }
}
