//! What docs/operations.md tells to type and to copy fits the files that it is about.
use super::{
    compose::{compose, environment, services, template},
    last, text,
};

/// The commands of the manual, each with its words.
fn commands() -> Vec<Vec<String>> {
    let text = text("docs/operations.md").replace("\\\n", " ");
    let blocks = text.split("```sh\n").skip(1).map(|it| it.split("```").next().unwrap());
    let commands = blocks.flat_map(str::lines).filter_map(|it| it.trim().strip_prefix("docker compose "));
    commands.map(|it| it.trim_end_matches(" &&").split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn the_manual_names_what_there_is() {
    let (services, all, db) = (services(), compose(), environment("db"));
    let commands = commands();
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        let mut words = command[1..].iter().skip_while(|it| it.starts_with('-'));
        // Without a service it is for all of them.
        if let Some(service) = words.next() {
            assert!(services.contains_key(service), "{command:?}: there is no service {service}");
        }
        let options: Vec<&str> = command.iter().filter_map(|it| it.strip_prefix("--")).collect();
        for option in options {
            match option.split_once('=') {
                Some(("username", user)) => assert_eq!(user, db["POSTGRES_USER"], "{command:?}"),
                Some(("dbname", database)) => assert_eq!(database, db["POSTGRES_DB"], "{command:?}"),
                Some(("directory", folder)) => assert_eq!(folder, last().one("VOLUME"), "{command:?}"),
                Some(("entrypoint", program)) => {
                    // What the programs of the image are is Debian's: these it never comes without.
                    assert!(["sh", "tar"].contains(&program) && last().image.starts_with("debian:"), "{command:?}");
                }
                _ => {}
            }
        }
    }
    let name = all["name"].as_str().unwrap();
    for volume in all["volumes"].as_object().unwrap().keys() {
        assert!(text("docs/operations.md").contains(&format!("`{name}_{volume}`")), "{volume}");
    }
}

#[test]
fn the_proxy_of_the_manual_lets_the_largest_document_through() {
    let manual = text("docs/operations.md");
    let number_behind = |name: &str| -> u64 {
        let behind = manual.split(name).nth(1).unwrap().trim_start();
        behind.split(|it: char| !it.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let limit: u64 = template().0["VORONKA_DOCUMENT_LIMIT_MIB"].parse().unwrap();
    // A form has up to 1 MiB beside its file.
    assert_eq!(number_behind("client_max_body_size "), limit + 2);
    assert_eq!(number_behind("max_size "), limit + 2);
    assert_eq!(number_behind("VORONKA_DOCUMENT_LIMIT_MIB, which is "), limit);
}
