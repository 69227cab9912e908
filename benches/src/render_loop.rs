//! The loop itself: frame in, pixels out, and the clock around it.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::Result;
use kurbo::{Point, Vec2};
use virga_render::{Compositor, Pixmap, RenderCounters};

use crate::scenes::{Boxes, List, Move};

/// What a scene cost.
#[derive(Clone, Debug)]
pub struct Row {
    /// What moved.
    pub name: &'static str,
    /// Time of each frame, sorted.
    pub times: Vec<Duration>,
    /// What was done in all frames.
    pub counters: RenderCounters,
}

impl Row {
    /// The time that half of the frames stayed below.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    fn quantile(&self, part: f64) -> Duration {
        let index = (self.times.len().saturating_sub(1) as f64 * part).round() as usize;
        self.times.get(index).copied().unwrap_or_default()
    }
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Table(pub Vec<Row>);

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<40} {:>9} {:>9} {:>9} {:>8} {:>11} {:>11}",
            "scene", "median", "p95", "worst", "tiles", "px drawn", "px composed"
        )?;
        for row in &self.0 {
            let frames = row.times.len().max(1) as u64;
            let ms = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
            writeln!(
                f,
                "{:<40} {:>9} {:>9} {:>9} {:>8.1} {:>11} {:>11}",
                row.name,
                ms(row.median()),
                ms(row.quantile(0.95)),
                ms(row.quantile(1.0)),
                row.counters.tiles_rastered as f64 / frames as f64,
                row.counters.pixels_rastered / frames,
                row.counters.pixels_composed / frames,
            )?;
        }
        Ok(())
    }
}

/// Runs all scenes, each for `frames` frames, on compositors made by `make`.
///
/// # Errors
///
/// If drawing fails.
pub fn run(make: &dyn Fn() -> Compositor, frames: usize) -> Result<Table> {
    let boxes = Boxes::new(1000);
    let mut table = Table::default();
    for (name, how) in [
        ("1000 boxes moved by left", Move::Place),
        ("1000 boxes moved by transform", Move::Transform),
        ("1000 boxes moved by transform, as layers", Move::Layer),
    ] {
        table.0.push(measure(name, make(), frames, |compositor, step| {
            compositor.set_frame(boxes.frame(how, step));
        })?);
    }
    for (name, count) in
        [("one row of 1,000 changed", 1_000), ("one row of 10,000 changed", 10_000)]
    {
        let mut list = List::new(count);
        table.0.push(measure(name, make(), frames, |compositor, step| {
            list.change(3, step);
            compositor.set_frame(list.frame(step));
        })?);
    }
    let list = List::new(10_000);
    let page = list.frame(0);
    table.0.push(measure("10,000 rows, nothing changed", make(), frames, |compositor, _| {
        compositor.set_frame(page.clone());
    })?);
    table.0.push(measure("10,000 rows scrolled by 12 px", make(), frames, |compositor, step| {
        if step == 0 {
            compositor.set_frame(page.clone());
        }
        compositor.scroll_by(Point::new(10.0, 10.0), Vec2::new(0.0, 12.0));
    })?);
    table.0.push(measure("10,000 rows, first frame", make(), 20, |compositor, _| {
        *compositor = make();
        compositor.set_frame(page.clone());
    })?);
    Ok(table)
}

fn measure(
    name: &'static str,
    mut compositor: Compositor,
    frames: usize,
    mut step: impl FnMut(&mut Compositor, usize),
) -> Result<Row> {
    // The first frame draws everything and wakes the threads.
    step(&mut compositor, 0);
    let (width, height) = compositor.size();
    let mut pixmap = Pixmap::new(width, height);
    compositor.composite(&mut pixmap)?;
    let before = compositor.counters();
    let mut times = Vec::with_capacity(frames);
    for index in 1..=frames {
        let start = Instant::now();
        step(&mut compositor, index);
        if compositor.needs_composite() {
            compositor.composite_aged(&mut pixmap, 1)?;
        }
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let after = compositor.counters();
    // A compositor that was replaced has counted from 0.
    let since = |after: u64, before: u64| after.checked_sub(before).unwrap_or(after);
    let counters = RenderCounters {
        composites: since(after.composites, before.composites),
        tiles_rastered: since(after.tiles_rastered, before.tiles_rastered),
        pixels_rastered: since(after.pixels_rastered, before.pixels_rastered),
        pixels_uploaded: since(after.pixels_uploaded, before.pixels_uploaded),
        pixels_composed: since(after.pixels_composed, before.pixels_composed),
        ..after
    };
    Ok(Row { name, times, counters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_what_changed() {
        let table = run(&Compositor::null, 5).unwrap();
        let row = |name: &str| table.0.iter().find(|row| row.name == name).unwrap();
        assert_eq!(row("10,000 rows, nothing changed").counters.composites, 0);
        let [small, large] = ["one row of 1,000 changed", "one row of 10,000 changed"]
            .map(|name| row(name).counters.pixels_rastered);
        assert_eq!(small, large);
        assert_eq!(row("1000 boxes moved by transform, as layers").counters.tiles_rastered, 0);
        assert!(table.to_string().contains("1000 boxes moved by left"));
    }
}
