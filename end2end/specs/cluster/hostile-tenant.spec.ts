import { installationOf } from '../../cluster/installation.js';
import { expect, test } from '../../support/fixtures.js';

const STAY = JSON.stringify({ metadata: { finalizers: ['example.org/stay'] } });
const LEAVE = JSON.stringify({ metadata: { finalizers: null } });
const OBJECTS = ['configmap/dploy-inventory', 'deployment/web', 'service/web', 'networkpolicy/dploy-isolation'];

test('a tenant with rights in its namespace does not keep anything running after its time', async ({ dploy, client }) => {
  test.setTimeout(300_000);
  const { admin, namespace: system } = installationOf(dploy);
  const alice = await client('alice');
  const { uuid } = (await alice.get('/run/sized?size=small')).body;
  const [name, namespace] = [`sized-${uuid}`, `alice-sized-${uuid}`];
  await admin.kubectl(['--namespace', system, 'wait', '--for', 'condition=Ready', '--timeout', '30s', `dinst/${name}`]);

  const here = (...args: string[]) => admin.kubectl(['--namespace', namespace, ...args]);
  await here('create', 'serviceaccount', 'tenant');
  await here('create', 'rolebinding', 'tenant', '--clusterrole=edit', `--serviceaccount=${namespace}:tenant`);
  const account = `system:serviceaccount:${namespace}:tenant`;
  const tenant = (args: string[], input = '') => admin.kubectl(['--as', account, '--namespace', namespace, ...args], input);

  // The guard rails come back, and the namespace is not the tenant's to change.
  const policy = async () => (await admin.get('--namespace', namespace, 'networkpolicy', 'dploy-isolation')).metadata.uid;
  const before = await policy();
  await tenant(['delete', 'networkpolicy', 'dploy-isolation']);
  await expect.poll(() => policy().catch(() => before)).not.toBe(before);
  const open = JSON.stringify({ spec: { egress: [{}], ingress: [{}] } });
  await tenant(['patch', 'networkpolicy', 'dploy-isolation', '--type', 'merge', '--patch', open]);
  const rules = async () => JSON.stringify((await admin.get('--namespace', namespace, 'networkpolicy', 'dploy-isolation')).spec);
  await expect.poll(rules).not.toContain('"egress":[{}]');
  await expect(tenant(['label', 'namespace', namespace, 'dploy.dev/managed-'])).rejects.toThrow(/forbidden/);

  // Garbage, objects that stay, and a crowd of Events.
  await tenant(['create', 'configmap', 'dploy-inventory', '--from-literal=objects=x']);
  await tenant(['run', 'miner', '--image=registry.example/miner']);
  for (const object of ['pod/miner', ...OBJECTS]) await tenant(['patch', object, '--type', 'merge', '--patch', STAY]);
  const events = Array.from({ length: 100 }, (_, index) => ({
    apiVersion: 'v1', kind: 'Event', metadata: { name: `flood-${index}`, namespace },
    involvedObject: { kind: 'Pod', name: 'miner', namespace }, reason: 'Flood', message: 'x'.repeat(1000), type: 'Warning',
  }));
  await admin.kubectl(['create', '--filename', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: events }));

  expect((await alice.delete('/run/sized')).status).toBe(204);
  // The engine may take two minutes; then the namespace ends all the same.
  const running = async () => {
    const { items } = await admin.get('--namespace', namespace, 'pods');
    return items.filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp).length;
  };
  const state = async () => (await admin.get('namespace', namespace)).status.phase;
  await expect.poll(state, { timeout: 180_000 }).toBe('Terminating');
  await expect.poll(running, { timeout: 30_000 }).toBe(0);
  // The instance waits until all is gone, and names what stays. Kubernetes deletes pods first, and says nothing of them.
  await here('patch', 'pod/miner', '--type', 'merge', '--patch', LEAVE);
  const message = async () => JSON.stringify((await admin.get('--namespace', system, 'dinst', name)).status.conditions);
  await expect.poll(message, { timeout: 90_000 }).toContain('example.org/stay');

  for (const object of OBJECTS) await here('patch', object, '--type', 'merge', '--patch', LEAVE);
  await admin.kubectl(['--namespace', system, 'wait', '--for', 'delete', '--timeout', '90s', `dinst/${name}`]);
});
