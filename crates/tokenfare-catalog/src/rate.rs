//! What one token, second or picture costs, and the whole-number multipliers a rate can be changed by.

use crate::error::{Error, ErrorKind};
use crate::money::{self, Money, NINTHS, scaled_decimal};
use crate::word::Meter;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// How many decimal places of "dollars per million tokens" make a whole number of units per token.
const PLACES: u32 = 9;

const MTOK: i128 = 1_000_000;

/// The price of one of what a [`Meter`] counts, a whole number of [`Money`]'s units and never negative.
///
/// ```
/// use tokenfare_catalog::Rate;
///
/// let rate = Rate::from_usd_per_mtok("0.15")?;
/// assert_eq!(rate.cost(1_234)?.to_string(), "0.0001851");
///
/// let batch = rate.times("1/2".parse()?)?;
/// assert_eq!(batch.usd_per_mtok().to_string(), "0.075");
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// Reads a rate in US dollars per million tokens, as price lists state it.
    ///
    /// # Errors
    /// [`Error::is_malformed`] for what is not a decimal or is negative, [`Error::is_inexact`] beyond nine decimal
    /// places, [`Error::is_overflow`] above about 2·10⁹ dollars per million.
    pub fn from_usd_per_mtok(text: &str) -> Result<Self, Error> {
        if text.starts_with('-') {
            return Err(ErrorKind::NegativeRate { text: text.to_owned() }.into());
        }
        let scaled = scaled_decimal(text, PLACES)?;
        let units = scaled.and_then(|scaled| u64::try_from(scaled.checked_mul(NINTHS)?).ok());
        units.map(Self).ok_or_else(out_of_range)
    }

    /// Reads a rate as catalogue files state it for a meter: US dollars per million tokens; for other things, per one of
    /// them, per thousand (`/k`), per million (`/M`), or for seconds also per minute or hour (`/minute`, `/hour`).
    ///
    /// ```
    /// use tokenfare_catalog::{Meter, Rate};
    ///
    /// let minute = Rate::read("0.006/minute", Meter::Seconds)?;
    /// assert_eq!(minute.cost(90)?.to_string(), "0.009");
    /// assert_eq!(Rate::read("10/k", Meter::WebSearch)?, Rate::read("0.01", Meter::WebSearch)?);
    /// assert!(Rate::read("10/k", Meter::Input).unwrap_err().is_malformed());
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Rate::from_usd_per_mtok`]; [`Error::is_malformed`] too for a unit that is not the meter's.
    pub fn read(text: &str, meter: Meter) -> Result<Self, Error> {
        if meter.counts_tokens() {
            return Self::from_usd_per_mtok(text);
        }
        let (number, unit) = text.split_once('/').unwrap_or((text, ""));
        let of = match unit {
            "" => 1,
            "k" => 1_000,
            "M" => 1_000_000,
            "minute" if meter.counts_time() => 60,
            "hour" if meter.counts_time() => 3_600,
            _ => return Err(ErrorKind::NotAUnit { text: text.to_owned(), meter }.into()),
        };
        if number.starts_with('-') {
            return Err(ErrorKind::NegativeRate { text: text.to_owned() }.into());
        }
        let scaled = scaled_decimal(number, money::PLACES)?;
        let units = scaled.and_then(|scaled| scaled.checked_mul(NINTHS)).ok_or_else(out_of_range)?;
        if units % of != 0 {
            return Err(ErrorKind::TooPrecise { text: text.to_owned(), places: PLACES }.into());
        }
        u64::try_from(units / of).map(Self).map_err(|_| out_of_range())
    }

    /// Makes the rate of so many units of money for one.
    #[must_use]
    pub const fn from_units(units: u64) -> Self {
        Self(units)
    }

    /// Returns the rate in units of money for one.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.0
    }

    /// Returns the rate in US dollars for one.
    #[must_use]
    pub fn usd(self) -> Money {
        Money::from_units(i128::from(self.0))
    }

    /// Returns the rate in US dollars per million tokens.
    #[must_use]
    pub fn usd_per_mtok(self) -> Money {
        // A million times any `u64` is far inside `i128`.
        Money::from_units(i128::from(self.0) * MTOK)
    }

    /// Returns what so many cost.
    ///
    /// # Errors
    /// [`Error::is_overflow`] if the cost is out of money's range.
    pub fn cost(self, amount: u64) -> Result<Money, Error> {
        self.usd().checked_mul(amount)
    }

    /// Multiplies the rate, exactly.
    ///
    /// # Errors
    /// [`Error::is_inexact`] if the product is not a whole number of units, [`Error::is_overflow`] if it is too large.
    pub fn times(self, ratio: Ratio) -> Result<Self, Error> {
        let product = u128::from(self.0) * u128::from(ratio.numerator);
        let denominator = u128::from(ratio.denominator.get());
        if product % denominator != 0 {
            return Err(ErrorKind::NotWhole { rate: self, ratio }.into());
        }
        u64::try_from(product / denominator).map(Self).map_err(|_| out_of_range())
    }
}

fn out_of_range() -> Error {
    ErrorKind::RateOverflow.into()
}

/// A multiplier of a rate: a fraction of two whole numbers in lowest terms, such as a discount of one half.
///
/// ```
/// use tokenfare_catalog::Ratio;
///
/// assert_eq!("0.9".parse::<Ratio>()?, "9/10".parse()?);
/// assert_eq!("0.50".parse::<Ratio>()?.to_string(), "1/2");
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: NonZeroU64,
}

