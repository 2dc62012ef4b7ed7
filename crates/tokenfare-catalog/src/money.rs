//! Exact amounts of money: integers in one fixed fraction of a US dollar.

use crate::error::{Error, ErrorKind};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// How many decimal places of a dollar [`Money`] holds exactly.
pub(crate) const PLACES: u32 = 15;

/// What is left of the unit once the decimal places are taken out; it makes rates per hour whole (3,600 = 4·9·100).
pub(crate) const NINTHS: i128 = 9;

/// An amount of US dollars, held as a whole number of 1/(9·10¹⁵) dollar.
///
/// In this unit every price per token, per thousand and per hour is whole, so sums are exact and come out the same in
/// any order. The range is about ±1.8·10²² dollars; what lies beyond it is an error.
///
/// ```
/// use tokenfare_catalog::Money;
///
/// let dime: Money = "0.1".parse()?;
/// let total = Money::checked_sum([dime; 3])?;
/// assert_eq!(total, "0.30".parse()?);
/// assert_eq!(total.to_string(), "0.3");
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// How many units make one US dollar.
    pub const UNITS_PER_USD: i128 = NINTHS * 10_i128.pow(PLACES);

    /// Makes an amount of so many units.
    #[must_use]
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// Returns the amount in units, of which [`Money::UNITS_PER_USD`] make a dollar.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// Says whether the amount ends within 15 decimal places, so that its text is the amount and not a rounding of it.
    ///
    /// ```
    /// use tokenfare_catalog::Money;
    ///
    /// let hour: Money = "0.10".parse()?;
    /// let second = Money::from_units(hour.units() / 3600);
    /// assert_eq!(second.to_string(), "0.000027777777778");
    /// assert!(!second.is_exact_decimal());
    /// assert_eq!(second.checked_mul(3600)?, hour);
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    #[must_use]
    pub const fn is_exact_decimal(self) -> bool {
        self.0 % NINTHS == 0
    }

    /// Adds two amounts.
    ///
    /// # Errors
    /// [`Error::is_overflow`] if the sum is out of range.
    pub fn checked_add(self, other: Self) -> Result<Self, Error> {
        self.0.checked_add(other.0).map(Self).ok_or_else(out_of_range)
    }

    /// Takes the other amount from this one.
    ///
    /// # Errors
    /// [`Error::is_overflow`] if the difference is out of range.
    pub fn checked_sub(self, other: Self) -> Result<Self, Error> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(out_of_range)
    }

    /// Takes the amount so many times.
    ///
    /// # Errors
    /// [`Error::is_overflow`] if the product is out of range.
    pub fn checked_mul(self, times: u64) -> Result<Self, Error> {
        self.0.checked_mul(i128::from(times)).map(Self).ok_or_else(out_of_range)
    }

    /// Adds up amounts; the answer, error or not, does not depend on their order.
    ///
    /// # Errors
    /// [`Error::is_overflow`] if the total is out of range. Sums on the way to it may be.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        // The exact sum is `low + turns·2¹²⁸`: each wrap leaves `low` one turn off, in the direction of the amount added.
        let mut low = 0_i128;
        let mut turns = 0_i64;
        for Self(units) in amounts {
            let (sum, wrapped) = low.overflowing_add(units);
            low = sum;
            if wrapped {
                turns += if units < 0 { -1 } else { 1 };
            }
        }
        if turns == 0 { Ok(Self(low)) } else { Err(out_of_range()) }
    }
}

fn out_of_range() -> Error {
    ErrorKind::MoneyOverflow.into()
}

/// Reads a decimal number of US dollars: an optional `-`, digits, and optionally a point and more digits.
impl FromStr for Money {
    type Err = Error;

