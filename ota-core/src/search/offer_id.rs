//! Offer ids: signed pointers to what a customer saw. Pure.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::keys::{KeyId, KeyRing};
use crate::model::id::GenerationId;
use crate::pricing::PricingBasis;

const PREFIX: &str = "off_";
/// Key id, generation, index, pricing basis.
const BODY_BYTES: usize = 2 + 16 + 4 + 8;
/// Of HMAC-SHA256's 32: 144 bits, and the whole is a multiple of three, so that base64 has no idle bits to flip.
const MAC_BYTES: usize = 18;
const ID_BYTES: usize = BODY_BYTES + MAC_BYTES;
/// Keeps these tags apart from whatever else is signed under the same key.
const DOMAIN: &[u8] = b"ota offer id 1\n";

/// An offer as clients name it.
///
/// It says which offer of which generation, and under which pricing basis the customer saw its price. The same three
/// always make the same id, so a rendered offer can be kept. When it expires is read from the generation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OfferId([u8; ID_BYTES]);

/// To what an offer id points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferRef {
    /// The generation that it was shown from.
    pub generation: GenerationId,
    /// Which of its offers.
    pub index: u32,
    /// How its price was made.
    pub basis: PricingBasis,
}

/// Not an offer id of ours: malformed, changed, or signed by a key that we do not have.
///
/// Rotate signing keys so that an old one stays in the ring for as long as generations are retained: an id whose key
/// is gone cannot be told from a forged one. An id that is ours but whose generation is gone is *expired*, not this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an offer id of ours")]
pub struct Forged;

/// Signs and checks offer ids.
///
/// ```
/// use ota_core::keys::KeyRing;
/// use ota_core::model::id::GenerationId;
/// use ota_core::pricing::PricingBasis;
/// use ota_core::runtime::SystemRandomness;
/// use ota_core::search::offer_id::{OfferRef, OfferSigner};
///
/// let signer = OfferSigner::new(KeyRing::random(&SystemRandomness));
/// let offer = OfferRef { generation: GenerationId::from_bits(7), index: 3, basis: PricingBasis(11) };
/// let id = signer.sign(&offer);
/// assert_eq!(signer.check(&id.to_string()), Ok(offer));
/// assert!(signer.check("off_made-up").is_err());
/// ```
#[derive(Debug, Clone)]
pub struct OfferSigner {
    keys: KeyRing,
}

impl OfferSigner {
    /// Signs with the ring's current key and checks with all of them.
    #[must_use]
    pub const fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// The id of an offer.
    #[must_use]
    pub fn sign(&self, offer: &OfferRef) -> OfferId {
        let (key, secret) = self.keys.current();
        let mut id = [0; ID_BYTES];
        id[..2].copy_from_slice(&key.0.to_be_bytes());
        id[2..18].copy_from_slice(&offer.generation.bits().to_be_bytes());
        id[18..22].copy_from_slice(&offer.index.to_be_bytes());
        id[22..30].copy_from_slice(&offer.basis.0.to_be_bytes());
        let mac = mac(secret, &id[..BODY_BYTES]);
        id[BODY_BYTES..].copy_from_slice(&mac);
        OfferId(id)
    }

    /// To what an id points.
    ///
    /// # Errors
    /// It is not one that this ring signed.
    pub fn check(&self, text: &str) -> Result<OfferRef, Forged> {
        let OfferId(id) = text.parse()?;
        let (body, claimed) = id.split_at(BODY_BYTES);
        let key = KeyId(u16::from_be_bytes([body[0], body[1]]));
        let expected = mac(self.keys.get(key).ok_or(Forged)?, body);
        // Every byte is compared, whichever differs: the time taken says nothing about the tag.
        let difference = expected.iter().zip(claimed).fold(0, |all, (a, b)| all | (a ^ b));
        if std::hint::black_box(difference) != 0 {
            return Err(Forged);
        }
        let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |all, byte| all << 8 | u128::from(*byte));
        Ok(OfferRef {
            generation: GenerationId::from_bits(number(&body[2..18])),
            index: number(&body[18..22]) as u32,               // four bytes
            basis: PricingBasis(number(&body[22..30]) as u64), // eight bytes
        })
    }
}

fn mac(secret: &[u8], body: &[u8]) -> [u8; MAC_BYTES] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(DOMAIN);
    context.update(body);
    let mut mac = [0; MAC_BYTES];
    mac.copy_from_slice(&context.sign().as_ref()[..MAC_BYTES]);
    mac
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OfferId {
    type Err = Forged;
    /// Reads the form, not the signature.
    fn from_str(text: &str) -> Result<Self, Forged> {
        let encoded = text.strip_prefix(PREFIX).ok_or(Forged)?;
        let mut id = [0; ID_BYTES];
        match URL_SAFE_NO_PAD.decode_slice(encoded, &mut id) {
            Ok(ID_BYTES) => Ok(Self(id)),
            Ok(_) | Err(_) => Err(Forged),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(current: u16, ids: &[u16]) -> OfferSigner {
        let key = |id: &u16| (KeyId(*id), [u8::try_from(*id).unwrap(); 32]);
        OfferSigner::new(KeyRing::new(KeyId(current), ids.iter().map(key)).unwrap())
    }

    prop_compose! {
        fn any_ref()(generation: u128, index: u32, basis: u64) -> OfferRef {
            OfferRef {
                generation: GenerationId::from_bits(generation), index, basis: PricingBasis(basis),
            }
        }
    }

    proptest! {
        #[test]
        fn an_id_names_its_offer_and_always_the_same_way(offer in any_ref()) {
            let signer = ring(1, &[1]);
            let id = signer.sign(&offer);
            prop_assert_eq!(&id, &signer.sign(&offer));
            prop_assert_eq!(signer.check(&id.to_string()), Ok(offer));
            prop_assert_eq!(id.to_string().len(), 68);
        }

        #[test]
        fn any_flipped_bit_is_forged(offer in any_ref(), bit in 0..ID_BYTES * 8) {
            let signer = ring(1, &[0, 1, 2, 3]);
            let mut id = signer.sign(&offer);
            id.0[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(signer.check(&id.to_string()), Err(Forged));
        }

        #[test]
        fn any_changed_character_is_forged(offer in any_ref(), at in 0usize..68, to in "[ -~]") {
            let signer = ring(1, &[1]);
            let mut text = signer.sign(&offer).to_string();
            prop_assume!(text[at..=at] != to);
            text.replace_range(at..=at, &to);
            prop_assert_eq!(signer.check(&text), Err(Forged));
        }

        #[test]
        fn no_text_is_trusted_or_breaks_it(text in "(off_)?\\PC*") {
            prop_assert_eq!(ring(1, &[1]).check(&text), Err(Forged));
        }
    }

    #[test]
    fn an_id_outlives_a_rotation_while_its_key_is_kept() {
        let offer = OfferRef { generation: GenerationId::from_bits(1), index: 0, basis: PricingBasis(2) };
        let old = ring(1, &[1]).sign(&offer).to_string();
        assert_eq!(ring(2, &[1, 2]).check(&old), Ok(offer));
        assert_eq!(ring(2, &[2]).check(&old), Err(Forged));
        assert_ne!(ring(2, &[1, 2]).sign(&offer).to_string(), old);
    }
}
