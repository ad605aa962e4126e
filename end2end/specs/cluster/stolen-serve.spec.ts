import { installationOf } from '../../cluster/installation.js';
import { expect, test } from '../../support/fixtures.js';

/** An instance as `serve` creates one. */
function instance(namespace: string, revision: string | undefined, changes: { metadata?: object; spec?: object } = {}): string {
  const metadata = {
    name: 'sized-0f0f0f0f', namespace,
    labels: { 'dploy.dev/managed': 'true', 'dploy.dev/template': 'sized', 'dploy.dev/owner': 'mallory' },
    finalizers: ['dploy.dev/instance-cleanup'],
  };
  const spec = { templateRef: 'sized', owner: 'mallory', uuid: '0f0f0f0f', seed: '0'.repeat(32), revision };
  return JSON.stringify({
    apiVersion: 'dploy.dev/v1alpha1', kind: 'DployInstance',
    metadata: { ...metadata, ...changes.metadata }, spec: { ...spec, ...changes.spec },
  });
}

test('who has the token of serve deploys nothing that no admin wrote', async ({ dploy }) => {
  const site = installationOf(dploy);
  const { admin, namespace } = site;
  const { status } = await admin.get('--namespace', namespace, 'dtpl', 'sized');
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'mine', namespace }, revision: 1 };
  await expect(site.as('serve', ['create', '--filename', '-'], JSON.stringify(revision))).rejects.toThrow(/forbidden/);
  const refused: [object, RegExp][] = [
    [{ spec: { revision: undefined } }, /an owner, a revision, a uuid and a seed/],
    [{ spec: { seed: undefined } }, /an owner, a revision, a uuid and a seed/],
    [{ spec: { owner: '' } }, /an owner, a revision, a uuid and a seed/],
    [{ spec: { owner: 'alice' } }, /dploy.dev\/owner is not the owner/],
    [{ metadata: { labels: { 'dploy.dev/owner': 'mallory' } } }, /only instances that Dploy manages/],
    [{ metadata: { annotations: { 'dploy.dev/adopted': 'true' } } }, /only instances that Dploy manages/],
    [{ spec: { pooled: true } }, /only the operator creates the members of pools/],
  ];
  for (const [changes, why] of refused) {
    const wanted = instance(namespace, status.revision, changes);
    await expect(site.as('serve', ['create', '--filename', '-'], wanted), wanted).rejects.toThrow(why);
  }
});

test('the operator places nothing of a revision that does not exist or is of another template', async ({ dploy }) => {
  const site = installationOf(dploy);
  const { admin, namespace } = site;
  const { status } = await admin.get('--namespace', namespace, 'dtpl', 'team-desk');
  const name = 'dinst/sized-0f0f0f0f';
  for (const revision of ['sized-0000000000', status.revision]) {
    await site.as('serve', ['create', '--filename', '-'], instance(namespace, revision));
    const reason = ['--for', 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=RevisionNotFound'];
    await admin.kubectl(['--namespace', namespace, 'wait', ...reason, '--timeout', '30s', name]);
    const spaces = await admin.get('namespaces', '--selector', 'dploy.dev/instance=sized-0f0f0f0f');
    expect(spaces.items).toEqual([]);
    await admin.kubectl(['--namespace', namespace, 'delete', name, '--timeout', '60s']);
  }
});

test('who has the token of serve takes no environment from its owner', async ({ dploy, client }) => {
  const site = installationOf(dploy);
  const alice = await client('alice');
  const { uuid } = (await alice.get('/run/sized?size=small')).body;
  const name = `sized-${uuid}`;
  const refused: [object, RegExp][] = [
    [{ spec: { owner: 'mallory' } }, /keeps its owner, claims and parameters|is not the owner/],
    [{ spec: { params: { size: 'large' } } }, /keeps its owner, claims and parameters/],
    [{ spec: { claims: { name: 'mallory' } } }, /keeps its owner, claims and parameters/],
    [{ metadata: { labels: { 'dploy.dev/identity': 'another' } } }, /keeps its owner, claims and parameters/],
    [{ spec: { revision: 'sized-0000000000' } }, /cannot be changed|changes neither/],
    [{ spec: { seed: '0'.repeat(32) } }, /cannot be changed|changes neither/],
    [{ metadata: { finalizers: [] } }, /nor its finalizers/],
  ];
  for (const [patch, why] of refused) {
    const text = JSON.stringify(patch);
    await expect(site.as('serve', ['patch', 'dinst', name, '--type', 'merge', '--patch', text]), text).rejects.toThrow(why);
  }
  // What an extension does.
  const extend = JSON.stringify({ spec: { expiresAt: new Date(Date.now() + 3_600_000).toISOString() } });
  await site.as('serve', ['patch', 'dinst', name, '--type', 'merge', '--patch', extend]);
  expect((await alice.delete('/run/sized')).status).toBe(204);
});
