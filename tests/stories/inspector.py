"""An inspector's own check of a bag, with nothing but openssl, sha256sum and a reader of JSON.

    python inspector.py BAG KEYS      KEYS: publisher.pem and reviewer.pem, as the county published them

It imports nothing of the program and computes no digest by itself. Ends with 0 where everything agrees, else
with 1 and the first thing that does not.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

AT_ONCE = 4_000  # files named on one command line


class Wrong(Exception):  # noqa: N818 - says what is wrong
    """Something does not agree."""


def need(holds, what):
    """Stop at what does not hold."""
    if not holds:
        raise Wrong(what)


def ran(*words, given=b"", where=None):
    """What a program prints; it must end well."""
    done = subprocess.run(words, input=given, capture_output=True, cwd=where, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace")[:200]
    need(done.returncode == 0, f"{' '.join(map(str, words[:3]))}: {said}")
    return done.stdout


def sums(pieces):
    """sha256sum of each of these pieces of bytes."""
    found = []
    with TemporaryDirectory() as folder:
        for first in range(0, len(pieces), AT_ONCE):
            names = []
            for number, piece in enumerate(pieces[first : first + AT_ONCE]):
                names.append(f"{number:08d}")
                (Path(folder) / names[-1]).write_bytes(piece)
            said = ran("sha256sum", "--", *names, where=folder) if names else b""
            found += [line.split("  ")[0] for line in said.decode().splitlines()]
    return found


def leaf_hashes(heads):
    """RFC 6962: SHA-256 of a zero byte and the leaf."""
    return sums([b"\0" + head for head in heads])


def root_of(hashes):
    """Root of the tree over leaf hashes, a level at a time: an odd one out goes up as it is."""
    level = [bytes.fromhex(one) for one in hashes]
    while len(level) > 1:
        pairs = [b"\1" + level[at] + level[at + 1] for at in range(0, len(level) - 1, 2)]
        rest = level[len(pairs) * 2 :]
        level = [bytes.fromhex(one) for one in sums(pairs)] + rest
    return level[0].hex() if level else sums([b""])[0]


def unbase64(text):
    """Bytes of base64, by openssl."""
    return ran("openssl", "base64", "-d", "-A", given=text.encode())


def files_agree(bag):
    """Every file is listed, and is what its list says."""
    for manifest in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        ran("sha256sum", "--check", "--quiet", "--strict", manifest, where=bag)
    listed = {line[66:] for line in (bag / "manifest-sha256.txt").read_text("utf-8").splitlines()}
    there = {path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file()}
    need(listed == there, f"not listed, or not there: {sorted(listed ^ there)[:3]}")


def checkpoint(bag, keys):
    """Origin, size and root that both seats signed."""
    text, _, signed = (bag / "data/feed/checkpoint").read_text("utf-8").rpartition("\n\n")
    for seat in ("publisher", "reviewer"):
        lines = [line.split(" ") for line in signed.splitlines() if line.split(" ")[1].endswith(f"/{seat}")]
        need(lines, f"no signature of the {seat}")
        with TemporaryDirectory() as folder:
            (Path(folder) / "text").write_text(text + "\n", "utf-8")
            (Path(folder) / "sig").write_bytes(unbase64(lines[0][2])[4:])
            pem, command = (keys / f"{seat}.pem").resolve(), ("openssl", "pkeyutl", "-verify", "-pubin")
            ran(*command, "-inkey", pem, "-rawin", "-in", "text", "-sigfile", "sig", where=folder)
    origin, size, root = text.splitlines()[:3]
    return origin, int(size), unbase64(root).hex()


def log_agrees(bag, keys):
    """The heads of the whole log make the signed root; their exact bytes with their hashes, and the origin."""
    origin, size, root = checkpoint(bag, keys)
    heads = (bag / "data/feed/heads.ndjson").read_bytes().split(b"\n")
    need(heads.pop() == b"" and len(heads) == size, f"{len(heads)} heads, {size} are signed")
    hashes = leaf_hashes(heads)
    need(root_of(hashes) == root, "the heads do not make the signed root")
    return origin, heads, hashes


def rows_of(bag, heads):
    """The events of the year as (index, head, body), each one signed, with the body its head commits to."""
    place, found, bodies = {head: at for at, head in enumerate(heads)}, [], []
    for line in (bag / "data/feed/rows.ndjson").read_text("utf-8").split("\n")[:-1]:
        head, end = json.JSONDecoder().raw_decode(line, len('{"h":'))
        raw, body = line[len('{"h":') : end].encode(), line[end + len(',"b":') : -1]
        need(raw in place, f"{head['rec']}: this head is not in the signed log")
        need(
            line == f'{{"h":{raw.decode()},"b":{body}}}', f"{head['rec']}: the line is not as the feed has it"
        )
        found.append((place[raw], head, None if body == "null" else json.loads(body)))
        bodies.append(body.encode())
    for (_, head, body), digest in zip(found, sums(bodies), strict=True):
        need(body is None or digest == head["body"], f"{head['rec']}: the body is not the signed one")
    need([one[0] for one in found] == sorted({one[0] for one in found}), "events out of order, or twice")
    gone = {at for _, head, body in found if head["kind"] == "erase" and body for at in body["indexes"]}
    need(all(body or at in gone for at, _, body in found), "a body is missing that nobody erased")
    return found


def of_year(name, year):
    """Whether a batch is called by this year: 330590-rice-2025-01, 330590-year-2025."""
    return f"-{year}" in name[6:] and not name.startswith("land-")


def nothing_left_out(heads, rows, year):
    """Every event of the log whose batch is of this year is among the rows."""
    here = {at for at, _, _ in rows}
    batches = {head["batch"] for _, head, _ in rows if of_year(head["batch"], year)}
    for at, raw in enumerate(heads):
        head = json.loads(raw)
        need(
            head["batch"] not in batches or head["kind"] == "erase" or at in here,
            f"{head['rec']} was left out",
        )


def closes_agree(rows):
    """Each close's count and sum are those of its rows. Per batch every edition: (close, indexes of its rows, its own)."""
    lists, closes = {}, {}
    for at, head, body in rows:
        batch = lists.setdefault(head["batch"], {})
        if head["kind"] in ("publish", "correct"):
            batch[head["rec"]] = (at, head["amount_fen"])
        elif head["kind"] == "withdraw":
            batch.pop(head["rec"], None)
        elif head["kind"] == "erase" and body:
            for one in lists.values():
                for rec in [rec for rec, (leaf, _) in one.items() if leaf in body["indexes"]]:
                    del one[rec]
        elif head["kind"] == "batch.close":
            close = body["close"]
            said = (close["count"], close["sum_fen"])
            made = (len(batch), sum(fen for _, fen in batch.values()))
            need(said == made, f"{head['rec']}: says {said}, its rows make {made}")
            left_out = sum(part["sum_fen"] for part in close.get("left_out", ()))
            need(
                close["source_total_fen"] == close["sum_fen"] + left_out, f"{head['rec']}: the county's total"
            )
            indexes = sorted(leaf for leaf, _ in batch.values())
            closes.setdefault(head["batch"], {})[close["edition"]] = (close, indexes, at)
    return closes


