/** Child entry: answers one probe request and ends. */
import { createChildChannel } from './child-channel.ts'
import { type ProbeAnswer, type ProbeRequest, runProbe } from './provider-probe.ts'

const channel = createChildChannel<ProbeRequest, ProbeAnswer>()
channel.onMessage(request => void answer(request))
channel.onDisconnect(() => process.exit(0)) // between runs or not: nothing here is worth keeping

async function answer(request: ProbeRequest): Promise<void> {
  try {
    channel.send({ measurement: await runProbe(request) })
  } catch (error) {
    channel.send({ failure: error instanceof Error ? error.message : String(error) })
  }
}
