import { installationOf } from '../../cluster/installation.js';
import { expect, test } from '../../support/fixtures.js';

/** What `serve` asks the API server for in Dploy's namespace, and nothing else. */
const SERVES = {
  'dploytemplates.dploy.dev': ['get', 'list', 'watch'],
  'dployinstances.dploy.dev': ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  'dployowners.dploy.dev': ['get', 'list', 'watch', 'create'],
  'dployowners.dploy.dev/status': ['patch'],
};

test('serve may read and write what it needs and nothing beside it', async ({ dploy }) => {
  const site = installationOf(dploy);
  for (const [resource, verbs] of Object.entries(SERVES)) {
    for (const verb of verbs) expect(await site.may('serve', verb, resource), `${verb} ${resource}`).toBe(true);
  }
  for (const resource of ['secrets', 'pods', 'configmaps', 'namespaces', 'leases.coordination.k8s.io', 'deployments.apps']) {
    for (const verb of ['get', 'list', 'create', 'patch', 'delete']) {
      expect(await site.may('serve', verb, resource), `${verb} ${resource}`).toBe(false);
    }
  }
});

test('no role holds a wildcard', async ({ dploy }) => {
  const rules = await installationOf(dploy).rules();
  expect(rules.length).toBeGreaterThan(5);
  for (const rule of rules) expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
});

test('a right that is missing is named in the log, and the caller learns nothing of it', async ({ dploy, client }) => {
  const site = installationOf(dploy);
  const alice = await client('alice');
  expect(site.forbidden(), 'what the chart forgot').toEqual([]);
  const restore = await site.withdrawRight('serve', 'dployinstances', 'create');
  try {
    const refused = await alice.get('/run/sized?size=small');
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(refused.text).not.toMatch(/dployinstances|forbidden|serviceaccount/i);
    await expect.poll(() => site.forbidden().join('\n')).toMatch(/cannot create resource .*dployinstances/);
  } finally {
    await restore();
    site.forgetOutput();
  }
  await expect.poll(async () => (await alice.get('/run/sized?size=small')).status, { timeout: 40_000 }).toBe(200);
});
