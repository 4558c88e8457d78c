"""ID tokens: only what the provider signed, for us, for now and for this way is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwk, jwt

from data.models.staff import Role
from data.providers import Provider, Providers, RolesByClaim
from data.yaml_files import DataFileError
from outreach.gateways import openid
from outreach.gateways.openid import ProviderRefusedError

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ISSUER = "https://login.kommune.dk"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
SECRET = jwk.OctKey.import_key("hemmeligheden mellem os og dem, og kun os")
KEYS = {"keys": [KEY.as_dict(private=False)]}
PROVIDER = Provider(issuer=ISSUER, client_id="mindelig", client_secret="hemmelig")


def said(**changed):
    at = int(NOW.timestamp())
    claims = {
        "iss": ISSUER,
        "sub": "ida",
        "aud": "mindelig",
        "iat": at,
        "exp": at + 3600,
        "nonce": "n",
    } | changed
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims, key=KEY, alg="RS256", **header):
    return jwt.encode({"alg": alg, "kid": "1"} | header, claims, key, algorithms=[alg])


def proven(token, keys=KEYS, now=NOW):
    return openid.proven(PROVIDER, keys, token, nonce="n", now=now)


def test_what_the_provider_signed_is_believed():
    assert proven(signed(said()))["sub"] == "ida"
    several = said(aud=["mindelig", "andre"], azp="mindelig")
    assert proven(signed(several))["sub"] == "ida"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://ond.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "andre"},
        {"aud": None},
        {"aud": ["mindelig", "andre"]},
        {"azp": "andre"},
        {"nonce": "m"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"exp": None},
        {"iat": None},
        {"exp": int(NOW.timestamp()) - 121},
        {"iat": int(NOW.timestamp()) + 121},
        {"nbf": int(NOW.timestamp()) + 121},
    ],
)
def test_what_is_not_for_us_and_for_now_is_refused(changed):
    with pytest.raises(ProviderRefusedError):
        proven(signed(said(**changed)))


def test_clocks_may_be_two_minutes_apart():
    late = NOW + timedelta(seconds=3600 + 119)
    assert proven(signed(said()), now=late)["sub"] == "ida"
    with pytest.raises(ProviderRefusedError):
        proven(signed(said()), now=NOW + timedelta(seconds=3600 + 121))


def test_another_key_proves_nothing():
    with pytest.raises(ProviderRefusedError):
        proven(signed(said(), OTHER))


def test_a_secret_that_we_know_too_proves_nothing():
    forged = signed(said(), SECRET, "HS256")
    with pytest.raises(ProviderRefusedError):
        proven(forged)
    with pytest.raises(ProviderRefusedError):
        proven(forged, {"keys": [SECRET.as_dict(), KEY.as_dict(private=False)]})


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "æ.ø.å", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJpZGEifQ."]
)
def test_what_is_no_signed_token_proves_nothing(token):
    with pytest.raises(ProviderRefusedError):
        proven(token)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": [7]}, {"keys": [{"kty": "x"}]}])
def test_without_keys_nothing_is_proven(keys):
    with pytest.raises(ProviderRefusedError):
        proven(signed(said()), keys)


def test_a_key_for_secrets_signs_nothing():
    for_secrets = KEY.as_dict(private=False) | {"use": "enc"}
    with pytest.raises(ProviderRefusedError):
        proven(signed(said()), {"keys": [for_secrets]})


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        (["A", "B", "ukendt"], ["caseworker", "duty_manager"]),
        ("A", ["caseworker"]),
        ([], []),
        (None, []),
        ({"A": 1}, []),
        ([{"A": 1}, 7], []),
    ],
)
def test_the_providers_words_give_our_roles(words, roles):
    known = RolesByClaim(claim="groups", map={"A": [Role.CASEWORKER], "B": [Role.DUTY_MANAGER]})
    assert known.of(words) == roles


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("issuer: http://login.kommune.dk", "https"),
        ("issuer: https://login.kommune.dk?x=1", "without"),
        ("issuer: https://login.kommune.dk\n    rolle: x", "rolle"),
        ("issuer: https://login.kommune.dk\n    roles: {claim: g, map: {A: [kejser]}}", "roles"),
    ],
)
def test_a_file_that_is_wrong_stops_the_start_with_its_line(tmp_path, wrong, says):
    file = tmp_path / "providers.yml"
    told = f"municipalities:\n  faxe:\n    client_id: m\n    client_secret: hemmelig\n    {wrong}\n"
    file.write_text(told)
    with pytest.raises(DataFileError, match=says) as fault:
        Providers.load(file)
    assert "hemmelig" not in str(fault.value)
    assert "providers.yml:" in str(fault.value)


def test_a_secret_is_not_shown():
    assert "hemmelig" not in repr(PROVIDER)
