/** What runs inside the lab's pages: it remembers every peer connection, and when media of it was decoded. */

/** One end of the candidate pair that carries the media. */
export interface End {
  /** `host`, `srflx`, `prflx` or `relay`. */
  type: string;
  /** How the browser speaks to its relay, if it uses one. */
  relayProtocol?: string;
  address?: string;
}

export interface Pair {
  state: string;
  local: End;
  remote: End;
}

/** Moments at which further media had been received, in ms since 1970, oldest first. */
export interface Arrivals {
  audio: number[];
  video: number[];
}

export interface ConnectionLog {
  /** The selected candidate pair of every connection that is not closed. */
  pairs(): Promise<Pair[]>;
  arrivals: Arrivals;
}

declare global {
  interface Window {
    connectionLog: ConnectionLog;
  }
}

/** Serialised into the page, so it names nothing outside itself. */
export function logConnections(): void {
  const SAMPLED_EVERY_MS = 50;
  const open = new Set<RTCPeerConnection>();
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      open.add(this);
      void sample(this);
    }
  };

  const arrivals: Arrivals = { audio: [], video: [] };
  const received = (report: RTCStatsReport, kind: 'audio' | 'video'): number => {
    let sum = 0;
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type === 'inbound-rtp' && entry.kind === kind) {
        sum += Number(entry[kind === 'audio' ? 'packetsReceived' : 'framesDecoded'] ?? 0);
      }
    });
    return sum;
  };
  const sample = async (connection: RTCPeerConnection) => {
    const last = { audio: 0, video: 0 };
    while (connection.connectionState !== 'closed') {
      const report = await connection.getStats();
      const now = Date.now();
      for (const kind of ['audio', 'video'] as const) {
        const sum = received(report, kind);
        if (sum > last[kind]) {
          arrivals[kind].push(now);
        }
        last[kind] = sum;
      }
      await new Promise((resolve) => setTimeout(resolve, SAMPLED_EVERY_MS));
    }
    open.delete(connection);
  };

  const end = (entry: Record<string, unknown> | undefined): End => ({
    type: String(entry?.candidateType),
    relayProtocol: entry?.relayProtocol as string | undefined,
    address: entry?.address as string | undefined,
  });
  window.connectionLog = {
    arrivals,
    async pairs() {
      const reports = await Promise.all(
        [...open].map(async (connection) => [connection.connectionState, await connection.getStats()] as const),
      );
      return reports.flatMap(([state, report]) => {
        const entries = new Map<string, Record<string, unknown>>();
        report.forEach((entry: Record<string, unknown>) => entries.set(String(entry.id), entry));
        const transport = [...entries.values()].find(({ type }) => type === 'transport');
        const pair = entries.get(String(transport?.selectedCandidatePairId));
        return pair
          ? [
              {
                state,
                local: end(entries.get(String(pair.localCandidateId))),
                remote: end(entries.get(String(pair.remoteCandidateId))),
              },
            ]
          : [];
      });
    },
  };
}
