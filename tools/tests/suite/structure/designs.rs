//! The modelled kernel and the designs: what they share, and that they hold the same functions.

use super::{check, files};
use crate::common::root;
use std::fs;
use syn::visit::Visit;

/// The names of all functions of a file, in order.
struct Functions(Vec<String>);

impl<'ast> Visit<'ast> for Functions {
    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.0.push(signature.ident.to_string());
    }
}

/// Names of the standard library's shared state, in code and not in comments: paths of `use` and of expressions alike.
struct HostState {
    path: String,
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for HostState {
    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        let banned = [
            "Cell",
            "RefCell",
            "UnsafeCell",
            "Mutex",
            "RwLock",
            "Rc",
            "OnceCell",
            "OnceLock",
            "LazyCell",
            "LazyLock",
            "Arc",
            "thread_local",
        ];
        // `AtomicU32` and its like; the simulated one is `Atomic` of something.
        let is_atomic = ident.to_string().strip_prefix("Atomic").is_some_and(|kind| !kind.is_empty());
        if is_atomic || banned.iter().any(|banned| ident == banned) {
            self.found.push(format!("{}:{}: {ident}", self.path, ident.span().start().line));
        }
    }

    fn visit_static_mutability(&mut self, mutability: &'ast syn::StaticMutability) {
        if matches!(mutability, syn::StaticMutability::Mut(_)) {
            self.found.push(format!("{}: a static that changes", self.path));
        }
    }
}

#[test]
fn the_protocol_touches_shared_state_only_through_simulated_primitives() {
    let mut found = Vec::new();
    let mut sources = files("variants/src/kernel", "rs");
    sources.extend(files("variants/src/utrace", "rs"));
    for (path, text) in sources {
        let path = path.display().to_string();
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut state = HostState { path, found: Vec::new() };
        state.visit_file(&file);
        found.extend(state.found);
    }
    check("shared state that the simulator does not see", &found);
}

#[test]
fn designs_hold_the_same_functions_in_the_same_order() {
    let designs = ["stopped_locked", "stopped_lockless", "stopped_removed"];
    let functions = designs.map(|design| {
        let path = format!("variants/src/utrace/{design}.rs");
        let text = fs::read_to_string(root().join(&path)).expect("the design exists");
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut functions = Functions(Vec::new());
        functions.visit_file(&file);
        functions.0
    });
    assert!(functions[0].len() >= 8, "{functions:?}");
    assert_eq!(functions[0], functions[1]);
    assert_eq!(functions[0], functions[2]);
}
