import type { Clock } from './clock.ts';
import { ControlError, type Log, silentLog } from './context.ts';
import { messageCoupon, messageLinks } from './inbox.ts';
import { randomName } from './names.ts';
import { createRandom, opaqueId, type Random, randomSeed } from './random.ts';
import { createShopping, type Product, type SegmentMessage } from './shopping.ts';
import type { WechatSimulator } from './simulator.ts';
import type { Corp, Customer, InboxMessage, Relation } from './state.ts';

export type { Product, SegmentMessage };

export interface CrowdRates {
  addsPerMinute: number;
  viewsPerMinute: number;
  /** orders that no message caused */
  ordersPerMinute: number;
  leavesPerMinute: number;
  /** how long a message lies unread, on average */
  readSeconds: number;
  clickChance: number;
  orderAfterClickChance: number;
  orderDelaySeconds: number;
  /** how long a member takes to press "send", on average */
  confirmSeconds: number;
  /** share of those who add a member that the shop already knows as its customers */
  existingShare: number;
  /** share of those who add a member that had removed one before */
  returnShare: number;
  maxFriends: number;
}

export const defaultRates: CrowdRates = {
  addsPerMinute: 6,
  viewsPerMinute: 15,
  ordersPerMinute: 3,
  leavesPerMinute: 0.4,
  readSeconds: 12,
  clickChance: 0.4,
  orderAfterClickChance: 0.35,
  orderDelaySeconds: 8,
  confirmSeconds: 5,
  existingShare: 0.75,
  returnShare: 0.08,
  maxFriends: 3000,
};

export interface CrowdOptions {
  simulator: WechatSimulator;
  corpid: string;
  /** delivers events to the product's public door; a rejected promise means "again at the next tick" */
  post(messages: SegmentMessage[]): Promise<unknown>;
  products: Product[];
  existingPeople: { userId: string; name: string }[];
  rates?: Partial<CrowdRates>;
  seed?: string;
  currency?: string;
  /** who confirms mass messages: the crowd, or somebody by hand */
  playStaff?: boolean;
  clock?: Clock;
  tickMs?: number;
  every?(ms: number, task: () => void): () => void;
  log?: Log;
}

export interface CrowdStats {
  added: number;
  left: number;
  confirmed: number;
  read: number;
  clicked: number;
  viewed: number;
  orders: number;
  posted: number;
  postFailures: number;
}

export interface Crowd {
  start(): void;
  stop(): Promise<void>;
  /** one step: everything that happens between the last tick and now */
  tick(): Promise<void>;
  stats(): CrowdStats;
}

const MOST_CATCH_UP_MS = 60_000;
const KEPT_UNPOSTED = 2000;
const POST_AT_ONCE = 100;
const LATEST_MESSAGES_READ = 3;

function everyInterval(ms: number, task: () => void): () => void {
  const timer = setInterval(task, ms);
  timer.unref();
  return () => clearInterval(timer);
}

