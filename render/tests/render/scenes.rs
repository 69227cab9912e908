//! Scenes that every rasteriser has to draw the same way.

use kurbo::{Affine, BezPath, Insets, Point, Rect, Size, Vec2};
use peniko::{BlendMode, Color, Compose, Extend, Gradient, Mix};
use virga_display_list::{
    BorderStyle, BoxShadow, Filter, Frame, Group, Item, Layer, Radii, Shape, Tiles,
};

use crate::common::*;

/// A name for the file, and what to draw.
pub(crate) fn all() -> Vec<(&'static str, Frame)> {
    vec![
        ("shapes", shapes()),
        ("borders", borders()),
        ("borders-round", borders_round()),
        ("shadows", shadows()),
        ("gradients", gradients()),
        ("images", images()),
        ("text", texts()),
        ("clips", clips()),
        ("groups", groups()),
        ("blends", blends()),
        ("filters", filters()),
        ("layers", layers()),
        ("page", page()),
    ]
}

fn shapes() -> Frame {
    let mut star = BezPath::new();
    for point in 0..5 {
        let angle = f64::from(point) * 2.0 * std::f64::consts::TAU / 5.0;
        let at = Point::new(260.0 + 40.0 * angle.sin(), 60.0 - 40.0 * angle.cos());
        if point == 0 {
            star.move_to(at);
        } else {
            star.line_to(at);
        }
    }
    star.close_path();
    let ellipse = Radii::from(1e4);
    let mixed = Radii {
        top_left: Vec2::new(40.0, 10.0),
        bottom_right: Vec2::new(20.0, 40.0),
        ..Radii::ZERO
    };
    let items = vec![
        fill(rect(10.0, 10.0, 50.0, 50.0), rgb(0x00cc_3333)),
        fill(rect(70.25, 10.5, 50.5, 50.25), rgb(0x0033_99cc)),
        fill_with(rounded(rect(130.0, 10.0, 80.0, 50.0), 12.0), rgb(0x0033_aa55)),
        fill_with(Shape::Path(star.into()), rgb(0x0088_44cc)),
        fill_with(rounded(rect(10.0, 80.0, 100.0, 50.0), ellipse), rgb(0x00ee_9922)),
        fill_with(rounded(rect(130.0, 80.0, 80.0, 50.0), mixed), rgb(0x0022_2222)),
        fill(rect(30.0, 40.0, 60.0, 60.0), Color::from_rgba8(0, 0, 255, 90)),
        fill(rect(0.0, 139.0, 1e6, 2.0), rgb(0x0000_8888)),
    ];
    frame(300.0, 150.0, 1.0, items)
}

const STYLES: [BorderStyle; 8] = [
    BorderStyle::Solid,
    BorderStyle::Dotted,
    BorderStyle::Dashed,
    BorderStyle::Double,
    BorderStyle::Groove,
    BorderStyle::Ridge,
    BorderStyle::Inset,
    BorderStyle::Outset,
];

