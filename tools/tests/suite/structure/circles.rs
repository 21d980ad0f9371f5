//! Files and modules that import each other.

use super::{SOURCES, check, files, imports};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
