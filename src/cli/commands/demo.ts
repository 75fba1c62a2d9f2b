/** `demo`: the simulated example, from import to prediction, judged. */
import { runDemo } from '../../core/demo/run-demo.ts'
import { type CommandContext, withSession } from '../session.ts'

/** Answers whether the model met the demo's claims. */
export async function demo(context: CommandContext): Promise<boolean> {
  return withSession(context, async ({ client, terminal }) => {
    const lines: string[] = []
    const print = (line: string): void => {
      if (terminal.json) terminal.note(line)
      else terminal.result({}, [line])
      lines.push(line)
    }
    const outcome = await runDemo({ client, print, progress: terminal.progress })
    if (terminal.json) terminal.result({ passed: outcome.passed, model: { id: outcome.modelId }, report: lines }, [])
    return outcome.passed
  })
}
