//! Committed tables of orderings: read back, and looked at again.
//!
//! Promise: every place of the table exists and none is missing; every cell says what its witnesses
//! say; and every witness, run twice, shows what it says without its ordering and does not with it.
//! So a line about something that depends on an ordering cannot go stale silently.
//!
//! Limit: a place that was free and no longer is, is not noticed; that takes a search, which
//! `explore --relax` makes.

use super::rows::{Row, ShownPart};
use super::text::{HEAD, WITHOUT};
use crate::cli::arguments::Options;
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::cli::selection::{find_scenario, find_variant, memory_model};
use crate::cli::status::Status;
use crate::cli::value_error::ValueError;
use lockstep::{CompareConfig, MemoryModel, Token};
use std::collections::BTreeSet;
use std::path::Path;
use utrace_variants::claims::{OrderingSite, Recheck, ordering_sites, recheck};

/// The table of one memory model.
struct ModelTable {
    memory: MemoryModel,
    scenarios: Vec<&'static str>,
    variants: Vec<&'static str>,
    rows: Vec<Row>,
}

/// What a check of the tables has found.
#[derive(Default)]
struct CheckReport {
    witnesses: usize,
    /// What no longer holds.
    stale: Vec<String>,
    /// Tokens whose place has moved, and what they are now.
    moved: Vec<(String, String)>,
}

/// Whether the text is meant to be such a table.
pub fn is_table(text: &str) -> bool {
    text.starts_with(HEAD)
}

/// The rows of committed tables.
pub fn read(text: &str) -> Result<Vec<Row>, ValueError> {
    Ok(model_tables(text)?.into_iter().flat_map(|model_table| model_table.rows).collect())
}

/// Looks at committed tables again. `renew`: writes tokens anew whose places have only moved.
pub fn check(path: &Path, renew: bool, options: &Options) -> Result<(String, Status), FileError> {
    let text = files::read(path)?;
    let model_tables = model_tables(&text).map_err(|error| FileError::new(path, error))?;
    let mut report = CheckReport::default();
    for model_table in &model_tables {
        check_table(model_table, options, &mut report);
    }
    let CheckReport { witnesses, mut stale, moved } = report;
    if renew {
        let renewed = moved.iter().fold(text, |text, (old, new)| text.replace(old, new));
        files::write(path, &renewed)?;
    } else {
        stale.extend(moved.iter().map(|(old, new)| format!("the place of {old} has moved: it is {new} now")));
    }
    let names: Vec<&str> = model_tables.iter().map(|model_table| model_table.memory.name()).collect();
    let mut said = format!("{}: {witnesses} witnesses under {}", path.display(), names.join(", "));
    if stale.is_empty() {
        let rewritten = if moved.is_empty() { String::new() } else { format!("; {} written anew", moved.len()) };
        said += &format!(": each shows what it says without its ordering, and not with it{rewritten}\n");
        return Ok((said, Status::Fine));
    }
    said += &format!("; {} lines no longer hold:\n", stale.len());
    stale.iter().for_each(|line| said += &format!("  {line}\n"));
    said += "Where places have only moved, '--renew' writes the tokens anew; else 'lockstep explore --relax' makes the table anew.\n";
    Ok((said, Status::Unaccepted))
}

fn check_table(model_table: &ModelTable, options: &Options, report: &mut CheckReport) {
    let ModelTable { memory, scenarios, variants, rows } = model_table;
    let config = CompareConfig { seed: options.seed, memory: *memory, ..CompareConfig::default() };
    for variant in variants {
        let sites = ordering_sites(variant, scenarios, &config);
        let own: Vec<&Row> = rows.iter().filter(|row| row.variant == *variant).collect();
        let known: BTreeSet<(String, String)> =
            own.iter().map(|row| (row.function.clone(), row.what_is_done())).collect();
        let there: BTreeSet<(String, String)> =
            sites.iter().map(|site| (site.function.clone(), site.ordering())).collect();
        let where_is =
            |(function, done): &(String, String)| format!("{} {variant}: {done} in {function}", memory.name());
        report.stale.extend(there.difference(&known).map(|place| format!("{}: not in the table", where_is(place))));
        report.stale.extend(known.difference(&there).map(|place| format!("{}: not in the source", where_is(place))));
        for row in own {
            let site = sites.iter().find(|site| site.function == row.function && site.ordering() == row.what_is_done());
            if let Some(site) = site {
                row.shown.iter().for_each(|shown| check_witness((row, shown), site, &config, report));
            }
        }
    }
}