fn borders() -> Frame {
    let mut items = Vec::new();
    for (index, style) in STYLES.into_iter().enumerate() {
        let x = 10.0 + (index % 4) as f64 * 90.0;
        let y = 10.0 + (index / 4) as f64 * 70.0;
        let look = side(style, 0x0033_66cc);
        items.push(border(rect(x, y, 80.0, 60.0), 0.0, Insets::uniform(8.0), [look; 4]));
        let thin = rect(x + 16.0, y + 16.0, 48.0, 28.0);
        items.push(border(thin, 0.0, Insets::uniform(1.0), [side(style, 0x00aa_2222); 4]));
    }
    let sides = [
        side(BorderStyle::Solid, 0x00cc_3333),
        side(BorderStyle::Dashed, 0x0033_aa55),
        side(BorderStyle::Double, 0x0033_66cc),
        side(BorderStyle::Dotted, 0x00cc_9900),
    ];
    items.push(border(
        rect(10.0, 160.0, 120.0, 70.0),
        0.0,
        Insets::new(16.0, 6.0, 9.0, 12.0),
        sides,
    ));
    // A triangle, as style sheets draw arrows.
    let none =
        virga_display_list::BorderSide { style: BorderStyle::Solid, color: Color::TRANSPARENT };
    let arrow = [none, side(BorderStyle::Solid, 0x0022_2222), none, none];
    items.push(border(rect(150.0, 170.0, 60.0, 60.0), 0.0, Insets::uniform(30.0), arrow));
    let only = virga_display_list::BorderSide { style: BorderStyle::None, color: Color::BLACK };
    let below = [only, only, only, side(BorderStyle::Solid, 0x00cc_3333)];
    items.push(border(rect(230.0, 170.0, 60.0, 40.0), 0.0, Insets::uniform(4.0), below));
    frame(370.0, 250.0, 1.0, items)
}

fn borders_round() -> Frame {
    let mut items = Vec::new();
    for (index, style) in STYLES.into_iter().enumerate() {
        let x = 10.0 + (index % 4) as f64 * 90.0;
        let y = 10.0 + (index / 4) as f64 * 70.0;
        let look = side(style, 0x0033_66cc);
        items.push(border(rect(x, y, 80.0, 60.0), 20.0, Insets::uniform(6.0), [look; 4]));
    }
    let sides = [0x00cc_3333, 0x0033_aa55, 0x0033_66cc, 0x00cc_9900]
        .map(|color| side(BorderStyle::Solid, color));
    let widths = Insets::new(16.0, 6.0, 9.0, 12.0);
    items.push(border(rect(10.0, 160.0, 120.0, 70.0), 35.0, widths, sides));
    let radii = Radii { top_left: Vec2::new(60.0, 20.0), ..Radii::from(1e3) };
    items.push(border(rect(150.0, 160.0, 90.0, 70.0), radii, Insets::uniform(5.0), [sides[2]; 4]));
    items.push(border(rect(260.0, 160.0, 80.0, 70.0), 10.0, Insets::uniform(15.0), sides));
    // A mark at the side of a card.
    let mark = rect(10.0, 240.0, 120.0, 30.0);
    items.push(border(mark, 10.0, Insets::new(4.0, 0.0, 0.0, 0.0), [sides[0]; 4]));
    let two = rect(150.0, 240.0, 120.0, 30.0);
    items.push(border(two, 10.0, Insets::new(4.0, 4.0, 0.0, 0.0), [sides[2]; 4]));
    frame(370.0, 280.0, 1.0, items)
}

fn shadows() -> Frame {
    let shadow = |x: f64, y: f64, change: &dyn Fn(&mut BoxShadow)| {
        let mut shadow = BoxShadow {
            rect: rect(x, y, 60.0, 40.0),
            radii: Radii::ZERO,
            offset: Vec2::new(4.0, 6.0),
            blur: 10.0,
            spread: 0.0,
            color: Color::from_rgba8(0, 0, 80, 200),
            inset: false,
        };
        change(&mut shadow);
        let shape = rounded(shadow.rect, shadow.radii);
        let below = fill_with(shape, rgb(0x00ff_f4e0));
        let inset = shadow.inset;
        let item = Item::BoxShadow(Box::new(shadow));
        if inset { [below, item] } else { [item, below] }
    };
    let uneven = Radii { top_left: Vec2::new(30.0, 10.0), ..Radii::from(4.0) };
    let scenes: [&dyn Fn(&mut BoxShadow); 12] = [
        &|_| {},
        &|shadow| shadow.blur = 0.0,
        &|shadow| shadow.radii = 12.0.into(),
        &|shadow| shadow.radii = uneven,
        &|shadow| {
            shadow.spread = 8.0;
            shadow.offset = Vec2::ZERO;
        },
        &|shadow| {
            shadow.spread = 6.0;
            shadow.blur = 0.0;
            shadow.radii = 6.0.into();
        },
        &|shadow| {
            // Seen through the box, were it not cut out.
            shadow.blur = 2.0;
            shadow.offset = Vec2::new(0.0, 40.0);
        },
        &|shadow| shadow.blur = 40.0,
        &|shadow| shadow.inset = true,
        &|shadow| {
            shadow.inset = true;
            shadow.radii = 14.0.into();
        },
        &|shadow| {
            shadow.inset = true;
            shadow.blur = 0.0;
            shadow.spread = 4.0;
        },
        &|shadow| {
            shadow.inset = true;
            shadow.radii = uneven;
        },
    ];
    let items = scenes
        .iter()
        .enumerate()
        .flat_map(|(index, change)| {
            shadow(20.0 + (index % 4) as f64 * 95.0, 20.0 + (index / 4) as f64 * 75.0, change)
        })
        .collect();
    frame(400.0, 240.0, 1.0, items)
}

