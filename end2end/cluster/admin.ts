import { spawn } from 'node:child_process';

const KUBECTL = process.env.DPLOY_KUBECTL ?? 'kubectl';
export const HELM = process.env.DPLOY_HELM ?? 'helm';

/** The admin's programs, for one cluster. */
export class Admin {
  constructor(readonly kubeconfig: string) {}

  kubectl(args: string[], input = ''): Promise<string> {
    return run(KUBECTL, ['--kubeconfig', this.kubeconfig, ...args], input);
  }

  helm(args: string[], input = ''): Promise<string> {
    return run(HELM, ['--kubeconfig', this.kubeconfig, ...args], input);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async get(...what: string[]): Promise<any> {
    return JSON.parse(await this.kubectl(['get', '--output', 'json', ...what]));
  }

  apply(...objects: object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.kubectl(['apply', '--server-side', '--filename', '-'], JSON.stringify(list));
  }

  /** The arguments that make the Kubernetes API answer on loopback without credentials. */
  proxy(): { command: string; args: string[]; ready: RegExp } {
    const args = ['--kubeconfig', this.kubeconfig, 'proxy', '--port', '0'];
    return { command: KUBECTL, args, ready: /Starting to serve on (\S+)/ };
  }
}

function run(command: string, args: string[], input: string): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done(output) : fail(new Error(`${command} ${args.join(' ')}: ${errors}`))));
    child.stdin.end(input);
  });
}
