import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child } from '../support/child.js';
import { BINARY, freePort } from '../support/dploy.js';
import type { Person } from '../support/people.js';
import type { Site } from '../support/site.js';
import { Admin } from './admin.js';
import { Balancer, type Backend } from './balancer.js';
import { IdentityProvider } from './provider.js';
import { signIn } from './sign-in.js';
import { sampleTemplates, STUCK_WORKLOAD, WORKLOAD } from './workloads.js';

const CHART = resolve(import.meta.dirname, '../../charts/dploy');
const RELEASE = 'dploy';
/** Names below it mean loopback (RFC 6761), whatever the machine's resolver knows of that. */
const LOOPBACK = '.localhost';
const CLIENT = { id: 'dploy', secret: 'a client secret of the tests' };

type Role = 'serve' | 'operate';
type Variables = Record<string, string>;

/** A process that does the work of a pod, with the pod's variables and the rights of its service account. */
interface Replica {
  name: string;
  child: Child;
}

/**
 * Dploy as an operations team installs it: the chart on a real API server, two replicas of each role as processes of their own
 * with nothing but the rights of the chart's service accounts, somebody else's identity provider, and a proxy without sticky
 * sessions in front of the Service's endpoints.
 */
export class Installation implements Site {
  readonly workload = WORKLOAD;
  readonly stuckWorkload = STUCK_WORKLOAD;
  private readonly running: { stop(): Promise<void> }[] = [];
  private readonly replicas: Record<Role, Replica[]> = { serve: [], operate: [] };
  private readonly tokens = new Map<Person, Promise<string>>();
  private variables: Record<Role, Variables> = { serve: {}, operate: {} };
  private started = 0;
  kube = '';

  private constructor(
    readonly url: string,
    readonly admin: Admin,
    readonly namespace: string,
    private readonly directory: string,
  ) {}

  static async start(kubeconfig: string): Promise<Installation> {
    const [port, issuerPort] = [await freePort(), await freePort()];
    const url = `http://localhost:${port}`;
    const namespace = `dploy-e2e-${randomBytes(3).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), 'dploy-e2e-'));
    const installation = new Installation(url, new Admin(kubeconfig), namespace, directory);
    try {
      await installation.install(port, issuerPort);
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  private async install(port: number, issuerPort: number): Promise<void> {
    const redirectUri = `${this.url}/auth/callback`;
    const provider = await IdentityProvider.start(issuerPort, { ...CLIENT, redirectUri });
    this.running.push(provider);
    const { child, told } = await Child.start({ ...this.admin.proxy(), env: process.env });
    this.running.push(child);
    this.kube = `http://${told}`;

    // Helm leaves definitions alone that an earlier installation brought.
    await this.admin.kubectl(['apply', '--server-side', '--force-conflicts', '--filename', join(CHART, 'crds')]);
    // A run that was cut off left it, as a part of another release.
    await this.admin.kubectl(['delete', 'operatorconfig', 'default', '--ignore-not-found']);
    await this.helmInstall(provider.issuer, redirectUri);
    await this.admin.apply(...(await sampleTemplates(this.admin, this.namespace)));
    this.variables = { serve: await this.podVariables('serve'), operate: await this.podVariables('operate') };
    for (const role of ['serve', 'operate'] as const) {
      await this.writeKubeconfig(role);
      for (const _ of [1, 2]) await this.addReplica(role);
    }
    this.running.push(await Balancer.start(port, () => this.endpoints()));
    await this.ready();
  }

  private async helmInstall(issuer: string, redirectUrl: string): Promise<void> {
    const values = {
      identity: { jwtIssuer: issuer, oidc: { issuer, redirectUrl, clientSecret: CLIENT.secret } },
      engines: { flux: { enabled: true }, manifests: { enabled: true } },
      operatorConfig: {
        create: true,
        spec: { defaultEngine: 'manifests', baseDomain: 'localhost', connectionURLTemplate: 'http://{{ .Host }}' },
      },
    };
    const options = ['--namespace', this.namespace, '--create-namespace', '--values', '-'];
    await this.admin.helm(['install', RELEASE, CHART, ...options], JSON.stringify(values));
    this.running.push({ stop: () => this.uninstall() });
    // No container runs on the nodes of this cluster: processes do the work of the pods.
    for (const role of ['serve', 'operate']) {
      await this.admin.kubectl(['--namespace', this.namespace, 'scale', `deployment/${RELEASE}-${role}`, '--replicas', '0']);
    }
  }

