use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use virga::{DeviceProfile, DumpPhase, Goal, PermissionName, RendererChoice, TimeMode};

/// Runs cloud apps: web pages as apps on a simulated phone.
#[derive(Debug, Parser)]
#[command(name = "virga", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the page called window.close(), or reached --until
  1  the page cannot be loaded, or another failure
  2  the arguments make no sense
  3  --timeout
  4  the app crashed
  5  the app did not respond

`about:crash` and `about:hang` are pages that crash and hang, to see what a host does.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Opens a small app, from a server inside this program
    Demo(Demo),
    /// Runs an app, in a window or headless
    ///
    /// Headless, the app's console goes to standard output, one message a line,
    /// and everything else to standard error.
    Run(Run),
    /// Writes a picture of an app, once it is loaded
    Screenshot(Screenshot),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// A URL, an HTML file, or a folder with an index.html
    #[arg(value_name = "URL|FILE|DIR", required_unless_present = "replay")]
    pub(crate) target: Option<String>,
    /// Without a window
    #[arg(long)]
    pub(crate) headless: bool,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, Args)]
pub(crate) struct Screenshot {
    /// A URL, an HTML file, or a folder with an index.html
    #[arg(value_name = "URL|FILE", required_unless_present = "replay")]
    pub(crate) target: Option<String>,
    /// Where the picture goes
    #[arg(long, value_name = "FILE.png")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Options {
    /// The device: its screen and what it calls itself
    #[arg(long, value_name = "NAME", value_parser = device, conflicts_with = "size")]
    pub(crate) device: Option<&'static DeviceProfile>,
    /// Size of the screen in CSS px
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(crate) size: Option<(f32, f32)>,
    /// Device px per CSS px
    #[arg(long, value_name = "S", value_parser = scale)]
    pub(crate) scale: Option<f32>,
    /// Where the device is: a place, or a route to travel along
    #[arg(long, value_name = "LAT,LON|FILE.gpx", allow_hyphen_values = true)]
    pub(crate) gps: Option<String>,
    /// Permissions to grant to every page
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = permission)]
    pub(crate) grant: Vec<PermissionName>,
    /// Permissions to deny to every page
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = permission)]
    pub(crate) deny: Vec<PermissionName>,
    /// Ends after so many seconds of the app's time
    #[arg(long, value_name = "S", value_parser = seconds, allow_hyphen_values = true)]
    pub(crate) timeout: Option<f64>,
    /// Stops script that runs for so many seconds in one turn, and gives the app up after
    /// twice as many; 10, if not given
    #[arg(long, value_name = "S", value_parser = seconds, allow_hyphen_values = true)]
    pub(crate) patience: Option<f64>,
    /// Ends when the app is loaded, or then idle for half a second
    #[arg(long, value_name = "GOAL")]
    pub(crate) until: Option<Until>,
    /// What draws; `auto` takes the GPU for windows, where there is a real one
    #[arg(long, value_name = "NAME")]
    pub(crate) renderer: Option<Renderer>,
    /// The device's clock, or one that waits for nothing but the network
    #[arg(long, value_name = "CLOCK")]
    pub(crate) time: Option<Time>,
    /// A folder for the app's storage and the user's decisions; without it both
    /// are gone at the end
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// How console messages are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) console: Console,
    /// Prints the result of a phase at the end: style, boxes, fragments,
    /// display-list or layers
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    pub(crate) dump: Option<DumpPhase>,
    /// Prints how long each phase took, from the start of the process to the
    /// first pixels
    #[arg(long)]
    pub(crate) timing: bool,
    /// Plays what a user does from a script: see docs/input.md
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Gives pages the object `internals`, with which tests act as the user: see
    /// docs/input.md
    #[arg(long)]
    pub(crate) test_hooks: bool,
    /// Records the run, to replay it later
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Replays a recorded run: no network, no device, no clock
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub(crate) replay: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Until {
    Load,
    Idle,
}

impl From<Until> for Goal {
    fn from(until: Until) -> Self {
        match until {
            Until::Load => Self::Load,
            Until::Idle => Self::Idle,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Renderer {
    Auto,
    Gpu,
    Cpu,
}

impl From<Renderer> for RendererChoice {
    fn from(renderer: Renderer) -> Self {
        match renderer {
            Renderer::Auto => Self::Auto,
            Renderer::Gpu => Self::Gpu,
            Renderer::Cpu => Self::Cpu,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Time {
    Real,
    Virtual,
}

impl From<Time> for TimeMode {
    fn from(time: Time) -> Self {
        match time {
            Time::Real => Self::Real,
            Time::Virtual => Self::Virtual,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Console {
    #[default]
    Text,
    Json,
}

fn device(name: &str) -> Result<&'static DeviceProfile, String> {
    DeviceProfile::named(name).ok_or_else(|| {
        let names: Vec<_> = DeviceProfile::ALL.iter().map(|profile| profile.name).collect();
        format!("there is no such device; there are {}", names.join(", "))
    })
}

fn size(text: &str) -> Result<(f32, f32), String> {
    let wrong = || "a size is WIDTHxHEIGHT in CSS px, such as 390x844".to_owned();
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(wrong)?;
    let side = |text: &str| match text.parse::<f32>() {
        Ok(side) if (1.0..=16_384.0).contains(&side) => Ok(side),
        Ok(_) => Err("a side is from 1 to 16384 CSS px".to_owned()),
        Err(_) => Err(wrong()),
    };
    Ok((side(width)?, side(height)?))
}

fn scale(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(scale) if (0.25..=8.0).contains(&scale) => Ok(scale),
        _ => Err("a scale is a number from 0.25 to 8".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(seconds),
        _ => Err("a number of seconds greater than 0".to_owned()),
    }
}

fn permission(name: &str) -> Result<PermissionName, String> {
    PermissionName::parse(name).ok_or_else(|| {
        let names: Vec<_> = PermissionName::ALL.iter().map(|name| name.as_str()).collect();
        format!("there is no such permission; there are {}", names.join(", "))
    })
}

fn phase(name: &str) -> Result<DumpPhase, String> {
    name.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_read_or_explained() {
        for (text, expected) in [
            ("390x844", Some((390.0, 844.0))),
            ("1280X800", Some((1280.0, 800.0))),
            ("390", None),
            ("0x100", None),
            ("-1x5", None),
            ("NaNx5", None),
            ("99999x1", None),
        ] {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
    }
}
