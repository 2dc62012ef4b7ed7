//! The end of a vector, to which numbers are added many at a time, whether all of them are meant or not.

/// A vector that grows.
pub(crate) struct Tail<'v> {
    numbers: &'v mut Vec<u32>,
    /// How many there are: what the vector says is old until this is gone.
    count: usize,
}

impl<'v> Tail<'v> {
    #[inline(always)]
    pub(crate) fn of(numbers: &'v mut Vec<u32>) -> Self {
        let count = numbers.len();
        Self { numbers, count }
    }

    /// Adds the first so many, which had better be known; all are written. A copy of any length would take a branch on it.
    #[inline(always)]
    pub(crate) fn put<const N: usize>(&mut self, numbers: &[u32; N], count: usize) {
        assert!(count <= N, "no more than there are");
        if self.numbers.capacity() - self.count < N {
            self.grow(N);
        }
        // SAFETY: there is room for so many, and a vector's room is its own.
        unsafe { self.numbers.as_mut_ptr().add(self.count).cast::<[u32; N]>().write_unaligned(*numbers) };
        self.count += count;
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        self.settle();
        self.numbers.reserve(more);
    }

    fn settle(&mut self) {
        // SAFETY: all before `count` are written: those that were there, and of each `put` as many as it counted.
        unsafe { self.numbers.set_len(self.count) };
    }
}

impl Drop for Tail<'_> {
    fn drop(&mut self) {
        self.settle();
    }
}

/// What a large page has, where there are any.
#[cfg(target_os = "linux")]
const LARGE: usize = 1 << 21;

/// Asks for large pages for the room after the last number. The small ones of a long vector are given one by one, each when it is
/// first written to, which is a tenth of encoding a long text.
pub(crate) fn in_large_pages(numbers: &mut Vec<u32>) {
    #[cfg(target_os = "linux")]
    {
        let room = numbers.spare_capacity_mut().as_mut_ptr_range();
        let first = room.start.cast::<u8>();
        let first = first.wrapping_add(first.align_offset(LARGE));
        let whole = (room.end.addr().saturating_sub(first.addr())) / LARGE * LARGE;
        if whole > 0 {
            // SAFETY: it is room of the vector, and what is there stays as it is, on whatever pages. That there may be no large
            // ones is no harm.
            unsafe { libc::madvise(first.cast(), whole, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = numbers;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pages_hold_what_small_ones_do() {
        let all: Vec<u32> = (0..3 << 20).collect();
        for room in [0, 1 << 10, 1 << 18, 1 << 20, all.len()] {
            let mut numbers = vec![7; 5];
            numbers.reserve(room);
            in_large_pages(&mut numbers);
            numbers.extend(&all[..room]);
            assert_eq!(numbers[..5], [7; 5]);
            assert_eq!(numbers[5..], all[..room]);
        }
    }

    #[test]
    fn what_counts_is_added_and_nothing_else() {
        for count in 0..=8 {
            let (mut numbers, mut expected) = (vec![7; 3], vec![7; 3]);
            let mut tail = Tail::of(&mut numbers);
            for i in 0..40 {
                let all: [u32; 8] = std::array::from_fn(|at| i * 8 + at as u32);
                tail.put(&all, count);
                expected.extend(&all[..count]);
            }
            drop(tail);
            assert_eq!(numbers, expected);
        }
    }
}
