//! Asks every account at once and lets only sound offers through.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::Instrument as _;

use super::catalog::PropertyCatalog;
use super::stays;
use crate::cache::{SkipCount, Source, SourceState};
use crate::limits;
use crate::model::check::Checked;
use crate::model::context::RequestContext;
use crate::model::id::AccountId;
use crate::model::offer::Offer;
use crate::model::search::Search;
use crate::runtime::Tasks;
use crate::supplier::Batch;
use crate::supplier::account::SupplierSet;
use crate::supplier::error::{SupplierError, SupplierErrorKind};
use crate::supplier::handle::SupplierHandle;

/// Most different reasons counted for one account; further ones are counted together.
const SKIP_REASONS_MAX: usize = 32;
const OTHER_REASONS: &str = "other reasons";
/// Why offers beyond a limit are left out.
pub(super) const TOO_MANY: &str = "more offers than are taken";

/// Calls under way, and what has come of the others.
#[derive(Debug)]
pub(super) struct Gathering {
    search: Search,
    pending: FuturesUnordered<JoinHandle<(AccountId, Reply)>>,
    sources: BTreeMap<AccountId, Source>,
    offers: BTreeMap<AccountId, Vec<Checked<Offer>>>,
}

type Reply = Result<Batch<Offer>, SupplierError>;

impl Gathering {
    /// Calls every account. Each call ends by the context's deadline and runs in a task of its own, so that reading
    /// one long answer does not delay another.
    pub(super) fn start(
        set: &SupplierSet,
        cx: &RequestContext,
        search: &Search,
        properties: &PropertyCatalog,
        tasks: &Tasks,
    ) -> Self {
        let call = |handle: &SupplierHandle| {
            let (handle, cx, search) = (handle.clone(), cx.clone(), search.clone());
            let properties = properties.clone();
            let call = async move {
                let reply = ask(&handle, &cx, &search, &properties).await;
                (handle.account().id.clone(), reply)
            };
            tasks.spawn(call.in_current_span())
        };
        let source = |handle: &SupplierHandle| {
            let account = handle.account();
            let (id, supplier) = (account.id.clone(), account.supplier.clone());
            (
                id.clone(),
                Source {
                    account: id,
                    supplier,
                    state: SourceState::Late,
                    skipped: Vec::new(),
                    warnings: Vec::new(),
                },
            )
        };
        Self {
            search: search.clone(),
            pending: set.selling(search).map(call).collect(),
            sources: set.selling(search).map(source).collect(),
            offers: BTreeMap::new(),
        }
    }

    /// Takes replies until all are in or patience ends; says whether all are in.
    pub(super) async fn wait(&mut self, patience: Duration) -> bool {
        let all = async {
            while let Some(ended) = self.pending.next().await {
                match ended {
                    Ok((account, reply)) => self.note(account, reply),
                    // A connector broke down: its account stays late until the gathering is closed.
                    Err(broken) => tracing::error!(error = %broken, "A search call broke down."),
                }
            }
        };
        timeout(patience, all).await.is_ok()
    }

    /// What has come so far: offers in the order of accounts, and what came of each account.
    pub(super) fn so_far(&self) -> (Vec<Checked<Offer>>, Vec<Source>) {
        (self.offers.values().flatten().cloned().collect(), self.sources.values().cloned().collect())
    }

    /// What has come, with nobody waited for any more.
    pub(super) fn close(self) -> (Vec<Checked<Offer>>, Vec<Source>) {
        let closed = |mut source: Source| {
            if source.state == SourceState::Late {
                source.state = SourceState::Failed(SupplierErrorKind::Unavailable);
            }
            source
        };
        (self.offers.into_values().flatten().collect(), self.sources.into_values().map(closed).collect())
    }

    fn note(&mut self, account: AccountId, reply: Reply) {
        let Some(source) = self.sources.get_mut(&account) else { return };
        let batch = match reply {
            Ok(batch) => batch,
            Err(error) => {
                tracing::warn!(%account, error = crate::error::chain(&error), "A supplier did not answer a search.");
                source.state = SourceState::Failed(error.kind);
                return;
            }
        };
        let partial = batch.partial;
        for warning in &batch.warnings {
            tracing::info!(%account, ?warning, "A supplier answered with a warning.");
        }
        source.warnings = batch.warnings.iter().take(limits::WARNINGS_MAX).cloned().collect();
        let (sound, skipped) = sift(&self.search, source, batch);
        source.state =
            SourceState::Answered { offers: u32::try_from(sound.len()).unwrap_or(u32::MAX), partial };
        source.skipped = skipped;
        self.offers.insert(account, sound);
    }
}

/// One account's offers.
async fn ask(
    handle: &SupplierHandle,
    cx: &RequestContext,
    search: &Search,
    properties: &PropertyCatalog,
) -> Reply {
    match search {
        Search::Flights(search) => Ok(handle.flights(cx, search).await?.map(|offer| [offer.into()])),
        Search::Stays(search) => stays::ask(handle, cx, search, properties).await,
    }
}

/// The gate: what is unsound is left out and counted, never repaired.
fn sift(search: &Search, source: &Source, batch: Batch<Offer>) -> (Vec<Checked<Offer>>, Vec<SkipCount>) {
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    let mut skip = |why: String| {
        let known = reasons.len() < SKIP_REASONS_MAX || reasons.contains_key(&why);
        *reasons.entry(if known { why } else { OTHER_REASONS.to_owned() }).or_default() += 1;
    };
    for skipped in batch.skipped {
        skip(skipped.why);
    }
    let most = match search {
        Search::Flights(_) => limits::OFFERS_PER_SUPPLIER_MAX,
        Search::Stays(_) => limits::STAY_OFFERS_PER_SUPPLIER_MAX,
    };
    let mut sound = Vec::with_capacity(batch.items.len().min(most));
    for offer in batch.items {
        if sound.len() >= most {
            skip(TOO_MANY.to_owned());
        } else if *offer.account() != source.account || *offer.supplier() != source.supplier {
            skip("an offer of another account".to_owned());
        } else {
            match Checked::answer(offer, search) {
                Ok(offer) => sound.push(offer),
                Err(violation) => skip(violation.to_string()),
            }
        }
    }
    let supplier = source.supplier.to_string();
    for (why, count) in &reasons {
        let labels = [("supplier", supplier.clone()), ("violation", why.clone())];
        metrics::counter!("ota_offers_skipped_total", &labels).increment(u64::from(*count));
    }
    (sound, reasons.into_iter().map(|(why, count)| SkipCount { why, count }).collect())
}
