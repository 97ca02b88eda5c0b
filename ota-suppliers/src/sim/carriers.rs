//! Who flies in the simulated world: carriers with their hubs, brands and code share partners.

/// A carrier.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Carrier {
    /// IATA designator.
    pub(super) code: &'static str,
    /// Accounting code: the first three digits of its documents.
    pub(super) accounting: &'static str,
    pub(super) name: &'static str,
    /// Airports where its flights start or end.
    pub(super) hubs: &'static [&'static str],
    pub(super) model: Model,
}

/// How a carrier sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    /// Four brands in two cabins, checked baggage by pieces.
    Pieces,
    /// Four brands in two cabins, checked baggage by weight.
    Weight,
    /// Two bare brands, no connections through others; its fares are held by a host token.
    LowCost,
}

/// A fare family.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Brand {
    /// The letter in its fare bases, unique within a model.
    pub(super) letter: char,
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) cabin: &'static str,
    /// Booking classes of the low and the high fare level.
    pub(super) classes: [&'static str; 2],
    /// Of the base fare.
    pub(super) percent: i64,
    pub(super) bag: Bag,
    /// US cents for a change; `None`: not permitted.
    pub(super) change: Option<i64>,
    /// US cents for a cancellation; `None`: nothing comes back but taxes.
    pub(super) cancel: Option<i64>,
}

/// Checked baggage of an adult.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bag {
    Pieces(u32),
    Kilograms(u32),
}

impl Model {
    /// The brands, cheapest first.
    pub(super) fn brands(self) -> &'static [Brand] {
        match self {
            Self::Pieces => &PIECES,
            Self::Weight => &WEIGHT,
            Self::LowCost => &LOW_COST,
        }
    }

    /// The brand and level of a booking class.
    pub(super) fn by_class(self, class: &str) -> Option<(&'static Brand, usize)> {
        self.brands().iter().find_map(|brand| Some((brand, brand.classes.iter().position(|c| *c == class)?)))
    }
}

macro_rules! brand {
    ($letter:literal $id:literal $name:literal $cabin:literal [$low:literal $high:literal] $percent:literal% $bag:expr, $change:expr, $cancel:expr) => {
        Brand {
            letter: $letter,
            id: $id,
            name: $name,
            cabin: $cabin,
            classes: [$low, $high],
            percent: $percent,
            bag: $bag,
            change: $change,
            cancel: $cancel,
        }
    };
}

static PIECES: [Brand; 4] = [
    brand!('L' "71001" "Economy Light" "Economy" ["O" "Q"] 100% Bag::Pieces(0), None, None),
    brand!('V' "71002" "Economy Value" "Economy" ["V" "L"] 118% Bag::Pieces(1), Some(10_000), None),
    brand!('F' "71003" "Economy Flex" "Economy" ["M" "Y"] 165% Bag::Pieces(2), Some(0), Some(7_500)),
    brand!('B' "71004" "Business" "Business" ["D" "C"] 340% Bag::Pieces(2), Some(0), Some(15_000)),
];

static WEIGHT: [Brand; 4] = [
    brand!('L' "72001" "Economy Saver" "Economy" ["N" "S"] 100% Bag::Kilograms(20), None, None),
    brand!('V' "72002" "Economy Value" "Economy" ["K" "H"] 115% Bag::Kilograms(25), Some(8_000), Some(12_000)),
    brand!('F' "72003" "Economy Flexi" "Economy" ["B" "Y"] 160% Bag::Kilograms(35), Some(0), Some(5_000)),
    brand!('B' "72004" "Business" "Business" ["I" "J"] 320% Bag::Kilograms(40), Some(0), Some(10_000)),
];

static LOW_COST: [Brand; 2] = [
    brand!('L' "73001" "Fly" "Economy" ["Z" "E"] 100% Bag::Pieces(0), None, None),
    brand!('V' "73002" "FlyBag" "Economy" ["X" "K"] 125% Bag::Kilograms(20), Some(6_000), None),
];

macro_rules! carriers {
    ($($code:literal $accounting:literal $model:ident $name:literal [$($hub:literal)+];)+) => {
        /// All of them.
        pub(super) static CARRIERS: &[Carrier] = &[$(Carrier {
            code: $code, accounting: $accounting, name: $name, hubs: &[$($hub),+], model: Model::$model,
        }),+];
    };
}

