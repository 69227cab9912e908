//! A web server for files that are inside this program: HTTP/1.1, on this
//! machine only.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// A file that is served.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    /// From the first slash on.
    pub(crate) path: &'static str,
    /// Its `Content-Type`.
    pub(crate) kind: &'static str,
    /// Its content.
    pub(crate) body: &'static [u8],
}

/// A request's head may be so long.
const LONGEST_HEAD: usize = 16 << 10;

/// Serves `pages` as long as the process lives; where.
pub(crate) fn serve(pages: &'static [Page]) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::Builder::new().name("virga-demo-server".into()).spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser opens a few connections at once, and some stay idle.
            let answered = thread::Builder::new().spawn(move || {
                // Whoever hangs up early misses the rest.
                let _ = answer(stream, pages);
            });
            if answered.is_err() {
                // No thread: this request is dropped, the next may fare better.
                continue;
            }
        }
    })?;
    Ok(address)
}

fn answer(mut stream: TcpStream, pages: &[Page]) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut part)?;
        if count == 0 || head.len() + count > LONGEST_HEAD {
            return Ok(());
        }
        head.extend_from_slice(&part[..count]);
    }
    stream.write_all(&respond(&head, pages))
}

/// The whole response to a request with this head.
fn respond(head: &[u8], pages: &[Page]) -> Vec<u8> {
    let head = String::from_utf8_lossy(head);
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let (status, kind, body): (_, _, &[u8]) = match pages.iter().find(|page| page.path == path) {
        _ if method != "GET" && method != "HEAD" => {
            ("405 Method Not Allowed", "text/plain", b"only GET and HEAD\n")
        }
        Some(page) => ("200 OK", page.kind, page.body),
        None => ("404 Not Found", "text/plain", b"nothing is here\n"),
    };
    let mut response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    if method != "HEAD" {
        response.extend_from_slice(body);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: &[Page] = &[Page { path: "/", kind: "text/html", body: b"<p>hi" }];

    fn check(head: &str, status: &str, body: &str) {
        let response = String::from_utf8(respond(head.as_bytes(), PAGES)).unwrap();
        let (head, got) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
        assert_eq!(got, body);
    }

    #[test]
    fn what_is_there_is_served() {
        check("GET / HTTP/1.1\r\n\r\n", "200", "<p>hi");
        check("GET /?a=b HTTP/1.1\r\n\r\n", "200", "<p>hi");
        check("HEAD / HTTP/1.1\r\n\r\n", "200", "");
        check("GET /../etc/passwd HTTP/1.1\r\n\r\n", "404", "nothing is here\n");
        check("POST / HTTP/1.1\r\n\r\n", "405", "only GET and HEAD\n");
        check("", "405", "only GET and HEAD\n");
    }
}
