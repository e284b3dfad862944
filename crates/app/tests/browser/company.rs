//! The invented company of `voronka demo`, served.
use tempfile::{TempDir, tempdir};

use crate::{
    browser::Browser,
    http,
    support::{Server, database, run, voronka},
};

pub(crate) const PASSWORD: &str = "семь синих слонов";

/// A server with its data. It ends before its folder goes.
pub(crate) struct Company {
    pub(crate) server: Server,
    folder: TempDir,
}

/// Somebody signed in at a company of so many leads.
pub(crate) async fn at_work(leads: u32, username: &str) -> (Company, Browser) {
    let company = Company::with_leads(leads);
    let browser = Browser::start(&company.server.url).await;
    browser.sign_in(username, PASSWORD).await;
    (company, browser)
}

impl Company {
    pub(crate) fn with_leads(leads: u32) -> Self {
        let folder = tempdir().unwrap();
        let filled = run(voronka(folder.path()).args(["demo", "--leads", &leads.to_string()]), "");
        assert_eq!(filled.code, Some(0), "{filled:?}");
        assert!(filled.out.contains(PASSWORD), "{filled:?}");
        Self { server: Server::start(folder.path(), &[]), folder }
    }

    /// Enters a lead of this status, as somebody who may do everything, in a browser of its own; its path.
    pub(crate) fn lead(&self, name: &str, phone: &str, status: &str) -> String {
        let mut director = http::Browser::signed_in(self.server.address(), "director", PASSWORD).unwrap();
        let made = director.post("/leads", &[("full_name", name), ("phone", phone)]).unwrap();
        assert_eq!(made.status, 303, "{}", made.text());
        let lead = made.location.split('?').next().unwrap().to_owned();
        if status != "new" {
            let set = director.post(&format!("{lead}/status"), &[("version", "1"), ("status", status)]).unwrap();
            assert_eq!(set.status, 303, "{}", set.text());
        }
        lead
    }

    /// Takes away from the server what it asks for on each page: who it is.
    pub(crate) fn begin_outage(&self) {
        database(self.folder.path()).execute("ALTER TABLE sessions RENAME TO sessions_elsewhere");
    }

    pub(crate) fn end_outage(&self) {
        database(self.folder.path()).execute("ALTER TABLE sessions_elsewhere RENAME TO sessions");
    }
}
