//! A family's trip over HTTP: flights and rooms, each three times. Flights as it should go, sold out after payment, and
//! with a lost reply; rooms at a rate that must be checked again, cancelled while that is free, and with a lost reply.
//!
//! Run the server first (`cargo run --release -p ota-server`); the defaults of all arguments fit it.
//! Ends with an error if anything is not as it must be.

mod client;
mod flights;
mod hotel;

use std::path::PathBuf;

use clap::Parser;
use reqwest::Client;
use serde_json::json;

use client::{Failure, Trip, say};

/// Books a family's flights and rooms.
#[derive(Debug, Parser)]
struct Args {
    /// The server, as in `listening on ...`.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// The tenant's key, as in `api key ...`.
    #[arg(long, default_value = "demo-key")]
    key: String,
    /// The side of the supplier of flights, as in `simulator travelport ...`.
    #[arg(long, default_value = "http://127.0.0.1:8082")]
    simulator: String,
    /// The side of the supplier of stays, as in `simulator hotelbeds ...`.
    #[arg(long, default_value = "http://127.0.0.1:8083")]
    hotels: String,
    /// The payment gateway, as in `gateway ...`.
    #[arg(long, default_value = "http://127.0.0.1:8081")]
    gateway: String,
    /// Where mail is written, as in `mail ...`.
    #[arg(long, default_value = "data/mail")]
    mail: PathBuf,
    /// Days from today to the outbound flight, and to check-in.
    #[arg(long, default_value_t = 60)]
    days: i32,
    /// How long a booking may take to its end, seconds.
    #[arg(long, default_value_t = 180)]
    patience: u64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args = Args::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is there already")?;
    let trip = Trip { http: Client::builder().no_proxy().build()?, args };
    for side in [&trip.args.simulator, &trip.args.hotels] {
        trip.control(side, json!({"reset": true})).await?;
    }
    flights::as_it_should_go(&trip).await?;
    flights::sold_out_after_payment(&trip).await?;
    flights::with_a_lost_reply(&trip).await?;
    hotel::at_a_rate_that_must_be_checked(&trip).await?;
    hotel::cancelled_while_it_is_free(&trip).await?;
    hotel::with_a_lost_reply(&trip).await?;
    say("\nAll six ended as they must.");
    Ok(())
}
