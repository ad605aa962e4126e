import type { Person } from './people.js';
import type { Site } from './site.js';

export interface Environment {
  name: string;
  uuid: string;
  status: string;
  url: string;
  expiresAt: string;
  connectionMessage: string;
  owner: string;
  shared: boolean;
}

export interface EnvironmentList {
  environments: Environment[];
  count: number;
  limit: number;
  used: number;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; null when it is not JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** A REST client, with or without a bearer token. */
export class Client {
  constructor(
    private readonly site: Site,
    private readonly bearer?: string,
  ) {}

  static async of(site: Site, person: Person): Promise<Client> {
    return new Client(site, await site.token(person));
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('GET', path, headers);
  }

  post(path: string): Promise<Answer> {
    return this.call('POST', path);
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  async call(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.fetch(path, { method, headers, redirect: 'manual' });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : null };
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.bearer) headers.set('authorization', `Bearer ${this.bearer}`);
    return fetch(new URL(path, this.site.url), { ...init, headers });
  }

  async list(): Promise<EnvironmentList> {
    return (await this.get('/api/environments')).body;
  }

  async find(template: string): Promise<Environment | undefined> {
    return (await this.list()).environments.find(({ name }) => name === template);
  }
}
