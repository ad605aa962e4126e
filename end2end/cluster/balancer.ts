import { Agent, type ClientRequest, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** Where a replica listens. */
export interface Backend {
  host: string;
  port: number;
}

/**
 * A reverse proxy that gives each request to the next replica: nothing sticks. What a replica did not answer goes to the next
 * one if that is safe: it was not reached, or it was only asked for something.
 */
export class Balancer {
  private turn = 0;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    private readonly backends: () => Promise<Backend[]>,
  ) {
    server.on('request', (incoming, outgoing) => {
      // Whoever asked went away before they had asked.
      this.pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /** `backends` is asked for each request, as a proxy follows the endpoints of a Service. */
  static async start(port: number, backends: () => Promise<Backend[]>): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, backends);
    await new Promise<void>((done) => server.listen(port, 'localhost', done));
    return balancer;
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const backends = await this.backends();
    const first = this.turn++;
    // There are only small bodies: forms and server functions.
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    for (let attempt = 0; attempt < backends.length; attempt++) {
      const backend = backends[(first + attempt) % backends.length];
      if (!backend) break;
      const outcome = await this.attempt(backend, incoming, Buffer.concat(chunks), outgoing);
      if (outcome === 'answered') return;
      if (outcome === 'lost' && incoming.method !== 'GET') break;
    }
    if (!outgoing.headersSent) outgoing.writeHead(502).end();
  }

  /** `unreached`: it never got the request; `lost`: nobody knows what it did. */
  private attempt(
    { host, port }: Backend,
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<'answered' | 'unreached' | 'lost'> {
    return new Promise((done) => {
      const { method, url: path, headers } = incoming;
      const onward: ClientRequest = request({ host, port, method, path, headers, agent: this.agent }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
        done('answered');
      });
      onward.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that was closed meanwhile never carried the request.
        const unreached = error.code === 'ECONNREFUSED' || (error.code === 'ECONNRESET' && onward.reusedSocket);
        done(unreached ? 'unreached' : 'lost');
      });
      outgoing.on('close', () => onward.destroy());
      onward.end(body);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise((done) => this.server.close(done));
  }
}
