//! Fetches against real servers on this machine.

mod common;

use std::{
    io::Write,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use common::{App, Server, get, navigate, ok, post, respond};
use virga_bridge::{Bridge, BridgeOptions, NetworkOptions};
use virga_protocol::{
    FetchFailure, FetchRequest, Micros, RedirectMode, Reply, Request, RequestCredentials,
    RequestMode, ResponseTainting, ToApp,
};

#[test]
fn a_page() {
    let server = Server::start(|_| {
        respond("200 Gefunden", &[("Content-Type", "text/html"), ("X-A", "1"), ("X-A", "2")], b"hi")
    });
    let app = App::open(&server.url("/"));
    let response = app.fetch(navigate(&server.url("/a?b#c"))).unwrap();
    assert_eq!(response.text(), "hi");
    assert_eq!((response.head.status, response.head.status_text.as_str()), (200, "Gefunden"));
    assert_eq!(response.head.url, server.url("/a?b#c"));
    assert_eq!(response.header("content-type"), Some("text/html"));
    let repeated = response.head.headers.iter().filter(|(name, _)| name == "x-a").count();
    assert_eq!(repeated, 2);
    let got = &server.got()[0];
    assert_eq!((got.method.as_str(), got.path.as_str()), ("GET", "/a?b"));
    assert_eq!(got.header("user-agent"), Some("Virga/test"));
    assert_eq!(got.header("accept-language"), Some("de-AT,de;q=0.9"));
    assert!(got.header("accept-encoding").unwrap().contains("br"));
    assert_eq!(got.header("origin"), None);
}

#[test]
fn failures_say_what_happened() {
    // A port nobody listens on: taken, then given back.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = App::open("http://localhost/");
    let check = |url: &str, expected: &dyn Fn(&FetchFailure) -> bool| {
        let failure = app.fetch(navigate(url)).unwrap_err();
        assert!(expected(&failure), "{url}: {failure:?}");
    };
    check(&format!("http://{free}/"), &|failure| {
        matches!(failure, FetchFailure::Connection(host, reason)
            if *host == free.to_string() && reason.contains("refused"))
    });
    check(
        "http://nowhere.invalid/",
        &|failure| matches!(failure, FetchFailure::HostNotFound(host) if host == "nowhere.invalid"),
    );
    check(
        "gopher://example.com/",
        &|failure| matches!(failure, FetchFailure::UnsupportedScheme(scheme) if scheme == "gopher"),
    );
    check("not an address", &|failure| matches!(failure, FetchFailure::InvalidUrl(_)));
    check("http://localhost:25/", &|failure| matches!(failure, FetchFailure::Blocked(..)));
    check("about:config", &|failure| matches!(failure, FetchFailure::InvalidUrl(_)));
}

#[test]
fn broken_responses() {
    let check = |answer: Vec<u8>, expected: &str| {
        let server = Server::start(move |_| answer.clone());
        let app = App::open(&server.url("/"));
        match app.fetch(navigate(&server.url("/"))) {
            Err(FetchFailure::Body(url, reason)) => {
                assert_eq!(url, server.url("/"));
                assert!(reason.contains(expected), "{reason}");
            }
            other => panic!("{expected}: {other:?}"),
        }
    };
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec(), "end of file");
    check(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(), "chunk");
    check(respond("200 OK", &[("content-encoding", "gzip")], b"not gzip at all"), "gzip");
    check(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "HTTP version");
    check(b"HTTP/1.1 200 OK\r\n".to_vec(), "connection closed");
    let huge = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    check(huge.into_bytes(), "too large");
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(10_000));
    check(many.into_bytes(), "too large");
}

