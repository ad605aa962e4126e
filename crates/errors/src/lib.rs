//! Prints an error and its causes in one line, for logs and for the command line.

use std::{error::Error, fmt, iter};

/// Displays `error` and all its causes, separated by `: `.
///
/// A cause that the text before it already ends with is left out: transparent wrappers and some
/// libraries repeat the sentence of what they wrap.
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + 'a {
    Chain(error)
}

struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = self.0.to_string();
        f.write_str(&printed)?;
        for cause in iter::successors(self.0.source(), |cause| (*cause).source()) {
            let text = cause.to_string();
            if !printed.ends_with(&text) {
                write!(f, ": {text}")?;
                printed = text;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    #[error("could not open the shop")]
    struct Outer(#[source] io::Error);

    #[derive(Debug, Error)]
    #[error("could not unlock: {0}")]
    struct Repeating(#[source] Outer);

    #[test]
    fn causes_follow_their_effect() {
        let error = Outer(io::Error::other("the key is lost"));
        assert_eq!(chain(&error).to_string(), "could not open the shop: the key is lost");
    }

    #[test]
    fn a_repeated_cause_is_printed_once() {
        let error = Repeating(Outer(io::Error::other("the key is lost")));
        let printed = "could not unlock: could not open the shop: the key is lost";
        assert_eq!(chain(&error).to_string(), printed);
    }
}