fn gradients() -> Frame {
    let stops = [rgb(0x00ff_3300), rgb(0x00ff_ee00), rgb(0x0000_99ff)];
    let items = vec![
        fill_with(
            Shape::Rect(rect(10.0, 10.0, 100.0, 60.0)),
            Gradient::new_linear((10.0, 10.0), (110.0, 70.0)).with_stops(stops),
        ),
        fill_with(
            rounded(rect(120.0, 10.0, 100.0, 60.0), 16.0),
            Gradient::new_radial((170.0, 40.0), 30.0).with_stops(stops),
        ),
        fill_with(
            Shape::Rect(rect(230.0, 10.0, 100.0, 60.0)),
            Gradient::new_sweep((280.0, 40.0), 0.0, std::f32::consts::TAU).with_stops(stops),
        ),
        fill_with(
            Shape::Rect(rect(10.0, 80.0, 100.0, 60.0)),
            Gradient::new_linear((10.0, 0.0), (30.0, 0.0))
                .with_stops(stops)
                .with_extend(Extend::Repeat),
        ),
        fill_with(
            Shape::Rect(rect(120.0, 80.0, 100.0, 60.0)),
            Gradient::new_linear((120.0, 0.0), (220.0, 0.0))
                .with_stops([rgb(0x0033_66cc), rgb(0x0033_66cc).with_alpha(0.0)]),
        ),
        at(
            230.0,
            80.0,
            vec![fill_with(
                Shape::Rect(rect(0.0, 0.0, 100.0, 60.0)),
                Gradient::new_linear((0.0, 0.0), (0.0, 60.0)).with_stops(stops),
            )],
        ),
    ];
    frame(340.0, 150.0, 1.0, items)
}

fn images() -> Frame {
    let small = checker(16, 16, 4);
    let large = checker(256, 256, 16);
    let whole = rect(0.0, 0.0, 16.0, 16.0);
    let tiles = |tile: Rect, step: Size, area: Rect| {
        Item::Tiles(Box::new(Tiles { data: small.clone(), tile, step, area, smooth: false }))
    };
    let mut turned = group(vec![image(&small, rect(0.0, 0.0, 48.0, 48.0), whole, true)]);
    turned.transform = Affine::translate((260.0, 20.0)) * Affine::rotate(0.5);
    let items = vec![
        image(&small, rect(10.0, 10.0, 16.0, 16.0), whole, true),
        image(&small, rect(40.0, 10.0, 64.0, 64.0), whole, false),
        image(&small, rect(120.0, 10.0, 64.0, 64.0), whole, true),
        image(&small, rect(200.0, 10.0, 32.0, 32.0), rect(4.0, 4.0, 8.0, 8.0), false),
        Item::Group(Box::new(turned)),
        image(&large, rect(10.0, 40.0, 20.0, 20.0), rect(0.0, 0.0, 256.0, 256.0), true),
        tiles(rect(15.0, 95.0, 16.0, 16.0), Size::new(16.0, 16.0), rect(10.0, 90.0, 90.0, 50.0)),
        tiles(rect(120.0, 90.0, 16.0, 16.0), Size::new(22.0, 20.0), rect(120.0, 90.0, 90.0, 50.0)),
    ];
    frame(320.0, 150.0, 1.0, items)
}

