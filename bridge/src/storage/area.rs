use indexmap::IndexMap;

/// A UTF-16 string.
pub(super) type Units = Vec<u16>;

/// What another app has to know of a change.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) key: Option<Units>,
    pub(super) old: Option<Units>,
    pub(super) new: Option<Units>,
}

/// Where the pairs of one origin are. Errors are for people.
pub(super) trait Area: Send {
    /// All pairs, oldest first.
    fn load(&mut self) -> Result<Vec<(Units, Units)>, String>;
    /// The size in bytes that the area would have with this pair in it.
    fn size_with(&mut self, key: &[u16], value: &[u16]) -> Result<u64, String>;
    /// Sets a pair; the old value comes back. A key keeps its place.
    fn set(&mut self, key: &[u16], value: &[u16]) -> Result<Option<Units>, String>;
    /// Removes a pair; its value comes back.
    fn remove(&mut self, key: &[u16]) -> Result<Option<Units>, String>;
    /// Removes all pairs. False: there were none.
    fn clear(&mut self) -> Result<bool, String>;
    /// Makes what was written durable.
    fn flush(&mut self) -> Result<(), String>;
}

/// The bytes that a pair takes.
pub(super) fn pair_size(key: &[u16], value: &[u16]) -> u64 {
    u64::try_from((key.len() + value.len()) * 2).unwrap_or(u64::MAX)
}

/// Pairs that live as long as their owner.
#[derive(Default)]
pub(super) struct Memory {
    pairs: IndexMap<Units, Units>,
    size: u64,
}

impl Area for Memory {
    fn load(&mut self) -> Result<Vec<(Units, Units)>, String> {
        Ok(self.pairs.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn size_with(&mut self, key: &[u16], value: &[u16]) -> Result<u64, String> {
        let old = self.pairs.get(key).map_or(0, |old| pair_size(key, old));
        Ok(self.size - old + pair_size(key, value))
    }

    fn set(&mut self, key: &[u16], value: &[u16]) -> Result<Option<Units>, String> {
        self.size = self.size_with(key, value)?;
        Ok(self.pairs.insert(key.to_vec(), value.to_vec()))
    }

    fn remove(&mut self, key: &[u16]) -> Result<Option<Units>, String> {
        let old = self.pairs.shift_remove(key);
        self.size -= old.as_ref().map_or(0, |old| pair_size(key, old));
        Ok(old)
    }

    fn clear(&mut self) -> Result<bool, String> {
        let had_pairs = !self.pairs.is_empty();
        *self = Self::default();
        Ok(had_pairs)
    }

    fn flush(&mut self) -> Result<(), String> {
        Ok(())
    }
}
