//! An office to do business in: a folder, somebody signed in, a service, a campaign, leads, and random papers.
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

use crate::{
    http::{Answer, Browser},
    support::{Server, run, voronka},
};

pub(crate) const PASSWORD: &str = "пять лис под дождём";

/// The same numbers for the same seed (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn within(&mut self, range: std::ops::Range<usize>) -> usize {
        let span = u64::try_from(range.len()).unwrap();
        range.start + usize::try_from(self.next() % span).unwrap()
    }

    /// A paper unlike any other. It repeats itself, but never at the length of a piece that anything is cut into.
    pub(crate) fn pdf(&mut self, size: usize) -> Vec<u8> {
        let random: Vec<u8> = (0..1021).flat_map(|_| self.next().to_le_bytes()).collect();
        let mut bytes = b"%PDF-1.7\n".to_vec();
        while bytes.len() < size {
            bytes.extend_from_slice(&random);
        }
        bytes.truncate(size);
        bytes
    }
}

/// A document as its client knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) id: Uuid,
    pub(crate) checksum: [u8; 32],
    pub(crate) size: usize,
}

/// Sends a file ahead of its form. An error is an answer that did not come.
pub(crate) fn upload(browser: &mut Browser, bytes: &[u8]) -> std::io::Result<Paper> {
    let answer = browser.post_with_file("/uploads", &[], ("Договор.pdf", bytes))?;
    assert_eq!(answer.status, 201, "{}", answer.text());
    Ok(Paper { id: id(&answer.text()), checksum: Sha256::digest(bytes).into(), size: bytes.len() })
}

/// The id at the end of a path.
pub(crate) fn id(path: &str) -> Uuid {
    let last = path.rsplit('/').next().unwrap();
    last.parse().unwrap_or_else(|_| panic!("{path:?} does not end with an id"))
}

fn made(answer: &Answer) -> Uuid {
    assert_eq!(answer.status, 303, "{}", answer.text());
    id(&answer.location)
}

pub(crate) struct Office {
    pub(crate) folder: TempDir,
    pub(crate) service: Uuid,
    campaign: Uuid,
    /// Of the superuser. Sessions are stored: it is good after a restart.
    pub(crate) cookie: String,
    leads: usize,
}

impl Office {
    /// Opened for the first time.
    pub(crate) fn open() -> (Self, Server) {
        Self::open_in(tempdir().unwrap(), &[])
    }

    /// With a server that is told something.
    pub(crate) fn open_in(folder: TempDir, env: &[(&str, &str)]) -> (Self, Server) {
        let mut command = voronka(folder.path());
        command.args(["createsuperuser", "--username", "anna"]).env("VORONKA_PASSWORD", PASSWORD);
        let created = run(&mut command, "");
        assert_eq!(created.code, Some(0), "{created:?}");

        let server = Server::start(folder.path(), env);
        let mut browser = Browser::signed_in(server.address(), "anna", PASSWORD).unwrap();
        let service = browser.post("/services", &[("name", "Внедрение"), ("description", ""), ("price", "1000")]);
        let service = made(&service.unwrap());
        let (name, of) = ("Весна", service.to_string());
        let fields = [("name", name), ("service", of.as_str()), ("channel", "Радио"), ("budget", "5000")];
        let campaign = made(&browser.post("/campaigns", &fields).unwrap());
        (Self { folder, service, campaign, cookie: browser.cookie, leads: 0 }, server)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn browser(&self, server: &Server) -> Browser {
        Browser::new(server.address(), &self.cookie).unwrap()
    }

    /// Another lead; every third one came without the campaign.
    pub(crate) fn lead(&mut self, browser: &mut Browser) -> Uuid {
        self.leads += 1;
        let (name, phone) = (format!("Лид {}", self.leads), format!("+7900{:07}", self.leads));
        let campaign = if self.leads.is_multiple_of(3) { String::new() } else { self.campaign.to_string() };
        let fields = [("full_name", name.as_str()), ("phone", phone.as_str()), ("campaign", campaign.as_str())];
        made(&browser.post("/leads", &fields).unwrap())
    }

    /// Somebody with the role of managers, signed in.
    pub(crate) fn manager(&self, server: &Server, username: &str) -> Browser {
        self.employee(server, username, "Менеджер");
        Browser::signed_in(server.address(), username, PASSWORD).unwrap()
    }

    /// Somebody new with the role of this name.
    pub(crate) fn employee(&self, server: &Server, username: &str, role: &str) -> Uuid {
        let mut browser = self.browser(server);
        let form = browser.get("/users/new").unwrap().text();
        let (before, _) = form.split_once(role).expect("there is such a role");
        let (_, role) = before.rsplit_once("name=\"roles\" value=\"").unwrap();
        let role = role.split('"').next().unwrap();
        let user =
            made(&browser.post("/users", &[("username", username), ("full_name", ""), ("roles", role)]).unwrap());
        let password = [("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(browser.post(&format!("/users/{user}/password"), &password).unwrap().status, 303);
        user
    }
}
