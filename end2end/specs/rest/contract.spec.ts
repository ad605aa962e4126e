import { Client, type Answer } from '../../support/client.js';
import { expect, test } from '../../support/fixtures.js';
import { addTemplate } from '../../support/templates.js';

const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const UUID = /^[0-9a-f]{8}$/;

/** Checks the status and the body of an error. All errors have the same envelope. */
function refused(answer: Answer, status: number, sentence: string | RegExp): void {
  const expected = typeof sentence === 'string' ? sentence : expect.stringMatching(sentence);
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: { error: expected } });
}

test.beforeAll(async ({ dploy }) => {
  await addTemplate(dploy, 'hidden', { visible: false });
  await addTemplate(dploy, 'disabled', { enabled: false });
});

test('GET /health and /ready', async ({ dploy }) => {
  const anonymous = new Client(dploy);
  expect(await anonymous.get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await anonymous.get('/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
});

test('GET /api/environments/available', async ({ dploy }) => {
  const answer = await new Client(dploy).get('/api/environments/available');
  expect(answer.status).toBe(200);
  const names = answer.body.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['nc-echo', 'sized', 'team-desk', 'webterm', 'webterm-warm']));
  expect(names).not.toContain('hidden');
  expect(names).not.toContain('disabled');
  expect(answer.body.find(({ name }: { name: string }) => name === 'sized')).toMatchObject({
    description: expect.any(String),
    icon: 'scaling',
    category: 'tools,parameters',
    ttl: 3600,
    extendTTL: 1800,
    maxExtends: 2,
    isUnlimited: false,
    connectionType: 'web',
    connectionMessage: '',
  });
});

test('every protected call refuses a caller that cannot be verified', async ({ dploy }) => {
  const good = await dploy.token('alice');
  const [head, payload, signature] = good.split('.');
  const forged = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  const bad = {
    'no token': undefined,
    'not a token': 'nonsense',
    'a cut signature': `${head}.${payload}.${signature?.slice(0, -8)}`,
    'no signature': `${forged}.${payload}.`,
  };
  const calls = [
    ['GET', '/api/environments'],
    ['GET', '/api/environments/stream'],
    ['GET', '/api/me'],
    ['GET', '/api/admin/instances'],
    ['GET', '/api/admin/templates'],
    ...['/run', '/api/run'].flatMap((prefix) => [
      ['GET', `${prefix}/webterm`],
      ['GET', `${prefix}/webterm/status`],
      ['POST', `${prefix}/webterm/extend`],
      ['DELETE', `${prefix}/webterm`],
    ]),
  ];
  for (const [method = '', path = ''] of calls) {
    for (const [what, token] of Object.entries(bad)) {
      const answer = await new Client(dploy, token).call(method, path);
      const got = { status: answer.status, error: answer.body?.error, challenge: answer.headers.get('www-authenticate') };
      expect(got, `${method} ${path} with ${what}`).toEqual({
        status: 401,
        error: expect.stringMatching(/^unauthorized/),
        challenge: expect.stringMatching(/^Bearer/),
      });
    }
  }
});

