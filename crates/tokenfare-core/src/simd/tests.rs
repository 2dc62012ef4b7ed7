//! All machines find what the plain searches find.

use super::*;

/// Numbers that look random, the same every time.
fn random(seed: u64) -> impl FnMut(u64) -> u64 + Clone {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (state >> 33) % below
    }
}

#[derive(Clone)]
struct Classing;

impl Work for Classing {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let agree = |bytes: &[u8; WINDOW]| assert_eq!(machine.classes(bytes), scalar::classes(bytes), "{bytes:?}");
        for byte in 0..=255 {
            for at in 0..WINDOW {
                let mut bytes = [b'('; WINDOW];
                bytes[at] = byte;
                agree(&bytes);
            }
        }
        agree(&std::array::from_fn(|i| (i * 37 % 256) as u8));
    }
}

#[test]
fn every_byte_is_classed_alike_in_every_place() {
    on_every(&Classing);
}

#[derive(Clone)]
struct Widening;

impl Work for Widening {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let agree = |bytes: &[u8; WINDOW]| {
            let classes = machine.widened(machine.classes(bytes), bytes);
            assert_eq!(classes, scalar::widened(scalar::classes(bytes), bytes), "{bytes:?}");
            classes
        };
        let mut random = random(3);
        let mut text = String::new();
        for character in '\u{80}'..=char::MAX {
            // Now and then others between, so that each stands everywhere, and at the end in part.
            text.push_str(["", "", "a", "é", "日本", "👍 "][random(6) as usize]);
            text.push(character);
            while text.len() >= WINDOW + 8 {
                let window = text.as_bytes().first_chunk().expect("there are more");
                let c = agree(window);
                let whole = 64 - c.broken.count_ones() as usize;
                for (at, character) in text[..whole].char_indices() {
                    let class = crate::unicode::class_of(character);
                    let bits = ((1_u64 << character.len_utf8()) - 1) << at;
                    use crate::unicode::Class;
                    for (set, bytes) in [
                        (Class::LOWER, c.small),
                        (Class::UPPER, c.capitals),
                        (Class::CASELESS, c.caseless),
                        (Class::MARK, c.marks),
                        (Class::NUMBER, c.digits),
                        (Class::BLANK, c.blanks),
                    ] {
                        assert_eq!(bytes & bits, if class.is(set) { bits } else { 0 }, "{character:?} {at}");
                    }
                }
                let mut cut = 1 + random(60) as usize;
                while !text.is_char_boundary(cut) {
                    cut += 1;
                }
                text.drain(..cut);
            }
        }
    }
}

#[test]
fn every_character_is_classed_in_every_place() {
    on_every(&Widening);
}

#[derive(Clone)]
struct Placing;

impl Work for Placing {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let mut random = random(1);
        for round in 0..1000 {
            let dense = if round % 2 == 0 { u64::MAX } else { random(1 << 31) << 32 };
            let bits = (random(1 << 31) << 33 ^ random(1 << 31)) & dense;
            let from = random(1 << 20) as u32;
            let expected: Vec<u32> = (0..64).filter(|i| bits >> i & 1 == 1).map(|i| from + i).collect();
            let mut places = [7; WINDOW];
            machine.places(bits, from, &mut places);
            assert_eq!(places[..expected.len()], expected);
        }
        let mut all = [0; WINDOW];
        machine.places(u64::MAX, 5, &mut all);
        assert_eq!(all, std::array::from_fn(|i| i as u32 + 5));
    }
}

#[test]
fn every_bit_has_its_place() {
    on_every(&Placing);
}

#[derive(Clone)]
struct Least;

impl Work for Least {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let mut numbers = [[u32::MAX - 3; LANES]; 4].map(|row| machine.lanes(&row));
        assert_eq!(machine.least(&numbers), u32::MAX - 3);
        for (least, at) in (5..5 + 4 * LANES as u32).rev().zip(0..4 * LANES) {
            numbers[at / LANES] = machine.with(numbers[at / LANES], at % LANES, least);
            assert_eq!(machine.least(&numbers), least);
        }
    }
}

#[test]
fn the_least_is_found_in_every_lane() {
    on_every(&Least);
}

#[derive(Clone)]
struct Equal;

impl Work for Equal {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let mut random = random(9);
        for _ in 0..2_000 {
            let numbers: [u32; LANES] = std::array::from_fn(|_| (random(4) << 30 | random(2)) as u32);
            for number in numbers {
                assert_eq!(machine.equal(&numbers, number), scalar::equal(&numbers, number), "{numbers:x?} {number:x}");
            }
            assert_eq!(machine.equal(&numbers, 7), 0);
        }
    }
}

#[test]
fn what_is_equal_is_found_in_every_lane() {
    on_every(&Equal);
}
