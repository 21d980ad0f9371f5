//! Scopes in the shape of the standard library's: threads without names.

use super::{Result, run_scope};
use std::panic::Location;

/// See [`super::Scope`].
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope>(super::Scope<'scope, 'env>);

/// A thread started in a [`Scope`].
#[derive(Debug)]
pub struct ScopedJoinHandle<'scope, T>(super::ScopedJoinHandle<'scope, T>);

/// As [`super::scope`].
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope(super::Scope::new());
    run_scope(&scope.0, Location::caller(), || f(&scope))
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        ScopedJoinHandle(self.0.spawn("thread", body))
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended and returns its result.
    ///
    /// # Errors
    ///
    /// Never: a panic ends the whole execution.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        Ok(self.0.join())
    }
}
