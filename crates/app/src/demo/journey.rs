//! The way of a lead: it calls, somebody works on it, and in the end it signs, is lost, or stays where it is.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::days_after,
    campaign::CampaignId,
    lead::{Lead, LeadDetails, LeadId, WorkStatus},
    next_step::NextStep,
    note::{Note, NoteId},
    user::UserId,
    values::{LostReason, NoteText, StepText},
};

use super::{
    company::{Company, Step},
    days::later,
    examples::Script,
    people::Person,
    random::Random,
    talk::{FIRST, LATER, LOST, STEPS},
};
use crate::failure::Failure;

/// How many of a thousand leads without a campaign sign.
const SIGNING: u64 = 80;
/// A company with no more leads than this has every step of all of them.
const DETAILED: u64 = 20_000;
const RECENT: TimeDelta = TimeDelta::days(45);
/// Nobody leaves a step undone for longer.
const UNDONE: TimeDelta = TimeDelta::days(9);

pub(super) struct Prospect {
    pub(super) lead: Lead,
    /// Which service the lead is interested in.
    pub(super) service: usize,
    pub(super) operator: UserId,
    pub(super) manager: UserId,
    pub(super) fate: Fate,
}

pub(super) enum Fate {
    /// Only the steps of its script.
    Example(Box<Script>),
    Signs,
    LostEarly,
    LostLate,
    StaysEarly,
    StaysLate,
}

impl Fate {
    fn roll(random: &mut Random, signing: u64) -> Self {
        if random.chance(signing) {
            return Self::Signs;
        }
        match random.below(100) {
            0..46 => Self::LostEarly,
            46..88 => Self::LostLate,
            88..94 => Self::StaysEarly,
            _ => Self::StaysLate,
        }
    }
}

impl Company {
    pub(super) async fn arrive(&mut self, at: DateTime<Utc>) -> Result<(), Failure> {
        let person = self.callers.next(&mut self.random)?;
        let chosen = self.adverts.choose(&mut self.random, self.place.calendar.day(at));
        let service = match chosen {
            Some((advert, _)) => advert.service,
            None => self.any_service(),
        };
        let operator = self.random.pick(&self.staff.operators);
        let manager = self.random.pick(&self.staff.managers);
        let lead = self.register(at, person, chosen.map(|it| it.1), operator, Some(operator)).await?;
        let fate = Fate::roll(&mut self.random, chosen.map_or(SIGNING, |it| it.0.signing));
        let prospect = Prospect { lead, service, operator, manager, fate };
        if self.has_every_step(at) {
            let days = self.random.between(-2..=1);
            self.after(at, days, Step::Begin, prospect);
        } else {
            self.skip_ahead(at, prospect);
        }
        Ok(())
    }

    /// The operator enters somebody who called.
    pub(super) async fn register(
        &mut self,
        at: DateTime<Utc>,
        person: Person,
        campaign: Option<CampaignId>,
        operator: UserId,
        assignee: Option<UserId>,
    ) -> Result<Lead, Failure> {
        let details = LeadDetails { full_name: person.full_name, contact: person.contact, campaign, assignee };
        let lead = Lead::new(LeadId::new(at), details, Some(operator), at);
        self.act(operator, at);
        self.insert(&lead).await?;
        self.made.leads += 1;
        self.maybe_note(lead.id, 300, &FIRST).await?;
        Ok(lead)
    }

    /// A big company is for measuring, and every step is written on its own: there only the last weeks have them all.
    fn has_every_step(&self, at: DateTime<Utc>) -> bool {
        self.leads <= DETAILED || self.place.now - at < RECENT
    }

    /// Straight to where the lead ends.
    fn skip_ahead(&mut self, at: DateTime<Utc>, it: Prospect) {
        let step = match it.fate {
            Fate::Signs => Step::Sign,
            Fate::LostEarly | Fate::LostLate => Step::Lose,
            Fate::StaysEarly => Step::Begin,
            Fate::StaysLate => Step::Qualify,
            Fate::Example(_) => return self.go_on(it),
        };
        let days = self.random.between(3..=36);
        self.after(at, days, step, it);
    }

