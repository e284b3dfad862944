//! Why a command ended early: one sentence for the user, and the exit code.
use std::{error::Error, fmt, process::ExitCode};

use domain::{files::FilesError, lead::LeadRuleViolation, values::Invalid};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 1 }
    }

    /// Something outside did not work: what we wanted, and every reason given, the outermost first.
    pub(crate) fn because(what: &str, error: &(dyn Error + 'static)) -> Self {
        Self::new(format!("{what}: {}.", reasons(error)))
    }

    /// A wrong setting: nothing was begun.
    pub(crate) fn setting(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), code: 2 }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

/// An error with its sources on one line, each said once.
pub(crate) fn reasons(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let reason = error.to_string();
        if !line.ends_with(&reason) {
            line = format!("{line}: {reason}");
        }
        source = error.source();
    }
    line.trim_end_matches('.').to_owned()
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.sentence)
    }
}

impl From<application::Error> for Failure {
    fn from(error: application::Error) -> Self {
        match error {
            application::Error::Unavailable(source) => {
                Self::because("The database or the file storage does not answer", &*source)
            }
            error => Self::because("This did not work", &error),
        }
    }
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        Self::because("A document could not be stored", &error)
    }
}

impl From<Invalid> for Failure {
    fn from(error: Invalid) -> Self {
        Self::because("A value is not acceptable", &error)
    }
}

impl From<LeadRuleViolation> for Failure {
    fn from(error: LeadRuleViolation) -> Self {
        Self::because("A lead could not be changed", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_once() {
        let inner = std::io::Error::other("the disk is full");
        let outer = FilesError::unavailable(inner);
        assert_eq!(reasons(&outer), "file storage is unavailable: the disk is full");
    }
}