fn texts() -> Frame {
    let run = |y: f64, size: f32| glyphs(10.0, y, size, 36..60);
    let mut slanted = run(70.0, 16.0);
    slanted.skew = Some(14.0);
    let mut bold = run(95.0, 16.0);
    bold.embolden = 0.5;
    let mut colored = run(135.0, 30.0);
    colored.brush = Gradient::new_linear((10.0, 0.0), (300.0, 0.0))
        .with_stops([rgb(0x00cc_0044), rgb(0x0000_66ff)])
        .into();
    let mut faint = run(160.0, 12.5);
    faint.brush = Color::from_rgba8(0, 80, 0, 128).into();
    let mut turned = group(vec![text(glyphs(0.0, 0.0, 20.0, 36..46))]);
    turned.transform = Affine::translate((320.0, 40.0)) * Affine::rotate(0.6);
    let items = vec![
        text(run(20.0, 11.0)),
        text(run(45.25, 16.0)),
        text(slanted),
        text(bold),
        text(colored),
        text(faint),
        Item::Group(Box::new(turned)),
    ];
    frame(460.0, 180.0, 1.0, items)
}

fn clips() -> Frame {
    let stripes = |x: f64, y: f64| -> Vec<Item> {
        (0..10)
            .map(|index| {
                let hex = if index % 2 == 0 { 0x0033_66cc } else { 0x00ff_cc00 };
                fill(rect(x, y + f64::from(index) * 8.0, 90.0, 8.0), rgb(hex))
            })
            .collect()
    };
    let inner = clip(rounded(rect(150.0, 30.0, 80.0, 70.0), 30.0), stripes(120.0, 10.0));
    let mut turned = group(vec![clip(Shape::Rect(rect(0.0, 0.0, 50.0, 50.0)), stripes(0.0, 0.0))]);
    turned.transform = Affine::translate((270.0, 20.0)) * Affine::rotate(0.4);
    let items = vec![
        clip(Shape::Rect(rect(20.5, 20.5, 70.0, 60.0)), stripes(10.0, 10.0)),
        clip(Shape::Rect(rect(120.0, 10.0, 70.0, 70.0)), vec![inner]),
        Item::Group(Box::new(turned)),
    ];
    frame(340.0, 100.0, 1.0, items)
}

fn groups() -> Frame {
    let pair = |x: f64| {
        vec![
            fill(rect(x, 20.0, 50.0, 50.0), rgb(0x00cc_3333)),
            fill(rect(x + 25.0, 45.0, 50.0, 50.0), rgb(0x0033_66cc)),
        ]
    };
    let mut faded = group(pair(110.0));
    faded.opacity = 0.5;
    let mut scaled = group(pair(0.0));
    scaled.transform = Affine::translate((210.0, 0.0)) * Affine::scale_non_uniform(1.2, 0.8);
    let mut skewed = group(vec![
        fill_with(rounded(rect(0.0, 20.0, 60.0, 60.0), 10.0), rgb(0x0033_aa55)),
        text(glyphs(5.0, 60.0, 30.0, 36..38)),
    ]);
    skewed.transform = Affine::translate((330.0, 10.0)) * Affine::skew(0.3, 0.1);
    let mut items = pair(10.0);
    items.extend([faded, scaled, skewed].map(|group| Item::Group(Box::new(group))));
    frame(420.0, 120.0, 1.0, items)
}

