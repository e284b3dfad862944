//! The same random operations on two stores: every answer must be the same.
mod changes;
mod draw;
mod known;
mod opening;
mod ops;
mod reads;
mod writes;

use std::fmt::Write as _;

use domain::store::{Mode, Store, StoreError};
use proptest::{
    prop_assert, prop_assert_eq,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};

use self::{
    known::Known,
    ops::{Op, Step, Write},
};
use crate::{AsStore, support::Work};

/// How many sequences are tried where nobody says otherwise.
pub const CASES: u32 = 48;

/// Tries `cases` random sequences of operations, each on two fresh stores. The shortest that still fails is shown.
pub fn compare<M, S, MF, SF>(cases: u32, model: impl Fn() -> MF, store: impl Fn() -> SF)
where
    M: AsStore,
    S: AsStore,
    MF: Future<Output = M>,
    SF: Future<Output = S>,
{
    let config = Config { failure_persistence: None, max_shrink_iters: 2000, ..Config::with_cases(cases) };
    let answer = TestRunner::new(config).run(&draw::ops(), |ops| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (model, store) = (model().await, store().await);
            run(&ops, model.store(), store.store()).await
        })
    });
    match answer {
        Ok(()) => {}
        Err(TestError::Fail(reason, ops)) => {
            let mut sequence = String::new();
            for op in ops {
                writeln!(sequence, "    {op:?}").unwrap();
            }
            panic!("{reason}\nafter the opening and:\n{sequence}");
        }
        Err(error) => panic!("{error}"),
    }
}

async fn run(ops: &[Op], model: &dyn Store, store: &dyn Store) -> Result<(), TestCaseError> {
    let (mut known, mut n) = (Known::default(), 0);
    for op in opening::opening().iter().chain(ops) {
        match op {
            Op::Look(reads) => look(reads, &known, model, store).await?,
            Op::Unit { steps, commit } => {
                let works = (begin(model, Mode::Write).await?, begin(store, Mode::Write).await?);
                let mut draft = known.clone();
                if unit(steps, *commit, &mut n, &mut draft, works).await? {
                    known = draft;
                }
            }
        }
    }
    look(&opening::closing(), &known, model, store).await
}

async fn look(reads: &[ops::Read], known: &Known, model: &dyn Store, store: &dyn Store) -> Result<(), TestCaseError> {
    let (mut model, mut store) = (begin(model, Mode::Read).await?, begin(store, Mode::Read).await?);
    for read in reads {
        reads::compare(read, known, &mut model, &mut store).await?;
    }
    Ok(())
}

async fn begin(store: &dyn Store, mode: Mode) -> Result<Work, TestCaseError> {
    store.begin(mode).await.map_err(|error| TestCaseError::fail(format!("cannot begin: {error:?}")))
}

/// One unit of work on both; whether it was committed. The first refusal ends it.
async fn unit(
    steps: &[Step],
    commit: bool,
    n: &mut u32,
    known: &mut Known,
    (mut model, mut store): (Work, Work),
) -> Result<bool, TestCaseError> {
    for step in steps {
        let write = match step {
            Step::Write(write) => write,
            Step::Read(read) => {
                reads::compare(read, known, &mut model, &mut store).await?;
                continue;
            }
        };
        *n += 1;
        let Some(calls) = writes::calls(write, *n, known, &mut model).await else { continue };
        for call in calls {
            let (expected, actual) = (call(&mut model).await, call(&mut store).await);
            if matches!(write, Write::Dangle { .. }) {
                dangles((expected, model), (actual, store)).await?;
                return Ok(false);
            }
            let (expected, actual) = (reads::comparable(expected), reads::comparable(actual));
            prop_assert_eq!(&actual, &expected, "did {:?}", write);
            if expected.is_err() {
                return Ok(false);
            }
        }
    }
    if !commit {
        return Ok(false);
    }
    let expected = reads::comparable(model.commit().await);
    let actual = reads::comparable(store.commit().await);
    prop_assert_eq!(&actual, &expected, "committed {:?}", steps);
    Ok(expected.is_ok())
}

type Answer = Result<(), StoreError>;

/// A store may refuse a dangling reference at once or at the commit.
async fn dangles(model: (Answer, Work), store: (Answer, Work)) -> Result<(), TestCaseError> {
    for (name, (answer, work)) in [("model", model), ("store", store)] {
        let answer = match answer {
            Ok(()) => work.commit().await,
            refused => refused,
        };
        prop_assert!(
            matches!(answer, Err(StoreError::Dangling)),
            "the {} said {:?} of a dangling reference",
            name,
            answer
        );
    }
    Ok(())
}
