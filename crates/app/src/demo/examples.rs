//! One lead of each kind, in every demo: of every status, and with a next step that is overdue, due today, or later.
//!
//! The other leads are left to chance, and of a few of them chance makes any mixture: none is new at night, say. Pages,
//! manuals and tests need at least one of each. When it all happened is counted back from now in the hours in which
//! people call and work, so it is over at any moment, and looks the same at night.
use chrono::{DateTime, TimeDelta, Utc};
use domain::values::Day;

use super::{
    company::{Company, Step},
    hours::{CALLS, WORK},
    journey::{Fate, Prospect},
    people::Person,
};
use crate::failure::Failure;

struct Example {
    /// Which of the demo's campaigns, one that still runs. None: the lead came without one.
    campaign: Option<usize>,
    /// Whether it is the first operator's from the beginning. Otherwise it is nobody's.
    assigned: bool,
    /// The actions, each with the working hours since then. Without any, the lead is new.
    done: &'static [(Move, i64)],
    /// When its next step is due, in working days from today. None: there is no next step.
    due: Option<i64>,
}

type Move = fn(Box<Prospect>) -> Step;

const EXAMPLES: [Example; LEAST_LEADS as usize] = [
    // Its contract was signed 53 working days ago for three months, and so ends in two or three weeks.
    Example {
        campaign: Some(3),
        assigned: true,
        done: &[(Step::Begin, 590), (Step::Qualify, 565), (Step::Sign, 530)],
        due: None,
    },
    Example { campaign: Some(6), assigned: true, done: &[(Step::Begin, 150), (Step::Lose, 120)], due: None },
    Example { campaign: Some(0), assigned: true, done: &[(Step::Begin, 60), (Step::Qualify, 25)], due: Some(0) },
    Example { campaign: Some(1), assigned: true, done: &[(Step::Begin, 55)], due: Some(-2) },
    Example { campaign: Some(3), assigned: true, done: &[(Step::Begin, 22)], due: Some(0) },
    Example { campaign: Some(15), assigned: true, done: &[(Step::Begin, 8)], due: Some(2) },
    Example { campaign: Some(16), assigned: true, done: &[(Step::Begin, 12)], due: None },
    Example { campaign: Some(0), assigned: true, done: &[], due: None },
    Example { campaign: None, assigned: false, done: &[], due: None },
];
/// These two are the same person, who was lost and calls again: two leads that may be one.
const SAME_PERSON: [usize; 2] = [1, 8];

/// With fewer leads, a company would lack a kind of them.
pub(crate) const LEAST_LEADS: u32 = 9;

/// An example at its moments.
pub(super) struct Script {
    person: Person,
    campaign: Option<usize>,
    assigned: bool,
    /// The last one comes first.
    left: Vec<(DateTime<Utc>, Move)>,
    due: Option<Day>,
}

impl Script {
    pub(super) fn due(&self) -> Option<Day> {
        self.due
    }
}

impl Company {
    /// Puts all of them on the agenda.
    pub(super) fn plan_examples(&mut self) -> Result<(), Failure> {
        let caller = Person::invent(&mut self.random)?;
        for (number, example) in EXAMPLES.iter().enumerate() {
            let same = SAME_PERSON.contains(&number);
            let person = if same { caller.clone() } else { Person::invent(&mut self.random)? };
            self.plan_example(example, person);
        }
        Ok(())
    }

    fn plan_example(&mut self, example: &Example, person: Person) {
        let (calendar, now, today) = (self.place.calendar, self.place.now, self.place.today());
        let mut minutes = |from: i64, to: i64| TimeDelta::seconds(self.random.between(from * 60..=to * 60));
        let mut left: Vec<(DateTime<Utc>, Move)> = Vec::new();
        for (step, hours) in example.done.iter().rev() {
            let at = WORK.before(calendar, now, TimeDelta::hours(*hours) + minutes(0, 50));
            left.push((at, *step));
        }
        let next = left.last().map_or(now, |it| it.0);
        let called = CALLS.before(calendar, next, minutes(20, 180));
        let due = example.due.map(|it| WORK.days_from(today, it));
        let Example { campaign, assigned, .. } = *example;
        self.plan(called, Step::ArriveAs(Box::new(Script { person, campaign, assigned, left, due })));
    }

    /// Somebody calls who is one of the examples.
    pub(super) async fn arrive_as(&mut self, at: DateTime<Utc>, script: Script) -> Result<(), Failure> {
        let chosen = script.campaign.and_then(|it| self.adverts.bring(it));
        let (operator, manager) = (self.staff.operators[0], self.staff.managers[0]);
        let assignee = script.assigned.then_some(operator);
        let lead = self.register(at, script.person.clone(), chosen.map(|it| it.1), operator, assignee).await?;
        let service = chosen.map_or_else(|| self.any_service(), |it| it.0.service);
        self.go_on(Prospect { lead, service, operator, manager, fate: Fate::Example(Box::new(script)) });
        Ok(())
    }

    /// What happens next to an example, at the moment that is in its script.
    pub(super) fn go_on(&mut self, mut it: Prospect) {
        if let Fate::Example(script) = &mut it.fate
            && let Some((at, step)) = script.left.pop()
        {
            self.plan(at, step(Box::new(it)));
        }
    }
}
