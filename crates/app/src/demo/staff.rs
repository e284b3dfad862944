//! The people who work at the invented company.
use std::collections::BTreeSet;

use adapters_http::Language;
use application::Crm;
use chrono::{DateTime, Utc};
use domain::{
    access::{Actor, DefaultRole, Permissions},
    passwords::{Password, PasswordHasher},
    preferences::Preferences,
    role::Role,
    user::{PersonName, User, UserDetails, UserId},
    values::{Email, Username},
};

use crate::{failure::Failure, words::role_name};

pub(super) struct Employee {
    pub(super) username: &'static str,
    pub(super) full_name: &'static str,
    /// None: the superuser.
    pub(super) role: Option<DefaultRole>,
}

const fn employee(username: &'static str, full_name: &'static str, role: Option<DefaultRole>) -> Employee {
    Employee { username, full_name, role }
}

pub(super) const EMPLOYEES: [Employee; 8] = [
    employee("director", "Соболева Ирина Викторовна", None),
    employee("admin", "Лапин Сергей Олегович", Some(DefaultRole::Administrator)),
    employee("anna", "Орлова Анна Дмитриевна", Some(DefaultRole::Operator)),
    employee("polina", "Зимина Полина Андреевна", Some(DefaultRole::Operator)),
    employee("denis", "Ершов Денис Павлович", Some(DefaultRole::Operator)),
    employee("marina", "Вишневская Марина Игоревна", Some(DefaultRole::Marketer)),
    employee("maxim", "Громов Максим Юрьевич", Some(DefaultRole::Manager)),
    employee("olga", "Тарасова Ольга Петровна", Some(DefaultRole::Manager)),
];

/// Who does what.
pub(super) struct Staff {
    pub(super) users: Vec<User>,
    pub(super) operators: Vec<UserId>,
    pub(super) managers: Vec<UserId>,
    pub(super) marketer: UserId,
}

impl Staff {
    /// Everybody, hired at that moment by the director.
    pub(super) async fn hire(crm: &Crm, hasher: &dyn PasswordHasher, at: DateTime<Utc>) -> Result<Self, Failure> {
        let roles = roles(crm).await?;
        let mut users: Vec<User> = Vec::new();
        let mut hash = None;
        for employee in &EMPLOYEES {
            let details = details(employee, &roles)?;
            let hash = match &hash {
                Some(hash) => hash,
                None => hash.insert(hasher.hash(&Password::of_demo()).await.map_err(application::Error::from)?),
            };
            let director = users.first().map(|it| it.id);
            users.push(User::new(UserId::new(at), details, Some(hash.clone()), director, at));
        }
        let with = |role| {
            let all = EMPLOYEES.iter().zip(&users);
            all.filter(|it| it.0.role == Some(role)).map(|it| it.1.id).collect::<Vec<_>>()
        };
        let (operators, managers) = (with(DefaultRole::Operator), with(DefaultRole::Manager));
        let marketers = with(DefaultRole::Marketer);
        let marketer = *marketers.first().ok_or_else(|| Failure::new("The demo has no marketer."))?;
        Ok(Self { users, operators, managers, marketer })
    }
}

fn details(employee: &Employee, roles: &[Role]) -> Result<UserDetails, Failure> {
    let role = employee.role.map(|it| role(roles, it)).transpose()?;
    Ok(UserDetails {
        username: Username::parse(employee.username)?,
        full_name: PersonName::parse(employee.full_name)?,
        email: Some(Email::parse(&format!("{}@kompaniya.example", employee.username))?),
        roles: role.map(|it| it.id).into_iter().collect::<BTreeSet<_>>(),
        superuser: employee.role.is_none(),
        preferences: Preferences::default(),
    })
}

/// By its name in either language: the language may have been another one at the first start.
fn role(roles: &[Role], wanted: DefaultRole) -> Result<&Role, Failure> {
    let names = [Language::Russian, Language::English].map(|it| role_name(wanted, it));
    roles.iter().find(|it| names.contains(&it.name.as_str())).ok_or_else(|| {
        Failure::new(format!(
            "There is no role named {}; the demo needs the roles of the first start.",
            names.join(" or ")
        ))
    })
}

/// A user of this console may read the roles.
async fn roles(crm: &Crm) -> Result<Vec<Role>, Failure> {
    let console = Actor::new(UserId::new(crm.now()), "console".into(), true, Permissions::default());
    Ok(crm.session_of(console).user_form(None).await?.1.roles)
}
