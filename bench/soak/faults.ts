import type { SoakReport } from './run-soak.ts'

/** What a soak found that must not be, in words; empty where all is well. */
export function faultsOf({ unended, orphans, openFiles, hostEndedByItself, metrics, failures }: SoakReport): string[] {
  return [
    // A killed trainer is the only thing that may fail a job here.
    ...Object.keys(failures)
      .filter(code => code !== 'ERR_9001')
      .map(code => `failed with ${code}`),
    ...unended.map(job => `did not end: ${job}`),
    ...orphans.map(process => `left behind: ${process}`),
    ...openFiles.map(file => `still open: ${file}`),
    ...(hostEndedByItself ? [] : ['the closed host did not end by itself']),
    ...metrics.differences.map(difference => `store and file differ: ${difference}`),
  ]
}
