// The certified oidc-provider as a municipality's own sign-in service. Its people, its client and
// the instant it takes for now come as one JSON argument; keys are new at every start.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const given = JSON.parse(process.argv[2]);
const real = Date.now.bind(Date);
let ahead = given.now - real();
Date.now = () => real() + ahead;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };

const provider = new Provider(given.issuer, {
  clients: [given.client],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "unit", "cpr", "loa"] },
  conformIdTokenClaims: given.userinfo,
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 60, IdToken: 3600, Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600 },
  findAccount: (_context, id) =>
    given.people[id] && { accountId: id, claims: () => ({ sub: id, ...given.people[id] }) },
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer((request, response) => {
  const travel = request.url.match(/^\/travel\/(\d+)$/);
  if (!travel) return answer(request, response);
  ahead += Number(travel[1]) * 1000;
  return response.end();
}).listen(Number(new URL(given.issuer).port), "127.0.0.1");
