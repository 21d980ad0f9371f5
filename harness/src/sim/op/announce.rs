//! How operations announce their events.

/// One function for each kind of event that announces it. Where it `looks`, the thread may repeat
/// itself.
macro_rules! announcements {
    ($($name:ident $kind:ident looks $looks:literal)*) => {$(
        #[inline(never)]
        fn $name(ticket: Ticket, place: Place) -> Turn {
            let here = current::get();
            let object = here.admit(ticket, place);
            if $looks && let Some(top) = here.with(|execution| execution.reads_again(object, place)) {
                return Turn::repeats(top);
            }
            here.announce(Intent::new(Kind::$kind, object, place))
        }
    )*};
}

/// An operation that announces its event and, if no other thread goes on first, performs it at
/// once: one call instead of two for the most frequent ones. `$perform` is written out twice, for a
/// closure that is used once is inlined.
macro_rules! combined {
    (
        $name:ident $combined:ident $later:ident $kind:ident
        ($object:ident, $place:ident $(, $argument:ident: $type:ty)*) -> $result:ty,
        barrier if $is_barrier:expr, looks $looks:literal, |$execution:ident| $perform:block
    ) => {
        #[inline(never)]
        fn $combined(ticket: Ticket, $place: Place $(, $argument: $type)*) -> (Turn, $result) {
            let here = current::get();
            let $object = here.admit(ticket, $place);
            if $looks && let Some(top) = here.with(|execution| execution.reads_again($object, $place)) {
                return (Turn::repeats(top), Default::default());
            }
            let turn = here.announce(Intent::new(Kind::$kind, $object, $place).barrier_if($is_barrier));
            if !turn.goes_on() {
                return (turn, Default::default());
            }
            (turn, here.with(|$execution| $perform))
        }

        #[inline(never)]
        pub(super) fn $later(ticket: Ticket, $place: Place $(, $argument: $type)*) -> $result {
            current::get().with(|$execution| {
                let $object = $execution.admitted(ticket);
                $perform
            })
        }

        #[inline(always)]
        pub(crate) fn $name(ticket: Ticket, $place: Place $(, $argument: $type)*) -> $result {
            let (turn, result) = $combined(ticket, $place $(, $argument)*);
            if turn.goes_on() {
                return result;
            }
            if $looks {
                let later = || $later(ticket, $place $(, $argument)*);
                return take_or_poll(turn, ticket, Kind::$kind, $place, later);
            }
            turn.take();
            $later(ticket, $place $(, $argument)*)
        }
    };
}

pub(super) use {announcements, combined};
