//! Programs of few kinds of operations on few objects each, so that most of their events have to do with each other.
//!
//! After Groce, Zhang, Eide, Chen and Regehr, "Swarm testing" (ISSTA 2012): what a test leaves out lets the rest meet more often.

use super::{Main, Op, Program};
use proptest::prelude::*;

/// Every operation that a dense program may have, by what it is about.
fn vocabulary() -> Vec<Vec<Op>> {
    let each = |ops: &[fn(usize) -> Op]| ops.iter().flat_map(|op| [op(0), op(1)]).collect::<Vec<Op>>();
    let at_both = |op: fn(usize, u64) -> Op| (0..4).map(|at| op(at % 2, 1 + at as u64 / 2)).collect::<Vec<Op>>();
    let from_to = |op: fn(usize, u64, u64) -> Op| {
        (0..4).map(|at| op(at % 2, at as u64 / 2, 1 + at as u64 / 2)).collect::<Vec<Op>>()
    };
    let threads = |op: fn(u8) -> Op| (0..7).map(op).collect::<Vec<Op>>();
    let values = |op: fn(u64) -> Op| (0..3).map(op).collect::<Vec<Op>>();
    vec![
        [each(&[Op::StoreRelease, Op::StoreSeen, Op::Swap]), at_both(Op::Store), at_both(Op::StoreFully)].concat(),
        [each(&[Op::Add, Op::Retry]), from_to(Op::Exchange), from_to(Op::ExchangeRelaxed)].concat(),
        [each(&[Op::Add, Op::Swap]), from_to(Op::ExchangeWeakly)].concat(),
        [values(Op::AwaitSum), values(Op::AwaitEither), at_both(Op::Await), from_to(Op::AwaitExchange)].concat(),
        each(&[Op::TryLock, Op::TrySection, Op::Unlock, Op::AwaitTry]),
        each(&[Op::IsLocked, Op::UnlockWait, Op::UnlockWaitRelaxed, Op::UnlockWaitFully, Op::AwaitUnlocked, Op::Lock]),
        [each(&[Op::Wait, Op::Lock]), vec![Op::WakeOne, Op::WakeAll, Op::WakeOne]].concat(),
        vec![Op::ReadLock, Op::ReadUnlock, Op::WriteLock, Op::WriteUnlock],
        [each(&[Op::PlainRead, Op::PlainWrite, Op::Peek]), values(Op::When)].concat(),
        vec![Op::GhostRead, Op::GhostAdd, Op::Note, Op::Yield, Op::Make, Op::Status(1), Op::Status(2)],
        [threads(Op::Spawn), threads(Op::SpawnJoin), threads(Op::SpawnKept), vec![Op::Join; 7]].concat(),
        vec![Op::Fence, Op::FenceFully, Op::FenceRead, Op::FenceWrite, Op::FenceAcquire, Op::FenceRelease],
        [each(&[Op::AddFully, Op::AddRelease, Op::AddSilently]), from_to(Op::ExchangeRelease)].concat(),
        [each(&[Op::LoadFully, Op::SwapFully]), at_both(Op::StoreFully), from_to(Op::ExchangeFully)].concat(),
        [values(Op::BugSeen), vec![Op::BugIf(0, 1), Op::PanicIf(1, 1), Op::BugIf(1, 2), Op::PanicIf(0, 2)]].concat(),
    ]
}

/// A few operations about a few things, and stores and loads, without which nothing would change or be seen.
fn some_of_the_vocabulary() -> impl Strategy<Value = Vec<Op>> {
    let some = prop::sample::subsequence(vocabulary(), 1..=3)
        .prop_flat_map(|kinds| kinds.into_iter().map(|ops| prop::sample::subsequence(ops, 1..=3)).collect::<Vec<_>>());
    let words = vec![Op::Load(0), Op::Load(1), Op::LoadAcquire(1), Op::Store(0, 1), Op::Store(1, 1), Op::Store(0, 2)];
    (some, prop::sample::subsequence(words, 1..=4)).prop_map(|(some, words)| [some.concat(), words].concat())
}

/// One operation, or a section around it.
fn item(ops: Vec<Op>) -> impl Strategy<Value = Vec<Op>> {
    (prop::sample::select(ops), 0..2_usize, 0..16_u8).prop_map(|(op, lock, around)| match around {
        0 => vec![Op::ReadLock, op, Op::ReadUnlock],
        1 => vec![Op::WriteLock, op, Op::WriteUnlock],
        2 => vec![Op::Lock(lock), op, Op::Unlock(lock)],
        3 => vec![Op::TrySection(lock), op],
        _ => vec![op],
    })
}

fn thread(ops: Vec<Op>, length: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(item(ops), 1..=length).prop_map(move |items| {
        let mut ops = items.concat();
        ops.truncate(length);
        ops
    })
}

/// Programs of two or three threads and of up to `length` operations in each.
pub fn programs(length: usize) -> impl Strategy<Value = Program> {
    some_of_the_vocabulary().prop_flat_map(move |ops| {
        let threads = prop_oneof![
            2 => prop::collection::vec(thread(ops.clone(), length), 2..=2),
            2 => prop::collection::vec(thread(ops.clone(), length - 1), 3..=3),
            1 => (thread(ops.clone(), length + 2), thread(ops.clone(), 2)).prop_map(|(long, short)| vec![long, short]),
        ];
        let main =
            prop_oneof![3 => Just(Main::Joins), 1 => Just(Main::Idles), 2 => thread(ops, 3).prop_map(Main::Goes)];
        (threads, main).prop_map(|(threads, main)| Program { threads, main })
    })
}
