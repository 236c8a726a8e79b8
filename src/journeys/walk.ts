import type { EnqueueBatch } from '../channels/index.ts';
import type { SendNode } from './graph.ts';
import { otherwise, waitMs } from './graph.ts';
import { type Plan, splitBranch } from './plan.ts';
import type { AudiencePort } from './ports.ts';
import { Way } from './way.ts';

/** One person's way through a journey, at the moment it is moved. */
export interface Pass {
  no: number;
  personNo: number;
  node: string;
  branch: string | null;
}

/** Where a pass stands when no more can be done at once. */
export interface Stand extends Pass {
  /** When it moves on; null: it has left. */
  dueAt: Date | null;
  reason: string | null;
  /** What it did to get there. */
  way: Way;
}

export interface Walked {
  stands: Stand[];
  sends: { node: SendNode; items: EnqueueBatch['items'] }[];
}

interface Walker {
  readonly no: number;
  readonly personNo: number;
  branch: string | null;
  way: Way;
}

/**
 * Moves a whole set of people from where they stand (an entry, or a wait that is over) through all that takes no time, until everyone waits
 * or has left. A branch asks all its rules once for all who reach it. Nothing is written here. `begin`: what they did before, at the same moment.
 */
export async function walk(
  audience: AudiencePort,
  workspaceNo: number,
  plan: Plan,
  passes: readonly Pass[],
  now: Date,
  begin = new Way(),
): Promise<Walked> {
  const out: Walked = { stands: [], sends: [] };
  const arriving = new Map<string, Walker[]>();
  const stand = (pass: Walker, node: string, dueAt: Date | null, reason: string | null): void => {
    out.stands.push({ no: pass.no, personNo: pass.personNo, node, branch: pass.branch, dueAt, reason, way: pass.way });
  };
  const leave = (pass: Walker, from: string, branch?: string): void => {
    const to = plan.next(from, branch);
    if (to === undefined) {
      pass.way = pass.way.and({ node: from, kind: 'leave', reason: 'completed' });
      stand(pass, from, null, 'completed');
      return;
    }
    const there = arriving.get(to);
    if (there) there.push(pass);
    else arriving.set(to, [pass]);
  };
  for (const { no, personNo, node, branch } of passes) leave({ no, personNo, branch, way: begin }, node);
  for (const node of plan.order) {
    const here = arriving.get(node.id);
    if (!here) continue;
    const arrive = (pass: Walker): void => {
      pass.way = pass.way.and({ node: node.id, kind: 'arrive' });
    };
    const take = (pass: Walker, branch: string): void => {
      pass.way = pass.way.and({ node: node.id, kind: 'branch', branch });
      pass.branch = branch;
      leave(pass, node.id, branch);
    };
    switch (node.type) {
      case 'wait': {
        const dueAt = new Date(now.getTime() + waitMs(node));
        for (const pass of here) {
          arrive(pass);
          stand(pass, node.id, dueAt, null);
        }
        break;
      }
      case 'branch': {
        const people = [...new Set(here.map((p) => p.personNo))];
        const holds = await audience.which(
          workspaceNo,
          node.branches.map((b) => b.rule),
          people,
        );
        // Of several that hold, the first counts.
        for (const pass of here) take(pass, node.branches[holds.get(pass.personNo)?.indexOf(true) ?? -1]?.key ?? otherwise);
        break;
      }
      case 'split':
        for (const pass of here) take(pass, splitBranch(`${plan.journeyId}:${node.id}`, pass.personNo, node.branches));
        break;
      case 'send':
        out.sends.push({
          node,
          items: here.map((p) => ({ personNo: p.personNo, passNo: p.no, branch: p.branch })),
        });
        for (const pass of here) {
          arrive(pass);
          leave(pass, node.id);
        }
        break;
      case 'exit':
        for (const pass of here) {
          pass.way = pass.way.and({ node: node.id, kind: 'exit', reason: 'completed' });
          stand(pass, node.id, null, 'completed');
        }
        break;
      default:
        for (const pass of here) {
          arrive(pass);
          leave(pass, node.id);
        }
    }
  }
  return out;
}
