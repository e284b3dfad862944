//! Users, each with the roles that they have.
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    access::Permissions,
    calendar::Calendar,
    page::{Page, PageRequest, Position},
    passwords::PasswordHash,
    preferences::{Appearance, Density, Language, Preferences, SingleKeys, Theme},
    record::Stamp,
    second_factor::{RecoveryHash, SecondFactor, TotpSecret},
    session::TokenHash,
    store::{self, Repository},
    user::{LastSignIn, PasswordLink, PersonName, User, UserDetails, UserFilter, UserId},
    values::{Email, Username, fold, name_needles},
};
use uuid::Uuid;

use crate::{
    database_error::{DatabaseError, Unreadable},
    paging,
    repository::{Row, StampRow, list_by_id, row_access},
    schema::{user_roles, users},
    search::strpos,
    work::PostgresWork,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg), treat_none_as_null = true)]
pub(crate) struct UserRow {
    id: Uuid,
    username: String,
    username_folded: String,
    full_name: String,
    display_folded: String,
    email: Option<String>,
    superuser: bool,
    active: bool,
    password: String,
    password_set_at: DateTime<Utc>,
    grants: String,
    search: String,
    password_is_temporary: bool,
    link_token: Option<Vec<u8>>,
    link_until: Option<DateTime<Utc>>,
    totp_secret: Option<Vec<u8>>,
    totp_step: Option<i64>,
    recovery_codes: Option<Vec<u8>>,
    last_sign_in_at: Option<DateTime<Utc>>,
    language: Option<String>,
    time_zone: Option<String>,
    theme: Option<String>,
    density: Option<String>,
    single_keys: Option<String>,
}

/// What stands in the column of the password where there is none.
const NO_PASSWORD: &str = "-";

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let (it, link, factor) = (&user.details, user.password_link.as_ref(), user.second_factor.as_ref());
        Self {
            id: user.id.into(),
            username: it.username.to_string(),
            username_folded: fold(it.username.as_str()),
            full_name: it.full_name.as_str().to_owned(),
            display_folded: fold(user.display_name()),
            email: it.email.as_ref().map(ToString::to_string),
            superuser: it.superuser,
            active: user.active,
            password: user.password.as_ref().map_or(NO_PASSWORD, PasswordHash::as_str).to_owned(),
            password_set_at: user.password_set_at,
            grants: user.grants.codes(),
            search: user.search_text(),
            password_is_temporary: user.password_is_temporary,
            link_token: link.map(|it| it.token.0.to_vec()),
            link_until: link.map(|it| it.until),
            totp_secret: factor.map(|it| it.secret.0.to_vec()),
            totp_step: factor.map(|it| it.last_step),
            recovery_codes: factor.map(|it| it.recovery.iter().flat_map(|it| it.0).collect()),
            last_sign_in_at: user.last_sign_in_at,
            language: it.preferences.language.map(|it| it.code().to_owned()),
            time_zone: it.preferences.time_zone.map(|it| it.name().to_owned()),
            theme: it.preferences.appearance.theme.map(|it| it.code().to_owned()),
            density: it.preferences.appearance.density.map(|it| it.code().to_owned()),
            single_keys: it.preferences.appearance.single_keys.map(|it| it.code().to_owned()),
        }
    }
}

impl Row for UserRow {
    type Record = User;

    fn id(&self) -> Uuid {
        self.id
    }

    /// Without the roles, which are in a table of their own.
    fn read(self, stamp: Stamp) -> Result<User, Unreadable> {
        let details = UserDetails {
            username: Username::parse(&self.username)?,
            full_name: PersonName::parse(&self.full_name)?,
            email: self.email.as_deref().map(Email::from_stored).transpose()?,
            roles: [].into(),
            superuser: self.superuser,
            preferences: Preferences {
                // One that this version does not know is none: nobody is locked out by a name.
                language: self.language.as_deref().and_then(Language::from_code),
                time_zone: self.time_zone.as_deref().and_then(Calendar::named),
                appearance: Appearance {
                    theme: self.theme.as_deref().and_then(Theme::from_code),
                    density: self.density.as_deref().and_then(Density::from_code),
                    single_keys: self.single_keys.as_deref().and_then(SingleKeys::from_code),
                },
            },
        };
        let password_link = match (&self.link_token, self.link_until) {
            (Some(token), Some(until)) => Some(PasswordLink { token: TokenHash(bytes(token)?), until }),
            _ => None,
        };
        let second_factor = match (&self.totp_secret, self.totp_step, &self.recovery_codes) {
            (Some(secret), Some(last_step), Some(codes)) => Some(SecondFactor {
                secret: TotpSecret(bytes(secret)?),
                last_step,
                recovery: codes.chunks(32).map(|it| bytes(it).map(RecoveryHash)).collect::<Result<_, _>>()?,
            }),
            _ => None,
        };
        Ok(User {
            id: self.id.into(),
            details,
            active: self.active,
            password: Some(self.password).filter(|it| it != NO_PASSWORD).map(PasswordHash::from_stored),
            password_set_at: self.password_set_at,
            password_is_temporary: self.password_is_temporary,
            password_link,
            second_factor,
            last_sign_in_at: self.last_sign_in_at,
            grants: Permissions::from_codes(&self.grants),
            stamp,
        })
    }
}

