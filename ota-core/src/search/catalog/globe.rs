//! Positions by nearness.
//!
//! The earth is taken as a sphere, so a distance is up to half a percent off, and distances are compared along the
//! straight line through it, which keeps their order. The poles and the date line are places like any other. This is
//! the one file of the engine that counts in binary fractions: it says what is near, never what it costs.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::model::places::Position;

/// The mean radius of the earth (IUGG), metres.
const EARTH_METRES: f64 = 6_371_008.8;

/// Microdegrees in a degree.
const MICRO: f64 = 1e6;

/// Numbered positions.
#[derive(Debug, Clone)]
pub(super) struct Globe(RTree<Spot>);

/// A point in space, metres from the centre of the earth, and its number.
type Spot = GeomWithData<[f64; 3], u32>;

impl Globe {
    /// Puts every number where it belongs.
    pub(super) fn new(numbered: impl Iterator<Item = (Position, u32)>) -> Self {
        Self(RTree::bulk_load(numbered.map(|(at, number)| Spot::new(point(at), number)).collect()))
    }

    /// The numbers within a distance, nearest first, at most so many and one more. Those at one position come in their
    /// own order, unless the most is reached among them.
    pub(super) fn around(&self, centre: Position, metres: u32, most: usize) -> Vec<u32> {
        // A circle as wide as the earth holds all of it.
        let angle = (f64::from(metres) / EARTH_METRES).min(std::f64::consts::PI);
        let reach = (2.0 * EARTH_METRES * (angle / 2.0).sin()).powi(2);
        let nearest = self.0.nearest_neighbor_iter_with_distance_2(point(centre));
        let inside = nearest.take_while(|(_, distance)| *distance <= reach).take(most.saturating_add(1));
        let mut found: Vec<(f64, u32)> = inside.map(|(spot, distance)| (distance, spot.data)).collect();
        found.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        found.into_iter().map(|(_, number)| number).collect()
    }
}

/// From one position to another along the ground, whole metres.
pub(in crate::search) fn metres(from: Position, to: Position) -> u32 {
    let (from, to) = (point(from), point(to));
    let straight = from.iter().zip(to).map(|(from, to)| (from - to).powi(2)).sum::<f64>().sqrt();
    let along = 2.0 * EARTH_METRES * (straight / (2.0 * EARTH_METRES)).min(1.0).asin();
    along.round() as u32 // half the way around the earth at most
}

impl Default for Globe {
    fn default() -> Self {
        Self(RTree::new())
    }
}

fn point(at: Position) -> [f64; 3] {
    let radians = |micro: i32| (f64::from(micro) / MICRO).to_radians();
    let ((north, level), (east, ahead)) = (radians(at.latitude).sin_cos(), radians(at.longitude).sin_cos());
    [level * ahead, level * east, north].map(|part| part * EARTH_METRES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: i32, longitude: i32) -> Position {
        Position { latitude, longitude }
    }

    /// Whether the first of them reaches the second within a distance but not within one less.
    #[track_caller]
    fn check(from: Position, to: Position, metres: u32) {
        let globe = Globe::new([(to, 7)].into_iter());
        assert_eq!(globe.around(from, metres, 9), [7], "{from:?} {to:?}");
        assert!(globe.around(from, metres - 1, 9).is_empty(), "{from:?} {to:?}");
    }

    #[test]
    fn how_far_it_is_agrees_with_what_is_reached() {
        for (from, to, want) in [
            (at(35_681_000, 139_767_000), at(35_681_000, 139_767_000), 0),
            (at(0, 0), at(1_000_000, 0), 111_195),
            (at(0, 179_500_000), at(0, -179_500_000), 111_195),
            (at(89_500_000, 0), at(89_500_000, 180_000_000), 111_195),
            (at(90_000_000, 0), at(-90_000_000, 0), 20_015_114),
        ] {
            assert_eq!((metres(from, to), metres(to, from)), (want, want), "{from:?} {to:?}");
            let reached = Globe::new([(to, 7)].into_iter()).around(from, want + 1, 1);
            assert_eq!(reached, [7], "{from:?} {to:?}");
        }
    }

    #[test]
    fn distances_are_those_along_the_ground() {
        // A degree of a great circle is 111,195.08 m: on a meridian, on the equator, over the pole, over the date line.
        check(at(0, 0), at(1_000_000, 0), 111_196);
        check(at(-500_000, 33_000_000), at(500_000, 33_000_000), 111_196);
        check(at(0, 179_500_000), at(0, -179_500_000), 111_196);
        check(at(89_500_000, 0), at(89_500_000, 180_000_000), 111_196);
        check(at(-89_500_000, -90_000_000), at(-89_500_000, 90_000_000), 111_196);
        // A degree of longitude at 60 degrees is half as long, less what the great circle cuts.
        check(at(60_000_000, 10_000_000), at(60_000_000, 11_000_000), 55_598);
        // Eleven centimetres.
        check(at(35_000_000, 139_000_000), at(35_000_001, 139_000_000), 1);
    }

    #[test]
    fn any_distance_can_be_asked() {
        let globe = Globe::new([(at(0, 180_000_000), 1), (at(10, 10), 2)].into_iter());
        assert_eq!(globe.around(at(0, 0), u32::MAX, 9), [2, 1]);
        assert_eq!(globe.around(at(10, 10), 0, 9), [2]);
        assert!(Globe::default().around(at(0, 0), u32::MAX, usize::MAX).is_empty());
    }
}
