//! Decisions from bytes.

/// Bytes that say what to do; beyond their end all of them are zero.
pub struct Source<'a> {
    bytes: &'a [u8],
}

impl<'a> Source<'a> {
    /// All of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether nothing is left to say.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `count`, which is not 0; from as many bytes as it takes.
    pub fn below(&mut self, count: usize) -> usize {
        let first = usize::from(self.byte());
        let number = if count > 256 { first << 8 | usize::from(self.byte()) } else { first };
        number % count
    }

    /// One of them.
    pub fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    /// True about once in `count` times.
    pub fn once_in(&mut self, count: u8) -> bool {
        self.byte() % count == count - 1
    }
}