fn matching(filter: &UserFilter) -> users::BoxedQuery<'static, Pg> {
    let mut rows = users::table.into_boxed();
    for needle in name_needles(&filter.search) {
        rows = rows.filter(strpos(users::search, needle).gt(0));
    }
    if let Some(role) = filter.role {
        let having = user_roles::table.filter(user_roles::role_id.eq(Uuid::from(role))).select(user_roles::user_id);
        rows = rows.filter(users::id.eq_any(having));
    }
    if let Some(active) = filter.active {
        rows = rows.filter(users::active.eq(active));
    }
    match filter.last_sign_in {
        Some(LastSignIn::Never) => rows.filter(users::last_sign_in_at.is_null()),
        Some(LastSignIn::Before(moment)) => rows.filter(users::last_sign_in_at.lt(moment)),
        Some(LastSignIn::Since(moment)) => rows.filter(users::last_sign_in_at.ge(moment)),
        None => rows,
    }
}

/// Of this very length.
fn bytes<const N: usize>(stored: &[u8]) -> Result<[u8; N], Unreadable> {
    stored.try_into().map_err(|_| Unreadable::from("bytes of another length"))
}

row_access!(User, UserRow, users);
list_by_id!(User, UserFilter, UserRow, users);

pub(crate) async fn with_roles<'a>(
    mut conn: &AsyncPgConnection,
    found: impl IntoIterator<Item = &'a mut User> + Send,
) -> Result<(), DatabaseError> {
    let mut found: Vec<&mut User> = found.into_iter().collect();
    let ids: Vec<Uuid> = found.iter().map(|it| it.id.into()).collect();
    let rows: Vec<(Uuid, Uuid)> = user_roles::table.filter(user_roles::user_id.eq_any(ids)).load(&mut conn).await?;
    for user in &mut found {
        let own = rows.iter().filter(|it| it.0 == Uuid::from(user.id));
        user.details.roles = own.map(|it| it.1.into()).collect();
    }
    Ok(())
}

async fn give_roles(mut conn: &AsyncPgConnection, user: Uuid, roles: Vec<Uuid>) -> Result<(), DatabaseError> {
    let rows: Vec<_> = roles.into_iter().map(|it| (user_roles::user_id.eq(user), user_roles::role_id.eq(it))).collect();
    diesel::insert_into(user_roles::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

fn parts(user: &User) -> (UserRow, StampRow, Vec<Uuid>) {
    let roles = user.details.roles.iter().copied().map(Into::into).collect();
    (UserRow::from(user), (&user.stamp).into(), roles)
}

#[async_trait]
impl Repository<User> for PostgresWork {
    async fn get(&mut self, id: UserId) -> store::Result<Option<User>> {
        self.run(|conn| async {
            let mut found = get(conn, id.into()).await?;
            with_roles(conn, &mut found).await?;
            Ok(found)
        })
        .await
    }

    async fn list(&mut self, filter: &UserFilter, page: PageRequest) -> store::Result<Page<User>> {
        self.run(|conn| async {
            let mut page = paging::page(conn, filter, page).await?;
            with_roles(conn, &mut page.items).await?;
            Ok(page)
        })
        .await
    }

    async fn position(&mut self, filter: &UserFilter, id: UserId) -> store::Result<Option<Position>> {
        self.run(|conn| paging::position(conn, filter, id.into())).await
    }

    async fn insert(&mut self, user: &User) -> store::Result<()> {
        let (row, stamp, roles) = parts(user);
        self.run(|conn| async {
            let id = row.id;
            insert(conn, row, stamp).await?;
            give_roles(conn, id, roles).await
        })
        .await
    }

    async fn insert_all(&mut self, users: &[User]) -> store::Result<()> {
        for user in users {
            self.insert(user).await?;
        }
        Ok(())
    }

    async fn update(&mut self, user: &User) -> store::Result<()> {
        let (row, stamp, roles) = parts(user);
        self.run(|mut conn| async move {
            let id = row.id;
            update(conn, row, stamp).await?;
            diesel::delete(user_roles::table.filter(user_roles::user_id.eq(id))).execute(&mut conn).await?;
            give_roles(conn, id, roles).await
        })
        .await
    }
}
