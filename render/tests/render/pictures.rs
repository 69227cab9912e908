//! Every rasteriser draws the same scenes, compared with pictures in
//! `tests/pictures/`.
//!
//! `VIRGA_REBASELINE=1` writes the CPU's pictures instead of comparing with
//! them: look at them before they are committed. What differs is written to
//! the target directory, beside the expected picture.

use std::{
    fs,
    path::{Path, PathBuf},
};

use virga_display_list::Frame;
use virga_render::{Adapters, Compositor, CpuOptions, Gpu, Pixmap};

use crate::scenes;

/// How far a rasteriser's pictures may lie from the expected ones.
#[derive(Clone, Copy)]
struct Tolerance {
    /// The largest difference of a channel that is not counted.
    noise: u8,
    /// The share of px that may differ by more.
    share: f64,
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn draw(compositor: &mut Compositor, frame: &Frame) -> Pixmap {
    compositor.set_frame(frame.clone());
    let (width, height) = compositor.size();
    let mut pixmap = Pixmap::new(width, height);
    compositor.composite(&mut pixmap).unwrap();
    pixmap
}

fn load(path: &Path) -> Option<Pixmap> {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    let mut pixmap = Pixmap::new(info.width, info.height);
    pixmap.data_mut().copy_from_slice(&data);
    Some(pixmap)
}

/// Says how two pictures differ, if they do.
fn compare(found: &Pixmap, expected: &Pixmap, tolerance: Tolerance) -> Result<(), String> {
    if (found.width(), found.height()) != (expected.width(), expected.height()) {
        return Err(format!("{found:?}, not {expected:?}"));
    }
    let mut count = 0;
    let mut worst = (0, 0);
    for (index, (a, b)) in
        found.data().chunks_exact(4).zip(expected.data().chunks_exact(4)).enumerate()
    {
        let difference = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        count += usize::from(difference > tolerance.noise);
        if difference > worst.0 {
            worst = (difference, index);
        }
    }
    let share = count as f64 / found.words().len().max(1) as f64;
    if share <= tolerance.share {
        return Ok(());
    }
    let (x, y) = (worst.1 % found.width() as usize, worst.1 / found.width() as usize);
    Err(format!("{:.3} % of the px differ, most by {} at {x},{y}", share * 100.0, worst.0))
}

fn check(backend: &str, tolerance: Tolerance, mut compositor: impl FnMut() -> Compositor) {
    let failed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let mut failures = Vec::new();
    for (name, frame) in scenes::all() {
        let found = draw(&mut compositor(), &frame);
        let path = pictures().join(format!("{name}.png"));
        let expected = load(&path);
        let result = match &expected {
            Some(expected) => compare(&found, expected, tolerance),
            None => Err("there is no such picture".to_owned()),
        };
        if let Err(why) = result {
            fs::create_dir_all(&failed).unwrap();
            let at = failed.join(format!("{name}.{backend}.png"));
            fs::write(&at, found.to_png().unwrap()).unwrap();
            failures.push(format!(
                "{name}: {why}\n    found    {}\n    expected {}",
                at.display(),
                path.display()
            ));
        }
    }
    assert!(failures.is_empty(), "{backend}:\n{}", failures.join("\n"));
}

#[test]
fn the_cpu_draws_the_pictures() {
    let options = CpuOptions { reproducible: true, threads: Some(1) };
    if std::env::var_os("VIRGA_REBASELINE").is_some() {
        fs::create_dir_all(pictures()).unwrap();
        for (name, frame) in scenes::all() {
            let found = draw(&mut Compositor::cpu(options), &frame);
            fs::write(pictures().join(format!("{name}.png")), found.to_png().unwrap()).unwrap();
        }
    }
    check("cpu", Tolerance { noise: 0, share: 0.0 }, || Compositor::cpu(options));
}

#[test]
fn the_cpu_draws_them_with_all_its_instructions_and_threads() {
    let options = CpuOptions { reproducible: false, threads: Some(3) };
    check("cpu-native", Tolerance { noise: 4, share: 0.001 }, || Compositor::cpu(options));
}

#[test]
fn the_gpu_draws_the_pictures() {
    let gpu = match Gpu::headless(Adapters::Any) {
        Ok(gpu) => gpu,
        Err(error) => {
            eprintln!("SKIPPED: the GPU's pictures were not compared: {error}");
            eprintln!("SKIPPED: install a Vulkan driver (mesa-vulkan-drivers) to run this test");
            return;
        }
    };
    eprintln!("drawing with {}", gpu.name());
    check("gpu", Tolerance { noise: 8, share: 0.002 }, || Compositor::gpu(&gpu));
    // What the GPU does not draw itself is known, and nothing else is.
    for (name, frame) in scenes::all() {
        let mut compositor = Compositor::gpu(&gpu);
        draw(&mut compositor, &frame);
        let fallback = compositor.counters().tiles_by_fallback > 0;
        assert_eq!(fallback, ["shadows", "blends", "filters"].contains(&name), "{name}");
    }
}