  private async uninstall(): Promise<void> {
    await this.admin.helm(['uninstall', RELEASE, '--namespace', this.namespace]);
    await this.admin.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  /** The variables that the chart gives the role's pods. */
  private async podVariables(role: Role): Promise<Variables> {
    const scope = ['--namespace', this.namespace];
    const deployment = await this.admin.get(...scope, 'deployment', `${RELEASE}-${role}`);
    const [container] = deployment.spec.template.spec.containers;
    const variables: Variables = {};
    for (const { configMapRef } of container.envFrom) {
      Object.assign(variables, (await this.admin.get(...scope, 'configmap', configMapRef.name)).data);
    }
    for (const { name, value, valueFrom } of container.env) {
      if (value !== undefined) variables[name] = value;
      const secret = valueFrom?.secretKeyRef;
      if (secret) {
        const { data } = await this.admin.get(...scope, 'secret', secret.name);
        variables[name] = Buffer.from(data[secret.key], 'base64').toString();
      }
    }
    return variables;
  }

  /** A kubeconfig with a token of the role's service account, and no other right. */
  private async writeKubeconfig(role: Role): Promise<void> {
    const { clusters } = JSON.parse(await this.admin.kubectl(['config', 'view', '--raw', '--minify', '--output', 'json']));
    const account = `${RELEASE}-${role}`;
    const token = await this.admin.kubectl(['--namespace', this.namespace, 'create', 'token', account, '--duration', '2h']);
    const context = { cluster: clusters[0].name, user: account, namespace: this.namespace };
    const kubeconfig = {
      apiVersion: 'v1', kind: 'Config', clusters, 'current-context': role,
      contexts: [{ name: role, context }],
      users: [{ name: account, user: { token: token.trim() } }],
    };
    await writeFile(this.kubeconfig(role), JSON.stringify(kubeconfig), { mode: 0o600 });
  }

  private kubeconfig(role: Role): string {
    return join(this.directory, `${role}.kubeconfig`);
  }

  private async start(role: Role, settings: Variables = {}): Promise<Replica & { port: number }> {
    const name = `${RELEASE}-${role}-${this.started++}`;
    const { child, told } = await Child.start({
      command: BINARY,
      args: [role],
      // Free ports, because the replicas share one machine.
      env: {
        PATH: process.env.PATH, ...this.variables[role], HOSTNAME: name, KUBECONFIG: this.kubeconfig(role),
        SERVER_PORT: '0', HEALTH_PORT: '0', METRICS_PORT: '0', ...settings,
      },
      ready: role === 'serve' ? /"message":"serving".*"address":"[^"]*:(\d+)"/ : /"message":"answering probes"/,
    });
    return { name, child, port: Number(told) };
  }

  async addReplica(role: Role): Promise<void> {
    const { port, ...replica } = await this.start(role);
    this.replicas[role].push(replica);
    if (role === 'serve') await this.admin.apply(this.endpointSlice(replica.name, port));
  }

