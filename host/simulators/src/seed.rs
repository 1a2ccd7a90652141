//! Deterministic numbers and identifiers: the simulators know no randomness.

/// One step of splitmix64: a full-period mixer of 64-bit integers.
pub fn splitmix64(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number that depends on the seed and on every salt, in order.
pub fn mix(seed: u64, salts: &[u64]) -> u64 {
    salts.iter().fold(splitmix64(seed), |state, salt| splitmix64(state ^ salt))
}

/// A number from 0 to `below` − 1, or 0 where `below` is not positive.
pub fn pick(seed: u64, salts: &[u64], below: i64) -> i64 {
    match u64::try_from(below) {
        // The remainder is below `below`, so it fits.
        Ok(below) if below > 0 => i64::try_from(mix(seed, salts) % below).unwrap_or(0),
        _ => 0,
    }
}

/// A UUID in the form of version 4, the same for the same seed, family of things, and number.
pub fn uuid(seed: u64, family: &str, number: u64) -> String {
    let salt = family.bytes().fold(0, |state, byte| splitmix64(state ^ u64::from(byte)));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(seed, &[salt, number, 1]).to_be_bytes());
    bytes[8..].copy_from_slice(&mix(seed, &[salt, number, 2]).to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A secret-looking word of 32 hexadecimal digits: a client secret, a token.
pub fn word(seed: u64, family: &str, number: u64) -> String {
    uuid(seed, family, number).replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_first_output_of_splitmix64() {
        assert_eq!(splitmix64(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn identifiers_depend_on_seed_family_and_number() {
        let one = uuid(1, "tenant", 1);
        assert_eq!(one, uuid(1, "tenant", 1));
        for other in [uuid(2, "tenant", 1), uuid(1, "report", 1), uuid(1, "tenant", 2)] {
            assert_ne!(one, other);
        }
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
    }

    #[test]
    fn a_pick_stays_in_range() {
        assert_eq!(pick(1, &[2], 0), 0);
        assert_eq!(pick(1, &[2], -5), 0);
        assert!((0..100).all(|n| (0..7).contains(&pick(n, &[3], 7))));
    }
}
