//! Calendar days, which is all the precision a price list has.

use crate::error::{Error, ErrorKind};
use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar, in UTC where a moment matters.
///
/// ```
/// use tokenfare_catalog::Date;
///
/// let released: Date = "2024-07-18".parse()?;
/// assert!(released < Date::new(2024, 10, 1)?);
/// assert!("2023-02-29".parse::<Date>().is_err());
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    // In this order the derived comparison is the calendar's.
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Makes a date of years 0 to 9999.
    ///
    /// # Errors
    /// [`Error::is_malformed`] if the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        if year <= 9999 && (1..=days_in(year, month)).contains(&day) {
            Ok(Self { year, month, day })
        } else {
            Err(ErrorKind::NotADate { text: format!("{year:04}-{month:02}-{day:02}") }.into())
        }
    }

    /// Returns the day that is so many days after 1970-01-01; the last day of the year 9999 if that is later.
    ///
    /// ```
    /// use tokenfare_catalog::Date;
    ///
    /// assert_eq!(Date::from_days_since_1970(0), Date::new(1970, 1, 1)?);
    /// assert_eq!(Date::from_days_since_1970(19_782), Date::new(2024, 2, 29)?);
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    #[must_use]
    pub fn from_days_since_1970(days: u64) -> Self {
        const LATEST: Date = Date { year: 9999, month: 12, day: 31 };
        // Years are counted from March, so that the day a leap year has more is its last, and in cycles of four centuries.
        const CYCLE: u64 = 146_097;
        let Some(days) = days.checked_add(719_468) else { return LATEST };
        let of_cycle = days % CYCLE;
        let year_of_cycle = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / (CYCLE - 1)) / 365;
        let day_of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = days / CYCLE * 400 + year_of_cycle + u64::from(month <= 2);
        match (u16::try_from(year), u8::try_from(month), u8::try_from(day)) {
            (Ok(year), Ok(month), Ok(day)) if year <= 9999 => Self { year, month, day },
            _ => LATEST,
        }
    }

    /// Makes a date of the generated table, whose generator read it through [`Date::new`].
    pub(crate) const fn known(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// Returns the year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Reads `YYYY-MM-DD`.
impl FromStr for Date {
    type Err = Error;

    /// # Errors
    /// [`Error::is_malformed`] for another form or a day the calendar does not have.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::from(ErrorKind::NotADate { text: text.to_owned() });
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Err(malformed()) };
        let number = |digits: &[u8]| {
            digits
                .iter()
                .try_fold(0_u16, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u16::from(digit - b'0')))
        };
        let two = |tens, ones| number(&[tens, ones]).and_then(|number| u8::try_from(number).ok());
        match (number(&[y1, y2, y3, y4]), two(m1, m2), two(d1, d2)) {
            (Some(year), Some(month), Some(day)) => Self::new(year, month, day),
            _ => Err(malformed()),
        }
    }
}

/// Writes `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_since_1970_go_through_the_calendar_in_order() {
        let mut before = Date::from_days_since_1970(0);
        for days in 1..200_000 {
            let date = Date::from_days_since_1970(days);
            assert!(before < date && Date::new(date.year, date.month, date.day) == Ok(date), "{date:?}");
            before = date;
        }
        assert_eq!(Date::from_days_since_1970(u64::MAX), Date { year: 9999, month: 12, day: 31 });
    }

    #[test]
    fn every_day_of_four_centuries_comes_back_in_order() {
        let mut days = 0;
        let mut last = None;
        for (year, month, day) in
            (1800..2200).flat_map(|y| (1..=12).flat_map(move |m| (1..=31).map(move |d| (y, m, d))))
        {
            let Ok(date) = Date::new(year, month, day) else { continue };
            assert_eq!(date.to_string().parse::<Date>().unwrap(), date);
            assert!(last < Some(date));
            last = Some(date);
            days += 1;
        }
        assert_eq!(days, 146_097, "the length of the calendar's cycle");
    }

    #[test]
    fn what_is_not_a_day_is_refused() {
        for text in [
            "",
            "2024",
            "2024-1-1",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "2024-04-00",
            "1900-02-29",
            "2024/04/01",
            "2024-04-01T00:00",
            "20240401",
            "+024-04-01",
            "2024-04-1 ",
            "२०२४-०४-०१",
        ] {
            assert!(text.parse::<Date>().unwrap_err().is_malformed(), "{text}");
        }
        assert_eq!(
            "2023-02-29".parse::<Date>().unwrap_err().to_string(),
            "`2023-02-29` is not a day of the calendar in the form `YYYY-MM-DD`"
        );
        assert!(Date::new(10_000, 1, 1).is_err());
    }
}
