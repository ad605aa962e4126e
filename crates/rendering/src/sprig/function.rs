//! The type of a template function, its result and its error.

use gtmpl_ng::{Func, FuncError, Value};

/// A function's name and the function.
pub(super) type Entry = (&'static str, Func);

/// The result of a call.
pub(super) type FuncResult = Result<Value, FuncError>;

/// An error for the template's author: `problem` says what is wrong with the call.
pub(super) fn call_error(problem: impl Into<String>) -> FuncError {
    FuncError::Generic(problem.into())
}
