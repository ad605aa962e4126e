import { execFile, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { HELM } from './admin.js';

const run = promisify(execFile);

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'values.yaml': 'replicaCount: 1\n',
  'templates/web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: {{ .Values.replicaCount }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: registry.example/web }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: values }
data:
  values: {{ toJson .Values | quote }}
`,
};

/** One chart on loopback: in a Helm repository below `/helm`, and in the Git repository `/charts.git`. */
export class ChartServer {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly directory: string,
  ) {}

  static async start(): Promise<ChartServer> {
    const directory = await mkdtemp(join(tmpdir(), 'dploy-charts-'));
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/charts.git/')) git(directory, request, response);
      else file(join(directory, 'helm', basename(request.url ?? '')), response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await fill(directory, url);
    return new ChartServer(url, server, directory);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function fill(directory: string, url: string): Promise<void> {
  const repository = join(directory, 'repository');
  const chart = join(repository, 'charts/web');
  await mkdir(join(chart, 'templates'), { recursive: true });
  for (const [name, text] of Object.entries(CHART)) await writeFile(join(chart, name), text);
  await run(HELM, ['package', chart, '--destination', join(directory, 'helm')]);
  await run(HELM, ['repo', 'index', join(directory, 'helm'), '--url', `${url}/helm`]);
  const author = ['-c', 'user.name=tests', '-c', 'user.email=tests@example.org'];
  await run('git', ['init', '--quiet', '--initial-branch', 'main', repository]);
  await run('git', ['-C', repository, 'add', '.']);
  await run('git', ['-C', repository, ...author, 'commit', '--quiet', '--message', 'A chart']);
  await run('git', ['clone', '--quiet', '--bare', repository, join(directory, 'charts.git')]);
}

function file(path: string, response: ServerResponse): void {
  createReadStream(path).on('error', () => response.writeHead(404).end()).pipe(response);
}

/** Git's own server of its HTTP protocol, a CGI program (RFC 3875). */
function git(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.once('close', () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf('\r\n\r\n');
    let status = 200;
    for (const line of output.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ', 2);
      if (name === 'Status') status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status).end(output.subarray(end + 4));
  });
}
