//! A PDF of one page with lines of Latin text: valid, and small.

/// The page is A4; the first line is a heading. ISO 32000-1, 7.5: header, objects, table of their places, trailer.
pub(super) fn pdf(lines: &[String]) -> Vec<u8> {
    let content = content(lines);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
         /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let table = file.len();
    let size = objects.len() + 1;
    // Every entry of the table has exactly twenty bytes.
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").into_bytes());
    file
}

fn content(lines: &[String]) -> String {
    let shown = lines.iter().enumerate().map(|(at, line)| {
        let smaller = if at == 0 { " /F1 11 Tf 18 TL" } else { "" };
        format!(" ({}) Tj T*{smaller}", escaped(line))
    });
    format!("BT /F1 18 Tf 28 TL 72 760 Td{} ET", shown.collect::<String>())
}

/// The font has no other letters, and brackets and backslashes mean something within a string.
fn escaped(line: &str) -> String {
    line.chars().filter(|it| matches!(it, ' '..='~')).fold(String::new(), |mut text, it| {
        if matches!(it, '(' | ')' | '\\') {
            text.push('\\');
        }
        text.push(it);
        text
    })
}

#[cfg(test)]
mod tests {
    use domain::{document::DocumentType, values::FileName};

    use super::*;

    #[test]
    fn the_table_says_where_each_object_is() {
        let file = String::from_utf8(pdf(&["Contract (A) \\ 1".into(), "Привет, Helvetica".into()])).unwrap();
        let start = file.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap();
        let table = &file[start.parse::<usize>().unwrap()..];
        assert!(table.starts_with("xref\n0 6\n"), "{table}");
        for (number, entry) in table.lines().skip(3).take(5).enumerate() {
            let place: usize = entry[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{} 0 obj\n", number + 1)), "{entry}");
        }
        assert!(file.contains("(Contract \\(A\\) \\\\ 1) Tj") && file.contains("(, Helvetica) Tj"), "{file}");
        let stream = file.split_once("stream\n").unwrap().1.split_once("\nendstream").unwrap().0;
        assert!(file.contains(&format!("/Length {} ", stream.len())));
    }

    #[test]
    fn the_program_itself_would_accept_it() {
        let name = FileName::parse("Договор.pdf").unwrap();
        assert_eq!(DocumentType::recognize(&name, &pdf(&["x".into()])), Ok(DocumentType::Pdf));
    }
}
