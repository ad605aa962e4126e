import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installationOf } from '../../cluster/installation.js';
import { BINARY } from '../../support/dploy.js';
import { expect, test } from '../../support/fixtures.js';

test('kubectl waits for an environment and shows its status and Events', async ({ dploy, client }) => {
  const { admin, namespace } = installationOf(dploy);
  const kubectl = (...args: string[]) => admin.kubectl(['--namespace', namespace, ...args]);
  const alice = await client('alice');
  const { uuid } = (await alice.get('/run/sized?size=small')).body;
  const name = `sized-${uuid}`;

  await kubectl('wait', '--for', 'condition=Ready', '--timeout', '30s', `dinst/${name}`);
  const [header = '', row = ''] = (await kubectl('get', 'dinst', name, '--output', 'wide')).split('\n');
  expect(header.split(/ {2,}/)).toEqual(
    expect.arrayContaining(['TEMPLATE', 'OWNER', 'PHASE', 'HEALTH', 'EXPIRES', 'REASON', 'MESSAGE', 'NAMESPACE', 'URL', 'AGE']),
  );
  for (const word of ['sized', 'alice', 'Ready', 'Healthy', `alice-sized-${uuid}`]) expect(row).toContain(word);

  const { metadata, status } = await admin.get('--namespace', namespace, 'dinst', name);
  expect(status.observedGeneration).toBe(metadata.generation);
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'True', observedGeneration: metadata.generation }),
  );
  // The conditions say what an Event would.
  expect(await kubectl('describe', 'dinst', name)).toMatch(/Reason: +Running[^]*Events: +<none>/);
  expect(await kubectl('describe', 'dtpl', 'sized')).toMatch(/Normal +Launchable/);

  await kubectl('delete', 'dinst', name, '--wait=false');
  await kubectl('wait', '--for', 'delete', '--timeout', '60s', `dinst/${name}`, `namespace/alice-sized-${uuid}`);
  expect((await alice.list()).count).toBe(0);
});

test('an invalid template shows the reason in its condition and Events', async ({ dploy }) => {
  const { admin, namespace } = installationOf(dploy);
  const template = {
    apiVersion: 'dploy.dev/v1alpha1', kind: 'DployTemplate', metadata: { name: 'broken', namespace },
    spec: { engine: 'manifests', manifests: '{{ .Owner | nope }}' },
  };
  await admin.apply(template);
  await admin.kubectl(['--namespace', namespace, 'wait', '--for', 'condition=Ready=false', '--timeout', '30s', 'dtpl/broken']);
  const described = () => admin.kubectl(['--namespace', namespace, 'describe', 'dtpl', 'broken']);
  await expect.poll(described).toMatch(/Warning +TemplateInvalid .*there is no function "nope"/);
  await admin.kubectl(['--namespace', namespace, 'delete', 'dtpl', 'broken']);
});

test('an edit makes a revision, and dploy diff prints what changed', async ({ dploy }) => {
  const { admin, namespace } = installationOf(dploy);
  const template = (displayName: string, extendSeconds: number) => ({
    apiVersion: 'dploy.dev/v1alpha1', kind: 'DployTemplate', metadata: { name: 'edited', namespace },
    spec: { ...dploy.workload, displayName, ttl: { extendSeconds } },
  });
  const revisions = async () => {
    const { items } = await admin.get('--namespace', namespace, 'controllerrevisions', '--selector', 'dploy.dev/template=edited');
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return items.sort((one: any, other: any) => one.revision - other.revision).map((it: any) => it.metadata.name);
  };
  await admin.apply(template('One', 60));
  await expect.poll(async () => (await revisions()).length).toBe(1);
  await admin.apply(template('Another name', 120));
  await expect.poll(async () => (await revisions()).length).toBe(2);
  const [first, second] = await revisions();
  const current = ['--for', `jsonpath={.status.revision}=${second}`];
  await admin.kubectl(['--namespace', namespace, 'wait', ...current, '--timeout', '30s', 'dtpl/edited']);
  const env = { ...process.env, KUBECONFIG: admin.kubeconfig, DPLOY_NAMESPACE: namespace };
  const { stdout } = await promisify(execFile)(BINARY, ['diff', first, second], { env });
  expect(stdout.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
    `--- ${first}`, `+++ ${second}`, '-extendSeconds: 60', '+extendSeconds: 120',
  ]);
  await admin.kubectl(['--namespace', namespace, 'delete', 'dtpl', 'edited']);
});

test('an environment has its own network policy and resource quota', async ({ dploy, client }) => {
  const { admin, namespace } = installationOf(dploy);
  const spec = { ...dploy.workload, guardRails: { resourceQuota: { pods: 2 }, podSecurity: 'baseline' } };
  await admin.apply({ apiVersion: 'dploy.dev/v1alpha1', kind: 'DployTemplate', metadata: { name: 'railed', namespace }, spec });
  const bob = await client('bob');
  await expect.poll(async () => (await bob.get('/run/railed')).status).toBe(200);
  await expect.poll(async () => (await bob.find('railed'))?.status).toBe('Healthy');
  const home = `bob-railed-${(await bob.find('railed'))?.uuid}`;
  const quota = await admin.get('--namespace', home, 'resourcequota', 'dploy-quota');
  expect(quota.status).toMatchObject({ hard: { pods: '2' }, used: { pods: '1' } });
  const policy = await admin.get('--namespace', home, 'networkpolicy', 'dploy-isolation');
  expect(policy.spec.ingress[0].from).toHaveLength(2);
  // The API server enforces the Pod Security level.
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'rooted', namespace: home },
    spec: { hostNetwork: true, containers: [{ name: 'rooted', image: 'registry.example/rooted' }] },
  };
  await expect(admin.apply(pod)).rejects.toThrow(/violates PodSecurity "baseline/);
});
