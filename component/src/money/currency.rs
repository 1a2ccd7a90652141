//! ISO 4217 currencies and their minor digits.
//!
//! Own list: months of withdrawn currencies still have to be billed, and libraries list the codes in force.

/// Codes with other than two minor digits.
const DIGITS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Codes with two minor digits: those in force, and those withdrawn since 2021, whose months may
/// still have to be billed. Metals, funds and test codes have no minor digits and are left out.
const TWO_DIGITS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD \
    CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD \
    HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD \
    SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER \
    ZAR ZMW ZWG ZWL";

/// The minor digits of a currency; none for a code that ISO 4217 does not have.
pub fn minor_digits(code: &str) -> Option<u32> {
    if let Some((_, digits)) = DIGITS.iter().find(|(known, _)| *known == code) {
        return Some(*digits);
    }
    TWO_DIGITS.split_ascii_whitespace().any(|known| known == code).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By digits, as ISO 4217's list one has them.
    #[test]
    fn digits_of_all_exceptions() {
        let exceptions = [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ];
        for (digits, codes) in exceptions {
            for code in codes.split(' ') {
                assert_eq!(minor_digits(code), Some(digits), "{code}");
                assert!(!TWO_DIGITS.contains(code), "{code}");
            }
        }
        let count: usize = exceptions.iter().map(|(_, codes)| codes.split(' ').count()).sum();
        assert_eq!(DIGITS.len(), count);
    }

    #[test]
    fn digits_of_some() {
        for (code, digits) in [
            ("EUR", Some(2)),
            ("JPY", Some(0)),
            ("KWD", Some(3)),
            ("CLF", Some(4)),
            ("ZWL", Some(2)),
            ("eur", None),
            ("XXX", None),
            ("", None),
        ] {
            assert_eq!(minor_digits(code), digits, "{code}");
        }
    }
}
