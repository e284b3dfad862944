//! Somebody at work, who looks at every answer and writes down what came of it.
use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    clients::{Form, client},
    http::{Answer, Browser},
    ledger::{Edit, Ledger, Record, Told},
    office::{Paper, Random, id},
};

/// Nobody waits longer for an answer, whatever it is.
const PATIENCE: Duration = Duration::from_secs(6);
/// How often a form is sent again where the answer is to try again later.
const TRIES: usize = 3;

/// Where somebody works, and as whom.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) address: String,
    pub(crate) cookie: String,
    /// Where they go on when the program at the address is killed; which no other one may be.
    pub(crate) otherwise: Option<String>,
}

pub(crate) struct Worker {
    browser: Browser,
    door: Door,
    service: Uuid,
    pub(crate) random: Random,
    pub(crate) ledger: Ledger,
}

/// A form that was opened, and is to be sent.
pub(crate) struct Opened {
    edit: Edit,
    version: String,
}

impl Worker {
    /// The service is the one that contracts are about.
    pub(crate) fn new(door: Door, service: Uuid, random: Random) -> Self {
        let browser = Browser::new(&door.address, &door.cookie).unwrap();
        Self { browser, door, service, random, ledger: Ledger::default() }
    }

    /// Nothing where there is no answer.
    fn ask(&mut self, path: &str, ask: impl FnOnce(&mut Browser) -> io::Result<Answer>) -> Option<Answer> {
        let begun = Instant::now();
        match ask(&mut self.browser) {
            Ok(answer) => {
                let took = begun.elapsed();
                self.ledger.slowest = self.ledger.slowest.max(took);
                *self.ledger.answers.entry(answer.status).or_default() += 1;
                look_at(path, &answer);
                assert!(took < PATIENCE, "{path} was answered with {} after {took:?}", answer.status);
                if answer.status == 503 {
                    thread::sleep(Duration::from_millis(20));
                }
                Some(answer)
            }
            Err(error) => {
                let otherwise = self.door.otherwise.as_ref();
                let otherwise = otherwise.unwrap_or_else(|| panic!("{path} was not answered: {error}"));
                self.browser = Browser::new(otherwise, &self.door.cookie).unwrap();
                self.ledger.lost += 1;
                None
            }
        }
    }

    fn page(&mut self, path: &str) -> Option<Answer> {
        self.ask(path, |browser| browser.get(path)).filter(|it| it.status == 200)
    }

    pub(crate) fn new_lead(&mut self) -> Option<Uuid> {
        let number = number();
        let (name, phone) = (format!("Лид {number}"), format!("+7901{number:07}"));
        let fields = [("full_name", name.as_str()), ("phone", phone.as_str())];
        let answer = self.ask("/leads", |browser| browser.post("/leads", &fields)).filter(|it| it.status == 303)?;
        let lead = id(&answer.location);
        self.ledger.leads.push(lead);
        Some(lead)
    }

    pub(crate) fn upload(&mut self) -> Option<Paper> {
        let size = self.random.within(1000..20_000);
        let bytes = self.random.pdf(size);
        let file = ("Договор.pdf", bytes.as_slice());
        let answer = self.ask("/uploads", |browser| browser.post_with_file("/uploads", &[], file))?;
        if answer.status != 201 {
            return None;
        }
        let paper = Paper { id: id(&answer.text()), checksum: Sha256::digest(&bytes).into(), size };
        self.ledger.papers.push(paper.clone());
        Some(paper)
    }

    /// Nothing where the lead is converted already, among others.
    pub(crate) fn open_conversion(&mut self, lead: Uuid) -> Option<Form> {
        let paper = self.upload()?;
        let page = self.page(&format!("/leads/{lead}/conversion"))?;
        Some(Form::on(&page, lead, self.service, paper))
    }

    /// Sends the same form again as long as the answer is to do that. Whether it was done in the end.
    pub(crate) fn convert(&mut self, form: Form) -> bool {
        let (path, mut told) = (format!("/leads/{}/conversion", form.lead), Told::Failed);
        for _ in 0..TRIES {
            match self.ask(&path, |browser| form.send(browser)) {
                Some(answer) if answer.status == 303 => told = Told::Done(client(&answer)),
                Some(answer) if answer.status == 409 => told = Told::Refused,
                _ => continue,
            }
            break;
        }
        self.ledger.conversions.push((form, told));
        matches!(told, Told::Done(_))
    }

    pub(crate) fn open(&mut self, record: Record) -> Option<Opened> {
        let page = self.page(&format!("{}/edit", path(record)))?;
        let edit = Edit { record, name: format!("Правка {}", number()) };
        Some(Opened { edit, version: page.hidden("version").unwrap() })
    }

    /// Whether it was done.
    pub(crate) fn save(&mut self, Opened { edit, version }: Opened) -> bool {
        let (there, name) = (path(edit.record), edit.name.as_str());
        let fields = match edit.record {
            Record::Lead(_) => vec![("full_name", name), ("phone", "+7 900 555-01-42"), ("version", version.as_str())],
            Record::Service(_) => vec![("name", name), ("price", "1000"), ("version", version.as_str())],
        };
        let form = format!("{there}/edit");
        let told = match self.ask(&form, |browser| browser.post(&form, &fields)) {
            Some(answer) if answer.status == 303 && answer.location == there => Told::Done(()),
            Some(answer) if answer.status == 409 => Told::Refused,
            Some(answer) if answer.status != 503 => panic!("{form}: {} {}", answer.status, answer.location),
            _ => Told::Failed,
        };
        self.ledger.edits.push((edit, told));
        told == Told::Done(())
    }

    /// A lead from its first call to its first contract.
    pub(crate) fn win_a_client(&mut self) -> bool {
        let form = self.new_lead().and_then(|it| self.open_conversion(it));
        form.is_some_and(|it| self.convert(it))
    }

    pub(crate) fn rename(&mut self, record: Record) -> bool {
        let opened = self.open(record);
        opened.is_some_and(|it| self.save(it))
    }
}

pub(crate) fn path(record: Record) -> String {
    match record {
        Record::Lead(id) => format!("/leads/{id}"),
        Record::Service(id) => format!("/services/{id}"),
    }
}

/// None is given twice.
pub(crate) fn number() -> usize {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Everybody gets what they asked for, or a whole page that says why not. Nobody is signed out.
pub(crate) fn look_at(path: &str, answer: &Answer) {
    let text = answer.text();
    match answer.status {
        200 | 201 => assert!(!text.is_empty(), "{path}: an empty page"),
        303 => assert!(!answer.location.starts_with("/sign-in"), "{path}: signed out"),
        // A script reads this one, and shows it as it is.
        503 if path == "/uploads" => assert!(!text.is_empty() && !text.contains('<'), "{path}: no sentence: {text}"),
        409 | 503 => assert!(text.contains("<h1") && text.ends_with("</html>"), "{path}: no whole page: {text}"),
        status => panic!("{path} was answered with {status}: {text}"),
    }
}