fn check_witness(
    (row, shown): (&Row, &ShownPart),
    site: &OrderingSite,
    config: &CompareConfig<'_>,
    report: &mut CheckReport,
) {
    report.witnesses += 1;
    let Row { variant, function, .. } = row;
    let (done, memory) = (row.what_is_done(), config.memory.name());
    let mut is_stale = |why: &str| {
        report
            .stale
            .push(format!("{memory} {variant}: {done} in {function}: {} {why}: {}", shown.scenario, shown.token));
    };
    let token: Token = match shown.token.parse() {
        Ok(token) => token,
        Err(error) => return is_stale(&format!("{error}")),
    };
    if token.memory != config.memory || token.scenario != shown.scenario || find_scenario(&token.scenario).is_err() {
        return is_stale("is not what its token names");
    }
    let what = (shown.claim.as_deref(), shown.what.as_str());
    match recheck(variant, site, what, &token, config) {
        None => is_stale("names a claim that does not exist"),
        Some(Recheck { without: false, .. }) => is_stale("no longer shows it without the ordering"),
        Some(Recheck { with: true, .. }) => is_stale("shows it with the ordering, too"),
        Some(Recheck { token: now, .. }) if now != token => report.moved.push((shown.token.clone(), now.to_string())),
        Some(_) => {}
    }
}

fn model_tables(text: &str) -> Result<Vec<ModelTable>, ValueError> {
    let mut parts = text.split(HEAD);
    let before = parts.next().unwrap_or_default();
    let model_tables: Vec<ModelTable> = parts.map(model_table).collect::<Result<_, _>>()?;
    if model_tables.is_empty() || !before.trim().is_empty() {
        return Err(ValueError::new("is no table of orderings: 'lockstep explore --relax' makes one"));
    }
    Ok(model_tables)
}

/// What follows the head: a line with the model, one with the scenarios, the table, the legend, the
/// witnesses.
fn model_table(text: &str) -> Result<ModelTable, ValueError> {
    let mut lines = text.lines();
    let name = lines.next().unwrap_or_default();
    let memory = memory_model(name)?;
    let named = lines.next().and_then(|line| line.strip_prefix("on "));
    let named = named.ok_or_else(|| ValueError::new("the line with the scenarios is missing"))?;
    let scenarios = named.split_whitespace().map(|id| find_scenario(id).map(|scenario| &*scenario.id));
    let scenarios: Vec<&'static str> = scenarios.collect::<Result<_, _>>()?;
    let mut lines = lines.skip_while(|line| line.is_empty());
    let head = cells(lines.next().unwrap_or_default());
    let ["function", "ordering", names @ ..] = &head[..] else {
        return Err(ValueError::new("the head of the table is missing"));
    };
    let variants = names.iter().map(|name| find_variant(name).map(|variant| variant.name));
    let variants: Vec<&'static str> = variants.collect::<Result<_, _>>()?;
    let mut table = Vec::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let row = cells(line);
        if row.len() != head.len() {
            let (found, expected) = (row.len(), head.len());
            return Err(ValueError::new(format!("'{line}' has {found} columns and not {expected}")));
        }
        table.push(row);
    }
    let mut model_table = ModelTable { memory, scenarios, variants, rows: Vec::new() };
    for row in &table {
        let own = model_table.variants.iter().zip(&row[2..]).filter(|(_, cell)| **cell != "-");
        model_table.rows.extend(own.map(|(variant, cell)| table_row(variant, (row[0], row[1]), cell, memory)));
    }
    read_witnesses(&mut model_table.rows, lines)?;
    model_table.rows = model_table.rows.into_iter().map(Row::sum_up).collect();
    for (row, cell) in
        model_table.rows.iter().zip(table.iter().flat_map(|row| row[2..].iter().filter(|cell| **cell != "-")))
    {
        let said = row.cell();
        if said != *cell {
            let (variant, done, function) = (&row.variant, row.what_is_done(), &row.function);
            let differs = format!("{variant}: {done} in {function}: the table says '{cell}', its witnesses '{said}'");
            return Err(ValueError::new(differs));
        }
    }
    Ok(model_table)
}