#[test]
fn compressed_bodies() {
    let app = App::open("http://localhost/");
    let text = "hello ".repeat(1000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(text.as_bytes()).unwrap();
    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut text.as_bytes(), &mut brotli, &parameters).unwrap();
    let bodies =
        [("gzip", gzip.finish().unwrap()), ("deflate", deflate.finish().unwrap()), ("br", brotli)];
    for (coding, body) in bodies {
        assert!(body.len() < text.len() / 10);
        let server =
            Server::start(move |_| respond("200 OK", &[("content-encoding", coding)], &body));
        let response = app.fetch(navigate(&server.url("/"))).unwrap();
        assert_eq!(response.text(), text, "{coding}");
    }
}

#[test]
fn redirects_end() {
    let server = Server::start(|got| {
        let number: usize = got.path[1..].parse().unwrap();
        match number {
            0 => ok(&[], "there"),
            _ => respond("302 Found", &[("location", &format!("/{}", number - 1))], b""),
        }
    });
    let app = App::open(&server.url("/"));
    let response = app.fetch(navigate(&server.url("/20#here"))).unwrap();
    assert_eq!(response.text(), "there");
    assert!(response.head.redirected);
    assert_eq!(response.head.url, server.url("/0#here"), "the fragment is kept");
    match app.fetch(navigate(&server.url("/21"))) {
        Err(FetchFailure::TooManyRedirects(url)) => assert_eq!(url, server.url("/21")),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.got().len(), 21 + 21);
}

#[test]
fn redirect_modes_and_bad_targets() {
    let server = Server::start(|got| {
        let to = match got.path.as_str() {
            "/data" => "data:text/plain,x",
            "/file" => "file:///etc/passwd",
            "/bad" => "http://[",
            _ => "/elsewhere",
        };
        respond("301 Moved Permanently", &[("location", to)], b"")
    });
    let app = App::open(&server.url("/"));
    let request = |path: &str, redirect| FetchRequest { redirect, ..navigate(&server.url(path)) };
    assert!(matches!(
        app.fetch(request("/", RedirectMode::Error)),
        Err(FetchFailure::Redirected(_))
    ));
    let manual = app.fetch(request("/", RedirectMode::Manual)).unwrap();
    assert_eq!(manual.head.tainting, ResponseTainting::OpaqueRedirect);
    for path in ["/data", "/file"] {
        assert!(matches!(
            app.fetch(request(path, RedirectMode::Follow)),
            Err(FetchFailure::UnsupportedScheme(_))
        ));
    }
    assert!(matches!(
        app.fetch(request("/bad", RedirectMode::Follow)),
        Err(FetchFailure::InvalidUrl(_))
    ));
}

#[test]
fn redirects_rewrite_the_request() {
    let check = |status: &'static str, method: &str, expected: (&str, &str, bool)| {
        let server = Server::start(move |got| match got.path.as_str() {
            "/from" => respond(status, &[("location", "/to")], b""),
            _ => ok(&[], ""),
        });
        let app = App::open(&server.url("/"));
        let mut request = post(&server.url("/from"), &server.origin(), "body");
        request.method = method.to_owned();
        request.headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        app.fetch(request).unwrap();
        let got = server.got()[1].clone();
        let after = (got.method.as_str(), got.body.as_str(), got.header("content-type").is_some());
        assert_eq!(after, expected, "{status} {method}");
    };
    check("301 M", "POST", ("GET", "", false));
    check("302 F", "POST", ("GET", "", false));
    check("303 S", "POST", ("GET", "", false));
    check("303 S", "PUT", ("GET", "", false));
    check("302 F", "PUT", ("PUT", "body", true));
    check("307 T", "POST", ("POST", "body", true));
    check("308 P", "POST", ("POST", "body", true));
}

