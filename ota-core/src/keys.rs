//! Secret keys by id: one seals personal data, another signs offer ids.
//!
//! A ring holds one current key, which makes everything new, and older ones, which only open and check what was
//! made with them. Keys come from configuration, or are made once in a file of their own: [`Keys::load_or_create`].
//! The file (and its form in configuration) is
//!
//! ```json
//! { "sealing": { "current": 2, "keys": [ { "id": 1, "key": "<64 hex digits>" }, { "id": 2, "key": "..." } ] },
//!   "signing": { "current": 1, "keys": [ { "id": 1, "key": "..." } ] } }
//! ```
//!
//! To rotate, an operator adds a key (`openssl rand -hex 32`), makes it current and restarts; an old one is taken
//! out when nothing made with it is needed any more. A fleet shares one file or one configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::redact::Redacted;
use crate::runtime::Random;

/// Most keys of one ring.
pub const KEYS_PER_RING_MAX: usize = 64;
/// Largest key file, bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 64 * 1024;
/// Length of a key, bytes.
pub const KEY_BYTES: usize = 32;

/// Which key of a ring; stands beside everything that was made with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub u16);

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The current key is not among the keys.
    #[error("key {} is current but not in the ring", .0.0)]
    NoCurrent(KeyId),
    /// Two keys have one id.
    #[error("key {} is there twice", .0.0)]
    Twice(KeyId),
    /// More than [`KEYS_PER_RING_MAX`].
    #[error("more than {KEYS_PER_RING_MAX} keys in one ring")]
    TooMany,
    /// A key is not 64 hex digits.
    #[error("key {} is not {} hex digits", .0.0, KEY_BYTES * 2)]
    NotAKey(KeyId),
    /// Others than the owner may read the file.
    #[error("the key file may be read by others than its owner (mode {mode:o}): make it 600")]
    Exposed {
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not what this module writes.
    #[error("the key file cannot be understood")]
    Malformed(#[source] serde_json::Error),
    /// The file cannot be read or made.
    #[error("the key file cannot be read or made")]
    File(#[from] io::Error),
}

/// Keys of one purpose. `Debug` prints ids only.
///
/// ```
/// use ota_core::keys::{KeyId, KeyRing};
/// let ring = KeyRing::new(KeyId(2), [(KeyId(1), [1; 32]), (KeyId(2), [2; 32])]).unwrap();
/// assert_eq!(ring.current(), (KeyId(2), &[2; 32]));
/// assert_eq!(ring.get(KeyId(1)), Some(&[1; 32]));
/// assert_eq!(ring.get(KeyId(3)), None);
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RingForm", into = "RingForm")]
pub struct KeyRing {
    current: KeyId,
    keys: BTreeMap<KeyId, Redacted<[u8; KEY_BYTES]>>,
}

impl KeyRing {
    /// A ring of these keys.
    ///
    /// # Errors
    /// No key has the current id, two have one id, or there are too many.
    pub fn new(
        current: KeyId,
        keys: impl IntoIterator<Item = (KeyId, [u8; KEY_BYTES])>,
    ) -> Result<Self, KeyError> {
        let mut ring = Self { current, keys: BTreeMap::new() };
        for (id, key) in keys {
            if ring.keys.insert(id, Redacted::new(key)).is_some() {
                return Err(KeyError::Twice(id));
            }
            if ring.keys.len() > KEYS_PER_RING_MAX {
                return Err(KeyError::TooMany);
            }
        }
        if ring.keys.contains_key(&current) { Ok(ring) } else { Err(KeyError::NoCurrent(current)) }
    }

    /// A ring of one new key, number 1.
    #[must_use]
    pub fn random(random: &dyn Random) -> Self {
        let mut key = [0; KEY_BYTES];
        random.fill(&mut key);
        Self { current: KeyId(1), keys: BTreeMap::from([(KeyId(1), Redacted::new(key))]) }
    }

    /// The key for everything new.
    #[must_use]
    pub fn current(&self) -> (KeyId, &[u8; KEY_BYTES]) {
        (self.current, self.get(self.current).expect("a ring holds its current key"))
    }

    /// The key of an id, to open or check what was made with it.
    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&[u8; KEY_BYTES]> {
        self.keys.get(&id).map(Redacted::expose)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing {{ current: {}, keys: {:?} }}", self.current.0, self.keys.keys())
    }
}

/// The keys of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Seals personal data in storage. Without it those rows are lost.
    pub sealing: KeyRing,
    /// Signs offer ids. Without it the ids that customers hold are refused.
    pub signing: KeyRing,
}

impl Keys {
    /// New keys.
    #[must_use]
    pub fn random(random: &dyn Random) -> Self {
        Self { sealing: KeyRing::random(random), signing: KeyRing::random(random) }
    }

    /// Reads the key file; makes it, readable by its owner only, where there is none. Of several processes that
    /// make it at once one wins and all read the same keys. Blocks: for the start of a program.
    ///
    /// # Errors
    /// [`KeyError::Exposed`] if group or others have any permission on the file; one that cannot be read, made or
    /// understood. An existing file is never overwritten.
    pub fn load_or_create(path: &Path, random: &dyn Random) -> Result<Self, KeyError> {
        match Self::load(path) {
            Err(KeyError::File(error)) if error.kind() == io::ErrorKind::NotFound => {
                Self::random(random).create(path, random)?;
                Self::load(path)
            }
            done => done,
        }
    }

    fn load(path: &Path) -> Result<Self, KeyError> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        refuse_exposed(&about)?;
        if about.len() > KEY_FILE_BYTES_MAX {
            return Err(KeyError::File(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        serde_json::from_reader(io::BufReader::new(file)).map_err(KeyError::Malformed)
    }

    /// The file appears whole or not at all: a hard link to a finished one, which fails if somebody was faster.
    fn create(&self, path: &Path, random: &dyn Random) -> Result<(), KeyError> {
        let mut salt = [0; 8];
        random.fill(&mut salt);
        let unfinished = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(salt)));
        let made = self.write_new(&unfinished).and_then(|()| fs::hard_link(&unfinished, path));
        // Left behind at worst: it holds keys that nothing uses.
        let _ = fs::remove_file(&unfinished);
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(sync_folder(path)?),
        }
    }

    fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()
    }
}

