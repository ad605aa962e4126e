import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChartServer } from '../../cluster/charts.js';
import { installationOf } from '../../cluster/installation.js';
import { expect, test } from '../../support/fixtures.js';

/** The objects of an installation of an earlier Dploy, as its admins wrote them. */
const EXISTING = resolve(import.meta.dirname, '../../cluster/existing');

const PARAMETERS: Record<string, string> = { parameters: '?size=large' };
const URLS: Record<string, RegExp> = {
  'git-chart': /^https:\/\/git-chart-[0-9a-f]{8}\.localhost\/$/,
  instructions: /^tcp:\/\/instructions-[0-9a-f]{8}\.localhost:31337$/,
};

let charts: ChartServer;
test.beforeAll(async ({ dploy }) => {
  charts = await ChartServer.start();
  const { admin, namespace } = installationOf(dploy);
  for (const name of (await readdir(EXISTING)).filter((it) => it !== 'config.yaml')) {
    const manifest = await readFile(join(EXISTING, name), 'utf8');
    const here = manifest
      .replace('namespace: dploy-system', `namespace: ${namespace}`)
      .replace('https://charts.example.org', `${charts.url}/helm`)
      .replace('https://git.example.org', charts.url);
    await admin.kubectl(['apply', '--validate=strict', '--filename', '-'], here);
  }
});

test.afterAll(async ({ dploy }) => {
  const { admin, namespace } = installationOf(dploy);
  for (const name of (await readdir(EXISTING)).filter((it) => it !== 'config.yaml')) {
    const template = name.replace('.yaml', '');
    await admin.kubectl(['--namespace', namespace, 'delete', 'dploytemplate', template, '--ignore-not-found']);
  }
  await charts.stop();
});

test('an existing OperatorConfig is valid', async ({ dploy }) => {
  const { admin } = installationOf(dploy);
  await admin.kubectl(['apply', '--dry-run=server', '--validate=strict', '--filename', join(EXISTING, 'config.yaml')]);
});

for (const name of [
  'git-chart', 'helm-chart', 'pool', 'owner-claim', 'unlimited', 'instructions', 'parameters', 'hidden', 'sprig',
]) {
  test(`${name} is launched, becomes Healthy and is deleted`, async ({ client }) => {
    test.setTimeout(120_000);
    const alice = await client('alice');
    const launch = () => alice.get(`/run/${name}${PARAMETERS[name] ?? ''}`);
    // The pool needs time to fill.
    await expect.poll(async () => (await launch()).status, { timeout: 60_000 }).toBe(200);
    const { uuid, url } = (await launch()).body;
    expect(url).toMatch(URLS[name] ?? new RegExp(`^http://${name}-${uuid}\\.localhost$`));
    const status = async () => {
      const environment = await alice.find(name);
      return environment?.status === 'Degraded' ? environment : environment?.status;
    };
    await expect.poll(status, { timeout: 60_000 }).toBe('Healthy');
    expect((await alice.delete(`/run/${name}`)).status).toBe(204);
    await expect.poll(async () => (await alice.list()).count, { timeout: 60_000 }).toBe(0);
  });
}

test('the chart receives the rendered values', async ({ dploy, client }) => {
  test.setTimeout(120_000);
  const alice = await client('alice');
  const { uuid } = (await alice.get('/run/sprig')).body;
  await expect.poll(async () => (await alice.find('sprig'))?.status, { timeout: 60_000 }).toBe('Healthy');
  const map = await installationOf(dploy).admin.get('--namespace', `alice-sprig-${uuid}`, 'configmap', 'values');
  expect(JSON.parse(map.data.values)).toMatchObject({
    name: `alice-${uuid}`,
    password: expect.stringMatching(/^[A-Za-z0-9]{24}$/),
    greeting: 'Hello',
    zone: 'NONE',
    list: ['0:a', '1:b', '2:c'],
    labels: { uuid, template: 'sprig' },
    replicaCount: 1,
  });
});

test('a disabled template cannot be launched, and a hidden one is not listed', async ({ client }) => {
  const alice = await client('alice');
  expect(await alice.get('/run/disabled')).toMatchObject({ status: 404, body: { error: 'environment "disabled" not found' } });
  const names = (await alice.get('/api/environments/available')).body.map(({ name }: { name: string }) => name);
  expect(names).toContain('helm-chart');
  expect(names).not.toContain('hidden');
  expect(names).not.toContain('disabled');
});
