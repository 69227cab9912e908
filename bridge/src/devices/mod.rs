//! The device behind the Web APIs: one trait per service, each with a null and a
//! simulated provider.
//!
//! Providers are asked, they do not push: what the simulated phone says is a
//! function of the app's clock. A provider of real hardware keeps its newest
//! reading and wakes the app when there is another.

pub mod location;

use location::Route;

/// The simulated phone: what each of its services plays. A service that is left
/// out is missing, and apps are told so.
#[derive(Clone, Debug, Default)]
pub struct Phone {
    /// Where it is and how it moves.
    pub location: Option<Route>,
}
