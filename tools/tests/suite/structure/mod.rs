//! The rules of the code base that a test can check.

mod errors;
mod imports;

use crate::common::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::visit::Visit;

/// The sources of the crates.
const SOURCES: [&str; 4] = ["harness/src", "variants/src", "tools/src", "tools/runner/src"];

/// Files below a folder of the workspace with this ending, with their text.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let text = fs::read_to_string(&path).expect("source files are text");
                found.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} holds {ending} files");
    found
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The parts of a name in capitals, as `Task` and `State`.
fn parts(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let is_start = |at: &usize| bytes[*at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
    let starts: Vec<usize> = std::iter::once(0).chain((1..bytes.len()).filter(is_start)).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &word[start..end]).collect()
}

/// Lines for which `is_wrong` holds, as file:line.
fn offences(files: &[(PathBuf, String)], is_wrong: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        for (number, line) in text.lines().enumerate() {
            if is_wrong(path, line) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn check(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

#[test]
fn the_harness_never_says_a_word_of_its_subject() {
    // utrace owns these words. A suspended coroutine is resumed in every book, and processes get signals from the system.
    let owned = [
        "engine",
        "engines",
        "task",
        "tasks",
        "report",
        "reports",
        "reported",
        "reporting",
        "stop",
        "stops",
        "stopped",
        "stopping",
        "resume",
        "resumes",
        "resumed",
        "resuming",
        "attach",
        "attaches",
        "attached",
        "attaching",
        "quiesce",
        "quiesces",
        "quiesced",
        "quiescent",
        "utrace",
        "kernels",
        "signal",
        "signals",
        "siglock",
    ];
    let is_wrong = |path: &Path, line: &str| {
        let in_coroutines = path.starts_with("harness/src/sim/coroutine");
        // A name of the standard library's.
        let line = &line.replace("resume_unwind", "");
        words(line).flat_map(parts).map(str::to_lowercase).any(|word| {
            let word = word.as_str();
            owned.contains(&word) && !(in_coroutines && ["resume", "resumes", "resumed", "signal"].contains(&word))
        })
    };
    check("the harness knows nothing of its subject", &offences(&files("harness/src", "rs"), is_wrong));
}

#[test]
fn unsafe_code_lives_in_the_coroutine_and_arena_modules() {
    let sources = SOURCES.map(|folder| files(folder, "rs")).concat();
    let is_wrong = |path: &Path, line: &str| {
        // What stands in quotes is somebody else's code.
        let code: Vec<&str> = line.split("//").next().unwrap_or("").split('"').step_by(2).collect();
        let allowed = path.starts_with("harness/src/sim/coroutine") || path.ends_with("sim/arena.rs");
        !allowed && words(&code.join(" ")).any(|word| word == "unsafe")
    };
    check("unsafe code outside of its two modules", &offences(&sources, is_wrong));
}

#[test]
fn what_executions_do_lies_in_one_folder() {
    const HOME: &str = "harness/src/sim/execution";
    let elsewhere = |(path, _): &(PathBuf, String)| !path.starts_with(HOME);
    let found: Vec<String> = files("harness/src/sim", "rs")
        .into_iter()
        .filter(elsewhere)
        .filter(|(_, text)| text.lines().any(|line| line.trim_start().starts_with("impl Execution {")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    check("an execution is implemented elsewhere", &found);
    let at_home = files(HOME, "rs").iter().filter(|(_, text)| text.contains("impl Execution {")).count();
    assert!(at_home > 5, "the folder of executions has moved");
}

#[test]
fn there_is_one_thread_local() {
    let mut sources = files("harness/src", "rs");
    sources.extend(files("variants/src", "rs"));
    let is_wrong =
        |path: &Path, line: &str| line.contains("thread_local!") && !path.ends_with("sim/coroutine/current.rs");
    check("thread-locals beside the one pointer to the running execution", &offences(&sources, is_wrong));
}

#[test]
fn no_clock_and_no_environment_reaches_below_the_tools() {
    let mut sources = files("harness/src", "rs");
    sources.extend(files("variants/src", "rs"));
    let banned =
        ["std::env", "Instant", "SystemTime", "std::fs", "std::net", "println!", "eprintln!", "HashMap", "HashSet"];
    let is_wrong = |_: &Path, line: &str| {
        let code = line.split("//").next().unwrap_or("");
        banned.iter().any(|word| code.contains(word))
    };
    check("input, output, clocks or hash order below the tools", &offences(&sources, is_wrong));
}

/// Names of the dependencies in a section of a manifest, those behind a feature left out.
fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).expect("the manifest exists");
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim() == format!("[{section}]");
        } else if inside && !line.starts_with('#') && !line.contains("optional = true") {
            let name = line.split(['=', '.']).next().unwrap_or("").trim();
            if !name.is_empty() {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn dependencies_point_from_tools_to_variants_to_harness() {
    let harness = dependencies("harness/Cargo.toml", "dependencies");
    let variants = dependencies("variants/Cargo.toml", "dependencies");
    let tools = dependencies("tools/Cargo.toml", "dependencies");
    let runner = dependencies("tools/runner/Cargo.toml", "dependencies");
    assert!(!harness.contains("utrace-variants") && !harness.contains("lockstep-cli"), "{harness:?}");
    assert_eq!(variants, BTreeSet::from(["lockstep".to_owned()]));
    assert!(tools.contains("lockstep") && tools.contains("utrace-variants"), "{tools:?}");
    assert_eq!(runner, ["lockstep", "serde", "serde_json"].map(str::to_owned).into(), "it is built with every subject");
    let features = dependencies("tools/runner/Cargo.toml", "features");
    assert_eq!(features, BTreeSet::from(["schema".to_owned()]), "a package asks for none, and has none by default");
    for (name, set) in [("harness", &harness), ("variants", &variants)] {
        for banned in ["syn", "quote", "insta", "proptest", "clap"] {
            assert!(!set.contains(banned), "{name} depends on {banned}");
        }
    }
    for banned in ["insta", "proptest"] {
        assert!(!tools.contains(banned), "tools depends on {banned} beyond its tests");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    for manifest in ["harness/Cargo.toml", "variants/Cargo.toml", "tools/Cargo.toml", "tools/runner/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).expect("the manifest exists");
        let lines: Vec<&str> = text.lines().collect();
        let mut section = "";
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with('[') {
                section = line;
            }
            let own = line.starts_with("lockstep") || line.starts_with("utrace-variants");
            let is_dependency =
                section.contains("dependencies") && line.contains('=') && !line.starts_with('#') && !own;
            // Several crates may share one reason: then they stand without a gap below it.
            let reason = lines[..at]
                .iter()
                .rev()
                .take_while(|line| !line.is_empty() && !line.starts_with('['))
                .any(|line| line.starts_with('#'));
            assert!(!is_dependency || reason, "{manifest}: {line}: say in a line above why it is there");
        }
    }
}

/// The circles of a crate of these files, by their names.
fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let files: Vec<(PathBuf, String)> = files.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect();
    let names = |circle: &BTreeSet<PathBuf>| circle.iter().map(|path| path.display().to_string()).collect();
    imports::circles(&imports::arrows(&files)).iter().map(names).collect()
}

#[test]
fn circles_are_seen_through_whatever_passes_a_name_on() {
    let circle = [vec!["a.rs".to_owned(), "b.rs".to_owned()]];
    let (a, b) = ("use crate::b::B; pub struct A;", "use super::A; pub struct B;");
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b; pub use a::A;"), ("a.rs", a), ("b.rs", b)]), circle);
    let macros = "pub struct B; fn f() { vec![crate::a::A]; }";
    assert_eq!(circles_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", macros)]), circle);
    // To pass on what a child defines is no arrow; to use it is one.
    let child = "use super::X; pub struct Y;";
    assert!(
        circles_of(&[("lib.rs", "mod m;"), ("m/mod.rs", "mod y; pub use y::Y; pub struct X;"), ("m/y.rs", child)])
            .is_empty()
    );
    let uses = "mod y; pub use y::Y; pub struct X; fn f() -> y::Y { y::Y }";
    assert_eq!(circles_of(&[("lib.rs", "mod m;"), ("m/mod.rs", uses), ("m/y.rs", child)]).len(), 1);
    for fine in [
        "pub(in crate::a) struct B;",
        "#[cfg(test)] mod tests { use crate::a::A; } pub struct B;",
        "pub struct B; fn f() { quote! { crate::a::A } }",
    ] {
        assert!(circles_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", fine)]).is_empty(), "{fine}");
    }
}

#[test]
fn circles_of_modules_are_seen_where_their_files_have_none() {
    let one = [("lib.rs", "mod a; mod b;"), ("a/x.rs", "use crate::b::y::Y;"), ("a/z.rs", "pub struct Z;")];
    let other = [("b/y.rs", "pub struct Y;"), ("b/w.rs", "use crate::a::z::Z;"), ("a/mod.rs", ""), ("b/mod.rs", "")];
    let all: Vec<(PathBuf, String)> =
        one.into_iter().chain(other).map(|(path, text)| (path.into(), text.to_owned())).collect();
    let arrows = imports::arrows(&all);
    assert!(told(&arrows).is_empty());
    assert_eq!(told(&imports::between_modules(&arrows)).len(), 1);
}

/// What the circles among these consist of.
fn told(arrows: &imports::Arrows) -> Vec<String> {
    let circle_told = |circle: &BTreeSet<PathBuf>| {
        let inside = |(from, targets): (&PathBuf, &BTreeMap<PathBuf, BTreeSet<String>>)| {
            let targets = targets.iter().filter(|(to, _)| circle.contains(*to) && circle.contains(from));
            let line = |(to, names): (&PathBuf, &BTreeSet<String>)| {
                format!("  {} takes {names:?} of {}", from.display(), to.display())
            };
            targets.map(line).collect::<Vec<_>>()
        };
        arrows.iter().flat_map(inside).collect::<Vec<_>>().join("\n")
    };
    imports::circles(arrows).iter().map(circle_told).collect()
}

#[test]
fn neither_files_nor_modules_of_a_crate_import_in_circles() {
    for source in SOURCES {
        let below = |(path, text): (PathBuf, String)| (path.strip_prefix(source).expect("below").to_owned(), text);
        let arrows = imports::arrows(&files(source, "rs").into_iter().map(below).collect::<Vec<_>>());
        check(&format!("{source}: files that import each other"), &told(&arrows));
        let between = imports::between_modules(&arrows);
        check(&format!("{source}: modules that import each other"), &told(&between));
    }
}

#[test]
fn errors_have_a_type_of_their_own() {
    let mut found = Vec::new();
    for source in SOURCES {
        let below = files(source, "rs");
        for (path, text) in below.iter().filter(|(path, _)| !imports::is_for_tests(path, &below)) {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.extend(errors::texts_as_errors(&file).iter().map(|line| format!("{}:{line}", path.display())));
        }
    }
    check("errors that are bare texts: say of what kind they are, and where", &found);
}

#[test]
fn errors_that_are_texts_are_seen_wherever_they_stand() {
    let lines = |text: &str| errors::texts_as_errors(&syn::parse_file(text).expect("well-formed"));
    for wrong in [
        "fn f() -> Result<u8, String> { g() }",
        "fn f() -> std::result::Result<Vec<u8>, &'static str> { g() }",
        "fn f() -> Option<Result<(), Box<str>>> { g() }",
        "fn f(ask: impl Fn(&u8) -> Result<u8, Cow<'_, str>>) {}",
        "impl FromStr for A { type Err = String; }",
        "type Read<T> = Result<T, std::string::String>;",
        "fn f() { let g = || -> Result<(), String> { Ok(()) }; }",
        "fn f() { g(Ok::<u8, String>(1)) }",
        "trait A { fn f(&self) -> Result<(), String>; }",
    ] {
        assert_eq!(lines(wrong), [1], "{wrong}");
    }
    for fine in [
        "fn f() -> Result<String, Trouble> { g() }",
        "fn f() -> Result<BTreeMap<String, String>, FileError> { g() }",
        "fn f() -> io::Result<String> { g() }",
        "#[cfg(test)] mod tests { fn f() -> Result<u8, String> { g() } }",
    ] {
        assert!(lines(fine).is_empty(), "{fine}");
    }
}

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

#[test]
fn a_source_file_is_short_enough_to_read() {
    // A habit is 150 to 400 lines, one noun a file; beyond this it is several.
    const LINES_MAX: usize = 700;
    let sources = SOURCES.map(|folder| files(folder, "rs")).concat();
    let lines = |text: &String| text.lines().count();
    let long = sources.iter().filter(|(_, text)| lines(text) > LINES_MAX);
    let long: Vec<String> = long.map(|(path, text)| format!("{}: {} lines", path.display(), lines(text))).collect();
    check("split it: one noun a file", &long);
}

#[test]
fn comments_wrap() {
    const COLUMNS_MAX: usize = 100;
    // Their lines are what tokens of orderings and the patches of the series refer to.
    let is_moved_by_tools =
        |path: &Path| ["variants/src/kernel", "variants/src/utrace"].iter().any(|own| path.starts_with(own));
    let mut wide = Vec::new();
    for (path, text) in SOURCES.map(|folder| files(folder, "rs")).concat() {
        let mut is_code = false;
        for (number, line) in text.lines().enumerate().filter(|_| !is_moved_by_tools(&path)) {
            let Some(comment) = line.trim_start().strip_prefix("//") else { continue };
            is_code ^= comment.trim_start_matches(['/', '!']).trim_start().starts_with("```");
            if !is_code && line.chars().count() > COLUMNS_MAX {
                wide.push(format!("{}:{}: {} columns", path.display(), number + 1, line.chars().count()));
            }
        }
    }
    check("a comment is wider than 100 columns", &wide);
}

/// What the owner fixed, and the usual files. Whatever else a build or an editor leaves there is not part of the project.
#[test]
fn nothing_else_stands_at_the_top() {
    let listed = Command::new("git").arg("ls-files").current_dir(root()).output().expect("git lists the files");
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let tops: BTreeSet<&str> = listed.lines().filter_map(|path| path.split('/').next()).collect();
    let crates = ["Cargo.toml", "Cargo.lock", "variants", "harness", "snapshots", "tools"];
    let documents =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];
    let hidden = [".ci", ".config", ".gitignore", "rustfmt.toml"];
    assert_eq!(tops, crates.into_iter().chain(documents).chain(hidden).collect());
}

#[test]
fn documents_name_only_files_that_exist() {
    let mut documents: Vec<(PathBuf, String)> = Vec::new();
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "snapshots/README.md",
        "variants/examples/mailbox/README.md",
    ] {
        documents.push((PathBuf::from(name), fs::read_to_string(root().join(name)).expect("the document exists")));
    }
    for folder in ["harness/docs", "variants/docs", "tools/docs"] {
        documents.extend(files(folder, "md"));
    }
    documents.extend(files("tools/tests/data", "md"));
    for folder in SOURCES.into_iter().chain(["harness/benches", "variants/benches"]) {
        documents.extend(files(folder, "rs"));
    }
    let tops = ["harness/", "variants/", "tools/", "snapshots/", ".ci/", ".config/"];
    let mut missing = Vec::new();
    for (path, text) in &documents {
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        for line in text.lines().filter(|line| !is_source || line.trim_start().starts_with("//")) {
            for quoted in line.split('`').skip(1).step_by(2) {
                let is_path = tops.iter().any(|top| quoted.starts_with(top)) && !quoted.contains([' ', '*', '<', '{']);
                if is_path && !root().join(quoted).exists() {
                    missing.push(format!("{}: {quoted}", path.display()));
                }
            }
        }
        if !is_source {
            let folder = root().join(path).parent().expect("a document is in a folder").to_owned();
            let broken = links(text).into_iter().filter(|link| !folder.join(link).exists());
            missing.extend(broken.map(|link| format!("{}: a link to {link}", path.display())));
        }
    }
    check("documents name files that do not exist", &missing);
}

/// Where the links of a document lead to, those to other hosts and places of the document itself left out.
fn links(text: &str) -> Vec<&str> {
    let behind = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
    let files = behind.map(|link| link.split('#').next().unwrap_or(link));
    files.filter(|link| !link.is_empty() && !link.contains(':')).collect()
}

#[test]
fn links_are_seen_without_their_places() {
    assert_eq!(links("a [b](../c.md#d) [e](#f) [g](https://h.i) [j](k)"), ["../c.md", "k"]);
}

#[test]
fn only_render_writes_snapshot_text_and_never_by_debug_format() {
    let sources = files("harness/src/differential/render", "rs");
    let is_wrong = |_: &Path, line: &str| {
        let code = line.split("//").next().unwrap_or("");
        code.contains(":?}") || code.contains(".place,") && code.contains("format")
    };
    check("debug formats or places in snapshot text", &offences(&sources, is_wrong));
    let users = offences(&files("variants/tests", "rs"), |path, line| {
        line.contains("assert_snapshot!") && !path.ends_with("snapshots.rs") && !path.ends_with("claims.rs")
    });
    check("snapshots are made in the tests of scenarios and of claims only", &users);
}

#[test]
fn the_text_of_the_project_names_no_machine_and_no_registry_host() {
    let mut documents = files("harness", "rs");
    documents.extend(files("variants", "rs"));
    documents.extend(files("tools/src", "rs"));
    documents.extend(files("tools/runner/src", "rs"));
    documents.push(("README.md".into(), fs::read_to_string(root().join("README.md")).expect("the README exists")));
    let is_wrong = |_: &Path, line: &str| {
        ["/root/", "/tmp/", "/home/", "crates.io/", "index.crates"].iter().any(|path| line.contains(path))
    };
    check("paths of a machine or hosts of a registry", &offences(&documents, is_wrong));
}
