//! The statistics beside a recount of the records, and the upkeep after everything.
use std::{path::Path, sync::Arc};

use adapters_files::DocumentFiles;
use adapters_passwords::Bcrypt;
use application::{Crm, MaintenanceReport, Organisation, Ports};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::Calendar,
    campaign::CampaignId,
    clock::Clock,
    statistics::{Attribution, CampaignSums},
    store::{Mode, Store},
};
use uuid::Uuid;

use crate::support::{Database, database, store};

/// Counted from the leads on, which is the other way round than the statistics do it.
const RECOUNT: &str = "SELECT CASE WHEN l.campaign_id IS NULL THEN 'none' ELSE hex(l.campaign_id) END
        || ' ' || count(DISTINCT l.id) || ' ' || count(DISTINCT c.id) || ' ' || count(k.id)
        || ' ' || coalesce(sum(k.amount), 0) AS it
    FROM leads l LEFT JOIN clients c ON c.lead_id = l.id LEFT JOIN contracts k ON k.client_id = c.id
    GROUP BY l.campaign_id";

fn database_of(data: &Path) -> Database {
    database(data.parent().unwrap())
}

async fn store_of(data: &Path) -> Arc<dyn Store> {
    store(data.parent().unwrap()).await
}

/// Through either lens, over all time, the statistics are what a recount finds.
pub(crate) async fn recount(data: &Path) {
    let database = database_of(data);
    database.settle();
    let recounted = database.rows(RECOUNT);
    let mut work = store_of(data).await.begin(Mode::Read).await.unwrap();
    for attribution in Attribution::ALL {
        let mut shown: Vec<CampaignSums> = work.sums(attribution, None, None).await.unwrap();
        shown.retain(|it| it.sums.leads + it.sums.clients + it.sums.contracts > 0);
        assert_eq!(shown.len(), recounted.len(), "{attribution:?}");
        for row in &recounted {
            let (campaign, numbers) = row.split_once(' ').unwrap();
            let campaign: Option<CampaignId> = campaign.parse::<Uuid>().ok().map(CampaignId);
            let numbers: Vec<i64> = numbers.split(' ').map(|it| it.parse().unwrap()).collect();
            let shown = shown.iter().find(|it| it.id() == campaign).unwrap().sums;
            let counts = [shown.leads, shown.clients, shown.contracts].map(|it| i64::try_from(it).unwrap());
            assert_eq!(counts, numbers[..3], "{attribution:?}");
            assert_eq!(shown.revenue, numbers[3].into(), "{attribution:?}");
        }
    }
}

struct Later(DateTime<Utc>);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The upkeep of the day after, round by round until there is nothing left to do. Returns what it took away.
pub(crate) async fn day_after(data: &Path) -> MaintenanceReport {
    // The id has in it when it was made.
    let latest = database_of(data).rows("SELECT hex(id) AS it FROM audit_log ORDER BY id DESC LIMIT 1").remove(0);
    let (seconds, _) = latest.parse::<Uuid>().unwrap().get_timestamp().unwrap().to_unix();
    let now = DateTime::from_timestamp(seconds.try_into().unwrap(), 0).unwrap() + TimeDelta::hours(25);
    let ports = Ports {
        store: store_of(data).await,
        files: Arc::new(DocumentFiles::in_folder(&data.join("documents")).unwrap()),
        passwords: Arc::new(Bcrypt::default()),
        clock: Arc::new(Later(now)),
    };
    let calendar = Calendar::named("Europe/Moscow").unwrap();
    let crm = Crm::new(ports, Organisation { calendar, document_limit: 1, waiting_uploads: 1 });
    let mut all = MaintenanceReport { removed: 0, put_aside: 0 };
    loop {
        let swept = crm.maintenance().await.unwrap();
        all.removed += swept.removed;
        all.put_aside += swept.put_aside;
        if swept == (MaintenanceReport { removed: 0, put_aside: 0 }) {
            return all;
        }
    }
}