for (const prefix of ['/run', '/api/run']) {
  test.describe(prefix, () => {
    test('an environment can be launched, extended and deleted', async ({ client }) => {
      const alice = await client('alice');
      const launched = await alice.get(`${prefix}/sized?size=small&undeclared=a:b`);
      expect(launched).toMatchObject({
        status: 200,
        body: {
          uuid: expect.stringMatching(UUID),
          status: expect.stringMatching(/^(pending|Progressing|Healthy)$/),
          expiresAt: expect.stringMatching(SECONDS),
          owner: 'alice',
          shared: false,
        },
      });
      const { uuid, url } = launched.body;
      expect(new URL(url).hostname).toBe(`sized-${uuid}.localhost`);

      expect((await alice.get(`${prefix}/sized?size=large`)).body).toMatchObject({ uuid, url });
      const status = async () => (await alice.get(`${prefix}/sized/status`)).body.status;
      await expect.poll(status).toBe('Healthy');
      expect(await alice.list()).toMatchObject({
        count: 1,
        used: 1,
        limit: 5,
        environments: [
          {
            name: 'sized', uuid, url, status: 'Healthy', expiresAt: launched.body.expiresAt, extendCount: 0, maxExtends: 2,
            extendTTL: 1800, isUnlimited: false, owner: 'alice', shared: false, connectionType: 'web', connectionMessage: '',
            endsSoon: false, position: 0, expectedSeconds: 0,
          },
        ],
      });

      const first = await alice.post(`${prefix}/sized/extend`);
      expect(first).toMatchObject({ status: 200, body: { expiresAt: expect.stringMatching(SECONDS) } });
      expect(Date.parse(first.body.expiresAt) - Date.parse(launched.body.expiresAt)).toBe(1800_000);
      expect((await alice.post(`${prefix}/sized/extend`)).status).toBe(200);
      refused(await alice.post(`${prefix}/sized/extend`), 409, 'maximum extensions reached (2)');

      expect(await alice.delete(`${prefix}/sized`)).toMatchObject({ status: 204, text: '' });
      expect(await alice.list()).toMatchObject({ used: 0 });
      for (const again of [
        await alice.delete(`${prefix}/sized`),
        await alice.post(`${prefix}/sized/extend`),
        await alice.get(`${prefix}/sized/status`),
      ]) {
        refused(again, 404, /./);
      }
      expect((await alice.get(`${prefix}/sized?size=small`)).body.uuid).not.toBe(uuid);
    });

    test('an invalid launch is refused', async ({ client }) => {
      const alice = await client('alice');
      refused(await alice.get(`${prefix}/nope`), 404, 'environment "nope" not found');
      refused(await alice.get(`${prefix}/disabled`), 404, 'environment "disabled" not found');
      refused(await alice.get(`${prefix}/sized`), 400, 'missing required parameter "size"');
      for (const size of ['huge', 'small:', 'x'.repeat(257)]) {
        refused(await alice.get(`${prefix}/sized?size=${size}`), 400, 'invalid value for parameter "size"');
      }
      for (const greeting of ['a: b', '"quoted"', '{{.Owner}}', 'x'.repeat(257), 'a\nb']) {
        const answer = await alice.get(`${prefix}/sized?size=small&greeting=${encodeURIComponent(greeting)}`);
        refused(answer, 400, 'invalid value for parameter "greeting"');
      }
      expect(await alice.list()).toMatchObject({ count: 0 });
    });

    test('the environment of another owner is not found', async ({ client }) => {
      const [alice, bob] = [await client('alice'), await client('bob')];
      await alice.get(`${prefix}/sized?size=small`);
      refused(await bob.get(`${prefix}/sized/status`), 404, /./);
      refused(await bob.post(`${prefix}/sized/extend`), 404, /./);
      refused(await bob.delete(`${prefix}/sized`), 404, /./);
      expect(await bob.list()).toMatchObject({ count: 0, environments: [] });
      expect(await alice.list()).toMatchObject({ count: 1 });
    });
  });
}

test('the quota refuses a launch, until an environment is deleted', async ({ dploy, client }) => {
  const carol = await client('carol');
  const names = ['one', 'two', 'three', 'four', 'five', 'six'];
  for (const name of names) await addTemplate(dploy, name);
  for (const name of names.slice(0, 5)) expect((await carol.get(`/run/${name}`)).status).toBe(200);
  refused(await carol.get('/run/six'), 403, 'Maximum 5 environments allowed');
  expect((await carol.get('/run/one')).status).toBe(200);
  await carol.delete('/run/one');
  expect((await carol.get('/run/six')).status).toBe(200);
});

test('unlimited TTL, an empty pool, and a token without the owner claim', async ({ dploy, client }) => {
  const bob = await client('bob');
  await addTemplate(dploy, 'endless', { ttl: { seconds: -1 } });
  expect((await bob.get('/run/endless')).body).toMatchObject({ expiresAt: '' });
  refused(await bob.post('/run/endless/extend'), 400, 'environment has unlimited TTL, no extension needed');

  // The pool's only member never becomes ready.
  await addTemplate(dploy, 'dry', { method: 'pool', pool: { size: 1 }, ...dploy.stuckWorkload });
  const none = await bob.get('/run/dry');
  refused(none, 503, 'no pooled instance available, try again shortly');
  expect(none.headers.get('retry-after')).toMatch(/^\d+$/);

  await addTemplate(dploy, 'owned', { ownerClaim: 'crew' });
  refused(await bob.get('/run/owned'), 403, 'your token has no usable "crew" claim required to own this environment');
});

test('a team owns the environment that its members share', async ({ client }) => {
  const [alice, bob, carol] = [await client('alice'), await client('bob'), await client('carol')];
  const { body } = await alice.get('/run/team-desk');
  expect(body).toMatchObject({ owner: 'blue', shared: true });
  expect((await bob.get('/run/team-desk')).body.uuid).toBe(body.uuid);
  expect(await bob.list()).toMatchObject({ environments: [{ name: 'team-desk', shared: true }] });
  expect((await carol.get('/run/team-desk')).body).toMatchObject({ owner: 'red' });
});

test('GET /api/environments/stream sends every change', async ({ client }) => {
  const alice = await client('alice');
  const response = await alice.fetch('/api/environments/stream');
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events = eventsOf(response);
  const first = (await events.next()).value;
  expect(first).toMatchObject({ environments: [], count: 0, limit: 5, now: expect.stringMatching(SECONDS) });

  await alice.get('/run/sized?size=small');
  for await (const list of events) if (list.environments[0]?.status === 'Healthy') break;
  await events.return(undefined);
});

