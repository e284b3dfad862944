//! Bulk actions that archive services or campaigns and restore them.
use application::Archive;
use domain::{campaign::Campaign, service::Service};
use maud::{Markup, html};

use super::{BulkAction, BulkPage};
use crate::{error::WebError, form::Form, page::Page, ui::Icon};

const ARCHIVE: &str = "archive";
const RESTORE: &str = "restore";

/// Each action belongs to the tab that shows records it applies to.
pub(crate) const ARCHIVING: [BulkAction; 2] = [
    BulkAction {
        code: ARCHIVE,
        words: |t| t.bulk.archive,
        button: |t| t.bulk.archive,
        icon: Icon::Archive,
        fits: |asked| asked.all("archived").is_empty(),
    },
    BulkAction {
        code: RESTORE,
        words: |t| t.bulk.restore,
        button: |t| t.bulk.restore,
        icon: Icon::ArchiveRestore,
        fits: |asked| !asked.all("archived").is_empty(),
    },
];

impl BulkPage for Campaign {
    fn change(_: &mut Form, act: &str) -> Option<Archive> {
        Some(Archive(act == ARCHIVE))
    }

    async fn controls(_: &Page, _: &Form, _: &str) -> Result<Markup, WebError> {
        Ok(html! {})
    }
}

impl BulkPage for Service {
    fn change(_: &mut Form, act: &str) -> Option<Archive> {
        Some(Archive(act == ARCHIVE))
    }

    async fn controls(_: &Page, _: &Form, _: &str) -> Result<Markup, WebError> {
        Ok(html! {})
    }
}
