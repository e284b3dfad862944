//! Numbers that look random and are the same in every run.
use std::ops::RangeInclusive;

/// `SplitMix64`: a few lines, and good enough for inventing people.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// From 0 up to, but without, the limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn between(&mut self, range: RangeInclusive<i64>) -> i64 {
        let span = range.end().abs_diff(*range.start()) + 1;
        range.start().saturating_add_unsigned(self.below(span))
    }

    /// True so many times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the things, each equally likely. There must be one.
    pub(crate) fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        let at = usize::try_from(self.below(things.len() as u64)).unwrap_or_default();
        things[at]
    }

    /// Where one of the weights is, likelier the greater it is.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_the_same_and_keeps_to_its_limits() {
        let (mut one, mut other) = (Random::seeded(7), Random::seeded(7));
        let mut seen = [0_u32; 3];
        for _ in 0..10_000 {
            let number = one.between(-2..=3);
            assert_eq!(number, other.between(-2..=3));
            assert!((-2..=3).contains(&number));
            seen[one.weighted([1, 0, 9].into_iter())] += 1;
            other.weighted([1, 0, 9].into_iter());
        }
        assert!(seen[1] == 0 && (800..1200).contains(&seen[0]), "{seen:?}");
    }
}
