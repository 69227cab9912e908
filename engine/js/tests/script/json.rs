//! `JSON.parse` as pages see it.

use crate::common::Bench;

#[test]
fn values_are_read() {
    let mut bench = Bench::new();
    let mut check = |json: &str, expected: &str| {
        let literal = format!("{json:?}");
        // Rust's and script's string literals agree on these texts.
        bench.check(&format!("JSON.stringify(JSON.parse({literal}))"), expected);
    };
    check("1", "1");
    check(" [ ] ", "[]");
    check("{}", "{}");
    check(
        "[1, -2.5e3, 0.1, 1E-2, 12345678901234567890]",
        "[1,-2500,0.1,0.01,12345678901234567000]",
    );
    check(
        "{\"a\": {\"b\": [true, false, null, \"x\"]}, \"c\": \"\"}",
        "{\"a\":{\"b\":[true,false,null,\"x\"]},\"c\":\"\"}",
    );
    check("{\"b\": 1, \"a\": 2, \"b\": 3, \"1\": 4}", "{\"1\":4,\"b\":3,\"a\":2}");
    check(r#""\n\u0041\ud83c\udf27 \" / \/""#, r#""\nA🌧 \" / /""#);
}

#[test]
fn minus_zero_and_proto_are_kept() {
    let mut bench = Bench::new();
    bench.check("Object.is(JSON.parse('-0'), -0)", "true");
    bench.check("Object.is(JSON.parse('-0.0'), -0)", "true");
    bench.check("let o = JSON.parse('{\"__proto__\": 1}'); Object.hasOwn(o, '__proto__') && Object.getPrototypeOf(o) === Object.prototype", "true");
    bench.check("JSON.parse('[1,2]') instanceof Array", "true");
    bench.check(
        "JSON.parse('\"ü\"') + JSON.parse('\"日\"') + JSON.parse('{\"日\": \"ü\"}').日",
        "ü日ü",
    );
    bench.check("JSON.parse.name + JSON.parse.length", "parse2");
}

#[test]
fn errors_name_the_place() {
    let mut bench = Bench::new();
    let mut check = |json: &str, expected: &str| {
        bench.check(
            &format!("JSON.parse({json:?})"),
            &format!("SyntaxError: JSON.parse: {expected}"),
        );
    };
    check("", "unexpected end of the text");
    check("[1,", "unexpected end of the text");
    check("[1,]", "unexpected ']' at line 1 column 4");
    check("{\"a\": 1,}", "unexpected '}' at line 1 column 9");
    check("{a: 1}", "unexpected 'a' at line 1 column 2");
    check("01", "a number starts with 0 at line 1 column 1");
    check("1.", "unexpected end of the text");
    check("1.x", "unexpected 'x' at line 1 column 3");
    check("-", "unexpected end of the text");
    check("+1", "unexpected '+' at line 1 column 1");
    check("nul", "unexpected end of the text");
    check("[1]\n 2", "unexpected '2' at line 2 column 2");
    check("\"abc", "unterminated string");
    check("\"a\u{1}\"", "control character in a string at line 1 column 3");
    check(r#""\x""#, "bad escape at line 1 column 3");
    check(r#""\u12g4""#, "bad \\u escape at line 1 column 6");
    check("\u{a0}1", "unexpected '\\u{a0}' at line 1 column 1");
}

#[test]
fn nesting_has_no_limit() {
    let mut bench = Bench::new();
    bench.check(
        "let deep = JSON.parse('['.repeat(100000) + ']'.repeat(100000)); let n = 0; while (deep) { deep = deep[0]; n++ } n",
        "100000",
    );
    bench.check("let calls = 0; JSON.parse('['.repeat(5000) + ']'.repeat(5000), (k, v) => (calls++, v)); calls", "5000");
}

#[test]
fn revivers_see_every_value() {
    let mut bench = Bench::new();
    bench.check(
        "let seen = []; let r = JSON.parse('{\"a\": [1, 2], \"b\": {\"c\": 3}, \"d\": 4}', function (k, v) { seen.push(k); return k === 'd' ? undefined : typeof v === 'number' ? v * 2 : v }); seen.join() + JSON.stringify(r)",
        "0,1,a,c,b,d,{\"a\":[2,4],\"b\":{\"c\":6}}",
    );
    bench.check("JSON.parse('1', () => { throw new Error('mine') })", "Error: mine");
}
