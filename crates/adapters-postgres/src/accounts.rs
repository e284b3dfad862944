//! Users as they sign in, and their sessions.
use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    access::Permissions,
    role::RoleId,
    session::{BrowserSession, Device, TokenHash},
    store::{self, Accounts, AuthenticatedUser, StoreError},
    user::{User, UserId},
    values::{Username, fold},
};
use uuid::Uuid;

use crate::{
    database_error::{DatabaseError, both},
    repository::{StampRow, columns, read},
    schema::{roles, sessions, user_roles, users},
    users::{UserRow, with_roles},
    work::PostgresWork,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
struct SessionRow {
    token_hash: Vec<u8>,
    user_id: Uuid,
    signed_in_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    device: String,
    from_address: Option<String>,
    awaits_code: bool,
}

impl From<&BrowserSession> for SessionRow {
    fn from(session: &BrowserSession) -> Self {
        Self {
            token_hash: session.token.0.to_vec(),
            user_id: session.user.into(),
            signed_in_at: session.signed_in_at,
            last_seen_at: session.last_seen_at,
            device: session.device.as_str().to_owned(),
            from_address: session.from.map(|it| it.to_string()),
            awaits_code: session.awaits_code,
        }
    }
}

impl SessionRow {
    fn read(self) -> Result<BrowserSession, DatabaseError> {
        let hash = <[u8; 32]>::try_from(self.token_hash.as_slice());
        let hash = hash.map_err(|_| StoreError::unavailable("the hash of a session cannot be read"))?;
        Ok(BrowserSession {
            token: TokenHash(hash),
            user: self.user_id.into(),
            signed_in_at: self.signed_in_at,
            last_seen_at: self.last_seen_at,
            device: Device::named(&self.device),
            from: self.from_address.map(|it| it.parse()).transpose().map_err(StoreError::unavailable)?,
            awaits_code: self.awaits_code,
        })
    }
}

async fn session(conn: &AsyncPgConnection, token: TokenHash) -> Result<Option<AuthenticatedUser>, DatabaseError> {
    let own = sessions::token_hash.eq(token.0.to_vec());
    let found = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(own.clone())
        .select((SessionRow::as_select(), columns!(users, UserRow)));
    let roles = sessions::table
        .inner_join(user_roles::table.on(user_roles::user_id.eq(sessions::user_id)))
        .inner_join(roles::table.on(roles::id.eq(user_roles::role_id)))
        .filter(own)
        .select((roles::id, roles::permissions, roles::second_factor));
    // Every request asks both: they travel together.
    let (mut one, mut other) = (conn, conn);
    let found = async { Ok(found.first::<(SessionRow, (UserRow, StampRow))>(&mut one).await.optional()?) };
    let roles = async { Ok::<_, DatabaseError>(roles.load::<(Uuid, String, bool)>(&mut other).await?) };
    let (found, roles) = both(found, roles).await?;
    let Some((row, user)) = found else { return Ok(None) };
    let mut user = read(user)?;
    let mut permissions = user.grants.clone();
    let mut needs_second_factor = false;
    for (role, codes, second_factor) in roles {
        needs_second_factor |= second_factor;
        user.details.roles.insert(role.into());
        permissions.extend(Permissions::from_codes(&codes).iter());
    }
    Ok(Some(AuthenticatedUser { session: row.read()?, user, permissions, needs_second_factor }))
}

#[async_trait]
impl Accounts for PostgresWork {
    async fn user_named(&mut self, username: &Username) -> store::Result<Option<User>> {
        let folded = fold(username.as_str());
        self.run(|mut conn| async move {
            let rows = users::table.filter(users::username_folded.eq(folded)).select(columns!(users, UserRow));
            let mut found = rows.first(&mut conn).await.optional()?.map(read::<UserRow>).transpose()?;
            with_roles(conn, &mut found).await?;
            Ok(found)
        })
        .await
    }

    async fn user_invited_by(&mut self, link: TokenHash) -> store::Result<Option<User>> {
        self.run(|mut conn| async move {
            let rows = users::table.filter(users::link_token.eq(link.0.to_vec())).select(columns!(users, UserRow));
            let mut found = rows.first(&mut conn).await.optional()?.map(read::<UserRow>).transpose()?;
            with_roles(conn, &mut found).await?;
            Ok(found)
        })
        .await
    }

    async fn signed_in(&mut self, user: UserId, at: DateTime<Utc>, step: Option<i64>) -> store::Result<()> {
        self.run(|mut conn| async move {
            let user = users::table.find(Uuid::from(user));
            diesel::update(user).set(users::last_sign_in_at.eq(at)).execute(&mut conn).await?;
            if let Some(step) = step {
                let user = user.filter(users::totp_secret.is_not_null());
                diesel::update(user).set(users::totp_step.eq(step)).execute(&mut conn).await?;
            }
            Ok(())
        })
        .await
    }

    async fn session(&mut self, token: TokenHash) -> store::Result<Option<AuthenticatedUser>> {
        self.run(|conn| session(conn, token)).await
    }

    async fn insert_session(&mut self, session: &BrowserSession) -> store::Result<()> {
        let row = SessionRow::from(session);
        self.run(|mut conn| async move {
            diesel::insert_into(sessions::table).values(row).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn refresh_session(&mut self, token: TokenHash, seen_at: DateTime<Utc>) -> store::Result<()> {
        self.run(|mut conn| async move {
            let session = sessions::table.find(token.0.to_vec());
            diesel::update(session.clone()).set(sessions::last_seen_at.eq(seen_at)).execute(&mut conn).await?;
            let ahead = session.filter(sessions::signed_in_at.gt(seen_at));
            diesel::update(ahead).set(sessions::signed_in_at.eq(seen_at)).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn remove_session(&mut self, token: TokenHash) -> store::Result<()> {
        self.run(|mut conn| async move {
            diesel::delete(sessions::table.find(token.0.to_vec())).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn remove_sessions_of(&mut self, user: UserId, except: Option<TokenHash>) -> store::Result<()> {
        // No hash is empty.
        let except = except.map_or(Vec::new(), |it| it.0.to_vec());
        self.run(|mut conn| async move {
            let theirs = sessions::table.filter(sessions::user_id.eq(Uuid::from(user)));
            diesel::delete(theirs.filter(sessions::token_hash.ne(except))).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn remove_sessions_over(&mut self, now: DateTime<Utc>) -> store::Result<()> {
        self.run(|mut conn| async move {
            let abandoned = sessions::awaits_code.eq(true).and(sessions::signed_in_at.le(now - BrowserSession::CODE));
            let unused = sessions::last_seen_at.le(now - BrowserSession::IDLE);
            let over = sessions::signed_in_at.le(now - BrowserSession::ABSOLUTE).or(unused).or(abandoned);
            diesel::delete(sessions::table.filter(over)).execute(&mut conn).await?;
            let (used, begun) = (sessions::last_seen_at, sessions::signed_in_at);
            diesel::update(sessions::table.filter(used.gt(now))).set(used.eq(now)).execute(&mut conn).await?;
            diesel::update(sessions::table.filter(begun.gt(now))).set(begun.eq(now)).execute(&mut conn).await?;
            Ok(())
        })
        .await
    }

    async fn sessions_of(&mut self, user: UserId, limit: u16) -> store::Result<Vec<BrowserSession>> {
        self.run(|mut conn| async move {
            let theirs = sessions::table.filter(sessions::user_id.eq(Uuid::from(user)));
            let theirs = theirs.filter(sessions::awaits_code.eq(false));
            let latest = theirs.order((sessions::last_seen_at.desc(), sessions::token_hash.desc())).limit(limit.into());
            let rows: Vec<SessionRow> = latest.select(SessionRow::as_select()).load(&mut conn).await?;
            rows.into_iter().map(SessionRow::read).collect()
        })
        .await
    }

    async fn sessions(&mut self, after: Option<TokenHash>, limit: u16) -> store::Result<Vec<BrowserSession>> {
        let after = after.map_or(Vec::new(), |it| it.0.to_vec());
        self.run(|mut conn| async move {
            let rows = sessions::table.filter(sessions::token_hash.gt(after)).order(sessions::token_hash);
            let rows: Vec<SessionRow> =
                rows.limit(limit.into()).select(SessionRow::as_select()).load(&mut conn).await?;
            rows.into_iter().map(SessionRow::read).collect()
        })
        .await
    }

    async fn active_superusers(&mut self) -> store::Result<u32> {
        self.run(|mut conn| async move {
            let superusers = users::table.filter(users::active.eq(true)).filter(users::superuser.eq(true));
            let count: i64 = superusers.count().get_result(&mut conn).await?;
            Ok(u32::try_from(count).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn active_users_by_role(&mut self) -> store::Result<BTreeMap<RoleId, u64>> {
        self.run(|mut conn| async move {
            let active = user_roles::table.inner_join(users::table.on(users::id.eq(user_roles::user_id)));
            let by_role = active.filter(users::active.eq(true)).group_by(user_roles::role_id);
            let counts = by_role.select((user_roles::role_id, count_star())).load::<(Uuid, i64)>(&mut conn).await?;
            Ok(counts.into_iter().map(|(role, users)| (role.into(), users.unsigned_abs())).collect())
        })
        .await
    }
}
