/**
 * A small internet: a backbone, the server's machine, and homes behind routers.
 *
 * Outside addresses look public, because relays refuse private and documentation addresses; nothing in here is
 * connected to any real network.
 */
import { Namespace } from './namespace.js';
import { blackout, loss, PEACE, routerRules, swallow, type Filter, type Nat } from './router.js';

export type Family = 'IPv4' | 'IPv6';

/** The outside networks. */
const V4 = '62.40';
const V6 = '2a09:5a40';

/** Addresses of the server's machine. */
export const SERVER_V4 = `${V4}.1.1`;
export const SERVER_V6 = `${V6}::101`;

/** A second address of the same machine, for what else wants the port of the page. */
export const SERVER_V4_OTHER = `${V4}.1.2`;

/** What a home is like. */
export interface HomeOptions {
  nat?: Nat;
  filter?: Filter;
  family?: Family;
}

export class Internet {
  readonly server: Namespace;
  private readonly backbone: Namespace;
  private readonly namespaces: Namespace[] = [];
  private homes = 0;

  constructor() {
    this.backbone = this.namespace('backbone');
    this.backbone.run(`
      ip link add backbone type bridge
      ip link set backbone up
      ip address add ${V4}.0.1/16 dev backbone
      ip address add ${V6}::1/64 dev backbone nodad
      echo 1 > /proc/sys/net/ipv6/conf/all/forwarding`);
    this.server = this.namespace('server');
    this.connect(this.server, 'eth0');
    this.server.run(`
      ip address add ${SERVER_V4}/16 dev eth0
      ip address add ${SERVER_V4_OTHER}/16 dev eth0
      ip address add ${SERVER_V6}/64 dev eth0 nodad
      ip route add default via ${V4}.0.1
      ip route add default via ${V6}::1`);
  }

  /** A home with a router; nobody is in it yet. */
  home(options: HomeOptions = {}): Home {
    this.homes += 1;
    const router = this.namespace(`router${this.homes}`);
    this.connect(router, 'wan');
    const home = new Home(this, router, this.homes, options);
    if (home.family === 'IPv6') {
      this.backbone.run(`ip route add ${home.network} via ${home.outside}`);
    }
    return home;
  }

  /** A namespace that ends with this internet. */
  namespace(role: string): Namespace {
    const namespace = Namespace.create(role);
    this.namespaces.push(namespace);
    return namespace;
  }

  dispose(): void {
    for (const namespace of this.namespaces.splice(0)) {
      namespace.dispose();
    }
  }

  private connect(namespace: Namespace, device: string): void {
    const port = `port${this.namespaces.length}`;
    this.backbone.run(`
      ip link add ${port} type veth peer name ${device} netns ${namespace.name}
      ip link set ${port} master backbone up`);
    namespace.run(`ip link set ${device} up`);
  }
}

export class Home {
  readonly family: Family;
  /** The address the world sees. */
  outside: string;
  private guests = 0;

  constructor(
    private readonly internet: Internet,
    private readonly router: Namespace,
    private readonly number: number,
    { family = 'IPv4', nat = family === 'IPv4' ? 'home' : 'none', filter = 'everything' }: HomeOptions,
  ) {
    this.family = family;
    this.outside = this.isV4 ? `${V4}.2.${number}` : `${V6}::20${number}`;
    const addresses = this.isV4
      ? `ip address add ${this.outside}/16 dev wan
         ip address add ${this.inside(1)}/24 dev lan
         ip route add default via ${V4}.0.1
         echo 1 > /proc/sys/net/ipv4/ip_forward
         echo 1 > /proc/sys/net/ipv4/conf/wan/promote_secondaries`
      : `echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
         ip address add ${this.outside}/64 dev wan nodad
         ip address add ${this.inside(1)}/64 dev lan nodad
         ip route add default via ${V6}::1`;
    router.run(`
      ip link add lan type bridge
      ip link set lan up
      ${addresses}`);
    router.nft(routerRules(nat, filter));
  }

  /** The network inside. */
  get network(): string {
    return this.isV4 ? `192.168.${this.number}.0/24` : `${V6}:0:${this.number}::/64`;
  }

  /** Where people in this home reach the server. */
  get server(): string {
    return this.isV4 ? SERVER_V4 : `[${SERVER_V6}]`;
  }

  /** A machine in this home. */
  machine(role: string): Namespace {
    const machine = this.internet.namespace(role);
    if (this.isV4) {
      machine.run('echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
    }
    this.admit(machine);
    return machine;
  }

  /** Connects a machine to this home's network; what it was connected to before is gone. */
  admit(machine: Namespace): void {
    this.guests += 1;
    const port = `port${this.guests}`;
    const device = `eth${this.number}`;
    const address = this.inside(this.guests + 1);
    this.router.run(`
      ip link add ${port} type veth peer name ${device} netns ${machine.name}
      ip link set ${port} master lan up`);
    machine.run(`
      for old in $(ls /sys/class/net | grep '^eth' | grep -v '^${device}$'); do ip link delete $old; done
      ip link set ${device} up
      ip address add ${address}${this.isV4 ? '/24' : '/64'} dev ${device} ${this.isV4 ? '' : 'nodad'}
      ip route add default via ${this.inside(1)}`);
  }

  /** Nothing passes the router any more, and nobody is told. */
  blackOut(): void {
    this.router.nft(blackout());
  }

  /** From now on so many percent of the packets are lost, in each direction. */
  lose(percent: number): void {
    this.router.nft(loss(percent));
  }

  /** Nothing of the TCP connections that a machine has to a port of the server passes any more; new ones do. */
  swallowConnections(machine: Namespace, port: number): number {
    const lines = machine.run(`ss -Htn state established dport = :${port}`).trim().split('\n');
    const ports = lines.map((line) => Number(/:(\d+)\s+\S+:\d+\s*$/.exec(line)?.[1])).filter(Boolean);
    this.router.nft(swallow(ports));
    return ports.length;
  }

  /** Ends a blackout, loss, or swallowing. */
  heal(): void {
    this.router.nft(PEACE);
  }

  /** From now on no more than so many kbit/s pass, in each direction. */
  throttle(kilobits: number): void {
    for (const device of ['wan', 'lan']) {
      this.router.run(`tc qdisc replace dev ${device} root tbf rate ${kilobits}kbit burst 8kb latency 300ms`);
    }
  }

  /** The router gets another outside address and forgets whom it translated, as at night with many providers. */
  rebind(): void {
    const old = this.outside;
    this.outside = `${V4}.3.${this.number}`;
    this.router.run(`
      ip address add ${this.outside}/16 dev wan
      ip address delete ${old}/16 dev wan
      ip route replace default via ${V4}.0.1`);
  }

  private get isV4(): boolean {
    return this.family === 'IPv4';
  }

  private inside(host: number): string {
    return this.isV4 ? `192.168.${this.number}.${host}` : `${V6}:0:${this.number}::${host}`;
  }
}
