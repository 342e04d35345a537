"""Tokens: who may write."""

from typing import Annotated, Final

import typer

from provstore.cli.exits import Exit
from provstore.cli.options import AsJson
from provstore.cli.output import note, print_json, print_line, print_table
from provstore.model.access import Role

COLUMNS: Final = ("id", "name", "role", "source", "created", "revoked")

app = typer.Typer(help="Tokens: who may write.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", help="By which it is known in the list.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What it allows.")]
BoundTo = Annotated[
    str | None, typer.Option("--source", help="The only source under which it pushes.")
]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the token in the list.")]


@app.command("create")
def create(
    name: Name, role: RoleOption = Role.PUSHER, source: BoundTo = None, as_json: AsJson = False
) -> None:
    """Make a token; its secret is printed once and kept nowhere."""
    from provstore.cli.embedded import services

    with services(prepare=True) as opened:
        secret = opened.access.create(name, role, source)
    if as_json:
        print_json({"name": name, "role": role.value, "source": source, "token": secret})
    else:
        print_line(secret)
        note("the secret is not shown again; pipelines have it in PROVSTORE_TOKEN")


@app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List all tokens, without their secrets."""
    from provstore.cli.embedded import services

    with services(prepare=False) as opened:
        rows = [
            (token.id, token.name, token.role.value, token.source, token.created, token.revoked)
            for token in opened.access.tokens()
        ]
    if as_json:
        print_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    else:
        print_table(COLUMNS, rows)
    if not rows:
        raise typer.Exit(Exit.NOTHING_FOUND)


@app.command("revoke")
def revoke(token: Number) -> None:
    """Make a token useless."""
    from provstore.cli.embedded import services

    with services(prepare=False) as opened:
        opened.access.revoke(token)
    note(f"token {token} is revoked")
