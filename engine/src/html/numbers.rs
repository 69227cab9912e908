//! How HTML reads numbers: <https://html.spec.whatwg.org/#numbers>

/// <https://html.spec.whatwg.org/#rules-for-parsing-integers>
pub(crate) fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0c', '\r']);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    // More digits than fit are out of the range of every attribute.
    let value = digits[..end].parse::<i64>().unwrap_or(i64::MAX);
    Some(if negative { -value } else { value })
}

/// <https://html.spec.whatwg.org/#rules-for-parsing-non-negative-integers>
pub(crate) fn parse_non_negative(text: &str) -> Option<i64> {
    parse_integer(text).filter(|value| *value >= 0)
}

/// <https://html.spec.whatwg.org/#rules-for-parsing-floating-point-number-values>
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0c', '\r']);
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let mut end = digits(start);
    let whole = end > start;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if fraction > end + 1 {
            end = fraction;
        } else if !whole {
            return None;
        }
    } else if !whole {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    text[..end].parse::<f64>().ok().filter(|value| value.is_finite())
}

/// <https://html.spec.whatwg.org/#valid-floating-point-number>
pub(crate) fn is_valid_float(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let starts = body.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let clean =
        body.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    starts && clean && !body.ends_with('.') && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (input, expected) in [
            ("5", Some(5)),
            (" \t-7px", Some(-7)),
            ("+3", Some(3)),
            ("", None),
            ("x1", None),
            ("- 1", None),
            ("99999999999999999999", Some(i64::MAX)),
        ] {
            assert_eq!(parse_integer(input), expected, "{input:?}");
        }
        assert_eq!(parse_non_negative("-0"), Some(0));
        assert_eq!(parse_non_negative("-1"), None);
    }

    #[test]
    fn floats() {
        for (input, expected) in [
            ("1.5", Some(1.5)),
            ("  .5em", Some(0.5)),
            ("-2e1", Some(-20.0)),
            ("3.", Some(3.0)),
            ("1e", Some(1.0)),
            (".", None),
            ("e5", None),
            ("inf", None),
        ] {
            assert_eq!(parse_float(input), expected, "{input:?}");
        }
        assert!(is_valid_float("-1.5e3"));
        assert!(!is_valid_float("+1"));
        assert!(!is_valid_float("1."));
        assert!(!is_valid_float(" 1"));
    }
}
