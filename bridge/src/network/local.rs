//! Schemes without a server: `data:`, `about:` and `file:`.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use data_url::DataUrl;
use url::{Origin, Url};
use virga_protocol::{FetchFailure, FetchRequest, HttpHead, Reply, RequestMode, ResponseTainting};

use crate::{identity::Identity, responder::Responder};

/// <https://fetch.spec.whatwg.org/#data-url-processor>
pub(super) fn data(url: &Url, responder: &Responder) -> Result<(), FetchFailure> {
    let broken = |reason: &str| FetchFailure::Body(shorten(url.as_str()), reason.to_owned());
    let data = DataUrl::process(url.as_str()).map_err(|_| broken("not a data: URL"))?;
    let (body, _) = data.decode_to_vec().map_err(|_| broken("its base64 is not valid"))?;
    respond(url, &data.mime_type().to_string(), body, responder);
    Ok(())
}

/// `about:blank` and `about:srcdoc`; there are no other pages of that scheme.
pub(super) fn about(url: &Url, responder: &Responder) -> Result<(), FetchFailure> {
    if url.path() != "blank" {
        return Err(FetchFailure::InvalidUrl(url.to_string()));
    }
    respond(url, "text/html;charset=utf-8", Vec::new(), responder);
    Ok(())
}

/// Reads a file, in pieces, on a thread that may block.
pub(super) async fn file(
    app: &Identity,
    request: &FetchRequest,
    requester: &Origin,
    url: &Url,
    responder: &Arc<Responder>,
) -> Result<(), FetchFailure> {
    // A document from the network, in a frame say, is not the app itself: it may lead
    // there, but not read.
    let reads = request.mode != RequestMode::Navigate;
    let folder = app.folder().filter(|_| !(reads && requester.is_tuple())).ok_or_else(|| {
        let reason = "only apps that are files themselves may read files".to_owned();
        FetchFailure::Blocked(url.to_string(), reason)
    })?;
    // What goes with a request beyond its address means nothing to a file.
    if request.method != "GET" && request.method != "HEAD" {
        let reason = format!("a file cannot be the target of {}", request.method);
        return Err(FetchFailure::Blocked(url.to_string(), reason));
    }
    let anywhere = matches!(request.mode, RequestMode::NoCors | RequestMode::Navigate);
    let (url, responder) = (url.clone(), Arc::clone(responder));
    let with_body = request.method == "GET";
    let read = move || {
        let within = (!anywhere).then_some(folder.as_path());
        read_file(&url, within, with_body, &responder)
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(result) => result,
        Err(error) => Err(FetchFailure::Dropped(error.to_string())),
    }
}

/// `within`: the folder that the file must be in, whatever links say.
fn read_file(
    url: &Url,
    within: Option<&Path>,
    with_body: bool,
    responder: &Responder,
) -> Result<(), FetchFailure> {
    let path = url.to_file_path().map_err(|()| FetchFailure::InvalidUrl(url.to_string()))?;
    let failed = |path: &Path, error: &io::Error| {
        FetchFailure::File(path.display().to_string(), error.to_string())
    };
    let mut url = url.clone();
    let path = index_of(path, &mut url);
    if let Some(folder) = within {
        let real = path.canonicalize().map_err(|error| failed(&path, &error))?;
        let folder = folder.canonicalize().map_err(|error| failed(folder, &error))?;
        if !real.starts_with(&folder) {
            let reason = format!("it is not in the app's folder {}", folder.display());
            return Err(FetchFailure::Blocked(url.to_string(), reason));
        }
    }
    let mut file = File::open(&path).map_err(|error| failed(&path, &error))?;
    let metadata = file.metadata().map_err(|error| failed(&path, &error))?;
    if metadata.is_dir() {
        let error = io::Error::new(io::ErrorKind::IsADirectory, "a folder without an index.html");
        return Err(failed(&path, &error));
    }
    if !responder.send(Reply::Head(head_of_file(&url, &path, &metadata))) {
        return Ok(());
    }
    if with_body {
        let mut next =
            || next_piece(&mut file, metadata.len()).map_err(|error| failed(&path, &error));
        while let Some(piece) = next()? {
            if !responder.send(Reply::Data(piece.into())) {
                return Ok(());
            }
        }
    }
    responder.send(Reply::End);
    Ok(())
}

/// Bytes of a file that are read at once.
const PIECE: u64 = 1024 * 1024;

/// What comes next in a file of about `length` bytes; `None` at its end.
fn next_piece(file: &mut File, length: u64) -> io::Result<Option<Vec<u8>>> {
    let expected = usize::try_from(PIECE.min(length)).unwrap_or_default();
    let mut piece = Vec::with_capacity(expected);
    let read = file.take(PIECE).read_to_end(&mut piece)?;
    Ok((read > 0).then_some(piece))
}

/// A folder's page is its `index.html`; its address ends in a slash, so that what
/// the page names is found beside it.
fn index_of(path: PathBuf, url: &mut Url) -> PathBuf {
    if !path.is_dir() {
        return path;
    }
    if !url.path().ends_with('/') {
        let with_slash = format!("{}/", url.path());
        url.set_path(&with_slash);
    }
    let index = path.join("index.html");
    if index.is_file() { index } else { path }
}

fn head_of_file(url: &Url, path: &Path, metadata: &Metadata) -> HttpHead {
    HttpHead {
        url: url.to_string(),
        status: 200,
        status_text: "OK".to_owned(),
        headers: vec![
            ("content-type".to_owned(), mime_type(path).to_owned()),
            ("content-length".to_owned(), metadata.len().to_string()),
        ],
        redirected: false,
        tainting: ResponseTainting::Basic,
    }
}

fn respond(url: &Url, mime_type: &str, body: Vec<u8>, responder: &Responder) {
    responder.send(Reply::Head(HttpHead {
        url: url.to_string(),
        status: 200,
        status_text: "OK".to_owned(),
        headers: vec![("content-type".to_owned(), mime_type.to_owned())],
        redirected: false,
        tainting: ResponseTainting::Basic,
    }));
    if !body.is_empty() {
        responder.send(Reply::Data(body.into()));
    }
    responder.send(Reply::End);
}

/// The type of a file by its name, as servers send it.
fn mime_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "xhtml" | "xht" => "application/xhtml+xml",
        "css" => "text/css",
        "js" | "mjs" | "cjs" => "text/javascript",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "vtt" => "text/vtt",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "xml" => "application/xml",
        "gpx" => "application/gpx+xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "bmp" => "image/bmp",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "m4a" => "audio/mp4",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// A data: URL can be megabytes; an error names its beginning.
fn shorten(url: &str) -> String {
    const LONGEST: usize = 60;
    match url.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &url[..end]),
        None => url.to_owned(),
    }
}
