//! `min`, `max` and `step`: <https://html.spec.whatwg.org/#the-step-attribute>

use virga_dom::{NodeId, Tree};

use super::{dates, kind::InputType};
use crate::html::numbers::{is_valid_float, parse_float};

/// What the numeric attributes of an input say, in the unit of its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// "The allowed value step"; `None` for `any`.
    pub(super) step: Option<f64>,
    /// "The step base"
    pub(super) base: f64,
    /// How many decimals a sum of steps has at most.
    decimals: i32,
}

/// "The algorithm to convert a string to a number" of a numeric type.
pub(super) fn to_number(type_: InputType, text: &str) -> Option<f64> {
    match type_ {
        InputType::Number | InputType::Range => {
            is_valid_float(text).then(|| parse_float(text)).flatten()
        }
        _ => dates::to_number(type_, text),
    }
}

/// How many digits stand after the point.
fn decimals(text: &str) -> i32 {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().unwrap_or(0)),
        None => (text, 0),
    };
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.trim().len());
    i32::try_from(fraction).unwrap_or(0).saturating_sub(exponent).clamp(0, 15)
}

impl Scale {
    /// Of an input with a numeric type.
    pub(super) fn of(tree: &Tree, input: NodeId, type_: InputType) -> Self {
        let attribute = |name: &str| tree.plain_attribute(input, &name.into());
        let number = |name: &str| attribute(name).and_then(|text| to_number(type_, text));
        let (default_step, factor): (f64, f64) = match type_ {
            InputType::Date => (1.0, 86_400_000.0),
            InputType::Week => (1.0, 604_800_000.0),
            InputType::Time | InputType::DatetimeLocal => (60.0, 1000.0),
            _ => (1.0, 1.0),
        };
        let step = match attribute("step") {
            Some(step) if step.eq_ignore_ascii_case("any") => None,
            step => {
                let stated = step.and_then(parse_float).filter(|step| *step > 0.0);
                let step = stated.unwrap_or(default_step);
                // A day, a week or a month has no parts.
                let whole = matches!(type_, InputType::Date | InputType::Week | InputType::Month);
                Some(if whole { step.round().max(1.0) } else { step } * factor)
            }
        };
        let (min, max) = (number("min"), number("max"));
        let default_base = if type_ == InputType::Week { -259_200_000.0 } else { 0.0 };
        let base = match type_ {
            InputType::Range => min.unwrap_or(0.0),
            _ => min.or_else(|| number("value")).unwrap_or(default_base),
        };
        let texts = ["min", "value", "step"].into_iter().filter_map(attribute);
        let decimals = texts.map(decimals).max().unwrap_or(0);
        let (min, max) = match type_ {
            InputType::Range => {
                let min = min.unwrap_or(0.0);
                (Some(min), Some(max.unwrap_or(100.0)))
            }
            _ => (min, max),
        };
        Self { min, max, step, base, decimals }
    }

    /// A sum of steps, without what binary fractions added.
    fn tidy(&self, value: f64) -> f64 {
        let scale = 10f64.powi(self.decimals);
        let scaled = value * scale;
        if scaled.abs() < 9e15 { scaled.round() / scale } else { value }
    }

    /// How many steps a value is from the base, if that is a whole number.
    fn steps(&self, value: f64, step: f64) -> (f64, bool) {
        let steps = (value - self.base) / step;
        let aligned = (steps - steps.round()).abs() <= 1e-9 * steps.abs().max(1.0);
        (steps, aligned)
    }

    /// <https://html.spec.whatwg.org/#suffering-from-a-step-mismatch>
    pub(super) fn mismatches(&self, value: f64) -> bool {
        self.step.is_some_and(|step| !self.steps(value, step).1)
    }

    /// The value on a step at or below this one.
    fn floor(&self, value: f64, step: f64) -> f64 {
        let (steps, aligned) = self.steps(value, step);
        let steps = if aligned { steps.round() } else { steps.floor() };
        self.tidy(self.base + steps * step)
    }

    /// The value on a step at or above this one.
    fn ceil(&self, value: f64, step: f64) -> f64 {
        let (steps, aligned) = self.steps(value, step);
        let steps = if aligned { steps.round() } else { steps.ceil() };
        self.tidy(self.base + steps * step)
    }

    /// What `stepUp(n)`, or with a negative count `stepDown`, makes of a value;
    /// `None` where it stays.
    ///
    /// <https://html.spec.whatwg.org/#dom-input-stepup>, from step 3.
    pub(super) fn stepped(&self, value: f64, n: i32, up: bool) -> Option<f64> {
        let step = self.step?;
        // 3.–4.
        if let (Some(min), Some(max)) = (self.min, self.max)
            && (min > max || self.ceil(min, step) > max)
        {
            return None;
        }
        // 6.–7.
        let before = value;
        let mut value = if self.mismatches(value) {
            if up { self.ceil(value, step) } else { self.floor(value, step) }
        } else {
            let delta = step * f64::from(n);
            self.tidy(if up { value + delta } else { value - delta })
        };
        // 8.–9.
        if let Some(min) = self.min.filter(|min| value < *min) {
            value = self.ceil(min, step);
        }
        if let Some(max) = self.max.filter(|max| value > *max) {
            value = self.floor(max, step);
        }
        // 10.
        let wrong_way = if up { value < before } else { value > before };
        (!wrong_way).then_some(value)
    }

    /// A value of a range: within its bounds and on a step.
    pub(super) fn clamp(&self, value: f64) -> f64 {
        let (min, max) = (self.min.unwrap_or(0.0), self.max.unwrap_or(100.0));
        if max < min {
            return min;
        }
        let value = value.clamp(min, max);
        let Some(step) = self.step.filter(|step| !self.steps(value, *step).1) else {
            return value;
        };
        let (below, above) = (self.floor(value, step), self.ceil(value, step));
        let nearest = if value - below < above - value { below } else { above };
        if nearest > max { below.max(min) } else { nearest.max(min) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(min: Option<f64>, max: Option<f64>, step: Option<f64>, base: f64) -> Scale {
        Scale { min, max, step, base, decimals: 2 }
    }

    #[test]
    fn steps_stay_within_bounds() {
        let plain = scale(None, None, Some(1.0), 0.0);
        let bound = scale(Some(0.0), Some(10.0), Some(3.0), 0.0);
        let tenths = scale(None, None, Some(0.1), 0.0);
        for (scale, value, n, up, expected) in [
            (&plain, 5.0, 1, true, Some(6.0)),
            (&plain, 5.5, 1, true, Some(6.0)),
            (&plain, 5.5, 1, false, Some(5.0)),
            (&plain, 5.0, -2, true, None),
            (&bound, 9.0, 1, true, Some(9.0)),
            (&bound, 100.0, 1, false, Some(9.0)),
            (&bound, 0.0, 1, false, Some(0.0)),
            (&tenths, 0.7, 1, true, Some(0.8)),
        ] {
            assert_eq!(scale.stepped(value, n, up), expected, "{scale:?} {value} {n} {up}");
        }
        assert!(bound.mismatches(4.0));
        assert!(!tenths.mismatches(1.1));
        assert_eq!(bound.clamp(4.0), 3.0);
        assert_eq!(bound.clamp(100.0), 9.0);
    }

    #[test]
    fn decimals_of_texts() {
        for (text, expected) in [("1", 0), ("0.25", 2), ("1e-3", 3), ("1.5e1", 0), ("x", 0)] {
            assert_eq!(decimals(text), expected, "{text}");
        }
    }
}
