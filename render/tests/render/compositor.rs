//! What a composite costs, and that what it shows is what a fresh one would.

use std::sync::atomic::{AtomicUsize, Ordering};

use kurbo::{Affine, Point, Vec2};
use peniko::{BlendMode, Color, Mix};
use virga_display_list::{Chunk, Frame, Item, Layer, ScrollId, Shape};
use virga_render::{Adapters, Compositor, CpuOptions, Gpu, IntRect, Pixmap};

use crate::common::*;

const WIDTH: u32 = 400;
const HEIGHT: u32 = 600;

fn cpu() -> Compositor {
    Compositor::cpu(CpuOptions { reproducible: true, threads: Some(2) })
}

fn row(index: usize, color: Color) -> Item {
    let label = glyphs(8.0, 14.0, 12.0, (40..60).map(|id| id + index as u32 % 20));
    let content = vec![fill(rect(0.0, 0.0, 400.0, 19.0), color), text(label)];
    at(0.0, index as f64 * 20.0, content)
}

fn list(count: usize) -> Vec<Item> {
    (0..count).map(|index| row(index, rgb(0x00e8_f0ff))).collect()
}

fn document(rows: &[Item]) -> Frame {
    let height = rows.len() as f64 * 20.0;
    let port = rect(0.0, 0.0, WIDTH.into(), HEIGHT.into());
    let page = scrolling(layer(1, rows.to_vec()), 7, port, height);
    frame(WIDTH.into(), HEIGHT.into(), 1.0, vec![layered(page)])
}

/// Composes anew, with nothing kept.
fn fresh(frame: &Frame) -> Pixmap {
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    let mut compositor = cpu();
    compositor.set_frame(frame.clone());
    compositor.composite(&mut pixmap).unwrap();
    pixmap
}

fn assert_same(found: &Pixmap, expected: &Pixmap, what: &str) {
    if found == expected {
        return;
    }
    let (x, y) = (0..expected.height())
        .flat_map(|y| (0..expected.width()).map(move |x| (x, y)))
        .find(|&(x, y)| found.pixel(x, y) != expected.pixel(x, y))
        .unwrap();
    panic!("{what}: {x},{y} is {:?}, not {:?}", found.pixel(x, y), expected.pixel(x, y));
}

#[test]
fn a_changed_row_costs_the_same_in_any_list() {
    let mut costs = Vec::new();
    for count in [1_000, 10_000] {
        let mut rows = list(count);
        let mut compositor = cpu();
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
        compositor.set_frame(document(&rows));
        compositor.composite(&mut pixmap).unwrap();
        rows[12] = row(12, rgb(0x00ff_aa00));
        let changed = document(&rows);
        assert!(compositor.set_frame(changed.clone()));
        let result = compositor.composite_aged(&mut pixmap, 1).unwrap();
        assert_same(&pixmap, &fresh(&changed), "after the change");
        costs.push((result.tiles_rastered, result.pixels_rastered, result.damage));
    }
    assert_eq!(costs[0], costs[1]);
    let (tiles, pixels, damage) = &costs[0];
    assert_eq!(*tiles, 2, "the row lies on the edge of two tiles");
    assert!(*pixels <= 400 * 22 + 400, "{pixels}");
    assert!(damage.iter().all(|rect| rect.height() <= 22), "{damage:?}");
}

#[test]
fn an_equal_frame_makes_nothing_to_compose() {
    let rows = list(100);
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    assert!(compositor.set_frame(document(&rows)));
    compositor.composite(&mut pixmap).unwrap();
    assert!(!compositor.needs_composite());
    // The same list, and one that was rebuilt from the same rows.
    let same = document(&rows);
    assert!(!compositor.set_frame(same.clone()));
    assert!(!compositor.set_frame(same));
    assert!(!compositor.set_frame(document(&rows)));
    assert!(!compositor.needs_composite());
    let before = compositor.counters();
    let result = compositor.composite_aged(&mut pixmap, 1).unwrap();
    assert_eq!(result.damage, []);
    assert_eq!(compositor.counters().pixels_composed, before.pixels_composed);
    assert_eq!(compositor.counters().tiles_rastered, before.tiles_rastered);
}

