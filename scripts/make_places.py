#!/usr/bin/env python3
"""Makes ota-core/data/airports.csv and cities.csv from two packages of open data, pinned by digest.

airportsdata says what airports there are, where, and in which zone; OpenTravelData (inside neobase) says which
city each belongs to, because airportsdata's own list of cities is short (its New York has no Newark).
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
# A code that the two sources place further apart than this is not the same airport in both (it was reused).
SAME_PLACE_DEGREES = 1

Airport = collections.namedtuple("Airport", "code city country latitude longitude zone name")
City = collections.namedtuple("City", "code country zone name")


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


def near(row, other):
    north = abs(decimal.Decimal(row["lat"]) - decimal.Decimal(other["latitude"]))
    east = abs(decimal.Decimal(row["lon"]) - decimal.Decimal(other["longitude"]))
    return north <= SAME_PLACE_DEGREES and min(east, 360 - east) <= SAME_PLACE_DEGREES


def open_travel_data(lines):
    """The airports still in use, by code."""
    rows = csv.DictReader(lines, delimiter="^", quoting=csv.QUOTE_NONE)
    return {row["iata_code"]: row for row in rows if row["location_type"] in ("A", "CA") and not row["date_until"]}


def build(airport_rows, optd):
    airports, members = [], collections.defaultdict(list)
    for row in airport_rows:
        code = row["iata"]
        if not code:
            continue
        known = optd.get(code)
        city, city_name, rank = code, row["city"] or row["name"], 0.0
        if known and near(row, known):
            # Newark serves New York, Newark and a railway station: the first city is the one it is sold under.
            city, _, city_name = known["city_detail_list"].split("=")[0].split("|")[:3]
            rank = float(known["page_rank"] or 0)
        airport = Airport(code, city, row["country"], microdegrees(row["lat"]), microdegrees(row["lon"]), row["tz"], row["name"])
        airports.append(airport)
        members[city].append((code == city, rank, airport, city_name))
    # A city has the country and zone of its principal airport: the one with its code, else the busiest.
    cities = []
    for code, group in members.items():
        _, _, principal, name = max(group, key=lambda member: (member[0], member[1], member[2].code))
        cities.append(City(code, principal.country, principal.zone, name))
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
            open_travel_data(read(folder, "neobase", "optd_por_public.csv")),
        )
    write("airports.csv", airports)
    write("cities.csv", cities)


if __name__ == "__main__":
    main()
