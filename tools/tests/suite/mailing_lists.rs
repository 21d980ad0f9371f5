//! Series as archives of mailing lists give them: a whole thread, compressed, in any order.

use crate::common;
use common::{check, lockstep_in, root};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::{Path, PathBuf};

const BASE: &str = "variants/examples/mailbox/mailbox.rs";
const SERIES: &str = "variants/examples/mailbox/series";

/// The patches of the mailbox, in order.
fn patches() -> Vec<String> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join(SERIES))
        .expect("the series exists")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "patch"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("it is text") + "\n").collect()
}

fn mail(header: &str, body: &str) -> String {
    format!("From 0 Mon Sep 17 00:00:00 2001\nFrom: A Reader <reader@lockstep.invalid>\n{header}\n\n{body}\n\n")
}

/// What `audit` prints of the series in this file, and what it says beside that.
#[track_caller]
fn audited(series: &Path) -> [String; 2] {
    let output = lockstep_in(&root(), &["audit", "--base", BASE, "--series", series.to_str().expect("it is text")]);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("it is text"));
    assert!(output.status.success(), "{said:?}");
    said
}

/// Writes the bytes into a file of that name, for one test.
fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the directory for tests can be written");
    path
}

#[test]
fn a_thread_is_read_like_the_series_in_it() {
    let [plain, _] = audited(Path::new(SERIES));
    let [first, second, third] = &patches()[..] else { panic!("the series has three patches") };
    let old = first.replace("[PATCH 1/3]", "[PATCH 1/1]").replace("\n+ ", "\n+  ");
    let newer = |patch: &str| patch.replace("[PATCH ", "[PATCH v2 ");
    let reply = "Subject: Re: [PATCH v2 2/3] mailbox: wake one sleeper, not all";
    let thread = [
        old,
        mail("Subject: [PATCH v2 0/3] mailbox: cheaper", "Why.\n\n-- \nA signature"),
        newer(third),
        mail(reply, "> Only one of those\n\nGood.\n-- \nA signature"),
        mail(&format!("{reply}\nContent-Type: text/plain; charset=utf-8; format=flowed"), "Good. \nVery."),
        mail(&format!("{reply}\nContent-Type: multipart/signed; boundary=xx"), "--xx\n\nGood.\n--xx--"),
        newer(first),
        newer(second).replace("Subject: ", "Subject: Re: ").replace("\n+ ", "\n+  "),
        mail("Subject: [bot] build success", "diff --git is not what this is about"),
        newer(second),
        newer(second),
    ]
    .concat();
    let [printed, said] = audited(&written("thread.mbox", thread.as_bytes()));
    let told = "thread.mbox: left out 4 replies, 1 mail that says nothing of a patch, 1 mail of an older version, 1 mail that came twice";
    assert!(said.contains(told), "{said}");
    assert_eq!(printed, plain);

    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(thread.as_bytes()).expect("memory can be written");
    let compressed = encoder.finish().expect("memory can be written");
    let [printed, said] = audited(&written("thread.mbox.gz", &compressed));
    assert!(said.contains("thread.mbox.gz: left out 4 replies"), "{said}");
    assert_eq!(printed, plain);
    let cut = written("cut.mbox.gz", &compressed[..compressed.len() / 2]);
    let cut = cut.to_str().expect("it is text");
    check(
        &["audit", "--base", BASE, "--series", cut],
        2,
        "cut.mbox.gz: is compressed by gzip, and does not decompress",
    );
    let other = written("thread.mbox.xz", b"\xfd7zXZ\0");
    let other = other.to_str().expect("it is text");
    check(&["audit", "--base", BASE, "--series", other], 2, "is compressed by xz: decompress it first");
}

#[test]
fn patches_in_a_folder_go_by_their_numbers() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("misorder");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the directory for tests can be written");
    for (name, patch) in ["0009-x", "0002-wake-one", "0003-queues"].iter().zip(patches()) {
        std::fs::write(folder.join(format!("{name}.patch")), patch).expect("the directory for tests can be written");
    }
    assert_eq!(audited(&folder), audited(Path::new(SERIES)));
    std::fs::remove_file(folder.join("0002-wake-one.patch")).expect("it was written");
    let folder = folder.to_str().expect("it is text");
    check(&["audit", "--base", BASE, "--series", folder], 2, "misorder: patch 2 of 3 is missing");
}

#[test]
fn what_is_missing_in_a_thread_is_said() {
    let [first, second, third] = &patches()[..] else { panic!("the series has three patches") };
    let refused = |name: &str, thread: String, expected: &str| {
        let path = written(name, thread.as_bytes());
        check(&["audit", "--base", BASE, "--series", path.to_str().expect("it is text")], 2, expected);
    };
    refused("missing.mbox", format!("{first}{third}"), "missing.mbox: patch 2 of 3 is missing");
    let other = second.replace("\n+ ", "\n+  ");
    refused("doubled.mbox", format!("{first}{second}{other}{third}"), "holds patch 2 of 3 2 times, and they differ");
    let cover = mail("Subject: [PATCH v2 0/3] mailbox: cheaper", "Why.");
    refused("cover.mbox", format!("{first}{second}{third}{cover}"), "cover letter of version 2 and no patch of it");
    let replies = mail("Subject: Re: x", "Good.").repeat(2);
    refused("replies.mbox", replies, "holds no patches");
}