fn blends() -> Frame {
    let modes = [
        Mix::Normal,
        Mix::Multiply,
        Mix::Screen,
        Mix::Overlay,
        Mix::Darken,
        Mix::Lighten,
        Mix::ColorDodge,
        Mix::ColorBurn,
        Mix::HardLight,
        Mix::SoftLight,
        Mix::Difference,
        Mix::Exclusion,
        Mix::Hue,
        Mix::Saturation,
        Mix::Color,
        Mix::Luminosity,
    ];
    let mut blends: Vec<BlendMode> = modes.map(BlendMode::from).to_vec();
    blends.push(BlendMode::new(Mix::Normal, Compose::Plus));
    blends.push(BlendMode::new(Mix::Normal, Compose::DestIn));
    let mut items = Vec::new();
    for (index, blend) in blends.into_iter().enumerate() {
        let (x, y) = (10.0 + (index % 6) as f64 * 60.0, 10.0 + (index / 6) as f64 * 60.0);
        let stops = [rgb(0x0033_66cc), rgb(0x00ff_cc66)];
        let below = Gradient::new_linear((x, y), (x + 50.0, y)).with_stops(stops);
        let above = Gradient::new_linear((x, y + 10.0), (x, y + 50.0))
            .with_stops([rgb(0x00cc_2255), rgb(0x0066_dd88).with_alpha(0.5)]);
        let shape = rounded(rect(x + 8.0, y + 10.0, 34.0, 40.0), 8.0);
        let blended = Group { blend, ..group(vec![fill_with(shape, above)]) };
        let content = vec![
            fill_with(Shape::Rect(rect(x, y, 50.0, 50.0)), below),
            Item::Group(Box::new(blended)),
        ];
        // Isolated, so that each is alone with its backdrop.
        items.push(Item::Group(Box::new(group(content))));
    }
    frame(370.0, 190.0, 1.0, items)
}

fn filters() -> Frame {
    let content = |x: f64| {
        vec![
            fill_with(rounded(rect(x, 20.0, 50.0, 50.0), 8.0), rgb(0x00cc_3333)),
            fill(rect(x + 20.0, 40.0, 40.0, 15.0), rgb(0x0033_66cc)),
        ]
    };
    let gray = [
        0.2126, 0.7152, 0.0722, 0.0, 0.0, 0.2126, 0.7152, 0.0722, 0.0, 0.0, 0.2126, 0.7152, 0.0722,
        0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0,
    ];
    let color = Color::from_rgba8(0, 0, 0, 160);
    let shadow = Filter::DropShadow { offset: Vec2::new(6.0, 6.0), blur: 4.0, color };
    let both = Group {
        filters: vec![Filter::ColorMatrix(gray), shadow.clone()],
        transform: Affine::translate((300.0, -10.0)) * Affine::rotate(0.2),
        opacity: 0.8,
        ..group(content(0.0))
    };
    let items = vec![
        filtered(Filter::Blur(4.0), content(20.0)),
        filtered(Filter::ColorMatrix(gray), content(110.0)),
        filtered(shadow, content(200.0)),
        Item::Group(Box::new(both)),
        clip(
            Shape::Rect(rect(20.0, 100.0, 60.0, 30.0)),
            vec![filtered(
                Filter::Blur(8.0),
                vec![fill(rect(10.0, 90.0, 50.0, 30.0), rgb(0x0033_aa55))],
            )],
        ),
    ];
    frame(380.0, 140.0, 1.0, items)
}

