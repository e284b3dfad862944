//! What every sequence begins with, so that the operations drawn find records of every kind, and what is asked
//! at its end, so that nothing that they did goes unseen.
use domain::{record::RecordKind, statistics::Attribution};

use super::ops::{Cursor, DAYS, Narrow, Op, Read, SESSIONS, Step, Write};

pub(super) fn opening() -> Vec<Op> {
    let writes = [
        Write::AddRole { name: 0, permissions: 0b1011 },
        Write::AddRole { name: 2, permissions: 0b0110_0000 },
        Write::AddUser { name: 0, roles: vec![0, 1], superuser: true },
        Write::AddUser { name: 5, roles: vec![], superuser: false },
        Write::SignIn { user: 0, at: 1 },
        Write::SignIn { user: 1, at: 3 },
        Write::AddService { name: 0 },
        Write::AddService { name: 2 },
        Write::AddCampaign { name: 0, service: 0, channel: 0 },
        Write::AddCampaign { name: 6, service: 1, channel: 1 },
        Write::AddSpend { campaign: 0, day: 3 },
        Write::AddLead { name: 0, campaign: Some(0), assignee: Some(0), created: (1, 0) },
        Write::AddLead { name: 3, campaign: Some(1), assignee: None, created: (4, 1) },
        Write::AddLead { name: 5, campaign: None, assignee: None, created: (4, 0) },
        Write::AddNote { lead: 0 },
        Write::Sign { service: 0, client: None, day: 5 },
        Write::Sign { service: 1, client: None, day: 7 },
        Write::Upload,
        Write::Convert { lead: 0, contract: 0, at: (5, 3) },
    ];
    writes.map(|it| Op::Unit { steps: vec![Step::Write(it)], commit: true }).into()
}

/// Everything that the store has, and its sums over every single day.
pub(super) fn closing() -> Vec<Read> {
    let mut reads = vec![Read::Counts, Read::ActiveSuperusers, Read::ActiveUsersByRole, Read::Channels { limit: 100 }];
    for kind in RecordKind::ALL {
        reads.push(Read::Choices { kind, limit: 100 });
        for flag in [false, true] {
            let narrow =
                Narrow { search: None, flag, of: None, stage: None, since: None, order: 1, days: None, due: None };
            reads.push(Read::List { kind, narrow, cursor: Cursor::Start, size: 100 });
        }
    }
    for attribution in Attribution::ALL {
        reads.push(Read::Sums { attribution, days: None, as_of: None });
        reads.extend((0..DAYS).map(|day| Read::Sums { attribution, days: Some((day, day)), as_of: None }));
        reads.extend((0..DAYS).map(|day| Read::Sums { attribution, days: Some((0, DAYS)), as_of: Some(day) }));
        reads.push(Read::Flow { attribution, boundaries: (0..=DAYS).collect() });
    }
    reads.push(Read::Cohorts { boundaries: (0..=DAYS).collect() });
    reads.extend((0..SESSIONS).map(|session| Read::Session { session }));
    reads
}
