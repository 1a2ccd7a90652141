//! Abiquo's error codes, from its own catalogue of 2022.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $advice:literal;)+) => {
        /// A code of an error of Abiquo's. The status that comes with each is not published, so decide by
        /// the code.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`: ", $advice)] $(#[$doc])* $name,)+
            /// Any other, as it came.
            Other(String),
        }

        impl Code {
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// What the code means for the one who posts or asks. `None` for codes not known here.
            pub fn advice(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($advice),)+
                    Self::Other(_) => None,
                }
            }
        }

        impl From<&str> for Code {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

codes! {
    InvalidProvider = "BILL-0", "the provider's name is not accepted";
    EndBeforeStart = "BILL-1", "the period ends before it starts";
    /// The natural key is enterprise and provider; periods may not overlap.
    PeriodOverlaps = "BILL-3", "a bill of a period that overlaps this one is there: look it up, compare it, delete it if it is wrong";
    NoSuchBill = "BILL-4", "there is no such bill";
    InvalidDate = "BILL-5", "a date is not written yyyy/MM/dd HH:mm:ss Z, or was not percent-encoded";
    NoCategory = "BILL-6", "at least one category is needed";
    /// The constant behind it is `WRONG_API_CALL`.
    CategoriesNotHere = "BILL-7", "a bill with categories needs the media type by categories: check the wire profile";
    ResultFileUnreadable = "BILL-8", "Abiquo cannot process its own billing's result file";
    Duplicate = "BILL-9", "this bill is there already: look it up and compare it";
    NoUsageType = "BILL-10", "each category needs at least one usage type";
    RegisterDuplicate = "BILL_REGISTER-0", "a register of this date is there already: look it up and compare it";
    NoSuchRegister = "BILL_REGISTER-1", "there is no such bill register";
    RegisterOtherPeriod = "BILL_REGISTER-2", "registers of another period stand: bill that period, or delete them, first";
    RegisterOutOfPeriod = "BILL_REGISTER-3", "the register's date is not in its period";
    RegisterOfBilledPeriod = "BILL_REGISTER-4", "the period has its bill already, and takes no more registers";
    RegisterAmountFell = "BILL_REGISTER-5", "an earlier register has a higher amount";
    RegisterWithoutPeriod = "BILL_REGISTER-6", "a register needs a billing period";
    NoSuchEnterprise = "EN-0", "there is no such enterprise: check the customers file";
}

impl Code {
    /// Whether what was posted (or something in its place) is there already: not to be sent again, but to be
    /// looked up and compared.
    pub fn is_already_there(&self) -> bool {
        matches!(self, Code::PeriodOverlaps | Code::Duplicate | Code::RegisterDuplicate)
    }

    /// A code that only repeats the HTTP status, such as `500-INTERNAL-SERVER-ERROR`.
    pub(super) fn repeats_status(&self) -> bool {
        let digits = self.as_str().split('-').next().unwrap_or_default();
        digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
