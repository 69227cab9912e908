//! The network: fetches of the schemes `http`, `https`, `file`, `data` and
//! `about`, on a tokio runtime that is made for the first of them.
//!
//! The rules of the Fetch Standard that protect someone other than the app are
//! kept here and not in the app: CORS, mixed content, blocked ports, redirects,
//! cookies, and which files may be read.

mod cookies;
mod corp;
mod cors;
mod failure;
mod fetch;
mod http;
mod local;
mod policy;
mod preflight;
mod socket;

use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc::UnboundedReceiver,
};
use url::Url;
use virga_protocol::{FetchFailure, FetchRequest, Reply, SocketOrder, SocketRequest};

use self::{cookies::Cookies, http::Clients, preflight::Preflights};
use crate::{bridge::Trouble, identity::Identity, profile::Profile, responder::Responder};

/// Limits of the network.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a server may be silent, before its headers or within its body.
    pub idle_timeout: Duration,
    /// Certificate authorities, as PEM, that are trusted besides the system's.
    pub extra_authorities: Vec<Vec<u8>>,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            extra_authorities: Vec::new(),
        }
    }
}

/// What fetches share.
pub(crate) struct Network {
    shared: Arc<Shared>,
    runtime: OnceLock<io::Result<Runtime>>,
}

struct Shared {
    clients: Clients,
    cookies: Cookies,
    preflights: Preflights,
}

impl Network {
    pub(crate) fn new(options: NetworkOptions, profile: &Profile, trouble: Trouble) -> Self {
        let cookies = Cookies::new(profile.file("cookies.json"), trouble);
        let shared = Arc::new(Shared {
            clients: Clients::new(options),
            cookies,
            preflights: Preflights::default(),
        });
        Self { shared, runtime: OnceLock::new() }
    }

    /// Starts a fetch; its replies go to the responder.
    pub(crate) fn fetch(&self, app: Arc<Identity>, request: FetchRequest, responder: Responder) {
        match self.runtime() {
            Ok(runtime) => {
                let shared = Arc::clone(&self.shared);
                runtime.spawn(async move { fetch::run(&shared, &app, request, responder).await });
            }
            Err(reason) => {
                responder.send(Reply::Failed(FetchFailure::Dropped(reason)));
            }
        }
    }

    /// Opens a socket; what happens to it goes to the responder.
    pub(crate) fn socket(
        &self,
        app: Arc<Identity>,
        request: SocketRequest,
        responder: Responder,
        orders: UnboundedReceiver<SocketOrder>,
    ) {
        match self.runtime() {
            Ok(runtime) => {
                let shared = Arc::clone(&self.shared);
                runtime.spawn(async move {
                    socket::run(&shared, &app, &request, &responder, orders).await;
                });
            }
            Err(reason) => {
                responder.send(Reply::Socket(socket::failed(reason)));
            }
        }
    }

    fn runtime(&self) -> Result<&Runtime, String> {
        let runtime = self.runtime.get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("virga-network")
                .enable_io()
                .enable_time()
                .build()
        });
        runtime.as_ref().map_err(|error| format!("the network threads cannot be started: {error}"))
    }

    /// What the script of a document at `url` sees of the jar, after it has set a
    /// cookie, if it does. `top` is the origin of the document that the user is at.
    pub(crate) fn cookies(&self, url: &str, top: &str, set: Option<&str>) -> String {
        let (Ok(url), Ok(top)) = (Url::parse(url), Url::parse(top)) else { return String::new() };
        let site = cookies::site_of(&top.origin(), &url, false);
        if let Some(set) = set {
            self.shared.cookies.set_by_script(&url, site, set);
        }
        self.shared.cookies.seen_by_script(&url, site)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Waiting for a server is no reason to keep the process: what is under way
        // is dropped, and its responders answer.
        if let Some(Ok(runtime)) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
