//! The audit log of a server, and `dploy audit`.

use std::{fs, path::Path, process::ExitCode};

use audit::{AuditLog, verify::Verified};
use clock::SharedClock;

use super::{Failure, print::print};
use crate::{
    cli::{AuditArgs, AuditCommand},
    config::{Env, audit_target},
};

/// Starts the audit log, if `AUDIT_LOG` names one.
pub(super) fn start(env: &Env, clock: &SharedClock) -> Result<AuditLog, Failure> {
    let Some(target) = audit_target(env) else { return Ok(AuditLog::default()) };
    let process = clock::random_hex::<4>();
    tracing::info!(?target, process, "writing an audit log");
    Ok(AuditLog::start(&target, process, clock.clone())?)
}

/// Verifies a log: `dploy audit verify`.
pub(super) fn verify(args: &AuditArgs) -> Result<ExitCode, Failure> {
    let AuditCommand::Verify { file } = &args.command;
    let log = fs::read(file)
        .map_err(|cause| Failure::Io { doing: "could not read the audit log", cause })?;
    match audit::verify::verify(&log) {
        Ok(verified) => {
            print(&summary(file, &verified))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            print(&format!("{}: {broken}\n", file.display()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn summary(file: &Path, verified: &Verified) -> String {
    let Verified { end, times, torn } = verified;
    let times = times.map_or_else(String::new, |(first, last)| format!(" from {first} to {last}"));
    let torn = match torn {
        0 => String::new(),
        bytes => format!(
            "The last line is unfinished ({bytes} bytes): a process was killed while it wrote it.\n"
        ),
    };
    let lines = end.seq;
    format!("{}: {lines} lines{times}, one chain\nlast hash {}\n{torn}", file.display(), end.hash)
}
