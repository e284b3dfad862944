//! Hand-made requests that try to gain more permissions. All of them fail.
use std::collections::BTreeMap;

use crate::support::{
    Browser, Site,
    doors::{Visitor, may_enter},
    html,
    office::{Office, PASSWORD, Person, everything::everything, first_page, next},
};
use adapters_http::route_table;
use axum::http::Method;
use domain::{
    access::{DefaultRole, Permission, Permissions},
    field::Field,
    role::{Role, RoleFilter, RoleId},
    store::{Mode, Repository},
    user::{User, UserFilter, UserId},
};

/// Fields whose names are computed by the test.
type Fields = Vec<(String, String)>;

fn fields<const N: usize>(all: [(&str, &str); N]) -> Fields {
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn with(mut all: Fields, name: impl Into<String>, value: impl Into<String>) -> Fields {
    all.push((name.into(), value.into()));
    all
}

async fn post(browser: &mut Browser, path: &str, fields: &Fields) -> crate::support::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    browser.post(path, &fields).await
}

/// An administrator with permissions for users, roles, the audit log and statistics, who tries to gain more.
struct Attempt {
    site: Site,
    alla: Browser,
    own: UserId,
    gleb: UserId,
    nina: UserId,
    administrator: RoleId,
    manager: RoleId,
}

impl Attempt {
    /// One attempt for each store of this test run.
    async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for office in Office::each().await {
            let site = Site::of(office, false);
            let (alla, office) = (site.browser(Person::Alla).await, &site.office);
            let [own, gleb, nina] =
                [office.user(Person::Alla).await, office.user(Person::Gleb).await, office.user(Person::Nina).await];
            let administrator = office.role(DefaultRole::Administrator).await;
            let manager = office.role(DefaultRole::Manager).await;
            all.push(Self { site, alla, own, gleb, nina, administrator, manager });
        }
        all
    }

    /// The request is refused with this sentence, and nothing is saved.
    async fn is_refused(&mut self, path: &str, fields: &Fields, sentence: &str) {
        let before = everything(&*self.site.office.store).await;
        let answer = post(&mut self.alla, path, fields).await;
        let what = format!("{path} {fields:?}: {}", answer.status);
        assert!(answer.status == 403 && answer.is_page() && answer.text().contains(sentence), "{what}");
        assert!(everything(&*self.site.office.store).await == before, "{what}");
    }

    /// The unchanged form of a user at version 1.
    fn user(person: Person, roles: &[RoleId]) -> Fields {
        let own = fields([("version", "1"), ("username", person.username()), ("full_name", &format!("{person:?}"))]);
        roles.iter().fold(own, |all, role| with(all, "roles", role.to_string()))
    }
}

const OWN: &str = "меняет другой администратор";
const SUPERUSER: &str = "Главного администратора меняет только главный администратор";

#[tokio::test]
async fn users_cannot_edit_a_role_that_they_hold() {
    for mut it in Attempt::each().await {
        let cell = |of: &str| format!("{}.{of}", it.administrator);
        let rename = format!("/roles/{}/edit", it.administrator);
        let held = DefaultRole::Administrator.permissions();
        let as_it_is = |permissions: &Permissions| {
            let version = fields([(&cell("version"), "1")]);
            permissions.iter().fold(version, |all, permission| with(all, cell(permission.code()), "1"))
        };
        let less: Permissions = held.iter().filter(|it| *it != Permission::ViewAudit).collect();
        let (more, less) = (with(as_it_is(&held), cell("leads.convert"), "1"), as_it_is(&less));
        for fields in [more, less] {
            it.is_refused("/roles/permissions", &fields, OWN).await;
        }
        it.is_refused(&rename, &fields([("version", "1"), ("name", "Главные")]), OWN).await;
    }
}

#[tokio::test]
async fn users_cannot_give_themselves_a_permission() {
    for mut it in Attempt::each().await {
        let path = format!("/users/{}/grants", it.own);
        for permission in Permission::ALL {
            it.is_refused(&path, &fields([("version", "1"), (permission.code(), "1")]), OWN).await;
        }
    }
}

#[tokio::test]
async fn administrators_cannot_make_superusers() {
    for mut it in Attempt::each().await {
        let new = fields([("username", "chief")]);
        let key = it.site.office.id::<uuid::Uuid>();
        let (own, nina) = (format!("/users/{}/edit", it.own), format!("/users/{}/edit", it.nina));
        for (path, fields) in [
            ("/users", with(with(new, "full_name", "Новый"), "key", key.to_string())),
            (own.as_str(), Attempt::user(Person::Alla, &[it.administrator])),
            (nina.as_str(), Attempt::user(Person::Nina, &[])),
        ] {
            it.is_refused(path, &with(fields, "superuser", "1"), SUPERUSER).await;
        }
    }
}

