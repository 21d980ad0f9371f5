//! Vector clocks, after Fidge and Mattern: for every component, up to which of its points something
//! is known to come before.
//!
//! The machine and both searches keep one each. They count other things, in words of other widths,
//! and say so where they name their clock; what can be done with a clock is the same. The number of
//! components is fixed, so that a clock is a few vector registers and no loop asks how long it is.

/// A word that can be a component. Points are counted from 1; 0 is nothing.
pub(crate) trait Component: Copy + Ord {
    const ZERO: Self;

    fn of(point: usize) -> Self;

    fn point(self) -> usize;

    fn next(self) -> Self;
}

macro_rules! component {
    ($($word:ty),*) => {
        $(impl Component for $word {
            const ZERO: $word = 0;

            #[inline(always)]
            fn of(point: usize) -> $word {
                debug_assert!(point <= <$word>::MAX as usize);
                point as $word
            }

            #[inline(always)]
            fn point(self) -> usize {
                self as usize
            }

            #[inline(always)]
            fn next(self) -> $word {
                self + 1
            }
        })*
    };
}

component!(i16, i32);

/// A clock. Its size is that of its components; 32 bytes are a vector register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub(crate) struct Clock<T, const COMPONENTS: usize>([T; COMPONENTS]);

impl<T: Component, const COMPONENTS: usize> Clock<T, COMPONENTS> {
    pub(crate) const ZERO: Clock<T, COMPONENTS> = Clock([T::ZERO; COMPONENTS]);

    #[inline(always)]
    pub(crate) fn get(&self, component: usize) -> T {
        self.0[component % COMPONENTS]
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, component: usize, value: T) {
        self.0[component % COMPONENTS] = value;
    }

    /// Whether it knows of that point.
    #[inline(always)]
    pub(crate) fn covers(&self, component: usize, point: usize) -> bool {
        self.get(component).point() >= point
    }

    /// Makes that point known, if it is not.
    #[inline(always)]
    pub(crate) fn raise(&mut self, component: usize, point: usize) {
        let mine = &mut self.0[component % COMPONENTS];
        *mine = (*mine).max(T::of(point));
    }

    /// One more point of that component is known.
    #[inline(always)]
    pub(crate) fn advance(&mut self, component: usize) {
        let mine = &mut self.0[component % COMPONENTS];
        *mine = mine.next();
    }

    /// Takes over everything that `other` knows.
    #[inline(always)]
    pub(crate) fn join(&mut self, other: &Clock<T, COMPONENTS>) {
        // A value made of two is whole registers; a loop that changes one in place is not always.
        self.0 = std::array::from_fn(|component| self.0[component].max(other.0[component]));
    }

    /// Likewise, where in both clocks components from `count` on are 0.
    #[inline(always)]
    pub(crate) fn join_first(&mut self, other: &Clock<T, COMPONENTS>, count: usize) {
        debug_assert!((1..=COMPONENTS).contains(&count));
        // Four components are one machine instruction each way. Few executions have more than four
        // threads.
        let (mine, theirs) = (self.0.as_chunks_mut::<4>().0, other.0.as_chunks::<4>().0);
        for (mine, theirs) in mine.iter_mut().zip(theirs).take(count.div_ceil(4)) {
            *mine = std::array::from_fn(|at| mine[at].max(theirs[at]));
        }
    }

    /// Whether joining `other` would change nothing.
    #[inline(always)]
    pub(crate) fn includes(&self, other: &Clock<T, COMPONENTS>) -> bool {
        // Without a branch: one comparison of vectors.
        self.0.iter().zip(&other.0).fold(true, |all, (mine, theirs)| all & (mine >= theirs))
    }

    /// The first component that is larger than in `other`: what `self` saw of it is not ordered
    /// before `other`.
    #[inline]
    pub(crate) fn first_beyond(&self, other: &Clock<T, COMPONENTS>) -> Option<usize> {
        (0..COMPONENTS).find(|&component| self.0[component] > other.0[component])
    }
}

impl<T: Component, const COMPONENTS: usize> Default for Clock<T, COMPONENTS> {
    fn default() -> Clock<T, COMPONENTS> {
        Clock::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_clock_knows_what_it_was_told() {
        let (mut one, mut other) = (Clock::<i16, 8>::ZERO, Clock::<i16, 8>::ZERO);
        one.raise(1, 3);
        one.raise(1, 2);
        other.raise(5, 1);
        assert!(one.covers(1, 3) && !one.covers(1, 4) && one.covers(5, 0) && !one.covers(5, 1));
        assert!(!one.includes(&other) && one.includes(&Clock::ZERO));
        assert_eq!((other.first_beyond(&one), Clock::ZERO.first_beyond(&one)), (Some(5), None));
        let mut first = one;
        first.join_first(&other, 4);
        assert_eq!(first, one);
        first.join_first(&other, 6);
        one.join(&other);
        assert_eq!(first, one);
        assert!(one.includes(&other));
    }
}
