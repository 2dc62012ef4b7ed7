//! Exact decimals, from the text of a number: no float is ever made of a price.

use std::cmp::Ordering;
use std::fmt;

/// The value is `digits × 10^exponent`; no digit at the end is a zero, so equal numbers are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i128,
    exponent: i32,
}

/// How many digits a number may have: products of two still fit.
const MOST_DIGITS: usize = 18;

impl Decimal {
    pub(crate) const ZERO: Self = Self { digits: 0, exponent: 0 };

    pub(crate) fn whole(value: i128) -> Self {
        Self { digits: value, exponent: 0 }.normal()
    }

    /// Reads `12`, `0.375`, `3.75e-07`; `None` for what is no number, or has more digits than are ever meant.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if unsigned.is_empty() || !all_digits(unsigned) || !all_digits(part) {
            return None;
        }
        let digits = format!("{whole}{part}");
        if digits.trim_start_matches(['-', '0']).len() > MOST_DIGITS {
            return None;
        }
        let exponent = exponent.checked_sub(i32::try_from(part.len()).ok()?)?;
        if exponent.unsigned_abs() > 30 {
            return None;
        }
        Some(Self { digits: digits.parse().ok()?, exponent }.normal())
    }

    /// The decimal a number was before binary arithmetic left its trace: `4.5000000000000003` → `4.5`. `None` where the
    /// digits are no trace: one third, or a number that was written with as many digits as it has.
    pub(crate) fn without_trace(self) -> Option<Self> {
        const MEANT: usize = 12;
        let length = self.digits.unsigned_abs().to_string().len();
        if length < 15 {
            return None;
        }
        let drop = u32::try_from(length - MEANT).ok()?;
        let unit = 10_i128.checked_pow(drop)?;
        let short = (self.digits + self.digits.signum() * unit / 2) / unit;
        // A double is good to one part in 2^53, and a sum or a product loses a bit or two.
        if (short * unit - self.digits).abs() * 1_000_000_000_000_000 > self.digits.abs() * 2 {
            return None;
        }
        Some(Self { digits: short, exponent: self.exponent + i32::try_from(drop).ok()? }.normal())
    }

    fn normal(mut self) -> Self {
        if self.digits == 0 {
            return Self::ZERO;
        }
        while self.digits % 10 == 0 {
            self.digits /= 10;
            self.exponent += 1;
        }
        self
    }

    pub(crate) fn shift(self, places: i32) -> Self {
        if self.digits == 0 { self } else { Self { exponent: self.exponent + places, ..self } }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        Self { digits: self.digits * other.digits, exponent: self.exponent + other.exponent }.normal()
    }

    /// The number that differs by so much in the last digit.
    pub(crate) fn neighbour(self, by: i128) -> Self {
        Self { digits: self.digits + by, ..self }
    }

    /// The number with no more than so many digits after the point, the rest cut off.
    pub(crate) fn cut(self, places: i32) -> Self {
        let gone = u32::try_from(-self.exponent - places).unwrap_or(0);
        Self { digits: self.digits / 10_i128.saturating_pow(gone), exponent: self.exponent.max(-places) }.normal()
    }

    /// How many digits it has after the point.
    pub(crate) fn places(self) -> u32 {
        self.exponent.min(0).unsigned_abs()
    }

    pub(crate) fn is_zero(self) -> bool {
        self.digits == 0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Whether one is the other, ten or a hundred or a thousand … times over: a slip of the point.
    pub(crate) fn is_slip_of(self, other: Self) -> bool {
        self.digits == other.digits && self.exponent != other.exponent
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let least = self.exponent.min(other.exponent);
        let scaled =
            |value: &Self| value.digits.saturating_mul(10_i128.saturating_pow((value.exponent - least).unsigned_abs()));
        scaled(self).cmp(&scaled(other))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = self.digits.unsigned_abs().to_string();
        let places = usize::try_from(self.places()).unwrap_or(usize::MAX);
        if self.exponent >= 0 {
            let zeros = usize::try_from(self.exponent).unwrap_or(0);
            write!(f, "{sign}{digits}{}", "0".repeat(zeros))
        } else if digits.len() > places {
            let (whole, part) = digits.split_at(digits.len() - places);
            write!(f, "{sign}{whole}.{part}")
        } else {
            write!(f, "{sign}0.{}{digits}", "0".repeat(places - digits.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Decimal {
        Decimal::parse(text).expect("the tests write numbers")
    }

    #[test]
    fn a_rate_per_token_is_exact_per_million() {
        for (per_token, per_million) in [
            ("3.75e-07", "0.375"),
            ("1e-05", "10"),
            ("0.000015", "15"),
            ("2.5E-6", "2.5"),
            ("0", "0"),
            ("1.3e-07", "0.13"),
        ] {
            assert_eq!(read(per_token).shift(6).to_string(), per_million);
        }
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        assert_eq!(read("0.30"), read("3e-1"));
        assert!(read("0.3") < read("0.31"));
        assert!(read("2.5").is_slip_of(read("0.25")));
        assert!(!read("2.5").is_slip_of(read("2.50")));
    }

    #[test]
    fn only_the_trace_of_binary_arithmetic_is_taken_off() {
        assert_eq!(read("4.5000000000000003E-7").without_trace(), Some(read("4.5e-7")));
        assert_eq!(read("9.499999999999999E-7").without_trace(), Some(read("9.5e-7")));
        assert_eq!(read("0.08333333333333334").without_trace(), None);
        assert_eq!(read("0.083333333").without_trace(), None);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", ".", "-", "1.2.3", "0x1", "1e", "nan", "1234567890123456789"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