#[test]
fn scrolling_draws_only_what_comes_in() {
    let rows = list(10_000);
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    compositor.set_frame(document(&rows));
    let first = compositor.composite(&mut pixmap).unwrap();
    assert_eq!(first.tiles_rastered, 3);
    let scroll = |compositor: &mut Compositor, by: f64| {
        compositor.scroll_by(Point::new(50.0, 50.0), Vec2::new(0.0, by))
    };
    assert_eq!(scroll(&mut compositor, 100.0), Some((ScrollId(7), Vec2::new(0.0, 100.0))));
    let within = compositor.composite_aged(&mut pixmap, 1).unwrap();
    assert_eq!(within.tiles_rastered, 0, "three tiles hold 768 px, 700 are needed");
    let mut scrolled = document(&rows);
    set_offset(&mut scrolled, 100.0);
    assert_same(&pixmap, &fresh(&scrolled), "after scrolling");

    scroll(&mut compositor, 100.0);
    assert_eq!(compositor.composite_aged(&mut pixmap, 1).unwrap().tiles_rastered, 1);
    scroll(&mut compositor, -200.0);
    assert_eq!(compositor.composite_aged(&mut pixmap, 1).unwrap().tiles_rastered, 0);
    // Ahead of the user's hand.
    while compositor.prefetch() {}
    scroll(&mut compositor, 400.0);
    assert_eq!(compositor.composite_aged(&mut pixmap, 1).unwrap().tiles_rastered, 0);
    // The document answers with a frame that knows an earlier offset.
    let before = compositor.counters().tiles_rastered;
    let mut late = document(&rows);
    set_offset(&mut late, 100.0);
    compositor.set_frame(late);
    assert_eq!(compositor.scroll_offset(ScrollId(7)), Some(Vec2::new(0.0, 400.0)));
    compositor.composite_aged(&mut pixmap, 1).unwrap();
    assert_eq!(compositor.counters().tiles_rastered, before);
}

fn set_offset(frame: &mut Frame, y: f64) {
    let mut items = frame.list.root.items().to_vec();
    for item in &mut items {
        if let Item::Layer(layer) = item
            && let Some(scroll) = &mut layer.scroll
        {
            scroll.offset.y = y;
        }
    }
    frame.list.root = Chunk::new(items);
}

#[test]
fn script_that_scrolls_wins_over_the_users_hand() {
    let rows = list(1_000);
    let mut compositor = cpu();
    compositor.set_frame(document(&rows));
    compositor.scroll_by(Point::ORIGIN, Vec2::new(0.0, 50.0));
    let mut jumped = document(&rows);
    set_offset(&mut jumped, 9_000.0);
    assert!(compositor.set_frame(jumped.clone()));
    assert_eq!(compositor.scroll_offset(ScrollId(7)), Some(Vec2::new(0.0, 9_000.0)));
    // The list gets shorter: the offset is clamped.
    let mut short = document(&list(100));
    set_offset(&mut short, 9_000.0);
    compositor.set_frame(short);
    assert_eq!(compositor.scroll_offset(ScrollId(7)), Some(Vec2::new(0.0, 1_400.0)));
}

