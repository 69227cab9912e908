//! Images: <https://html.spec.whatwg.org/#images-processing-model>

use std::{cell::RefCell, collections::BTreeMap};

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{ConsoleLevel, FetchFailure, RequestId, RequestMode};

use super::fetch::{self, Fetched, request_for};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget},
    html::source_set::{self, Candidate},
    window::rendering,
};

/// What became of the image that an element names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ImageState {
    /// On its way.
    Pending(RequestId),
    /// There, with its size in image px.
    Available {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// It did not come, or is no image.
    Broken,
}

/// The images of a document's elements.
#[derive(Default)]
pub(crate) struct Images(RefCell<BTreeMap<NodeId, ImageState>>);

impl Images {
    /// The state of an element's image; `None` if it names none.
    pub(crate) fn get(&self, element: NodeId) -> Option<ImageState> {
        self.0.borrow().get(&element).cloned()
    }

    fn set(&self, element: NodeId, state: Option<ImageState>) -> Option<ImageState> {
        let mut images = self.0.borrow_mut();
        match state {
            Some(state) => images.insert(element, state),
            None => images.remove(&element),
        }
    }
}

/// <https://html.spec.whatwg.org/#update-the-image-data>
#[expect(clippy::cast_possible_truncation, reason = "images are not that large")]
pub(crate) fn update(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    let images = &window.loading.images;
    if let Some(ImageState::Pending(request)) = images.set(element, None) {
        agent.cancel(request);
        window.loading.unblock_load(cx);
        crate::html::settle_decodes(cx, element, false);
    }
    let Some(Candidate { url: src, density }) = source_set::select(cx, element) else {
        rendering::set_image(cx, element, None);
        return;
    };
    let wrapper: Obj<EventTarget> = cx.wrap(element).upcast();
    let Ok(url) = window.parse_url(&agent, src.trim()) else {
        images.set(element, Some(ImageState::Broken));
        agent.console(
            ConsoleLevel::Error,
            format!("Failed to load image: {src:?} is not a valid URL"),
            None,
        );
        agent.queue_task(TaskSource::Dom, window.id(), move |cx| {
            events::fire(cx, &wrapper, "error", Bubbles(false), Cancelable(false));
        });
        return;
    };
    window.loading.block_load();
    let request = request_for(cx, url.as_str(), RequestMode::NoCors);
    cx.engine().requests.initiated_by("img");
    let id = fetch::fetch(cx, request, move |cx, fetched| {
        let window = cx.window();
        let name = match decode(fetched) {
            Ok(image) => {
                let natural = |pixels: u32| (f64::from(pixels) / density).round() as u32;
                let (width, height) = (natural(image.0.width), natural(image.0.height));
                cx.engine().tree_mut().set_image_density(element, density as f32);
                window.loading.images.set(element, Some(ImageState::Available { width, height }));
                rendering::set_image(cx, element, Some(image));
                "load"
            }
            Err(reason) => {
                window.loading.images.set(element, Some(ImageState::Broken));
                rendering::set_image(cx, element, None);
                let text = format!("Failed to load image {url}: {reason}");
                cx.engine().console(ConsoleLevel::Error, text, None);
                "error"
            }
        };
        crate::html::settle_decodes(cx, element, name == "load");
        events::fire(cx, &wrapper, name, Bubbles(false), Cancelable(false));
        window.loading.unblock_load(cx);
    });
    images.set(element, Some(ImageState::Pending(id)));
}

fn decode(fetched: Result<Fetched, FetchFailure>) -> Result<virga_display_list::ImageData, String> {
    let fetched = fetched.map_err(|failure| failure.to_string())?;
    // A server's error page is no image; an error that comes with one shows it.
    virga_codec::decode_image(&fetched.body)
        .map_err(|error| fetched.refusal().unwrap_or_else(|| error.to_string()))
}
