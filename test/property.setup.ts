import fc from 'fast-check';

// The same cases in every run, so that a failure is the change's own; FC_SEED explores others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 7100) });
