//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A self-service catalog of short-lived environments on Kubernetes.
#[derive(Debug, Parser)]
#[command(name = "dploy", version, about, propagate_version = true)]
pub struct Cli {
    /// The role of this process.
    #[command(subcommand)]
    pub role: Role,
}

/// The roles of the one binary.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Everything in one process on an embedded API server, for a machine with nothing installed
    Dev(DevArgs),
    /// The web app, REST and sign-in, against a cluster; any number of replicas
    Serve,
    /// The controllers, against a cluster; any number of replicas, one leads
    Operate,
    /// Bind an owner key of an older installation to a person or a team
    Adopt(AdoptArgs),
    /// Print the custom resource definitions
    Crds,
    /// Print the OpenAPI document
    Openapi,
    /// Verify an audit log
    Audit(AuditArgs),
    /// Print what changed between two revisions of a template
    Diff(DiffArgs),
    /// Exit with 0 if a server on this machine is alive
    Healthcheck(HealthcheckArgs),
    /// Print an ID token of `dploy dev`, for curl
    Token(TokenArgs),
    /// Run a program and stop it when standard input closes
    #[cfg(feature = "dev")]
    #[command(hide = true)]
    Supervise(SuperviseArgs),
}

/// Arguments of `dploy dev`.
#[derive(Debug, Clone, Args)]
pub struct DevArgs {
    /// The port of the site on loopback; 0 for a free one [default: SERVER_PORT, else 8080]
    #[arg(long)]
    pub port: Option<u16>,
    /// The data directory [default: `dploy` in the user's data directory]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Delete all data first
    #[arg(long)]
    pub reset: bool,
    /// Also serve the Kubernetes API on this port of loopback, for kubectl; 0 for a free one
    #[arg(long, value_name = "PORT")]
    pub kube_port: Option<u16>,
}

/// Arguments of `dploy adopt`.
#[derive(Debug, Clone, Args)]
pub struct AdoptArgs {
    /// The owner key of the environments
    #[arg(long, value_name = "KEY")]
    pub owner: String,
    /// The claim `sub` of the person; with --team, the value of the team's claim
    #[arg(long, value_name = "VALUE")]
    pub identity: String,
    /// The owner is a team, which this claim names
    #[arg(long, value_name = "CLAIM")]
    pub team: Option<String>,
    /// The issuer of the identity; needs JWT_ISSUER [default: JWT_ISSUER]
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
}

/// Arguments of `dploy audit`.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// What to do with the log.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// The commands of `dploy audit`.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Exit with 0 if the lines of the file form one chain; else print the first bad line
    Verify {
        /// The file
        file: PathBuf,
    },
}

/// Arguments of `dploy diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// The name of the earlier revision
    pub old: String,
    /// The name of the later revision
    pub new: String,
}

/// Arguments of `dploy healthcheck`.
#[derive(Debug, Clone, Args)]
pub struct HealthcheckArgs {
    /// The port of the server [default: SERVER_PORT, else 8080]
    #[arg(long)]
    pub port: Option<u16>,
}

/// Arguments of `dploy token`.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// A person of the development provider: alice, bob or carol
    pub person: String,
    /// The data directory of `dploy dev`
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// Arguments of `dploy supervise`.
#[cfg(feature = "dev")]
#[derive(Debug, Clone, Args)]
pub struct SuperviseArgs {
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    pub command: Vec<std::ffi::OsString>,
}
