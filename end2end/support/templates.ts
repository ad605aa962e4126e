import type { Dploy } from './dploy.js';

const TEMPLATES = '/apis/dploy.dev/v1alpha1/namespaces/dploy-system/dploytemplates';

/** A template's spec beyond the program that all of them run. */
export type Spec = Record<string, unknown>;

/** Adds a template as an admin would, through the Kubernetes API. */
export async function addTemplate(dploy: Dploy, name: string, spec: Spec = {}): Promise<void> {
  const template = {
    apiVersion: 'dploy.dev/v1alpha1',
    kind: 'DployTemplate',
    metadata: { name, namespace: 'dploy-system' },
    spec: {
      displayName: name,
      engine: 'process',
      process: { command: 'dploy', args: ['sample', 'sized', '--size=small', '--greeting=Hello'], healthPath: '/health' },
      ...spec,
    },
  };
  const response = await fetch(dploy.kube + TEMPLATES, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(template),
  });
  if (!response.ok) throw new Error(`no template ${name}: ${response.status} ${await response.text()}`);
}
