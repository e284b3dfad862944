//! Lists of several parts: as one list would be, page by page, in both directions.
use std::collections::BTreeSet;

use crate::support::{Office, Person, details};
use application::Neighbours;
use chrono::TimeDelta;
use domain::{
    campaign::CampaignId,
    lead::{Lead, LeadFilter, LeadId, LeadStage, WorkStatus},
    page::{Cursor, PageRequest, Total},
    store::{Mode, Repository},
};

/// Leads of three campaigns in three statuses, the newest first.
async fn filled(office: &Office, number: usize) -> (Vec<Lead>, Vec<CampaignId>) {
    let (by, service) = (Some(office.user(Person::Gleb).await), office.service().await);
    let mut campaigns = Vec::new();
    for _ in 0..3 {
        campaigns.push(office.campaign(service).await);
    }
    let mut work = office.store.begin(Mode::Write).await.unwrap();
    let mut leads = Vec::new();
    for n in 0..number {
        let now = office.crm.now() + TimeDelta::milliseconds(i64::try_from(n).unwrap());
        // In no order that any of the filters has.
        let mut lead = Lead::new(LeadId::new(now), details::lead(Some(campaigns[n * 7 % 5 % 3])), by, now);
        match n * 11 % 7 {
            0 | 1 => lead.set_status(WorkStatus::InProgress).unwrap(),
            2 => lead.set_status(WorkStatus::Qualified).unwrap(),
            _ => {}
        }
        Repository::insert(&mut *work, &lead).await.unwrap();
        leads.push(lead);
    }
    work.commit().await.unwrap();
    leads.reverse();
    (leads, campaigns)
}

fn parts(stages: &[LeadStage], campaigns: &[CampaignId]) -> Vec<LeadFilter> {
    let of = |stage: &LeadStage, campaign: &CampaignId| LeadFilter {
        stage: Some(*stage),
        campaign: Some(*campaign),
        ..Default::default()
    };
    stages.iter().flat_map(|stage| campaigns.iter().map(move |campaign| of(stage, campaign))).collect()
}

#[tokio::test]
async fn parts_make_the_list_that_they_are_parts_of() {
    use LeadStage::{InProgress, New, Qualified};
    for office in Office::each().await {
        let (leads, campaigns) = filled(&office, 60).await;
        let maxim = office.session(Person::Maxim).await;
        let cases: [(&[LeadStage], &[CampaignId]); 4] = [
            (&[New, Qualified], &campaigns[..2]),
            (&[InProgress], &campaigns),
            (&[Qualified, InProgress, New], &campaigns[2..]),
            (&[New, InProgress, Qualified], &campaigns),
        ];
        for (stages, of) in cases {
            let (stages_set, parts) = (stages.iter().collect::<BTreeSet<_>>(), parts(stages, of));
            let wanted = |it: &&Lead| stages_set.contains(&it.stage()) && of.contains(&it.details.campaign.unwrap());
            let expected: Vec<LeadId> = leads.iter().filter(wanted).map(|it| it.id).collect();
            assert!(expected.len() > 5);
            let total = Total::Exactly(u32::try_from(expected.len()).unwrap());
            for (at, id) in expected.iter().enumerate() {
                let around = maxim.neighbours::<Lead>(&parts, *id).await.unwrap();
                let next = |at: Option<usize>| at.and_then(|it| expected.get(it).copied());
                let place = Some(Total::Exactly(u32::try_from(at + 1).unwrap()));
                let (before, after) = (next(at.checked_sub(1)), next(Some(at + 1)));
                assert_eq!(around, Neighbours { before, after, place, total });
            }
            if let Some(other) = leads.iter().find(|it| !wanted(it)) {
                let around = maxim.neighbours::<Lead>(&parts, other.id).await.unwrap();
                assert_eq!((around.place, around.total), (None, total), "it is no longer in the list");
            }
            for size in [1, 2, 7, 1000] {
                let list =
                    async |cursor| maxim.list::<Lead>(&parts, PageRequest::sized(cursor, size)).await.unwrap().page;
                // Forward to the end.
                let (mut seen, mut page) = (Vec::new(), list(Cursor::Start).await);
                assert!(!page.has_newer);
                let mut firsts = Vec::new();
                loop {
                    assert_eq!(page.total, Total::Exactly(u32::try_from(expected.len()).unwrap()));
                    assert!(page.items.len() <= usize::from(size));
                    seen.extend(page.items.iter().map(|it| it.id));
                    firsts.push(page.items[0].id);
                    if !page.has_older {
                        break;
                    }
                    page = list(Cursor::After(page.items.last().unwrap().id.0)).await;
                    assert!(page.has_newer);
                }
                assert_eq!(seen, expected, "{size}");
                // And back, by the same pages.
                firsts.pop();
                while let Some(first) = firsts.pop() {
                    page = list(Cursor::Before(page.items[0].id.0)).await;
                    assert_eq!((page.items[0].id, page.items.len()), (first, usize::from(size)));
                    assert_eq!((page.has_newer, page.has_older), (!firsts.is_empty(), true));
                }
            }
        }
    }
}

#[tokio::test]
async fn of_many_it_is_said_that_there_are_more() {
    let office = Office::new().await;
    let (leads, campaigns) = filled(&office, 1500).await;
    let maxim = office.session(Person::Maxim).await;
    let of = async |stages: &[LeadStage]| {
        maxim.list::<Lead>(&parts(stages, &campaigns), PageRequest::new(Cursor::Start)).await.unwrap().page.total
    };
    assert_eq!(of(&[LeadStage::New, LeadStage::InProgress, LeadStage::Qualified]).await, Total::OrMore(1000));
    let (parts, of_all) =
        (parts(&[LeadStage::New], &campaigns), leads.iter().rfind(|it| it.stage() == LeadStage::New).unwrap());
    let place = maxim.neighbours::<Lead>(&[LeadFilter::default()], of_all.id).await.unwrap().place;
    assert_eq!(place, Some(Total::OrMore(1000)), "of 1 500 it is one of the last");
    let place = maxim.neighbours::<Lead>(&parts, of_all.id).await.unwrap().place;
    assert!(matches!(place, Some(Total::Exactly(it)) if (800..1000).contains(&it)), "{place:?}");
    let exactly = of(&[LeadStage::InProgress, LeadStage::Qualified]).await;
    assert!(matches!(exactly, Total::Exactly(it) if (600..700).contains(&it)), "{exactly:?}");
}

#[tokio::test]
async fn of_nothing_there_is_nothing() {
    let office = Office::new().await;
    filled(&office, 5).await;
    let page =
        office.session(Person::Maxim).await.list::<Lead>(&[], PageRequest::new(Cursor::Start)).await.unwrap().page;
    assert_eq!((page.items, page.has_newer, page.has_older, page.total), (vec![], false, false, Total::Exactly(0)));
}