    pub(super) async fn begin_work(&mut self, at: DateTime<Utc>, mut it: Prospect) -> Result<(), Failure> {
        self.act(it.operator, at);
        let step = self.step_of(&it.fate)?;
        it.lead = self.change(it.lead, WorkStatus::InProgress, it.operator, step).await?;
        self.maybe_note(it.lead.id, 200, &LATER).await?;
        match it.fate {
            Fate::Example(_) => self.go_on(it),
            Fate::StaysEarly => {}
            Fate::LostEarly => {
                let days = self.random.between(1..=20);
                self.after(at, days, Step::Lose, it);
            }
            Fate::Signs | Fate::LostLate | Fate::StaysLate => {
                let days = self.random.between(1..=6);
                self.after(at, days, Step::Qualify, it);
            }
        }
        Ok(())
    }

    pub(super) async fn qualify(&mut self, at: DateTime<Utc>, mut it: Prospect) -> Result<(), Failure> {
        self.act(it.operator, at);
        let step = self.step_of(&it.fate)?;
        it.lead = self.change(it.lead, WorkStatus::Qualified, it.manager, step).await?;
        self.maybe_note(it.lead.id, 250, &LATER).await?;
        match it.fate {
            Fate::Example(_) => self.go_on(it),
            Fate::Signs => {
                let days = self.random.between(2..=28);
                self.after(at, days, Step::Sign, it);
            }
            Fate::LostEarly | Fate::LostLate => {
                let days = self.random.between(3..=30);
                self.after(at, days, Step::Lose, it);
            }
            Fate::StaysEarly | Fate::StaysLate => {}
        }
        Ok(())
    }

    pub(super) async fn lose(&mut self, at: DateTime<Utc>, it: Prospect) -> Result<(), Failure> {
        self.act(it.operator, at);
        let reason = LostReason::parse(self.random.pick(&LOST))?;
        let assignee = it.lead.details.assignee.unwrap_or(it.operator);
        self.change(it.lead, WorkStatus::Lost(reason), assignee, None).await?;
        Ok(())
    }

    /// A new status, its assignee and the next step, as one change.
    async fn change(
        &mut self,
        before: Lead,
        status: WorkStatus,
        assignee: UserId,
        step: Option<NextStep>,
    ) -> Result<Lead, Failure> {
        let mut lead = before.clone();
        lead.set_status(status)?;
        if lead.is_open() {
            lead.plan(step)?;
        }
        lead.details.assignee = Some(assignee);
        self.update(&before, lead).await
    }

    /// So many of a thousand times, by the user who acts now.
    async fn maybe_note(&mut self, lead: LeadId, per_mille: u64, texts: &[&str]) -> Result<(), Failure> {
        if !self.random.chance(per_mille) {
            return Ok(());
        }
        let text = NoteText::parse(self.random.pick(texts))?;
        let note = Note::new(NoteId::new(self.work.now), lead, text, self.work.by, self.work.now);
        self.insert(&note).await
    }

    /// The next step of a lead that is worked on now.
    fn step_of(&mut self, fate: &Fate) -> Result<Option<NextStep>, Failure> {
        let Fate::Example(script) = fate else { return self.maybe_step() };
        let Some(due) = script.due() else { return Ok(None) };
        Ok(Some(NextStep { what: StepText::parse(self.random.pick(&STEPS))?, due }))
    }

    /// A next step, mostly in the next days.
    fn maybe_step(&mut self) -> Result<Option<NextStep>, Failure> {
        let now = self.work.now;
        if self.place.now - now > UNDONE || !self.random.chance(800) {
            return Ok(None);
        }
        let what = StepText::parse(self.random.pick(&STEPS))?;
        let due = days_after(self.place.calendar.day(now), self.random.between(1..=12));
        Ok(Some(NextStep { what, due }))
    }

    /// What happens next, so many working days later; none or less is the same day.
    fn after(&mut self, at: DateTime<Utc>, days: i64, step: fn(Box<Prospect>) -> Step, it: Prospect) {
        let at = later(&mut self.random, self.place.calendar, at, days.max(0));
        self.plan(at, step(Box::new(it)));
    }
}
