//! Files: uploaded before their form or inside it, refused with a reason, and downloaded unchanged.
use crate::support::{
    Answer, Browser, Site, html, multipart_type,
    office::{LIMIT, Office, Person, everything::everything, files_below, pdf},
    parts,
    records::{Fields, Records, borrowed},
};
use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use domain::{contract::Contract, document::Document, record::RecordKind};

const TOO_LARGE: &str = "Файл больше 1\u{a0}МБ. Сожмите его или отсканируйте с меньшим качеством.";
const TYPE: &str = "Такой файл не подходит. Нужен PDF, DOC, DOCX, ODT, RTF, JPG, PNG или TIFF";
const CONTENT: &str = "Содержимое файла не соответствует его названию. Сохраните его заново и выберите снова";
const EMPTY: &str = "Файл пустой. Выберите другой";
const NONE: &str = "Приложите файл договора";

/// Files that are refused, with the reasons.
fn bad_files() -> Vec<(String, Vec<u8>, &'static str)> {
    vec![
        ("большой.pdf".into(), pdf(LIMIT + 1), TOO_LARGE),
        ("очень большой.pdf".into(), pdf(LIMIT * 3), TOO_LARGE),
        ("пустой.pdf".into(), Vec::new(), EMPTY),
        ("страница.html".into(), pdf(100), TYPE),
        ("картинка.svg".into(), b"<svg onload=alert(1)>".to_vec(), TYPE),
        ("договор.pdf.exe".into(), pdf(100), TYPE),
        ("без точки".into(), pdf(100), TYPE),
        ("лжёт.pdf".into(), b"<html><script>alert(1)</script>".to_vec(), CONTENT),
        ("лжёт.docx".into(), b"PK\x03\x04 nothing of a text".to_vec(), CONTENT),
        (format!("{}.pdf", "я".repeat(300)), pdf(100), "Файл договора: не больше 255 знаков"),
    ]
}

fn stored_files(office: &Office) -> usize {
    files_below(&office.folder.path().join("documents")).len()
}

async fn documents(office: &Office) -> usize {
    everything(&*office.store).await.iter().filter(|it| it.kind == RecordKind::Document).count()
}

async fn upload(browser: &mut Browser, name: &str, bytes: &[u8]) -> Answer {
    browser.post_file("/uploads", &[], &[(name, bytes)]).await
}

/// The forms with a file, filled in without it.
const FORMS: [&str; 3] = ["/contracts", "/contracts/{id}/edit", "/leads/{id}/conversion"];

fn without_a_file(records: &Records, route: &str) -> Fields {
    records.body(route).into_iter().filter(|it| it.0 != "document").collect()
}

#[tokio::test]
async fn an_upload_of_a_bad_file_gets_a_plain_reason() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    for (name, bytes, sentence) in bad_files() {
        let answer = upload(&mut maxim, &name, &bytes).await;
        let status = if sentence == TOO_LARGE { 413 } else { 422 };
        assert_eq!((answer.status, answer.text().as_str()), (status, sentence), "{name}");
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"), "{name}");
    }
    let none = maxim.post_raw("/uploads", &multipart_type(), parts(&[("other", "x")], &[])).await;
    assert_eq!((none.status, none.text().as_str()), (422, NONE));
    for (media_type, body) in [("text/plain", pdf(10)), ("multipart/form-data", pdf(10))] {
        let answer = maxim.post_raw("/uploads", media_type, body).await;
        assert_eq!((answer.status, answer.text().as_str()), (400, "Файл не загрузился. Попробуйте ещё раз."));
    }
    let whole = parts(&[], &[("договор.pdf", &pdf(5000))]);
    let cut = maxim.post_raw("/uploads", &multipart_type(), whole[..3000].to_vec()).await;
    assert_eq!((cut.status, cut.text().as_str()), (400, "Файл не загрузился. Попробуйте ещё раз."));
    assert_eq!((stored_files(&site.office), documents(&site.office).await), (0, 0));
}

