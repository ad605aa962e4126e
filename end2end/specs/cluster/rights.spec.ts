import { installationOf } from '../../cluster/installation.js';
import { expect, test } from '../../support/fixtures.js';

/** The permissions of `serve` in Dploy's namespace. It has no others. */
const SERVE_PERMISSIONS = {
  'dploytemplates.dploy.dev': ['get', 'list', 'watch'],
  'controllerrevisions.apps': ['get', 'list', 'watch'],
  'dployinstances.dploy.dev': ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  'dployowners.dploy.dev': ['get', 'list', 'watch', 'create'],
  'dployowners.dploy.dev/status': ['patch'],
};

test('serve has the permissions that it needs and no others', async ({ dploy }) => {
  const site = installationOf(dploy);
  for (const [resource, verbs] of Object.entries(SERVE_PERMISSIONS)) {
    for (const verb of verbs) expect(await site.may('serve', verb, resource), `${verb} ${resource}`).toBe(true);
  }
  for (const resource of ['secrets', 'pods', 'configmaps', 'namespaces', 'leases.coordination.k8s.io', 'deployments.apps']) {
    for (const verb of ['get', 'list', 'create', 'patch', 'delete']) {
      expect(await site.may('serve', verb, resource), `${verb} ${resource}`).toBe(false);
    }
  }
});

test('no role has a wildcard', async ({ dploy }) => {
  const rules = await installationOf(dploy).rules();
  expect(rules.length).toBeGreaterThan(5);
  for (const rule of rules) expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
});

test('a missing permission is logged, and the response does not reveal it', async ({ dploy, client }) => {
  const site = installationOf(dploy);
  const alice = await client('alice');
  expect(site.forbidden(), 'permissions missing in the chart').toEqual([]);
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
