//! Use cases about the audit log: reading it, verifying its hash chains, and logging refusals.
use chrono::TimeDelta;
use domain::{
    access::{Forbidden, Permission},
    audit::{AuditAction, AuditEntry, AuditFilter, AuditId, FieldChange},
    calendar::Moments,
    chain::ChainLink,
    field::Field,
    logged::{LoggedEntry, written},
    page::{Cursor, Page, PageRequest},
    record::RecordKind,
    store::{Choice, Names},
    user::User,
};

use crate::{Crm, Result, RuleViolation, Session, Work, history::distinct};

/// A page of the log with the names of the users and records in it.
#[derive(Clone, Debug)]
pub struct LogPage {
    pub page: Page<LoggedEntry>,
    pub names: Names,
    /// Whose entries the list can be narrowed to.
    pub users: Vec<Choice>,
}

impl Session {
    /// Of a record that this user may not view, the log says that it was changed, and in which fields, but neither its
    /// name nor a value.
    pub async fn audit_log(&self, filter: &AuditFilter, page: PageRequest) -> Result<LogPage> {
        let mut work = self.read(Permission::ViewAudit).await?;
        let may_view = |kind: &RecordKind| self.actor().may(Permission::to_view(*kind));
        let mut page = work.audit().log(filter, page).await?;
        let readable = page.items.iter_mut().flatten();
        let about = |it: &AuditEntry| if it.act == AuditAction::DismissedPairs { RecordKind::Lead } else { it.kind };
        let of_records = readable.filter(|it| it.act.is_change() || it.act == AuditAction::DismissedPairs);
        // A note about a client is the client's, too.
        let of_client = |it: &AuditEntry| {
            it.kind == RecordKind::Note && it.changes.iter().any(|it| it.field == Field::Client && it.after.is_some())
        };
        let hidden = |it: &AuditEntry| !may_view(&about(it)) || (of_client(it) && !may_view(&RecordKind::Client));
        for entry in of_records.filter(|it| hidden(it)) {
            for change in &mut entry.changes {
                (change.before, change.after) = (None, None);
            }
        }
        let mut names = work.names_in(&page.items).await?;
        for kind in RecordKind::ALL.into_iter().filter(may_view) {
            let of_kind = page.items.iter().flatten().filter(|it| it.kind == kind);
            let ids = distinct(of_kind.map(|it| it.record).collect());
            if !ids.is_empty() {
                names.extend(work.directory().names(kind, &ids).await?);
            }
        }
        let users = work.directory().choices(RecordKind::User, USERS).await?;
        Ok(LogPage { page, names, users })
    }

    /// Logs that this user lacked a permission.
    pub async fn note_forbidden(&self, refused: Forbidden) -> Result<()> {
        self.note_refusal(Field::Permissions, refused.0.code()).await
    }

    /// Logs that a rule of administration refused this user.
    pub(crate) async fn note_refused(&self, refused: RuleViolation) -> Result<()> {
        self.note_refusal(Field::Reason, refused.code()).await
    }

    async fn note_refusal(&self, field: Field, what: &str) -> Result<()> {
        let change = &FieldChange { field, before: None, after: Some(what.to_owned()) };
        let by = self.actor().id;
        // The session may have lost its rights, which is why it was refused: so it is not asked for them again.
        self.crm()
            .write_as_system(|mut work| async move {
                work.by = Some(by);
                if work
                    .happened_too_often(AuditAction::Refused, AuditFilter { by: Some(by), ..Default::default() })
                    .await?
                {
                    return Ok(());
                }
                let user: User = work.get(by).await?;
                work.note_action(AuditAction::Refused, &user, vec![change.clone()]).await?;
                work.commit().await
            })
            .await
    }
}

/// How many users a filter offers.
const USERS: u16 = 200;

impl Work {
    /// Whether so many of these were written down within the hour that no more are: nobody shall fill the log, from which
    /// nothing is ever removed, by trying again and again.
    pub(crate) async fn happened_too_often(&mut self, act: AuditAction, whose: AuditFilter) -> Result<bool> {
        let last_hour = Moments { from: self.now - TimeDelta::hours(1), until: self.now + TimeDelta::seconds(1) };
        let filter = AuditFilter { act: Some(act), period: Some(last_hour), ..whose };
        let before = self.audit().log(&filter, PageRequest::sized(Cursor::Start, AN_HOUR)).await?;
        Ok(before.items.len() >= usize::from(AN_HOUR))
    }
}

