globalThis.aRuns = (globalThis.aRuns ?? 0) + 1; export const runs = globalThis.aRuns; export const name = "a";
