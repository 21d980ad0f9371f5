//! A generated package: its files, and how cargo builds it.

use super::origins::Origins;
use super::sealed::{HEAD, MADE_BY_CARGO, refuse_foreign, seal};
use super::workspace::Workspace;
use crate::cli::file_error::FileError;
use crate::cli::progress::Progress;
use crate::cli::trouble::Trouble;
use crate::cli::{files, session};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempPath;

/// Where the glue stands. What begins like its name no file of a user's says, see
/// [`crate::outside`].
pub const GLUE: &str = "src/lockstep_glue.rs";

/// The program of a package; the same for all.
const MAIN: &str = "\
//! Runs the variants of one subject for `lockstep`. The module `lockstep_glue` says what the
//! subject is. Written by `lockstep`; changes here are lost.

fn main() {
    lockstep_runner::serve(&lockstep_glue::Glue);
}

mod lockstep_glue;
";

/// What is around the files of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The standard library and the harness, whole: for the subject that Lockstep ships, whose
    /// crate is copied.
    Crates,
    /// What a subject may use of them, under their names: everything else has no name.
    Facades,
}

impl Around {
    /// The dependencies of the package.
    fn dependencies(self, workspace: &Path) -> String {
        let line = |name: &str, package: &str, folder: &str| {
            format!("{name} = {{ package = \"{package}\", path = {:?} }}\n", workspace.join(folder))
        };
        let own = match self {
            Around::Crates => line("lockstep", "lockstep", "harness"),
            Around::Facades => ["lockstep", "std", "core", "alloc"]
                .map(|name| line(name, &format!("lockstep-facade-{name}"), &format!("harness/facades/{name}")))
                .concat(),
        };
        own + &line("lockstep-runner", "lockstep-runner", "tools/runner")
    }
}

/// A package, not yet written.
#[derive(Clone, Debug)]
pub struct Package {
    name: String,
    /// Text by path inside the package.
    files: BTreeMap<String, String>,
    /// Where they come from.
    origins: Origins,
    around: Around,
}

/// What the compiler says of names that are not there.
const NAMELESS: [&str; 3] = ["cannot find", "unresolved import", "could not find"];

/// What is said behind that.
const NOTE: &str = "\nWhat the machine would not see has no name in a subject: threads, locks, atomics, clocks and files of the standard \
    library, and what of lockstep is not in lockstep::sync, lockstep::thread and lockstep::probe.";

/// Lines of the compiler that are shown.
const LINES_MAX: usize = 40;

impl Package {
    /// A package of that name with a manifest and a program. The files must hold `src/glue.rs`.
    pub fn new(
        name: &str,
        workspace: &Workspace,
        around: Around,
        files: BTreeMap<String, String>,
        origins: Origins,
    ) -> Package {
        let mut package = Package { name: name.to_owned(), files, origins, around };
        package.files.insert("Cargo.toml".to_owned(), package.manifest(workspace));
        // The files of somebody's own subject name each other from the root of the crate.
        let modules = match around {
            Around::Crates => "mod switches;\n",
            Around::Facades => "mod steps;\nmod subject;\n",
        };
        package.files.insert("src/main.rs".to_owned(), format!("{MAIN}{modules}"));
        package
    }