/// Columns are two spaces or more apart.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

fn table_row(variant: &str, (function, done): (&str, &str), cell: &str, memory: MemoryModel) -> Row {
    let numbered = done
        .strip_suffix(')')
        .and_then(|done| done.rsplit_once(" ("))
        .and_then(|(done, number)| Some((done, number.parse::<usize>().ok()?)));
    let (done, number) = numbered.map_or((done, None), |(done, number)| (done, Some(number)));
    let barrier = done.strip_prefix("implicit barrier ").map(|object| ("implicit barrier", object));
    let (ordering, object) = barrier.or_else(|| done.split_once(' ')).unwrap_or((done, ""));
    // What is free in part says in how many scenarios it was exhausted.
    let counts = cell.strip_prefix("free ").and_then(|counts| counts.split_once('/'));
    let count = |text: &str| text.parse().unwrap_or(0);
    let (exhausted, scenarios) = counts.map_or((0, 0), |(exhausted, all)| (count(exhausted), count(all)));
    Row {
        variant: variant.to_owned(),
        memory: Some(memory.name().to_owned()),
        function: function.to_owned(),
        ordering: ordering.to_owned(),
        object: object.to_owned(),
        number,
        place: None,
        needed: (cell != "?").then_some(!cell.starts_with("free")),
        shown: Vec::new(),
        scenarios,
        exhausted,
        evidence: match counts {
            Some(_) => Some(format!("exhaustive in {exhausted} of {scenarios} scenarios")),
            None => (cell == "free").then(|| "exhaustive".to_owned()),
        },
        scenario: None,
        shows: None,
        token: None,
    }
}

/// Adds to each row what is said of it below the table.
fn read_witnesses<'a>(rows: &mut [Row], lines: impl Iterator<Item = &'a str>) -> Result<(), ValueError> {
    let wrong = |line: &str, why: &str| ValueError::new(format!("'{line}' {why}"));
    let mut current: Option<usize> = None;
    let mut said: Option<(Option<String>, String, String)> = None;
    for line in lines {
        if let Some((variant, place)) = line.split_once(WITHOUT).filter(|_| !line.starts_with(' ')) {
            let (done, function) = place.rsplit_once(" in ").ok_or_else(|| wrong(line, "names no function"))?;
            let is_it = |row: &Row| row.variant == variant && row.function == function && row.what_is_done() == done;
            current = Some(rows.iter().position(is_it).ok_or_else(|| wrong(line, "is not in the table"))?);
        } else if let (Some(token), Some(at)) = (line.strip_prefix("    "), current) {
            let Some((claim, scenario, what)) = said.take() else {
                return Err(wrong(token, "belongs to nothing"));
            };
            rows[at].shown.push(ShownPart { claim, scenario, what, token: token.to_owned() });
        } else if let (Some(line), Some(_)) = (line.strip_prefix("  "), current) {
            let (scenario, rest) = line.split_once(' ').ok_or_else(|| wrong(line, "says nothing"))?;
            let (claim, what) = match rest.strip_prefix("touches ") {
                Some(rest) => {
                    let (claim, what) = rest.split_once(": ").unwrap_or((rest, ""));
                    (Some(claim.to_owned()), what)
                }
                None => (None, rest.strip_prefix("shows ").ok_or_else(|| wrong(line, "shows nothing"))?),
            };
            said = Some((claim, scenario.to_owned(), what.to_owned()));
        } else if !line.is_empty() {
            current = None;
        }
    }
    Ok(())
}
