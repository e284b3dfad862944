//! The files for containers agree with each other, with the program and with the repository.
//!
//! No container is started: what the files say is read, and their commands are run on this machine.
#![expect(clippy::unwrap_used, reason = "this is a test, even outside of functions marked as such")]
#[path = "containers/compose.rs"]
mod compose;
#[path = "containers/dockerfile.rs"]
mod dockerfile;
#[path = "containers/manual.rs"]
mod manual;
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use compose::{compose, environment, filled_in, names, services, strings, template};
use dockerfile::{Stage, is_ignored, stages};
use serde_json::Value;
use support::{Server, run, voronka};
use tempfile::tempdir;
use url::Url;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What Cargo.toml has behind a name.
fn manifest(name: &str) -> String {
    let line = text("Cargo.toml").lines().find_map(|it| it.strip_prefix(&format!("{name} = \"")).map(str::to_owned));
    line.unwrap().trim_end_matches('"').to_owned()
}

/// The stage that becomes the image.
fn last() -> Stage {
    stages().pop().unwrap()
}

fn list(value: &Value) -> Vec<&str> {
    value.as_array().map(|it| it.iter().map(|it| it.as_str().unwrap()).collect()).unwrap_or_default()
}

/// What .env has after the template was copied and the password was set.
fn filled_template() -> BTreeMap<String, String> {
    let (mut all, for_compose) = template();
    all.extend(for_compose);
    all.insert("POSTGRES_PASSWORD".into(), "Slon77".into());
    all
}

/// The whole environment of the program, as Compose makes it.
fn environment_of_app() -> BTreeMap<String, String> {
    let file = filled_template();
    let mut all = last().environment();
    all.extend(file.clone());
    all.extend(environment("app").into_iter().map(|(name, value)| (name, filled_in(&value, &file).unwrap())));
    all
}

#[test]
fn compose_reads_what_the_template_has_for_it() {
    let read: BTreeSet<String> = strings(&compose()).iter().flat_map(|it| names(it)).collect();
    let (settings, for_compose) = template();
    let unknown: Vec<_> =
        read.iter().filter(|it| !settings.contains_key(*it) && !for_compose.contains_key(*it)).collect();
    assert!(unknown.is_empty(), "docker-compose.yml reads what .env.template does not have: {unknown:?}");
    let unread: Vec<_> = for_compose.keys().filter(|it| !read.contains(*it)).collect();
    assert!(unread.is_empty(), ".env.template has for Compose what docker-compose.yml does not read: {unread:?}");
    let ours: Vec<_> = for_compose.keys().filter(|it| it.starts_with("VORONKA_")).collect();
    assert!(ours.is_empty(), "the program gets the whole file .env, and would refuse to start: {ours:?}");

    for (name, text) in [("app", "DATABASE_URL"), ("db", "POSTGRES_PASSWORD")] {
        let refused = filled_in(&environment(name)[text], &template().1).unwrap_err();
        assert!(refused.starts_with("POSTGRES_PASSWORD: ") && refused.contains(".env"), "{refused}");
    }
}

#[test]
fn the_program_is_told_nothing_that_it_does_not_know() {
    let (settings, _) = template();
    for name in environment("app").into_keys().chain(last().environment().into_keys()) {
        assert!(settings.contains_key(&name), "there is no setting {name}");
    }
    // What .env says for use without Docker must not reach the container.
    for name in ["DATABASE_URL", "VORONKA_DATA_DIR", "VORONKA_LISTEN"] {
        assert!(environment("app").contains_key(name), "{name}");
    }
    assert_eq!(services()["app"]["env_file"], serde_json::json!([{ "path": ".env", "required": false }]));
}