#[tokio::test]
async fn administrators_cannot_change_superusers() {
    for mut it in Attempt::each().await {
        let mut gleb = it.site.browser(Person::Gleb).await;
        let password = fields([("password", "пять слонов в лодке"), ("password_again", "пять слонов в лодке")]);
        let changed = Attempt::user(Person::Gleb, &[]);
        for (of, fields) in [
            ("password", password),
            ("edit", changed.clone()),
            ("edit", with(changed, "superuser", "1")),
            ("access", fields([("active", "0")])),
            ("sessions/end", Fields::new()),
            ("link", Fields::new()),
            ("second-factor/reset", Fields::new()),
            ("grants", fields([("version", "1"), ("users.view", "1")])),
        ] {
            it.is_refused(&format!("/users/{}/{of}", it.gleb), &fields, SUPERUSER).await;
        }
        assert_eq!(gleb.get("/").await.status, 200, "his session continues");
        it.site.browser(Person::Gleb).await;
    }
}

#[tokio::test]
async fn a_copied_role_or_a_swapped_id_does_not_change_her_roles() {
    for mut it in Attempt::each().await {
        let own = format!("/users/{}/edit", it.own);
        for roles in [&[it.manager][..], &[it.administrator, it.manager]] {
            it.is_refused(&own, &Attempt::user(Person::Alla, roles), OWN).await;
        }
        // A role with the same permissions as hers, but without a second factor that hers might require.
        let (alla, twin) = (it.site.office.session(Person::Alla).await, it.site.office.id());
        let hers = Person::Alla.permissions();
        alla.create_role(twin, crate::support::office::details::role_name(), hers).await.unwrap();
        it.is_refused(&own, &Attempt::user(Person::Alla, &[twin]), OWN).await;
        // The form of a role that she may edit, sent with the id of her own role.
        let free = it.site.office.director().await;
        let name = crate::support::office::details::role_name();
        let free = free.create_role(it.site.office.id(), name, Permissions::default()).await.unwrap();
        let version = (format!("{}.version", it.administrator), "1".to_owned());
        let swapped = vec![(format!("{free}.version"), "1".to_owned()), version];
        let swapped = with(swapped, format!("{}.users.view", it.administrator), "1");
        it.is_refused("/roles/permissions", &swapped, OWN).await;
    }
}

#[tokio::test]
async fn administrators_see_every_role_for_others_and_none_for_themselves() {
    for mut it in Attempt::each().await {
        let boxes = |page: &str| -> Vec<_> {
            html::tags(page).into_iter().filter(|it| it.get("type") == Some("checkbox")).collect()
        };
        let shown = it.alla.get("/users/new").await.text();
        let offered = boxes(&shown).iter().filter(|it| it.get("name") == Some("roles")).count();
        assert_eq!(offered, DefaultRole::ALL.len());
        assert!(!boxes(&shown).iter().any(|it| it.get("disabled").is_some() || it.get("name") == Some("superuser")));
        let shown = it.alla.get(&format!("/users/{}/edit", it.own)).await.text();
        assert!(boxes(&shown).iter().all(|it| it.get("disabled").is_some()) && shown.contains(OWN));
        // Her own roles stay hers.
        let kept = html::tags(&shown)
            .into_iter()
            .find(|it| it.get("type") == Some("hidden") && it.get("name") == Some("roles"));
        assert_eq!(kept.unwrap().get("value"), Some(it.administrator.to_string().as_str()));
        let nina = format!("/users/{}/edit", it.nina);
        assert_eq!(post(&mut it.alla, &nina, &Attempt::user(Person::Nina, &[it.manager])).await.status, 303);
        assert_eq!(it.site.office.stored::<User>(it.nina).await.details.roles, [it.manager].into());
    }
}

