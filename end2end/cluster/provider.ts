import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { EVERYBODY, PEOPLE, type Person } from '../support/people.js';

const CHOOSE = /^\/interaction\/[^/]+$/;

/** Somebody else's OpenID provider, with one client and a page on which people choose who they are. */
export class IdentityProvider {
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  static async start(port: number, client: { id: string; secret: string; redirectUri: string }): Promise<IdentityProvider> {
    const issuer = `http://localhost:${port}`;
    const provider = configured(issuer, client);
    const answer = provider.callback();
    const server = createServer((request, response) => {
      const choosing = CHOOSE.test(new URL(request.url ?? '/', issuer).pathname);
      if (choosing) void choose(provider, request, response);
      else void answer(request, response);
    });
    await new Promise<void>((done) => server.listen(port, 'localhost', done));
    return new IdentityProvider(issuer, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

function configured(issuer: string, client: { id: string; secret: string; redirectUri: string }): Provider {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] }],
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'one' }] },
    cookies: { keys: ['a secret of the tests'] },
    // Its page to sign out asks for confirmation, which no spec presses.
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Dploy reads the ID token alone.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['name', 'team', 'is_admin'], email: ['email'] },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@example.org`, ...PEOPLE[sub as Person] }),
    }),
    // Whoever signs in has agreed to everything.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
}

async function choose(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    const accountId = new URLSearchParams(await body(request)).get('person') ?? '';
    await provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  const buttons = EVERYBODY.map((person) => `<button name="person" value="${person}">${person}</button>`);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>Who are you?</title><link rel="icon" href="data:,"><form method="post">${buttons.join(' ')}</form>`);
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
