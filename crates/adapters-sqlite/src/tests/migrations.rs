//! Migrations that change what is stored.
use diesel::{connection::SimpleConnection, prelude::*, sql_query, sql_types::Text};
use domain::values::name_key;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name_key: String,
}

#[test]
fn name_keys_get_the_order_of_their_words_back() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    for table in ["leads", "clients"] {
        conn.batch_execute(&format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, name_key TEXT NOT NULL)")).unwrap();
        let insert = format!(
            "INSERT INTO {table} (name_key) VALUES ('иванова анна'), ('анна иванова '), (''), ('o\"neil \\ анна'), ('пётр')"
        );
        conn.batch_execute(&insert).unwrap();
    }
    conn.batch_execute(include_str!("../../../../migrations/sqlite/0018_name_keys/up.sql")).unwrap();
    for table in ["leads", "clients"] {
        let rows: Vec<Row> = sql_query(format!("SELECT name_key FROM {table} ORDER BY id")).load(&mut conn).unwrap();
        let keys: Vec<_> = rows.iter().map(|it| it.name_key.as_str()).collect();
        assert_eq!(keys, ["анна иванова", "анна иванова", "", "\\ o\"neil анна", "пётр"], "{table}");
        assert_eq!(keys[0], name_key("Иванова Анна"));
    }
}