#[test]
fn cors() {
    let server = Server::start(|got| match got.path.as_str() {
        "/open" => ok(
            &[
                ("access-control-allow-origin", "*"),
                ("x-secret", "1"),
                ("x-shown", "2"),
                ("access-control-expose-headers", "x-shown"),
                ("set-cookie", "a=1"),
            ],
            "open",
        ),
        "/json" => match got.method.as_str() {
            "OPTIONS" => respond(
                "204 No Content",
                &[
                    ("access-control-allow-origin", got.header("origin").unwrap()),
                    ("access-control-allow-headers", "content-type"),
                ],
                b"",
            ),
            _ => ok(&[("access-control-allow-origin", got.header("origin").unwrap())], &got.body),
        },
        _ => ok(&[], "closed"),
    });
    let page = server.other_origin();
    let app = App::open(&page);
    let cors = |path: &str| get(&server.url(path), &page, RequestMode::Cors);

    let open = app.fetch(cors("/open")).unwrap();
    assert_eq!(open.head.tainting, ResponseTainting::Cors);
    assert_eq!(open.text(), "open");
    assert_eq!((open.header("x-secret"), open.header("x-shown")), (None, Some("2")));
    assert_eq!(open.header("set-cookie"), None);
    assert_eq!(server.got()[0].header("origin"), Some(page.as_str()));

    match app.fetch(cors("/closed")) {
        Err(FetchFailure::Cors(url, reason)) => {
            assert_eq!(url, server.url("/closed"));
            assert!(reason.contains("Access-Control-Allow-Origin"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    let opaque = app.fetch(get(&server.url("/closed"), &page, RequestMode::NoCors)).unwrap();
    assert_eq!(opaque.head.tainting, ResponseTainting::Opaque);
    let own = get(&server.url("/closed"), &page, RequestMode::SameOrigin);
    assert!(matches!(app.fetch(own), Err(FetchFailure::Cors(..))));
    let basic =
        app.fetch(get(&server.url("/closed"), &server.origin(), RequestMode::Cors)).unwrap();
    assert_eq!(basic.head.tainting, ResponseTainting::Basic);

    let before = server.got().len();
    let mut json = post(&server.url("/json"), &page, "{}");
    json.headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    assert_eq!(app.fetch(json.clone()).unwrap().text(), "{}");
    let got = server.got();
    assert_eq!(got[before].method, "OPTIONS");
    assert_eq!(got[before].header("access-control-request-headers"), Some("content-type"));
    assert_eq!(got[before].header("access-control-request-method"), Some("POST"));

    json.method = "DELETE".to_owned();
    assert!(
        matches!(app.fetch(json), Err(FetchFailure::Cors(_, reason)) if reason.contains("DELETE"))
    );
    assert_eq!(server.got().last().unwrap().method, "OPTIONS", "DELETE was not sent");
}

#[test]
fn a_redirect_through_another_origin_loses_its_name_and_secrets() {
    let target = Server::start(|got| {
        ok(&[("access-control-allow-origin", got.header("origin").unwrap_or("none"))], "")
    });
    let to = target.url("/end");
    let middle = Server::start(move |_| {
        respond("302 F", &[("location", &to), ("access-control-allow-origin", "*")], b"")
    });
    let page = "http://localhost:1";
    let app = App::open(page);
    let mut request = get(&middle.url("/"), page, RequestMode::Cors);
    request.referrer = Some(format!("{page}/secret/path?q#f"));
    app.fetch(request).unwrap();
    assert_eq!(middle.got()[0].header("origin"), Some(page));
    assert_eq!(middle.got()[0].header("referer"), Some("http://localhost:1/"));
    assert_eq!(target.got()[0].header("origin"), Some("null"));
}

#[test]
fn cookies_go_where_they_belong() {
    let server = Server::start(|_| {
        ok(&[("set-cookie", "a=1"), ("set-cookie", "b=2; Max-Age=0"), ("set-cookie", "c=3")], "")
    });
    let app = App::open(&server.url("/"));
    let cookie = |request: FetchRequest| {
        app.fetch(request).unwrap();
        server.got().last().unwrap().header("cookie").map(ToOwned::to_owned)
    };
    assert_eq!(cookie(navigate(&server.url("/"))), None);
    assert_eq!(cookie(navigate(&server.url("/"))).as_deref(), Some("a=1; c=3"));
    let own = get(&server.url("/"), &server.origin(), RequestMode::Cors);
    assert_eq!(cookie(own.clone()).as_deref(), Some("a=1; c=3"));
    assert_eq!(cookie(FetchRequest { credentials: RequestCredentials::Omit, ..own }), None);
    let foreign = get(&server.url("/"), &server.other_origin(), RequestMode::NoCors);
    assert_eq!(cookie(foreign.clone()), None);
    let with_all = FetchRequest { credentials: RequestCredentials::Include, ..foreign };
    assert_eq!(cookie(with_all), None, "another site, and the cookies are Lax");
}

#[test]
fn a_silent_server_times_out_and_a_cancelled_fetch_is_silent() {
    // Accepts and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let bridge = Bridge::new(BridgeOptions {
        network: NetworkOptions {
            idle_timeout: Duration::from_millis(200),
            ..NetworkOptions::default()
        },
        ..BridgeOptions::default()
    });
    let app = App::connect(&bridge, &url);
    assert_eq!(app.fetch(navigate(&url)).unwrap_err(), FetchFailure::Timeout(url.clone()));

    let id = app.request(Request::Fetch(navigate(&url)), Micros::ZERO);
    app.link.cancel(id);
    thread::sleep(Duration::from_millis(400));
    assert_eq!(app.replies(), []);
}

#[test]
fn a_cancelled_fetch_closes_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = App::open(&url);
    let id = app.request(Request::Fetch(navigate(&url)), Micros::ZERO);
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    app.link.cancel(id);
    let mut rest = Vec::new();
    // The end of the stream, not a timeout.
    std::io::Read::read_to_end(&mut stream, &mut rest).unwrap();
}

#[test]
fn a_bridge_that_stops_answers_what_is_open() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let bridge = Bridge::new(BridgeOptions::default());
    let app = App::connect(&bridge, &url);
    app.request(Request::Fetch(navigate(&url)), Micros::ZERO);
    let _connection = listener.accept().unwrap();
    let App { link, inbox, .. } = app;
    // The link's end is silence: the app is gone.
    drop(link);
    drop(bridge);
    assert!(inbox.recv_timeout(Duration::from_secs(5)).is_err());
}

