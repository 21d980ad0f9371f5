//! `variants/docs/commits.md` and the model say the same: each function of the kernel and of utrace
//! has its row, and each row its function.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::{ImplItem, Item, TraitItem, Type};
use utrace_variants::{COMMITS_PAGE, origins};

/// Where what stands for code of the kernel is.
const FOLDERS: [&str; 2] = ["kernel", "utrace"];

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../variants/src")
}

/// Every function of a file but its tests', a method with its type's name.
fn functions(text: &str) -> BTreeSet<String> {
    let file = syn::parse_file(text).expect("the source parses");
    let mut found = BTreeSet::new();
    for item in file.items {
        collect(&item, &mut found);
    }
    found
}

fn collect(item: &Item, found: &mut BTreeSet<String>) {
    match item {
        Item::Fn(function) => {
            found.insert(function.sig.ident.to_string());
        }
        Item::Impl(block) => {
            let Type::Path(path) = &*block.self_ty else { return };
            let name = &path.path.segments.last().expect("a path has a last part").ident;
            for method in &block.items {
                if let ImplItem::Fn(method) = method {
                    found.insert(format!("{name}::{}", method.sig.ident));
                }
            }
        }
        Item::Trait(block) => {
            for method in &block.items {
                if let TraitItem::Fn(method) = method {
                    found.insert(format!("{}::{}", block.ident, method.sig.ident));
                }
            }
        }
        Item::Mod(module) if !is_for_tests(module) => {
            for item in module.content.iter().flat_map(|(_, items)| items) {
                collect(item, found);
            }
        }
        _ => {}
    }
}

fn is_for_tests(module: &syn::ItemMod) -> bool {
    module.attrs.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// The functions of the model by file, as `kernel/stop.rs`.
fn modelled() -> BTreeMap<String, BTreeSet<String>> {
    let mut by_file = BTreeMap::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(sources().join(folder)).expect("the folder is there").flatten() {
            let text = fs::read_to_string(entry.path()).expect("a source file is text");
            let functions = functions(&text);
            if !functions.is_empty() {
                by_file.insert(format!("{folder}/{}", entry.file_name().to_string_lossy()), functions);
            }
        }
    }
    by_file
}

#[test]
fn each_function_has_its_row_and_each_row_its_function() {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for origin in origins() {
        let is_new = told.entry(origin.file.to_owned()).or_default().insert(origin.function.to_owned());
        assert!(is_new, "{} of {} has two rows", origin.function, origin.file);
    }
    let modelled = modelled();
    let missing = |from: &BTreeMap<String, BTreeSet<String>>, to: &BTreeMap<String, BTreeSet<String>>| {
        let names = from.iter().flat_map(|(file, names)| names.iter().map(move |name| (file, name)));
        let without = names.filter(|(file, name)| !to.get(*file).is_some_and(|names| names.contains(*name)));
        without.map(|(file, name)| format!("{file}: {name}")).collect::<Vec<_>>()
    };
    assert_eq!(missing(&modelled, &told), Vec::<String>::new(), "functions without a row");
    assert_eq!(missing(&told, &modelled), Vec::<String>::new(), "rows without a function");
}

#[test]
fn each_row_names_a_commit_or_says_that_there_is_none() {
    for origin in origins() {
        let row = format!("{}: {}", origin.file, origin.function);
        match origin.commit {
            Some(_) => assert!(!origin.left_out.is_empty(), "{row} does not say what is left out"),
            None => assert!(origin.there.starts_with("none: "), "{row} names no commit: {}", origin.there),
        }
    }
}

#[test]
fn each_commit_that_the_model_speaks_of_is_on_the_page() {
    let is_commit = |word: &&str| {
        word.len() == 11
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
            && word.bytes().any(|byte| byte.is_ascii_digit())
    };
    for (file, _) in modelled() {
        let text = fs::read_to_string(sources().join(&file)).expect("a source file is text");
        for commit in text.split(|character: char| !character.is_ascii_alphanumeric()).filter(is_commit) {
            assert!(COMMITS_PAGE.contains(commit), "{file} speaks of {commit}, the page does not");
        }
    }
}
