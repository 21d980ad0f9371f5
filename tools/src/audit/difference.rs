//! What a step of the series changes in locking: what a reviewer looks for in the diff and cannot
//! see there.

use super::access::Access;
use super::table::{Audit, Function};
use std::collections::BTreeSet;

/// One change, as a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub function: String,
    /// Short name of the kind of change, for programs.
    pub kind: &'static str,
    pub text: String,
}

/// What changes from one module to the next.
pub fn changes(before: &Audit, after: &Audit) -> Vec<Change> {
    let mut changes = fields(before, after);
    for old in &before.functions {
        let Some(new) = after.functions.iter().find(|one| one.name == old.name) else {
            changes.push(change(&old.name, "function-gone", "is gone".to_owned()));
            continue;
        };
        changes.extend(accesses(old, new));
        changes.extend(acquisitions(old, new));
        changes.extend(orderings(old, new));
    }
    for new in after.functions.iter().filter(|new| before.functions.iter().all(|old| old.name != new.name)) {
        changes.push(change(&new.name, "function-new", "is new".to_owned()));
    }
    changes
}

fn change(function: &str, kind: &'static str, text: String) -> Change {
    Change { function: function.to_owned(), kind, text }
}

fn touched(audit: &Audit) -> BTreeSet<&String> {
    let of = |function| Function::all(function, Access::Read).into_iter().chain(Function::all(function, Access::Write));
    audit.functions.iter().flat_map(of).collect()
}

/// Fields that the module touches no more, or touches only now.
fn fields(before: &Audit, after: &Audit) -> Vec<Change> {
    let (old, new) = (touched(before), touched(after));
    let gone = old.difference(&new).map(|field| change("", "field-gone", format!("{field} is touched no more")));
    let come = new.difference(&old).map(|field| change("", "field-new", format!("{field} is touched now")));
    gone.chain(come).collect()
}

const fn verb(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Lock => "lock",
        Access::Barrier => "barrier",
        Access::Wake => "wake of one",
        Access::WakeAll => "wake of all",
    }
}

/// Accesses that left a lock or came under one.
fn accesses(old: &Function, new: &Function) -> Vec<Change> {
    let mut changes = Vec::new();
    for (access, what) in old.uses.keys() {
        let (Some(before), Some(after)) = (old.always_under(*access, what), new.always_under(*access, what)) else {
            continue;
        };
        for lock in before.difference(&after) {
            changes.push(change(
                &old.name,
                "left-lock",
                format!("{} of {what} is no longer always under {lock}", verb(*access)),
            ));
        }
        for lock in after.difference(&before) {
            changes.push(change(
                &old.name,
                "under-lock",
                format!("{} of {what} is always under {lock} now", verb(*access)),
            ));
        }
    }
    changes
}

/// How often which lock is taken, in the function and in what it calls.
fn acquisitions(old: &Function, new: &Function) -> Vec<Change> {
    let locks: BTreeSet<&String> = old.acquisitions.keys().chain(new.acquisitions.keys()).collect();
    let count = |function: &Function, lock: &String| function.acquisitions.get(lock).copied().unwrap_or(0);
    let counted = locks.into_iter().map(|lock| (lock, count(old, lock), count(new, lock)));
    let changed = counted.filter(|(_, before, after)| before != after);
    changed
        .map(|(lock, before, after)| {
            change(&old.name, "acquisitions", format!("{lock} is taken in {after} places, was {before}"))
        })
        .collect()
}

/// Orderings that were written down and are so no longer: barriers, acquiring and releasing
/// accesses, and locks.
fn orderings(old: &Function, new: &Function) -> Vec<Change> {
    let mut changes = Vec::new();
    for barrier in old.all(Access::Barrier).difference(&new.all(Access::Barrier)) {
        changes.push(change(&old.name, "implicit", format!("{barrier} is gone: what it ordered is implicit, or lost")));
    }
    for (what, ordering) in old.orderings.difference(&new.orderings) {
        changes.push(change(&old.name, "implicit", format!("{what} is accessed without {ordering} ordering")));
    }
    for lock in old.all(Access::Lock).difference(&new.all(Access::Lock)) {
        changes.push(change(
            &old.name,
            "implicit",
            format!("{lock} is not taken: what it ordered is implicit, or lost"),
        ));
    }
    changes.extend(wake_ups(old, new));
    changes
}

/// Sleepers that are woken no longer, or one instead of all.
fn wake_ups(old: &Function, new: &Function) -> Vec<Change> {
    let [one, all] = [Access::Wake, Access::WakeAll].map(|access| (old.all(access), new.all(access)));
    let queues = one.0.union(&all.0).filter(|queue| !(one.1.contains(*queue) && all.1.contains(*queue)));
    let change = |queue: &&String| {
        let (kind, what) = match (one.1.contains(queue), all.1.contains(queue)) {
            (false, false) => ("wake-gone", format!("nobody in {queue} is woken any more")),
            (true, _) if all.0.contains(queue) => ("wake-one", format!("one in {queue} is woken, and was all")),
            (_, true) if one.0.contains(queue) => ("wake-all", format!("all in {queue} are woken, and was one")),
            _ => return None,
        };
        Some(change(&old.name, kind, what))
    };
    queues.filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::audit;
    use super::changes;

    fn of(body: &str) -> super::Audit {
        let text = format!(
            "impl B {{ fn new() -> B {{ B {{ lock: SpinLock::named(\"lock\"), full: Atomic::named(\"full\", false), q: WaitQueue::named(\"q\") }} }} }}
             impl Mailbox for B {{ fn take(&self) {{ {body} }} }}"
        );
        audit("b", &["b.rs".to_owned()], &[("b.rs".to_owned(), text)], None).expect("well-formed")
    }

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[&str]) {
        let found: Vec<String> = changes(&of(before), &of(after)).into_iter().map(|one| one.text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_access_that_left_its_lock_is_seen() {
        check(
            "self.lock.lock(); self.full.write_once(false); self.lock.unlock();",
            "self.full.write_once(false); self.lock.lock(); self.lock.unlock();",
            &["write of b.full is no longer always under lock"],
        );
    }

    #[test]
    fn an_early_return_releases_on_its_way_only() {
        check(
            "self.lock.lock(); if c { self.lock.unlock(); return; } self.full.set(false); self.lock.unlock();",
            "self.lock.lock(); if c { self.lock.unlock(); } self.full.set(false); self.lock.unlock();",
            &["write of b.full is no longer always under lock"],
        );
    }

    #[test]
    fn guards_end_with_their_block() {
        check(
            "let _guard = self.lock.guard(); self.full.set(false);",
            "{ let _guard = self.lock.guard(); } self.full.set(false);",
            &["write of b.full is no longer always under lock"],
        );
    }

    #[test]
    fn locks_and_wake_ups_that_went_are_seen() {
        check(
            "self.lock.lock(); self.full.set(false); self.q.wake_all(); self.lock.unlock();",
            "self.full.set(false);",
            &[
                "write of b.full is no longer always under lock",
                "lock is taken in 0 places, was 1",
                "lock is not taken: what it ordered is implicit, or lost",
                "nobody in b.q is woken any more",
            ],
        );
        check("self.q.wake_all();", "self.q.wake_one();", &["one in b.q is woken, and was all"]);
        check("self.q.wake_one();", "self.q.wake_all();", &["all in b.q are woken, and was one"]);
        check("self.q.wake_all(); self.q.wake_one();", "self.q.wake_one(); self.q.wake_all();", &[]);
    }
}
