//! What the walk of one module found, function by function.

use super::access::{Access, LockedAccess};
use super::source::Sources;
use super::walk::Walker;
use crate::source::error::SourceError;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// One module, audited.
#[derive(Clone, Debug)]
pub struct Audit {
    pub name: String,
    /// The functions of the module, in its order.
    pub functions: Vec<Function>,
    /// Everything that happens anywhere in the sources, for whoever checks the audit.
    #[cfg(test)]
    pub accesses: BTreeSet<LockedAccess>,
    /// The second lock is taken while the first is held.
    pub order: BTreeSet<(String, String)>,
}

/// One function of the module.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    /// By what is done to what: the sets of locks under which that happens.
    pub uses: BTreeMap<(Access, String), BTreeSet<BTreeSet<String>>>,
    /// Orderings of the accesses themselves, where they have one.
    pub orderings: BTreeSet<(String, &'static str)>,
    /// Places in it, and in what it calls, where a lock is taken.
    pub acquisitions: BTreeMap<String, usize>,
}

/// Audits the module in the files `own` among these files.
pub fn audit(
    name: &str,
    own: &[String],
    files: &[(String, String)],
    design: Option<&str>,
) -> Result<Audit, SourceError> {
    let sources = Sources::read(files)?;
    let called = called(files)?;
    let mut walker = Walker::new(&sources, design);
    for (number, function) in sources.functions.iter().enumerate() {
        if !called.contains(&function.name) {
            walker.root(number);
        }
    }
    // Of two functions of a name one may be called and the other not: what everybody may call and
    // nothing came to.
    for (number, function) in sources.functions.iter().enumerate() {
        if function.is_public && !walker.has_walked(number) {
            walker.root(number);
        }
    }
    let mut functions = Vec::new();
    for (number, function) in sources.functions.iter().enumerate().filter(|(_, one)| own.contains(&one.file)) {
        let mut alone = Walker::new(&sources, design);
        alone.root(number);
        let path = &function.file;
        let is_reached = walker.accesses.iter().any(|access| access.file == *path && access.function == function.name);
        // What nobody calls from where the audit looks is walked by itself.
        let accesses = if is_reached { &walker.accesses } else { &alone.accesses };
        functions.push(summary(&function.name, path, accesses, &alone.accesses));
    }
    Ok(Audit {
        name: name.to_owned(),
        functions,
        #[cfg(test)]
        accesses: walker.accesses,
        order: walker.order,
    })
}

fn summary(name: &str, path: &String, accesses: &BTreeSet<LockedAccess>, alone: &BTreeSet<LockedAccess>) -> Function {
    let mut function = Function {
        name: name.to_owned(),
        uses: BTreeMap::new(),
        orderings: BTreeSet::new(),
        acquisitions: BTreeMap::new(),
    };
    for access in accesses.iter().filter(|access| access.file == *path && access.function == name) {
        function.uses.entry((access.kind, access.what.clone())).or_default().insert(access.held.clone());
        if let (Some(ordering), true) = (access.ordering, access.kind != Access::Lock) {
            function.orderings.insert((access.what.clone(), ordering));
        }
    }
    let places: BTreeSet<(&String, &String, usize)> = alone
        .iter()
        .filter(|access| access.kind == Access::Lock)
        .map(|access| (&access.what, &access.file, access.line))
        .collect();
    for (lock, _, _) in places {
        *function.acquisitions.entry(lock.clone()).or_default() += 1;
    }
    function
}

/// Names of all functions and methods that are called somewhere in these files.
fn called(files: &[(String, String)]) -> Result<BTreeSet<String>, SourceError> {
    struct Called(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Called {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            self.0.insert(call.method.to_string());
            visit::visit_expr_method_call(self, call);
        }

        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            // A function that is handed on is called by somebody.
            self.0.extend(path.path.segments.last().map(|segment| segment.ident.to_string()));
        }
    }
    let mut called = Called(BTreeSet::new());
    for (path, text) in files {
        called.visit_file(&crate::source::rust::parse(path, text)?);
    }
    Ok(called.0)
}

impl Function {
    /// The locks under which something always happens; nothing if it does not happen.
    pub fn always_under(&self, access: Access, what: &str) -> Option<BTreeSet<String>> {
        let ways = self.uses.get(&(access, what.to_owned()))?;
        ways.iter().cloned().reduce(|first, second| first.intersection(&second).cloned().collect())
    }

    /// How many of something there are, by its name.
    pub fn all(&self, access: Access) -> BTreeSet<&String> {
        self.uses.keys().filter(|(found, _)| *found == access).map(|(_, what)| what).collect()
    }
}

/// A cycle in the order of locks, if there is one. Two objects of one kind are one here, so a lock
/// behind itself is none.
pub fn cycle(order: &BTreeSet<(String, String)>) -> Option<Vec<String>> {
    fn visit(at: &str, path: &mut Vec<String>, order: &BTreeSet<(String, String)>) -> bool {
        if let Some(start) = path.iter().position(|seen| seen == at) {
            path.drain(..start);
            path.push(at.to_owned());
            return true;
        }
        path.push(at.to_owned());
        let next = order.iter().filter(|(first, second)| first == at && second != at);
        let found = next.into_iter().any(|(_, second)| visit(second, path, order));
        if !found {
            path.pop();
        }
        found
    }
    let starts: BTreeSet<&String> = order.iter().map(|(first, _)| first).collect();
    starts.into_iter().find_map(|start| {
        let mut path = Vec::new();
        visit(start, &mut path, order).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::{audit, cycle};

    /// The cycle in the order of locks of a module with these methods.
    #[track_caller]
    fn check(methods: &str, expected: Option<&[&str]>) {
        let text = format!(
            "impl B {{ fn new() -> B {{ B {{ left: SpinLock::named(\"left\"), right: SpinLock::named(\"right\"), far: SpinLock::named(\"far\") }} }} }}
             impl Forks for B {{ {methods} }}"
        );
        let audit = audit("b", &["b.rs".to_owned()], &[("b.rs".to_owned(), text)], None).expect("well-formed");
        let found = cycle(&audit.order);
        assert_eq!(
            found.as_deref().map(|locks| locks.iter().map(String::as_str).collect::<Vec<_>>()).as_deref(),
            expected
        );
    }

    #[test]
    fn locks_taken_in_turn_make_a_cycle() {
        let first = "fn first(&self) { self.left.lock(); self.right.lock(); self.right.unlock(); self.left.unlock(); }";
        check(first, None);
        let second =
            "fn second(&self) { self.right.lock(); self.left.lock(); self.left.unlock(); self.right.unlock(); }";
        check(&format!("{first} {second}"), Some(&["left", "right", "left"]));
        // Through a call, and over a third.
        let second = "fn second(&self) { let _guard = self.right.guard(); self.third(); } fn third(&self) { let _guard = self.far.guard(); }";
        check(&format!("{first} {second}"), None);
        let last = "fn last(&self) { let _guard = self.far.guard(); self.left.lock(); self.left.unlock(); }";
        check(&format!("{first} {second} {last}"), Some(&["far", "left", "right", "far"]));
        check("fn twice(&self) { self.left.lock(); self.left.lock(); }", None);
    }
}
