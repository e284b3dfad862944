//! The operations: small numbers in them stand for records, names and days.
use domain::{duplicates::MatchBy, lead::LeadStage, next_step::Due, record::RecordKind, statistics::Attribution};

/// So few days, moments of sessions and sessions that what was drawn twice often meets.
pub(super) const DAYS: u8 = 8;
pub(super) const SECONDS: u8 = 6;
pub(super) const SESSIONS: u8 = 4;

/// One step of a sequence.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A unit of work that writes, and is committed or dropped.
    Unit { steps: Vec<Step>, commit: bool },
    /// A unit of work that only reads.
    Look(Vec<Read>),
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Write(Write),
    Read(Read),
}

/// Which record of its kind, counted round and round; nobody is chosen while there is none.
pub(super) type Pick = u8;

#[derive(Clone, Debug)]
pub(super) enum Write {
    AddService {
        name: u8,
    },
    AddCampaign {
        name: u8,
        service: Pick,
        channel: u8,
    },
    AddSpend {
        campaign: Pick,
        day: u8,
    },
    AddLead {
        name: u8,
        campaign: Option<Pick>,
        assignee: Option<Pick>,
        created: At,
    },
    AddNote {
        lead: Pick,
    },
    AddRole {
        name: u8,
        permissions: u32,
    },
    AddUser {
        name: u8,
        roles: Vec<Pick>,
        superuser: bool,
    },
    SaveView {
        name: u8,
        owner: Pick,
        shared: bool,
    },
    Upload,
    /// A contract with a file of its own.
    Sign {
        service: Pick,
        client: Option<Pick>,
        day: u8,
    },
    /// A contract with a file that may have been taken by another.
    SignAgain {
        service: Pick,
        document: Pick,
    },
    Convert {
        lead: Pick,
        contract: Pick,
        at: At,
    },
    /// A second client of a lead that may have one.
    ConvertAgain {
        lead: Pick,
        contract: Pick,
        at: At,
    },
    Attach {
        contract: Pick,
        client: Pick,
    },
    /// Leads that are one person.
    Merge {
        lead: Pick,
        into: Pick,
    },
    /// What was merged comes apart again.
    Separate {
        lead: Pick,
    },
    TellApart {
        one: Pick,
        other: Pick,
        apart: bool,
    },
    /// Changes what the kind has to change; `ahead` is how far the version is from the right one.
    Change {
        kind: RecordKind,
        of: Pick,
        to: u8,
        by: Option<Pick>,
        ahead: i32,
    },
    /// Writes a record a second time under its id.
    Repeat {
        kind: RecordKind,
        of: Pick,
    },
    /// Names a record that does not exist, and commits.
    Dangle {
        kind: RecordKind,
        of: Pick,
        which: u8,
    },
    RemoveWaiting {
        document: Pick,
    },
    UploadIn {
        document: Pick,
        session: u8,
    },
    SignIn {
        user: Pick,
        at: u8,
    },
    Refresh {
        session: u8,
        at: u8,
    },
    SignOut {
        session: u8,
    },
    SignOutUser {
        user: Pick,
    },
    SweepSessions {
        minute: u16,
    },
    Audit {
        kind: RecordKind,
        of: Pick,
    },
}

/// A moment near a midnight of Moscow: a day, and one of a few times.
pub(super) type At = (u8, u8);

#[derive(Clone, Debug)]
pub(super) enum Cursor {
    Start,
    After(Option<Pick>),
    Before(Option<Pick>),
}

#[derive(Clone, Debug)]
pub(super) enum Read {
    Get { kind: RecordKind, of: Option<Pick> },
    List { kind: RecordKind, narrow: Narrow, cursor: Cursor, size: u16 },
    Names { kind: RecordKind, of: Vec<Pick> },
    Choices { kind: RecordKind, limit: u16 },
    Channels { limit: u16 },
    Counts,
    Sums { attribution: Attribution, days: Option<(u8, u8)>, as_of: Option<u8> },
    Flow { attribution: Attribution, boundaries: Vec<u8> },
    Cohorts { boundaries: Vec<u8> },
    UserNamed { name: u8 },
    Session { session: u8 },
    ActiveSuperusers,
    ActiveUsersByRole,
    History { kind: RecordKind, of: Pick, limit: u16 },
    Unknown { of: Vec<Option<Pick>> },
    Waiting { user: Option<Pick> },
    Abandoned { second: u8, limit: u16 },
    Leads { of: Vec<Pick> },
    LeadsWith { match_by: MatchBy, key: u8, limit: u16 },
    DuplicatePair { match_by: MatchBy, after: Option<Pick>, limit: u16 },
    DismissedPairs { after: Option<(Pick, Pick)>, limit: u16 },
}

/// Everything that any filter can say; a kind takes what it knows.
#[derive(Clone, Debug)]
pub(super) struct Narrow {
    pub(super) search: Option<u8>,
    pub(super) flag: bool,
    pub(super) of: Option<Pick>,
    pub(super) stage: Option<LeadStage>,
    pub(super) since: Option<u8>,
    /// Which of the kind's orders.
    pub(super) order: u8,
    /// The two days that a period is made of.
    pub(super) days: Option<(u8, u8)>,
    /// When the next step is due.
    pub(super) due: Option<Due>,
}
