//! The command line: arguments in, exit codes out.

mod address;
mod args;
mod console;
mod demo;
mod desktop;
mod exit;
mod headless;
mod script;
mod server;
mod session;

use std::{
    fs,
    time::{Duration, Instant},
};

use clap::Parser;

use self::{
    args::{Cli, Command},
    exit::{Exit, Failure},
};

/// Runs the command and ends the process.
///
/// It ends at once: apps' threads may be busy, and what they hold needs no
/// tidying up. All that has to last was flushed before.
pub(crate) fn main() -> ! {
    let entered = Instant::now();
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Run(args) => run(args, started(entered, args.options.timing)),
        Command::Screenshot(args) => {
            headless::screenshot(args, started(entered, args.options.timing))
        }
        Command::Demo(args) => demo::run(args, started(entered, args.options.timing)),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        eprintln!("virga: {failure}");
        failure.exit
    });
    std::process::exit(exit.code());
}

fn run(args: &args::Run, started: Instant) -> Result<Exit, Failure> {
    if args.headless {
        headless::run(args, started)
    } else {
        desktop::run(args.target.as_deref(), &args.options, started)
    }
}

/// When the process started. What ran before `main` (loading and linking the
/// program) is what the scheduler counted for it until now; it is looked up only
/// when somebody wants to know.
fn started(entered: Instant, wanted: bool) -> Instant {
    if !wanted {
        return entered;
    }
    // "time on the CPU, time waiting for one (in ns), time slices"
    let before = fs::read_to_string("/proc/self/schedstat").ok().and_then(|text| {
        let mut fields = text.split_ascii_whitespace().map(str::parse::<u64>);
        Some(fields.next()?.ok()?.saturating_add(fields.next()?.ok()?))
    });
    let since_entered = entered.elapsed();
    let before = Duration::from_nanos(before.unwrap_or(0)).saturating_sub(since_entered);
    entered.checked_sub(before).unwrap_or(entered)
}
