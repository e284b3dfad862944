//! The browser and the system of a session, from its `User-Agent`.
use domain::session::Device;

/// Browsers claim to be each other, so the first match in this order counts.
const BROWSERS: [(&str, &str); 8] = [
    ("YaBrowser/", "Yandex Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Such as “Firefox, Windows”; `None` for an unknown browser.
pub(super) fn words(device: &Device) -> Option<String> {
    let find = |known: &[(&str, &'static str)]| known.iter().find(|it| device.as_str().contains(it.0)).map(|it| it.1);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_recognised_by_their_user_agent() {
        let words = |it: &str| words(&Device::named(it)).unwrap_or_default();
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0 Safari/537.36"),
                "Chrome, Windows",
            ),
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/140.0 YaBrowser/26.1 Safari/537.36"),
                "Yandex Browser, Linux",
            ),
            (
                format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) {webkit} Chrome/140.0 Safari/537.36 Edg/140.0"),
                "Edge, macOS",
            ),
            (format!("Mozilla/5.0 (Linux; Android 15) {webkit} Chrome/140.0 Mobile Safari/537.36"), "Chrome, Android"),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0".to_owned(),
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19 Safari/604.1"
                    .to_owned(),
                "Safari, iPhone",
            ),
            ("curl/8.9".to_owned(), ""),
            (String::new(), ""),
        ] {
            assert_eq!(words(&agent), expected, "{agent}");
        }
    }
}
