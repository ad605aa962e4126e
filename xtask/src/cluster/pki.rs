//! The certificates of the control plane: one authority, and a certificate for each person and
//! program.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};

/// The first address of the service range, the API server's address for pods.
const SERVICE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// The user with all rights.
pub(crate) const ADMIN: &str = "admin";

/// The group to which RBAC gives all rights.
const MASTERS: &str = "system:masters";

/// The files of the authority and of the certificates that it signed.
#[derive(Debug, Clone)]
pub(crate) struct Pki {
    directory: PathBuf,
}

impl Pki {
    /// Creates all files below `directory`, unless they exist.
    pub(crate) fn at(directory: &Path, port: u16) -> Result<Self> {
        let pki = Self { directory: directory.to_owned() };
        // The kubeconfig is written last.
        if !pki.kubeconfig().is_file() {
            fs::create_dir_all(directory)
                .with_context(|| format!("could not make {}", directory.display()))?;
            pki.make(port).context("could not make the certificates")?;
        }
        Ok(pki)
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.join("ca.crt")
    }

    pub(crate) fn server_certificate(&self) -> PathBuf {
        self.directory.join("apiserver.crt")
    }

    pub(crate) fn server_key(&self) -> PathBuf {
        self.directory.join("apiserver.key")
    }

    /// The key that signs service accounts' tokens.
    pub(crate) fn token_key(&self) -> PathBuf {
        self.directory.join("service-accounts.key")
    }

    /// The key that verifies service accounts' tokens.
    pub(crate) fn token_verifier(&self) -> PathBuf {
        self.directory.join("service-accounts.pub")
    }

    pub(crate) fn admin_certificate(&self) -> PathBuf {
        self.directory.join("admin.crt")
    }

    pub(crate) fn admin_key(&self) -> PathBuf {
        self.directory.join("admin.key")
    }

    /// The kubeconfig of the admin.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.directory.join(format!("{ADMIN}.kubeconfig"))
    }

    /// The kubeconfig of the admin with another default namespace.
    pub(crate) fn kubeconfig_in(&self, namespace: &str) -> Result<PathBuf> {
        let path = self.directory.join(format!("{ADMIN}-{namespace}.kubeconfig"));
        let text =
            fs::read_to_string(self.kubeconfig()).context("could not read the kubeconfig")?;
        let user = format!("user: {ADMIN}");
        write(&path, &text.replace(&user, &format!("{user}\n      namespace: {namespace}")))?;
        Ok(path)
    }

    fn make(&self, port: u16) -> Result<()> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "dploy test control plane");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        write(&self.authority(), &authority.pem())?;

        let key = KeyPair::generate()?;
        let certificate = server_params()?.signed_by(&key, &authority)?;
        write(&self.server_certificate(), &certificate.pem())?;
        write(&self.server_key(), &key.serialize_pem())?;

        let key = KeyPair::generate()?;
        write(&self.token_key(), &key.serialize_pem())?;
        write(&self.token_verifier(), &key.public_key_pem())?;

        let key = KeyPair::generate()?;
        let certificate = client_params(ADMIN, MASTERS).signed_by(&key, &authority)?;
        let (path, key_path) = (self.admin_certificate(), self.admin_key());
        write(&path, &certificate.pem())?;
        write(&key_path, &key.serialize_pem())?;
        write(&self.kubeconfig(), &kubeconfig(port, &self.authority(), &path, &key_path))
    }
}

fn server_params() -> Result<CertificateParams> {
    let mut params =
        CertificateParams::new(vec!["localhost".to_owned(), "kubernetes.default.svc".to_owned()])?;
    params.subject_alt_names.push(SanType::IpAddress(Ipv4Addr::LOCALHOST.into()));
    params.subject_alt_names.push(SanType::IpAddress(SERVICE_ADDRESS));
    params.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn client_params(name: &str, group: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, group);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn kubeconfig(port: u16, authority: &Path, certificate: &Path, key: &Path) -> String {
    let (authority, certificate, key) = (authority.display(), certificate.display(), key.display());
    format!(
        "apiVersion: v1
kind: Config
current-context: test
clusters:
  - name: test
    cluster:
      server: https://127.0.0.1:{port}
      certificate-authority: {authority}
users:
  - name: {ADMIN}
    user:
      client-certificate: {certificate}
      client-key: {key}
contexts:
  - name: test
    context:
      cluster: test
      user: {ADMIN}
"
    )
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
