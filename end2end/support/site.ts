import type { Person } from './people.js';
import type { Spec } from './templates.js';

/** A Dploy under test: `dploy dev` or an installation in a cluster. */
export interface Site {
  /** The base URL. */
  readonly url: string;
  /** The base URL of the Kubernetes API. */
  readonly kube: string;
  /** The namespace of its templates. */
  readonly namespace: string;
  /** The part of a template's spec that runs a workload. */
  readonly workload: Spec;
  /** The part of a template's spec that runs a workload that never becomes ready. */
  readonly stuckWorkload: Spec;
  /** An ID token of a person. */
  token(person: Person): Promise<string>;
  /** Starts another Dploy with other environment variables. The test must stop it. */
  variant(settings: Record<string, string>): Promise<Site>;
  stop(): Promise<void>;
}
