//! What was answered, to be compared with what is stored in the end.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{
    clients::Form,
    figures,
    invariants::{Converted, StoredFile},
    office::Paper,
    site::Site,
};

/// A new name for a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    pub(crate) record: Record,
    /// Unlike any other.
    pub(crate) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Record {
    Lead(Uuid),
    Service(Uuid),
}

/// The responses to the clients that wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told<T = ()> {
    Done(T),
    /// Somebody else was quicker.
    Refused,
    /// That it did not work, or nothing at all.
    Failed,
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) leads: Vec<Uuid>,
    pub(crate) papers: Vec<Paper>,
    pub(crate) conversions: Vec<(Form, Told<Uuid>)>,
    pub(crate) edits: Vec<(Edit, Told)>,
    /// How many answers there were, by their status.
    pub(crate) answers: BTreeMap<u16, usize>,
    /// Requests without an answer, because the program was killed.
    pub(crate) lost: usize,
    pub(crate) slowest: Duration,
}

impl Ledger {
    pub(crate) fn add(&mut self, other: Self) {
        self.leads.extend(other.leads);
        self.papers.extend(other.papers);
        self.conversions.extend(other.conversions);
        self.edits.extend(other.edits);
        for (status, number) in other.answers {
            *self.answers.entry(status).or_default() += number;
        }
        self.lost += other.lost;
        self.slowest = self.slowest.max(other.slowest);
    }

    pub(crate) fn converted(&self) -> usize {
        self.conversions.iter().filter(|it| matches!(it.1, Told::Done(_))).count()
    }

    pub(crate) fn edited(&self) -> usize {
        self.edits.iter().filter(|it| it.1 == Told::Done(())).count()
    }

    /// Whatever was answered is there, whole and once; what was refused is not. Nothing else is there, except for some
    /// of what failed: when the connection breaks during a commit, nobody can know. Returns how much that is.
    pub(crate) fn check(&self, site: &Site) -> usize {
        // The test's own connection ends with the runtime.
        Runtime::new().unwrap().block_on(figures::recount(&site.data()));
        let stored = StoredFile::checked_after_edits(&site.data());
        for paper in &self.papers {
            assert_eq!(stored.papers.get(&paper.id), Some(paper), "a file that was answered is lost");
        }
        let rows = site.database().rows("SELECT id AS it FROM leads");
        let leads: BTreeSet<Uuid> = rows.iter().map(|it| it.parse().unwrap()).collect();
        assert!(self.leads.iter().all(|it| leads.contains(it)), "a lead that was answered is lost");
        let silently = self.check_conversions(&stored) + self.check_edits(site);
        println!(
            "{} conversions and {} edits were done, of {} and {}; {silently} were done though they failed; \
             answers by status {:?}, {} lost, the slowest after {:.2?}",
            self.converted(),
            self.edited(),
            self.conversions.len(),
            self.edits.len(),
            self.answers,
            self.lost,
            self.slowest,
        );
        assert!(!self.answers.contains_key(&500), "{:?}", self.answers);
        silently
    }

    fn check_conversions(&self, stored: &StoredFile) -> usize {
        let mut silently = 0;
        for (form, told) in &self.conversions {
            let found = stored.conversions.get(&form.lead);
            let of_this_form = found.filter(|it| it.contract == form.contract);
            match told {
                Told::Done(client) => {
                    let whole = Converted { client: *client, contract: form.contract, document: form.paper.id };
                    assert_eq!(found, Some(&whole), "a conversion that was answered is lost: {form:?}");
                }
                Told::Refused => assert_eq!(of_this_form, None, "it was refused: {form:?}"),
                Told::Failed => silently += usize::from(of_this_form.is_some()),
            }
        }
        assert_eq!(stored.conversions.len(), self.converted() + silently, "conversions that nobody asked for");
        silently
    }

    fn check_edits(&self, site: &Site) -> usize {
        let edits = stored_edits(site);
        let mut silently = 0;
        for (edit, told) in &self.edits {
            let times = edits.iter().filter(|it| *it == edit).count();
            match told {
                Told::Done(()) => assert_eq!(times, 1, "an edit that was answered is lost: {edit:?}"),
                Told::Refused => assert_eq!(times, 0, "it was refused: {edit:?}"),
                Told::Failed => silently += times,
            }
        }
        assert_eq!(edits.len(), self.edited() + silently, "edits that nobody asked for");
        let last: BTreeMap<Record, String> = edits.into_iter().map(|it| (it.record, it.name)).collect();
        let now: BTreeSet<Edit> = names_now(site);
        for (record, name) in last {
            let edit = Edit { record, name };
            assert!(now.contains(&edit), "another edit shows than the last one: {edit:?}");
        }
        silently
    }
}

/// The histories of the names, each in its order.
fn stored_edits(site: &Site) -> Vec<Edit> {
    let query = "SELECT kind || ' ' || record_id || ' ' || (change ->> 'after') AS it
        FROM audit_log, jsonb_array_elements(changes::jsonb) AS change
        WHERE version > 1 AND kind IN ('lead', 'service') AND change ->> 'field' IN ('full_name', 'name')
        ORDER BY kind, record_id, version";
    site.database().rows(query).iter().map(|it| edit(it)).collect()
}

fn names_now(site: &Site) -> BTreeSet<Edit> {
    let query = "SELECT 'lead ' || id || ' ' || full_name AS it FROM leads
        UNION ALL SELECT 'service ' || id || ' ' || name FROM services";
    site.database().rows(query).iter().map(|it| edit(it)).collect()
}

fn edit(row: &str) -> Edit {
    let (kind, rest) = row.split_once(' ').unwrap();
    let (id, name) = rest.split_once(' ').unwrap();
    let id = id.parse().unwrap();
    let record = if kind == "lead" { Record::Lead(id) } else { Record::Service(id) };
    Edit { record, name: name.to_owned() }
}
