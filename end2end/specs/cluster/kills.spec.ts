import { installationOf } from '../../cluster/installation.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';

/** A leader that was killed keeps its lease for a while. */
const TAKEOVER = 45_000;

test('the leading operator is killed while environments start and end', async ({ dploy, signIn, client }) => {
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
    await expect(environments.row(name).status).toHaveText('Healthy', { timeout: TAKEOVER });
  }
  await expect.poll(async () => (await bob.list()).count, { timeout: TAKEOVER }).toBe(0);
  await site.addReplica('operate');
});

test('a server is killed while people look and programs ask', async ({ dploy, signIn, client, complaints }) => {
  // The live list breaks off with the server that sent it; the page opens it again at the other one.
  complaints.expect(/ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)/);
  const site = installationOf(dploy);
  const alice = await client('alice');
  const launched = (await alice.get('/run/sized?size=small')).body;
  const environments = new EnvironmentsPage(await signIn('alice'));
  await environments.goto();
  await expect(environments.row('Sized page').status).toHaveText('Healthy');

  const asking = Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      if (index === 10) await site.killServer();
      return alice.get('/run/sized/status');
    }),
  );
  for (const answer of await asking) expect(answer).toMatchObject({ status: 200, body: { uuid: launched.uuid } });
  // Its endpoint still stands, as it does until a probe fails.
  for (let round = 0; round < 6; round++) expect((await alice.get('/api/environments')).status).toBe(200);
  expect((await alice.get('/run/webterm')).status).toBe(200);
  await expect(environments.row('Web terminal').status).toHaveText('Healthy', { timeout: 20_000 });
  expect((await alice.delete('/run/webterm')).status).toBe(204);
  await expect(environments.row('Web terminal').row).toBeHidden({ timeout: 20_000 });
  await site.addReplica('serve');
});
