"""`county export-land CASE.json`: a case in the provincial platform's fields; `--back` reads it again."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli.options import example
from kiosk_server.cli.output_file import write_output


@click.command(
    "export-land",
    help="把征地案件按省级平台的字段导出；--back 把导出的文件变回案件文件，内容相同。",
    epilog=example("county export-land 征地案件/case.json --out 平台.json --folder demo-county"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录（取字段对照表）。"
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个文件。")
@click.option("--back", is_flag=True, help="反过来：从平台文件变回案件文件。")
def command(file: Path, folder: Path, out: Path, back: bool) -> None:
    """Translate one file by the pack's table; what has no field is listed, never dropped."""
    import msgspec  # noqa: PLC0415 - loaded only when needed

    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.land import platform  # noqa: PLC0415
    from sync.county.land.case_folder import bytes_of  # noqa: PLC0415
    from sync.county.land.case_json import FILE_LIMIT_BYTES, decoded  # noqa: PLC0415

    table = open_county(folder).pack.platform
    if table is None:
        raise platform.PlatformTableMissing
    told = decoded(bytes_of(file, FILE_LIMIT_BYTES))
    made = platform.imported(told, table) if back else platform.exported(told, table)
    write_output(out, file, msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
    click.echo(f"{'案件文件' if back else table.name}：{out}")
    for place in () if back else platform.unmapped(made):
        click.echo(f"  没有对应字段，列在“未对应”里：{place}")
