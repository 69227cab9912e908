use std::{fs, path::Path};

use url::Url;

use super::exit::Failure;

/// The URL of what the user named: a URL, a file, or a folder.
pub(crate) fn address(target: &str) -> Result<String, Failure> {
    let path = Path::new(target);
    // What exists is meant, even if it could be read as a URL.
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            let index = path.join("index.html");
            if index.is_file() {
                return file_url(&index);
            }
            return Err(Failure::failed(format!("the folder {target:?} has no index.html")));
        }
        Ok(_) => return file_url(path),
        Err(_) => {}
    }
    match Url::parse(target) {
        Ok(url) if is_known(url.scheme()) => Ok(url.into()),
        Ok(url) if target.starts_with(&format!("{}://", url.scheme())) => Err(Failure::failed(
            format!("cannot load {target}: the scheme {:?} is not supported", url.scheme()),
        )),
        Err(error) if target.contains("://") => {
            Err(Failure::usage(format!("{target:?} is not a valid URL: {error}")))
        }
        // A relative path, or a host without a scheme.
        _ => {
            let mut message = format!("there is no file or folder {target:?}");
            if looks_like_host(target) {
                message += &format!("; for a site, write http://{target}");
            }
            Err(Failure::failed(message))
        }
    }
}

fn is_known(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "file" | "data" | "about")
}

fn looks_like_host(target: &str) -> bool {
    let host = target.split(['/', ':']).next().unwrap_or_default();
    let page = Path::new(target).extension().is_some_and(|end| end == "html" || end == "htm");
    host == "localhost" || (host.contains('.') && !host.starts_with('.') && !page)
}

fn file_url(path: &Path) -> Result<String, Failure> {
    let path = fs::canonicalize(path)
        .map_err(|error| Failure::failed(format!("cannot open {}: {error}", path.display())))?;
    match Url::from_file_path(&path) {
        Ok(url) => Ok(url.into()),
        Err(()) => Err(Failure::failed(format!("{} has no URL", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    fn check(target: &str, expected: Result<&str, (Exit, &str)>) {
        match (address(target), expected) {
            (Ok(url), Ok(expected)) => assert_eq!(url, expected),
            (Err(failure), Err((exit, part))) => {
                assert_eq!(failure.exit, exit, "{target}");
                assert!(failure.to_string().contains(part), "{failure} should hold {part:?}");
            }
            (got, _) => panic!("{got:?} for {target:?}"),
        }
    }

    #[test]
    fn urls_files_and_mistakes() {
        check("http://127.0.0.1:8080/a", Ok("http://127.0.0.1:8080/a"));
        check("about:blank", Ok("about:blank"));
        check("data:text/html,x", Ok("data:text/html,x"));
        check("http://[", Err((Exit::Usage, "not a valid URL")));
        check("http://", Err((Exit::Usage, "not a valid URL")));
        check("gopher://old.example/", Err((Exit::Failed, "\"gopher\" is not supported")));
        check("no/such/file.html", Err((Exit::Failed, "there is no file or folder")));
        check("example.org", Err((Exit::Failed, "write http://example.org")));
        check("localhost:8080", Err((Exit::Failed, "write http://localhost:8080")));
        check("src", Err((Exit::Failed, "has no index.html")));
    }
}
