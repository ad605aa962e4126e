import type { Person } from './people.js';
import type { Spec } from './templates.js';

/** A Dploy under test, however it was installed. */
export interface Site {
  /** Where people and programs find it. */
  readonly url: string;
  /** The Kubernetes API as an admin, who needs no credentials there. */
  readonly kube: string;
  /** Where its templates are. */
  readonly namespace: string;
  /** What a template needs to run a workload here. */
  readonly workload: Spec;
  /** What a template needs for a workload that never becomes ready. */
  readonly stuckWorkload: Spec;
  /** An ID token, as programs bear it. */
  token(person: Person): Promise<string>;
  /** The same Dploy with other environment variables; whoever asked for it stops it. */
  variant(settings: Record<string, string>): Promise<Site>;
  stop(): Promise<void>;
}
