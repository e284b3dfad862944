//! One record of every kind, each naming the others, for cases that hold for every kind.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::{Permission, Permissions},
    calendar::Calendar,
    campaign::Campaign,
    client::Client,
    contract::{Contract, SigningDay},
    document::{Checksum, Document, DocumentType},
    lead::Lead,
    next_step::NextStep,
    note::Note,
    preferences::{Appearance, Density, Language, Preferences, SingleKeys, Theme},
    role::Role,
    second_factor::SecondFactor,
    service::Service,
    spend::{SpendDay, SpendEntry},
    store::Store,
    user::{PersonName, User},
    values::{
        CampaignName, Channel, ContractName, Day, Description, FileName, FullName, Money, NoteText, OpenPeriod, Period,
        RoleName, ServiceName, SpendNote, StepText, Username, ViewName, ViewQuery,
    },
    view::View,
};

use crate::{
    fixtures,
    support::{Stored, writing},
};

pub(crate) struct World {
    pub(crate) role: Role,
    pub(crate) user: User,
    pub(crate) service: Service,
    pub(crate) campaign: Campaign,
    pub(crate) spend: SpendEntry,
    pub(crate) lead: Lead,
    pub(crate) note: Note,
    pub(crate) document: Document,
    pub(crate) contract: Contract,
    pub(crate) client: Client,
    pub(crate) view: View,
}

/// Calls a generic check with the record of every kind.
macro_rules! for_every_kind {
    ($world:expr, $check:ident($store:expr $(, $more:expr)*)) => {
        $check($store, &$world.role $(, $more)*).await;
        $check($store, &$world.user $(, $more)*).await;
        $check($store, &$world.service $(, $more)*).await;
        $check($store, &$world.campaign $(, $more)*).await;
        $check($store, &$world.spend $(, $more)*).await;
        $check($store, &$world.lead $(, $more)*).await;
        $check($store, &$world.note $(, $more)*).await;
        $check($store, &$world.document $(, $more)*).await;
        $check($store, &$world.contract $(, $more)*).await;
        $check($store, &$world.client $(, $more)*).await;
        $check($store, &$world.view $(, $more)*).await;
    };
}
pub(crate) use for_every_kind;

impl World {
    /// A converted lead and everything around it. Worlds of different numbers share nothing, and a greater
    /// number is newer.
    pub(crate) fn new(number: u32) -> Self {
        let n = number * 20;
        let role = fixtures::role(n, &format!("Роль {number}"), Permissions::from_iter([Permission::ViewLeads]));
        let mut user = fixtures::user(n, &format!("user{number}"), &format!("Анна {number}"));
        user.details.roles.insert(role.id);
        let service = fixtures::service(n, &format!("Услуга {number}"));
        let campaign = fixtures::campaign(n, &format!("Кампания {number}"), service.id);
        let spend = fixtures::spend(n, campaign.id, "2026-01-15", "600");
        let mut lead = fixtures::lead(n, &format!("Иван {number}"), Some(campaign.id));
        lead.details.assignee = Some(user.id);
        let note = fixtures::note(n, lead.id, "Перезвонить");
        let mut document = fixtures::document(n);
        let mut contract = fixtures::contract(n, &format!("Договор {number}"), service.id, &mut document);
        let client = fixtures::client(n, fixtures::moment_of(n + 1), &mut lead, &mut contract);
        let view = fixtures::view(n, user.id, "Мои новые");
        Self { role, user, service, campaign, spend, lead, note, document, contract, client, view }
    }

