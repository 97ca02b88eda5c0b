//! Where the simulated properties stand.

/// A destination.
#[derive(Debug)]
pub(super) struct City {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    /// Two letters, ISO 3166.
    pub(super) country: &'static str,
    /// IANA.
    pub(super) zone: &'static str,
    /// What is paid at its properties.
    pub(super) currency: &'static str,
    pub(super) properties: u32,
    /// Code of the first property.
    pub(super) first: u32,
    /// What a plain double costs for a night in a house of three stars, in US cents.
    pub(super) night_cents: i64,
    pub(super) levy: Levy,
    /// Most guests want breakfast or more.
    pub(super) resort: bool,
    pub(super) districts: &'static [District],
}

/// Taxes and fees of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Levy {
    /// In the price, this many percent of it.
    Included(i64),
    /// Paid at the property by every adult for every night, in printed units of the local currency.
    PerAdult(i64),
    /// Paid at the property for every room and night, in printed units of the local currency.
    PerRoom(i64),
    /// Paid at the property and told in words only.
    Words,
}

/// A zone of a destination, in the supplier's words. Its properties stand within 700 m of its centre.
#[derive(Debug)]
pub(super) struct District {
    pub(super) name: &'static str,
    /// Microdegrees.
    pub(super) latitude: i64,
    pub(super) longitude: i64,
}

macro_rules! districts {
    ($($name:literal $latitude:literal $longitude:literal),+) => {
        &[$(District { name: $name, latitude: $latitude, longitude: $longitude }),+]
    };
}

/// All destinations.
pub(super) static CITIES: &[City] = &[
    City {
        code: "TYO",
        name: "Tokyo",
        country: "JP",
        zone: "Asia/Tokyo",
        currency: "JPY",
        properties: 200,
        first: 210_001,
        night_cents: 9_800,
        levy: Levy::PerAdult(200),
        resort: false,
        districts: districts![
            "Shinjuku" 35_693_800 139_703_400, "Shibuya" 35_658_000 139_701_600,
            "Ginza" 35_671_700 139_765_000, "Ueno" 35_709_000 139_774_500,
            "Asakusa" 35_711_900 139_796_700, "Ikebukuro" 35_729_500 139_710_900,
            "Roppongi" 35_662_800 139_731_300, "Akihabara" 35_698_400 139_773_100,
            "Nihonbashi" 35_684_000 139_774_500, "Gotanda" 35_626_200 139_723_600
        ],
    },
    City {
        code: "JKT",
        name: "Jakarta",
        country: "ID",
        zone: "Asia/Jakarta",
        currency: "IDR",
        properties: 40,
        first: 220_001,
        night_cents: 5_200,
        levy: Levy::Included(21),
        resort: false,
        districts: districts![
            "Menteng" -6_196_000 106_832_000, "Sudirman" -6_225_000 106_808_000,
            "Kuningan" -6_230_000 106_830_000, "Kemang" -6_260_000 106_814_000
        ],
    },
    City {
        code: "BKK",
        name: "Bangkok",
        country: "TH",
        zone: "Asia/Bangkok",
        currency: "THB",
        properties: 40,
        first: 230_001,
        night_cents: 6_100,
        levy: Levy::Included(7),
        resort: false,
        districts: districts![
            "Siam" 13_746_000 100_534_000, "Sukhumvit" 13_738_000 100_561_000,
            "Silom" 13_728_000 100_534_000, "Khao San" 13_759_000 100_497_000
        ],
    },
    City {
        code: "PAR",
        name: "Paris",
        country: "FR",
        zone: "Europe/Paris",
        currency: "EUR",
        properties: 40,
        first: 240_001,
        night_cents: 14_500,
        levy: Levy::PerAdult(520),
        resort: false,
        districts: districts![
            "Opera" 48_871_000 2_332_000, "Le Marais" 48_857_000 2_362_000,
            "Latin Quarter" 48_848_000 2_344_000, "Montmartre" 48_886_000 2_343_000,
            "Champs Elysees" 48_870_000 2_307_000
        ],
    },
    City {
        code: "PMI",
        name: "Majorca",
        country: "ES",
        zone: "Europe/Madrid",
        currency: "EUR",
        properties: 40,
        first: 250_001,
        night_cents: 11_200,
        levy: Levy::PerAdult(220),
        resort: true,
        districts: districts![
            "Palma" 39_574_000 2_651_000, "Marratxi" 39_638_000 2_730_000,
            "Inca" 39_721_000 2_911_000, "Soller" 39_766_000 2_715_000
        ],
    },
    City {
        code: "SIN",
        name: "Singapore",
        country: "SG",
        zone: "Asia/Singapore",
        currency: "SGD",
        properties: 20,
        first: 260_001,
        night_cents: 15_800,
        levy: Levy::Included(9),
        resort: false,
        districts: districts!["Orchard" 1_304_000 103_832_000, "Bugis" 1_300_000 103_856_000],
    },
    City {
        code: "DPS",
        name: "Bali",
        country: "ID",
        zone: "Asia/Makassar",
        currency: "IDR",
        properties: 20,
        first: 270_001,
        night_cents: 7_400,
        levy: Levy::Words,
        resort: true,
        districts: districts!["Ubud" -8_506_900 115_262_500, "Denpasar" -8_670_500 115_212_600],
    },
    City {
        code: "NYC",
        name: "New York",
        country: "US",
        zone: "America/New_York",
        currency: "USD",
        properties: 20,
        first: 280_001,
        night_cents: 21_000,
        levy: Levy::PerRoom(3_500),
        resort: false,
        districts: districts!["Midtown" 40_754_900 -73_984_000, "Upper West Side" 40_787_000 -73_975_400],
    },
];
