"""`county review`: what waits for the second person; `--accept ID` signs it (先审后发)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk_server.cli.options import Who, example, given, may_sign
from kiosk_server.cli.progress import progress_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.county import County


@click.command(
    "review",
    help="列出待审批次；给出编号则逐户显示；--accept 审核通过并签名。",
    epilog=example("county review --folder demo-county 20251118T093000Z-330590-rice-2025-01"),
)
@click.argument("proposal_id", required=False)
@click.option("--accept", default="", metavar="ID", help="审核通过这个批次。")
@click.option(
    "--shown", default="", metavar="DIGEST", help="详情末尾的指纹：没有看过、看过之后变了，都不签名。"
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="把各村公示表、公告的样张（PDF）和附件放进这个文件夹。",
)
@may_sign
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context, who: Who, proposal_id: str | None, accept: str, shown: str, into: Path | None
) -> None:
    """List, show, or sign."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish import proposals  # noqa: PLC0415
    from sync.county.publish.review_text import proposal_line, proposal_text  # noqa: PLC0415

    if accept:
        given(ctx, "--as")
        from kiosk_server.county_office.signing import signed  # noqa: PLC0415

        county = who.signing("reviewer")
        with progress_line("核对签名"):
            taken = signed(county, accept, datetime.now(UTC), shown)
        click.echo(proposal_text(taken))
        click.echo(f"已审核签名。请{county.others('publisher', but=who.person)} 发布：")
        click.echo(f"county publish --folder {who.folder} {accept} --as NAME")
        return
    county = open_county(who.folder)
    if proposal_id:
        with progress_line("读取各村名单"):
            told = [*_shown(county, proposal_id, who.folder, into)]
        click.echo("\n".join(told))
    else:
        found = proposals.proposals(county)
        for one in found:
            click.echo(proposal_line(one, proposals.stands(county, one)))
        if not found:
            click.echo("没有待审批次。")


def _shown(county: County, proposal_id: str, folder: Path, into: Path | None) -> Iterator[str]:
    """All that a reviewer must see, and how it is signed; of what is published the figures: its lists hang.

    The digest is taken before what it is of: a proposal that changes in between is not signed.
    """
    from kiosk_server.cli.county.review_lists import samples, whole_lists  # noqa: PLC0415
    from sync.county.publish import proposals  # noqa: PLC0415
    from sync.county.publish.parts import looked_at, overtaken, refuse_older_pack  # noqa: PLC0415
    from sync.county.publish.review_text import proposal_text  # noqa: PLC0415

    found = proposals.proposal(county, proposal_id)
    if proposals.stands(county, found) == "published":
        yield proposal_text(found)
        return
    refuse_older_pack(county, found)
    overtaken(county, found)
    digest, found = looked_at(county, proposal_id), proposals.proposal(county, proposal_id)
    yield proposal_text(found)
    yield from whole_lists(county, found)
    yield from samples(county, found, into) if into else ()
    yield f"审核通过：county review --folder {folder} --accept {proposal_id} --shown {digest} --as NAME"
