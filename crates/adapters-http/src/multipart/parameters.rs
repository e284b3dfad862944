//! Parameters of a header, such as `name` in `form-data; name="document"; filename="scan.pdf"`.

/// The value of the first parameter of this name. Bytes that are not UTF-8 become U+FFFD.
///
/// Within quotes, browsers write a quote as `%22`, and other clients write `\"`. A backslash before anything else is
/// literal, because old browsers on Windows send the whole path of a file.
pub(super) fn parameter(header: &[u8], name: &str) -> Option<String> {
    let mut rest = header;
    loop {
        // The value before the first semicolon is not a parameter.
        rest = &rest[rest.iter().position(|it| *it == b';')? + 1..];
        let equals = rest.iter().position(|it| matches!(it, b'=' | b';'))?;
        if rest[equals] == b';' {
            continue;
        }
        let key = rest[..equals].trim_ascii();
        let (value, behind) = value(rest[equals + 1..].trim_ascii_start());
        if key.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(String::from_utf8_lossy(&value).into_owned());
        }
        rest = behind;
    }
}

/// A value, and the rest of the text.
fn value(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = text.iter().position(|it| *it == b';').unwrap_or(text.len());
        return (text[..end].trim_ascii().to_vec(), &text[end..]);
    };
    let mut value = Vec::new();
    let mut rest = quoted;
    loop {
        match rest {
            [b'\\', b'"', behind @ ..] => {
                value.push(b'"');
                rest = behind;
            }
            [b'"', behind @ ..] => return (value, behind),
            [byte, behind @ ..] => {
                value.push(*byte);
                rest = behind;
            }
            [] => return (value, rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, name: &str) -> Option<String> {
        parameter(header.as_bytes(), name)
    }

    #[test]
    fn values_are_read_with_quotes_and_without() {
        let header = r#"form-data; filename="a; name=b.pdf" ; NAME = document"#;
        assert_eq!(of(header, "name").as_deref(), Some("document"));
        assert_eq!(of(header, "filename").as_deref(), Some("a; name=b.pdf"));
        assert_eq!(of("multipart/form-data;boundary=----x", "boundary").as_deref(), Some("----x"));
        assert_eq!(of(r#"form-data; name="документ"; filename="""#, "filename").as_deref(), Some(""));
    }

    #[test]
    fn a_missing_parameter_is_none() {
        for header in ["", "form-data", "form-data;", "form-data; name", "name=x", "form-data; xname=1; name*=2"] {
            assert_eq!(of(header, "name"), None, "{header}");
        }
    }

    #[test]
    fn a_quote_is_escaped_and_a_path_is_not() {
        assert_eq!(of(r#"x; name="a\"b""#, "name").as_deref(), Some("a\"b"));
        assert_eq!(of(r#"x; name="C:\temp\a.pdf""#, "name").as_deref(), Some(r"C:\temp\a.pdf"));
        assert_eq!(of(r#"x; name="never ends"#, "name").as_deref(), Some("never ends"));
        assert_eq!(parameter(b"x; name=\"\xFF\"", "name").as_deref(), Some("\u{FFFD}"));
    }
}