    /// Where its files come from.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    fn manifest(&self, workspace: &Workspace) -> String {
        let name = &self.name;
        let dependencies = self.around.dependencies(&workspace.root);
        let library = match self.around {
            Around::Crates => "[lib]\nname = \"utrace_variants\"\npath = \"src/lib.rs\"\n\n",
            Around::Facades => "",
        };
        format!(
            "{HEAD}[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             {library}[dependencies]\n{dependencies}\n[lints.rust]\nwarnings = \"allow\"\n\n\
             [profile.release]\ncodegen-units = 16\n\n[workspace]\n"
        )
    }

    /// Makes the package stand at a folder that is empty or holds an earlier one as it was written:
    /// all of it, or what stood there before.
    pub fn put(&self, folder: &Path) -> Result<(), FileError> {
        refuse_foreign(folder)?;
        let mut sealed = self.clone();
        seal(&mut sealed.files);
        let failed = |error: std::io::Error| FileError::of_system(folder, &error);
        if folder.file_name().is_none() {
            return Err(FileError::new(folder, "is a place and no name: name a new folder"));
        }
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(failed)?;
        // Here it is written, and here what stood there is put aside; all goes at the end.
        let room = tempfile::Builder::new().prefix(".lockstep-").tempdir_in(parent).map_err(failed)?;
        let new = room.path().join("new");
        sealed.write(&new)?;
        if folder.exists() {
            // What cargo made of the earlier one serves the new one as well.
            for kept in MADE_BY_CARGO.map(Path::new).into_iter().filter(|kept| folder.join(kept).exists()) {
                fs::rename(folder.join(kept), new.join(kept)).map_err(failed)?;
            }
            fs::rename(folder, room.path().join("old")).map_err(failed)?;
        }
        fs::rename(&new, folder).map_err(failed)
    }

    /// Writes the package below a folder; files of an earlier one that are no longer part of it go.
    fn write(&self, folder: &Path) -> Result<(), FileError> {
        for path in self.files.keys().map(Path::new).flat_map(Path::ancestors) {
            files::refuse_link(&folder.join(path))?;
        }
        let files: Vec<(PathBuf, &String)> = self.files.iter().map(|(path, text)| (folder.join(path), text)).collect();
        files::write_all(&files)?;
        for (path, _) in files::sources(&folder.join("src"))? {
            if !self.files.contains_key(&format!("src/{path}")) {
                let gone = folder.join("src").join(path);
                fs::remove_file(&gone).map_err(|error| FileError::new(&gone, error))?;
            }
        }
        Ok(())
    }

    /// Writes and builds it; the program that came out, in a file that is gone with the path: what
    /// is built here next, by whomever, has no say in what runs.
    pub fn build(&self, workspace: &Workspace) -> Result<TempPath, Trouble> {
        let _progress = Progress::of_one(&format!("compiling {}; the first time takes longest", self.name));
        // A budget is for what is explored: how long the compiler takes nobody can know beforehand.
        let _uncounted = session::Uncounted::begin();
        let folder = workspace.build.join(&self.name);
        // Where it is built nobody is asked to name a file: that it cannot be is of the subject.
        let failed = |path: &Path, error: std::io::Error| Trouble::of_subject(FileError::of_system(path, &error));
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        // Held until the program is built: nobody else changes the sources under the compiler.
        let lock = folder.join(".lock");
        let held = fs::File::create(&lock).map_err(|error| failed(&lock, error))?;
        held.lock().map_err(|error| failed(&lock, error))?;
        self.write(&folder).map_err(Trouble::of_subject)?;
        // The versions that Lockstep itself was tested with.
        let versions = files::read(&workspace.root.join("Cargo.lock")).unwrap_or_default();
        if !folder.join("Cargo.lock").exists() && !versions.is_empty() {
            files::write(&folder.join("Cargo.lock"), &versions).map_err(Trouble::of_subject)?;
        }
        let target = workspace.build.join("target");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["build", "--release", "--quiet", "--message-format", "short", "--color", "never", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target);
        let (status, said) = unless_interrupted(&mut command)?;
        if status.success() {
            let built = target.join("release").join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX));
            let suffix = std::env::consts::EXE_SUFFIX;
            let program = tempfile::Builder::new().prefix(".run-").suffix(suffix).tempfile_in(&folder);
            let program = program.map_err(|error| failed(&folder, error))?.into_temp_path();
            fs::copy(&built, &program).map_err(|error| failed(&built, error))?;
            return Ok(program);
        }
        let lines = said.lines().filter(|line| !line.contains(": warning:")).take(LINES_MAX);
        let lines: Vec<String> = lines.map(|line| self.origins.line(line)).collect();
        if lines.is_empty() {
            let silent = format!("{} was not built: cargo ended with {status} and gave no reason", folder.display());
            return Err(Trouble::of_subject(silent));
        }
        let is_nameless = lines.iter().any(|line| NAMELESS.iter().any(|said| line.contains(said)));
        let note = if is_nameless && self.around == Around::Facades { NOTE } else { "" };
        Err(Trouble::of_subject(format!("{} does not compile:\n{}{note}", folder.display(), lines.join("\n"))))
    }
}

/// How often somebody who waits for cargo looks whether its program is still wanted.
const BEAT: Duration = Duration::from_millis(20);

/// How long it is waited, where cargo has failed, for a word that the user wanted that.
const PATIENCE: Duration = Duration::from_millis(100);

/// Runs cargo to its end, or to that of the user's patience: how it ended, and what it said. A time
/// budget does not end it: what is built today is there tomorrow.
fn unless_interrupted(command: &mut Command) -> Result<(ExitStatus, String), Trouble> {
    let failed = |error: std::io::Error| Trouble::of_subject(format!("cargo cannot be run: {error}"));
    // A file, for a pipe that nobody empties would hold cargo up.
    let mut said = tempfile::tempfile().map_err(failed)?;
    let errors = said.try_clone().map_err(failed)?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).spawn().map_err(failed)?;
    let status = loop {
        let ended = child.try_wait().map_err(failed)?;
        if session::is_interrupted() {
            // Ctrl-C reaches cargo as well; if it has ended by itself it cannot be killed.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Trouble::Interrupted);
        }
        match ended {
            // Ctrl-C may have reached cargo first.
            Some(status) if !status.success() => {
                std::thread::sleep(PATIENCE);
                if session::is_interrupted() {
                    return Err(Trouble::Interrupted);
                }
                break status;
            }
            Some(status) => break status,
            None => std::thread::sleep(BEAT),
        }
    };
    let mut text = Vec::new();
    said.rewind().and_then(|()| said.read_to_end(&mut text)).map_err(failed)?;
    Ok((status, String::from_utf8_lossy(&text).into_owned()))
}
