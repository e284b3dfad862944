//! The statistics beside a recount of the records, and the upkeep after everything.
use std::{path::Path, sync::Arc};

use adapters_files::DocumentFiles;
use adapters_passwords::Bcrypt;
use adapters_sqlite::SqliteStore;
use application::{Crm, Organisation, Ports};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use domain::{
    calendar::Calendar,
    clock::Clock,
    statistics::{CampaignSums, Lens},
    store::{Mode, Store},
};

use crate::invariants::connect;

#[derive(QueryableByName)]
struct Sums {
    #[diesel(sql_type = Nullable<Text>)]
    campaign: Option<String>,
    #[diesel(sql_type = BigInt)]
    leads: i64,
    #[diesel(sql_type = BigInt)]
    clients: i64,
    #[diesel(sql_type = BigInt)]
    contracts: i64,
    #[diesel(sql_type = BigInt)]
    revenue: i64,
}

/// Counted from the leads on, which is the other way round than the statistics do it.
const RECOUNT: &str = "SELECT nullif(hex(l.campaign_id), '') AS campaign, count(DISTINCT l.id) AS leads,
        count(DISTINCT c.id) AS clients, count(k.id) AS contracts, coalesce(sum(k.amount), 0) AS revenue
    FROM leads l LEFT JOIN clients c ON c.lead_id = l.id LEFT JOIN contracts k ON k.client_id = c.id
    GROUP BY l.campaign_id";

async fn open(data: &Path) -> SqliteStore {
    SqliteStore::open(&data.join("voronka.sqlite")).await.unwrap()
}

/// Through either lens, over all time, the statistics are what a recount finds.
pub(crate) async fn recount(data: &Path) {
    let recounted: Vec<Sums> = sql_query(RECOUNT).load(&mut connect(data)).unwrap();
    let mut work = open(data).await.begin(Mode::Read).await.unwrap();
    for lens in Lens::ALL {
        let mut shown: Vec<CampaignSums> = work.sums(lens, None).await.unwrap();
        shown.retain(|it| it.leads + it.clients + it.contracts > 0);
        assert_eq!(shown.len(), recounted.len(), "{lens:?}");
        for it in &recounted {
            let campaign = it.campaign.as_ref().map(|it| domain::campaign::CampaignId(it.parse().unwrap()));
            let shown = shown.iter().find(|it| it.campaign == campaign).unwrap();
            let counts = [shown.leads, shown.clients, shown.contracts].map(|it| i64::try_from(it).unwrap());
            assert_eq!(counts, [it.leads, it.clients, it.contracts], "{lens:?}");
            assert_eq!(shown.revenue, it.revenue.into(), "{lens:?}");
        }
    }
}

struct Later(DateTime<Utc>);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The upkeep of the day after, round by round until there is nothing left to do. Returns how many files it removed.
pub(crate) async fn day_after(data: &Path) -> usize {
    let latest: Moment = sql_query("SELECT max(at) AS at FROM audit_log").get_result(&mut connect(data)).unwrap();
    let now = DateTime::from_timestamp_micros(latest.at).unwrap() + TimeDelta::hours(25);
    let ports = Ports {
        store: Arc::new(open(data).await),
        files: Arc::new(DocumentFiles::in_folder(&data.join("documents")).unwrap()),
        passwords: Arc::new(Bcrypt::default()),
        clock: Arc::new(Later(now)),
    };
    let calendar = Calendar::named("Europe/Moscow").unwrap();
    let crm = Crm::new(ports, Organisation { calendar, document_limit: 1 });
    let mut removed = 0;
    loop {
        match crm.upkeep().await.unwrap() {
            0 => return removed,
            more => removed += more,
        }
    }
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = BigInt)]
    at: i64,
}