#[test]
fn scrolling_goes_to_the_innermost_container_that_can_move() {
    let inner_port = rect(50.0, 100.0, 200.0, 200.0);
    let inner = scrolling(layer(2, list(20)), 8, inner_port, 400.0);
    let bar = layer(3, vec![fill(rect(0.0, 0.0, 400.0, 40.0), rgb(0x0022_2222))]);
    let mut rows = list(100);
    rows.push(layered(inner));
    let port = rect(0.0, 0.0, WIDTH.into(), HEIGHT.into());
    let page = scrolling(layer(1, rows), 7, port, 2000.0);
    let frame = frame(400.0, 600.0, 1.0, vec![layered(page), layered(bar)]);
    let mut compositor = cpu();
    compositor.set_frame(frame);
    let mut check = |x: f64, y: f64, by: f64, expected: Option<(u64, f64)>| {
        let moved = compositor.scroll_by(Point::new(x, y), Vec2::new(0.0, by));
        let moved = moved.map(|(id, offset)| (id.0, offset.y));
        assert_eq!(moved, expected, "{by} at {x},{y}");
    };
    check(10.0, 300.0, 10.0, Some((7, 10.0)));
    check(10.0, 300.0, -10.0, Some((7, 0.0)));
    check(100.0, 150.0, 150.0, Some((8, 150.0)));
    check(100.0, 150.0, 150.0, Some((8, 200.0)));
    check(100.0, 150.0, 25.0, Some((7, 25.0)));
    check(100.0, 150.0, -40.0, Some((8, 160.0)));
    // Over a bar that is fixed to the viewport, the document scrolls.
    check(100.0, 20.0, 10.0, Some((7, 35.0)));
    check(10.0, 300.0, 1e9, Some((7, 1400.0)));
    check(10.0, 300.0, f64::NAN, Some((7, 0.0)));
}

