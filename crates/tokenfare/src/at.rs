//! When a request was made: what its price depends on.

use crate::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};
use tokenfare_catalog::Date;

const DAY: u64 = 86_400;

/// A moment in UTC, to the minute; or a day alone, at no hour in particular.
///
/// ```
/// use tokenfare::At;
///
/// let at: At = "2026-11-20T01:30:00+02:00".parse()?;
/// assert_eq!(at.to_string(), "2026-11-19T23:30Z");
/// assert_eq!("2026-11-20".parse::<At>()?.minute(), None);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    day: Date,
    minute: Option<u16>,
}

impl At {
    /// Returns the moment it is now.
    #[must_use]
    pub fn now() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::from_seconds_since_1970(seconds)
    }

    /// Makes a moment of a time as computers count it, which is how responses state when they were made.
    #[must_use]
    pub fn from_seconds_since_1970(seconds: u64) -> Self {
        let minute = u16::try_from(seconds % DAY / 60).expect("a day has 1,440 minutes");
        Self { day: Date::from_days_since_1970(seconds / DAY), minute: Some(minute) }
    }

    /// Makes a moment of a day and a minute of it; of a day alone where there is none, or where a day has no such minute.
    #[must_use]
    pub fn new(day: Date, minute: Option<u16>) -> Self {
        Self { day, minute: minute.filter(|minute| *minute < 24 * 60) }
    }

    /// Returns the day.
    #[must_use]
    pub fn day(self) -> Date {
        self.day
    }

    /// Returns the minute of the day, if it is known.
    #[must_use]
    pub fn minute(self) -> Option<u16> {
        self.minute
    }
}

/// A day, at no hour in particular.
impl From<Date> for At {
    fn from(day: Date) -> Self {
        Self { day, minute: None }
    }
}

/// Now.
impl Default for At {
    fn default() -> Self {
        Self::now()
    }
}

/// Reads ISO 8601: a day, or a day and a time of day apart by `T` or a space, in UTC unless it says `+hh:mm`.
impl FromStr for At {
    type Err = Error;

    /// # Errors
    /// If it is anything else, or a day the calendar does not have.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (day, time) = match text.as_bytes().get(10) {
            None => return Ok(Self::from(text.parse::<Date>()?)),
            Some(b'T' | b't' | b' ') => (text[..10].parse::<Date>()?, &text[11..]),
            // The whole text, for the message.
            Some(_) => (text.parse::<Date>()?, ""),
        };
        let (minute, zone) = time_of(time).ok_or_else(|| Error::not_a_time(text))?;
        let days_since_1970 = i64::try_from(days_before(day)).expect("a calendar of ten thousand years is short");
        let minutes = days_since_1970 * 1_440 + i64::from(minute) - i64::from(zone);
        match u64::try_from(minutes) {
            Ok(minutes) => Ok(Self::from_seconds_since_1970(minutes * 60)),
            Err(_) => Ok(Self { day, minute: Some(minute) }), // Nothing was sold before 1970.
        }
    }
}

/// The minute of the day, and how many minutes it is ahead of UTC.
fn time_of(text: &str) -> Option<(u16, i16)> {
    let two = |at: usize| -> Option<u16> {
        let digits = text.get(at..at + 2)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
    };
    let colon = |at: usize| (text.as_bytes().get(at) == Some(&b':')).then_some(());
    let hour = two(0)?;
    colon(2)?;
    let minute = two(3)?;
    let mut at = 5;
    if colon(at).is_some() {
        let second = two(at + 1)?;
        at += 3;
        if matches!(text.as_bytes().get(at), Some(b'.' | b',')) {
            let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            at += 1 + digits;
            if digits == 0 {
                return None;
            }
        }
        if second > 60 {
            return None;
        }
    }
    let zone = match text.as_bytes().get(at) {
        None => 0,
        Some(b'Z' | b'z') if at + 1 == text.len() => 0,
        Some(sign @ (b'+' | b'-')) => {
            let hours = two(at + 1)?;
            let after = at + 3;
            let minutes = match text.len() - after {
                0 => 0,
                2 => two(after)?,
                3 => colon(after).and_then(|()| two(after + 1))?,
                _ => return None,
            };
            if hours > 23 || minutes > 59 {
                return None;
            }
            let ahead = i16::try_from(hours * 60 + minutes).ok()?;
            if *sign == b'+' { ahead } else { -ahead }
        }
        Some(_) => return None,
    };
    (hour < 24 && minute < 60).then_some((hour * 60 + minute, zone))
}

/// How many days a day is after 1970-01-01; 0 if it is before.
fn days_before(day: Date) -> u64 {
    let (year, month) = (i64::from(day.year()), i64::from(day.month()));
    // The year is counted from March, so that the day a leap year has more is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(day.day()) - 1;
    u64::try_from(days - 719_468).unwrap_or(0)
}

/// Writes the day, and the time if there is one.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minute {
            None => self.day.fmt(f),
            Some(minute) => write!(f, "{}T{:02}:{:02}Z", self.day, minute / 60, minute % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::today;

    #[test]
    fn a_day_is_as_many_days_after_1970_as_the_calendar_says() {
        for days in (0..200_000).step_by(7).chain([11_016, 19_782, 19_783]) {
            assert_eq!(days_before(Date::from_days_since_1970(days)), days);
        }
    }

    #[test]
    fn times_are_read_in_their_zone() {
        for (text, shown) in [
            ("2026-11-20", "2026-11-20"),
            ("2026-11-20T12:34", "2026-11-20T12:34Z"),
            ("2026-11-20 12:34:56", "2026-11-20T12:34Z"),
            ("2026-11-20t12:34:56.789z", "2026-11-20T12:34Z"),
            ("2026-11-20T00:30:00+02:00", "2026-11-19T22:30Z"),
            ("2026-12-31T23:30:00-0100", "2027-01-01T00:30Z"),
            ("2026-11-20T12:00:00+05", "2026-11-20T07:00Z"),
            ("2024-02-29T23:59:60Z", "2024-02-29T23:59Z"),
        ] {
            assert_eq!(text.parse::<At>().unwrap().to_string(), shown, "{text}");
        }
        for text in [
            "",
            "now",
            "2026-11-20T",
            "2026-11-20T24:00",
            "2026-11-20T12",
            "2026-11-20T12:60",
            "2026-11-20X12:00",
            "2026-13-01T12:00",
            "2026-11-20T12:00:61",
            "2026-11-20T12:00:00.",
            "2026-11-20T12:00+24:00",
            "2026-11-20T12:00+1",
            "2026-11-20T12:00Zulu",
            "2026-11-20T1２:00",
            "2026-11-2é",
        ] {
            assert!(text.parse::<At>().unwrap_err().is_malformed(), "{text}");
        }
    }

    #[test]
    fn now_is_today() {
        let before = today();
        let now = At::now();
        assert!(now.day() == before || now.day() == today());
        assert!(now.minute().is_some());
    }
}
