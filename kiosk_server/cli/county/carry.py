"""`county carry`: a proposal as one file, to be reviewed on one's own machine, and its signatures back."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import Who, acts, clock, example

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "carry",
    help="把待审的一件装进一个文件，带到自己的机器上看、签名；再从文件收下签名。",
    epilog=example(
        "county carry 20251118T093000Z-330590-rice-2025-01 --to 待审.json --folder demo-county --as wang"
    ),
)
@click.argument("proposal_id", required=False, default="")
@click.option("--to", "into", type=_FILE, help="装进这个文件；里面有姓名，只给审核人。")
@click.option("--from", "out_of", type=_FILE, help="从这个文件收下。")
@acts
def command(who: Who, proposal_id: str, into: Path | None, out_of: Path | None) -> None:
    """Pack it, or take it in."""
    from kiosk_server.county_office.staff.roles import refuse_unseen  # noqa: PLC0415
    from kiosk_server.people.book import FILE  # noqa: PLC0415
    from sync.county.carried import carried, read_file, received  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish import proposals  # noqa: PLC0415
    from sync.county.publish.review_text import STANDINGS  # noqa: PLC0415
    from sync.durable import durable  # noqa: PLC0415

    county = who.county("reviewer", "clerk", "pack_editor")
    if into and not into.name:
        raise click.BadParameter("要写一个文件名", param_hint="--to")
    if into and proposal_id:
        refuse_unseen(county, clock, proposal_id)
        durable(into, carried(county, proposal_id), private=True)
        click.echo(f"已装好：{into}。里面有姓名，看完请删去。")
    elif out_of:
        own = not (who.folder / FILE).exists()  # a county's folder has accounts, and makes its own proposals
        found = received(county, read_file(out_of), clock(), new=own)
        click.echo(f"已收下 {found.id}：{STANDINGS[proposals.stands(county, found)]}。")
    else:
        raise click.MissingParameter(param_hint="ID 和 --to，或 --from", param_type="option")
