//! Parses our own pages into tags with attributes and the text after each.

#[derive(Clone, Debug, Default)]
pub struct Tag {
    /// With a leading slash for a closing tag.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub text: String,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }
}

pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Quotes are double, as maud writes them.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let mut quoted = false;
        let Some(end) = rest.find(|it| {
            quoted ^= it == '"';
            it == '>' && !quoted
        }) else {
            break;
        };
        let (inside, after) = (&rest[..end], &rest[end + 1..]);
        let text = after.split('<').next().unwrap_or_default();
        let (name, list) = inside.split_once(' ').unwrap_or((inside, ""));
        tags.push(Tag { name: name.to_lowercase(), attributes: attributes(list), text: unescape(text) });
        rest = after;
    }
    tags
}

fn attributes(mut list: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        list = list.trim_start();
        if list.is_empty() {
            return found;
        }
        let end = list.find(['=', ' ']).unwrap_or(list.len());
        let name = list[..end].to_owned();
        list = &list[end..];
        let mut value = String::new();
        if let Some(quoted) = list.strip_prefix("=\"") {
            let end = quoted.find('"').unwrap_or(quoted.len());
            value = unescape(&quoted[..end]);
            list = quoted.get(end + 1..).unwrap_or_default();
        } else if let Some(bare) = list.strip_prefix('=') {
            let end = bare.find(' ').unwrap_or(bare.len());
            bare[..end].clone_into(&mut value);
            list = &bare[end..];
        }
        found.push((name, value));
    }
}

/// The text inside of the element with this id, without its tags.
pub fn text_of(html: &str, id: &str) -> Option<String> {
    let tags = tags(html);
    let at = tags.iter().position(|it| it.get("id") == Some(id))?;
    let name = tags[at].name.clone();
    let (mut depth, mut text) = (0, String::new());
    for tag in &tags[at..] {
        depth += i32::from(tag.name == name) - i32::from(tag.name == format!("/{name}"));
        if depth == 0 {
            break;
        }
        text.push_str(&tag.text);
    }
    Some(text.trim().to_owned())
}

/// The form with this action: its tags.
pub fn form(html: &str, action: &str) -> Option<Vec<Tag>> {
    let tags = tags(html);
    let start = tags.iter().position(|it| it.name == "form" && it.get("action") == Some(action))?;
    let length = tags[start..].iter().position(|it| it.name == "/form")?;
    Some(tags[start..start + length].to_vec())
}

/// The value that the form would send under this name; `None` without such a control.
pub fn value(form: &[Tag], name: &str) -> Option<String> {
    let at = form.iter().position(|it| it.get("name") == Some(name) && it.get("type") != Some("file"))?;
    let tag = &form[at];
    match tag.name.as_str() {
        "textarea" => Some(tag.text.strip_prefix('\n').unwrap_or(&tag.text).to_owned()),
        "select" => {
            let options = form[at..].iter().take_while(|it| it.name != "/select").filter(|it| it.name == "option");
            let chosen: Vec<&Tag> = options.collect();
            let selected = chosen.iter().find(|it| it.get("selected").is_some()).or_else(|| chosen.first())?;
            Some(selected.get("value").unwrap_or_default().to_owned())
        }
        _ if matches!(tag.get("type"), Some("checkbox" | "radio")) => {
            let checked = form.iter().filter(|it| it.get("name") == Some(name) && it.get("checked").is_some());
            Some(checked.map(|it| it.get("value").unwrap_or_default()).collect::<Vec<_>>().join(" "))
        }
        _ => Some(tag.get("value").unwrap_or_default().to_owned()),
    }
}

/// All values that the form would send unchanged, except files and buttons.
pub fn values(form: &[Tag]) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    for tag in form.iter().filter(|it| it.name != "button") {
        let Some(name) = tag.get("name") else { continue };
        if matches!(tag.get("type"), Some("checkbox" | "radio")) {
            let checked = tag.get("checked").map(|_| tag.get("value").unwrap_or_default().to_owned());
            values.extend(checked.map(|it| (name.to_owned(), it)));
        } else if tag.get("type") == Some("hidden") {
            // Checkboxes may share a name.
            values.push((name.to_owned(), tag.get("value").unwrap_or_default().to_owned()));
        } else if let Some(value) = value(form, name) {
            values.push((name.to_owned(), value));
        }
    }
    values
}

/// Whether the control or group of a field is marked as invalid. Its id is the field's name.
pub fn is_marked_invalid(html: &str, field: &str) -> bool {
    let tags = tags(html);
    let marked = |it: &Tag| {
        let described = it.get("aria-describedby").unwrap_or_default();
        it.get("aria-invalid") == Some("true") && described.split(' ').any(|it| it == format!("{field}-error"))
    };
    tags.iter().any(|it| it.get("id") == Some(field) && marked(it))
}

/// The text of a page, with single spaces between words.
pub fn words(html: &str) -> String {
    let texts: Vec<String> = tags(html).into_iter().map(|it| it.text).collect();
    texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}
