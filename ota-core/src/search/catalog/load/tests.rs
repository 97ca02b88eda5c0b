//! The loader over a scripted supplier, on tokio's paused clock.

use std::sync::Arc;

use super::*;
use crate::search::catalog::{DOUBLED_CODE, NO_POSITION};
use crate::supplier::call::Op;
use crate::supplier::error::SupplierErrorKind;
use crate::supplier::handle::AccountLimits;
use crate::supplier::{Batch, Connector, Skipped};
use crate::testing::clock::TokioClock;
use crate::testing::samples;
use crate::testing::script::{ScriptedSupplier, Step};
use crate::testing::stays::{self, property};

const HOUR: Duration = Duration::from_secs(3600);

/// Lets virtual time pass, and everything happen that is due meanwhile.
async fn pass(time: Duration) {
    sleep(time).await;
}

struct World {
    catalog: PropertyCatalog,
    loader: Arc<CatalogLoader>,
    supplier: ScriptedSupplier,
    /// Of another account of the same supplier.
    second: ScriptedSupplier,
    alpha: SupplierId,
}

fn world() -> World {
    let (runtime, catalog) = (TokioClock::runtime(), PropertyCatalog::default());
    let scripted = || ScriptedSupplier::new(stays::stay_profile("alpha"));
    let (supplier, second) = (scripted(), scripted());
    let handle = |supplier: &ScriptedSupplier, account| {
        let (connector, account) = (Arc::new(supplier.clone()), samples::account(account));
        SupplierHandle::new(Connector::Stays(connector), account, AccountLimits::default(), runtime.clone())
    };
    let accounts = [handle(&supplier, "alpha-1"), handle(&second, "alpha-2")];
    let policy = LoadPolicy { refresh_every: 24 * HOUR, retry_after: HOUR, ..LoadPolicy::default() };
    let context = samples::context(runtime.now());
    let loader = Arc::new(CatalogLoader::new(catalog.clone(), accounts, context, runtime, policy));
    World { catalog, loader, supplier, second, alpha: SupplierId::new("alpha").unwrap() }
}

fn page(codes: &[&str], next: Option<&str>) -> Step<ContentPage> {
    let items = codes.iter().map(|code| property(code)).collect();
    Step::answer(ContentPage { batch: Batch { items, ..Batch::default() }, next: next.map(str::to_owned) })
}

impl World {
    fn script(&self, pages: impl IntoIterator<Item = Step<ContentPage>>) {
        for page in pages {
            self.supplier.script(|script| {
                script.content.then(page);
            });
        }
    }

