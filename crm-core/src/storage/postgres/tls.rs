//! How a connection is guarded: nothing, TLS with whoever answers, or TLS with whom certificates vouch for.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::base::{Error, Result};
use crate::storage::postgres::server::refuse;

/// How a connection is guarded.
#[derive(Clone)]
pub(super) enum Guard {
    /// Not at all, or whatever the server offers: nobody is asked who they are.
    Plain,
    /// By TLS.
    Tls(MakeRustlsConnect),
}

/// How the connection is guarded: `disable`, `prefer` (whatever the server offers), `require` (TLS, the server's name and certificate
/// checked against the system's roots or `sslrootcert`); `verify-full` is another word for the last.
pub(super) fn guard(mode: &str, roots: Option<&str>, config: &mut Config) -> Result<Guard> {
    let checked = match mode {
        "disable" => {
            config.ssl_mode(SslMode::Disable);
            return Ok(Guard::Plain);
        }
        "prefer" => {
            config.ssl_mode(SslMode::Prefer);
            false
        }
        "require" | "verify-full" => {
            config.ssl_mode(SslMode::Require);
            true
        }
        _ => return Err(refuse("sslmode is disable, prefer, require or verify-full")),
    };
    let local = |host: &Host| !matches!(host, Host::Tcp(_));
    if !checked && config.get_hosts().iter().all(local) && config.get_hostaddrs().is_empty() {
        return Ok(Guard::Plain);
    }
    let provider = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|failure| Error::bug(format!("TLS cannot be set up: {failure}")))?;
    let tls = if checked {
        tls.with_root_certificates(trusted(roots)?).with_no_client_auth()
    } else {
        // Who prefers TLS takes a connection without it too, so that asking who the server is would promise what is not kept.
        tls.dangerous()
            .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
            .with_no_client_auth()
    };
    Ok(Guard::Tls(MakeRustlsConnect::new(tls)))
}

/// Whom to trust: a file's certificates, else the system's.
fn trusted(file: Option<&str>) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    match file {
        Some(path) => {
            let unreadable = || refuse("sslrootcert is no readable PEM file");
            for certificate in CertificateDer::pem_file_iter(path).map_err(|_| unreadable())? {
                store.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if store.is_empty() {
        return Err(refuse("no trusted certificates are known; name a file by sslrootcert"));
    }
    Ok(store)
}

/// Takes any certificate; see [`guard`].
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
