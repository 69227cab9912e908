//! <https://w3c.github.io/pointerevents/>

use std::{
    cell::RefCell,
    f64::consts::{FRAC_PI_2, PI, TAU},
};

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::Contact;

use super::MouseEvent;
use crate::generated::{PointerEventInit, PointerEventMethods};

/// What a pointer event says beyond a mouse event.
#[derive(Clone, Debug)]
pub(crate) struct PointerData {
    pub(crate) id: i32,
    pub(crate) type_: &'static str,
    pub(crate) is_primary: bool,
    pub(crate) pressure: f32,
    pub(crate) contact: Contact,
}

/// <https://w3c.github.io/pointerevents/#pointerevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct PointerEvent {
    #[base]
    mouse: MouseEvent,
    id: i32,
    #[trace(skip)]
    size: (f64, f64),
    #[trace(skip)]
    pressure: (f32, f32),
    #[trace(skip)]
    tilt: (i32, i32),
    /// Altitude and azimuth in radians.
    #[trace(skip)]
    angles: (f64, f64),
    twist: i32,
    #[trace(skip)]
    pointer_type: DomString,
    is_primary: bool,
    /// `None` until script asks for those of an event that it did not make.
    coalesced: RefCell<Option<Vec<Obj<PointerEvent>>>>,
    predicted: Vec<Obj<PointerEvent>>,
}

impl PointerEvent {
    /// A trusted pointer event around what a mouse event would say. Each input is
    /// an event of its own here, so that it stands for itself alone.
    pub(crate) fn trusted(mouse: MouseEvent, pointer: &PointerData) -> Self {
        let contact = &pointer.contact;
        let (width, height) = contact.size.unwrap_or((1.0, 1.0));
        Self {
            mouse,
            id: pointer.id,
            size: (width.into(), height.into()),
            pressure: (pointer.pressure, contact.tangential_pressure),
            tilt: contact.tilt,
            angles: spherical(contact.tilt),
            twist: contact.twist,
            pointer_type: DomString::from(pointer.type_),
            is_primary: pointer.is_primary,
            coalesced: RefCell::default(),
            predicted: Vec::new(),
        }
    }
}

/// Altitude and azimuth, in radians, of a tilt in degrees.
///
/// <https://w3c.github.io/pointerevents/#converting-between-tiltx-tilty-and-altitudeangle-azimuthangle>
fn spherical((tilt_x, tilt_y): (i32, i32)) -> (f64, f64) {
    let (x, y) = (f64::from(tilt_x).to_radians(), f64::from(tilt_y).to_radians());
    let azimuth = match (tilt_x, tilt_y) {
        (0, 0) => 0.0,
        (0, y) => {
            if y > 0 {
                FRAC_PI_2
            } else {
                3.0 * FRAC_PI_2
            }
        }
        (x, 0) => {
            if x < 0 {
                PI
            } else {
                0.0
            }
        }
        (-90 | 90, _) | (_, -90 | 90) => 0.0,
        _ => {
            let angle = y.tan().atan2(x.tan());
            if angle < 0.0 { angle + TAU } else { angle }
        }
    };
    let altitude = if tilt_x.abs() == 90 || tilt_y.abs() == 90 {
        0.0
    } else if tilt_x == 0 {
        FRAC_PI_2 - y.abs()
    } else if tilt_y == 0 {
        FRAC_PI_2 - x.abs()
    } else {
        (1.0 / (x.tan().powi(2) + y.tan().powi(2)).sqrt()).atan()
    };
    (altitude, azimuth)
}

/// The tilt, in degrees, of altitude and azimuth in radians.
#[expect(clippy::cast_possible_truncation, reason = "angles from -90 to 90, rounded")]
fn tilt((altitude, azimuth): (f64, f64)) -> (i32, i32) {
    let (x, y) = if altitude == 0.0 {
        let sign = |value: f64| if value.abs() < 1e-9 { 0.0 } else { value.signum() };
        (sign(azimuth.cos()) * FRAC_PI_2, sign(azimuth.sin()) * FRAC_PI_2)
    } else {
        let tan = altitude.tan();
        ((azimuth.cos() / tan).atan(), (azimuth.sin() / tan).atan())
    };
    (x.to_degrees().round() as i32, y.to_degrees().round() as i32)
}