  /** An endpoint of the Service, as the kubelet's word makes one; by a name, since the API server refuses loopback addresses. */
  private endpointSlice(name: string, port: number): object {
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace: this.namespace, labels: { 'kubernetes.io/service-name': RELEASE } },
      addressType: 'FQDN',
      endpoints: [{ addresses: [`${name}${LOOPBACK}`], conditions: { ready: true } }],
      ports: [{ name: 'http', port, protocol: 'TCP' }],
    };
  }

  /** What the Service leads to. */
  private async endpoints(): Promise<Backend[]> {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${this.namespace}/endpointslices`;
    const query = `labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${RELEASE}`)}`;
    const { items } = await (await fetch(`${this.kube}${path}?${query}`)).json();
    const backends: Backend[] = [];
    for (const { endpoints, ports } of items) {
      const http = ports?.find(({ name }: { name: string }) => name === 'http');
      for (const { addresses: [name] } of endpoints ?? []) {
        if (name.endsWith(LOOPBACK)) backends.push({ host: '127.0.0.1', port: http.port });
      }
    }
    return backends;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { ok } = await fetch(`${this.url}/ready`);
      if (ok && (await this.leader())) return;
      if (Date.now() > deadline) throw new Error(`it is never ready:\n${this.output()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** The operator that leads. */
  async leader(): Promise<string | undefined> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${this.namespace}/leases/dploy-operator`;
    const lease = await (await fetch(this.kube + path)).json();
    return lease.spec?.holderIdentity || undefined;
  }

  /** Kills the operator that leads, without a word. */
  async killLeader(): Promise<void> {
    const leader = await this.leader();
    await this.kill('operate', ({ name }) => name === leader);
  }

  /** Kills a replica of `serve`, without a word; its endpoint stays until somebody notices. */
  async killServer(): Promise<void> {
    await this.kill('serve', () => true);
  }

  private async kill(role: Role, which: (replica: Replica) => boolean): Promise<void> {
    const index = this.replicas[role].findIndex(which);
    const [replica] = this.replicas[role].splice(index, 1);
    await replica?.child.kill();
  }

  /** What the replicas printed last. */
  output(): string {
    const replicas = Object.values(this.replicas).flat();
    return replicas.map(({ name, child }) => `--- ${name}\n${child.output()}`).join('\n');
  }

  /** What the API server refused them. */
  forbidden(): string[] {
    return this.output().split('\n').filter((line) => /forbidden/i.test(line));
  }

  forgetOutput(): void {
    for (const { child } of Object.values(this.replicas).flat()) child.forgetOutput();
  }

  /** Runs kubectl in Dploy's namespace as the role's service account. */
  as(role: Role, args: string[], input = ''): Promise<string> {
    const account = `system:serviceaccount:${this.namespace}:${RELEASE}-${role}`;
    return this.admin.kubectl(['--as', account, '--namespace', this.namespace, ...args], input);
  }

  /** Whether the role's service account may do that in Dploy's namespace, by the API server's own word. */
  async may(role: Role, verb: string, resource: string): Promise<boolean> {
    const account = `system:serviceaccount:${this.namespace}:${RELEASE}-${role}`;
    const [name = '', subresource] = resource.split('/');
    const question = ['auth', 'can-i', verb, name, '--as', account, '--namespace', this.namespace];
    if (subresource) question.push('--subresource', subresource);
    // kubectl fails when the answer is no.
    return this.admin.kubectl(question).then(() => true, () => false);
  }

  /** The rules of all roles that the chart made. */
  async rules(): Promise<{ apiGroups: string[]; resources: string[]; verbs: string[] }[]> {
    const selector = ['--selector', `app.kubernetes.io/instance=${RELEASE}`, '--namespace', this.namespace];
    const { items } = await this.admin.get('roles,clusterroles', ...selector);
    return items.flatMap(({ rules }: { rules: object[] }) => rules);
  }

  /** Takes a verb from what the role may do with a resource; gives it back when that is called. */
  async withdrawRight(role: Role, resource: string, verb: string): Promise<() => Promise<void>> {
    const scope = ['--namespace', this.namespace];
    const { rules } = await this.admin.get(...scope, 'role', `${RELEASE}-${role}`);
    const patch = (changed: object[]) =>
      this.admin.kubectl([...scope, 'patch', 'role', `${RELEASE}-${role}`, '--type', 'merge', '--patch', JSON.stringify({ rules: changed })]);
    await patch(
      rules.map((rule: { resources: string[]; verbs: string[] }) =>
        rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((each) => each !== verb) } : rule,
      ),
    );
    return async () => void (await patch(rules));
  }

  token(person: Person): Promise<string> {
    const known = this.tokens.get(person) ?? signIn(this.url, person);
    this.tokens.set(person, known);
    return known;
  }

  async variant(settings: Variables): Promise<Site> {
    const { child, port } = await this.start('serve', settings);
    return {
      url: `http://localhost:${port}`,
      kube: this.kube,
      namespace: this.namespace,
      workload: this.workload,
      stuckWorkload: this.stuckWorkload,
      token: (person) => this.token(person),
      variant: (more) => this.variant({ ...settings, ...more }),
      stop: () => child.stop(),
    };
  }

  async stop(): Promise<void> {
    // While somebody can still take their workloads away.
    const everything = ['delete', 'dploytemplates,dployinstances', '--all', '--timeout', '60s'];
    if (this.replicas.operate.length > 0) await this.admin.kubectl(['--namespace', this.namespace, ...everything]);
    for (const { child } of Object.values(this.replicas).flat()) await child.stop();
    for (const part of this.running.reverse()) await part.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The installation of a test that needs one. */
export function installationOf(site: Site): Installation {
  if (site instanceof Installation) return site;
  throw new Error('this test needs an installation in a cluster');
}