carriers! {
    "GA" "126" Weight "GARUDA INDONESIA" ["CGK" "DPS"];
    "ID" "938" LowCost "BATIK AIR" ["CGK" "HLP"];
    "JL" "131" Pieces "JAPAN AIRLINES" ["HND" "NRT"];
    "NH" "205" Pieces "ALL NIPPON AIRWAYS" ["HND" "NRT"];
    "SQ" "618" Weight "SINGAPORE AIRLINES" ["SIN"];
    "TR" "668" LowCost "SCOOT" ["SIN"];
    "MH" "232" Weight "MALAYSIA AIRLINES" ["KUL"];
    "D7" "843" LowCost "AIRASIA X" ["KUL"];
    "TG" "217" Weight "THAI AIRWAYS" ["BKK"];
    "VN" "738" Pieces "VIETNAM AIRLINES" ["SGN" "HAN"];
    "VJ" "978" LowCost "VIETJET AIR" ["SGN"];
    "PR" "079" Pieces "PHILIPPINE AIRLINES" ["MNL"];
    "5J" "203" LowCost "CEBU PACIFIC" ["MNL"];
    "CX" "160" Pieces "CATHAY PACIFIC" ["HKG"];
    "HX" "851" LowCost "HONG KONG AIRLINES" ["HKG"];
    "CI" "297" Weight "CHINA AIRLINES" ["TPE"];
    "BR" "695" Pieces "EVA AIR" ["TPE"];
    "JX" "189" Pieces "STARLUX" ["TPE"];
    "KE" "180" Pieces "KOREAN AIR" ["ICN"];
    "OZ" "988" Pieces "ASIANA AIRLINES" ["ICN"];
    "MU" "781" Pieces "CHINA EASTERN" ["PVG"];
    "CA" "999" Pieces "AIR CHINA" ["PEK"];
    "CZ" "784" Pieces "CHINA SOUTHERN" ["CAN"];
    "MF" "731" Weight "XIAMEN AIRLINES" ["XMN"];
    "BI" "672" Weight "ROYAL BRUNEI" ["BWN"];
    "AI" "098" Weight "AIR INDIA" ["DEL" "BOM"];
    "UL" "603" Weight "SRILANKAN AIRLINES" ["CMB"];
    "QF" "081" Pieces "QANTAS" ["SYD" "MEL"];
    "NZ" "086" Pieces "AIR NEW ZEALAND" ["AKL"];
    "FJ" "260" Pieces "FIJI AIRWAYS" ["NAN"];
    "HA" "173" Pieces "HAWAIIAN AIRLINES" ["HNL"];
    "EK" "176" Weight "EMIRATES" ["DXB"];
    "QR" "157" Weight "QATAR AIRWAYS" ["DOH"];
    "SV" "065" Pieces "SAUDIA" ["RUH" "JED"];
    "TK" "235" Weight "TURKISH AIRLINES" ["IST"];
    "MS" "077" Pieces "EGYPTAIR" ["CAI"];
    "ET" "071" Pieces "ETHIOPIAN AIRLINES" ["ADD"];
    "SA" "083" Pieces "SOUTH AFRICAN AIRWAYS" ["JNB"];
    "AT" "147" Pieces "ROYAL AIR MAROC" ["CMN"];
    "LH" "220" Pieces "LUFTHANSA" ["FRA" "MUC"];
    "LX" "724" Pieces "SWISS" ["ZRH"];
    "AF" "057" Pieces "AIR FRANCE" ["CDG"];
    "KL" "074" Pieces "KLM" ["AMS"];
    "BA" "125" Pieces "BRITISH AIRWAYS" ["LHR"];
    "IB" "075" Pieces "IBERIA" ["MAD"];
    "TP" "047" Pieces "TAP AIR PORTUGAL" ["LIS"];
    "LO" "080" Pieces "LOT POLISH AIRLINES" ["WAW"];
    "AY" "105" Pieces "FINNAIR" ["HEL"];
    "AA" "001" Pieces "AMERICAN AIRLINES" ["DFW" "JFK"];
    "DL" "006" Pieces "DELTA AIR LINES" ["ATL" "LAX"];
    "UA" "016" Pieces "UNITED AIRLINES" ["SFO" "ORD" "EWR"];
    "AC" "014" Pieces "AIR CANADA" ["YYZ" "YVR"];
    "AM" "139" Pieces "AEROMEXICO" ["MEX"];
    "AV" "134" Pieces "AVIANCA" ["BOG"];
    "LA" "045" Pieces "LATAM AIRLINES" ["SCL" "GRU"];
}

/// Who sells seats on whose flights under its own number: (operating, marketing).
pub(super) static CODE_SHARES: &[(&str, &str)] = &[
    ("GA", "JL"),
    ("NH", "SQ"),
    ("JL", "GA"),
    ("SQ", "NH"),
    ("TG", "NH"),
    ("MH", "JL"),
    ("GA", "KE"),
    ("CI", "GA"),
    ("CZ", "MF"),
    ("LH", "NH"),
    ("AF", "KL"),
    ("KL", "AF"),
    ("UA", "LH"),
    ("QF", "EK"),
    ("DL", "KE"),
];

/// A carrier by its designator.
pub(super) fn carrier(code: &str) -> Option<&'static Carrier> {
    CARRIERS.iter().find(|carrier| carrier.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ota_core::model::place::AirportCode;
    use ota_core::model::places::places;

    #[test]
    fn codes_are_unique_and_hubs_exist() {
        for (index, carrier) in CARRIERS.iter().enumerate() {
            assert!(
                CARRIERS[..index]
                    .iter()
                    .all(|c| c.code != carrier.code && c.accounting != carrier.accounting)
            );
            assert!(carrier.accounting.len() == 3 && carrier.accounting.bytes().all(|b| b.is_ascii_digit()));
            for hub in carrier.hubs {
                assert!(places().airport(AirportCode::new(hub).unwrap()).is_some(), "{hub}");
            }
        }
        assert!(CODE_SHARES.iter().all(|(a, b)| carrier(a).is_some() && carrier(b).is_some()));
    }

    #[test]
    fn a_booking_class_names_one_brand() {
        for model in [Model::Pieces, Model::Weight, Model::LowCost] {
            let classes: Vec<_> = model.brands().iter().flat_map(|brand| brand.classes).collect();
            for (index, class) in classes.iter().enumerate() {
                assert!(!classes[..index].contains(class), "{class}");
            }
        }
    }
}
