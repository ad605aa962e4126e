import type { Site } from './site.js';

/** A template's spec beyond the workload that all of them run. */
export type Spec = Record<string, unknown>;

/** Adds a template as an admin would, through the Kubernetes API. */
export async function addTemplate(site: Site, name: string, spec: Spec = {}): Promise<void> {
  const template = {
    apiVersion: 'dploy.dev/v1alpha1',
    kind: 'DployTemplate',
    metadata: { name },
    spec: {
      displayName: name,
      ...site.workload,
      ...spec,
    },
  };
  const response = await fetch(`${site.kube}/apis/dploy.dev/v1alpha1/namespaces/${site.namespace}/dploytemplates`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(template),
  });
  if (!response.ok) throw new Error(`no template ${name}: ${response.status} ${await response.text()}`);
}