/// Moves a layer through all that a compositor can do with it; each step has
/// to look as if it was composed anew, and to draw no tile.
#[test]
fn layers_move_and_fade_without_being_drawn_again() {
    let content = Chunk::new(vec![
        fill_with(rounded(rect(0.0, 0.0, 120.0, 80.0), 12.0), rgb(0x0033_66cc)),
        text(glyphs(10.0, 50.0, 24.0, 36..42)),
    ]);
    let scene = |change: &dyn Fn(&mut Layer)| {
        let mut moving = layer_of(5, content.clone());
        moving.transform = Affine::translate((40.0, 60.0));
        change(&mut moving);
        let below = fill(rect(0.0, 0.0, 400.0, 300.0), rgb(0x00ff_e0c0));
        let above = fill(rect(100.0, 100.0, 20.0, 300.0), rgb(0x0000_aa66));
        frame(400.0, 600.0, 1.0, vec![below, layered(moving), above])
    };
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    compositor.set_frame(scene(&|_| {}));
    compositor.composite(&mut pixmap).unwrap();
    type Change<'a> = &'a dyn Fn(&mut Layer);
    let steps: [(&str, Change<'_>); 7] = [
        ("moved", &|layer| layer.transform = Affine::translate((91.0, 80.0))),
        ("faded", &|layer| layer.opacity = 0.5),
        ("moved back and faded", &|layer| {
            layer.transform = Affine::translate((10.0, 60.0));
            layer.opacity = 0.25;
        }),
        ("clipped", &|layer| layer.clip = Some(Shape::Rect(rect(10.0, 10.0, 50.0, 50.0)))),
        ("clipped round", &|layer| layer.clip = Some(rounded(rect(0.0, 0.0, 90.0, 70.0), 30.0))),
        ("multiplied", &|layer| layer.blend = BlendMode::from(Mix::Multiply)),
        ("plain again", &|_| {}),
    ];
    for (name, step) in steps {
        let next = scene(step);
        assert!(compositor.set_frame(next.clone()), "{name}");
        let result = compositor.composite_aged(&mut pixmap, 1).unwrap();
        assert_eq!(result.tiles_rastered, 0, "{name}");
        assert!(!result.damage.is_empty(), "{name}");
        let area: u64 = result.damage.iter().map(|rect| rect.area()).sum();
        assert!(area < 60_000, "{name}: {:?}", result.damage);
        assert_same(&pixmap, &fresh(&next), name);
    }
}

#[test]
fn a_layer_that_turns_keeps_its_tiles() {
    let scene = |angle: f64| {
        let mut moving = layer(5, vec![fill(rect(-50.0, -50.0, 100.0, 100.0), rgb(0x0033_66cc))]);
        moving.transform = Affine::translate((200.0, 200.0)) * Affine::rotate(angle);
        moving
    };
    let content = scene(0.0).content;
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    let mut drawn = 0;
    for step in 0..8 {
        let mut moving = scene(f64::from(step) * 0.1 + 0.05);
        moving.content = content.clone();
        let next = frame(400.0, 600.0, 2.0, vec![layered(moving)]);
        compositor.set_frame(next);
        drawn += compositor.composite_aged(&mut pixmap, 1).unwrap().tiles_rastered;
    }
    assert_eq!(drawn, 1);
}

#[test]
fn a_layer_that_grows_is_stretched_and_sharpened_when_it_stops() {
    let content = Chunk::new(vec![fill(rect(0.0, 0.0, 100.0, 100.0), rgb(0x0033_66cc))]);
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    let mut compose = |scale: f64| {
        let mut moving = layer_of(5, content.clone());
        moving.transform = Affine::scale(scale);
        compositor.set_frame(frame(400.0, 600.0, 1.0, vec![layered(moving)]));
        compositor.composite_aged(&mut pixmap, 1).unwrap()
    };
    assert_eq!(compose(1.0).tiles_rastered, 1);
    for step in 1..10 {
        let result = compose(1.0 + f64::from(step) * 0.05);
        assert_eq!((result.tiles_rastered, result.needs_more), (0, true), "{step}");
    }
    assert!(compositor.needs_composite());
    let last = compositor.composite_aged(&mut pixmap, 1).unwrap();
    assert_eq!((last.tiles_rastered, last.needs_more), (1, false));
}

#[test]
fn a_target_some_composites_old_catches_up() {
    let mut rows = list(40);
    let mut compositor = cpu();
    let [mut even, mut odd] = [Pixmap::new(WIDTH, HEIGHT), Pixmap::new(WIDTH, HEIGHT)];
    compositor.set_frame(document(&rows));
    compositor.composite(&mut even).unwrap();
    compositor.composite(&mut odd).unwrap();
    for step in 0..8 {
        rows[step * 3] = row(step * 3, rgb(0x00ff_0000 + step as u32 * 30));
        compositor.set_frame(document(&rows));
        let target = if step % 2 == 0 { &mut even } else { &mut odd };
        compositor.composite_aged(target, 2).unwrap();
        assert_same(target, &fresh(&document(&rows)), &format!("step {step}"));
    }
}

#[test]
fn inserted_layers_and_rows_look_as_if_new() {
    let mut rows = list(30);
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    compositor.set_frame(document(&rows));
    compositor.composite(&mut pixmap).unwrap();
    let over = |id: u64, y: f64| {
        let mut over = layer(id, vec![fill(rect(0.0, 0.0, 60.0, 60.0), rgb(0x0000_8888))]);
        over.transform = Affine::translate((100.0, y));
        over.opacity = 0.7;
        layered(over)
    };
    type Step<'a> = &'a dyn Fn(&mut Vec<Item>);
    let steps: [Step<'_>; 5] = [
        &|rows| rows.insert(3, row(50, rgb(0x00ff_0000))),
        &|rows| rows.insert(10, over(20, 50.0)),
        &|rows| rows.insert(5, over(21, 80.0)),
        &|rows| drop(rows.remove(11)),
        &|rows| rows.truncate(6),
    ];
    for (index, step) in steps.into_iter().enumerate() {
        step(&mut rows);
        compositor.set_frame(document(&rows));
        compositor.composite_aged(&mut pixmap, 1).unwrap();
        assert_same(&pixmap, &fresh(&document(&rows)), &format!("step {index}"));
    }
}

#[test]
fn tiles_out_of_sight_are_dropped() {
    let rows = list(20_000);
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    compositor.set_frame(document(&rows));
    for _ in 0..600 {
        compositor.scroll_by(Point::ORIGIN, Vec2::new(0.0, 600.0));
        compositor.composite(&mut pixmap).unwrap();
    }
    let bytes = compositor.counters().tile_bytes;
    assert!(bytes < 30 << 20, "{bytes}");
    assert!(bytes > 1 << 20, "{bytes}");
}

#[test]
fn the_null_renderer_plans_as_the_others_do() {
    let rows = list(1_000);
    let [mut real, mut null] = [cpu(), Compositor::null()];
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    for compositor in [&mut real, &mut null] {
        compositor.set_frame(document(&rows));
        compositor.composite(&mut pixmap).unwrap();
        compositor.scroll_by(Point::ORIGIN, Vec2::new(0.0, 333.0));
        compositor.composite(&mut pixmap).unwrap();
    }
    assert_eq!(real.counters().tiles_rastered, null.counters().tiles_rastered);
    assert_eq!(real.counters().pixels_rastered, null.counters().pixels_rastered);
}

#[test]
fn hostile_lists_are_drawn_without_a_panic() {
    let huge = f64::MAX / 4.0;
    let numbers = [0.0, -1.0, 1e-300, 1e6, 1e12, huge, -huge, f64::INFINITY, f64::NAN];
    let mut items = Vec::new();
    for &a in &numbers {
        for &b in &numbers {
            let area = kurbo::Rect::new(a, b, b, a);
            items.push(fill(area, rgb(0x00ff_0000)));
            items.push(fill_with(rounded(area, b), rgb(0x0000_ff00)));
            items.push(clip(rounded(area, a), vec![fill(rect(0.0, 0.0, 50.0, 50.0), rgb(1))]));
            let mut turned = group(vec![fill(rect(0.0, 0.0, 9.0, 9.0), rgb(2))]);
            turned.transform = Affine::new([a, b, b, a, b, a]);
            turned.opacity = a as f32;
            turned.filters = vec![virga_display_list::Filter::Blur(b)];
            items.push(Item::Group(Box::new(turned)));
            let mut moved = layer(items.len() as u64, vec![fill(rect(0.0, 0.0, 9.0, 9.0), rgb(3))]);
            moved.transform = Affine::new([b, a, 1.0, a, b, a]);
            items.push(layered(moved));
            items.push(text(glyphs(a, b, a as f32, 0..3)));
            let look = side(virga_display_list::BorderStyle::Dotted, 5);
            let widths = kurbo::Insets::new(a, b, a, 3.0);
            items.push(border(rect(0.0, 0.0, 1e7, b), a, widths, [look; 4]));
            items.push(Item::BoxShadow(Box::new(virga_display_list::BoxShadow {
                rect: area,
                radii: b.into(),
                offset: Vec2::new(a, b),
                blur: a,
                spread: b,
                color: rgb(9),
                inset: a > b,
            })));
        }
    }
    // Panics inside the rasteriser are caught where they happen: count them.
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(info);
    }));
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(64, 64);
    for part in items.chunks(9) {
        compositor.set_frame(frame(64.0, 64.0, 1.0, part.to_vec()));
        compositor.composite(&mut pixmap).unwrap();
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
    compositor.set_frame(frame(f64::NAN, huge, f64::NAN, vec![]));
    compositor.composite(&mut pixmap).unwrap();
    assert!(compositor.composite(&mut Pixmap::new(0, 0)).is_ok());
}

