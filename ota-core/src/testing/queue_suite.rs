//! What every wake-up queue must do, whatever carries its messages.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{join, join_all};

use crate::model::id::BookingId;
use crate::queue::Wakeups;
use crate::runtime::SystemRandomness;

/// How long one look waits.
const WAIT: Duration = Duration::from_secs(2);
/// Looks after which everything must have come.
const LOOKS_MAX: usize = 20;

/// Everything below, on an empty queue.
pub async fn all(queue: &dyn Wakeups) {
    an_empty_queue_gives_none(queue).await;
    what_is_published_comes(queue).await;
    a_waiting_receiver_is_woken(queue).await;
    no_more_than_asked_for_comes(queue).await;
    several_receivers_get_everything(queue).await;
    one_published_while_worked_on_comes_again(queue).await;
}

/// `receive` ends without a wake-up after its wait.
pub async fn an_empty_queue_gives_none(queue: &dyn Wakeups) {
    assert_eq!(queue.receive(10, Duration::from_millis(10)).await.unwrap(), []);
}

/// What is published comes, though perhaps more than once and in any order.
pub async fn what_is_published_comes(queue: &dyn Wakeups) {
    let bookings = publish(queue, 20).await;
    assert_eq!(receive(queue, &bookings).await, bookings);
}

/// A receiver that waits already gets what is published then.
pub async fn a_waiting_receiver_is_woken(queue: &dyn Wakeups) {
    let booking = BookingId::random(&SystemRandomness);
    let wanted = BTreeSet::from([booking]);
    let (received, published) = join(receive(queue, &wanted), queue.publish(booking)).await;
    published.unwrap();
    assert_eq!(received, wanted);
}

/// `max` is a maximum.
pub async fn no_more_than_asked_for_comes(queue: &dyn Wakeups) {
    let bookings = publish(queue, 5).await;
    let wakes = queue.receive(2, WAIT).await.unwrap();
    assert!((1..=2).contains(&wakes.len()), "{wakes:?}");
    let mut received: BTreeSet<BookingId> = wakes.iter().map(|wake| wake.booking).collect();
    for wake in wakes {
        queue.ack(wake).await.unwrap();
    }
    let rest = &bookings - &received;
    received.extend(receive(queue, &rest).await);
    assert_eq!(received, bookings);
}

/// Receivers beside each other lose nothing.
pub async fn several_receivers_get_everything(queue: &dyn Wakeups) {
    let bookings = publish(queue, 50).await;
    let one = || async {
        let mut mine = BTreeSet::new();
        for wake in queue.receive(20, WAIT).await.unwrap() {
            mine.insert(wake.booking);
            queue.ack(wake).await.unwrap();
        }
        mine
    };
    let mut received = BTreeSet::new();
    for _ in 0..LOOKS_MAX {
        if received == bookings {
            return;
        }
        received.extend(join_all((0..3).map(|_| one())).await.into_iter().flatten());
    }
    assert_eq!(received, bookings);
}

/// A worker may have read the row before it changed again: the second wake-up is not taken for the first.
pub async fn one_published_while_worked_on_comes_again(queue: &dyn Wakeups) {
    let booking = BookingId::random(&SystemRandomness);
    let wanted = BTreeSet::from([booking]);
    queue.publish(booking).await.unwrap();
    let mut working = Vec::new();
    for _ in 0..LOOKS_MAX {
        working.extend(queue.receive(1, WAIT).await.unwrap());
        if !working.is_empty() {
            break;
        }
    }
    assert_eq!(working.first().map(|wake| wake.booking), Some(booking));
    queue.publish(booking).await.unwrap();
    for wake in working {
        queue.ack(wake).await.unwrap();
    }
    assert_eq!(receive(queue, &wanted).await, wanted);
}

async fn publish(queue: &dyn Wakeups, count: usize) -> BTreeSet<BookingId> {
    let bookings: BTreeSet<_> = (0..count).map(|_| BookingId::random(&SystemRandomness)).collect();
    for booking in &bookings {
        queue.publish(*booking).await.unwrap();
    }
    bookings
}

/// Receives and acknowledges until all of these have come, or [`LOOKS_MAX`] looks.
async fn receive(queue: &dyn Wakeups, wanted: &BTreeSet<BookingId>) -> BTreeSet<BookingId> {
    let mut received = BTreeSet::new();
    for _ in 0..LOOKS_MAX {
        if received.is_superset(wanted) {
            break;
        }
        for wake in queue.receive(10, WAIT).await.unwrap() {
            received.insert(wake.booking);
            queue.ack(wake).await.unwrap();
        }
    }
    received
}