test('a sign-in redirects to the provider with PKCE, state and nonce', async ({ dploy }) => {
  const anonymous = new Client(dploy);
  for (const target of ['/environments', '//evil.example', 'https://evil.example/', '/%5cevil.example']) {
    const login = await anonymous.get(`/auth/login?return_url=${encodeURIComponent(target)}`);
    expect(login.status, target).toBe(302);
    const { searchParams } = new URL(login.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/./),
      state: expect.stringMatching(/./),
      nonce: expect.stringMatching(/./),
    });
    expect(login.headers.get('set-cookie')).toMatch(/HttpOnly/i);
  }
  refused(await anonymous.get('/auth/callback?code=made-up&state=made-up'), 400, /./);
  refused(await anonymous.get('/auth/callback?error=access_denied&state=made-up'), 400, /./);
  const logout = await anonymous.get('/auth/logout');
  expect([logout.status, logout.headers.get('location')]).toEqual([302, '/']);
});

test('GET /api/me and /api/ui-config', async ({ dploy, client }) => {
  const me = async (person: 'alice' | 'carol') => (await (await client(person)).get('/api/me')).body;
  expect(await me('alice')).toMatchObject({ username: 'alice', owner: 'alice', admin: false });
  expect(await me('carol')).toMatchObject({ username: 'carol', owner: 'carol', admin: true });
  const config = await new Client(dploy).get('/api/ui-config');
  expect(config).toMatchObject({
    status: 200,
    body: { catalogEnabled: true, instancesEnabled: true, managerEnabled: true },
  });
});

test('the admin calls', async ({ client }) => {
  const [alice, carol] = [await client('alice'), await client('carol')];
  await alice.get('/run/sized?size=small');
  for (const path of ['/api/admin/instances', '/api/admin/templates']) refused(await alice.get(path), 403, /./);

  const instances = (await carol.get('/api/admin/instances')).body;
  expect(instances.count).toBe(instances.instances.length);
  expect(instances.instances).toContainEqual(
    expect.objectContaining({
      template: 'sized', owner: 'alice', phase: expect.any(String), url: expect.any(String), namespace: expect.any(String),
      uuid: expect.stringMatching(UUID), createdAt: expect.stringMatching(SECONDS), isUnlimited: false,
    }),
  );
  const templates = (await carol.get('/api/admin/templates')).body;
  const names = templates.templates.map(({ name }: { name: string }) => name);
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining(['disabled', 'hidden']));
  expect(templates.templates.find(({ name }: { name: string }) => name === 'webterm-warm')).toMatchObject({
    displayName: 'Web terminal, warm', method: 'pool', enabled: true, visible: true, poolSize: 2,
    available: expect.any(Number), claimed: expect.any(Number), createdAt: expect.stringMatching(SECONDS),
  });
});

test('an unknown route returns the same envelope', async ({ dploy, client }) => {
  const alice = await client('alice');
  refused(await new Client(dploy).get('/api/nope'), 404, /./);
  refused(await alice.call('PUT', '/run/webterm'), 405, /./);
  refused(await alice.get('/run/sized?size=%ff'), 400, /./);
});

test('an anonymous browser at /run is redirected to the sign-in', async ({ dploy }) => {
  const answer = await new Client(dploy).get('/run/sized', { accept: 'text/html,application/xhtml+xml' });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toMatch(/^\/auth\/login\?return_url=%2Frun%2Fsized/);
});

test('a disabled part returns 404, and /run still works', async ({ dploy }) => {
  const off = { CATALOG_ENABLED: 'false', INSTANCES_LIST_ENABLED: 'false', MANAGER_ENABLED: 'false' };
  const site = await dploy.variant(off);
  try {
    const carol = await Client.of(site, 'carol');
    refused(await carol.get('/api/environments/available'), 404, 'catalog disabled');
    refused(await carol.get('/api/environments'), 404, 'instances list disabled');
    refused(await carol.get('/api/admin/instances'), 404, 'manager disabled');
    refused(await carol.get('/api/admin/templates'), 404, 'manager disabled');
    const config = { catalogEnabled: false, instancesEnabled: false, managerEnabled: false };
    expect((await carol.get('/api/ui-config')).body).toMatchObject(config);
    expect((await carol.get('/run/sized?size=small')).status).toBe(200);
    expect((await carol.delete('/run/sized')).status).toBe(204);
  } finally {
    await site.stop();
  }
});

/** The data of the events named `environments`. */
async function* eventsOf(response: Response) {
  if (!response.body) throw new Error('the stream has no body');
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks.filter((it) => /^event: ?environments$/m.test(it))) {
      yield JSON.parse(block.replace(/^data: ?/gm, '').replace(/^(event|id|retry):?.*$/gm, ''));
    }
  }
}