#[test]
fn bodies_come_in_pieces() {
    let step = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let seen = Arc::clone(&step);
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // An answer before its request would be an error of the server's.
        let mut request = [0; 4096];
        assert!(std::io::Read::read(&mut stream, &mut request).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\none").unwrap();
        // Goes on only after the first piece arrived.
        let start = Instant::now();
        while seen.load(Ordering::Acquire) == 0 && start.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(1));
        }
        stream.write_all(b"two").unwrap();
    });
    let app = App::open(&url);
    app.request(Request::Fetch(navigate(&url)), Micros::ZERO);
    let next = || match app.receive() {
        ToApp::Reply { reply, .. } => reply,
        other => panic!("{other:?}"),
    };
    assert!(matches!(next(), Reply::Head(_)));
    assert!(matches!(next(), Reply::Data(data) if &data[..] == b"one"));
    step.store(1, Ordering::Release);
    assert!(matches!(next(), Reply::Data(data) if &data[..] == b"two"));
    assert!(matches!(next(), Reply::End));
}

#[test]
fn a_kept_connection_that_the_server_closes_is_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            // One answer; the next request on this connection gets none.
            std::io::Read::read(&mut stream, &mut buffer).unwrap();
            stream.write_all(answer).unwrap();
            thread::spawn(move || drop(std::io::Read::read(&mut stream, &mut buffer)));
        }
    });
    let app = App::open(&url);
    for _ in 0..3 {
        assert_eq!(app.fetch(navigate(&url)).unwrap().text(), "hi");
    }
    let mut sent_once = post(&url, &url, "x");
    sent_once.origin = url.trim_end_matches('/').to_owned();
    assert!(matches!(app.fetch(sent_once), Err(FetchFailure::Body(..))), "a POST is not repeated");
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("app");
    std::fs::create_dir_all(root.join("sub")).unwrap();
    std::fs::write(root.join("index.html"), "<p>index").unwrap();
    std::fs::write(root.join("style.CSS"), "p {}").unwrap();
    std::fs::write(root.join("big.bin"), vec![7; 3 << 20]).unwrap();
    std::fs::write(folder.path().join("outside.txt"), "secret").unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside.txt"), root.join("link.txt")).unwrap();
    let base = format!("file://{}", root.display());
    let app = App::open(&format!("{base}/index.html"));

    let page = app.fetch(navigate(&base)).unwrap();
    assert_eq!(page.text(), "<p>index");
    assert_eq!(page.head.url, format!("{base}/"), "a folder's address ends in a slash");
    assert_eq!(page.header("content-type"), Some("text/html"));
    let style = get(&format!("{base}/style.CSS?v=2"), "null", RequestMode::NoCors);
    assert_eq!(app.fetch(style).unwrap().header("content-type"), Some("text/css"));
    let big = app.fetch(get(&format!("{base}/big.bin"), "null", RequestMode::Cors)).unwrap();
    assert_eq!(big.body, vec![7; 3 << 20]);

    let read = |path: &str, mode| app.fetch(get(&format!("{base}{path}"), "null", mode));
    assert!(matches!(
        read("/sub/", RequestMode::Navigate),
        Err(FetchFailure::File(_, reason)) if reason.contains("index.html")
    ));
    assert!(matches!(read("/none", RequestMode::Cors), Err(FetchFailure::File(..))));
    for path in ["/../outside.txt", "/link.txt", "/%2e%2e/outside.txt"] {
        assert!(
            matches!(read(path, RequestMode::Cors), Err(FetchFailure::Blocked(..))),
            "{path} was read"
        );
    }
    let web = App::open("http://localhost/");
    let theft = get(&format!("{base}/index.html"), "http://localhost", RequestMode::NoCors);
    assert!(matches!(web.fetch(theft), Err(FetchFailure::Blocked(..))));
}

