/** Rank metrics in O(n log n): ranks with ties, Kendall's tau-b, the concordance index. */
import { checkPairs, type Values } from './regression.ts'

/** Ranks from 1, ascending; equal values share the mean of the ranks they cover. */
export function averageRanks(values: Values): Float64Array {
  const order = ascendingOrder(values)
  const ranks = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}

/** Kendall's tau-b and the concordance index from one count of pairs. */
export function pairMetrics(measured: Values, predicted: Values) {
  const pairs = countPairs(measured, predicted)
  return { kendall: kendallOf(pairs), concordance: concordanceOf(pairs) }
}

/** Kendall's tau-b (Kendall 1945), which corrects for ties; Knight's merge-sort count (Knight 1966). */
export function kendall(measured: Values, predicted: Values): number | null {
  return kendallOf(countPairs(measured, predicted))
}

function kendallOf(pairs: PairCounts): number | null {
  const scale = Math.sqrt(pairs.total - pairs.tiedMeasured) * Math.sqrt(pairs.total - pairs.tiedPredicted)
  return scale === 0 ? null : (pairs.concordant - pairs.discordant) / scale
}

/**
 * Concordance index (Harrell et al. 1982): of the pairs whose measured values differ, the share that is predicted in the same
 * order, an equal prediction counting one half.
 */
export function concordanceIndex(measured: Values, predicted: Values): number | null {
  return concordanceOf(countPairs(measured, predicted))
}

function concordanceOf(pairs: PairCounts): number | null {
  const comparable = pairs.total - pairs.tiedMeasured
  if (comparable === 0) return null
  const tiedOnlyPredicted = pairs.tiedPredicted - pairs.tiedBoth
  return (pairs.concordant + tiedOnlyPredicted / 2) / comparable
}

interface PairCounts {
  total: number
  concordant: number
  discordant: number
  tiedMeasured: number
  tiedPredicted: number
  tiedBoth: number
}

function countPairs(measured: Values, predicted: Values): PairCounts {
  const n = checkPairs(measured, predicted)
  const order = Array.from({ length: n }, (_, i) => i)
  order.sort((a, b) => measured[a]! - measured[b]! || predicted[a]! - predicted[b]!)
  const byMeasured = Float64Array.from(order, i => predicted[i]!)
  const total = (n * (n - 1)) / 2
  const tiedMeasured = tiedPairs(n, (a, b) => measured[order[a]!] === measured[order[b]!])
  const tiedBoth = tiedPairs(
    n,
    (a, b) => measured[order[a]!] === measured[order[b]!] && byMeasured[a] === byMeasured[b],
  )
  // Sorting by the prediction exchanges exactly the discordant pairs: within a tie of the measured value it ascends already.
  const discordant = sortCountingExchanges(byMeasured)
  const tiedPredicted = tiedPairs(n, (a, b) => byMeasured[a] === byMeasured[b])
  const concordant = total - tiedMeasured - tiedPredicted + tiedBoth - discordant
  return { total, concordant, discordant, tiedMeasured, tiedPredicted, tiedBoth }
}

/** Pairs within runs of equal neighbours. */
function tiedPairs(n: number, isEqual: (a: number, b: number) => boolean): number {
  let pairs = 0
  let run = 1
  for (let i = 1; i <= n; i++) {
    if (i < n && isEqual(i - 1, i)) run++
    else {
      pairs += (run * (run - 1)) / 2
      run = 1
    }
  }
  return pairs
}

/** Bottom-up merge sort in place; returns the number of pairs that stood in descending order. */
function sortCountingExchanges(values: Float64Array): number {
  let from = values.slice()
  let to = new Float64Array(values.length)
  let exchanges = 0
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length)
      const end = Math.min(start + 2 * width, values.length)
      let left = start
      let right = middle
      for (let k = start; k < end; k++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[k] = from[left++]!
        else {
          exchanges += middle - left
          to[k] = from[right++]!
        }
      }
    }
    ;[from, to] = [to, from]
  }
  values.set(from)
  return exchanges
}

function ascendingOrder(values: Values): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
}
