//! The HTML report in a browser: it opens without a word on the console, keys and filters work, and it fits a narrow screen.

use crate::tool;
use assert_cmd::Command;
use std::path::{Path, PathBuf};

const REMEDY: &str = "'apt-get install chromium' installs it";

/// What a driver writes into the page for the test to read.
const DRIVER: &str = "
(() => {
  const said = [];
  const say = (name, value) => said.push(name + '=' + value);
  const key = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const here = () => Array.from(document.querySelectorAll('.here')).map((element) => element.dataset.row).join(' ');
  const shown = () => Array.from(document.querySelectorAll('.scenario-row')).filter((row) => !row.hidden).length;
  const type = (id, value) => { const control = document.getElementById(id); if (control.type === 'checkbox') control.checked = value; else control.value = value; control.dispatchEvent(new Event('input', { bubbles: true })); };
  say('count', document.getElementById('count').textContent);
  say('wide', document.documentElement.scrollWidth <= window.innerWidth);
  say('paper', getComputedStyle(document.body).backgroundColor);
  key('j'); say('current', document.activeElement.id);
  key('f'); say('first', here());
  key('p'); say('back', here());
  key('n'); key('n'); say('on', here());
  say('output', document.querySelector('.steps output').textContent.trim().replace(/\\s+/g, ' '));
  key('j'); say('next', document.activeElement.id);
  key('k'); say('previous', document.activeElement.id);
  key('o'); say('closed', document.querySelector('.scenario details').open);
  key('/'); say('focus', document.activeElement.id);
  type('filter', 'M2'); say('filtered', shown());
  type('filter', 'both agree no such'); say('none', shown());
  type('filter', ''); type('only-changes', true); say('changes', shown());
  type('only-changes', false); type('repairs', 'with'); say('repaired', shown());
  type('repairs', '');
  location.hash = 'box-M2-sc';
  setTimeout(() => { say('linked', document.querySelector('#box-M2-sc details').open); document.body.setAttribute('data-said', said.join(';')); }, 50);
})();
";

fn page() -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.args(["report", "--format", "html", "--from"]).arg(data.join("box.json"));
    let output = command.arg("--claims").arg(data.join("claims.json")).output().expect("the program starts");
    String::from_utf8(output.stdout).expect("a page is text")
}

/// Opens a page and returns what became of it, and what the browser said.
fn open(browser: &Path, page: &str, flags: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = folder.path().join("page.html");
    std::fs::write(&file, page).expect("it is written");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(flags)
        .arg(format!("file://{}", file.display()))
        .timeout(std::time::Duration::from_secs(120))
        .output()
        .expect("the browser starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stderr).lines().filter(|line| line.contains("CONSOLE")).collect::<Vec<_>>().join("\n");
    (text(&output.stdout), said)
}

/// The page with the driver in it. The policy of the page would not let it run, so that is taken out.
fn driven() -> String {
    let page = page();
    let (before, rest) =
        page.split_once("<meta http-equiv=\"Content-Security-Policy\"").expect("the page has a policy");
    let (_, rest) = rest.split_once('>').expect("it ends");
    format!("{before}{}", rest.replace("</body>", &format!("<script>{DRIVER}</script></body>")))
}

/// Drives the page and returns what the driver said of `name`.
fn said(dom: &str, name: &str) -> String {
    let (_, said) =
        dom.split_once("data-said=\"").unwrap_or_else(|| panic!("the driver did not come to its end: {dom}"));
    let said = said.split('"').next().unwrap_or_default();
    let mut parts = said.split(';').filter_map(|part| part.split_once('='));
    parts
        .find(|(known, _)| *known == name)
        .map_or_else(|| panic!("{name} is not in {said}"), |(_, value)| value.to_owned())
}

fn browser() -> Option<PathBuf> {
    tool::find(&["chromium", "chromium-browser", "google-chrome"], REMEDY)
}

#[test]
fn the_page_opens_under_its_policy_without_a_word_on_the_console() {
    let Some(browser) = browser() else { return };
    let page = page();
    let (dom, console) = open(&browser, &page, &[]);
    assert_eq!(console, "");
    assert!(dom.contains(">3 of 3</span>"), "its script ran: {dom}");
    // The policy is what it says: a script that is not the page's own does not run.
    let strange = page.replace("</main>", "<script>document.title = 'strange'</script></main>");
    let (dom, console) = open(&browser, &strange, &[]);
    assert!(console.contains("Content Security Policy") && !dom.contains("<title>strange"), "{console}");
}

#[test]
fn keys_step_through_witnesses_and_filters_hide() {
    let Some(browser) = browser() else { return };
    let (dom, console) = open(&browser, &driven(), &["--window-size=1400,900"]);
    assert_eq!(console, "");
    let check = |name: &str, expected: &str| assert_eq!(said(&dom, name), expected, "{name}");
    check("count", "3 of 3");
    check("wide", "true");
    check("current", "box.M1.0b0b0b0b-sc");
    // In both drawings and in the table.
    check("first", "8 8 8");
    check("back", "7 7 7");
    check("on", "9 9 9");
    check("output", "10/13 – | reader: unlock A in take, src/box.rs:22:9");
    check("next", "box.M1.0a0a0a0a-sc");
    check("previous", "box.M1.0b0b0b0b-sc");
    check("closed", "false");
    check("focus", "filter");
    check("filtered", "2");
    check("none", "0");
    check("changes", "1");
    check("repaired", "1");
    check("linked", "true");
}

#[test]
fn the_page_fits_a_narrow_screen_and_knows_the_dark() {
    let Some(browser) = browser() else { return };
    let page = driven();
    let (light, _) = open(&browser, &page, &["--window-size=500,900", "--blink-settings=preferredColorScheme=1"]);
    assert_eq!(said(&light, "wide"), "true", "nothing is wider than the screen");
    assert_eq!(said(&light, "paper"), "rgb(255, 255, 255)");
    let (dark, _) = open(&browser, &page, &["--blink-settings=preferredColorScheme=0"]);
    assert_eq!(said(&dark, "paper"), "rgb(20, 24, 29)");
}

/// Sheets of paper that a page makes.
fn sheets(browser: &Path, page: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let paper = folder.path().join("page.pdf");
    open(browser, page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", paper.display())]);
    let bytes = std::fs::read(&paper).expect("the browser prints");
    String::from_utf8_lossy(&bytes).lines().filter(|line| *line == "<</Type /Page").count()
}

#[test]
fn on_paper_folded_parts_stay_out_unless_everything_is_asked_for() {
    let Some(browser) = browser() else { return };
    let page = page();
    let all = page.replace("id=\"print-all\"", "id=\"print-all\" checked");
    assert_ne!(page, all, "the page has the box");
    let (few, many) = (sheets(&browser, &page), sheets(&browser, &all));
    assert!(few > 0 && few < many, "{few} sheets, and {many} with everything");
}
