//! Messages on the console. A closed console stops nothing.
use std::io::{self, Write};

use crate::failure::Failure;

/// On standard output, at once, even where that is a pipe.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// On standard error.
pub(crate) fn complain(failure: &Failure) {
    let _ = writeln!(io::stderr().lock(), "voronka: {failure}");
}