    /// Every field filled to its limit.
    pub(crate) fn extreme() -> Self {
        let mut it = Self::new(0);
        let (first, last) = (day(1900, 1, 1), day(2200, 12, 31));
        let contact = fixtures::contact("+7 900 555-01-42", &format!("{}@Example.com", "я".repeat(242)));
        it.role.name = RoleName::parse(&long(80)).unwrap();
        it.role.permissions = Permissions::all();
        it.user.details.username = Username::parse(&"Щ".repeat(64)).unwrap();
        it.user.details.full_name = PersonName::parse(&long(200)).unwrap();
        it.user.details.email = contact.email().cloned();
        it.user.details.superuser = true;
        it.user.active = false;
        it.user.grants = Permissions::all();
        it.service.details.name = ServiceName::parse(&long(120)).unwrap();
        it.service.details.description = Description::parse(&long(4000).replace('%', "\n")).unwrap();
        it.service.details.price = Money::MAX;
        it.service.archived = true;
        it.campaign.details.name = CampaignName::parse(&long(160)).unwrap();
        it.campaign.details.channel = Channel::parse(&long(80)).unwrap();
        it.campaign.details.budget = Money::MAX;
        it.campaign.details.dates = OpenPeriod::new(Some(first), Some(last)).unwrap();
        it.campaign.archived = true;
        it.spend.details.spent_on = SpendDay::new(last).unwrap();
        it.spend.details.amount = Money::MAX;
        it.spend.details.note = SpendNote::parse(&long(200)).unwrap();
        it.spend.cancelled = true;
        it.lead.details.full_name = FullName::parse(&long(200)).unwrap();
        it.lead.details.contact = contact.clone();
        // As a version of before leaves it, which knows no steps, where it converts a lead.
        it.lead.next_step = Some(NextStep { what: StepText::parse(&long(200)).unwrap(), due: last });
        it.lead.merged = (1..=20).map(fixtures::id).collect();
        it.note.text = NoteText::parse(&long(4000).replace('%', "\n")).unwrap();
        it.document.name = FileName::parse(&long(255)).unwrap();
        it.document.kind = DocumentType::Docx;
        it.document.size = 5 << 40;
        it.document.checksum = Checksum(std::array::from_fn(|at| if at % 2 == 0 { 0 } else { 0xFF }));
        it.contract.details.name = ContractName::parse(&long(200)).unwrap();
        it.contract.details.signed_on = SigningDay::stored(last).unwrap();
        it.contract.details.valid = Period::new(first, last).unwrap();
        it.contract.details.amount = Money::MAX;
        it.client.details.full_name = it.lead.details.full_name.clone();
        it.client.details.contact = contact;
        it.view.details.name = ViewName::parse(&long(60)).unwrap();
        it.view.details.shared = true;
        it.view.query = ViewQuery::parse(&long(4000)).unwrap();
        it.view.removed = true;
        it.client.converted_at = fixtures::moment("2199-12-31T23:59:59.999999Z");
        it.stamp_all(fixtures::moment("2026-01-10T09:00:00.000001Z"));
        it.user.password_set_at = fixtures::moment("1999-12-31T23:59:59.999999Z");
        it.user.password_is_temporary = true;
        it.user.invite(fixtures::token(1), fixtures::moment("2199-12-30T23:59:59.999999Z"));
        it.user.second_factor = Some(fixtures::second_factor(SecondFactor::RECOVERY_CODES));
        it.user.last_sign_in_at = Some(fixtures::moment("1999-12-31T23:59:59.999999Z"));
        // The longest name of a time zone that there is.
        let time_zone = Calendar::names().max_by_key(|it| it.len()).and_then(Calendar::named);
        let appearance = Appearance {
            theme: Some(Theme::System),
            density: Some(Density::Comfortable),
            single_keys: Some(SingleKeys::Off),
        };
        it.user.details.preferences = Preferences { language: Some(Language::English), time_zone, appearance };
        it.role.second_factor = true;
        it
    }

    /// Every field that may be empty, empty; every amount and day the least.
    pub(crate) fn bare() -> Self {
        let mut it = Self::new(0);
        let (first, millennium) = (day(1900, 1, 1), day(2000, 1, 1));
        it.role.permissions = Permissions::default();
        it.user.details.roles.clear();
        it.user.details.full_name = PersonName::default();
        it.service.details.price = Money::ZERO;
        it.campaign.details.budget = Money::ZERO;
        it.spend.details.spent_on = SpendDay::new(millennium).unwrap();
        it.spend.details.amount = Money::from_minor(1).unwrap();
        it.lead.details.contact = fixtures::contact("+7 900 555-01-42", "");
        it.lead.details.campaign = None;
        it.lead.details.assignee = None;
        it.document.size = 1;
        it.contract.details.signed_on = SigningDay::stored(millennium).unwrap();
        it.contract.details.valid = Period::new(first, first).unwrap();
        it.contract.details.amount = Money::ZERO;
        it.client.details.contact = fixtures::contact("", "a@b.ru");
        it.client.acquired_by = None;
        it.view.query = ViewQuery::default();
        it
    }

    /// Everything made by its own user, the user too, and changed a microsecond later.
    fn stamp_all(&mut self, made: DateTime<Utc>) {
        let by = Some(self.user.id);
        for stamp in [
            &mut self.role.stamp,
            &mut self.user.stamp,
            &mut self.service.stamp,
            &mut self.campaign.stamp,
            &mut self.spend.stamp,
            &mut self.lead.stamp,
            &mut self.note.stamp,
            &mut self.document.stamp,
            &mut self.contract.stamp,
            &mut self.client.stamp,
            &mut self.view.stamp,
        ] {
            stamp.created_at = made;
            stamp.changed_at = made + TimeDelta::microseconds(1);
            stamp.changed_by = by;
        }
        // A role may be older than the first user, so only what comes after the user is made by them.
        self.role.stamp.changed_by = None;
        for stamp in [&mut self.service.stamp, &mut self.lead.stamp, &mut self.contract.stamp] {
            stamp.created_by = by;
        }
    }

    pub(crate) async fn save(&self, store: &dyn Store) {
        let mut work = writing(store).await;
        Stored::of(&mut work).insert(&self.role).await.unwrap();
        Stored::of(&mut work).insert(&self.user).await.unwrap();
        Stored::of(&mut work).insert(&self.service).await.unwrap();
        Stored::of(&mut work).insert(&self.campaign).await.unwrap();
        Stored::of(&mut work).insert(&self.spend).await.unwrap();
        Stored::of(&mut work).insert(&self.lead).await.unwrap();
        Stored::of(&mut work).insert(&self.note).await.unwrap();
        Stored::of(&mut work).insert(&self.document).await.unwrap();
        Stored::of(&mut work).insert(&self.contract).await.unwrap();
        Stored::of(&mut work).insert(&self.client).await.unwrap();
        Stored::of(&mut work).insert(&self.view).await.unwrap();
        work.commit().await.unwrap();
    }
}

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd_opt(year, month, day).unwrap()
}

/// So many characters of one to four bytes, including characters with a meaning in query languages.
fn long(characters: usize) -> String {
    "Ёж'\"%_\\;--$1?:—€😀".chars().cycle().take(characters).collect()
}
