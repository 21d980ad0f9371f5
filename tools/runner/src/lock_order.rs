//! The locks that an execution holds where it touches something. The test that holds the audit
//! against executions asks for them as well.
//!
//! Limit: a lock that was taken by an attempt, which never blocks, is not followed.

use lockstep::{Event, Execution, Kind, What};
use std::collections::{BTreeMap, BTreeSet};

/// An object's name without its number.
pub fn class(name: &str) -> String {
    name.split('[').next().unwrap_or(name).to_owned()
}

/// Calls `see` for each event that touches an object, with its kind, the object's class, and the
/// classes of the locks that the thread holds, in the order of taking them.
pub fn each_touch(execution: &Execution, mut see: impl FnMut(&Event, Kind, &str, &[String])) {
    let mut held: BTreeMap<u8, Vec<(usize, String)>> = BTreeMap::new();
    for event in &execution.trace {
        let What::Access { kind, object, footprint, .. } = event.what else { continue };
        let locks = held.entry(event.thread).or_default();
        let name = class(execution.objects.name(object));
        let names: Vec<String> = locks.iter().map(|(_, name)| name.clone()).collect();
        see(event, kind, &name, &names);
        match kind {
            Kind::Lock | Kind::ReadLock => locks.push((object.number(), name)),
            Kind::Unlock | Kind::ReadUnlock => locks.retain(|(lock, _)| *lock != object.number()),
            Kind::Wait => {
                let released = footprint.second.map(|(lock, _)| lock.number());
                locks.retain(|(lock, _)| Some(*lock) != released);
            }
            _ => {}
        }
    }
}

/// Pairs of locks: the second is taken while the first is held.
pub fn order(execution: &Execution) -> BTreeSet<(String, String)> {
    let mut order = BTreeSet::new();
    each_touch(execution, |_, kind, object, held| {
        if matches!(kind, Kind::Lock | Kind::ReadLock) {
            order.extend(held.iter().map(|outer| (outer.clone(), object.to_owned())));
        }
    });
    order
}
