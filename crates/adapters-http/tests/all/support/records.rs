//! A new record of every kind that a path can name, and valid form values for each route.
use application::NewSecret;
use domain::{
    access::{Actor, Permissions},
    campaign::CampaignId,
    client::ClientId,
    contract::ContractId,
    document::DocumentId,
    id::new_uuid,
    lead::LeadId,
    merge::MergeChoices,
    record::RecordKind,
    role::RoleId,
    service::ServiceId,
    session::{BrowserSession, SessionId, TokenHash},
    spend::SpendId,
    store::Mode,
    user::{User, UserId},
    values::ViewQuery,
    view::ViewId,
};
use totp_rs::{Builder, Secret};

use super::office::{Office, Person, details, next};

/// The lists that have saved views.
const LISTS: [(&str, RecordKind); 5] = [
    ("/services", RecordKind::Service),
    ("/campaigns", RecordKind::Campaign),
    ("/leads", RecordKind::Lead),
    ("/clients", RecordKind::Client),
    ("/contracts", RecordKind::Contract),
];

#[derive(Clone, Copy)]
pub struct Records {
    pub service: ServiceId,
    pub campaign: CampaignId,
    pub spend: SpendId,
    /// A lead that can be converted.
    pub lead: LeadId,
    /// A lead that can be merged into `lead`.
    pub twin: LeadId,
    /// Another lead, and the lead that was merged into it.
    pub survivor: LeadId,
    pub merged: LeadId,
    pub client: ClientId,
    pub contract: ContractId,
    /// The document of the contract.
    pub document: DocumentId,
    /// Waits for a contract of its uploader.
    pub upload: DocumentId,
    pub user: UserId,
    /// Another one of the uploader.
    pub session: SessionId,
    own_version: i32,
    /// A new second factor with the matching code of an app.
    second_factor: [(&'static str, &'static str); 2],
    /// The next code of the common second factor. The current one was used to turn it on.
    next_code: &'static str,
    /// A role without users and permissions.
    pub role: RoleId,
    /// One of each list, of the uploader.
    views: [(&'static str, ViewId); 5],
    key: uuid::Uuid,
}

pub type Fields = Vec<(&'static str, String)>;

impl Records {
    pub async fn new(office: &Office, by: Person) -> Self {
        let director = office.director().await;
        let (_, _, client) = office.client().await;
        let service = office.service().await;
        let campaign = office.campaign(service).await;
        let spend = director.add_spend(office.id(), campaign, details::spend()).await.unwrap();
        let (lead, contract) = (office.lead(Some(campaign)).await, office.contract(service).await);
        let (twin, survivor, merged) = (office.lead(None).await, office.lead(None).await, office.lead(None).await);
        director.merge_leads((survivor, 1), (merged, 1), MergeChoices::default()).await.unwrap();
        let document = office.stored::<domain::contract::Contract>(contract).await.document;
        let name = format!("user{}", next());
        let user = director.create_user(office.id(), details::user(&name, "", &[])).await.unwrap();
        let role = director.create_role(office.id(), details::role_name(), Permissions::default()).await.unwrap();
        let (upload, key) = (office.upload(by).await, new_uuid(office.crm.now()));
        let own = office.stored::<User>(office.user(by).await).await;
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&next().to_be_bytes());
        let session = BrowserSession::new(TokenHash(hash), own.id, office.crm.now());
        let mut work = office.store.begin(Mode::Write).await.unwrap();
        work.insert_session(&session).await.unwrap();
        work.commit().await.unwrap();
        let owner = office.crm.session_of(Actor::new(own.id, "—".into(), true, Permissions::default()));
        let mut views = LISTS.map(|it| (it.0, office.id::<ViewId>()));
        for (view, (_, list)) in views.iter_mut().zip(LISTS) {
            // Reuses a view, because the number of views per user is limited.
            let untouched = owner
                .views(list)
                .await
                .unwrap()
                .views
                .into_iter()
                .find(|it| it.owner == own.id && it.stamp.version == 1);
            view.1 = if let Some(it) = untouched {
                it.id
            } else {
                owner.save_view(office.id(), list, ViewQuery::default(), details::view()).await.unwrap()
            };
        }
        let (session, own_version) = (session.id(), own.stamp.version);
        Self {
            service,
            campaign,
            spend,
            lead,
            twin,
            survivor,
            merged,
            client,
            contract,
            document,
            upload,
            user,
            session,
            own_version,
            second_factor: second_factor(office),
            next_code: code_of(SECRET, office, 30).leak(),
            role,
            views,
            key,
        }
    }

    /// The same records, with a new form key.
    pub fn with_new_key(self, office: &Office) -> Self {
        Self { key: new_uuid(office.crm.now()), ..self }
    }

    /// A route's path with the ids of these records.
    pub fn path(&self, route: &str) -> String {
        if let Some((list, _)) = route.split_once("/views/{id}") {
            let view = self.views.iter().find(|it| it.0 == list).unwrap().1;
            return route.replace("{id}", &view.to_string());
        }
        let id = match route.split('/').nth(1).unwrap() {
            "services" => self.service.0,
            "campaigns" => self.campaign.0,
            "spend" => self.spend.0,
            "leads" if route.ends_with("/separation") => self.survivor.0,
            "leads" => self.lead.0,
            "clients" => self.client.0,
            "contracts" => self.contract.0,
            "users" => self.user.0,
            "account" => self.session.0,
            "roles" => self.role.0,
            _ => return route.to_owned(),
        };
        let route = route.replace("{id}", &id.to_string()).replace("{other}", &self.twin.to_string());
        route.replace("{document}", &self.document.to_string())
    }

    /// The name of a matrix field. Leaking is fine, because no test makes many.
    pub fn cell(&self, of: &str) -> &'static str {
        format!("{}.{of}", self.role).leak()
    }

    /// The valid form values of a route.
    pub fn body(&self, route: &str) -> Fields {
        let owned = |it: &[(&'static str, &str)]| it.iter().map(|it| (it.0, it.1.to_owned())).collect::<Fields>();
        let name = |of: &str| format!("{of} {}", next());
        // New contact details, because existing ones would cause the warning about duplicates.
        let n = next();
        let phone = format!("+7 901 {:03}-{:02}-{:02}", n / 10_000, n / 100 % 100, n % 100);
        let person = [("full_name", name("Пётр Ильин")), ("phone", phone)];
        let person = person.into_iter().chain([("email", format!("p.ilin{n}@example.com"))]).collect::<Fields>();
        let contract = vec![
            ("name", name("Договор")),
            ("service", self.service.to_string()),
            ("amount", "80 000".to_owned()),
            ("signed_on", "2026-01-10".to_owned()),
            ("valid_from", "2026-01-10".to_owned()),
            ("valid_until", "2027-01-09".to_owned()),
            ("document", self.upload.to_string()),
        ];
        let spend = owned(&[("spent_on", "2026-01-11"), ("amount", "600"), ("note", "Баннеры")]);
        let service = vec![("name", name("Услуга")), ("price", "1 000".into()), ("description", "Под ключ".into())];
        let campaign = vec![
            ("name", name("Кампания")),
            ("service", self.service.to_string()),
            ("channel", "Радио".to_owned()),
            ("budget", "50 000".to_owned()),
            ("starts_on", "2026-01-01".to_owned()),
            ("ends_on", "2026-03-01".to_owned()),
        ];
        let lead = [&person[..], &[("campaign", self.campaign.to_string()), ("assignee", self.user.to_string())]];
        let lead = lead.concat();
        let password = owned(&[("password", "четыре слона в лодке"), ("password_again", "четыре слона в лодке")]);
        let current = owned(&[("current_password", "четыре слона в лодке")]);
        let new = "пять жирафов у пруда";
        let new_password = owned(&[("password", new), ("password_again", new)]);
        let user = vec![("username", format!("ivan{}", next())), ("full_name", "Иван".into())];
        let user = [user, owned(&[("email", "ivan@example.com")])].concat();
        let (key, version) = (vec![("key", self.key.to_string())], vec![("version", "1".to_owned())]);
        if route.ends_with("/views") {
            return [key, owned(&[("name", "Мой отбор"), ("shared", "1"), ("from", "sort=name")])].concat();
        }
        if route.ends_with("/views/{id}/edit") {
            return [version, owned(&[("name", "Другой отбор")])].concat();
        }
        if route.ends_with("/views/{id}/removal") {
            return Fields::new();
        }
        match route {
            "/services" => [key, service].concat(),
            "/services/{id}/edit" => [version, service].concat(),
            "/campaigns" => [key, campaign].concat(),
            "/campaigns/{id}/edit" => [version, campaign].concat(),
            "/campaigns/{id}/spend" => [key, spend].concat(),
            "/spend/{id}/edit" => [version, spend].concat(),
            "/services/{id}/archive" | "/campaigns/{id}/archive" => owned(&[("archived", "1")]),
            "/spend/{id}/cancellation" => owned(&[("cancelled", "1")]),
            "/services/bulk" => vec![("do", "archive".into()), ("id", self.service.to_string())],
            "/campaigns/bulk" => vec![("do", "archive".into()), ("id", self.campaign.to_string())],
            "/leads/bulk" => vec![("do", "assign".into()), ("assignee", "none".into()), ("id", self.lead.to_string())],
            "/services/bulk/undo" | "/campaigns/bulk/undo" | "/leads/bulk/undo" => owned(&[("at", "0")]),
            "/leads" => [key, lead, owned(&[("note", "Просил перезвонить")])].concat(),
            "/leads/{id}/edit" => [version, lead].concat(),
            "/leads/{id}/status" => [version, owned(&[("status", "lost"), ("reason", "Выбрали других")])].concat(),
            "/leads/{id}/next-step" => [version, owned(&[("next_step", "Перезвонить"), ("when", "tomorrow")])].concat(),
            "/leads/{id}/notes" | "/clients/{id}/notes" => [key, owned(&[("text", "Перезвонить")])].concat(),
            "/leads/{id}/merge/{other}" => [version, owned(&[("other_version", "1"), ("full_name", "other")])].concat(),
            "/leads/similar" | "/leads/{id}/conversion/clients" => owned(&[("phone", "+7 900 555-01-42")]),
            "/leads/{id}/separation" => vec![("lead", self.merged.to_string())],
            "/leads/duplicates" => {
                let pair = vec![("one", self.lead.to_string()), ("other", self.twin.to_string())];
                [pair, owned(&[("apart", "1"), ("by", "phone")])].concat()
            }
            "/leads/{id}/conversion" => [key, version, person, contract].concat(),
            "/clients/{id}/edit" => [version, person].concat(),
            "/clients/{id}/contracts" => vec![("contract", self.contract.to_string())],
            "/contracts" => [key, contract].concat(),
            "/contracts/{id}/edit" => [version, contract].concat(),
            "/users" => [key, user].concat(),
            "/users/{id}/edit" => [version, user].concat(),
            "/users/{id}/access" => owned(&[("active", "0")]),
            "/users/{id}/password" => password,
            "/account/password" => [current, new_password].concat(),
            "/account/second-factor" => [current, owned(&self.second_factor)].concat(),
            "/account/second-factor/codes" | "/account/second-factor/off" => current,
            "/account/profile" => vec![("version", self.own_version.to_string()), ("full_name", name("Пётр"))],
            "/users/{id}/grants" => [version, owned(&[("statistics.view", "1")])].concat(),
            "/roles" => [key, vec![("name", name("Роль"))], owned(&[("statistics.view", "1")])].concat(),
            "/roles/{id}/edit" => [version, vec![("name", name("Роль"))]].concat(),
            "/roles/permissions" => vec![(self.cell("version"), "1".into()), (self.cell("users.view"), "1".into())],
            "/sign-in" => owned(&[("username", "anna"), ("password", "четыре слона в лодке")]),
            "/sign-in/code" => owned(&[("code", self.next_code)]),
            "/new-password" => [owned(&[("username", "nina")]), new_password].concat(),
            "/preferences" => owned(&[("lang", "en")]),
            // Routes with only a button, the separate upload, and the setup, which is closed once a superuser exists.
            "/sign-out"
            | "/account/sessions/end"
            | "/account/sessions/{id}/end"
            | "/users/{id}/sessions/end"
            | "/users/{id}/link"
            | "/users/{id}/second-factor/reset"
            | "/uploads"
            | "/setup" => Fields::new(),
            _ => panic!("{route} is missing here: add its form values"),
        }
    }
}

/// Of the user who has a second factor here.
pub const SECRET: &str = "VORONKAVORONKAVORONKAVORONKA2345";

/// Leaking is fine, because no test makes many.
fn second_factor(office: &Office) -> [(&'static str, &'static str); 2] {
    let secret = NewSecret::random().unwrap().base32();
    let code = code_of(&secret, office, 0);
    [("secret", secret.leak()), ("code", code.leak())]
}

/// The code that an authenticator app with this secret shows after `later` seconds.
pub fn code_of(secret: &str, office: &Office, later: u64) -> String {
    let app = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    app.generate(u64::try_from(office.crm.now().timestamp()).unwrap() + later).to_string()
}

/// The fields as the browser's methods take them.
pub fn borrowed(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|it| (it.0, it.1.as_str())).collect()
}
