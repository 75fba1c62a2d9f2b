/**
 * Why a job changed its state. A cause is written down in English with the change, as command line and logs show it; the interface
 * reads it back and says it in the user's language. A failure has the message of its error as its cause, which is no phrase of these.
 */
const PHRASES = {
  submitted: 'submitted',
  place: 'a place in lane {{lane}} was free',
  began: 'the work began',
  done: 'the work is done',
  cancelled: 'cancelled',
  notRunning: 'it was not running',
  gone: 'the processes of the job are gone',
  paused: 'paused',
  stopped: 'the run stopped as asked',
  resumed: 'resumed',
  again: 'begun again',
  outside: 'something outside Bindery ended it',
  closed: 'the application was closed',
  lost: 'its process was gone when Bindery started',
  retry: 'attempt {{attempt}} follows in {{seconds}} s',
  anomaly: '{{rule}} in {{metric}} at step {{step}}',
} as const

export type CauseName = keyof typeof PHRASES

type Blanks<Phrase extends string> = Phrase extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | Blanks<Rest>
  : never
type Values<Name extends CauseName> = Readonly<Record<Blanks<(typeof PHRASES)[Name]>, string | number>>

/** The words of a cause, its blanks filled in. */
export function jobCause<Name extends CauseName>(
  name: Name,
  ...[values]: [Blanks<(typeof PHRASES)[Name]>] extends [never] ? [] : [Values<Name>]
): string {
  return PHRASES[name].replaceAll(/\{\{(\w+)\}\}/g, (_, blank: string) =>
    String((values as Readonly<Record<string, string | number>>)[blank]),
  )
}

const PATTERNS = Object.entries(PHRASES).map(([name, phrase]) => ({
  name: name as CauseName,
  pattern: new RegExp(`^${phrase.replaceAll(/\{\{(\w+)\}\}/g, '(?<$1>.+)')}$`),
}))

/** Which cause these words are, and what fills its blanks; `null` for any other text. */
export function readCause(text: string): { name: CauseName; values: Readonly<Record<string, string>> } | null {
  for (const { name, pattern } of PATTERNS) {
    const match = pattern.exec(text)
    if (match) return { name, values: { ...match.groups } }
  }
  return null
}
