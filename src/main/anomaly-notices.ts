/** Tells of what looks wrong in a run although the window is hidden; how often, the core decides. */
import { Notification } from 'electron'
import type { App } from '../core/create-app.ts'
import type { AnomalyRule } from '../shared/contract/anomalies.ts'

const TITLES: Readonly<Record<AnomalyRule, string>> = {
  notFinite: 'Not a number',
  spike: 'Spike in a curve',
  plateau: 'Training stands still',
  divergence: 'Overfitting',
  explodingGradient: 'Exploding gradient',
  vanishingGradient: 'Vanishing gradient',
  slowDown: 'Training has become slow',
}

/** Follows the runs until the application closes; a click on a notice shows the window. */
export async function noticeAnomalies(app: Pick<App, 'events'>, show: () => void): Promise<void> {
  for await (const event of app.events.subscribe()) {
    if (event.type !== 'anomaly.found' || !event.notify || !Notification.isSupported()) continue
    const { rule, metric, step } = event.anomaly
    const notice = new Notification({ title: TITLES[rule], body: `${metric}, step ${step}` })
    notice.on('click', show)
    notice.show()
  }
}