#[tokio::test]
async fn a_file_with_too_large_a_declared_length_is_refused_unread() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let request = Request::post("/uploads")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, multipart_type())
        .header(header::CONTENT_LENGTH, 3 * LIMIT);
    // A body that fails the test when it is read.
    let unread = futures::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, std::io::Error>>> {
        panic!("the body was read")
    });
    let answer = maxim.send(request, Body::from_stream(unread)).await;
    assert_eq!((answer.status, answer.text().as_str()), (413, TOO_LARGE));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_detected_while_it_arrives() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let body = parts(&[], &[("договор.pdf", &pdf(LIMIT + 1))]);
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(10_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
    let request = Request::post("/uploads")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, multipart_type());
    let answer = maxim.send(request, Body::from_stream(futures::stream::iter(pieces))).await;
    assert_eq!((answer.status, answer.text().as_str()), (413, TOO_LARGE));
    assert_eq!(stored_files(&site.office), 0);
    let largest = upload(&mut maxim, "договор.pdf", &pdf(LIMIT)).await;
    assert_eq!(largest.status, 201);
}

#[tokio::test]
async fn a_bad_file_in_a_form_is_an_error_at_its_field_and_input_is_kept() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for route in FORMS {
        let records = Records::new(&site.office, Person::Gleb).await;
        let (path, fields) = (records.path(route), without_a_file(&records, route));
        let (before, files) = (everything(&*site.office.store).await, stored_files(&site.office));
        for (name, bytes, sentence) in bad_files() {
            let answer = gleb.post_file(&path, &borrowed(&fields), &[(&name, &bytes)]).await;
            let text = answer.text();
            assert!(matches!(answer.status, 413 | 422) && answer.is_page(), "{route} {name}: {}", answer.status);
            assert_eq!(html::text_of(&text, "document-error").as_deref(), Some(sentence), "{route} {name}");
            assert!(html::is_marked_invalid(&text, "document"), "{route} {name}");
            let form = html::form(&text, &path).unwrap();
            for (field, typed) in &fields {
                assert_eq!(html::value(&form, field).as_ref(), Some(typed), "{route} {name}: {field}");
            }
            assert_eq!(everything(&*site.office.store).await, before, "{route} {name}");
            assert_eq!(stored_files(&site.office), files, "{route} {name}");
        }
    }
}

#[tokio::test]
async fn a_form_requires_a_file_unless_one_is_stored() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for route in FORMS {
        let records = Records::new(&site.office, Person::Gleb).await;
        let fields = without_a_file(&records, route);
        let answer = gleb.post_file(&records.path(route), &borrowed(&fields), &[("", &[])]).await;
        if route == "/contracts/{id}/edit" {
            assert_eq!(answer.status, 303);
            let kept: Contract = site.office.stored(records.contract).await;
            assert_eq!(kept.document, records.document);
        } else {
            assert_eq!(answer.status, 422, "{route}");
            assert_eq!(html::text_of(&answer.text(), "document-error").as_deref(), Some(NONE), "{route}");
        }
    }
}

#[tokio::test]
async fn a_file_survives_an_error_elsewhere_in_its_form() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    for route in FORMS {
        let records = Records::new(&site.office, Person::Gleb).await;
        let (path, fields) = (records.path(route), without_a_file(&records, route));
        let wrong: Vec<(&str, &str)> =
            borrowed(&fields).into_iter().map(|(name, it)| (name, if name == "amount" { "1e9" } else { it })).collect();
        let answer = gleb.post_file(&path, &wrong, &[("скан & подпись.pdf", &pdf(5000))]).await;
        let text = answer.text();
        assert_eq!(answer.status, 422, "{route}");
        assert!(html::text_of(&text, "document-error").is_none(), "{route}");
        assert!(text.contains("скан &amp; подпись.pdf"), "{route}");
        // The form is sent again as it came back, with another amount and no new file.
        let form = html::form(&text, &path).unwrap();
        let values = html::values(&form);
        let again: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, it)| (name.as_str(), if name == "amount" { "80 000" } else { it.as_str() }))
            .collect();
        let answer = gleb.post_file(&path, &again, &[("", &[])]).await;
        assert_eq!(answer.status, 303, "{route}");
        let (_, token) = again.iter().find(|it| it.0 == "document").unwrap();
        let kept: Document = site.office.stored(token.parse::<uuid::Uuid>().unwrap().into()).await;
        assert_eq!((kept.name.as_str(), kept.size), ("скан & подпись.pdf", 5000), "{route}");
        let contract: Contract = site.office.stored(kept.contract.unwrap()).await;
        assert_eq!(contract.document, kept.id, "{route}");
    }
}