/// What the compositor composes.
fn layers() -> Frame {
    let tile = |hex: u32| {
        vec![
            fill_with(rounded(rect(0.0, 0.0, 60.0, 60.0), 8.0), rgb(hex)),
            text(glyphs(6.0, 40.0, 28.0, 36..39)),
        ]
    };
    let placed = |id: u64, x: f64, y: f64, hex: u32| {
        let mut placed = layer(id, tile(hex));
        placed.transform = Affine::translate((x, y));
        placed
    };
    let mut faded = placed(2, 90.0, 10.0, 0x0033_aa55);
    faded.opacity = 0.5;
    let mut turned = placed(3, 200.0, 10.0, 0x00cc_9900);
    turned.transform *= Affine::rotate(0.4);
    let mut clipped = placed(4, 250.0, 10.0, 0x0088_44cc);
    clipped.clip = Some(rounded(rect(10.0, 5.0, 45.0, 50.0), 20.0));
    let mut blended = placed(5, 20.0, 50.0, 0x0000_cccc);
    blended.blend = BlendMode::from(Mix::Multiply);
    let mut blurred = placed(6, 100.0, 100.0, 0x00cc_3333);
    blurred.filters = vec![Filter::Blur(3.0)];
    let mut nested = placed(7, 190.0, 100.0, 0x0022_2222);
    nested.content = virga_display_list::Chunk::new(vec![
        fill(rect(0.0, 0.0, 80.0, 70.0), rgb(0x00dd_dddd)),
        layered(Layer { opacity: 0.6, ..placed(8, 10.0, 5.0, 0x0033_66cc) }),
        fill(rect(40.0, 30.0, 30.0, 30.0), rgb(0x00ff_8800)),
    ]);
    nested.opacity = 0.8;
    let stripes = (0..12)
        .map(|index| {
            let hex = if index % 2 == 0 { 0x00aa_ccee } else { 0x0055_7799 };
            fill(rect(0.0, f64::from(index) * 10.0, 60.0, 10.0), rgb(hex))
        })
        .collect();
    let mut scroller = scrolling(layer(9, stripes), 1, rect(0.0, 0.0, 60.0, 60.0), 120.0);
    scroller.transform = Affine::translate((290.0, 105.0));
    if let Some(scroll) = &mut scroller.scroll {
        scroll.offset.y = 25.0;
    }
    let mut items = vec![fill(rect(0.0, 30.0, 370.0, 100.0), rgb(0x00ee_f2f6))];
    items.push(layered(placed(1, 10.0, 10.0, 0x0033_66cc)));
    items.extend([faded, turned, clipped, blended, blurred, nested, scroller].map(layered));
    items.push(fill(rect(0.0, 90.0, 370.0, 3.0), rgb(0x0000_0000)));
    frame(370.0, 180.0, 1.0, items)
}

/// A screen of an app, at a phone's scale.
fn page() -> Frame {
    let mut items = vec![fill(rect(0.0, 0.0, 200.0, 44.0), rgb(0x0021_5f9e))];
    let mut title = glyphs(12.0, 28.0, 17.0, 36..48);
    title.brush = Color::WHITE.into();
    items.push(text(title));
    for index in 0..5 {
        let y = 56.0 + f64::from(index) * 56.0;
        let card = rect(10.0, y, 180.0, 46.0);
        items.push(Item::BoxShadow(Box::new(BoxShadow {
            rect: card,
            radii: 8.0.into(),
            offset: Vec2::new(0.0, 1.0),
            blur: 4.0,
            spread: 0.0,
            color: Color::from_rgba8(0, 0, 0, 70),
            inset: false,
        })));
        items.push(fill_with(rounded(card, 8.0), Color::WHITE));
        let line = side(BorderStyle::Solid, 0x00dd_e3ea);
        items.push(border(card, 8.0, Insets::uniform(0.5), [line; 4]));
        items.push(fill_with(
            rounded(rect(18.0, y + 8.0, 30.0, 30.0), 15.0),
            rgb(0x0033_66cc + 0x0010_0800 * index as u32),
        ));
        items.push(text(glyphs(58.0, y + 20.0, 12.0, 36..52)));
        let mut small = glyphs(58.0, y + 36.0, 10.0, 60..80);
        small.brush = rgb(0x0066_7788).into();
        items.push(text(small));
    }
    frame(200.0, 340.0, 2.0, items)
}
