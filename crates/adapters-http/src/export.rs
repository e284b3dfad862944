//! The CSV export of a list: all rows that match its filters, streamed while they are read.
use application::{Export, ListResult, Listing, Selection};
use axum::{
    body::Body,
    extract::RawQuery,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use csv::{QuoteStyle, WriterBuilder};
use domain::{
    access::Permission,
    field::Field,
    store::{Names, Repository, UnitOfWork},
};
use futures::stream;
use maud::{Markup, html};

use crate::{
    error::WebError,
    form_data::FormData,
    lists::{ListPage, ListQuery, ticked},
    page::{Page, PageResult},
    record::RecordPage,
    ui::{Icon, history::in_words, icon, list::url},
};

/// A list that can be exported.
pub(crate) trait CsvExport: RecordPage + Listing {
    /// The columns of the file. The creation time follows as the last column.
    const FILE: &'static [Field];
}

/// Without it, spreadsheets do not read the file as UTF-8.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{FEFF}";

pub(crate) async fn file<R>(page: Page, RawQuery(query): RawQuery) -> PageResult
where
    R: ListPage,
    dyn UnitOfWork: Repository<R>,
{
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let ticked = ticked(&query);
    let selection = if ticked.is_empty() {
        let parts = ListQuery::read::<R>(&query).parts::<R>(&page.session);
        Selection::All(parts.map_err(|_| WebError::BadRequest)?)
    } else {
        Selection::These(ticked.into_iter().map(R::Id::from).collect())
    };
    let export = page.session.export::<R>(selection).await?;
    let name = format!("{}-{}.csv", R::LIST.trim_start_matches('/'), page.session.today());
    Ok(attached(&name, CSV, Body::from_stream(lines(page, export))))
}

pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// A response that the browser saves as a file of this name.
pub(crate) fn attached(name: &str, media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, attachment.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// The address of a list's export, for users who may export it.
pub(crate) fn link<R: CsvExport>(page: &Page, keep: &[(&str, &str)]) -> Markup {
    let may = Permission::to_export(R::KIND).is_some_and(|it| page.may(it));
    html! {
        @if may { a.with-icon href=(url(&format!("{}/export", R::LIST), keep)) download { (icon(Icon::Download)) (page.t.export) } }
    }
}

/// Streams the list page by page. An error ends the response early, so that nobody takes a part for the whole list.
fn lines<R>(page: Page, export: Export<R>) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> + Send
where
    R: CsvExport,
    dyn UnitOfWork: Repository<R>,
{
    let head = page.t.field;
    let head = R::FILE.iter().map(|it| head(*it).to_owned()).chain([page.t.added.to_owned()]).collect();
    stream::try_unfold((page, export, Some(head)), |(page, mut export, head)| async move {
        let listed = next(&mut export).await?;
        // The file of an empty list contains only the header row.
        if listed.is_none() && head.is_none() {
            return Ok(None);
        }
        let mark = if head.is_some() { BYTE_ORDER_MARK } else { "" };
        let rows = head.into_iter().chain(listed.iter().flat_map(|it| rows(&page, it)));
        let text = [mark.as_bytes(), &written(page.t.csv_delimiter, rows)?].concat();
        Ok(Some((Bytes::from(text), (page, export, None))))
    })
}

async fn next<R>(export: &mut Export<R>) -> Result<Option<ListResult<R>>, std::io::Error>
where
    R: CsvExport,
    dyn UnitOfWork: Repository<R>,
{
    export.next().await.map_err(|error| {
        tracing::error!(%error, list = R::LIST, "a list that was taken away broke off");
        std::io::Error::other(error)
    })
}

pub(crate) fn written(delimiter: u8, rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, std::io::Error> {
    let mut writer = WriterBuilder::new().delimiter(delimiter).quote_style(QuoteStyle::Always).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|it| std::io::Error::other(it.to_string()))
}

fn rows<'a, R: CsvExport>(page: &'a Page, listed: &'a ListResult<R>) -> impl Iterator<Item = Vec<String>> + 'a {
    listed.page.items.iter().map(|record| {
        let fields = record.fields();
        let value =
            |field: Field| fields.iter().find(|it| it.0 == field).map(|it| cell(page, field, &it.1, &listed.names));
        let made = page.session.calendar().local(record.stamp().created_at).format("%Y-%m-%d %H:%M").to_string();
        R::FILE.iter().map(|it| value(*it).unwrap_or_default()).chain([made]).collect()
    })
}

/// A value for spreadsheets: days and numbers keep their type, and no text is read as a formula.
fn cell(page: &Page, field: Field, value: &str, names: &Names) -> String {
    match field {
        Field::Amount | Field::Budget | Field::Price => value.replace('.', page.t.decimal_point),
        Field::StartsOn | Field::EndsOn | Field::SignedOn | Field::ValidFrom | Field::ValidUntil => value.to_owned(),
        // Stored phone numbers begin with a plus but are not formulas.
        Field::Phone => in_words(page, field, value, names),
        _ => harmless(in_words(page, field, value, names)),
    }
}

/// Spreadsheets evaluate text that begins with these characters. An apostrophe in front keeps it text.
pub(crate) fn harmless(text: String) -> String {
    const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_formula_stays_text() {
        for text in ["=1+1", "+7", "-x", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"] {
            assert_eq!(harmless(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "Анна", "1+1", " =1", "a@b.example", "'x"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn every_cell_is_quoted() {
        let rows = [vec!["а;б".to_owned(), "в \"г\"\nд".to_owned()], vec![String::new(), "1".to_owned()]];
        let text = String::from_utf8(written(b';', rows.into_iter()).unwrap()).unwrap();
        assert_eq!(text, "\"а;б\";\"в \"\"г\"\"\nд\"\n\"\";\"1\"\n");
    }
}