    /// # Errors
    /// [`Error::is_malformed`] for anything else, exponents included, [`Error::is_inexact`] beyond 15 decimal places,
    /// [`Error::is_overflow`] out of range.
    fn from_str(text: &str) -> Result<Self, Error> {
        let scaled = scaled_decimal(text, PLACES)?;
        scaled.and_then(|scaled| scaled.checked_mul(NINTHS)).map(Self).ok_or_else(out_of_range)
    }
}

/// Writes the amount as a decimal number of dollars: the shortest exact one if it ends within 15 places, else rounded
/// half to even at the fifteenth. A precision (`{:.2}`) asks for that many places, rounded the same way.
///
/// ```
/// use tokenfare_catalog::Money;
///
/// let cost: Money = "0.02310".parse()?;
/// assert_eq!(format!("{cost}"), "0.0231");
/// assert_eq!(format!("{cost:.2}"), "0.02");
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: u128 = Money::UNITS_PER_USD.unsigned_abs();
        let mut dollars = self.0.unsigned_abs() / UNITS;
        let mut rest = self.0.unsigned_abs() % UNITS;
        let places = f.precision().unwrap_or(PLACES as usize);

        // Long division: `rest` stays below `UNITS`, so ten times it fits, whatever precision is asked for.
        let mut digits = String::new();
        let mut last_is_odd = dollars % 2 == 1;
        for _ in 0..places {
            rest *= 10;
            let digit = u8::try_from(rest / UNITS).expect("ten times less than the divisor has one digit");
            rest %= UNITS;
            digits.push(char::from(b'0' + digit));
            last_is_odd = digit % 2 == 1;
        }
        let round_up = match (2 * rest).cmp(&UNITS) {
            Ordering::Less => false,
            Ordering::Equal => last_is_odd,
            Ordering::Greater => true,
        };
        if round_up {
            let kept = digits.trim_end_matches('9').len();
            let nines = digits.len() - kept;
            digits.truncate(kept);
            match digits.pop() {
                Some(digit) => digits.push(char::from_u32(u32::from(digit) + 1).expect("a digit below 9 has a next")),
                None => dollars += 1,
            }
            digits.extend(std::iter::repeat_n('0', nines));
        }

        let shortest = f.precision().is_none() && self.is_exact_decimal();
        let fraction = if shortest { digits.trim_end_matches('0') } else { &digits };
        let mut text = dollars.to_string();
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        // What rounds to nothing has no sign.
        let negative = self.0 < 0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        f.pad_integral(!negative, "", &text)
    }
}

