//! What must be true of the data at any moment, asked of the database and of the documents' folder directly.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    office::Paper,
    support::{Database, database},
};

/// What must never be, and how to find it.
type Rule = (&'static str, &'static str);

const NEVER: [Rule; 14] = [
    (
        "a converted lead without its one client",
        "SELECT hex(id) AS it FROM leads l WHERE status = 'converted'
            AND (SELECT count(*) FROM clients WHERE lead_id = l.id AND id = l.client_id) <> 1",
    ),
    (
        "a client whose lead is not converted to it",
        "SELECT hex(c.id) AS it FROM clients c LEFT JOIN leads l ON l.id = c.lead_id
            WHERE l.client_id IS DISTINCT FROM c.id OR l.status <> 'converted'",
    ),
    ("two clients of one lead", "SELECT hex(lead_id) AS it FROM clients GROUP BY lead_id HAVING count(*) > 1"),
    (
        "a client without its first contract",
        "SELECT hex(c.id) AS it FROM clients c LEFT JOIN contracts k ON k.id = c.first_contract_id
            WHERE k.client_id IS DISTINCT FROM c.id",
    ),
    ("a contract without a client", "SELECT hex(id) AS it FROM contracts WHERE client_id IS NULL"),
    (
        "a contract whose document is not attached to it",
        "SELECT hex(k.id) AS it FROM contracts k LEFT JOIN documents d ON d.id = k.document_id
            WHERE d.contract_id IS DISTINCT FROM k.id",
    ),
    (
        "a document attached to a contract that does not name it",
        "SELECT hex(d.id) AS it FROM documents d LEFT JOIN contracts k ON k.id = d.contract_id
            WHERE d.contract_id IS NOT NULL AND k.document_id IS DISTINCT FROM d.id",
    ),
    (
        "a client counted for another campaign or moment than its lead",
        "SELECT hex(c.id) AS it FROM clients c JOIN leads l ON l.id = c.lead_id
            WHERE c.acquired_by IS DISTINCT FROM l.campaign_id OR c.lead_created_at IS DISTINCT FROM l.created_at",
    ),
    (
        "a record's version without its row in the audit log",
        "WITH records AS (
            SELECT 'campaign' AS kind, id, version FROM campaigns UNION ALL SELECT 'client', id, version FROM clients
            UNION ALL SELECT 'contract', id, version FROM contracts UNION ALL SELECT 'document', id, version FROM documents
            UNION ALL SELECT 'lead', id, version FROM leads UNION ALL SELECT 'note', id, version FROM notes
            UNION ALL SELECT 'role', id, version FROM roles UNION ALL SELECT 'service', id, version FROM services
            UNION ALL SELECT 'spend', id, version FROM spend_entries UNION ALL SELECT 'user', id, version FROM users
        )
        SELECT r.kind || ' ' || hex(r.id) AS it FROM records r LEFT JOIN audit_log a ON a.kind = r.kind AND a.record_id = r.id
            AND a.act IN ('created', 'changed')
            GROUP BY r.kind, r.id, r.version
            HAVING count(a.id) <> r.version OR count(DISTINCT a.version) <> r.version OR max(a.version) <> r.version",
    ),
    (
        "a row in the audit log of a record that is not there",
        // The history of a file that no contract took stays when the sweep took it.
        "SELECT kind || ' ' || hex(record_id) AS it FROM audit_log WHERE kind <> 'document' AND record_id NOT IN (
            SELECT id FROM campaigns UNION ALL SELECT id FROM clients UNION ALL SELECT id FROM contracts
            UNION ALL SELECT id FROM leads UNION ALL SELECT id FROM notes
            UNION ALL SELECT id FROM roles UNION ALL SELECT id FROM services UNION ALL SELECT id FROM spend_entries
            UNION ALL SELECT id FROM users)",
    ),
    (
        "a counter that is not the count",
        // A server has several slots for each.
        "SELECT name AS it FROM counters GROUP BY name HAVING sum(value) <> CASE name
            WHEN 'services' THEN (SELECT count(*) FROM services WHERE NOT archived)
            WHEN 'campaigns' THEN (SELECT count(*) FROM campaigns WHERE NOT archived)
            WHEN 'clients' THEN (SELECT count(*) FROM clients)
            WHEN 'contracts' THEN (SELECT count(*) FROM contracts)
            ELSE (SELECT count(*) FROM leads WHERE 'leads.' || status = name AND merged_into IS NULL) END",
    ),
    (
        "a counter is missing",
        "SELECT counted.name AS it FROM (
            SELECT 'services' AS name FROM services WHERE NOT archived
            UNION SELECT 'campaigns' FROM campaigns WHERE NOT archived UNION SELECT 'clients' FROM clients
            UNION SELECT 'contracts' FROM contracts
            UNION SELECT 'leads.' || status FROM leads WHERE merged_into IS NULL
        ) AS counted WHERE counted.name NOT IN (SELECT name FROM counters)",
    ),
    ("no superuser", "SELECT 'all' AS it WHERE NOT EXISTS (SELECT 1 FROM users WHERE superuser AND active)"),
    (
        "a session of nobody",
        "SELECT hex(s.user_id) AS it FROM sessions s LEFT JOIN users u ON u.id = s.user_id
            WHERE u.id IS NULL OR NOT u.active",
    ),
];

/// Where nobody edits leads.
const NEVER_UNEDITED: [Rule; 1] = [(
    "a converted lead that is not one change old",
    "SELECT hex(id) AS it FROM leads WHERE version <> CASE WHEN status = 'converted' THEN 2 ELSE 1 END",
)];