impl Ratio {
    /// Makes the ratio of two whole numbers.
    #[must_use]
    pub fn new(numerator: u64, denominator: NonZeroU64) -> Self {
        let common = greatest_common_divisor(denominator, numerator);
        let denominator =
            NonZeroU64::new(denominator.get() / common.get()).expect("a divisor of a number is not above it");
        Self { numerator: numerator / common.get(), denominator }
    }

    /// Makes a ratio of the generated table, in lowest terms.
    pub(crate) const fn known(numerator: u64, denominator: u64) -> Self {
        match NonZeroU64::new(denominator) {
            Some(denominator) => Self { numerator, denominator },
            None => Self { numerator, denominator: NonZeroU64::MIN },
        }
    }

    #[cfg(feature = "read")]
    pub(crate) fn parts(self) -> (u64, u64) {
        (self.numerator, self.denominator.get())
    }
}

fn greatest_common_divisor(a: NonZeroU64, b: u64) -> NonZeroU64 {
    match NonZeroU64::new(b) {
        None => a,
        Some(b) => greatest_common_divisor(b, a.get() % b.get()),
    }
}

/// Reads a fraction (`1/2`) or a decimal (`0.9`).
impl FromStr for Ratio {
    type Err = Error;

    /// # Errors
    /// [`Error::is_malformed`] for anything else, a zero below the line included; [`Error::is_inexact`] for a decimal
    /// of more than nine places; [`Error::is_overflow`] for numbers beyond 64 bits.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::from(ErrorKind::NotARatio { text: text.to_owned() });
        if let Some((above, below)) = text.split_once('/') {
            let whole = |digits: &str| -> Result<u64, Error> {
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(malformed());
                }
                digits.parse().map_err(|_| out_of_range())
            };
            let denominator = NonZeroU64::new(whole(below)?).ok_or_else(malformed)?;
            return Ok(Self::new(whole(above)?, denominator));
        }
        if text.starts_with('-') {
            return Err(malformed());
        }
        let scaled =
            scaled_decimal(text, PLACES).map_err(|error| if error.is_malformed() { malformed() } else { error })?;
        let numerator = scaled.and_then(|scaled| u64::try_from(scaled).ok()).ok_or_else(out_of_range)?;
        let denominator = NonZeroU64::new(10_u64.pow(PLACES)).expect("a power of ten is not zero");
        Ok(Self::new(numerator, denominator))
    }
}

