//! A thin server over the ota engine: HTTP in front, adapters wired up in [`wiring`], no business rule of its own.

mod api;
mod config;
mod listener;
mod messages;
mod middleware;
mod telemetry;
mod wiring;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use config::Config;

/// What a command ends with when it fails.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Search and book flights and hotels over HTTP.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The configuration file; without one the embedded defaults count.
    #[arg(long, global = true, env = "OTA_CONFIG")]
    config: Option<PathBuf>,
    /// Where the API listens, instead of what the configuration says.
    #[arg(long, global = true, env = "OTA_LISTEN")]
    listen: Option<SocketAddr>,
    /// The data folder, instead of what the configuration says.
    #[arg(long, global = true, env = "OTA_DATA")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, Default, Subcommand)]
enum Command {
    /// Serves the API and works on bookings; the default.
    #[default]
    Serve,
    /// Runs only the simulators: suppliers and the payment gateway.
    Sim,
    /// Brings the database up to date and ends.
    Migrate,
    /// Checks the configuration and its secrets, and ends.
    Check,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Also without a subscriber: the configuration may be what failed.
            let _ = writeln!(io::stderr(), "ota-server: {}", ota_core::error::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let mut config = Config::load(cli.config.as_deref())?;
    config.listen = cli.listen.unwrap_or(config.listen);
    config.data = cli.data.unwrap_or(config.data);
    telemetry::install(&config.log)?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is installed already")?;
    match cli.command.unwrap_or_default() {
        Command::Serve => serve(config).await,
        Command::Sim => simulate(config).await,
        Command::Migrate => wiring::migrate(&config).await,
        Command::Check => wiring::check(&config),
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let stop = stop_on_signal()?;
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    let connections_max = config.http.connections_max;
    let drain = config.http.drain_timeout;
    let running = wiring::start(config).await?;
    for line in &running.addresses {
        say(line)?;
    }
    say(&format!("listening on http://{}", listener.local_addr()?))?;
    let serve = listener::serve(listener, api::router(&running.app), connections_max, stop.clone());
    let served = running.app.runtime.tasks.spawn(serve);
    stop.cancelled().await;
    tracing::info!("Draining.");
    let drained = async {
        // Requests end first, for they may start steps of bookings.
        let _ = served.await;
        running.shutdown().await;
    };
    // Whatever does not end in time is in the journal, and the next start goes on with it.
    match tokio::time::timeout(drain, drained).await {
        Ok(()) => tracing::info!("Drained."),
        Err(_) => tracing::warn!("Not drained in time."),
    }
    Ok(())
}

async fn simulate(config: Config) -> Result<(), Failure> {
    let stop = stop_on_signal()?;
    let simulators = wiring::Simulators::start(&config).await?;
    for line in simulators.addresses() {
        say(&line)?;
    }
    say("ready")?;
    stop.cancelled().await;
    simulators.shutdown().await;
    Ok(())
}

/// Addresses go to standard output, at once: somebody may be waiting for them at the other end of a pipe.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Cancelled by SIGTERM or SIGINT.
fn stop_on_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let cancel = stop.clone();
    ota_core::runtime::Tasks::default().spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        cancel.cancel();
    });
    Ok(stop)
}
