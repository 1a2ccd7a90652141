//! The check of gzip, CRC-32, eight bytes at a time.

/// What one byte does to the check, with none to seven bytes after it. Made when it is needed: it
/// takes less time than 8 KiB more of a component take to load.
pub struct Tables(Vec<[u32; 256]>);

const STEP: usize = 8;
const POLYNOMIAL: u32 = 0xedb8_8320;

impl Tables {
    pub fn new() -> Self {
        let mut tables = vec![[0; 256]; STEP];
        #[allow(clippy::needless_range_loop, reason = "the byte is what is computed with, and the place of the result")]
        for byte in 0..256 {
            let bits = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
            tables[0][byte] = (0..8).fold(byte as u32, bits);
        }
        for after in 1..STEP {
            for byte in 0..256 {
                let crc = tables[after - 1][byte];
                tables[after][byte] = crc >> 8 ^ tables[0][crc as usize & 0xff];
            }
        }
        Tables(tables)
    }
}

/// A check as far as it got, inverted as the standard has it.
#[derive(Clone, Copy)]
pub struct Crc(u32);

impl Default for Crc {
    fn default() -> Self {
        Crc(!0)
    }
}

impl Crc {
    pub fn value(self) -> u32 {
        !self.0
    }

    pub fn add(&mut self, bytes: &[u8], Tables(tables): &Tables) {
        let (steps, rest) = bytes.as_chunks::<STEP>();
        let mut crc = self.0;
        for step in steps {
            let bytes = (u64::from_le_bytes(*step) ^ u64::from(crc)).to_le_bytes();
            crc = bytes.iter().zip(tables.iter().rev()).fold(0, |crc, (byte, table)| crc ^ table[usize::from(*byte)]);
        }
        for byte in rest {
            crc = crc >> 8 ^ tables[0][usize::from(crc as u8 ^ byte)];
        }
        self.0 = crc;
    }
}
