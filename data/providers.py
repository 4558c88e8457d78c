"""Where the people of each municipality sign in (OpenID Connect): `MINDELIG_PROVIDERS`.

The file names the municipality's own provider, what we are called there, and which of its groups
are which of our roles. docs/sign-in.md shows one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from data.models.staff import Role
from data.yaml_files import Block, read

if TYPE_CHECKING:
    from pathlib import Path

_ON_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _ON_THIS_MACHINE
    )
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an https address without ? and #")
    return value


class RolesByClaim(Block):
    """Which of the provider's words make somebody what at the desk (rollefordeling)."""

    #: The claim that lists them, such as `groups` or `roles`.
    claim: str
    #: The provider's word, and our roles for it.
    map: dict[str, list[Role]]

    def of(self, words: object) -> list[str]:
        """Return our roles for what the claim holds: a word, or a list of words."""
        given = [words] if isinstance(words, str) else words if isinstance(words, list) else []
        found = {role.value for word in given for role in self.map.get(str(word), [])}
        return sorted(found)


class Provider(Block):
    """A municipality's own sign-in service (identitetsudbyder)."""

    #: The issuer exactly as the provider's tokens write it.
    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: str
    client_secret: SecretStr
    #: What is asked for besides `openid`.
    scopes: list[str] = Field(default_factory=lambda: ["profile"])
    #: The claims that hold the username and the name that colleagues see.
    username_claim: str = "preferred_username"
    name_claim: str = "name"
    #: Without it, roles are given at `/desk/people`.
    roles: RolesByClaim | None = None
    #: The claim that names the unit of who answers for one.
    unit_claim: str | None = None
    #: Whether somebody nobody has added is added at their first sign-in.
    adds_people: bool = False


class CitizenProvider(Provider):
    """Where a municipality's citizens sign in (MitID, through a broker's OpenID Connect)."""

    #: The claim that holds the CPR number.
    username_claim: str = "cpr"
    #: The claim that tells how sure the sign-in was, and which of its words are sure enough.
    level_claim: str = "acr"
    levels: Annotated[list[str], Field(min_length=1)]


class Providers(Block):
    """All providers, by municipality: of those who work there, and of the citizens."""

    municipalities: dict[str, Provider] = Field(default_factory=dict)
    citizens: dict[str, CitizenProvider] = Field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read the file; without one, everybody signs in with a password.

        Raises:
            DataFileError: the file is missing or wrong; with line numbers.
        """
        return cls() if path is None else read(path, cls)