def digest_of(origin, batch, edition, leaves, sum_fen):
    """校验码: sha256sum of what names a sheet and of its leaves' hashes."""
    lines = ("village-kiosk sheet v1", origin, batch, edition, len(leaves), sum_fen, *leaves)
    return sums(["".join(f"{line}\n" for line in lines).encode()])[0]


def sheets_agree(bag, origin, rows, closes, hashes):
    """Every sheet's figures and digest are those of its rows; its PDF is the one it names."""
    erased = {at for at, _, body in rows if body is None}
    for path in sorted((bag / "data/sheets").glob("*.json")):
        sheet = json.loads(path.read_bytes())
        close, indexes, index = closes[sheet["batch"]][sheet["edition"]]
        whole = erased.isdisjoint(indexes)  # else nobody can count the households again
        names = ("count", "sum_fen", "source_total_fen", *(["households"] if whole else []))
        need(all(sheet[name] == close[name] for name in names), f"{path.name}: not the signed figures")
        need(sheet["left_out"] == close.get("left_out", []), f"{path.name}: not what was left out")
        need((sheet["index"], sorted(sheet["leaves"])) == (index, indexes), f"{path.name}: other rows")
        leaves = [hashes[at] for at in indexes]
        made = digest_of(origin, sheet["batch"], sheet["edition"], leaves, close["sum_fen"])
        need(sheet["digest"] == made, f"{path.name}: the digest is not that of its rows")
        if sheet["pdf"]:
            pdf = (path.parent / sheet["pdf"]).read_bytes()
            need(sums([pdf])[0] == sheet["pdf_sha256"], f"{path.name}: not its PDF")


def year_agrees(bag, rows, closes):
    """The year's figures are the signed ones, and the sums of the lists they name; the year, and its edition."""
    told = json.loads((bag / "data/year/year.json").read_bytes())
    annual = told["annual"]
    signed = [(at, body["annual"]) for at, head, body in rows if head["kind"] == "year.close"]
    need(bool(signed) == (told["index"] is not None), "closed, and does not say so, or the other way round")
    need(
        not signed or signed[-1] == (told["index"], annual), "the figures are not those that were signed last"
    )
    for _, one in signed:
        need(
            one["sum_fen"] == sum(row["sum_fen"] for row in one["rows"]),
            "the year is not the sum of its rows",
        )
        for row in one["rows"]:
            named = [(closes[part["batch"]][part["edition"]][0], part) for part in row["batches"]]
            need(
                all(close["sum_fen"] == part["sum_fen"] for close, part in named),
                f"{row['programme']}: a list",
            )
            need(row["sum_fen"] == sum(part["sum_fen"] for _, part in named), f"{row['programme']}: the sum")
            late = [part for close, part in named if close["terms"].get("paid_on", "")[:4] > str(one["year"])]
            need(
                row.get("carried_fen", 0) == sum(part["sum_fen"] for part in late),
                f"{row['programme']}: 结转",
            )
    return told["year"], len(signed)


def inspected(bag, keys):
    """Everything, in order. Raises Wrong."""
    files_agree(bag)
    origin, heads, hashes = log_agrees(bag, keys)
    rows = rows_of(bag, heads)
    closes = closes_agree(rows)
    year, editions = year_agrees(bag, rows, closes)
    nothing_left_out(heads, rows, year)
    sheets_agree(bag, origin, rows, closes, hashes)
    return f"{origin}: {len(heads)} heads, {len(rows)} events of {year}, {len(closes)} lists, closed {editions} times"


if __name__ == "__main__":
    try:
        print(inspected(Path(sys.argv[1]), Path(sys.argv[2])))
    except (Wrong, KeyError, ValueError, IndexError, TypeError, OSError) as e:
        sys.exit(f"not as signed: {e!r}")
