//! Seals what only a few may read: AES-256-GCM under the current key of a ring.
//!
//! A sealed value is `1 | key id (2, big-endian) | nonce (12, random) | ciphertext and tag`. Its head, table and row
//! are authenticated with it, so a row copied over another person's booking does not open there. Nonces are random:
//! one key must not seal more than 2^32 values (NIST SP 800-38D, 8.3), far above the bookings of one key's life.

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::keys::{KEY_BYTES, KeyId, KeyRing};
use crate::runtime::Random;

const FORMAT: u8 = 1;
const HEADER: usize = 3;

/// A sealed value that cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Cut short, or sealed in a form that this version does not know.
    #[error("not a sealed value")]
    NotSealed,
    /// The ring does not hold its key.
    #[error("sealed by key {}, which is not configured", .0.0)]
    UnknownKey(KeyId),
    /// Another key of this id, another row, or changed bytes.
    #[error("the sealed value does not open: another key, another row, or damaged")]
    Damaged,
}

/// Where a sealed value stands: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: &'a str,
}

/// Seals and opens values.
#[derive(Debug, Clone)]
pub struct Sealer {
    keys: KeyRing,
    random: Arc<dyn Random>,
}

impl Sealer {
    /// Seals with the current key of the ring, opens with all of them.
    #[must_use]
    pub fn new(keys: KeyRing, random: Arc<dyn Random>) -> Self {
        Self { keys, random }
    }

    /// Seals a value for one place.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, mut plain: Vec<u8>) -> Vec<u8> {
        let (id, key) = self.keys.current();
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        cipher(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), associated(id, place), &mut plain)
            .expect("a value in memory is far below the cipher's 64 GiB");
        let mut sealed = Vec::with_capacity(HEADER + NONCE_LEN + plain.len());
        sealed.push(FORMAT);
        sealed.extend(id.0.to_be_bytes());
        sealed.extend(nonce);
        sealed.extend(plain);
        sealed
    }

    /// Opens a value that was sealed for this place.
    ///
    /// # Errors
    /// Its key is not in the ring, it was sealed for another place, or it is damaged.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let [FORMAT, high, low, rest @ ..] = sealed else { return Err(OpenError::NotSealed) };
        let id = KeyId(u16::from_be_bytes([*high, *low]));
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError::NotSealed)?;
        let key = self.keys.get(id).ok_or(OpenError::UnknownKey(id))?;
        let mut body = body.to_vec();
        let plain = cipher(key)
            .open_in_place(Nonce::assume_unique_for_key(*nonce), associated(id, place), &mut body)
            .map_err(|_| OpenError::Damaged)?
            .len();
        body.truncate(plain);
        Ok(body)
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes"))
}

/// Table names hold no zero byte, so no two places share a text.
fn associated(id: KeyId, place: Place<'_>) -> Aad<Vec<u8>> {
    let head = [&[FORMAT][..], &id.0.to_be_bytes()].concat();
    Aad::from([&head, place.table.as_bytes(), &[0], place.row.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::SystemRandomness;

    const HERE: Place<'_> = Place { table: "travelers", row: "bkg_1" };

    fn sealer(current: u16, keys: &[u16]) -> Sealer {
        let key = |id: &u16| (KeyId(*id), [id.to_be_bytes()[1]; KEY_BYTES]);
        let ring = KeyRing::new(KeyId(current), keys.iter().map(key)).unwrap();
        Sealer::new(ring, Arc::new(SystemRandomness))
    }

    #[test]
    fn a_value_opens_in_its_place_only() {
        let sealer = sealer(1, &[1]);
        let sealed = sealer.seal(HERE, b"TANAKA".to_vec());
        assert_eq!(sealer.open(HERE, &sealed).unwrap(), b"TANAKA");
        for elsewhere in [Place { row: "bkg_2", ..HERE }, Place { table: "quotes", ..HERE }] {
            assert_eq!(sealer.open(elsewhere, &sealed), Err(OpenError::Damaged));
        }
        assert_ne!(sealer.seal(HERE, b"TANAKA".to_vec()), sealed, "each nonce is new");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"TANAKA"));
    }

    #[test]
    fn old_keys_open_and_lost_ones_are_named() {
        let old = sealer(1, &[1]).seal(HERE, b"x".to_vec());
        let rotated = sealer(2, &[1, 2]);
        assert_eq!(rotated.open(HERE, &old).unwrap(), b"x");
        let new = rotated.seal(HERE, b"x".to_vec());
        assert_eq!(sealer(1, &[1]).open(HERE, &new), Err(OpenError::UnknownKey(KeyId(2))));
        assert_eq!(sealer(2, &[2]).open(HERE, &old), Err(OpenError::UnknownKey(KeyId(1))));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let sealer = sealer(1, &[1, 257]); // two ids of one key
        let sealed = sealer.seal(HERE, b"TANAKA".to_vec());
        for at in 0..sealed.len() {
            assert!(sealer.open(HERE, &sealed[..at]).is_err(), "cut at {at}");
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(HERE, &changed).is_err(), "changed at {at}");
        }
    }
}
