/**
 * Names for narrow columns: without the leading words that all of them share, so that what differs is not what is cut. Whole where
 * nothing would be left of one.
 */
export function shortNames(names: readonly string[]): string[] {
  const words = names.map(name => name.split(' '))
  const [first = []] = words
  let shared = 0
  while (shared < first.length && words.every(each => each[shared] === first[shared])) shared++
  if (words.length < 2 || words.some(each => each.length <= shared)) return [...names]
  return words.map(each => each.slice(shared).join(' '))
}
