//! Whether plain accesses race.
//!
//! Promise: of the execution graphs searched, one in which a plain access and another access to the
//! same location, one of them a write, are not ordered by happens-before, is found. Limits:
//! happens-before is C11's, with the kernel's barriers as its fences, under every memory model,
//! while the kernel's model has rules of its own for plain accesses; a program that orders them by
//! dependencies alone is said to race. Deviation: herd under the kernel's model counts the flagged
//! executions among the others, and so do we; under C11 a race makes a program undefined, which the
//! flag has to say.

use lockstep::graph::{Label, LocationId, Order, Sources};

/// An event that a thread has made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// The event.
    pub label: Label,
    /// Whether it is a plain access, which must not race.
    pub is_plain: bool,
    /// Whether it has written.
    pub writes: bool,
}

/// How many events of each thread are known to come before.
type Clock = Vec<usize>;

/// What an event knows.
#[derive(Clone, Default)]
struct View {
    /// What happens before what follows it.
    now: Clock,
    /// What was released by fences: later relaxed stores publish it.
    fenced: Clock,
    /// What relaxed reads saw published: an acquire fence takes it over.
    pending: Clock,
    /// What a reader of its write acquires.
    published: Clock,
}

/// An access, and what happens before it.
struct Access {
    thread: usize,
    index: usize,
    is_plain: bool,
    writes: bool,
    before: Clock,
}

fn join(one: &mut Clock, other: &Clock) {
    for (mine, theirs) in one.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

/// Whether the accesses of an execution race: what each thread has made, and which writes were
/// read.
pub fn is_racy(threads: &[Vec<Made>], sources: &Sources) -> bool {
    let empty = View {
        now: vec![0; threads.len()],
        fenced: vec![0; threads.len()],
        pending: vec![0; threads.len()],
        published: vec![0; threads.len()],
    };
    let mut views: Vec<Vec<View>> = threads.iter().map(|_| Vec::new()).collect();
    let mut accesses: Vec<(LocationId, Access)> = Vec::new();
    // What an event has read comes before it, and there is no circle in that.
    loop {
        let mut has_moved = false;
        for (thread, made) in threads.iter().enumerate() {
            while let Some(event) = made.get(views[thread].len()) {
                let index = views[thread].len();
                let source = sources[thread].get(index).copied().flatten();
                let published = match source {
                    None => None,
                    Some((other, nth)) => match views[other].get(nth) {
                        Some(view) => Some(view.published.clone()),
                        None => break,
                    },
                };
                let previous = views[thread].last().unwrap_or(&empty);
                if let Some(location) = event.label.location() {
                    let Made { is_plain, writes, .. } = *event;
                    let before = previous.now.clone();
                    accesses.push((location, Access { thread, index, is_plain, writes, before }));
                }
                let view = look(previous, event, thread, index, published.as_ref());
                views[thread].push(view);
                has_moved = true;
            }
        }
        if !has_moved {
            break;
        }
    }
    let races = |(nth, (location, one)): (usize, &(LocationId, Access))| {
        accesses[nth + 1..].iter().any(|(elsewhere, other)| {
            let is_ordered = other.before[one.thread] > one.index || one.before[other.thread] > other.index;
            location == elsewhere
                && one.thread != other.thread
                && (one.is_plain || other.is_plain)
                && (one.writes || other.writes)
                && !is_ordered
        })
    };
    accesses.iter().enumerate().any(races)
}

/// What an event knows after the one before it, if the write that it reads has published that.
fn look(previous: &View, event: &Made, thread: usize, index: usize, published: Option<&Clock>) -> View {
    let mut view = View { published: vec![0; previous.now.len()], ..previous.clone() };
    let (acquires, releases, is_full) = orders(event);
    if is_full {
        view.acquire();
        view.fenced = view.now.clone();
    }
    view.now[thread] = index + 1;
    if let Some(published) = published {
        join(&mut view.pending, published);
        if acquires {
            join(&mut view.now, published);
        }
        if event.writes {
            view.published = published.clone();
        }
    }
    if event.writes {
        let news = if releases { view.now.clone() } else { view.fenced.clone() };
        join(&mut view.published, &news);
    }
    if let Label::Fence(fence) = event.label {
        use lockstep::graph::Fence::{Acquire, Release, Write};
        // As in the machine, the kernel's write barrier counts as a release fence.
        if !matches!(fence, Release | Write) {
            view.acquire();
        }
        if fence != Acquire {
            view.fenced = view.now.clone();
        }
    }
    if is_full {
        view.acquire();
        view.fenced = view.now.clone();
    }
    view
}

impl View {
    fn acquire(&mut self) {
        let pending = self.pending.clone();
        join(&mut self.now, &pending);
    }
}

/// Whether an event acquires, releases, and is one between two full fences.
fn orders(event: &Made) -> (bool, bool, bool) {
    let of = |order: Order| match order {
        Order::Relaxed | Order::NoReturn => (false, false, false),
        Order::Acquire => (true, false, false),
        Order::Release | Order::StoreRelease => (false, true, false),
        Order::AcquireRelease | Order::SeqCst => (true, true, false),
        Order::Full => (true, true, true),
    };
    match event.label {
        Label::Read { order, .. } | Label::Write { order, .. } | Label::UnlockWait { order, .. } => of(order),
        Label::Update { success, .. } if event.writes => of(success),
        Label::Update { failure, .. } => of(failure),
        Label::Lock(_) | Label::TryLock(_) if event.writes => of(Order::Acquire),
        Label::Unlock(_) => of(Order::Release),
        _ => of(Order::Relaxed),
    }
}
