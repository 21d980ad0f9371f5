//! What the options select, or an error that names the nearest thing that exists.

use crate::cli::arguments::{Options, RepairsArgument};
use crate::cli::value_error::ValueError;
use lockstep::MemoryModel;
use lockstep_runner::protocol::Setting;
use utrace_variants::{Repairs, Scenario, VariantInfo, scenarios, variants};

/// What to run.
pub struct Selection {
    pub variants: Vec<&'static VariantInfo>,
    pub scenarios: Vec<&'static Scenario>,
    pub repairs: Vec<Repairs>,
    pub memory: MemoryModel,
}

impl Selection {
    /// Every scenario, with each of the repairs.
    pub fn settings(&self) -> Vec<Setting> {
        let setting = |scenario: &Scenario, repairs: Repairs| Setting {
            scenario: scenario.id.to_string(),
            repaired: repairs != Repairs::NONE,
            memory: self.memory,
        };
        let settings = |scenario: &&'static Scenario| {
            let scenario = *scenario;
            self.repairs.iter().map(move |&repairs| setting(scenario, repairs))
        };
        self.scenarios.iter().flat_map(settings).collect()
    }

    /// The variants, by name.
    pub fn names(&self) -> Vec<String> {
        self.variants.iter().map(|variant| variant.name.to_owned()).collect()
    }
}

/// Reads the options. `both` tells what no word about repairs means.
pub fn select(options: &Options, both: bool) -> Result<Selection, ValueError> {
    let default = if both { RepairsArgument::Both } else { RepairsArgument::None };
    Ok(Selection {
        variants: select_variants(&options.variants)?,
        scenarios: select_scenarios(&options.scenario)?,
        repairs: match options.repairs.unwrap_or(default) {
            RepairsArgument::None => vec![Repairs::NONE],
            RepairsArgument::All => vec![Repairs::ALL],
            RepairsArgument::Both => vec![Repairs::NONE, Repairs::ALL],
        },
        memory: memory_model(&options.memory)?,
    })
}

/// The memory model of that name.
pub fn memory_model(name: &str) -> Result<MemoryModel, ValueError> {
    let known = MemoryModel::ALL.map(MemoryModel::name).into_iter();
    MemoryModel::from_name(name).ok_or_else(|| ValueError::unknown("memory model", name, known))
}

/// For a command that is told the rest by a token.
pub fn select_variants_only(options: &Options) -> Result<Selection, ValueError> {
    let variants = select_variants(&options.variants)?;
    Ok(Selection { variants, scenarios: Vec::new(), repairs: Vec::new(), memory: MemoryModel::Sc })
}

fn select_variants(names: &[String]) -> Result<Vec<&'static VariantInfo>, ValueError> {
    if names.is_empty() {
        return Ok(variants().iter().filter(|variant| variant.main_series).collect());
    }
    let known = variants().iter().map(|variant| variant.name);
    let numbers = select_names("variant", known, names, SEE_LIST)?;
    Ok(numbers.into_iter().map(|number| &variants()[number]).collect())
}

/// The variant of that name.
pub fn find_variant(name: &str) -> Result<&'static VariantInfo, ValueError> {
    let found = variants().iter().find(|variant| variant.name == name.trim());
    found.ok_or_else(|| {
        ValueError::unknown("variant", name, variants().iter().map(|variant| variant.name)).with(SEE_LIST)
    })
}

/// The scenarios of those ids; all if none is named.
pub fn select_scenarios(ids: &[String]) -> Result<Vec<&'static Scenario>, ValueError> {
    let known = scenarios().iter().map(|scenario| &*scenario.id);
    let numbers = select_names("scenario", known, ids, SEE_LIST)?;
    Ok(numbers.into_iter().map(|number| &scenarios()[number]).collect())
}

/// What was asked for by name among what there is, by number; all if nothing was. The hint is added
/// to the message about a name that does not exist.
pub fn select_names<'a>(
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    wanted: &[String],
    hint: &str,
) -> Result<Vec<usize>, ValueError> {
    refuse_twice(what, wanted)?;
    let find = |name: &String| {
        let found = known.clone().position(|id| id.eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| ValueError::unknown(what, name, known.clone()).with(hint))
    };
    let wanted: Vec<&String> = wanted.iter().filter(|name| !name.trim().is_empty()).collect();
    if wanted.is_empty() {
        return Ok((0..known.clone().count()).collect());
    }
    wanted.into_iter().map(find).collect()
}

/// A name that is there twice is a mistake, or would count twice.
fn refuse_twice(what: &str, names: &[String]) -> Result<(), ValueError> {
    for (at, name) in names.iter().map(|name| name.trim()).enumerate() {
        if !name.is_empty() && names[..at].iter().any(|other| other.trim().eq_ignore_ascii_case(name)) {
            return Err(ValueError::new(format!("{what} '{name}' is named twice: name each once")));
        }
    }
    Ok(())
}

/// The scenario of that id.
pub fn find_scenario(id: &str) -> Result<&'static Scenario, ValueError> {
    let found = scenarios().iter().find(|scenario| scenario.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| {
        ValueError::unknown("scenario", id, scenarios().iter().map(|scenario| &*scenario.id)).with(SEE_LIST)
    })
}

/// Behind a message about a name that does not exist.
const SEE_LIST: &str = "; 'lockstep list' shows all";
