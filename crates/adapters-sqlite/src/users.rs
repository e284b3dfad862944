//! Users, each with the roles that they have.
use async_trait::async_trait;
use diesel::{connection::SimpleConnection, prelude::*, sqlite::Sqlite};
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

use crate::{
    database_error::{DatabaseError, Unreadable},
    paging,
    repository::{Row, StampRow, list_by_id, row_access},
    schema::{user_roles, users},
    search::instr,
    values::{DbId, Moment},
    work::SqliteWork,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Sqlite), treat_none_as_null = true)]
pub(crate) struct UserRow {
    id: DbId,
    username: String,
    username_folded: String,
    full_name: String,
    display_folded: String,
    email: Option<String>,
    superuser: bool,
    active: bool,
    password: String,
    password_set_at: Moment,
    grants: String,
    search: String,
    password_is_temporary: bool,
    link_token: Option<Vec<u8>>,
    link_until: Option<Moment>,
    totp_secret: Option<Vec<u8>>,
    totp_step: Option<i64>,
    recovery_codes: Option<Vec<u8>>,
    last_sign_in_at: Option<Moment>,
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
            id: DbId::of(user.id),
            username: it.username.to_string(),
            username_folded: fold(it.username.as_str()),
            full_name: it.full_name.as_str().to_owned(),
            display_folded: fold(user.display_name()),
            email: it.email.as_ref().map(ToString::to_string),
            superuser: it.superuser,
            active: user.active,
            password: user.password.as_ref().map_or(NO_PASSWORD, PasswordHash::as_str).to_owned(),
            password_set_at: Moment(user.password_set_at),
            grants: user.grants.codes(),
            search: user.search_text(),
            password_is_temporary: user.password_is_temporary,
            link_token: link.map(|it| it.token.0.to_vec()),
            link_until: link.map(|it| Moment(it.until)),
            totp_secret: factor.map(|it| it.secret.0.to_vec()),
            totp_step: factor.map(|it| it.last_step),
            recovery_codes: factor.map(|it| it.recovery.iter().flat_map(|it| it.0).collect()),
            last_sign_in_at: user.last_sign_in_at.map(Moment),
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

    fn id(&self) -> DbId {
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
            (Some(token), Some(until)) => Some(PasswordLink { token: TokenHash(bytes(token)?), until: until.0 }),
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
            id: self.id.to(),
            details,
            active: self.active,
            password: Some(self.password).filter(|it| it != NO_PASSWORD).map(PasswordHash::from_stored),
            password_set_at: self.password_set_at.0,
            password_is_temporary: self.password_is_temporary,
            password_link,
            second_factor,
            last_sign_in_at: self.last_sign_in_at.map(|it| it.0),
            grants: Permissions::from_codes(&self.grants),
            stamp,
        })
    }
}

fn matching(filter: &UserFilter) -> users::BoxedQuery<'static, Sqlite> {
    let mut rows = users::table.into_boxed();
    for needle in name_needles(&filter.search) {
        rows = rows.filter(instr(users::search, needle).gt(0));
    }
    if let Some(role) = filter.role {
        let having = user_roles::table.filter(user_roles::role_id.eq(DbId::of(role))).select(user_roles::user_id);
        rows = rows.filter(users::id.eq_any(having));
    }
    if let Some(active) = filter.active {
        rows = rows.filter(users::active.eq(active));
    }
    match filter.last_sign_in {
        Some(LastSignIn::Never) => rows.filter(users::last_sign_in_at.is_null()),
        Some(LastSignIn::Before(moment)) => rows.filter(users::last_sign_in_at.lt(Moment(moment))),
        Some(LastSignIn::Since(moment)) => rows.filter(users::last_sign_in_at.ge(Moment(moment))),
        None => rows,
    }
}

/// Of this very length.
fn bytes<const N: usize>(stored: &[u8]) -> Result<[u8; N], Unreadable> {
    stored.try_into().map_err(|_| Unreadable::from("bytes of another length"))
}

row_access!(User, UserRow, users);
list_by_id!(User, UserFilter, UserRow, users);

pub(crate) fn with_roles<'a>(
    conn: &mut SqliteConnection,
    found: impl IntoIterator<Item = &'a mut User>,
) -> Result<(), DatabaseError> {
    let mut found: Vec<&mut User> = found.into_iter().collect();
    let ids = found.iter().map(|it| DbId::of(it.id));
    let rows: Vec<(DbId, DbId)> = user_roles::table.filter(user_roles::user_id.eq_any(ids)).load(conn)?;
    for user in &mut found {
        let own = rows.iter().filter(|it| it.0 == DbId::of(user.id));
        user.details.roles = own.map(|it| it.1.to()).collect();
    }
    Ok(())
}

/// Writes the row by `write` and makes `roles` its roles, or does neither.
fn write(
    conn: &mut SqliteConnection,
    id: DbId,
    roles: Vec<DbId>,
    write: impl FnOnce(&mut SqliteConnection) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    conn.batch_execute("SAVEPOINT user")?;
    let written = write(conn).and_then(|()| {
        diesel::delete(user_roles::table.filter(user_roles::user_id.eq(id))).execute(conn)?;
        for role in roles {
            let row = (user_roles::user_id.eq(id), user_roles::role_id.eq(role));
            diesel::insert_into(user_roles::table).values(row).execute(conn)?;
        }
        Ok(())
    });
    conn.batch_execute(if written.is_ok() { "RELEASE user" } else { "ROLLBACK TO user; RELEASE user" })?;
    written
}

fn parts(user: &User) -> (UserRow, StampRow, Vec<DbId>) {
    let roles = user.details.roles.iter().copied().map(DbId::of).collect();
    (UserRow::from(user), (&user.stamp).into(), roles)
}

#[async_trait]
impl Repository<User> for SqliteWork {
    async fn get(&mut self, id: UserId) -> store::Result<Option<User>> {
        self.run(move |conn| {
            let mut found = get(conn, DbId::of(id))?;
            with_roles(conn, &mut found)?;
            Ok(found)
        })
        .await
    }

    async fn list(&mut self, filter: &UserFilter, request: PageRequest) -> store::Result<Page<User>> {
        let filter = filter.clone();
        self.run(move |conn| {
            let mut page = paging::page(conn, &filter, request)?;
            with_roles(conn, &mut page.items)?;
            Ok(page)
        })
        .await
    }

    async fn position(&mut self, filter: &UserFilter, id: UserId) -> store::Result<Option<Position>> {
        let filter = filter.clone();
        self.run(move |conn| paging::position(conn, &filter, DbId::of(id))).await
    }

    async fn insert(&mut self, user: &User) -> store::Result<()> {
        let (row, stamp, roles) = parts(user);
        self.run(move |conn| write(conn, row.id, roles, |conn| insert(conn, row, stamp))).await
    }

    async fn insert_all(&mut self, users: &[User]) -> store::Result<()> {
        for user in users {
            self.insert(user).await?;
        }
        Ok(())
    }

    async fn update(&mut self, user: &User) -> store::Result<()> {
        let (row, stamp, roles) = parts(user);
        self.run(move |conn| write(conn, row.id, roles, |conn| update(conn, row, stamp))).await
    }
}
