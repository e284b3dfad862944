//! Those who convert leads while the server is killed, and what each of them has in its hands.
use std::{io, sync::Mutex};

use uuid::Uuid;

use crate::{
    http::{Answer, Browser},
    office::{Paper, Random, id, upload},
};

/// A filled-in form of a conversion. Sent again, it is the same form.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) lead: Uuid,
    /// The form's key, which becomes the contract's id.
    pub(crate) contract: Uuid,
    pub(crate) paper: Paper,
    service: Uuid,
    version: String,
}

impl Form {
    pub(crate) fn fill_in(browser: &mut Browser, lead: Uuid, service: Uuid, paper: Paper) -> io::Result<Self> {
        let page = browser.get(&format!("/leads/{lead}/conversion"))?;
        assert_eq!(page.status, 200, "{}", page.text());
        Ok(Self::on(&page, lead, service, paper))
    }

    /// The one that a page shows.
    pub(crate) fn on(page: &Answer, lead: Uuid, service: Uuid, paper: Paper) -> Self {
        let hidden = |name| page.hidden(name).unwrap_or_else(|| panic!("the form has no {name}"));
        Self { lead, contract: id(&hidden("key")), paper, service, version: hidden("version") }
    }

    pub(crate) fn send(&self, browser: &mut Browser) -> io::Result<Answer> {
        let [key, service, document] = [self.contract, self.service, self.paper.id].map(|it| it.to_string());
        let email = format!("{}@example.com", self.lead);
        let fields = [
            ("key", key.as_str()),
            ("version", self.version.as_str()),
            ("full_name", "Мария Клиентова"),
            ("phone", ""),
            // Each lead is a person of its own.
            ("email", email.as_str()),
            ("contract", ""),
            ("name", "Договор № 1"),
            ("service", service.as_str()),
            ("amount", "1234.50"),
            ("signed_on", "2024-01-15"),
            ("valid_from", "2024-01-15"),
            ("valid_until", "2034-01-14"),
            ("document", document.as_str()),
        ];
        browser.post_with_file(&format!("/leads/{}/conversion", self.lead), &fields, ("", b""))
    }
}

/// The client that an answer speaks of: it was made just now.
pub(crate) fn client(answer: &Answer) -> Uuid {
    assert!(answer.status == 303 && answer.location.starts_with("/clients/"), "{}", answer.text());
    id(&answer.location)
}

/// Somebody else was quicker, and the answer says where the client is.
pub(crate) fn refused_for(answer: &Answer, client: Uuid) {
    let (status, text) = (answer.status, answer.text());
    assert!(status == 409 && text.contains("Лид уже переведён"), "{status} {text}");
    assert!(text.contains(&format!("href=\"/clients/{client}\"")), "{text}");
}

/// What is done in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Conversions,
    Uploads,
    LargeUploads,
}

impl Work {
    pub(crate) fn size(self, random: &mut Random) -> usize {
        match self {
            Self::Conversions | Self::Uploads => random.within(10 * 1024..300 * 1024),
            Self::LargeUploads => random.within(8 * 1024 * 1024..16 * 1024 * 1024),
        }
    }
}

/// The request whose answer never came.
#[derive(Debug)]
pub(crate) enum Lost {
    Upload,
    /// Only asked for a page.
    Page(Uuid),
    Conversion(Form),
}

/// What one client got answers to, in its own order, and what it got none to.
pub(crate) struct Seen {
    pub(crate) papers: Vec<Paper>,
    pub(crate) conversions: Vec<(Form, Uuid)>,
    /// How often the server was too busy for a conversion, and got it once more.
    pub(crate) busy: usize,
    pub(crate) lost: Lost,
}

/// Works until the server is gone: without a lead to convert, it sends files ahead.
pub(crate) fn until_killed(
    browser: &mut Browser,
    work: Work,
    leads: &Mutex<Vec<Uuid>>,
    service: Uuid,
    random: &mut Random,
) -> Seen {
    let (mut papers, mut conversions, mut busy) = (Vec::new(), Vec::new(), 0);
    let lost = loop {
        let size = work.size(random);
        let Ok(paper) = upload(browser, &random.pdf(size)) else { break Lost::Upload };
        papers.push(paper.clone());
        let lead = if work == Work::Conversions { leads.lock().unwrap().pop() } else { None };
        let Some(lead) = lead else { continue };
        let Ok(form) = Form::fill_in(browser, lead, service, paper) else { break Lost::Page(lead) };
        let answer = loop {
            match form.send(browser) {
                Ok(answer) if answer.status == 503 => busy += 1,
                answer => break answer,
            }
        };
        match answer {
            Ok(answer) => conversions.push((form, client(&answer))),
            Err(_) => break Lost::Conversion(form),
        }
    };
    Seen { papers, conversions, busy, lost }
}
