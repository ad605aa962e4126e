import type { Site } from './site.js';

/** The fields of a template's spec. */
export type Spec = Record<string, unknown>;

/** Creates a template through the Kubernetes API, as an admin does. */
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