const NEVER_IN_A_FILE: [Rule; 4] = [
    ("the file is damaged", "SELECT integrity_check AS it FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
    (
        "a reference to nothing",
        "SELECT format('%s %s', \"table\", coalesce(rowid, '')) AS it FROM pragma_foreign_key_check",
    ),
    ("a counter is missing", "SELECT 'all but ' || count(*) AS it FROM counters HAVING count(*) <> 9"),
    ("no write-ahead log", "SELECT journal_mode AS it FROM pragma_journal_mode WHERE journal_mode <> 'wal'"),
];

/// A server sees to its files and to the references by itself, as long as it is not told otherwise.
const NEVER_ON_A_SERVER: [Rule; 3] = [
    ("a reference that is not looked at", "SELECT conname AS it FROM pg_constraint WHERE NOT convalidated"),
    (
        "an index that is not kept",
        "SELECT concat(indexrelid) AS it FROM pg_index WHERE NOT (indisvalid AND indisready)",
    ),
    ("a trigger that is switched off", "SELECT tgname AS it FROM pg_trigger WHERE tgenabled <> 'O'"),
];

/// A conversion as it is stored: all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Converted {
    pub(crate) client: Uuid,
    pub(crate) contract: Uuid,
    pub(crate) document: Uuid,
}

/// What is stored, after everything that must be true was found to be.
pub(crate) struct StoredFile {
    pub(crate) conversions: BTreeMap<Uuid, Converted>,
    pub(crate) papers: BTreeMap<Uuid, Paper>,
    /// Files that no row knows of: the upload was cut between the two.
    pub(crate) unknown_files: usize,
    /// Files that were never whole.
    pub(crate) leftovers: usize,
}

impl StoredFile {
    /// Of leads that were only converted.
    pub(crate) fn checked(data: &Path) -> Self {
        Self::checked_for(data, &NEVER_UNEDITED)
    }

    /// Of leads that were also edited.
    pub(crate) fn checked_after_edits(data: &Path) -> Self {
        Self::checked_for(data, &[])
    }

    fn checked_for(data: &Path, more: &[Rule]) -> Self {
        let database = database(data.parent().unwrap());
        database.settle();
        let broken = broken_rules(&database, more);
        assert!(broken.is_empty(), "{broken:#?}");

        let documents = "SELECT hex(id) || ' ' || hex(checksum) || ' ' || size AS it FROM documents";
        let papers: BTreeMap<Uuid, Paper> =
            database.rows(documents).iter().map(|it| paper(it)).map(|it| (it.id, it)).collect();
        for paper in papers.values() {
            let bytes = fs::read(file_of(data, paper.id)).unwrap_or_else(|it| panic!("the file of {paper:?}: {it}"));
            let found = Paper { id: paper.id, checksum: Sha256::digest(&bytes).into(), size: bytes.len() };
            assert_eq!(found, *paper, "the file is another one than its row says");
        }
        let conversions = "SELECT hex(l.id) || ' ' || hex(c.id) || ' ' || hex(k.id) || ' ' || hex(d.id) AS it
            FROM leads l JOIN clients c ON c.id = l.client_id
            JOIN contracts k ON k.id = c.first_contract_id JOIN documents d ON d.id = k.document_id";
        let conversions = database.rows(conversions).iter().map(|it| converted(it)).collect();
        let unknown_files = files(data).difference(&papers.keys().copied().collect()).count();
        let leftovers = fs::read_dir(data.join("documents/incoming")).unwrap().count();
        Self { conversions, papers, unknown_files, leftovers }
    }
}

/// What is wrong with the records.
pub(crate) fn broken(database: &Database) -> Vec<String> {
    broken_rules(database, &NEVER_UNEDITED)
}

fn broken_rules(database: &Database, more: &[Rule]) -> Vec<String> {
    let own: &[Rule] = match database {
        Database::File(_) => &NEVER_IN_A_FILE,
        Database::Server(_) => &NEVER_ON_A_SERVER,
    };
    let questions =
        NEVER.iter().chain(more).chain(own).map(|(never, found)| {
            format!("SELECT '{}: ' || it AS it FROM ({found}) AS found", never.replace('\'', "''"))
        });
    // In one question, because a server answers each of them as of another moment.
    database.rows(&questions.collect::<Vec<_>>().join(" UNION ALL "))
}

/// The parts of a row.
fn split<const N: usize>(row: &str) -> [&str; N] {
    row.split(' ').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{row:?} has not {N} parts"))
}

fn paper(row: &str) -> Paper {
    let [id, checksum, size] = split(row);
    // A server writes bytes with a prefix.
    let checksum = checksum.trim_start_matches("\\x");
    let checksum = std::array::from_fn(|at| u8::from_str_radix(&checksum[2 * at..2 * at + 2], 16).unwrap());
    Paper { id: id.parse().unwrap(), checksum, size: size.parse().unwrap() }
}

fn converted(row: &str) -> (Uuid, Converted) {
    let [lead, client, contract, document] = split(row).map(|it| it.parse().unwrap());
    (lead, Converted { client, contract, document })
}

fn file_of(data: &Path, id: Uuid) -> PathBuf {
    let name = id.simple().to_string();
    data.join("documents").join(&name[30..]).join(&name)
}

/// Every file that is whole, by its id.
pub(crate) fn files(data: &Path) -> BTreeSet<Uuid> {
    let folders = fs::read_dir(data.join("documents")).unwrap().map(|it| it.unwrap().path());
    let folders = folders.filter(|it| !it.ends_with("incoming") && !it.ends_with("unknown"));
    let names = folders.flat_map(|it| fs::read_dir(it).unwrap()).map(|it| it.unwrap().file_name());
    names.map(|it| it.to_str().unwrap().parse().unwrap()).collect()
}
