import { messageOf, UserError } from '#workshop/errors';

/**
 * Asks trace-endpoint where spans are received, and tells it where they will be. Rejects with a UserError if it refuses or
 * doesn't respond.
 */
export class Receivers {
  readonly #url: string;

  /** Throws a UserError if there is no URL of trace-endpoint. */
  constructor(url: string | undefined) {
    if (!url)
      throw new UserError('trace-endpoint is not in this folder: to add it, run npm run step 24/start.');
    this.#url = `${url}/receivers`;
  }

  /** The address for OTLP over gRPC, `host:port`. */
  async where(): Promise<string> {
    const address = await this.#ask({});
    if (address) return address;
    throw new UserError(
      'The endpoint was withdrawn: publish it again with PUT /receivers, or restart trace-endpoint.',
    );
  }

  async moveTo(address: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.#ask({ method: 'PUT', headers, body: JSON.stringify({ otlp_grpc: address }) });
  }

  async withdraw(): Promise<void> {
    await this.#ask({ method: 'DELETE' });
  }

  async #ask(request: RequestInit): Promise<string | null> {
    const response = await fetch(this.#url, request).catch((error) => {
      throw new UserError(`trace-endpoint does not respond (${messageOf(error)}).`);
    });
    const { message, otlp_grpc } = (await response.json()) as { message?: string; otlp_grpc: string | null };
    if (response.ok) return otlp_grpc;
    throw new UserError(`trace-endpoint responded with ${response.status}: ${message}`);
  }
}