impl PointerEventMethods for Obj<PointerEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: PointerEventInit,
    ) -> Fallible<Obj<PointerEvent>> {
        let stated_tilt = (init.tilt_x, init.tilt_y);
        let stated_angles = (init.altitude_angle, init.azimuth_angle);
        let tilted = (stated_tilt.0.unwrap_or(0), stated_tilt.1.unwrap_or(0));
        let angled = (stated_angles.0.unwrap_or(FRAC_PI_2), stated_angles.1.unwrap_or(0.0));
        let has_tilt = stated_tilt.0.is_some() || stated_tilt.1.is_some();
        let has_angles = stated_angles.0.is_some() || stated_angles.1.is_some();
        let (tilt, angles) = match (has_tilt, has_angles) {
            (false, true) => (tilt(angled), angled),
            (true, false) => (tilted, spherical(tilted)),
            _ => (tilted, angled),
        };
        let event = PointerEvent {
            id: init.pointer_id,
            size: (init.width, init.height),
            pressure: (init.pressure, init.tangential_pressure),
            tilt,
            angles,
            twist: init.twist,
            pointer_type: init.pointer_type,
            is_primary: init.is_primary,
            coalesced: RefCell::new(Some(init.coalesced_events)),
            predicted: init.predicted_events,
            mouse: MouseEvent::new(cx, type_, init.parent),
        };
        Ok(Obj::new(cx, event))
    }

    fn pointer_id(&self, _: &mut Cx) -> i32 {
        self.id
    }

    fn width(&self, _: &mut Cx) -> f64 {
        self.size.0
    }

    fn height(&self, _: &mut Cx) -> f64 {
        self.size.1
    }

    fn pressure(&self, _: &mut Cx) -> f32 {
        self.pressure.0
    }

    fn tangential_pressure(&self, _: &mut Cx) -> f32 {
        self.pressure.1
    }

    fn tilt_x(&self, _: &mut Cx) -> i32 {
        self.tilt.0
    }

    fn tilt_y(&self, _: &mut Cx) -> i32 {
        self.tilt.1
    }

    fn twist(&self, _: &mut Cx) -> i32 {
        self.twist
    }

    fn altitude_angle(&self, _: &mut Cx) -> f64 {
        self.angles.0
    }

    fn azimuth_angle(&self, _: &mut Cx) -> f64 {
        self.angles.1
    }

    fn pointer_type(&self, _: &mut Cx) -> DomString {
        self.pointer_type.clone()
    }

    fn is_primary(&self, _: &mut Cx) -> bool {
        self.is_primary
    }

    /// <https://w3c.github.io/pointerevents/#dom-pointerevent-getcoalescedevents>
    fn get_coalesced_events(&self, cx: &mut Cx) -> Fallible<Vec<Obj<PointerEvent>>> {
        if let Some(own) = self.coalesced.borrow().clone() {
            return Ok(own);
        }
        if !self.mouse.is_trusted_as("pointermove") {
            return Ok(Vec::new());
        }
        // A move has one at least: what it would be if nothing came together in it.
        let alone = PointerEvent {
            mouse: self.mouse.undispatched_copy(),
            id: self.id,
            size: self.size,
            pressure: self.pressure,
            tilt: self.tilt,
            angles: self.angles,
            twist: self.twist,
            pointer_type: self.pointer_type.clone(),
            is_primary: self.is_primary,
            coalesced: RefCell::new(Some(Vec::new())),
            predicted: Vec::new(),
        };
        let alone = vec![Obj::new(cx, alone)];
        self.coalesced.replace(Some(alone.clone()));
        Ok(alone)
    }

    fn get_predicted_events(&self, _: &mut Cx) -> Fallible<Vec<Obj<PointerEvent>>> {
        Ok(self.predicted.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilt_and_angles_say_the_same() {
        for (degrees, altitude, azimuth) in [
            ((0, 0), FRAC_PI_2, 0.0),
            ((0, 45), FRAC_PI_2 / 2.0, FRAC_PI_2),
            ((0, -45), FRAC_PI_2 / 2.0, 3.0 * FRAC_PI_2),
            ((45, 0), FRAC_PI_2 / 2.0, 0.0),
            ((-45, 0), FRAC_PI_2 / 2.0, PI),
            ((90, 0), 0.0, 0.0),
        ] {
            let angles = spherical(degrees);
            assert!((angles.0 - altitude).abs() < 1e-9, "{degrees:?}: {angles:?}");
            assert!((angles.1 - azimuth).abs() < 1e-9, "{degrees:?}: {angles:?}");
            assert_eq!(tilt(angles), degrees);
        }
    }
}
