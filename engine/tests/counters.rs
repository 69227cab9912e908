//! The cost of a frame follows what changed, never the size of the document.

mod support;

use support::{Harness, World, on_app_thread};
use virga_engine::FrameCounters;
use virga_protocol::{Micros, ToApp};

fn page(rows: usize, change: &str) -> String {
    format!(
        r#"<!doctype html><style>
        li {{ display: flex; padding: 4px; border-bottom: 1px solid #ccc }}
        .on {{ background: #ffc }} .name {{ flex: 1 }}
        </style><ul id=list></ul><script>
        const rows = [];
        for (let i = 0; i < {rows}; i++) {{
          const row = document.createElement("li");
          row.innerHTML = '<span class=name>Row ' + i + '</span><span>x</span>';
          rows.push(row);
        }}
        list.append(...rows);
        function change(row) {{ {change} }}
        addEventListener("click", () => change(rows[5]));
        </script>"#
    )
}

fn minus(after: FrameCounters, before: FrameCounters) -> FrameCounters {
    FrameCounters {
        frames: after.frames - before.frames,
        nodes_styled: after.nodes_styled - before.nodes_styled,
        boxes_rebuilt: after.boxes_rebuilt - before.boxes_rebuilt,
        nodes_laid_out: after.nodes_laid_out - before.nodes_laid_out,
        items_painted: after.items_painted - before.items_painted,
    }
}

/// The work that one change to one row of many causes.
fn cost(rows: usize, change: &str) -> FrameCounters {
    let page = page(rows, change);
    on_app_thread(move || {
        let mut world = World::new().file("page.html", "text/html", page);
        world.slices = u64::MAX;
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(5_000_000));
        assert_eq!(harness.console(), Vec::<String>::new());
        let before = harness.counters();
        assert!(before.frames > 0, "the page was shown");
        assert!(!harness.status().wants_frame, "an idle page wants no frame");
        // A real click, far from the row that changes.
        use virga_engine::Internals as _;
        let mut hands = support::TestHost(std::rc::Rc::clone(&harness.world));
        for (phase, button) in
            [(virga_protocol::PointerPhase::Down, 1), (virga_protocol::PointerPhase::Up, 0)]
        {
            hands.send_input(virga_protocol::InputEvent::Pointer(virga_protocol::PointerEvent {
                phase,
                id: 1,
                kind: virga_protocol::PointerType::Mouse,
                position: virga_protocol::Point { x: 400.0, y: 599.0 },
                button: Some(virga_protocol::PointerButton::Primary),
                buttons: button,
                modifiers: virga_protocol::Modifiers::empty(),
                click_count: 1,
                contact: Default::default(),
            }));
        }
        harness.run(Micros(10_000_000));
        minus(harness.counters(), before)
    })
}

fn check(change: &str) {
    let (small, large) = (cost(1_000, change), cost(10_000, change));
    assert_eq!(small, large, "{change}");
    assert!(
        small.frames > 0 && small.nodes_styled + small.nodes_laid_out + small.items_painted > 0
    );
    // Not the same because nothing happened, nor because all of it did.
    assert!(small.nodes_laid_out < 200 && small.nodes_styled < 50, "{change}: {small:?}");
}

#[test]
fn a_class_toggle_costs_the_same_in_any_document() {
    check("row.classList.toggle('on')");
}

#[test]
fn a_text_change_costs_the_same_in_any_document() {
    check("row.firstChild.firstChild.data = 'Another'");
}

#[test]
fn a_width_change_costs_the_same_in_any_document() {
    check("row.lastChild.style.width = '50px'");
}

#[test]
fn an_idle_page_makes_no_frame() {
    on_app_thread(|| {
        let world = World::new().file("page.html", "text/html", page(1_000, ""));
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(5_000_000));
        let before = harness.counters();
        for _ in 0..10 {
            harness.deliver(ToApp::RenderOpportunity);
            harness.deliver(ToApp::Wake);
        }
        assert_eq!(harness.counters(), before);
    });
}
