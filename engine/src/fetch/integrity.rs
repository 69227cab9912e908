//! <https://w3c.github.io/webappsec-subresource-integrity/>

use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::base64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

/// Whether bytes are what the metadata says.
///
/// <https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist>
pub(super) fn matches(bytes: &[u8], metadata: &str) -> bool {
    let parsed: Vec<(Algorithm, &str)> =
        metadata.split_ascii_whitespace().filter_map(parse).collect();
    // The strongest algorithm alone counts; what is unknown is ignored.
    let Some(strongest) = parsed.iter().map(|(algorithm, _)| *algorithm).max() else {
        return true;
    };
    let actual = match strongest {
        Algorithm::Sha256 => Sha256::digest(bytes).to_vec(),
        Algorithm::Sha384 => Sha384::digest(bytes).to_vec(),
        Algorithm::Sha512 => Sha512::digest(bytes).to_vec(),
    };
    parsed
        .iter()
        .filter(|(algorithm, _)| *algorithm == strongest)
        .any(|(_, value)| base64::decode(value).as_deref() == Some(actual.as_slice()))
}

fn parse(token: &str) -> Option<(Algorithm, &str)> {
    let token = token.split('?').next()?;
    let (name, value) = token.split_once('-')?;
    let algorithm = match name.to_ascii_lowercase().as_str() {
        "sha256" => Algorithm::Sha256,
        "sha384" => Algorithm::Sha384,
        "sha512" => Algorithm::Sha512,
        _ => return None,
    };
    Some((algorithm, value))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn the_strongest_hash_counts() {
        // Of "hello world".
        let good = "sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
        let bad = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        for (metadata, expected) in [
            ("", true),
            ("md5-abc", true),
            (good, true),
            (bad, false),
            (&format!("{bad} {good}?option"), true),
            (&format!("{good} sha512-AAAA"), false),
        ] {
            assert_eq!(matches(b"hello world", metadata), expected, "{metadata}");
        }
    }
}