#[test]
fn the_commands_in_the_files_are_commands_of_the_program() {
    let folder = tempdir().unwrap();
    let is_known =
        |command: &str| run(voronka(folder.path()).args(command.split_whitespace()).arg("--help"), "").code == Some(0);
    assert!(!is_known("dance"));

    let image = last();
    assert_eq!(image.command("ENTRYPOINT"), ["voronka"]);
    assert!(is_known(&image.command("CMD").join(" ")));
    for service in services().values() {
        assert!(service["command"].is_null() && service["entrypoint"].is_null(), "{service}");
    }
    let texts = ["README.md", "docker-compose.yml", ".env.template"].map(text).join("\n");
    let texts = texts.replace("docker compose exec app voronka", "docker compose run --rm app");
    let commands = texts.split("docker compose run --rm app").skip(1);
    let commands: Vec<&str> = commands.map(|it| it.split(['`', '#', '\n']).next().unwrap().trim()).collect();
    assert!(commands.contains(&"createsuperuser"), "{commands:?}");
    for command in commands {
        assert!(is_known(command), "there is no command {command}");
    }
}

#[test]
fn services_come_back_and_are_watched() {
    let (all, services) = (compose(), services());
    let declared: BTreeSet<&str> = all["volumes"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut mounted = BTreeSet::new();
    for (name, service) in &services {
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert!(service["logging"]["options"]["max-size"].is_string(), "{name}");
        assert!(service["logging"]["options"]["max-file"].is_string(), "{name}");
        let is_watched = match service["build"].as_str() {
            Some(_) => !last().command("HEALTHCHECK").is_empty(),
            None => !list(&service["healthcheck"]["test"]).is_empty(),
        };
        assert!(is_watched, "{name}");
        let volumes = list(&service["volumes"]);
        assert!(!volumes.is_empty(), "{name} keeps nothing");
        mounted.extend(volumes.iter().map(|it| it.split(':').next().unwrap().to_owned()));
        for (other, wait) in service["depends_on"].as_object().into_iter().flatten() {
            assert!(services.contains_key(other), "{name} waits for {other}, which is no service");
            assert_eq!(wait["condition"], "service_healthy", "{name} waits for {other}");
        }
    }
    assert_eq!(mounted.iter().map(String::as_str).collect::<BTreeSet<_>>(), declared);
    assert!(services["app"]["depends_on"]["db"].is_object());
    assert!(services["db"]["ports"].is_null(), "the database is for the program alone");
    assert_eq!(list(&services["app"]["volumes"]), [format!("data:{}", last().one("VOLUME"))]);
}

#[test]
fn the_program_asks_for_the_database_that_there_is() {
    let (db, file) = (environment("db"), filled_template());
    let url = Url::parse(&environment_of_app()["DATABASE_URL"]).unwrap();
    assert!(services().contains_key(url.host_str().unwrap()), "{url}");
    assert_eq!((url.username(), url.path()), (&*db["POSTGRES_USER"], &*format!("/{}", db["POSTGRES_DB"])));
    assert_eq!(url.password(), Some(&*filled_in(&db["POSTGRES_PASSWORD"], &file).unwrap()));

    let test = services()["db"]["healthcheck"]["test"].clone();
    let wanted = [
        "CMD".to_owned(),
        "pg_isready".to_owned(),
        "--host=127.0.0.1".to_owned(),
        format!("--username={}", db["POSTGRES_USER"]),
        format!("--dbname={}", db["POSTGRES_DB"]),
    ];
    assert_eq!(list(&test), wanted);

    // The program reads the address the same way: it gets as far as to ask, where nobody is.
    let nobody = url.as_str().replace("@db:5432", "@127.0.0.1:1");
    let folder = tempdir().unwrap();
    let mut command = voronka(folder.path());
    let refused = run(command.env("DATABASE_URL", nobody).env("VORONKA_LISTEN", "127.0.0.1:0"), "");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let reason = "127.0.0.1:1 cannot be reached: Connection refused (os error 111)";
    assert_eq!(refused.err, format!("voronka: There is no connection to the database voronka: {reason}.\n"));
}

#[test]
fn what_is_copied_into_an_image_is_there() {
    let mut before: Vec<String> = Vec::new();
    for stage in stages() {
        for copy in stage.all("COPY") {
            let mut words: Vec<&str> = copy.split_whitespace().collect();
            let to = words.pop().unwrap();
            if let Some(from) = words[0].strip_prefix("--from=") {
                assert!(before.iter().any(|it| it == from), "{copy}: no stage before is called {from}");
            } else {
                for path in words {
                    assert!(root().join(path).exists(), "{copy}: there is no {path}");
                    assert!(!is_ignored(path), "{copy}: {path} is ignored");
                }
            }
            assert!(to.ends_with('/') || to == "." || !to.contains('/'), "{copy}: is {to} a folder?");
        }
        before.push(stage.name);
    }
    assert_eq!(before, ["manifests", "dependencies", "build", ""]);
    for path in ["crates/app/build.rs", "crates/app/src/main.rs", "crates/app/src/a/b.rs", "migrations/sqlite/1/up.sql"]
    {
        assert!(!is_ignored(path), "{path} is needed");
    }
    for path in [".env", ".git/config", "data/voronka.sqlite", "target/x", "docs/roles.md", "crates/app/tests/demo.rs"]
    {
        assert!(is_ignored(path), "{path} does not belong into an image");
    }
}

#[test]
fn the_stages_fit_together() {
    let (stages, rust) = (stages(), manifest("rust-version"));
    let debian = last().image.strip_prefix("debian:").and_then(|it| it.strip_suffix("-slim")).unwrap().to_owned();
    for stage in &stages {
        let known = [format!("rust:{rust}-slim-{debian}"), format!("debian:{debian}-slim"), "dependencies".to_owned()];
        assert!(known.contains(&stage.image), "{}", stage.image);
    }
    assert!(stages.iter().any(|it| it.image.starts_with("rust:")));
    // What was built before is of use only to the very same command.
    let build = |name: &str| {
        let steps = stages.iter().find(|it| it.name == name).unwrap().one("RUN").to_owned();
        steps.split("&&").next().unwrap().trim().to_owned()
    };
    assert_eq!(build("dependencies"), build("build"));

    let image = last();
    let user = image.one("USER");
    assert!(user.split(':').all(|it| it.parse::<u32>().is_ok_and(|it| it > 0)), "{user}");
    let (uid, gid) = user.split_once(':').unwrap();
    let folder = image.one("VOLUME");
    assert_eq!(image.one("RUN"), format!("install -d -m 700 -o {uid} -g {gid} {folder}"));
    assert_eq!(image.environment()["VORONKA_DATA_DIR"], folder);
    let licence = format!("org.opencontainers.image.licenses=\"{}\"", manifest("license"));
    assert!(image.one("LABEL").contains(&licence), "{licence}");
}

#[test]
fn everybody_means_the_same_port() {
    let image = last();
    let listen = image.environment()["VORONKA_LISTEN"].clone();
    let port = listen.strip_prefix("0.0.0.0:").unwrap();
    assert_eq!(image.one("EXPOSE"), port);
    assert!(image.command("HEALTHCHECK").join(" ").contains(&format!("/dev/tcp/127.0.0.1/{port} ")));
    assert_eq!(environment("app")["VORONKA_LISTEN"], listen);

    let services = services();
    for file in [template().1, BTreeMap::new()] {
        let ports: Vec<String> =
            list(&services["app"]["ports"]).iter().map(|it| filled_in(it, &file).unwrap()).collect();
        assert_eq!(ports, [format!("127.0.0.1:8000:{port}")]);
    }
}

#[test]
fn a_reverse_proxy_on_the_same_machine_has_an_address_that_can_be_named() {
    let networks = compose()["networks"].clone();
    let config = &networks["default"]["ipam"]["config"];
    assert_eq!(config.as_array().unwrap().len(), 1);
    let [subnet, gateway] = ["subnet", "gateway"].map(|it| config[0][it].as_str().unwrap());
    for file in [template().1, BTreeMap::new()] {
        let subnet: ipnet::IpNet = filled_in(subnet, &file).unwrap().parse().unwrap();
        let gateway: std::net::IpAddr = filled_in(gateway, &file).unwrap().parse().unwrap();
        assert!(subnet.contains(&gateway), "{subnet} {gateway}");
        // What the manual and the template tell to set is a value that the program takes, and this address.
        let setting = format!("VORONKA_TRUSTED_PROXIES={gateway}");
        for place in ["docs/operations.md", ".env.template"] {
            assert!(text(place).contains(&setting), "{place} should name {setting}");
        }
    }
    let other = BTreeMap::from([
        ("SUBNET".to_owned(), "10.9.8.0/24".to_owned()),
        ("GATEWAY".to_owned(), "10.9.8.1".to_owned()),
    ]);
    assert_eq!(filled_in(subnet, &other).unwrap(), "10.9.8.0/24");
    assert_eq!(filled_in(gateway, &other).unwrap(), "10.9.8.1");
    // Nothing else has a network of its own, whose gateway would be another one.
    assert_eq!(networks.as_object().unwrap().len(), 1);
    assert!(services().values().all(|it| it.get("networks").is_none() && it.get("network_mode").is_none()));
}

#[test]
fn the_program_starts_with_what_compose_tells_it_and_is_healthy() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let database = format!("sqlite:{data}/voronka.sqlite");
    let mut told = environment_of_app();
    for (name, value) in [("DATABASE_URL", &*database), ("VORONKA_DATA_DIR", &*data), ("VORONKA_LISTEN", "127.0.0.1:0")]
    {
        assert!(told.insert(name.into(), value.into()).is_some());
    }
    let told: Vec<(&str, &str)> = told.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let server = Server::start(folder.path(), &told);
    assert!(is_healthy(server.address()));
    let address = server.address().to_owned();
    drop(server);
    assert!(!is_healthy(&address), "nobody answers any more");
}