export function createCrowd(options: CrowdOptions): Crowd {
  const { simulator, corpid, post, existingPeople } = options;
  const { control } = simulator;
  const clock = options.clock ?? simulator.clock;
  const log = options.log ?? silentLog;
  const rates: CrowdRates = { ...defaultRates, ...options.rates };
  const tickMs = options.tickMs ?? 1000;
  const seed = options.seed ?? randomSeed();
  const random: Random = createRandom(seed);
  const corp: Corp = mustExist(control.corp(corpid));
  const run = opaqueId(seed, clock.ms(), '', 8);
  const shopping = createShopping({
    corp,
    random,
    products: options.products,
    currency: options.currency ?? 'CNY',
    run,
    now: () => clock.now(),
  });
  const stats: CrowdStats = { added: 0, left: 0, confirmed: 0, read: 0, clicked: 0, viewed: 0, orders: 0, posted: 0, postFailures: 0 };
  const known = new Set([...corp.customers.values()].map((c) => c.shopUserId));
  const newcomers = existingPeople.filter((p) => !known.has(p.userId));
  let unposted: SegmentMessage[] = [];
  let plans: { at: number; task: () => void }[] = [];
  let last = clock.ms() - tickMs;
  let stopTimer: (() => void) | undefined;
  let running: Promise<void> | undefined;

  const later = (meanSeconds: number, task: () => void) => plans.push({ at: clock.ms() + random.exponential(meanSeconds) * 1000, task });
  const happens = (meanSeconds: number, elapsedMs: number) => random.chance(1 - Math.exp(-elapsedMs / 1000 / meanSeconds));

  /** Some people are keen and some are not, and stay so: 0.2 to 1.8, the same at every run for the same person. */
  const keenness = (customer: Customer) => 0.2 + 1.6 * createRandom(customer.external_userid).next();

  function relations(match: (relation: Relation) => boolean): Relation[] {
    return [...corp.relations.values()].flatMap((followers) => [...followers.values()].filter(match));
  }

  function view(customer: Customer): void {
    const message = shopping.view(customer);
    if (!message) return;
    unposted.push(message);
    stats.viewed += 1;
  }

  function buy(customer: Customer, message?: InboxMessage): void {
    view(customer);
    const messages = shopping.order(customer, message && messageCoupon(message));
    if (messages.length === 0) return;
    unposted.push(...messages);
    stats.orders += 1;
  }

  function newcomer(friendless: Relation[]): Customer | undefined {
    if (friendless.length > 0 && random.chance(rates.returnShare)) {
      return corp.customers.get(random.pick(friendless)?.external_userid ?? '');
    }
    const gender = random.chance(0.6) ? 2 : 1;
    if (newcomers.length > 0 && random.chance(rates.existingShare)) {
      const [person] = newcomers.splice(random.int(newcomers.length), 1);
      if (person) return control.addCustomer(corpid, { name: person.name, gender, shopUserId: person.userId });
    }
    return control.addCustomer(corpid, { name: randomName(random), gender });
  }

  /** By one of the product's channel codes when there are any, else straight from a member's own card. */
  function addSomebody(friendless: Relation[]): void {
    const customer = newcomer(friendless);
    if (!customer) return;
    const common = { corpid, external_userid: customer.external_userid };
    const way = random.pick([...corp.contactWays.values()].filter((w) => !w.is_temp && w.user.length > 0));
    const staff = random.pick([...corp.staff.values()].filter((s) => s.customerContact && s.active));
    if (way && random.chance(0.9)) control.scan({ ...common, config_id: way.config_id });
    else if (staff) control.addFriend({ ...common, userid: staff.userid, add_way: 1 });
    else return;
    stats.added += 1;
    if (customer.shopUserId) later(4, () => unposted.push(shopping.identify(customer)));
    later(10, () => view(customer));
  }

  function confirmMass(elapsedMs: number): void {
    for (const { msgid, userid } of control.pendingMass(corpid)) {
      if (!happens(rates.confirmSeconds, elapsedMs)) continue;
      unlessChanged(() => {
        control.confirmMass({ corpid, msgid, userid });
        stats.confirmed += 1;
      });
    }
  }

  async function readMessage(customer: Customer, message: InboxMessage): Promise<void> {
    control.read(corpid, customer.external_userid, message.id);
    stats.read += 1;
    if (messageLinks(message).length === 0 || !random.chance(rates.clickChance * keenness(customer))) return;
    const opened = await control.click({ corpid, external_userid: customer.external_userid, message: message.id });
    if (opened.status === 0) return;
    stats.clicked += 1;
    later(3, () => view(customer));
    if (random.chance(rates.orderAfterClickChance * keenness(customer))) later(rates.orderDelaySeconds, () => buy(customer, message));
  }

  async function readInboxes(elapsedMs: number): Promise<void> {
    const reading: Promise<void>[] = [];
    for (const customer of corp.customers.values()) {
      for (const message of customer.inbox.slice(-LATEST_MESSAGES_READ)) {
        if (message.readAt === undefined && happens(rates.readSeconds, elapsedMs)) reading.push(readMessage(customer, message));
      }
    }
    await Promise.all(reading);
  }

  function runPlans(): void {
    const now = clock.ms();
    const due = plans.filter((plan) => plan.at <= now);
    plans = plans.filter((plan) => plan.at > now);
    for (const plan of due) unlessChanged(plan.task);
  }

  async function flush(): Promise<void> {
    while (unposted.length > 0) {
      const batch = unposted.slice(0, POST_AT_ONCE);
      try {
        await post(batch);
      } catch {
        // Kept for the next tick under the same message ids, so that a repeat counts once.
        stats.postFailures += 1;
        unposted = unposted.slice(-KEPT_UNPOSTED);
        return;
      }
      unposted = unposted.slice(batch.length);
      stats.posted += batch.length;
    }
  }

  async function step(): Promise<void> {
    const now = clock.ms();
    const elapsedMs = Math.min(Math.max(now - last, 0), MOST_CATCH_UP_MS);
    last = now;
    const times = (perMinute: number) => random.poisson((perMinute * elapsedMs) / 60_000);
    const friends = relations((r) => r.endedAt === undefined);
    const friendIds = new Set(friends.map((r) => r.external_userid));
    const friendless = relations((r) => r.endedAt !== undefined && !friendIds.has(r.external_userid));
    const somebody = () => corp.customers.get(random.pick(friends)?.external_userid ?? '');
    const repeat = (perMinute: number, deed: () => void) => {
      for (let n = times(perMinute); n > 0; n--) unlessChanged(deed);
    };
    if (friendIds.size < rates.maxFriends) repeat(rates.addsPerMinute, () => addSomebody(friendless));
    repeat(rates.viewsPerMinute, () => maybe(somebody(), view));
    repeat(rates.ordersPerMinute, () => maybe(somebody(), (customer) => buy(customer)));
    repeat(rates.leavesPerMinute, () => {
      const [relation] = friends.splice(random.int(friends.length), 1);
      if (!relation) return;
      control.deleteByCustomer(corpid, relation.userid, relation.external_userid);
      stats.left += 1;
    });
    if (options.playStaff ?? true) confirmMass(elapsedMs);
    await readInboxes(elapsedMs);
    runPlans();
    await flush();
  }

  const tick = (): Promise<void> => {
    running ??= step().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    start() {
      stopTimer ??= (options.every ?? everyInterval)(tickMs, () => {
        tick().catch((error: unknown) => log.warn({ error: String(error) }, 'the crowd stumbled'));
      });
    },
    async stop() {
      stopTimer?.();
      stopTimer = undefined;
      await running;
    },
    tick,
    stats: () => ({ ...stats }),
  };
}

/** Somebody playing by hand, or the product's API, may have changed the world under a plan: then it just does not happen. */
function unlessChanged(deed: () => void): void {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
  }
}

function maybe<T>(value: T | undefined, then: (value: T) => void): void {
  if (value !== undefined) then(value);
}

function mustExist(corp: Corp | undefined): Corp {
  if (!corp) throw new ControlError('corpid', 'no such corp');
  return corp;
}
