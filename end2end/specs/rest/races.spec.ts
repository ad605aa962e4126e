import { expect, test } from '../../support/fixtures.js';
import { addTemplate } from '../../support/templates.js';

/** Calls `act` `times` times concurrently. */
function concurrently<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => act(index)));
}

test('concurrent launches of one template create one environment', async ({ client }) => {
  const alice = await client('alice');
  const answers = await concurrently(20, () => alice.get('/run/sized?size=small'));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(new Set(answers.map(({ body }) => body.uuid)).size).toBe(1);
  expect(await alice.list()).toMatchObject({ count: 1, used: 1 });
});

test('concurrent launches do not exceed the quota', async ({ dploy, client }) => {
  const bob = await client('bob');
  const names = Array.from({ length: 9 }, (_, index) => `race-${index}`);
  for (const name of names) await addTemplate(dploy, name);
  await expect.poll(async () => (await bob.get('/api/environments/available')).text).toContain('race-8');
  const answers = await Promise.all(names.map((name) => bob.get(`/run/${name}`)));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, 200, 200, 200, 200, 403, 403, 403, 403]);
  expect(await bob.list()).toMatchObject({ count: 5, used: 5, limit: 5 });
});

test('concurrent launches of a team create one environment', async ({ client }) => {
  const [alice, bob] = [await client('alice'), await client('bob')];
  const answers = await concurrently(10, (index) => (index % 2 ? alice : bob).get('/run/team-desk'));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(new Set(answers.map(({ body }) => body.uuid)).size).toBe(1);
});

test('a pool member is claimed by one owner', async ({ client }) => {
  const people = [await client('alice'), await client('bob'), await client('carol')];
  const available = async () => {
    const { templates } = (await people[2]?.get('/api/admin/templates'))?.body;
    return templates.find(({ name }: { name: string }) => name === 'webterm-warm').available;
  };
  await expect.poll(available, { timeout: 30_000 }).toBe(2);
  const answers = await concurrently(15, async (index) => ({ index, answer: await people[index % 3]?.get('/run/webterm-warm') }));
  const given = new Map<number, Set<string>>();
  for (const { index, answer } of answers) {
    expect([200, 503]).toContain(answer?.status);
    if (answer?.status === 200) given.set(index % 3, (given.get(index % 3) ?? new Set()).add(answer.body.uuid));
  }
  const uuids = [...given.values()].map((set) => [...set]);
  for (const owned of uuids) expect(owned, 'the environments of one owner').toHaveLength(1);
  expect(new Set(uuids.flat()).size, 'different owners have different environments').toBe(uuids.length);
  expect(uuids.length).toBeGreaterThanOrEqual(2);
});

test('concurrent extensions are counted exactly', async ({ dploy, client }) => {
  const carol = await client('carol');
  await addTemplate(dploy, 'long', { ttl: { seconds: 3600, extendSeconds: 60, maxExtends: 6 } });
  await expect.poll(async () => (await carol.get('/run/long')).status).toBe(200);
  const before = (await carol.get('/run/long/status')).body.expiresAt;
  const answers = await concurrently(20, () => carol.post('/run/long/extend'));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(6).fill(200), ...Array(14).fill(409)]);
  const after = (await carol.get('/run/long/status')).body.expiresAt;
  expect(Date.parse(after) - Date.parse(before)).toBe(6 * 60_000);
});

test('concurrent launches and deletions end in a consistent state', async ({ client }) => {
  const alice = await client('alice');
  for (let round = 0; round < 5; round++) {
    const answers = await concurrently(10, (index) => (index % 2 ? alice.delete('/run/sized') : alice.get('/run/sized?size=small')));
    for (const { status } of answers) expect([200, 204, 404]).toContain(status);
    const { status, body } = await alice.get('/run/sized/status');
    const { used, environments } = await alice.list();
    const alive = environments.filter((it) => it.status !== 'Deleting');
    expect({ status, used, uuids: alive.map(({ uuid }) => uuid) }).toEqual(
      status === 200 ? { status, used: 1, uuids: [body.uuid] } : { status: 404, used: 0, uuids: [] },
    );
  }
});