#[tokio::test]
async fn odd_file_names_lose_only_invalid_characters() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    for (sent, kept) in [
        ("..\\..\\договор.pdf", Some("договор.pdf")),
        ("../../../etc/passwd.pdf", Some("passwd.pdf")),
        ("договор 😀 №1.pdf", Some("договор 😀 №1.pdf")),
        ("a%22b%0D%0A.pdf", None),
        ("<b>'&amp;.pdf", Some("<b>'&amp;.pdf")),
        ("a; filename=x.html.pdf", Some("a; filename=x.html.pdf")),
        ("  много   пробелов .pdf", Some("много пробелов .pdf")),
        ("a\u{0}b.pdf", None),
        ("a\u{1b}[31m.pdf", None),
    ] {
        let answer = upload(&mut maxim, sent, &pdf(100)).await;
        assert!(answer.status < 500, "{sent:?}: {}", answer.status);
        let Some(kept) = kept else {
            assert!(matches!(answer.status, 201 | 400 | 422), "{sent:?}: {}", answer.status);
            continue;
        };
        assert_eq!(answer.status, 201, "{sent:?}: {}", answer.text());
        let id = answer.text().parse::<uuid::Uuid>().unwrap();
        assert_eq!(site.office.stored::<Document>(id.into()).await.name.as_str(), kept);
        let fields: Fields = without_a_file(&records, "/contracts")
            .into_iter()
            .filter(|it| it.0 != "key")
            .chain([("document", id.to_string())])
            .collect();
        let made = maxim.post_file("/contracts", &borrowed(&fields), &[]).await;
        let at = made.location().unwrap_or_else(|| panic!("{sent:?}: {}", made.status)).to_owned();
        let page = maxim.get(&at).await;
        assert!(!page.text().contains("<b>'"), "{sent:?} is not escaped");
        let file = maxim.get(&format!("{at}/document")).await;
        let disposition = file.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{disposition}");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        let (_, name) = disposition.split_once("filename*=UTF-8''").unwrap();
        let decoded: Vec<(String, String)> =
            form_urlencoded::parse(format!("n={}", name.replace('+', "%2B")).as_bytes()).into_owned().collect();
        assert_eq!(decoded[0].1, kept);
    }
}

