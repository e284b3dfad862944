//! Prepares static files for browsers: removes comments and indentation from our own files, and compresses every file
//! as far as possible. This happens once, at build time, so that no request pays for it.
use std::{
    env, fs,
    io::{self, Write},
    path::Path,
};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// Files of others, sent unchanged.
const VENDORED: [&str; 2] = ["vendor/htmx.min.js", "vendor/icons.svg"];
const OWN: [&str; 4] = ["style.css", "app.js", "keys.js", "logo.svg"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=assets");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo says where to"))?;
    let out = Path::new(&out);
    fs::create_dir_all(out.join("vendor"))?;
    for name in VENDORED {
        pack(&out.join(name), &fs::read(Path::new("assets").join(name))?)?;
    }
    for name in OWN {
        pack(&out.join(name), lean(&fs::read_to_string(Path::new("assets").join(name))?).as_bytes())?;
    }
    Ok(())
}

/// Keeps every line break, because both languages may need it. No string of ours starts like a comment or spans lines.
fn lean(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |it| it.1);
    }
    text.push_str(rest);
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn pack(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside =
        |ending: &str| path.with_file_name(format!("{}{ending}", path.file_name().unwrap_or_default().display()));
    fs::write(path, bytes)?;
    brotli::BrotliCompress(&mut &*bytes, &mut fs::File::create(beside(".br"))?, &BrotliEncoderParams::default())?;
    let mut gzip = GzEncoder::new(fs::File::create(beside(".gz"))?, Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()?;
    Ok(())
}
