//! Users, each with the roles that they have.
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    access::Permissions,
    page::{Page, PageRequest},
    passwords::PasswordHash,
    record::Stamp,
    store::{self, Repository},
    user::{PersonName, User, UserDetails, UserFilter, UserId},
    values::{Email, Username, fold},
};
use uuid::Uuid;

use crate::{
    fault::{Fault, Unreadable},
    paging,
    repository::{Row, StampRow, list_by_id, row_access},
    schema::{user_roles, users},
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
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let it = &user.details;
        Self {
            id: user.id.into(),
            username: it.username.to_string(),
            username_folded: fold(it.username.as_str()),
            full_name: it.full_name.as_str().to_owned(),
            display_folded: fold(user.display_name()),
            email: it.email.as_ref().map(ToString::to_string),
            superuser: it.superuser,
            active: user.active,
            password: user.password.as_str().to_owned(),
            password_set_at: user.password_set_at,
            grants: user.grants.codes(),
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
            email: self.email.as_deref().map(Email::parse).transpose()?,
            roles: [].into(),
            superuser: self.superuser,
        };
        Ok(User {
            id: self.id.into(),
            details,
            active: self.active,
            password: PasswordHash::from_stored(self.password),
            password_set_at: self.password_set_at,
            grants: Permissions::from_codes(&self.grants),
            stamp,
        })
    }
}

fn matching(filter: &UserFilter) -> users::BoxedQuery<'static, Pg> {
    let rows = users::table.into_boxed();
    if filter.active { rows.filter(users::active.eq(true)) } else { rows }
}

row_access!(User, UserRow, users);
list_by_id!(User, UserFilter, UserRow, users);

pub(crate) async fn with_roles<'a>(
    mut conn: &AsyncPgConnection,
    found: impl IntoIterator<Item = &'a mut User> + Send,
) -> Result<(), Fault> {
    let mut found: Vec<&mut User> = found.into_iter().collect();
    let ids: Vec<Uuid> = found.iter().map(|it| it.id.into()).collect();
    let rows: Vec<(Uuid, Uuid)> = user_roles::table.filter(user_roles::user_id.eq_any(ids)).load(&mut conn).await?;
    for user in &mut found {
        let own = rows.iter().filter(|it| it.0 == Uuid::from(user.id));
        user.details.roles = own.map(|it| it.1.into()).collect();
    }
    Ok(())
}

async fn give_roles(mut conn: &AsyncPgConnection, user: Uuid, roles: Vec<Uuid>) -> Result<(), Fault> {
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
