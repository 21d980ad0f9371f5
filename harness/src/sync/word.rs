//! Values that fit one machine word.

/// A value that fits one machine word, as every shared word of the machine does.
pub trait Word: Copy {
    /// The value as a word.
    fn to_word(self) -> u64;
    /// The value that `to_word` turned into this word.
    fn from_word(word: u64) -> Self;
}

impl Word for bool {
    #[inline(always)]
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    #[inline(always)]
    fn from_word(word: u64) -> bool {
        word != 0
    }
}

/// Numbers wrap at their own width, as machine words do.
macro_rules! number {
    ($($number:ty)*) => {$(
        impl Word for $number {
            #[inline(always)]
            fn to_word(self) -> u64 {
                self as u64
            }
            #[inline(always)]
            fn from_word(word: u64) -> $number {
                word as $number
            }
        }
    )*};
}

number!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