#[test]
fn data_and_blank() {
    let app = App::open("http://localhost/");
    let check = |url: &str, mime_type: &str, body: &str| {
        let response = app.fetch(get(url, "http://localhost", RequestMode::Cors)).unwrap();
        assert_eq!(response.header("content-type"), Some(mime_type), "{url}");
        assert_eq!(response.text(), body, "{url}");
    };
    check("data:,A%20brief%20note", "text/plain;charset=US-ASCII", "A brief note");
    check("data:text/html;base64,PHA+", "text/html", "<p>");
    check("data:text/plain;charset=utf-8,ö#fragment", "text/plain;charset=utf-8", "ö");
    check("about:blank", "text/html;charset=utf-8", "");
    assert!(matches!(app.fetch(navigate("data:text/plain;base64,@")), Err(FetchFailure::Body(..))));
}

#[test]
fn tls_to_a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Open until the client has read it.
        let mut rest = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
    });
    let url = format!("https://{host}/");
    match App::open(&url).fetch(navigate(&url)) {
        Err(FetchFailure::Tls(named, _)) => assert_eq!(named, host),
        other => panic!("{other:?}"),
    }
}

/// A certificate authority of one, and a server that it vouches for.
#[test]
fn tls_with_an_authority_of_the_hosts_own() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = key.cert.pem().into_bytes();
    let certificate = key.cert.der().clone();
    let private = rustls::pki_types::PrivatePkcs8KeyDer::from(key.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], private.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = stream.unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut stream);
            let mut buffer = [0; 4096];
            // A client that does not trust the certificate hangs up.
            if std::io::Read::read(&mut stream, &mut buffer).is_ok() {
                stream.write_all(&ok(&[], "secret")).unwrap();
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    let url = format!("https://localhost:{port}/");
    match App::open(&url).fetch(navigate(&url)) {
        Err(FetchFailure::Tls(host, reason)) => {
            assert_eq!(host, format!("localhost:{port}"));
            assert!(reason.contains("certificate"), "{reason}");
        }
        other => panic!("an unknown authority was trusted: {other:?}"),
    }
    let bridge = Bridge::new(BridgeOptions {
        network: NetworkOptions { extra_authorities: vec![pem], ..NetworkOptions::default() },
        ..BridgeOptions::default()
    });
    let response = App::connect(&bridge, &url).fetch(navigate(&url)).unwrap();
    assert_eq!(response.text(), "secret");
}