#[tokio::test]
async fn a_document_is_downloaded_unchanged_and_never_as_a_page() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let mut sent = pdf(LIMIT);
    for (at, byte) in sent.iter_mut().enumerate().skip(20) {
        *byte = u8::try_from(at % 251).unwrap();
    }
    let fields = without_a_file(&records, "/contracts");
    let made = maxim.post_file("/contracts", &borrowed(&fields), &[("договор.pdf", &sent)]).await;
    let at = made.location().unwrap().to_owned();
    let id: Contract = site.office.stored(at.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap().into()).await;
    for path in [format!("{at}/document"), format!("{at}/documents/{}", id.document)] {
        let answer = maxim.get(&path).await;
        assert_eq!((answer.status, answer.body == sent), (200, true), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        assert_eq!(answer.header("content-length"), Some(LIMIT.to_string().as_str()));
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment;"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; sandbox"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let foreign = maxim.get(&format!("{at}/documents/{}", records.document)).await;
    let waiting = maxim.get(&format!("{at}/documents/{}", records.upload)).await;
    assert!(foreign.status == 404 && waiting.status == 404);
}

#[tokio::test]
async fn only_types_that_browsers_display_are_previewed_in_a_frame() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 100]].concat();
    let rtf = b"{\\rtf1 text}".to_vec();
    for (name, bytes, shown) in [("скан.pdf", pdf(300), true), ("скан.png", png, true), ("текст.rtf", rtf, false)]
    {
        let records = Records::new(&site.office, Person::Maxim).await;
        let fields = without_a_file(&records, "/contracts");
        let made = maxim.post_file("/contracts", &borrowed(&fields), &[(name, &bytes)]).await;
        let at = made.location().unwrap().to_owned();
        let id = at.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap();
        let document = site.office.stored::<Contract>(id.into()).await.document;
        let file = maxim.get(&format!("{at}/documents/{document}?inline=1")).await;
        assert!(file.body == bytes, "{name}");
        let disposition = file.header("content-disposition").unwrap();
        assert!(disposition.starts_with(if shown { "inline;" } else { "attachment;" }), "{name}: {disposition}");
        let policy = file.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; sandbox"), "{name}: {policy}");
        assert_eq!(policy.contains("frame-ancestors 'self'"), shown, "{name}: {policy}");
        assert_eq!(file.header("x-frame-options"), Some(if shown { "SAMEORIGIN" } else { "DENY" }), "{name}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));

        let link = format!("{at}?view={document}");
        let record = maxim.get(&at).await;
        let offered = html::tags(&record.text()).iter().any(|it| it.get("href") == Some(&format!("{link}#preview")));
        assert_eq!(offered, shown, "{name}");
        assert!(!record.header("content-security-policy").unwrap().contains("frame-src"), "{name}");
        let page = maxim.get(&link).await;
        let source = format!("{at}/documents/{document}?inline=1");
        assert_eq!(html::tags(&page.text()).iter().any(|it| it.get("src") == Some(&source)), shown, "{name}");
        let policy = page.header("content-security-policy").unwrap();
        assert_eq!(policy.contains("frame-src 'self'"), shown, "{name}");
        assert!(policy.contains("frame-ancestors 'none'") && page.header("x-frame-options") == Some("DENY"));
        // The details that identify this file, and the user who uploaded it.
        let checksum = site.office.stored::<Document>(document).await.checksum.to_string();
        let title = format!("SHA-256: {checksum}");
        assert!(html::tags(&page.text()).iter().any(|it| it.get("title") == Some(&title)), "{name}");
        // A document of another contract is not shown here.
        let foreign = maxim.get(&format!("{at}?view={}", records.document)).await;
        assert!(foreign.status == 200 && !foreign.text().contains("id=\"preview\""));
    }
    let records = Records::new(&site.office, Person::Maxim).await;
    let path = format!("/contracts/{}/documents/{}?inline=1", records.contract, records.document);
    assert_eq!(site.browser(Person::Anna).await.get(&path).await.status, 403);
}

#[tokio::test]
async fn the_upload_token_of_another_manager_is_refused() {
    let site = Site::new().await;
    let (mut maxim, mut gleb) = (site.browser(Person::Maxim).await, site.browser(Person::Gleb).await);
    let token = upload(&mut maxim, "тайный договор.pdf", &pdf(100)).await.text();
    for route in FORMS {
        let records = Records::new(&site.office, Person::Gleb).await;
        let fields: Fields = without_a_file(&records, route).into_iter().chain([("document", token.clone())]).collect();
        let before = everything(&*site.office.store).await;
        let answer = gleb.post_file(&records.path(route), &borrowed(&fields), &[]).await;
        let told = html::text_of(&answer.text(), "document-error");
        let gone = Some("Файл уже недоступен. Выберите его ещё раз");
        assert_eq!((answer.status, told.as_deref()), (422, gone), "{route}");
        assert!(!answer.text().contains("тайный"), "{route}");
        assert_eq!(everything(&*site.office.store).await, before, "{route}");
    }
}

#[tokio::test]
async fn a_form_takes_one_file_and_leaves_no_others_stored() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let fields = without_a_file(&records, "/contracts");
    let before = documents(&site.office).await;
    let scan = pdf(100);
    let many: Vec<(&str, &[u8])> = vec![("скан.pdf", &scan[..]); 30];
    let answer = gleb.post_file("/contracts", &borrowed(&fields), &many).await;
    assert!(answer.status < 500);
    let kept = documents(&site.office).await - before;
    assert!(kept <= 1, "{kept} files of one form are kept");
}

#[tokio::test]
async fn a_form_with_too_many_parts_is_refused() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let fields = without_a_file(&records, "/contracts");
    let nothing: Vec<(&str, &[u8])> = vec![("", b""); 10_000];
    let answer = gleb.post_file("/contracts", &borrowed(&fields), &nothing).await;
    assert!(answer.status == 400 && answer.is_page(), "{}", answer.status);
    assert_eq!(gleb.post_file("/contracts", &borrowed(&fields), &nothing[..1]).await.status, 422);
}