#[test]
fn a_server_that_answers_with_an_error_is_not_healthy() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answering = thread::spawn(move || {
        for status in ["200 OK", "503 Service Unavailable", "404 Not Found"] {
            let mut asking = BufReader::new(listener.accept().unwrap().0);
            // Closed before the request is read, it would be lost with the answer.
            while asking.by_ref().lines().next().unwrap().unwrap() != "" {}
            write!(asking.into_inner(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    assert_eq!([(); 3].map(|()| is_healthy(&address)), [true, false, false]);
    answering.join().unwrap();
}

/// What the health check of the image says of the program at this address.
fn is_healthy(address: &str) -> bool {
    let words = last().command("HEALTHCHECK");
    let words: Vec<String> = words.iter().map(|it| it.replace("127.0.0.1/8000", &address.replace(':', "/"))).collect();
    assert!(words.join(" ").contains("GET /healthz "));
    Command::new(&words[0]).args(&words[1..]).output().unwrap().status.success()
}

#[test]
fn the_cached_stage_depends_on_the_manifests_alone() {
    let folder = tempdir().unwrap();
    let skeleton = |extra: &str| {
        let place = folder.path().join(extra);
        for krate in fs::read_dir(root().join("crates")).unwrap() {
            let krate = krate.unwrap();
            let copy = place.join("crates").join(krate.file_name());
            fs::create_dir_all(copy.join("src").join(extra)).unwrap();
            fs::copy(krate.path().join("Cargo.toml"), copy.join("Cargo.toml")).unwrap();
            fs::write(copy.join("src/lib.rs"), extra).unwrap();
            fs::write(copy.join("src").join(extra).join("mod.rs"), extra).unwrap();
            fs::write(copy.join("build.rs"), extra).unwrap();
        }
        for file in ["Cargo.toml", "Cargo.lock"] {
            fs::copy(root().join(file), place.join(file)).unwrap();
        }
        let stage = stages().into_iter().find(|it| it.name == "manifests").unwrap();
        let made = Command::new("sh").arg("-c").arg(stage.one("RUN")).current_dir(&place).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        place
    };
    let (one, other) = (skeleton("one"), skeleton("other"));
    let same = Command::new("diff").arg("-r").args([&one, &other]).output().unwrap();
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));

    // Each crate has the one target that its manifest needs, and no build step that is not there. A test that a manifest names
    // is not built here.
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--locked"])
        .current_dir(&one)
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let built = package["targets"].as_array().unwrap().iter().filter(|it| it["kind"][0] != "test");
        assert_eq!(built.count(), 1, "{package}");
    }
}
