//! Chance that is always the same.

/// A number for these names: the same for ever, unrelated to that of any other names.
pub(super) fn draw(seed: u64, names: &[&str]) -> u64 {
    // FNV-1a, finished by the mixer of SplitMix64: two lines each, and stable where std's hasher is not.
    let mut state = 0xcbf2_9ce4_8422_2325 ^ seed;
    for byte in names.iter().flat_map(|name| name.bytes().chain([0])) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
