//! `Math.random`, from the app's own seed, so that a run can be repeated.

use std::cell::Cell;

use crate::{Cx, Fallible, Flags, Function, NativeFn, Property, Value, dom_string};

/// xoshiro256++: <https://prng.di.unimi.it/>. Not for secrets.
pub(crate) struct Random {
    state: Cell<[u64; 4]>,
}

impl Random {
    /// A generator whose sequence the seed decides.
    pub(crate) fn new(seed: u64) -> Self {
        // splitmix64 spreads the seed, so that close seeds give unlike states.
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = x;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self { state: Cell::new([next(), next(), next(), next()]) }
    }

    pub(crate) fn next_u64(&self) -> u64 {
        let mut s = self.state.get();
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        self.state.set(s);
        result
    }

    /// Uniform in 0 to 1, 1 excluded, in steps of 2^-53.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub(crate) fn next_f64(&self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

impl Cx {
    /// The next 64 bits of the app's generator, the one of `Math.random`.
    #[must_use]
    pub fn random_u64(&mut self) -> u64 {
        self.state().random.next_u64()
    }
}

/// Replaces `Math.random` of the current realm.
pub(crate) fn install(cx: &mut Cx) {
    let math = cx.context().intrinsics().objects().math();
    let function = Function::native(cx, "random", 0, NativeFn::new(random));
    crate::Object(math).put(dom_string!("random"), Property::data(function, Flags::HIDDEN));
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of native functions")]
fn random(cx: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    Ok(Value::from(cx.state().random.next_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let (a, b, c) = (Random::new(1), Random::new(1), Random::new(2));
        let run = |random: &Random| (0..100).map(|_| random.next_f64()).collect::<Vec<_>>();
        let first = run(&a);
        assert_eq!(first, run(&b));
        assert_ne!(first, run(&c));
        assert!(first.iter().all(|x| (0.0..1.0).contains(x)));
        let mean = first.iter().sum::<f64>() / 100.0;
        assert!((0.3..0.7).contains(&mean), "{mean}");
    }
}