const AN_HOUR: u16 = 60;

/// How many entries are looked at in one go.
const AT_ONCE: u16 = PageRequest::MAX_SIZE;
/// How many faults are told of.
const FAULTS: usize = 100;

/// A fault of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// This entry, or its hash, was changed.
    Changed { chain: i16, position: i64, entry: AuditId },
    /// Between two entries of a chain, or at its end.
    Missing { chain: i16, positions: std::ops::RangeInclusive<i64> },
    /// This entry can be neither read nor compared with its seal.
    Unreadable { chain: i16, position: i64, entry: AuditId },
    /// The last seal of this chain, and with it perhaps the whole chain.
    Headless { chain: i16 },
    /// Behind the last seal of this chain.
    Added { chain: i16, position: i64, entry: AuditId },
    /// As many entries as this belong to no chain that is known, or are fewer than there were.
    Unaccounted { expected: u64, found: u64 },
}

/// What looking through the whole log has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainCheck {
    pub entries: u64,
    /// Those among them that are older than seals are: of these, only the number is known.
    pub unsealed: u64,
    /// The last seal of each chain that has entries. Noted elsewhere, they also show a log that was made anew as a whole.
    pub heads: Vec<ChainLink>,
    /// At most 100.
    pub faults: Vec<AuditFault>,
}

impl Crm {
    /// Looks through the whole log, as it was at one moment; `seen` hears how many entries were looked at.
    pub async fn verify_audit_log(&self, seen: impl Fn(u64) + Send) -> Result<ChainCheck> {
        let mut work = self.as_system().await?;
        let (size, mut heads) = (work.audit().size().await?, work.audit().heads().await?);
        let is_gone = |chain: &i16| heads.iter().all(|it| it.chain != *chain);
        let mut faults: Vec<_> = (0..size.chains).filter(is_gone).map(|chain| AuditFault::Headless { chain }).collect();
        let mut sealed = 0;
        for head in &heads {
            let mut last = ChainLink::start(head.chain);
            loop {
                let next = work.audit().sealed(head.chain, last.position, AT_ONCE).await?;
                if next.is_empty() {
                    break;
                }
                for (link, logged) in &next {
                    faults.extend(fault_between(&last, link, logged, head));
                    last = *link;
                }
                // However much is wrong, it is kept in little.
                faults.truncate(FAULTS);
                sealed += next.len() as u64;
                seen(sealed);
            }
            if last.position < head.position {
                faults.push(AuditFault::Missing { chain: head.chain, positions: last.position + 1..=head.position });
            }
        }
        if sealed + size.unsealed != size.all || size.unsealed != size.before_seals {
            faults.push(AuditFault::Unaccounted { expected: sealed + size.before_seals, found: size.all });
        }
        faults.truncate(FAULTS);
        heads.retain(|it| it.position > 0);
        Ok(ChainCheck { entries: size.all, unsealed: size.unsealed, heads, faults })
    }
}

/// The fault of an entry behind the last one, if there is any.
fn fault_between(last: &ChainLink, link: &ChainLink, logged: &LoggedEntry, head: &ChainLink) -> Option<AuditFault> {
    let (chain, position, (_, entry)) = (link.chain, link.position, written(logged));
    if position > head.position {
        return Some(AuditFault::Added { chain, position, entry });
    }
    if position != last.position + 1 {
        // Whether it is right itself cannot be said without the one before it.
        return Some(AuditFault::Missing { chain, positions: last.position + 1..=position - 1 });
    }
    let Ok(readable) = logged else { return Some(AuditFault::Unreadable { chain, position, entry }) };
    let right = *link == last.followed_by(readable) && (position != head.position || link == head);
    (!right).then_some(AuditFault::Changed { chain, position, entry })
}

impl RuleViolation {
    pub const ALL: [Self; 6] = [
        Self::SuperuserOnly,
        Self::BeyondOwnPermissions,
        Self::LastSuperuser,
        Self::OwnRole,
        Self::OwnAccount,
        Self::FactorRequired,
    ];

    /// The name in stored audit rows. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SuperuserOnly => "superuser_only",
            Self::BeyondOwnPermissions => "beyond_own_permissions",
            Self::LastSuperuser => "last_superuser",
            Self::OwnRole => "own_role",
            Self::OwnAccount => "own_account",
            Self::FactorRequired => "factor_required",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
