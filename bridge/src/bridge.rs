use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use virga_protocol::{AppConfig, PermissionName, PermissionState, ToApp};

use crate::{
    AppLink, Broker, NetworkOptions, Phone, PromptDelegate,
    identity::{AppId, Identity},
    network::Network,
    profile::Profile,
    storage::Storage,
};

/// Takes messages about trouble that no request can be told of.
pub type Trouble = Arc<dyn Fn(&str) + Send + Sync>;

/// What a [`Bridge`] is made with.
#[derive(Clone, Default)]
pub struct BridgeOptions {
    /// Where storage, cookies, permissions and the audit log are kept. Without
    /// one nothing is written, and they live as long as the bridge.
    pub profile: Option<PathBuf>,
    /// The simulated phone.
    pub phone: Phone,
    /// Permissions that every origin has, whatever the user decided.
    pub grant: Vec<PermissionName>,
    /// Permissions that no origin has. Goes before `grant`.
    pub deny: Vec<PermissionName>,
    /// Who shows prompts; without one they stay unanswered.
    pub prompts: Option<Arc<dyn PromptDelegate>>,
    /// Limits of the network.
    pub network: NetworkOptions,
    /// Bytes of `localStorage` per origin; [`crate::DEFAULT_STORAGE_QUOTA`] if
    /// `None`.
    pub storage_quota: Option<u64>,
    /// Told of trouble that no request can be told of, such as an audit log that
    /// cannot be written; without one it goes to `tracing`.
    pub trouble: Option<Trouble>,
}

/// The outside world of all apps of one engine. Cheap to make and to clone.
#[derive(Clone)]
pub struct Bridge(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) broker: Broker,
    pub(crate) network: Network,
    pub(crate) storage: Storage,
    pub(crate) phone: Phone,
    next_app: AtomicU64,
}

impl Bridge {
    /// A bridge that has done nothing yet.
    #[must_use]
    pub fn new(options: BridgeOptions) -> Self {
        let BridgeOptions { profile, phone, grant, deny, prompts, network, .. } = options;
        let profile = Profile::new(profile);
        let trouble = options
            .trouble
            .unwrap_or_else(|| Arc::new(|message: &str| tracing::error!("{message}")));
        let mut host = BTreeMap::new();
        host.extend(grant.into_iter().map(|name| (name, PermissionState::Granted)));
        host.extend(deny.into_iter().map(|name| (name, PermissionState::Denied)));
        Self(Arc::new(Inner {
            broker: Broker::new(&profile, host, prompts, Arc::clone(&trouble)),
            network: Network::new(network, &profile, trouble),
            storage: Storage::new(profile, options.storage_quota),
            phone,
            next_app: AtomicU64::new(1),
        }))
    }

    /// Connects an app. `sink` takes what the app is told, on any thread and also
    /// from inside the link's own methods; it must not call back into the link.
    pub fn connect(
        &self,
        config: &AppConfig,
        sink: impl Fn(ToApp) + Send + Sync + 'static,
    ) -> AppLink {
        let id = AppId(self.0.next_app.fetch_add(1, Ordering::Relaxed));
        AppLink::new(Arc::clone(&self.0), Identity::new(id, config), Arc::new(sink))
    }

    /// Random numbers of the system, fit for secrets; `None` if it has none.
    #[must_use]
    pub fn random(length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Who may use what.
    #[must_use]
    pub fn permissions(&self) -> &Broker {
        &self.0.broker
    }
}
