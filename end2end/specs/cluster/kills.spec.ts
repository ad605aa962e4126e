import { installationOf } from '../../cluster/installation.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';

/** How long a takeover may take, in milliseconds: the killed leader's lease must expire first. */
const TAKEOVER_TIMEOUT = 45_000;

test('the leader is killed while environments start and end', async ({ dploy, signIn, client }) => {
  test.setTimeout(120_000);
  const site = installationOf(dploy);
  const [alice, bob] = [await client('alice'), await client('bob')];
  await bob.get('/run/sized?size=small');
  await expect.poll(async () => (await bob.find('sized'))?.status).toBe('Healthy');
  const environments = new EnvironmentsPage(await signIn('alice'));
  await environments.goto();

  await bob.delete('/run/sized');
  await alice.get('/run/sized?size=small');
  await site.killLeader();
  await alice.get('/run/webterm');
  expect((await alice.post('/run/sized/extend')).status).toBe(200);
  for (const name of ['Sized page', 'Web terminal']) {
    await expect(environments.row(name).status).toHaveText('Healthy', { timeout: TAKEOVER_TIMEOUT });
  }
  await expect.poll(async () => (await bob.list()).count, { timeout: TAKEOVER_TIMEOUT }).toBe(0);
  await site.addReplica('operate');
});

test('a server is killed while browsers and REST clients use it', async ({ dploy, signIn, client, complaints }) => {
  // The event stream breaks with its server. The page opens another one at the other server.
  complaints.expect(/ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)/);
  const site = installationOf(dploy);
  const alice = await client('alice');
  const launched = (await alice.get('/run/sized?size=small')).body;
  const environments = new EnvironmentsPage(await signIn('alice'));
  await environments.goto();
  await expect(environments.row('Sized page').status).toHaveText('Healthy');

  const requests = Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      if (index === 10) await site.killServer();
      return alice.get('/run/sized/status');
    }),
  );
  for (const answer of await requests) expect(answer).toMatchObject({ status: 200, body: { uuid: launched.uuid } });
  // The killed server's endpoint exists until a probe fails.
  for (let round = 0; round < 6; round++) expect((await alice.get('/api/environments')).status).toBe(200);
  expect((await alice.get('/run/webterm')).status).toBe(200);
  await expect(environments.row('Web terminal').status).toHaveText('Healthy', { timeout: 20_000 });
  expect((await alice.delete('/run/webterm')).status).toBe(204);
  await expect(environments.row('Web terminal').row).toBeHidden({ timeout: 20_000 });
  await site.addReplica('serve');
});