#[test]
fn groups_and_clips_nest_ten_thousand_deep() {
    let mut item = fill(rect(10.0, 10.0, 30.0, 30.0), rgb(0x00ff_0000));
    for depth in 0..10_000 {
        item = match depth % 3 {
            0 => clip(rounded(rect(0.0, 0.0, 60.0, 60.0), 2.0), vec![item]),
            1 => Item::Group(Box::new(virga_display_list::Group {
                opacity: 0.9999,
                ..group(vec![item])
            })),
            _ => at(0.0, 0.0, vec![item]),
        };
    }
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(64, 64);
    compositor.set_frame(frame(64.0, 64.0, 1.0, vec![item]));
    compositor.composite(&mut pixmap).unwrap();
    assert_eq!(pixmap.pixel(5, 5), [255; 4]);
    assert!(
        pixmap.pixel(20, 20)[0] > 250 && pixmap.pixel(20, 20)[1] < 60,
        "{:?}",
        pixmap.pixel(20, 20)
    );
}

#[test]
fn damage_is_small_when_little_changes() {
    let scene = |x: f64| {
        let mut items = list(30);
        items.push(fill(rect(x, 300.0, 2.0, 16.0), Color::BLACK));
        frame(400.0, 600.0, 1.0, items)
    };
    // Rows are rebuilt each time: equal values, other allocations.
    let mut compositor = cpu();
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
    compositor.set_frame(scene(100.0));
    compositor.composite(&mut pixmap).unwrap();
    compositor.set_frame(scene(104.0));
    let result = compositor.composite_aged(&mut pixmap, 1).unwrap();
    assert_eq!(result.damage.len(), 1, "{:?}", result.damage);
    assert!(IntRect::new(98, 298, 110, 320).contains(result.damage[0]), "{:?}", result.damage);
    assert_same(&pixmap, &fresh(&scene(104.0)), "after the change");
}

