//! Configuration of suppliers: tagged by connector, unknown keys rejected, secrets by reference.

use std::fmt;
use std::io::{self, Read as _};
use std::path::PathBuf;

use ota_core::model::fare::Settlement;
use ota_core::model::id::AccountId;
use ota_core::model::money::Currency;
use ota_core::redact::Redacted;
use serde::Deserialize;

/// Longest secret that is read from a file, bytes.
const SECRET_BYTES_MAX: u64 = 4 * 1024;

/// One contract with a supplier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// Our name for the contract; prices and caches belong to it.
    pub id: AccountId,
    /// IANA zone of the office that issues the tickets: the void window ends with its day.
    pub office_zone: String,
    /// The currency in which the supplier settles with us.
    pub currency: Currency,
    /// Who settles.
    #[serde(default)]
    pub settlement: Settlement,
    /// How the supplier is reached.
    pub connector: ConnectorConfig,
}

/// A connector and its settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectorConfig {
    /// Travelport Universal API.
    #[cfg(feature = "travelport")]
    Travelport(crate::travelport::TravelportConfig),
    /// Hotelbeds APItude, hotels.
    #[cfg(feature = "hotelbeds")]
    Hotelbeds(crate::hotelbeds::HotelbedsConfig),
}

/// Where a secret is: `env:NAME` or `file:PATH`. Configuration text never holds the secret itself.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SecretRef(Place);

#[derive(Clone)]
enum Place {
    Env(String),
    File(PathBuf),
    Given(Redacted<String>),
}

/// A secret that cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Neither `env:` nor `file:`; the text is not repeated, it may be the secret.
    #[error("a secret must be given as env:NAME or file:PATH")]
    NotAReference,
    /// The variable is not set, or not text.
    #[error("environment variable {0} is not set")]
    Env(String),
    /// The file cannot be read, is too long or not text.
    #[error("secret file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SecretRef {
    /// A secret that the program made or was handed, not one of a configuration text.
    #[must_use]
    pub const fn given(secret: Redacted<String>) -> Self {
        Self(Place::Given(secret))
    }

    /// Fetches the secret, without the line end that files have.
    ///
    /// # Errors
    /// It is not where the reference says.
    pub fn resolve(&self) -> Result<Redacted<String>, SecretError> {
        match &self.0 {
            Place::Given(secret) => Ok(secret.clone()),
            Place::Env(name) => {
                std::env::var(name).map(Redacted::new).map_err(|_| SecretError::Env(name.clone()))
            }
            Place::File(path) => {
                let error = |source| SecretError::File { path: path.clone(), source };
                let mut text = String::new();
                let file = std::fs::File::open(path).map_err(error)?;
                file.take(SECRET_BYTES_MAX + 1).read_to_string(&mut text).map_err(error)?;
                if text.len() as u64 > SECRET_BYTES_MAX {
                    return Err(error(io::Error::other("longer than a secret may be")));
                }
                Ok(Redacted::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = SecretError;
    fn try_from(text: String) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self(Place::Env(name.to_owned()))),
            Some(("file", path)) if !path.is_empty() => Ok(Self(Place::File(path.into()))),
            _ => Err(SecretError::NotAReference),
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Env(name) => write!(f, "env:{name}"),
            Place::File(path) => write!(f, "file:{}", path.display()),
            Place::Given(_) => f.write_str("[redacted]"),
        }
    }
}

#[cfg(all(test, feature = "travelport"))]
mod tests {
    use super::*;

    const ACCOUNT: &str = r#"
        id = "uapi-jakarta"
        office_zone = "Asia/Jakarta"
        currency = "IDR"
        [connector]
        kind = "travelport"
        endpoint = "http://127.0.0.1:9/B2BGateway/connect/uAPI"
        branch = "P1234567"
        username = "env:UAPI_USER"
        password = "file:/run/secrets/uapi"
    "#;

    #[test]
    fn an_account_is_read_and_unknown_keys_are_refused() {
        let account: AccountConfig = toml::from_str(ACCOUNT).unwrap();
        assert_eq!(account.id.as_str(), "uapi-jakarta");
        for (before, after) in [
            ("currency = \"IDR\"", "currency = \"IDR\"\ncolour = 1"),
            ("branch = ", "brunch = "),
            ("branch = ", "timeout = 3\nbranch = "),
            ("kind = \"travelport\"", "kind = \"nobody\""),
            ("env:UAPI_USER", "hunter22"),
            ("\"IDR\"", "\"NUC\""),
        ] {
            let error = toml::from_str::<AccountConfig>(&ACCOUNT.replace(before, after)).unwrap_err();
            assert!(!error.message().contains("hunter22"), "{error}");
        }
    }

    #[cfg(feature = "hotelbeds")]
    #[test]
    fn an_account_of_hotels_is_read() {
        let text = r#"
            id = "beds"
            office_zone = "Asia/Jakarta"
            currency = "EUR"
            [connector]
            kind = "hotelbeds"
            endpoint = "https://api.test.hotelbeds.com"
            key = "env:HOTELBEDS_KEY"
            secret = "env:HOTELBEDS_SECRET"
            tolerance_percent = 2
        "#;
        let account: AccountConfig = toml::from_str(text).unwrap();
        let ConnectorConfig::Hotelbeds(config) = account.connector else { panic!("hotels") };
        assert_eq!((config.tolerance_percent, config.book_timeout_ms), (Some(2), 120_000));
        assert!(toml::from_str::<AccountConfig>(&text.replace("tolerance_percent", "branch")).is_err());
    }

    #[test]
    fn secrets_are_fetched_from_files_and_never_printed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "hunter22\n").unwrap();
        let reference = SecretRef::try_from(format!("file:{}", path.display())).unwrap();
        assert_eq!(reference.resolve().unwrap().expose(), "hunter22");
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(reference.resolve().is_err());
        let missing = SecretRef::try_from("env:NO_SUCH_VARIABLE_HERE".to_owned()).unwrap();
        assert!(missing.resolve().is_err());
        let given = SecretRef::given(Redacted::new("hunter22".to_owned()));
        assert!(!format!("{given:?} {reference:?}").contains("hunter22"));
    }
}
