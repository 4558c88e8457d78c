"""A municipality's sign-in service over OpenID Connect: authorization code with PKCE.

Discovery and keys are fetched anew at each sign-in: a key that the provider has changed or taken
back counts at once, and a sign-in a day and person is no load.

Source: OpenID Connect Core 1.0 §3.1, Discovery 1.0, RP-Initiated Logout 1.0, RFC 7636, RFC 9207.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, ValidationError

from data.providers import CitizenProvider
from outreach.errors import MindeligError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.providers import Provider

TIMEOUT: Final = httpx.Timeout(5.0)
#: Longer answers are not read to their end.
LONGEST_ANSWER: Final = 1_000_000
#: How far the provider's clock may be from ours.
LEEWAY: Final = timedelta(minutes=2)
#: Signatures by a key that only the provider has; never `none`, never our own shared secret.
ALGORITHMS: Final = (
    "RS256",
    "PS256",
    "ES256",
    "RS384",
    "PS384",
    "ES384",
    "RS512",
    "PS512",
)

_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class ProviderError(MindeligError):
    """The provider cannot be used now, or said something that cannot be believed."""

    code = "provider"


class ProviderUnavailableError(ProviderError):
    """The provider does not answer, or not in a way that can be read."""

    code = "provider_unavailable"
    try_again = True


class ProviderRefusedError(ProviderError):
    """The provider did not let them in, or what it says of them is not to be believed."""

    code = "provider_refused"


class _Metadata(BaseModel):
    """What we use of the provider's own description."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """A way to the provider, and what must come back from there."""

    address: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the provider says of somebody, proven."""

    subject: str
    claims: Mapping[str, Any]
    id_token: str


async def departure(provider: Provider, callback: str, *, anew: bool = False) -> Departure:
    """Return where to send somebody who wants to sign in.

    Args:
        provider: the municipality's.
        callback: our address, where they come back.
        anew: they sign in even if somebody just did: another may sit at the same computer
            (`prompt`, OpenID Connect Core 1.0 §3.1.2.1).

    Raises:
        ProviderUnavailableError: the provider cannot be asked where that is.
    """
    async with _client() as client:
        metadata = await _discover(client, provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback,
        "scope": " ".join(dict.fromkeys(["openid", *provider.scopes])),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge.decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if anew:
        asked["prompt"] = "login"
    return Departure(_with(metadata.authorization_endpoint, asked), state, nonce, verifier)


async def arrival(
    provider: Provider,
    callback: str,
    *,
    code: str,
    nonce: str,
    code_verifier: str,
    issuer: str | None,
    now: datetime,
) -> Arrival:
    """Take a code to the provider and return whom it stands for.

    Args:
        provider: the municipality's.
        callback: our address, as at the departure.
        code: what the browser brought back.
        nonce: what the ID token must repeat.
        code_verifier: what proves that the code was asked for by us.
        issuer: `iss` as the browser brought it back (RFC 9207).
        now: when the ID token must not have expired.

    Raises:
        ProviderUnavailableError: the provider does not answer.
        ProviderRefusedError: the code or the token is not good.
    """
    async with _client() as client:
        metadata = await _discover(client, provider)
        if issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise ProviderRefusedError("the answer does not name its issuer")
        if issuer is not None and issuer != metadata.issuer:
            raise ProviderRefusedError("the answer names another issuer")
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": code_verifier,
        }
        tokens = await _tokens(client, provider, metadata, fields)
        keys = await _json(client, "GET", metadata.jwks_uri)
        id_token = str(tokens.get("id_token", ""))
        claims = proven(provider, keys, id_token, nonce=nonce, now=now)
        more = await _userinfo(client, provider, metadata, claims, tokens)
    return Arrival(claims["sub"], {**more, **claims}, id_token)


async def farewell(provider: Provider, id_token: str, back: str) -> str | None:
    """Return where to sign out at the provider too; none when it has no such page.

    Raises:
        ProviderUnavailableError: the provider cannot be asked.
    """
    async with _client() as client:
        metadata = await _discover(client, provider)
    if metadata.end_session_endpoint is None:
        return None
    asked = {
        "id_token_hint": id_token,
        "client_id": provider.client_id,
        "post_logout_redirect_uri": back,
    }
    return _with(metadata.end_session_endpoint, asked)


def proven(
    provider: Provider, keys: dict[str, Any], id_token: str, *, nonce: str, now: datetime
) -> dict[str, Any]:
    """Return what an ID token says, once it is proven to be the provider's, for us, and for now.

    Raises:
        ProviderRefusedError: it is not.
    """
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        key_set = jwk.KeySet.import_key_set({"keys": _signing(keys)})
        claims = jwt.decode(id_token, key_set, algorithms=list(ALGORITHMS)).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise ProviderRefusedError(f"ID token: {type(fault).__name__}") from None
    audience = claims["aud"]
    party = claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise ProviderRefusedError("ID token: for several, and not for us alone")
    if party not in {None, provider.client_id}:
        raise ProviderRefusedError("ID token: for somebody else")
    return dict(claims)


def _signing(keys: dict[str, Any]) -> list[Any]:
    """Return the keys for signatures; a set may hold others too."""
    found = [key for key in keys["keys"] if isinstance(key, dict)]
    return [key for key in found if key.get("use", "sig") == "sig"]


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)


async def _discover(client: httpx.AsyncClient, provider: Provider) -> _Metadata:
    found = await _json(client, "GET", provider.issuer.rstrip("/") + _WELL_KNOWN)
    try:
        metadata = _Metadata.model_validate(found)
    except ValidationError:
        raise ProviderUnavailableError("the provider does not describe itself") from None
    if metadata.issuer != provider.issuer:
        raise ProviderRefusedError("the provider calls itself something else")
    return metadata


async def _tokens(
    client: httpx.AsyncClient, provider: Provider, metadata: _Metadata, fields: dict[str, str]
) -> dict[str, Any]:
    secret = provider.client_secret.get_secret_value()
    if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
        # RFC 6749 §2.3.1: both are form-encoded before they are put together.
        pair = httpx.BasicAuth(quote_plus(provider.client_id), quote_plus(secret))
        return await _json(client, "POST", metadata.token_endpoint, data=fields, auth=pair)
    named = {"client_id": provider.client_id, "client_secret": secret}
    return await _json(client, "POST", metadata.token_endpoint, data=fields | named)


async def _userinfo(
    client: httpx.AsyncClient,
    provider: Provider,
    metadata: _Metadata,
    claims: dict[str, Any],
    tokens: dict[str, Any],
) -> dict[str, Any]:
    """Ask for what the ID token left out; it must be about the same person (Core §5.3.2)."""
    wanted = {provider.username_claim, provider.name_claim}
    if provider.roles:
        wanted.add(provider.roles.claim)
    if provider.unit_claim:
        wanted.add(provider.unit_claim)
    if isinstance(provider, CitizenProvider):
        wanted.add(provider.level_claim)
    if metadata.userinfo_endpoint is None or wanted <= claims.keys():
        return {}
    bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
    found = await _json(client, "GET", metadata.userinfo_endpoint, headers=bearer)
    if found.get("sub") != claims["sub"]:
        raise ProviderRefusedError("userinfo is about somebody else")
    return found


async def _json(
    client: httpx.AsyncClient,
    method: str,
    address: str,
    **more: Any,  # noqa: ANN401 - httpx's own
) -> dict[str, Any]:
    try:
        answer = await client.request(method, address, **more)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise ProviderUnavailableError(f"no answer ({type(fault).__name__})") from None
    if answer.status_code in {400, 401, 403}:
        raise ProviderRefusedError(f"refused with {answer.status_code}")
    if not answer.is_success or len(answer.content) > LONGEST_ANSWER:
        raise ProviderUnavailableError(f"answered {answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderUnavailableError("answered something that cannot be read")
    return found


def _with(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
