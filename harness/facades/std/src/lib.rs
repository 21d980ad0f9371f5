//! What of the standard library a subject may use, by the names that it has there.
//!
//! A generated package has this crate under the name `std`. So the compiler itself finds every name of the subject in here, whatever
//! imports, renames, macros and conditions lead to it. Threads, locks and atomics are those of the machine. What it would not see has no
//! name: files, environment, clocks, addresses of the process, randomness, thread-locals, the panic hook, assembly.
//!
//! Promise: everything here does the same in every execution, whatever other threads and other executions did. Limits: the order of a
//! `HashMap`, counts of an `Arc` and unsafe code, which the command line looks for in the source.

#![no_std]
#![expect(clippy::legacy_numeric_constants, reason = "a subject may name what there is")]

extern crate std as real;

pub mod sync;
pub mod thread;

pub use real::{
    any, array, ascii, borrow, boxed, char, clone, cmp, convert, default, error, f32, f64, fmt, future, i8, i16, i32,
    i64, i128, isize, iter, marker, mem, num, ops, option, pin, primitive, ptr, rc, result, slice, str, string, task,
    u8, u16, u32, u64, u128, usize, vec,
};
pub use real::{
    assert, assert_eq, assert_ne, cfg, column, compile_error, concat, dbg, debug_assert, debug_assert_eq,
    debug_assert_ne, eprint, eprintln, file, format, format_args, include, include_bytes, include_str, line, matches,
    module_path, print, println, stringify, todo, unimplemented, unreachable, write, writeln,
};

/// The macro and a module have one name, and the module is another one here.
mod with_module {
    pub use real::panic;
}
pub use with_module::*;

/// See [`real::cell`]. Without the cells that threads may share.
pub mod cell {
    pub use real::cell::{BorrowError, BorrowMutError, Cell, LazyCell, OnceCell, Ref, RefCell, RefMut};
}

/// See [`real::collections`]. Without what hashes at random by itself.
pub mod collections {
    pub use real::collections::{
        BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, TryReserveError, VecDeque, binary_heap,
        btree_map, btree_set, hash_set, linked_list, vec_deque,
    };

    /// See [`real::collections::hash_map`].
    pub mod hash_map {
        pub use real::collections::hash_map::{
            DefaultHasher, Drain, Entry, HashMap, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, OccupiedEntry,
            VacantEntry, Values, ValuesMut,
        };
    }
}

/// See [`real::hash`]. Without random states.
pub mod hash {
    pub use real::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
}

/// See [`real::hint`].
pub mod hint {
    pub use real::hint::{assert_unchecked, black_box, spin_loop, unreachable_unchecked};
}

/// See [`real::io`]. Without streams of the process and pipes.
pub mod io {
    pub use real::io::{BufRead, BufReader, BufWriter, Cursor, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
}

/// See [`mod@real::panic`]. Without the hook, which is one for all executions.
pub mod panic {
    pub use real::panic::{
        AssertUnwindSafe, Location, RefUnwindSafe, UnwindSafe, catch_unwind, panic_any, resume_unwind,
    };
}

/// See [`real::time`]. There is no clock in the machine.
pub mod time {
    pub use real::time::Duration;
}

/// See [`real::prelude`]. The compiler brings one of these into every module. Macros come by it too: those at the root of a crate do so
/// only where that crate has defined them.
pub mod prelude {
    /// See [`real::prelude::v1`].
    pub mod v1 {
        pub use crate::with_module::*;
        pub use real::prelude::v1::{
            AsMut, AsRef, Box, Clone, Copy, Debug, Default, DoubleEndedIterator, Drop, Eq, Err, ExactSizeIterator,
            Extend, Fn, FnMut, FnOnce, From, Hash, Into, IntoIterator, Iterator, None, Ok, Option, Ord, PartialEq,
            PartialOrd, Result, Send, Sized, Some, String, Sync, ToOwned, ToString, Unpin, Vec, align_of, align_of_val,
            derive, drop, size_of, size_of_val, test,
        };
        pub use real::{
            assert, assert_eq, assert_ne, cfg, column, compile_error, concat, dbg, debug_assert, debug_assert_eq,
            debug_assert_ne, eprint, eprintln, file, format, format_args, include, include_bytes, include_str, line,
            matches, module_path, print, println, stringify, todo, unimplemented, unreachable, vec, write, writeln,
        };
    }

    /// See [`real::prelude::rust_2021`].
    pub mod rust_2021 {
        pub use super::v1::*;
        pub use real::prelude::rust_2021::{FromIterator, TryFrom, TryInto};
    }

    /// See [`real::prelude::rust_2024`].
    pub mod rust_2024 {
        pub use super::v1::*;
        pub use real::prelude::rust_2024::{FromIterator, Future, IntoFuture, TryFrom, TryInto};
    }
}
