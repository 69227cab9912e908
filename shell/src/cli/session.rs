//! What all commands share: from options to an engine and an app.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use virga::{
    App, AppBuilder, Clipboard, Device, DeviceProfile, Engine, Gps, InputStep, Limits, Log,
    MemoryClipboard, RendererChoice, TimeMode,
};

use super::{address::address, args::Options, exit::Failure};

impl Options {
    /// The screen that the app gets.
    pub(crate) fn screen(&self) -> DeviceProfile {
        let mut profile = self.device.copied().unwrap_or_default();
        if let Some((width, height)) = self.size {
            (profile.width, profile.height) = (width, height);
        }
        if let Some(scale) = self.scale {
            profile.scale = scale;
        }
        profile
    }

    fn gps(&self) -> Result<Option<Gps>, Failure> {
        let Some(text) = &self.gps else { return Ok(None) };
        let numbers = text.split_once(',').and_then(|(latitude, longitude)| {
            Some((latitude.trim().parse().ok()?, longitude.trim().parse().ok()?))
        });
        match numbers {
            Some((latitude, longitude)) => {
                // `contains` is false for NaN.
                if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
                    return Err(Failure::usage(format!(
                        "--gps {text}: a latitude is from -90 to 90, a longitude from -180 to 180"
                    )));
                }
                Ok(Some(Gps::Fixed { latitude, longitude }))
            }
            None if text.ends_with(".gpx") => Ok(Some(Gps::Route(text.into()))),
            None => Err(Failure::usage(format!(
                "--gps {text}: neither LAT,LON in degrees nor a .gpx file"
            ))),
        }
    }

    /// An engine on the device that the options describe, with a clipboard of its
    /// own.
    pub(crate) fn engine<R>(
        &self,
        started: Instant,
        waker: impl Fn() -> R + Send + Sync + 'static,
    ) -> Result<Engine, Failure> {
        self.engine_with(started, waker, MemoryClipboard::default())
    }

    /// The same, with this clipboard.
    pub(crate) fn engine_with<R>(
        &self,
        started: Instant,
        waker: impl Fn() -> R + Send + Sync + 'static,
        clipboard: impl Clipboard + 'static,
    ) -> Result<Engine, Failure> {
        if let Some(both) = self.grant.iter().find(|name| self.deny.contains(name)) {
            return Err(Failure::usage(format!("{} is both granted and denied", both.as_str())));
        }
        let mut device = Device::new(self.screen());
        if let Some(gps) = self.gps()? {
            device = device.gps(gps);
        }
        if let Some(folder) = &self.profile {
            device = device.storage(folder);
        }
        device = self.grant.iter().fold(device, |device, &name| device.grant(name));
        device = self.deny.iter().fold(device, |device, &name| device.deny(name));
        let limits = self.patience.map_or_else(Limits::default, |seconds| {
            let script = Duration::from_secs_f64(seconds);
            let unresponsive = Limits::default().unresponsive.min(script);
            Limits { unresponsive, script, abandon: 2 * script }
        });
        let engine = Engine::builder(waker)
            .device(device)
            .limits(limits)
            .time(self.time.map_or(TimeMode::Real, Into::into))
            .renderer(self.renderer())
            .started(started)
            .clipboard(clipboard)
            .build();
        engine.map_err(|error| match error {
            // The route is an argument.
            virga::Error::Location(_) => Failure::usage(error),
            other => other.into(),
        })
    }

    pub(crate) fn renderer(&self) -> RendererChoice {
        self.renderer.map_or(RendererChoice::Auto, Into::into)
    }

    /// The app that the options describe, ready to be started.
    pub(crate) fn open(
        &self,
        engine: &Engine,
        target: Option<&str>,
    ) -> Result<AppBuilder, Failure> {
        if let Some(file) = &self.replay {
            self.note_what_the_log_decides(target);
            let log = Log::read(file)?;
            return Ok(engine.open("about:blank").replay(file, log));
        }
        let url = address(target.unwrap_or("about:blank"))?;
        let mut app = engine.open(url).test_hooks(self.test_hooks);
        if let Some(file) = &self.input {
            app = app.play_input(input_script(file)?);
        }
        if let Some(until) = self.until {
            app = app.run_until(until.into());
        }
        if let Some(seconds) = self.timeout {
            app = app.time_limit(Duration::from_secs_f64(seconds));
        }
        if let Some(file) = &self.record {
            app = app.record(file);
        }
        Ok(app)
    }

    fn note_what_the_log_decides(&self, target: Option<&str>) {
        let given = [
            (target.is_some(), "the address"),
            (self.device.is_some(), "--device"),
            (self.size.is_some(), "--size"),
            (self.scale.is_some(), "--scale"),
            (self.gps.is_some(), "--gps"),
            (!self.grant.is_empty(), "--grant"),
            (!self.deny.is_empty(), "--deny"),
            (self.time.is_some(), "--time"),
            (self.until.is_some(), "--until"),
            (self.timeout.is_some(), "--timeout"),
            (self.patience.is_some(), "--patience"),
            (self.profile.is_some(), "--profile"),
            (self.input.is_some(), "--input"),
        ];
        let ignored: Vec<_> = given.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        if !ignored.is_empty() {
            eprintln!("virga: the log decides {}; what was given is ignored", ignored.join(", "));
        }
    }
}

/// Reads an input script.
fn input_script(file: &Path) -> Result<Vec<InputStep>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!("cannot read the input script {}: {error}", file.display()))
    })?;
    super::script::parse(&text).map_err(|mistake| {
        Failure::usage(format!("{}:{}: {}", file.display(), mistake.line, mistake.reason))
    })
}

impl Options {
    /// Says that a line of the input script cannot be done.
    pub(crate) fn input_failed(file: Option<&Path>, line: u32, reason: &str) {
        let file = file.map(|file| file.display().to_string()).unwrap_or_default();
        eprintln!("virga: {file}:{line}: {reason}");
    }
}

/// Prints what was asked for at the end of a run.
pub(crate) fn reports(app: &App, options: &Options) -> Result<(), Failure> {
    if let Some(phase) = options.dump {
        match app.dump(phase) {
            Ok(text) => eprint!("{text}"),
            Err(error) => return Err(Failure::failed(format!("no dump of {phase}: {error}"))),
        }
    }
    if options.timing {
        eprint!("{}", app.timeline().report());
    }
    Ok(())
}

/// Ends the recording, if there is one.
pub(crate) fn end_recording(app: &App) -> Result<(), Failure> {
    app.end_recording()
        .map_err(|error| Failure::failed(format!("the log is not complete: {error}")))
}
