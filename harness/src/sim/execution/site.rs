//! Sites: the named places (operations, hooks, functions of a design) that anchor keys.

use super::super::event::What;
use super::super::sites::{Anchor, Left};
use super::Execution;
use crate::schedule::{hash_name, hash_numbered, hash_path};
use std::panic::Location;

impl Execution {
    #[track_caller]
    pub(crate) fn enter_site(&mut self, name: &'static str, number: Option<u32>) -> Left {
        let outer = self.threads[self.me].anchor;
        let mut element = hash_name(name);
        if let Some(number) = number {
            element = hash_numbered(element, number);
        }
        let path = hash_path(outer.path, element);
        let visit = self.names.sites.count(path);
        let inner = hash_numbered(path, visit);
        let serial = self.names.sites.serial();
        self.threads[self.me].anchor = Anchor { path: inner, hash: inner, serial };
        self.record(What::Enter(name, number), Location::caller());
        Left { path: outer.path, inner, name, ticket: self.thread_ticket(self.me) }
    }

    #[track_caller]
    pub(crate) fn leave_site(&mut self, left: Left) {
        // A guard that was kept beyond its execution restores nothing.
        if self.is_torn_down() || left.ticket != self.thread_ticket(self.me) {
            return;
        }
        let serial = self.names.sites.serial();
        // What follows a nested site is an anchor of its own, so that a patch inside the nested
        // site moves nothing behind it.
        let hash = hash_path(left.inner, 1);
        self.threads[self.me].anchor = Anchor { path: left.path, hash, serial };
        self.record(What::Leave(left.name), Location::caller());
    }
}
