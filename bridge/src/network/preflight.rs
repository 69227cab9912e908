//! <https://fetch.spec.whatwg.org/#concept-cache>: what other origins have agreed
//! to for a while.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use super::cors;
use crate::sync::lock;

/// The answers to preflights.
#[derive(Default)]
pub(super) struct Preflights {
    kept: Mutex<HashMap<PreflightKey, Kept>>,
}

/// What an answer is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PreflightKey {
    pub(super) origin: String,
    pub(super) url: String,
    pub(super) credentials: bool,
}

struct Kept {
    until: Instant,
    methods: Vec<String>,
    headers: Vec<String>,
}

/// How long an answer counts that does not say.
const DEFAULT: Duration = Duration::from_secs(5);
/// How long an answer counts at most.
const LONGEST: Duration = Duration::from_secs(7200);
/// Answers that are kept at a time.
const MOST: usize = 1000;

impl Preflights {
    /// Whether an answer that still counts allows this request.
    pub(super) fn allows(&self, key: &PreflightKey, method: &str, names: &[String]) -> bool {
        let mut kept = lock(&self.kept);
        let Some(entry) = kept.get(key) else { return false };
        if entry.until <= Instant::now() {
            kept.remove(key);
            return false;
        }
        let star = |list: &[String]| !key.credentials && list.iter().any(|item| item == "*");
        let method_allowed = cors::is_safe_method(method)
            || entry.methods.iter().any(|allowed| allowed == method)
            || star(&entry.methods);
        method_allowed
            && names.iter().all(|name| {
                entry.headers.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
                    || (star(&entry.headers) && name != "authorization")
            })
    }

    /// Keeps what an answer allows.
    pub(super) fn keep(&self, key: PreflightKey, answer: &cors::Headers) {
        let age = match cors::get(answer, "access-control-max-age") {
            Some(value) => value.trim().parse().map_or(DEFAULT, Duration::from_secs),
            None => DEFAULT,
        };
        let now = Instant::now();
        let mut kept = lock(&self.kept);
        if age.is_zero() {
            kept.remove(&key);
            return;
        }
        if kept.len() >= MOST {
            kept.retain(|_, entry| entry.until > now);
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        let entry = Kept {
            until: now + age.min(LONGEST),
            methods: cors::list(answer, "access-control-allow-methods"),
            headers: cors::list(answer, "access-control-allow-headers"),
        };
        kept.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(credentials: bool) -> PreflightKey {
        let (origin, url) = ("https://a.com".to_owned(), "https://b.com/x".to_owned());
        PreflightKey { origin, url, credentials }
    }

    fn answer(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_answer_counts_for_what_it_names() {
        let cache = Preflights::default();
        let agreed = answer(&[
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-headers", "X-A, content-type"),
            ("access-control-max-age", "600"),
        ]);
        cache.keep(key(false), &agreed);
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert!(cache.allows(&key(false), "PUT", &names(&["x-a"])));
        assert!(cache.allows(&key(false), "POST", &names(&["content-type"])));
        assert!(!cache.allows(&key(false), "DELETE", &[]));
        assert!(!cache.allows(&key(false), "PUT", &names(&["x-b"])));
        assert!(!cache.allows(&key(true), "PUT", &[]));
        cache.keep(key(false), &answer(&[("access-control-max-age", "0")]));
        assert!(!cache.allows(&key(false), "PUT", &[]));
    }
}