/// Writes the ratio as a fraction in lowest terms, or as a whole number.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator.get() {
            1 => write!(f, "{}", self.numerator),
            below => write!(f, "{}/{below}", self.numerator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::from_usd_per_mtok(text).unwrap()
    }

    #[test]
    fn a_cost_is_the_arithmetic_done_by_hand() {
        // o3-mini: 1,000 tokens in at 1.10 and 5,000 out at 4.40 dollars per million: 0.0011 + 0.022.
        let total = rate("1.10").cost(1_000).unwrap().checked_add(rate("4.40").cost(5_000).unwrap()).unwrap();
        assert_eq!(total.to_string(), "0.0231");
        // 200,000 of those are 4,620 dollars, to the last digit.
        assert_eq!(Money::checked_sum(std::iter::repeat_n(total, 200_000)).unwrap().to_string(), "4620");
        assert_eq!(rate("0.15").cost(10).unwrap().to_string(), "0.0000015");
        assert_eq!(rate("0").cost(u64::MAX).unwrap(), Money::ZERO);
    }

    #[test]
    fn a_rate_keeps_nine_places_and_refuses_a_tenth() {
        assert_eq!(rate("0.000000001").units(), 9);
        assert_eq!(rate("0.0750").usd_per_mtok().to_string(), "0.075");
        assert!(Rate::from_usd_per_mtok("0.0000000001").unwrap_err().is_inexact());
    }

    #[test]
    fn a_negative_rate_is_refused() {
        let refused = Rate::from_usd_per_mtok("-0.15").unwrap_err();
        assert!(refused.is_malformed());
        assert_eq!(refused.to_string(), "rate `-0.15` is negative");
        assert!(Rate::from_usd_per_mtok("-0").is_err());
    }

    #[test]
    fn the_largest_rate_and_the_largest_count_overflow_instead_of_wrapping() {
        assert_eq!(rate("2049638230.412172401").units(), u64::MAX - u64::MAX % 9);
        assert!(Rate::from_usd_per_mtok("2049638230.412172402").unwrap_err().is_overflow());
        assert!(Rate::from_units(u64::MAX).cost(u64::MAX).unwrap_err().is_overflow());
        assert_eq!(Rate::from_units(1 << 63).cost(u64::MAX).unwrap().units(), i128::MAX - (1 << 63) + 1);
    }

    #[test]
    fn a_multiplier_must_leave_a_whole_rate() {
        let half: Ratio = "1/2".parse().unwrap();
        assert_eq!(rate("1.10").times(half).unwrap(), rate("0.55"));
        assert_eq!(rate("2.50").times("0.9".parse().unwrap()).unwrap(), rate("2.25"));
        assert_eq!(rate("3").times("1.1".parse().unwrap()).unwrap(), rate("3.3"));
        let refused = rate("0.000000001").times(half).unwrap_err();
        assert!(refused.is_inexact());
        assert_eq!(refused.to_string(), "`0.000000001` USD per million tokens times `1/2` is not held exactly");
        assert!(Rate::from_units(u64::MAX).times("2".parse().unwrap()).unwrap_err().is_overflow());
    }

    #[test]
    fn a_ratio_is_a_fraction_or_a_decimal_and_nothing_else() {
        for (text, shown) in
            [("1/2", "1/2"), ("50/100", "1/2"), ("0.5", "1/2"), ("0/7", "0"), ("1.10", "11/10"), ("2", "2")]
        {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), shown, "{text}");
        }
        for text in ["", "/", "1/", "/2", "1/0", "-1/2", "+1/2", "1/-2", "1/2/3", "-0.5", "50%", "1e-1", "½"] {
            assert!(text.parse::<Ratio>().unwrap_err().is_malformed(), "{text}");
        }
        assert!("99999999999999999999/1".parse::<Ratio>().unwrap_err().is_overflow());
        assert!("0.0000000001".parse::<Ratio>().unwrap_err().is_inexact());
    }
}
