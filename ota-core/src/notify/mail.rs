//! Mail, by SMTP or, where no server is configured, as `.eml` files that a mail program opens.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use super::{Message, Notifier, NotifyError, NotifyErrorKind};
use crate::redact::Redacted;

/// Largest message, bytes: what every mail server takes.
pub const MESSAGE_BYTES_MAX: usize = 5 * 1024 * 1024;

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailRoute {
    /// An SMTP server: `smtp://host:port` in the clear, `smtp://user:password@host?tls=required` (STARTTLS) or
    /// `smtps://user:password@host`.
    Smtp {
        /// With its password, so it is secret.
        url: Redacted<String>,
        /// For each command of a conversation.
        timeout: Duration,
    },
    /// A folder; one file `<id>.eml` per message, readable for its owner only. A repeat replaces the file.
    Folder(PathBuf),
}

/// A sender that cannot be made of its configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailConfigError {
    /// The sender's address is not one.
    #[error("the sender is not a mail address")]
    From,
    /// The server's URL is not one. It is not repeated here, for it may hold a password.
    #[error("the SMTP URL is not understood")]
    Url,
}

/// [`Notifier`] by mail.
#[derive(Debug)]
pub struct MailNotifier {
    from: Mailbox,
    route: Route,
}

#[derive(Debug)]
enum Route {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl MailNotifier {
    /// A sender of mail from one address (`Agency <tickets@agency.example>`). Connects to nobody yet, but must be
    /// called inside a tokio runtime: the connection pool keeps a task.
    ///
    /// # Errors
    /// The address or the URL is malformed.
    pub fn new(from: &str, route: MailRoute) -> Result<Self, MailConfigError> {
        let from = from.parse().map_err(|_| MailConfigError::From)?;
        let route = match route {
            MailRoute::Folder(folder) => Route::Folder(folder),
            MailRoute::Smtp { url, timeout } => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
                    .map_err(|_| MailConfigError::Url)?;
                Route::Smtp(builder.timeout(Some(timeout)).build())
            }
        };
        Ok(Self { from, route })
    }

    fn compose(&self, message: &Message) -> Result<lettre::Message, NotifyError> {
        let refused = |why| NotifyError::new(NotifyErrorKind::Refused, &message.id, why);
        if message.text.expose().len() + message.html.expose().len() > MESSAGE_BYTES_MAX {
            return Err(refused("too large"));
        }
        let to: Mailbox = message.to.expose().parse().map_err(|_| refused("the address is not one"))?;
        let micros = u64::try_from(message.at.as_micros()).unwrap_or(0);
        let (text, html) = (message.text.expose().clone(), message.html.expose().clone());
        lettre::Message::builder()
            .message_id(Some(format!("<{}@{}>", file_stem(message), self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .from(self.from.clone())
            .to(to)
            .subject(&message.subject)
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|_| refused("cannot be put into mail form"))
    }
}

#[async_trait]
impl Notifier for MailNotifier {
    async fn send(&self, message: &Message) -> Result<(), NotifyError> {
        let mail = self.compose(message)?;
        match &self.route {
            Route::Smtp(server) => match server.send(mail).await {
                Ok(_) => Ok(()),
                Err(error) => {
                    let refused = error.is_permanent();
                    let kind = if refused { NotifyErrorKind::Refused } else { NotifyErrorKind::Unavailable };
                    let why =
                        error.status().map_or_else(|| "no answer".to_owned(), |code| format!("SMTP {code}"));
                    Err(NotifyError::new(kind, &message.id, why))
                }
            },
            Route::Folder(folder) => {
                let written = write_whole(folder, &file_stem(message), &mail.formatted()).await;
                written.map_err(|error| {
                    NotifyError::new(
                        NotifyErrorKind::Unavailable,
                        &message.id,
                        format!("mail folder: {error}"),
                    )
                })
            }
        }
    }
}

/// The id as a `Message-ID` and a file name may hold it.
fn file_stem(message: &Message) -> String {
    message.id.as_str().replace(':', "-")
}

/// Writes a file that is there whole or not at all, whatever is killed when.
async fn write_whole(folder: &Path, stem: &str, bytes: &[u8]) -> std::io::Result<()> {
    let (draft, done) = (folder.join(format!(".{stem}.draft")), folder.join(format!("{stem}.eml")));
    fs::create_dir_all(folder).await?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&draft).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    fs::rename(&draft, &done).await?;
    fs::File::open(folder).await?.sync_all().await
}