/// The GPU's compositor keeps and moves what the CPU's does.
#[test]
fn the_gpu_follows_the_same_changes() {
    let gpu = match Gpu::headless(Adapters::Any) {
        Ok(gpu) => gpu,
        Err(error) => {
            eprintln!("SKIPPED: the GPU's compositor was not tested: {error}");
            return;
        }
    };
    let mut rows = list(200);
    let [mut on_gpu, mut on_cpu] = [Compositor::gpu(&gpu), cpu()];
    type Step<'a> = &'a dyn Fn(&mut Vec<Item>, &mut Compositor);
    let steps: [Step<'_>; 6] = [
        &|_, _| {},
        &|rows, _| rows[12] = row(12, rgb(0x00ff_aa00)),
        &|_, compositor| {
            compositor.scroll_by(Point::ORIGIN, Vec2::new(0.0, 130.0));
        },
        &|rows, _| rows[20] = row(20, rgb(0x0000_aaff)),
        &|rows, _| {
            let mut over = layer(9, vec![fill(rect(0.0, 0.0, 90.0, 90.0), rgb(0x0000_8888))]);
            over.transform = Affine::translate((60.0, 300.0)) * Affine::rotate(0.3);
            over.opacity = 0.6;
            over.blend = BlendMode::from(Mix::Multiply);
            rows.push(layered(over));
        },
        &|_, compositor| {
            compositor.scroll_by(Point::ORIGIN, Vec2::new(0.0, 90.0));
        },
    ];
    for (index, step) in steps.into_iter().enumerate() {
        let mut results = Vec::new();
        let mut changed = rows.clone();
        for compositor in [&mut on_gpu, &mut on_cpu] {
            changed = rows.clone();
            step(&mut changed, compositor);
            compositor.set_frame(document(&changed));
            let mut pixmap = Pixmap::new(WIDTH, HEIGHT);
            let result = compositor.composite(&mut pixmap).unwrap();
            results.push((pixmap, result.tiles_rastered, result.pixels_rastered));
        }
        rows = changed;
        let [(found, ..), (expected, ..)] = &results[..] else { unreachable!() };
        let far =
            found.data().iter().zip(expected.data()).filter(|(a, b)| a.abs_diff(**b) > 8).count();
        assert!(far < 40, "step {index}: {far} bytes differ");
        assert_eq!((results[0].1, results[0].2), (results[1].1, results[1].2), "step {index}");
    }
    assert_eq!(on_gpu.counters().tiles_by_fallback, 0);
    assert_eq!(on_gpu.counters().pixels_uploaded, 0);
}
