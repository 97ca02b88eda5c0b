//! Mail through a real SMTP server (Debian's python3-aiosmtpd) and as files, read back by another mail parser.
#![cfg(feature = "mail")]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use ota_core::model::id::MessageId;
use ota_core::model::time::Timestamp;
use ota_core::notify::mail::{MESSAGE_BYTES_MAX, MailNotifier, MailRoute};
use ota_core::notify::{Message, Notifier, NotifyError, NotifyErrorKind};
use ota_core::redact::Redacted;
use serde_json::Value;

/// Not the first `python3` of the path: only the system's has the Debian package.
const PYTHON: &str = "/usr/bin/python3";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/server.py");
const FROM: &str = "Kelana Travel <tickets@kelana.example>";

struct SmtpServer {
    process: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl SmtpServer {
    fn start() -> Self {
        let started = Command::new(PYTHON).args([SCRIPT, "serve"]).stdout(Stdio::piped()).spawn();
        let mut process = started.expect("/usr/bin/python3 runs (apt-get install python3-aiosmtpd)");
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("aiosmtpd listens (apt-get install python3-aiosmtpd)");
        Self { process, lines, port }
    }

    fn delivered(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn smtp(port: u16) -> MailNotifier {
    let url = Redacted::new(format!("smtp://127.0.0.1:{port}"));
    MailNotifier::new(FROM, MailRoute::Smtp { url, timeout: Duration::from_secs(20) }).unwrap()
}

fn message(to: &str) -> Message {
    Message {
        id: MessageId::new("bkg_1:receipt").unwrap(),
        at: Timestamp::from_micros(1_800_000_000_000_000),
        to: Redacted::new(to.to_owned()),
        subject: "Your e-ticket receipt – Łódź 東京".to_owned(),
        text: Redacted::new(format!("Dear Ms Ōe,\n.\n{}\nend", "long line ".repeat(200))),
        html: Redacted::new("<p>Dear Ms Ōe, 1 &lt; 2</p>\n".to_owned()),
    }
}

#[track_caller]
fn check(seen: &Value) {
    let sent = message("");
    assert_eq!(seen["defects"], Value::Array(Vec::new()));
    assert_eq!(seen["headers"]["From"], FROM);
    assert_eq!(seen["headers"]["To"], "Kenji <kenji@example.org>");
    assert_eq!(seen["headers"]["Subject"], sent.subject);
    assert_eq!(seen["headers"]["Message-ID"], "<bkg_1-receipt@kelana.example>");
    assert_eq!(seen["headers"]["Date"], "Fri, 15 Jan 2027 08:00:00 +0000");
    let body =
        |kind: &str| seen["bodies"][kind].as_str().unwrap().replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(body("text/plain"), *sent.text.expose());
    assert_eq!(body("text/html"), sent.html.expose().trim_end());
}

#[tokio::test]
async fn an_smtp_server_gets_the_message_and_a_repeat_has_the_same_id() {
    let mut server = SmtpServer::start();
    let notifier = smtp(server.port);
    for _repeat in 0..2 {
        notifier.send(&message("Kenji <kenji@example.org>")).await.unwrap();
        check(&server.delivered());
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_told_apart_and_named_without_the_address() {
    let server = SmtpServer::start();
    let kind = |error: NotifyError| {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("example.org"), "{text}");
        error.kind
    };
    let notifier = smtp(server.port);
    for (to, want) in [
        ("nobody@example.org", NotifyErrorKind::Refused),
        ("busy@example.org", NotifyErrorKind::Unavailable),
        ("no address, example.org", NotifyErrorKind::Refused),
        ("a@example.org\r\nBcc: b@example.org", NotifyErrorKind::Refused),
    ] {
        assert_eq!(kind(notifier.send(&message(to)).await.unwrap_err()), want, "{to}");
    }
    let mut large = message("kenji@example.org");
    large.text = Redacted::new("x".repeat(MESSAGE_BYTES_MAX));
    assert_eq!(kind(notifier.send(&large).await.unwrap_err()), NotifyErrorKind::Refused);
    let port = server.port;
    drop(server);
    let gone = smtp(port).send(&message("kenji@example.org")).await.unwrap_err();
    assert_eq!(kind(gone), NotifyErrorKind::Unavailable);
}

#[tokio::test]
async fn without_a_server_each_message_is_one_file_that_a_mail_parser_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mail");
    let notifier = MailNotifier::new(FROM, MailRoute::Folder(mails.clone())).unwrap();
    for _repeat in 0..2 {
        notifier.send(&message("Kenji <kenji@example.org>")).await.unwrap();
    }
    let names: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["bkg_1-receipt.eml"]);
    let file = mails.join("bkg_1-receipt.eml");
    check(&read(&file));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let blocked = MailNotifier::new(FROM, MailRoute::Folder(file)).unwrap();
    let error = blocked.send(&message("kenji@example.org")).await.unwrap_err();
    assert_eq!(error.kind, NotifyErrorKind::Unavailable);
}

#[tokio::test]
async fn a_malformed_configuration_is_refused_without_its_secret() {
    assert!(MailNotifier::new("nobody", MailRoute::Folder("mail".into())).is_err());
    let url = Redacted::new("smtp//user:hunter2@host".to_owned());
    let error =
        MailNotifier::new(FROM, MailRoute::Smtp { url, timeout: Duration::from_secs(1) }).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
    let url = Redacted::new("smtp://user:hunter2@localhost?tls=required".to_owned());
    let notifier = MailNotifier::new(FROM, MailRoute::Smtp { url, timeout: Duration::from_secs(1) }).unwrap();
    assert!(!format!("{notifier:?}").contains("hunter2"));
}

fn read(file: &Path) -> Value {
    let output = Command::new(PYTHON).args([SCRIPT, "read"]).arg(file).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
