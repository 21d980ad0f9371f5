//! The package of the subject that Lockstep ships: a copy of its crate, with the steps of a series
//! beside its designs.

use super::origins::Origins;
use super::own::{own_module, print};
use super::package::{Around, GLUE, Package};
use super::workspace::Workspace;
use crate::cli::files;
use crate::cli::trouble::Trouble;
use crate::outside::look;
use crate::source::steps::Step;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use utrace_variants::COMMITS_PAGE;

/// The copied crate to the port: the file by which the crate as it is runs in this process.
const UTRACE: &str = include_str!("utrace.rs");

/// What that file asks of the copied crate. `LIST` is its list of variants.
const SWITCHES: &str = "\
//! What `glue` asks of the crate. Written by `lockstep`; changes here are lost.

pub use utrace_variants::LIST as listed;
pub use lockstep_runner::activate;
";

/// What of the copied crate is replaced.
#[derive(Clone, Copy, Debug)]
pub enum Steps<'a> {
    /// Nothing: its own variants run, with these files changed.
    None(&'a BTreeMap<String, String>),
    /// These steps are the variants.
    Series(&'a [Step]),
}

/// The package that runs the shipped scenarios on these variants.
pub fn shipped_package(workspace: &Workspace, steps: Steps<'_>) -> Result<Package, Trouble> {
    let source = files::sources(&workspace.root.join("variants/src"))?;
    let mut origins = Origins::new("variants/");
    let mut files: BTreeMap<String, String> =
        source.into_iter().map(|(path, text)| (format!("src/{path}"), text)).collect();
    // The crate reads its map of commits where it is compiled.
    files.insert("docs/commits.md".to_owned(), COMMITS_PAGE.to_owned());
    let (name, list) = match steps {
        Steps::None(changed) => {
            for (path, text) in changed {
                files.insert(format!("src/{path}"), text.clone());
            }
            ("lockstep-utrace-mutants", "variants")
        }
        Steps::Series(steps) => {
            let unseen = look(None, steps)?;
            if let Some(place) = unseen.iter().flatten().next() {
                return Err(Trouble::Subject(format!("{place}: the machine does not see this")));
            }
            append(&mut files, "src/lib.rs", "\npub use variants::registry::steps;\n")?;
            append(&mut files, "src/variants.rs", "\npub mod registry;\n")?;
            append(&mut files, "src/utrace/mod.rs", "\npub mod steps;\n")?;
            for (nth, step) in steps.iter().enumerate() {
                let stem = format!("src/utrace/steps/step_{nth}");
                files.extend(origins.take_in(step, &stem));
            }
            let modules = (0..steps.len()).map(|nth| format_ident!("step_{nth}"));
            // A design names its neighbours by `super`; here it stands one module deeper.
            let modules = quote!(use super::*; #(pub mod #modules;)*);
            files.insert("src/utrace/steps/mod.rs".to_owned(), print(&modules));
            files.insert("src/variants/registry.rs".to_owned(), print(&registry(steps)?));
            ("lockstep-utrace-series", "steps")
        }
    };
    files.insert(GLUE.to_owned(), UTRACE.to_owned());
    files.insert("src/switches.rs".to_owned(), SWITCHES.replace("LIST", list));
    Ok(Package::new(name, workspace, Around::Crates, files, origins))
}

fn append(files: &mut BTreeMap<String, String>, path: &str, text: &str) -> Result<(), Trouble> {
    let file = files.get_mut(path).ok_or_else(|| Trouble::usage(format!("variants/{path}: there is no such file")))?;
    *file += text;
    Ok(())
}

/// Every step as a variant. A design keeps `stopped` if its code names the bit; that is what its
/// policy must say.
fn registry(steps: &[Step]) -> Result<TokenStream, Trouble> {
    let mut variants = Vec::new();
    for (nth, step) in steps.iter().enumerate() {
        let module = own_module(step, "Design")?;
        let (name, summary, type_name) = (&step.name, &step.subject, &module.type_name);
        let module = format_ident!("step_{nth}");
        let keeps = step.module.files("").any(|(_, text)| text.contains("Bit::Stopped"));
        let policy = if keeps { quote!(NO_ALTERNATIVES) } else { quote!(REMOVED) };
        variants.push(quote!(variant(#name, #summary, &steps::#module::#type_name, #policy)));
    }
    let count = variants.len();
    Ok(quote! {
        use super::{NO_ALTERNATIVES, REMOVED, VariantInfo, variant};
        use crate::utrace::steps;

        static STEPS: [VariantInfo; #count] = [#(#variants),*];

        pub fn steps() -> &'static [VariantInfo] {
            &STEPS
        }
    })
}
