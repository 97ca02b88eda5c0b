#!/usr/bin/env python3
"""Makes ota-core/data/airports.csv and cities.csv from two packages of open data, pinned by digest.

airportsdata says what airports there are, where, and in which zone; OpenTravelData (inside neobase) says which
city each belongs to, because airportsdata's own list of cities is short (its New York has no Newark), and where
the centre of that city is.
The same input gives the same bytes: run it again after raising a version, and read the diff.

    python3 scripts/make_places.py
"""

import collections
import csv
import decimal
import io
import pathlib
import subprocess
import sys
import tempfile
import zipfile

REQUIREMENTS = """\
airportsdata==20260905 --hash=sha256:d7eaa9a57d373b0adaaae0d52da2af0bb0edf73f7baa170f7c415d3342bf4868
neobase==0.37 --hash=sha256:761a0beacade63d3d7a8b62cc079b6e9b50843df728a56f315797566a3291bf4
"""
OUT = pathlib.Path(__file__).resolve().parent.parent / "ota-core" / "data"
# A code that the two sources place further apart than this, in microdegrees, is not the same airport in both (it was
# reused); a city's centre is not further from its principal airport.
SAME_PLACE = 1_000_000

Airport = collections.namedtuple("Airport", "code city country latitude longitude zone name")
City = collections.namedtuple("City", "code country latitude longitude zone name")


def download(folder):
    listed = folder / "requirements.txt"
    listed.write_text(REQUIREMENTS)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "--dest", folder, "--requirement", listed], check=True)


def read(folder, package, member):
    (wheel,) = folder.glob(f"{package}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return io.StringIO(archive.read(f"{package}/{member}").decode("utf-8"))


def microdegrees(text):
    return int((decimal.Decimal(text) * 1_000_000).to_integral_value(decimal.ROUND_HALF_EVEN))


def position(latitude, longitude):
    return microdegrees(latitude), microdegrees(longitude)


def near(one, other):
    north, east = abs(one[0] - other[0]), abs(one[1] - other[1])
    return north <= SAME_PLACE and min(east, 360_000_000 - east) <= SAME_PLACE


def open_travel_data(lines):
    """The airports still in use, by code; the centres of cities still in use, by code and GeoNames number."""
    rows = csv.DictReader(lines, delimiter="^", quoting=csv.QUOTE_NONE)
    used = [row for row in rows if not row["date_until"]]
    airports = {row["iata_code"]: row for row in used if row["location_type"] in ("A", "CA")}
    centres = {
        (row["iata_code"], row["geoname_id"]): position(row["latitude"], row["longitude"])
        for row in used
        if row["location_type"].startswith("C")
    }
    return airports, centres


def build(airport_rows, optd, centres):
    airports, members = [], collections.defaultdict(list)
    for row in airport_rows:
        code = row["iata"]
        if not code:
            continue
        known = optd.get(code)
        place = position(row["lat"], row["lon"])
        city, number, city_name, rank = code, "", row["city"] or row["name"], 0.0
        if known and near(place, position(known["latitude"], known["longitude"])):
            # Newark serves New York, Newark and a railway station: the first city is the one it is sold under.
            city, number, city_name = known["city_detail_list"].split("=")[0].split("|")[:3]
            rank = float(known["page_rank"] or 0)
        airport = Airport(code, city, row["country"], *place, row["tz"], row["name"])
        airports.append(airport)
        members[city].append((code == city, rank, airport, city_name, number))
    # A city has the country and zone of its principal airport: the one with its code, else the busiest. Where its
    # own centre is not known or is elsewhere, its position too.
    cities = []
    for code, group in members.items():
        _, _, principal, name, number = max(group, key=lambda member: (member[0], member[1], member[2].code))
        place = (principal.latitude, principal.longitude)
        centre = centres.get((code, number))
        if centre and near(centre, place):
            place = centre
        cities.append(City(code, principal.country, *place, principal.zone, name))
    return sorted(airports), sorted(cities)


def write(name, rows):
    # Names come last and may hold commas: nothing is quoted, readers split on the first commas only.
    text = "".join(",".join(str(field) for field in row) + "\n" for row in rows)
    (OUT / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{name}: {len(rows)}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        download(folder)
        airports, cities = build(
            csv.DictReader(read(folder, "airportsdata", "airports.csv")),
            *open_travel_data(read(folder, "neobase", "optd_por_public.csv")),
        )
    write("airports.csv", airports)
    write("cities.csv", cities)


if __name__ == "__main__":
    main()
