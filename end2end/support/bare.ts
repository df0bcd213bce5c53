/** A server with one bare page, for what is tested without the application. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

export class BarePage {
  private constructor(private readonly server: Server) {}

  /** Serves this document at every address. */
  static async serve(document: string): Promise<BarePage> {
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(document));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BarePage(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  close(): void {
    this.server.close();
  }
}
