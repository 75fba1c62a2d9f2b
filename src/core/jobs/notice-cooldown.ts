/** How often people are told of the same thing: at most once in a while, sooner where it is serious. Pure but for the clock. */
import type { Anomaly } from '../../shared/contract/anomalies.ts'

export const COOLDOWN_MS: Readonly<Record<Anomaly['severity'], number>> = { warning: 300_000, critical: 60_000 }

/** Answers whether people should be told of it now. */
export function createCooldown(now: () => number = Date.now) {
  const told = new Map<string, number>()
  return (jobId: string, { rule, severity }: Pick<Anomaly, 'rule' | 'severity'>): boolean => {
    const key = `${jobId} ${rule} ${severity}`
    const before = told.get(key)
    if (before !== undefined && now() - before < COOLDOWN_MS[severity]) return false
    told.set(key, now())
    return true
  }
}