/// Reads a decimal and returns it times 10 to the power of `places`, exactly, or nothing if that is beyond `i128`.
pub(crate) fn scaled_decimal(text: &str, places: u32) -> Result<Option<i128>, Error> {
    let malformed = || Error::from(ErrorKind::NotADecimal { text: text.to_owned() });
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(malformed()),
        None => (unsigned, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places as usize {
        return Err(ErrorKind::TooPrecise { text: text.to_owned(), places }.into());
    }
    let padding = std::iter::repeat_n(b'0', places as usize - fraction.len());
    let magnitude = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(padding)
        .try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
    Ok(if negative { magnitude.map(|magnitude| -magnitude) } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn a_decimal_comes_back_as_its_shortest_form() {
        for (text, shortest) in [
            ("0.15", "0.15"),
            ("-1.5", "-1.5"),
            ("10.00", "10"),
            ("007", "7"),
            ("-0.0", "0"),
            ("0.000000000000001", "0.000000000000001"),
            ("0.1000000000000000000000", "0.1"),
        ] {
            assert_eq!(usd(text).to_string(), shortest, "{text}");
            assert!(usd(text).is_exact_decimal(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in [
            "", "-", ".", "1.", ".5", "+1", "--1", "1e3", "1E-3", "1,000", "1_000", " 1", "1 ", "$1", "1.2.3", "NaN",
            "inf", "0x10", "١",
        ] {
            let refused = text.parse::<Money>().unwrap_err();
            assert!(refused.is_malformed(), "{text}");
            assert!(refused.to_string().contains(&format!("`{text}`")), "{text}");
        }
    }

    #[test]
    fn a_sixteenth_place_is_refused_and_not_rounded() {
        let refused = "0.0000000000000001".parse::<Money>().unwrap_err();
        assert!(refused.is_inexact() && !refused.is_malformed());
        assert_eq!(
            refused.to_string(),
            "`0.0000000000000001` has more than the 15 decimal places that are held exactly"
        );
    }

    #[test]
    fn the_range_ends_where_the_integer_does() {
        let largest = "18904575940052136859076.367079542678414";
        assert_eq!(usd(largest).to_string(), largest);
        assert_eq!(usd(largest).units() + 1, i128::MAX);
        assert_eq!(usd(&format!("-{largest}")).units(), -usd(largest).units());
        for beyond in [
            "18904575940052136859076.367079542678415",
            "99999999999999999999999999999999999999999999999999",
            "-18904575940052136859076.367079542678415",
        ] {
            assert!(beyond.parse::<Money>().unwrap_err().is_overflow(), "{beyond}");
        }
        let most = Money::from_units(i128::MAX);
        assert!(most.checked_add(Money::from_units(1)).unwrap_err().is_overflow());
        assert!(Money::from_units(i128::MIN).checked_sub(Money::from_units(1)).unwrap_err().is_overflow());
        assert!(most.checked_mul(2).unwrap_err().is_overflow());
        // One unit beyond the last whole decimal, or two, is not yet half of the next.
        assert_eq!(most.to_string(), largest);
        assert_eq!(Money::from_units(i128::MIN).to_string(), format!("-{largest}"));
    }

    #[test]
    fn a_sum_overflows_only_if_its_total_does() {
        let most = Money::from_units(i128::MAX);
        let least = Money::from_units(i128::MIN);
        let one = Money::from_units(1);
        assert_eq!(Money::checked_sum([most, one, least]).unwrap(), Money::ZERO);
        assert_eq!(Money::checked_sum([least, least, most, most, one, one]).unwrap(), Money::ZERO);
        assert!(Money::checked_sum([most, one]).unwrap_err().is_overflow());
        assert!(Money::checked_sum([most, most, most, most, one, one, one, one]).unwrap_err().is_overflow());
        assert_eq!(Money::checked_sum([]).unwrap(), Money::ZERO);
    }

    #[test]
    fn an_endless_decimal_is_rounded_at_fifteen_places_and_says_so() {
        let third = Money::from_units(Money::UNITS_PER_USD / 3);
        let ninth = Money::from_units(1);
        assert_eq!(third.checked_mul(3).unwrap(), usd("1"));
        let endless = Money::from_units(Money::UNITS_PER_USD + 5);
        assert_eq!(endless.to_string(), "1.000000000000001");
        assert!(!endless.is_exact_decimal());
        assert_eq!(ninth.to_string(), "0.000000000000000");
        assert_eq!(Money::from_units(-1).to_string(), "0.000000000000000");
        assert_eq!(Money::from_units(Money::UNITS_PER_USD - 1).to_string(), "1.000000000000000");
    }

    #[test]
    fn a_precision_rounds_half_to_even() {
        for (text, places, rounded) in [
            ("0.125", 2, "0.12"),
            ("0.135", 2, "0.14"),
            ("0.0231", 2, "0.02"),
            ("0.995", 2, "1.00"),
            ("0.5", 0, "0"),
            ("1.5", 0, "2"),
            ("-0.004", 2, "0.00"),
            ("-9.999", 2, "-10.00"),
            ("1", 20, "1.00000000000000000000"),
        ] {
            assert_eq!(format!("{:.places$}", usd(text)), rounded, "{text}");
        }
        assert_eq!(format!("{:.20}", Money::from_units(1)), "0.00000000000000011111");
        assert_eq!(format!("{:>8}|{:+.1}", usd("-1.5"), usd("2")), "    -1.5|+2.0");
    }
}