#[tokio::test]
async fn an_old_link_cannot_set_a_password() {
    const NEW: &str = "пять слонов в лодке";
    for mut it in Attempt::each().await {
        let make = format!("/users/{}/link", it.nina);
        let mut tokens = Vec::new();
        for _ in 0..2 {
            post(&mut it.alla, &make, &Fields::new()).await;
            let page = it.alla.get(&make).await.text();
            tokens.push(page.split("token=").nth(1).unwrap()[..64].to_owned());
        }
        let set = |password: &str| fields([("username", "nina"), ("password", password), ("password_again", password)]);
        let open = |token: &str| format!("/new-password?token={token}");
        let mut stranger = it.site.stranger();
        // The second link replaced the first.
        assert_eq!(stranger.get(&open(&tokens[0])).await.status, 404);
        assert_eq!(stranger.get(&open(&tokens[1])).await.location(), Some("/new-password"));
        let (mut late, mut early) = (stranger.clone(), stranger.clone());
        assert_eq!(early.get("/new-password").await.status, 200);
        let used = post(&mut stranger, "/new-password", &set(NEW)).await;
        assert_eq!((used.status, used.location()), (303, Some("/sign-in")));
        let before = everything(&*it.site.office.store).await;
        for token in [&tokens[1], &tokens[0], &tokens[1].to_uppercase(), &"0".repeat(64), &String::new()] {
            assert_eq!(stranger.get(&open(token)).await.status, 404, "{token}");
        }
        // The browser that used the link, and another that had opened it before.
        for browser in [&mut stranger, &mut late] {
            assert_eq!(browser.get("/new-password").await.status, 404);
            assert_eq!(post(browser, "/new-password", &set(PASSWORD)).await.status, 404);
        }
        assert!(everything(&*it.site.office.store).await == before);
    }
}

/// The stored permissions of each user, and the superusers. A deactivated user has none.
async fn powers(office: &Office) -> BTreeMap<UserId, (bool, Permissions)> {
    let mut work = office.store.begin(Mode::Read).await.unwrap();
    let users = Repository::<User>::list(&mut *work, &UserFilter::default(), first_page()).await.unwrap();
    let roles = Repository::<Role>::list(&mut *work, &RoleFilter, first_page()).await.unwrap();
    assert!(!users.has_older && !roles.has_older, "more records than this test reads");
    let of = |user: &User| {
        let theirs = roles.items.iter().filter(|it| user.details.roles.contains(&it.id));
        let mut all = user.grants.clone();
        all.extend(theirs.flat_map(|it| it.permissions.iter()));
        (user.details.superuser, all)
    };
    users.items.iter().filter(|it| it.active).map(|it| (it.id, of(it))).collect()
}

/// Every field, column and permission name, each with the most valuable value.
fn made_up(it: &Attempt) -> Fields {
    let all = Permissions::all().codes();
    let fields_of_forms = Field::ALL.map(|it| (it.code().to_owned(), "1".to_owned()));
    let columns = [
        "active",
        "username_folded",
        "password_hash",
        "password_changed_at",
        "created_by",
        "changed_by",
        "user_id",
        "role_id",
        "is_superuser",
        "admin",
        "role",
    ];
    let mut names: Fields =
        fields_of_forms.into_iter().filter(|it| !matches!(it.0.as_str(), "roles" | "temporary_password")).collect();
    names.extend(columns.map(|name| (name.to_owned(), "1".to_owned())));
    names.extend(Permission::ALL.map(|permission| (permission.code().to_owned(), "1".to_owned())));
    for name in ["permissions", "grants"] {
        names.push((name.to_owned(), all.clone()));
    }
    for role in [it.administrator, it.manager] {
        names.push(("roles".to_owned(), role.to_string()));
        names.push((format!("{role}.version"), "1".to_owned()));
        names.push((format!("{role}.leads.convert"), "1".to_owned()));
    }
    names.push(("id".to_owned(), it.gleb.to_string()));
    names.sort();
    names.dedup();
    names
}