#[test]
fn a_body_comes_as_fast_as_it_is_read() {
    const LENGTH: usize = 4 * 1024 * 1024;
    const WINDOW: usize = 128 * 1024;
    let server = Server::start(|got| match got.path.as_str() {
        "/large" => ok(&[], &"x".repeat(LENGTH)),
        _ => ok(&[], "small"),
    });
    let app = App::open(&server.url("/"));
    let window = u64::try_from(WINDOW).ok();
    let large =
        FetchRequest { window, ..get(&server.url("/large"), &server.origin(), RequestMode::Cors) };
    let small = get(&server.url("/small"), &server.origin(), RequestMode::Cors);
    let large = app.request(Request::Fetch(large), Micros::ZERO);
    let (mut unread, mut read, mut largest) = (0, 0, 0);
    let mut ended = false;
    while !ended {
        // Reads until the window is full: then all that comes is of others, however
        // many round trips there are.
        let others = app.request(Request::Fetch(small.clone()), Micros::ZERO);
        let mut other_ended = false;
        while !ended && (unread < WINDOW || !other_ended) {
            let ToApp::Reply { id, reply } = app.receive() else { continue };
            match reply {
                Reply::Data(data) if id == large => {
                    unread += data.len();
                    largest = largest.max(data.len());
                }
                Reply::End if id == large => ended = true,
                Reply::End if id == others => other_ended = true,
                Reply::Failed(failure) => panic!("{failure}"),
                _ => {}
            }
            assert!(unread < WINDOW + largest, "{unread} bytes are unread");
        }
        read += unread;
        app.link.consumed(large, u64::try_from(unread).unwrap());
        unread = 0;
    }
    assert_eq!(read, LENGTH);
}

#[test]
fn an_answer_to_a_preflight_is_kept() {
    let server = Server::start(|got| {
        let mut headers = vec![("Access-Control-Allow-Origin", "*")];
        if got.method == "OPTIONS" {
            headers.push(("Access-Control-Allow-Headers", "x-a"));
            headers.push(("Access-Control-Max-Age", "600"));
        }
        ok(&headers, "")
    });
    let app = App::open(&server.url("/"));
    let request = |name: &str| FetchRequest {
        headers: vec![(name.to_owned(), "1".to_owned())],
        ..get(&format!("{}/x", server.other_origin()), &server.origin(), RequestMode::Cors)
    };
    app.fetch(request("x-a")).unwrap();
    app.fetch(request("x-a")).unwrap();
    assert!(matches!(app.fetch(request("x-b")), Err(FetchFailure::Cors(..))));
    // Asked for although it is simple.
    let forced = FetchRequest { preflight: true, ..request("accept") };
    app.fetch(forced).unwrap();
    let methods: Vec<_> = server.got().into_iter().map(|got| got.method).collect();
    assert_eq!(methods, ["OPTIONS", "GET", "GET", "OPTIONS", "OPTIONS", "GET"]);
}

#[test]
fn a_redirect_may_change_the_referrer_policy() {
    let server = Server::start(|got| match got.path.as_str() {
        "/go" => {
            respond("302 Found", &[("Location", "/end"), ("Referrer-Policy", "no-referrer")], b"")
        }
        _ => ok(&[], ""),
    });
    let app = App::open(&server.url("/"));
    let request = FetchRequest {
        referrer: Some(server.url("/page?q")),
        ..get(&server.url("/go"), &server.origin(), RequestMode::Cors)
    };
    app.fetch(request).unwrap();
    let got = server.got();
    assert_eq!(got[0].header("referer"), Some(server.url("/page?q").as_str()));
    assert_eq!(got[1].header("referer"), None);
}
