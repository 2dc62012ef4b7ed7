//! Money against arithmetic on written digits, the way it is done on paper.

use proptest::prelude::*;
use std::cmp::Ordering;
use tokenfare_catalog::{Money, Rate};

/// The largest amount in units, 2¹²⁷ - 1.
const MOST: &str = "170141183460469231731687303715884105727";

/// A number of units: a sign and decimal digits, no leading zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Paper {
    negative: bool,
    digits: Vec<u8>,
}

impl Paper {
    fn new(negative: bool, digits: &[u8]) -> Self {
        let digits = digits[digits.iter().take_while(|digit| **digit == 0).count()..].to_vec();
        Self { negative: negative && !digits.is_empty(), digits }
    }

    fn read(text: &str) -> Self {
        let unsigned = text.trim_start_matches('-');
        Self::new(unsigned.len() < text.len(), &unsigned.bytes().map(|byte| byte - b'0').collect::<Vec<_>>())
    }

    /// What `Money` should hold for a decimal of at most 15 places: its digits without the point, nine times.
    fn of_usd(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Self::read(&format!("{whole}{fraction:0<15}")).times(9)
    }

    fn text(&self) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        if digits.is_empty() { "0".to_owned() } else { format!("{sign}{digits}") }
    }

    /// The money of so many units, if they are in range.
    fn money(&self) -> Option<Money> {
        let most = Self::read(MOST).digits;
        let least = Self::read("170141183460469231731687303715884105728").digits;
        let limit = if self.negative { least } else { most };
        (compare(&self.digits, &limit) != Ordering::Greater)
            .then(|| Money::from_units(self.text().parse().expect("in range, as compared")))
    }

    fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            return Self::new(self.negative, &add(&self.digits, &other.digits));
        }
        match compare(&self.digits, &other.digits) {
            Ordering::Less => Self::new(other.negative, &subtract(&other.digits, &self.digits)),
            _ => Self::new(self.negative, &subtract(&self.digits, &other.digits)),
        }
    }

    fn minus(&self, other: &Self) -> Self {
        self.plus(&Self::new(!other.negative, &other.digits))
    }

    fn times(&self, factor: u64) -> Self {
        let mut product = Vec::new();
        for digit in factor.to_string().bytes() {
            product.push(0);
            for _ in 0..digit - b'0' {
                product = add(&product, &self.digits);
            }
        }
        Self::new(self.negative, &product)
    }

    /// The quotient by nine and the remainder.
    fn ninth(&self) -> (Vec<u8>, u8) {
        let mut carry = 0;
        let quotient = self.digits.iter().map(|digit| {
            let dividend = carry * 10 + digit;
            carry = dividend % 9;
            dividend / 9
        });
        (quotient.collect(), carry)
    }

    /// Dollars, rounded at 15 places: a remainder of ninths is never half.
    fn usd(&self) -> String {
        let (mut digits, rest) = self.ninth();
        if rest > 4 {
            digits = add(&digits, &[1]);
        }
        let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let digits = format!("{digits:0>16}");
        let (whole, fraction) = digits.split_at(digits.len() - 15);
        let whole = whole.trim_start_matches('0');
        let fraction = if rest == 0 { fraction.trim_end_matches('0') } else { fraction };
        let nothing = whole.is_empty() && fraction.bytes().all(|byte| byte == b'0');
        format!(
            "{}{}{}{fraction}",
            if self.negative && !nothing { "-" } else { "" },
            if whole.is_empty() { "0" } else { whole },
            if fraction.is_empty() { "" } else { "." },
        )
    }
}

fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut sum = Vec::new();
    let mut carry = 0;
    for place in 0..a.len().max(b.len()) + 1 {
        let digit = |number: &[u8]| number.len().checked_sub(place + 1).map_or(0, |at| number[at]);
        let both = digit(a) + digit(b) + carry;
        sum.push(both % 10);
        carry = both / 10;
    }
    sum.reverse();
    sum
}

/// The difference of two numbers, the first not the smaller.
fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let complement: Vec<u8> = std::iter::repeat_n(&0, a.len() - b.len()).chain(b).map(|digit| 9 - digit).collect();
    // a - b = a + (99…9 - b) + 1 - 100…0
    let sum = add(&add(a, &complement), &[1]);
    sum[sum.len() - a.len()..].to_vec()
}

/// Decimals as people write them, near the edges as well as in the middle.
fn decimal() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,6}",
        "-?[0-9]{1,24}(\\.[0-9]{1,15})?",
        "-?0\\.[09]{1,15}",
        "-?189045759400521368590[0-9]{2}\\.[0-9]{15}"
    ]
}

fn units() -> impl Strategy<Value = i128> {
    let edges = [i128::MIN, i128::MIN + 1, -10, -9, -5, -4, -1, 0, 1, 4, 5, 8, 9, i128::MAX - 1, i128::MAX];
    prop_oneof![any::<i128>(), any::<i64>().prop_map(i128::from), prop::sample::select(edges.to_vec())]
}