    /// The codes that the catalogue has in the middle of Tokyo.
    fn codes(&self) -> Option<String> {
        let found = self.catalog.find(&self.alpha, &stays::stay_search().place, 100)?;
        Some(found.codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    async fn load(&self) -> Result<Loaded, LoadError> {
        self.loader.load(&self.alpha).await
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_is_read_by_the_cursor_of_the_one_before() {
    let world = world();
    world.script([page(&["1"], Some("b")), page(&["2"], Some("c")), page(&["3"], None)]);
    assert_eq!(world.load().await.unwrap(), Loaded { properties: 3, left_out: Vec::new() });
    assert_eq!(world.codes().unwrap(), "1 2 3");
    let asked: Vec<Option<String>> = world.supplier.cursors();
    assert_eq!(asked, [None, Some("b".to_owned()), Some("c".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn what_was_left_out_is_told_with_its_reason() {
    let world = world();
    let skipped = |what: &str| Skipped { what: what.to_owned(), why: "a code is missing".to_owned() };
    let batch = Batch {
        items: vec![property("1"), property("1"), Property { position: None, ..property("2") }],
        skipped: vec![skipped("hotel x"), skipped("hotel y")],
        ..Batch::default()
    };
    world.script([Step::answer(ContentPage { batch, next: None })]);
    let Loaded { properties, left_out } = world.load().await.unwrap();
    let left_out: Vec<(&str, u32)> = left_out.iter().map(|skip| (skip.why.as_str(), skip.count)).collect();
    assert_eq!(properties, 2);
    assert_eq!(left_out, [("a code is missing", 2), (DOUBLED_CODE, 1), (NO_POSITION, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_fails_midway_changes_nothing() {
    let world = world();
    world.script([
        page(&["1", "2"], None),
        page(&["3"], Some("b")),
        Step::fail(SupplierErrorKind::Denied),
        page(&["4"], Some("b")),
        page(&["5"], Some("b")),
        page(&[], None),
    ]);
    world.load().await.unwrap();
    let check = |error, want: &str| assert!(format!("{error:?}").starts_with(want), "{error:?}");
    // The second account has no script: it refuses, and its refusal is told.
    check(world.load().await.unwrap_err(), "Page { page: 1");
    world.second.script(|script| {
        script.content.then(page(&[], None));
    });
    check(world.load().await.unwrap_err(), "Empty");
    assert_eq!(world.codes().unwrap(), "1 2");
}

#[tokio::test(start_paused = true)]
async fn content_without_an_end_is_given_up() {
    let world = world();
    world.script([page(&["1"], Some("b"))]);
    assert!(matches!(
        world.loader.read(&world.loader.accounts[&world.alpha][0]).await,
        Err(LoadError::Endless)
    ));
    assert_eq!(world.supplier.count(Op::Content), 2);
    assert_eq!(world.codes(), None);
}

#[tokio::test(start_paused = true)]
async fn another_account_of_the_supplier_helps_out() {
    let world = world();
    world.script([page(&["1"], Some("b")), Step::fail(SupplierErrorKind::Denied)]);
    world.second.script(|script| {
        script.content.then(page(&["1", "2"], None));
    });
    assert_eq!(world.load().await.unwrap().properties, 2);
    assert_eq!(world.codes().unwrap(), "1 2");
    let beta = SupplierId::new("beta").unwrap();
    assert!(matches!(world.loader.load(&beta).await, Err(LoadError::NoAccount)));
}

#[tokio::test(start_paused = true)]
async fn content_is_read_again_after_a_while_and_sooner_after_a_failure() {
    let world = world();
    world.script([
        Step::fail(SupplierErrorKind::Denied),
        page(&["1"], None),
        Step::fail(SupplierErrorKind::Denied),
        page(&["2"], None),
    ]);
    let loader = Arc::clone(&world.loader);
    let running = world.loader.runtime.tasks.spawn(async move { loader.run().await });
    let mut seen = Vec::new();
    // A little after the start, and after each quarter of an hour of three days; only changes are kept.
    for _ in 0..3 * 24 * 4 {
        pass(HOUR / 4).await;
        let (codes, asked) = (world.codes(), world.supplier.count(Op::Content));
        if seen.last().is_none_or(|(_, last)| *last != (codes.clone(), asked)) {
            let hours = world.loader.runtime.now().since(crate::testing::clock::START).as_secs() / 3600;
            seen.push((hours, (codes, asked)));
        }
    }
    running.abort();
    let one = || Some("1".to_owned());
    let want = [
        (0, (None, 1)),
        (1, (one(), 2)),
        (25, (one(), 3)),
        (26, (Some("2".to_owned()), 4)),
        (50, (Some("2".to_owned()), 5)),
    ];
    assert_eq!(seen, want);
}

#[tokio::test(start_paused = true)]
async fn a_supplier_that_hangs_holds_up_nobody() {
    let world = world();
    world.script([Step::hang()]);
    let loader = Arc::clone(&world.loader);
    let running = world.loader.runtime.tasks.spawn(async move { loader.run().await });
    pass(2 * HOUR).await;
    // Searches by place find nothing loaded, those by code need nothing.
    assert_eq!(world.codes(), None);
    assert!(world.supplier.count(Op::Content) > 1 && world.second.count(Op::Content) > 1);
    running.abort();
}