#[cfg(unix)]
fn refuse_exposed(about: &fs::Metadata) -> Result<(), KeyError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::Exposed { mode }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}

/// A new name is durable only once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// A ring in a file or in configuration.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingForm {
    current: KeyId,
    keys: Vec<KeyForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    id: KeyId,
    key: Redacted<String>,
}

impl TryFrom<RingForm> for KeyRing {
    type Error = KeyError;
    fn try_from(form: RingForm) -> Result<Self, KeyError> {
        let keys = form.keys.iter().map(|one| Ok((one.id, unhex(one.id, one.key.expose())?)));
        Self::new(form.current, keys.collect::<Result<Vec<_>, KeyError>>()?)
    }
}

impl From<KeyRing> for RingForm {
    fn from(ring: KeyRing) -> Self {
        let hex = |key: &[u8; KEY_BYTES]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let form =
            |(id, key): (&KeyId, &Redacted<_>)| KeyForm { id: *id, key: Redacted::new(hex(key.expose())) };
        Self { current: ring.current, keys: ring.keys.iter().map(form).collect() }
    }
}

fn unhex(id: KeyId, text: &str) -> Result<[u8; KEY_BYTES], KeyError> {
    let mut key = [0; KEY_BYTES];
    let digits = text.as_bytes();
    if digits.len() != KEY_BYTES * 2 {
        return Err(KeyError::NotAKey(id));
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16).ok_or(KeyError::NotAKey(id));
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).expect("two hex digits are one byte");
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::SystemRandomness;

    #[test]
    fn a_ring_needs_its_current_key_and_has_each_id_once() {
        let key = |id| (KeyId(id), [0; KEY_BYTES]);
        assert!(matches!(KeyRing::new(KeyId(2), [key(1)]), Err(KeyError::NoCurrent(KeyId(2)))));
        assert!(matches!(KeyRing::new(KeyId(1), [key(1), key(1)]), Err(KeyError::Twice(KeyId(1)))));
        assert!(matches!(KeyRing::new(KeyId(1), (0..100).map(key)), Err(KeyError::TooMany)));
    }

    #[test]
    fn no_print_shows_a_key() {
        let keys = Keys { sealing: KeyRing::new(KeyId(7), [(KeyId(7), [0xAB; 32])]).unwrap(), ..keys() };
        let print = format!("{keys:?}");
        assert!(print.contains("current: 7") && !print.contains("171") && !print.contains("ab"), "{print}");
    }

    #[test]
    fn a_written_form_is_read_back_and_a_wrong_one_refused() {
        let keys = keys();
        let json = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Keys>(&json).unwrap(), keys);
        let ring = |key: &str| {
            serde_json::from_str::<KeyRing>(&format!(r#"{{"current":1,"keys":[{{"id":1,"key":"{key}"}}]}}"#))
        };
        assert!(ring(&"0F".repeat(32)).is_ok());
        for wrong in [&"0f".repeat(31), &"0g".repeat(32), &"é".repeat(32), ""] {
            let message = ring(wrong).unwrap_err().to_string();
            assert!(message.contains("64 hex digits"), "{message}");
        }
    }

    #[test]
    fn the_file_is_made_once_and_by_one_of_many() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let all: Vec<Keys> = std::thread::scope(|scope| {
            let start = || Keys::load_or_create(&path, &SystemRandomness).unwrap();
            let running: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(all.iter().all(|keys| *keys == all[0]));
        assert_eq!(Keys::load_or_create(&path, &SystemRandomness).unwrap(), all[0]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no unfinished file stays");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_private_and_one_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        Keys::load_or_create(&path, &SystemRandomness).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Keys::load_or_create(&path, &SystemRandomness);
        assert!(matches!(refused, Err(KeyError::Exposed { mode: 0o640 })), "{refused:?}");
    }

    #[test]
    fn a_damaged_file_is_an_error_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        keys().write_new(&path).unwrap();
        fs::write(&path, "{").unwrap();
        assert!(matches!(Keys::load_or_create(&path, &SystemRandomness), Err(KeyError::Malformed(_))));
        assert_eq!(fs::read(&path).unwrap(), b"{");
    }

    fn keys() -> Keys {
        Keys::random(&SystemRandomness)
    }
}
