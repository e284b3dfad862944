//! The counters say what counting would say.
use conformance::fixtures;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use domain::{
    lead::{Lead, LeadStage, WorkStatus},
    record::Record,
    service::Service,
    store::{Mode, Repository, Store},
    values::LostReason,
};

use super::fresh;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

fn touched<R: Record>(record: &R) -> R {
    let mut record = record.clone();
    let now = record.stamp().changed_at;
    record.stamp_mut().touch(None, now);
    record
}

fn status(dice: &mut Dice) -> WorkStatus {
    match dice.below(4) {
        0 => WorkStatus::New,
        1 => WorkStatus::InProgress,
        2 => WorkStatus::Qualified,
        _ => WorkStatus::Lost(LostReason::parse("Дорого").unwrap()),
    }
}

#[tokio::test]
async fn after_random_changes_the_counters_equal_the_counts() {
    let fresh = fresh().await;
    let mut dice = Dice(7);
    let (mut leads, mut services): (Vec<Lead>, Vec<Service>) = (Vec::new(), Vec::new());
    for n in 1..=150 {
        let mut work = fresh.store.begin(Mode::Write).await.unwrap();
        // Most units of work do several things, and some are dropped at the end.
        let (mut new_leads, mut new_services) = (leads.clone(), services.clone());
        for step in 0..4 {
            match dice.below(4) {
                0 => {
                    new_leads.push(fixtures::lead(4 * n + step, "Иван", None));
                    Repository::insert(&mut *work, new_leads.last().unwrap()).await.unwrap();
                }
                1 => {
                    new_services.push(fixtures::service(4 * n + step, &format!("Услуга {n}.{step}")));
                    Repository::insert(&mut *work, new_services.last().unwrap()).await.unwrap();
                }
                2 if !new_leads.is_empty() => {
                    let at = dice.below(new_leads.len());
                    new_leads[at] = touched(&new_leads[at]);
                    new_leads[at].set_status(status(&mut dice)).unwrap();
                    Repository::update(&mut *work, &new_leads[at]).await.unwrap();
                }
                3 if !new_services.is_empty() => {
                    let at = dice.below(new_services.len());
                    new_services[at] = touched(&new_services[at]);
                    new_services[at].archived ^= true;
                    Repository::update(&mut *work, &new_services[at]).await.unwrap();
                }
                _ => {}
            }
        }
        if dice.below(4) > 0 {
            work.commit().await.unwrap();
            (leads, services) = (new_leads, new_services);
        }
    }
    let counts = fresh.store.begin(Mode::Read).await.unwrap().counts().await.unwrap();
    let mut conn = fresh.direct();
    let mut count = |of: String| {
        let query = format!("(SELECT count(*) FROM {of})");
        diesel::select(sql::<BigInt>(&query)).get_result::<i64>(&mut conn).unwrap().cast_unsigned()
    };
    assert!(counts.services > 0 && counts.leads.len() == 4, "{counts:?}");
    assert_eq!(counts.services, count("services WHERE archived = 0".into()));
    for stage in LeadStage::ALL {
        let counted = count(format!("leads WHERE status = '{}'", stage.code()));
        assert_eq!(counts.leads.get(&stage).copied().unwrap_or(0), counted, "{stage:?}");
    }
}
