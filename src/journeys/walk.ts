import type { EnqueueBatch } from '../channels/index.ts';
import type { SendNode } from './graph.ts';
import { otherwise, waitMs } from './graph.ts';
import { type Plan, splitBranch } from './plan.ts';
import type { AudiencePort } from './ports.ts';

/** One person's way through a journey, at the moment it is moved. */
export interface Pass {
  no: number;
  personNo: number;
  node: string;
  branch: string | null;
}

export interface Stand extends Pass {
  /** When it moves on; null: it has left. */
  dueAt: Date | null;
  reason: string | null;
}

export interface Step {
  passNo: number;
  node: string;
  kind: 'arrive' | 'branch' | 'exit' | 'leave';
  branch: string | null;
  reason: string | null;
}

export interface Walked {
  stands: Stand[];
  steps: Step[];
  sends: { node: SendNode; items: EnqueueBatch['items'] }[];
}

/**
 * Moves a whole set of people from where they stand (an entry, or a wait that is over) through all that takes no time, until everyone waits
 * or has left. A branch asks all its rules once for all who reach it. Nothing is written here.
 */
export async function walk(audience: AudiencePort, workspaceNo: number, plan: Plan, passes: readonly Pass[], now: Date): Promise<Walked> {
  const out: Walked = { stands: [], steps: [], sends: [] };
  const arriving = new Map<string, Pass[]>();
  const leave = (pass: Pass, from: string, branch?: string): void => {
    const to = plan.next(from, branch);
    if (to === undefined) {
      out.steps.push({ passNo: pass.no, node: from, kind: 'leave', branch: null, reason: 'completed' });
      out.stands.push({ ...pass, node: from, dueAt: null, reason: 'completed' });
      return;
    }
    const there = arriving.get(to);
    if (there) there.push(pass);
    else arriving.set(to, [pass]);
  };
  for (const pass of passes) leave(pass, pass.node);
  for (const node of plan.order) {
    const here = arriving.get(node.id);
    if (!here) continue;
    const arrive = (pass: Pass): void => {
      out.steps.push({ passNo: pass.no, node: node.id, kind: 'arrive', branch: null, reason: null });
    };
    const take = (pass: Pass, branch: string): void => {
      out.steps.push({ passNo: pass.no, node: node.id, kind: 'branch', branch, reason: null });
      leave({ ...pass, branch }, node.id, branch);
    };
    switch (node.type) {
      case 'wait': {
        const dueAt = new Date(now.getTime() + waitMs(node));
        for (const pass of here) {
          arrive(pass);
          out.stands.push({ ...pass, node: node.id, dueAt, reason: null });
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
          // A pass belongs to one person, version and entry and reaches a node once: so does its message.
          items: here.map((p) => ({
            personNo: p.personNo,
            key: `${plan.version}:${node.id}:${p.no}`,
            passNo: p.no,
            branch: p.branch,
          })),
        });
        for (const pass of here) {
          arrive(pass);
          leave(pass, node.id);
        }
        break;
      case 'exit':
        for (const pass of here) {
          out.steps.push({ passNo: pass.no, node: node.id, kind: 'exit', branch: null, reason: 'completed' });
          out.stands.push({ ...pass, node: node.id, dueAt: null, reason: 'completed' });
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
