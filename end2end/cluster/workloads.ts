import { resolve } from 'node:path';
import type { Admin } from './admin.js';

const SAMPLES = resolve(import.meta.dirname, '../../crates/dev/src/samples/templates');

/** A pod that runs on nodes whose containers are made up. */
export const WORKLOAD = {
  engine: 'manifests',
  manifests: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: registry.example/web }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
};

/** A pod for which there is no node. */
export const STUCK_WORKLOAD = {
  engine: 'manifests',
  manifests: `
apiVersion: v1
kind: Pod
metadata: { name: stuck }
spec:
  nodeSelector: { example.org/nowhere: 'true' }
  containers: [{ name: stuck, image: registry.example/stuck }]
`,
};

/** The samples of `dploy dev`, with pods instead of processes. */
export async function sampleTemplates(admin: Admin, namespace: string): Promise<object[]> {
  const read = ['apply', '--dry-run=client', '--validate=false', '--output', 'json', '--filename', SAMPLES];
  const samples = JSON.parse(await admin.kubectl(read)).items;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return samples.map(({ apiVersion, kind, metadata, spec }: any) => {
    const { process: _, ...rest } = spec;
    const message = rest.connectionMessageTemplate && { connectionMessageTemplate: 'nc {{ .Host }} 7' };
    return { apiVersion, kind, metadata: { name: metadata.name, namespace }, spec: { ...rest, ...WORKLOAD, ...message } };
  });
}
