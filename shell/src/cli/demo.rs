use std::{path::Path, time::Instant};

use virga::{PermissionName, window::Loop};

use super::{
    args::{Demo, Until},
    desktop,
    exit::{Exit, Failure},
    headless,
    server::{self, Page},
};

const PAGES: &[Page] = &[
    Page {
        path: "/",
        kind: "text/html; charset=utf-8",
        body: include_bytes!("../../assets/demo/index.html"),
    },
    Page {
        path: "/style.css",
        kind: "text/css; charset=utf-8",
        body: include_bytes!("../../assets/demo/style.css"),
    },
    Page {
        path: "/app.js",
        kind: "text/javascript; charset=utf-8",
        body: include_bytes!("../../assets/demo/app.js"),
    },
];

/// Where the picture goes when there is no display.
const PICTURE: &str = "virga-demo.png";
/// Where the device is, unless `--gps` says otherwise: Greenwich Observatory.
const PLACE: &str = "51.4779,-0.0015";

/// Shows a small app in a window, or in a picture where there is no display.
pub(crate) fn run(args: &Demo, started: Instant) -> Result<Exit, Failure> {
    let mut options = args.options.clone();
    options.gps.get_or_insert_with(|| PLACE.to_owned());
    let address = server::serve(PAGES)
        .map_err(|error| Failure::failed(format!("cannot start the demo's server: {error}")))?;
    let url = format!("http://{address}/");
    eprintln!("virga: the demo is an app at {url}, served from inside this program");
    match Loop::new() {
        Ok(events) => desktop::run_on(events, Some(&url), &options, started),
        Err(error) => {
            eprintln!("virga: {error}");
            if options.deny.is_empty() && options.grant.is_empty() {
                eprintln!("virga: nobody can be asked, so the demo may know where the device is");
                options.grant.push(PermissionName::Geolocation);
            }
            options.until.get_or_insert(Until::Idle);
            let exit = headless::picture(Some(&url), &options, started, Path::new(PICTURE))?;
            if exit == Exit::Done {
                eprintln!("virga: a picture of the demo is in {PICTURE}");
            }
            Ok(exit)
        }
    }
}