fn factor() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..10_000_u64, Just(u64::MAX)]
}

proptest! {
    #[test]
    fn a_decimal_is_read_to_the_digit_or_out_of_range(text in decimal()) {
        let paper = Paper::of_usd(&text);
        match text.parse::<Money>() {
            Ok(money) => prop_assert_eq!(Some(money), paper.money()),
            Err(error) => prop_assert!(error.is_overflow() && paper.money().is_none()),
        }
    }

    #[test]
    fn an_amount_is_written_to_the_digit(units in units()) {
        let money = Money::from_units(units);
        let paper = Paper::read(&units.to_string());
        prop_assert_eq!(money.to_string(), paper.usd());
        prop_assert_eq!(money.is_exact_decimal(), paper.ninth().1 == 0);
        // Only what lies at the very end of the range can be rounded out of it.
        let back = money.to_string().parse::<Money>().ok();
        prop_assert_eq!(money.is_exact_decimal(), back == Some(money));
    }

    #[test]
    fn a_precision_is_a_rounding_of_the_full_text(text in "-?[0-9]{1,8}\\.[0-9]{1,15}", places in 0..15_usize) {
        // Half a step of the last place either way holds the amount.
        let money: Money = text.parse().unwrap();
        let shown: Money = format!("{money:.places$}").parse().unwrap();
        let step = Money::UNITS_PER_USD / 10_i128.pow(u32::try_from(places).unwrap());
        let off = (shown.units() - money.units()).abs();
        prop_assert!(2 * off <= step);
        if 2 * off == step {
            prop_assert_eq!((shown.units() / step) % 2, 0);
        }
    }

    #[test]
    fn sums_and_differences_agree_with_paper(a in units(), b in units()) {
        let (paper_a, paper_b) = (Paper::read(&a.to_string()), Paper::read(&b.to_string()));
        let (a, b) = (Money::from_units(a), Money::from_units(b));
        prop_assert_eq!(a.checked_add(b).ok(), paper_a.plus(&paper_b).money());
        prop_assert_eq!(a.checked_sub(b).ok(), paper_a.minus(&paper_b).money());
    }

    #[test]
    fn products_agree_with_paper(a in units(), times in factor()) {
        let paper = Paper::read(&a.to_string()).times(times);
        prop_assert_eq!(Money::from_units(a).checked_mul(times).ok(), paper.money());
    }

    #[test]
    fn a_total_agrees_with_paper_in_any_order(amounts in prop::collection::vec(units(), 0..12), turn in any::<prop::sample::Index>()) {
        let paper = amounts.iter().fold(Paper::new(false, &[]), |sum, units| sum.plus(&Paper::read(&units.to_string())));
        let mut turned: Vec<Money> = amounts.into_iter().map(Money::from_units).collect();
        prop_assert_eq!(Money::checked_sum(turned.clone()).ok(), paper.money());
        if !turned.is_empty() {
            let at = turn.index(turned.len());
            turned.rotate_left(at);
        }
        prop_assert_eq!(Money::checked_sum(turned).ok(), paper.money());
    }

    #[test]
    fn a_cost_agrees_with_paper(rate in "[0-9]{1,10}\\.[0-9]{1,9}", tokens in factor()) {
        // Moving the point six places makes "per million" into "per token".
        let (whole, fraction) = rate.split_once('.').unwrap();
        let per_token = Paper::read(&format!("{whole}{fraction:0<9}")).times(9);
        match Rate::from_usd_per_mtok(&rate) {
            Ok(read) => {
                prop_assert_eq!(read.units().to_string(), per_token.text());
                prop_assert_eq!(read.cost(tokens).ok(), per_token.times(tokens).money());
            }
            Err(error) => {
                let most = Paper::read(&u64::MAX.to_string());
                prop_assert!(error.is_overflow());
                prop_assert_eq!(compare(&per_token.digits, &most.digits), Ordering::Greater);
            }
        }
    }
}

#[test]
fn a_million_prices_add_up_the_same_on_any_number_of_threads() {
    let rate = Rate::from_usd_per_mtok("0.15").unwrap();
    let prices: Vec<Money> = (0..1_000_000).map(|_| rate.cost(7).unwrap()).collect();
    for threads in 1..=9 {
        let parts = prices.len().div_ceil(threads);
        let total = std::thread::scope(|scope| {
            let sums: Vec<_> = prices
                .chunks(parts)
                .map(|part| scope.spawn(|| Money::checked_sum(part.iter().copied()).unwrap()))
                .collect();
            Money::checked_sum(sums.into_iter().map(|sum| sum.join().unwrap())).unwrap()
        });
        assert_eq!(total.to_string(), "1.05", "{threads} threads");
    }
}
