//! A table as a CSV file or a spreadsheet workbook. Numbers stay numbers, undefined values are empty cells, and no text
//! is a formula.
use axum::body::Body;
use domain::statistics::Hundredths;
use rust_xlsxwriter::{Format as Look, Workbook, XlsxError};

use crate::{
    error::WebError,
    export::{BYTE_ORDER_MARK, CSV, attached, harmless, written},
    form_data::FormData,
    page::{Page, PageResult},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub(super) fn asked(query: &FormData) -> Option<Self> {
        match query.get("format") {
            "" | "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SheetCell {
    Text(String),
    Count(u64),
    /// In minor units; per cent and ratios are hundredths, too.
    Number(Option<Hundredths>),
}

impl SheetCell {
    pub(super) const fn money(minor: i128) -> Self {
        Self::Number(Some(Hundredths(minor)))
    }
}

pub(super) struct Sheet {
    pub(super) name: &'static str,
    /// The header first, the total last.
    pub(super) rows: Vec<Vec<SheetCell>>,
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn answer(page: &Page, name: &str, format: Format, table: Sheet) -> PageResult {
    Ok(match format {
        Format::Csv => {
            let rows = table.rows.iter().map(|row| row.iter().map(|it| plain(page.t.decimal_point, it)).collect());
            let text = written(page.t.csv_delimiter, rows).map_err(unwritten)?;
            attached(&format!("{name}.csv"), CSV, Body::from([BYTE_ORDER_MARK.as_bytes(), &text].concat()))
        }
        Format::Xlsx => {
            // A table with as many rows as campaigns is laid out and compressed, which would block the async runtime.
            let book =
                tokio::task::spawn_blocking(move || workbook(&table)).await.map_err(unwritten)?.map_err(unwritten)?;
            attached(&format!("{name}.xlsx"), XLSX, Body::from(book))
        }
    })
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> WebError {
    WebError::Application(application::Error::Unavailable(Box::new(error)))
}

/// As spreadsheets read it from text: without digit groups, and with the decimal point of the language.
fn plain(point: &str, cell: &SheetCell) -> String {
    match cell {
        SheetCell::Text(text) => harmless(text.clone()),
        SheetCell::Count(number) => number.to_string(),
        SheetCell::Number(None) => String::new(),
        SheetCell::Number(Some(Hundredths(it))) => {
            let (sign, it) = (if *it < 0 { "-" } else { "" }, it.unsigned_abs());
            format!("{sign}{}{point}{:02}", it / 100, it % 100)
        }
    }
}

fn workbook(table: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let (mut book, strong) = (Workbook::new(), Look::new().set_bold());
    let (count, number) = (Look::new().set_num_format("#,##0"), Look::new().set_num_format("#,##0.00"));
    let sheet = book.add_worksheet();
    sheet.set_name(table.name)?;
    for (y, row) in (0_u32..).zip(&table.rows) {
        let edge = y == 0 || y as usize + 1 == table.rows.len();
        let look = |it: &Look| if edge { it.clone().set_bold() } else { it.clone() };
        for (x, cell) in (0_u16..).zip(row) {
            match cell {
                SheetCell::Text(text) if edge => sheet.write_string_with_format(y, x, text, &strong)?,
                SheetCell::Text(text) => sheet.write_string(y, x, text)?,
                SheetCell::Count(it) => sheet.write_number_with_format(y, x, float(i128::from(*it)), &look(&count))?,
                SheetCell::Number(Some(Hundredths(it))) => {
                    sheet.write_number_with_format(y, x, float(*it) / 100.0, &look(&number))?
                }
                SheetCell::Number(None) => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofit();
    book.save_to_buffer()
}

/// Numbers in spreadsheets are floats; amounts become floats only here.
#[expect(clippy::cast_precision_loss, reason = "spreadsheets have no other numbers; fifteen digits are exact")]
fn float(value: i128) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbers_empty_or_harmless_text() {
        let cells = [
            SheetCell::Text("=1+1".to_owned()),
            SheetCell::Count(1234),
            SheetCell::money(-18_333_333),
            SheetCell::money(5),
            SheetCell::Number(None),
        ];
        let text: Vec<String> = cells.iter().map(|it| plain(",", it)).collect();
        assert_eq!(text, ["'=1+1", "1234", "-183333,33", "0,05", ""]);
    }

    #[test]
    fn a_workbook_is_a_zip_archive() {
        let table =
            Sheet { name: "Лиды", rows: vec![vec![SheetCell::Text("=1".to_owned()), SheetCell::Number(None)]] };
        assert!(workbook(&table).unwrap().starts_with(b"PK"));
    }
}
