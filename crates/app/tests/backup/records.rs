//! Whether two data folders hold the same: all records, all rows and all documents.
use std::{collections::BTreeMap, fmt::Debug, path::Path};

use adapters_sqlite::SqliteStore;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    campaign::Campaign,
    client::Client,
    contract::Contract,
    document::{Checksum, Document, DocumentId},
    files::Files,
    lead::Lead,
    note::Note,
    page::{Cursor, PageRequest},
    record::Record,
    role::Role,
    service::Service,
    spend::SpendEntry,
    store::{Mode, Repository, Store, UnitOfWork},
    user::User,
};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};

/// All records of a kind, page by page.
async fn all<R>(work: &mut Box<dyn UnitOfWork>) -> Vec<R>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    let (mut records, mut cursor) = (Vec::new(), Cursor::Start);
    loop {
        let page = PageRequest::sized(cursor, PageRequest::MAX_SIZE);
        let page = Repository::<R>::list(&mut **work, &R::Filter::default(), page).await.unwrap();
        records.extend(page.items);
        match records.last() {
            Some(last) if page.has_older => cursor = Cursor::After(last.id().into()),
            _ => return records,
        }
    }
}

async fn same<R>(one: &mut Box<dyn UnitOfWork>, other: &mut Box<dyn UnitOfWork>) -> usize
where
    R: Record + Debug,
    dyn UnitOfWork: Repository<R>,
{
    let (one, other): (Vec<R>, Vec<R>) = (all(one).await, all(other).await);
    assert!(one == other, "the records of the kind {:?} differ", R::KIND);
    one.len()
}

/// Every record of every kind is the same, and so is every row of every table. Returns how many records there are.
pub(crate) async fn same_records(one: &Path, other: &Path) -> usize {
    let (first, second) = (SqliteStore::open(one).await.unwrap(), SqliteStore::open(other).await.unwrap());
    let (mut first, mut second) = (first.begin(Mode::Read).await.unwrap(), second.begin(Mode::Read).await.unwrap());
    let (first, second) = (&mut first, &mut second);
    let counts = [
        same::<Service>(first, second).await,
        same::<Campaign>(first, second).await,
        same::<SpendEntry>(first, second).await,
        same::<Lead>(first, second).await,
        same::<Note>(first, second).await,
        same::<Client>(first, second).await,
        same::<Contract>(first, second).await,
        same::<Document>(first, second).await,
        same::<User>(first, second).await,
        same::<Role>(first, second).await,
    ];
    assert!(counts.iter().all(|it| *it > 0), "{counts:?}");
    same_rows(one, other);
    counts.iter().sum()
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Also what no list of records shows: history, sessions, counters, the schema.
fn same_rows(one: &Path, other: &Path) {
    let mut conn = SqliteConnection::establish(one.to_str().unwrap()).unwrap();
    sql_query("ATTACH ? AS other").bind::<Text, _>(other.to_str().unwrap()).execute(&mut conn).unwrap();
    let tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' UNION ALL VALUES ('sqlite_schema')";
    let tables: Vec<Found> = sql_query(tables).load(&mut conn).unwrap();
    assert!(tables.len() > 14);
    for Found { name } in tables {
        // Where a table begins in its file is nothing that a copy keeps.
        let columns = if name == "sqlite_schema" { "type, name, tbl_name, sql" } else { "*" };
        for (left, right) in [("main", "other"), ("other", "main")] {
            let missing = format!(
                "SELECT count(*) AS count FROM (SELECT {columns} FROM {left}.{name} EXCEPT SELECT {columns} FROM {right}.{name})"
            );
            let Count { count } = sql_query(missing).get_result(&mut conn).unwrap();
            assert_eq!(count, 0, "rows of {name} in {left} alone");
        }
    }
}

/// Every document that the database knows, whole and as its row says, by its id.
pub(crate) async fn documents(database: &Path, files: &dyn Files) -> BTreeMap<DocumentId, Vec<u8>> {
    let mut work = SqliteStore::open(database).await.unwrap().begin(Mode::Read).await.unwrap();
    let mut documents = BTreeMap::new();
    for document in all::<Document>(&mut work).await {
        let pieces: Vec<_> = files.open(document.id).await.unwrap().try_collect().await.unwrap();
        let bytes = pieces.concat();
        assert_eq!((document.size, document.checksum), (bytes.len() as u64, Checksum(Sha256::digest(&bytes).into())));
        documents.insert(document.id, bytes);
    }
    documents
}