/// The values that the unmodified form at this path sends.
async fn honest(it: &Attempt, by: UserId, route: &str, user: UserId, role: RoleId) -> Fields {
    let user: User = it.site.office.stored(user).await;
    let role: Role = it.site.office.stored(role).await;
    let key = it.site.office.id::<uuid::Uuid>().to_string();
    let password = fields([("password", PASSWORD), ("password_again", PASSWORD)]);
    let current = fields([("current_password", PASSWORD)]);
    let version = user.stamp.version.to_string();
    match route {
        "/users" => fields([("key", &key), ("username", &format!("made{}", next()))]),
        "/users/{id}/edit" => {
            let details = fields([("version", &version), ("username", user.details.username.as_str())]);
            user.details.roles.iter().fold(details, |all, role| with(all, "roles", role.to_string()))
        }
        "/users/{id}/grants" => {
            user.grants.iter().fold(fields([("version", &version)]), |all, it| with(all, it.code(), "1"))
        }
        "/users/{id}/password" => password,
        "/users/{id}/access" => fields([("active", "1")]),
        "/roles" => fields([("key", &key), ("name", &format!("Роль {}", next()))]),
        "/roles/{id}/edit" => fields([("version", &role.stamp.version.to_string()), ("name", role.name.as_str())]),
        "/roles/permissions" => {
            let version = fields([(&format!("{}.version", role.id), &role.stamp.version.to_string())]);
            role.permissions.iter().fold(version, |all, it| with(all, format!("{}.{}", role.id, it.code()), "1"))
        }
        "/account/profile" => {
            let own: User = it.site.office.stored(by).await;
            fields([("version", &own.stamp.version.to_string()), ("full_name", "Другое имя")])
        }
        // Keeps the user's password, because a new one would lock this test out.
        "/account/password" => [current, password].concat(),
        "/account/second-factor/codes" | "/account/second-factor/off" => current,
        "/account/second-factor" => [current, fields([("secret", &"A".repeat(32)), ("code", "000000")])].concat(),
        "/users/{id}/link"
        | "/users/{id}/second-factor/reset"
        | "/users/{id}/sessions/end"
        | "/account/sessions/end"
        | "/account/sessions/{id}/end" => Fields::new(),
        _ => panic!("{route} is missing here: add its form values"),
    }
}

/// Adds the extra fields, and replaces fields of the same name. Roles may repeat.
fn put(all: &Fields, extra: &[(String, String)]) -> Fields {
    let kept = all.iter().filter(|it| it.0 == "roles" || extra.iter().all(|new| new.0 != it.0));
    kept.chain(extra).cloned().collect()
}

#[tokio::test]
async fn invented_fields_do_not_raise_permissions() {
    for it in Attempt::each().await {
        let (office, names) = (&it.site.office, made_up(&it));
        let (mut sent, mut saved, mut before) = (0, 0, powers(office).await);
        for person in Person::ACTIVE.into_iter().filter(|it| *it != Person::Gleb) {
            let (by, held) = (office.user(person).await, person.permissions());
            let mut browser;
            let own_role = match person.role() {
                Some(role) => office.role(role).await,
                None => it.manager,
            };
            for (method, route, who) in route_table() {
                let area = route.split('/').nth(1).unwrap();
                if method != Method::POST || !matches!(area, "users" | "roles" | "account") {
                    continue;
                }
                // The previous request may have ended the session.
                browser = it.site.browser(person).await;
                // If the visitor may not enter, one attempt with all names is enough.
                let extras: Vec<&[(String, String)]> = if may_enter(Visitor::In(person), who) {
                    names.chunks(1).chain([&names[..]]).collect()
                } else {
                    vec![&names[..]]
                };
                let targets = [(by, own_role), (it.nina, it.manager)];
                let targets = if area == "account" { &targets[..1] } else { &targets[..] };
                for (user, role) in targets.iter().copied() {
                    let id = if area == "roles" { role.0 } else { user.0 };
                    for extra in &extras {
                        let fields = put(&honest(&it, by, route, user, role).await, extra);
                        // These actions end sessions, possibly that of the requesting user.
                        if ["/end", "/password", "/reset"].iter().any(|it| route.ends_with(it)) {
                            browser = it.site.browser(person).await;
                        }
                        let answer = post(&mut browser, &route.replace("{id}", &id.to_string()), &fields).await;
                        let what = format!("{person:?} at {route} with {extra:?}: {}", answer.status);
                        assert!(answer.status < 500, "{what}");
                        assert!(answer.location().is_none_or(|it| !it.starts_with("/sign-in")), "{what}");
                        (sent, saved) = (sent + 1, saved + usize::from(answer.status == 303));
                        let after = powers(office).await;
                        for (id, (superuser, may)) in &after {
                            let (was, could) = before.get(id).cloned().unwrap_or_default();
                            assert!(was || !*superuser, "{what}: {id} is a superuser");
                            let gained: Permissions = may.iter().filter(|it| !could.contains(*it)).collect();
                            // A user with `roles.edit` may give the permissions they hold, and any permission together
                            // with `users.edit`. Both apply to other users only.
                            let anything = held.contains(Permission::EditUsers) || held.is_superset(&gained);
                            let given = held.contains(Permission::EditRoles) && *id != by && anything;
                            assert!(gained.is_empty() || given, "{what}: {id} gained {gained:?}");
                        }
                        before = after;
                    }
                }
            }
        }
        assert!(sent > 500 && saved > 200, "{sent} {saved}");
    }
}
