//! A look into a database past its store: every row of every table, each as a text that says its very bytes.
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use postgres_cluster::Fresh;

/// By the name of the table.
pub type Rows = BTreeMap<String, BTreeSet<String>>;
pub type Look = Box<dyn Fn() -> Rows + Send>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    it: String,
}

const FILE_TABLES: &str = "SELECT 'SELECT ''' || t.name || ' '' || ' || group_concat('quote(\"' || c.name || '\")', ' || '','' || ')
    || ' AS it FROM ' || t.name AS it FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name";

const SERVER_TABLES: &str =
    "SELECT format('SELECT %L || replace(t::text, chr(10), chr(1)) FROM %I t', tablename || ' ', tablename)
    FROM pg_tables WHERE schemaname = 'public'";

pub fn of_file(path: PathBuf) -> Look {
    Box::new(move || {
        let mut file = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let mut ask = |query: &str| sql_query(query).load::<Row>(&mut file).unwrap().into_iter().map(|it| it.it);
        let tables: Vec<String> = ask(FILE_TABLES).collect();
        by_table(ask(&tables.join(" UNION ALL ")))
    })
}

/// Of a database whose tables are made already.
pub fn of_server(database: Arc<Fresh>) -> Look {
    let tables: Vec<String> = database.query(SERVER_TABLES).lines().map(str::to_owned).collect();
    let all = tables.join(" UNION ALL ");
    Box::new(move || by_table(database.query(&all).lines().map(str::to_owned)))
}

fn by_table(all: impl Iterator<Item = String>) -> Rows {
    let mut rows = Rows::new();
    for it in all {
        let (table, row) = it.split_once(' ').unwrap();
        rows.entry(table.to_owned()).or_default().insert(row.to_owned());
    }
    rows
}
