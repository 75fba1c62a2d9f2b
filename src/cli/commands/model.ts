/** `model ACTION MODEL`: what can be done with a version of a model. */
import type { BinderyClient } from '../../shared/contract/index.ts'
import type { Model } from '../../shared/contract/models.ts'
import { findByNameOrId } from '../find.ts'
import { formatTime } from '../format.ts'
import { type CommandContext, withSession } from '../session.ts'

export type ModelAction = 'current' | 'rollback' | 'activate' | 'archive' | 'verify' | 'delete' | 'restore' | 'log'

type Changing = Exclude<ModelAction, 'log' | 'delete'>

const CHANGES: { readonly [A in Changing]: (client: BinderyClient, id: string) => Promise<Model> } = {
  current: (client, id) => client.registry.makeCurrent({ id }),
  rollback: (client, id) => client.registry.rollBack({ id }),
  activate: (client, id) => client.registry.activate({ id }),
  archive: (client, id) => client.registry.archive({ id }),
  verify: (client, id) => client.registry.verify({ id }),
  restore: (client, id) => client.registry.restore({ id }),
}

export async function changeModel(action: ModelAction, wanted: string, context: CommandContext): Promise<void> {
  await withSession(context, async ({ client, terminal }) => {
    const models = action === 'restore' ? await client.registry.trash() : await client.models.list()
    // In the trash none is current: a name means whichever has it.
    const candidates = action === 'restore' ? models.map(({ id, name }) => ({ id, name })) : models
    const { id } = findByNameOrId(candidates, wanted, 'ERR_3003')
    if (action === 'log') {
      const log = await client.registry.log({ id })
      const lines = log.map(({ at, actor, action: what, detail }) =>
        [formatTime(at), what, actor, ...Object.entries(detail).map(([name, value]) => `${name} ${value}`)].join('  '),
      )
      terminal.result({ model: { id }, log }, lines)
    } else if (action === 'delete') {
      await client.models.remove({ id })
      terminal.result({ model: { id } }, [`${id} is in the trash for 30 days: "model restore ${id}" takes it out`])
    } else {
      const model = await CHANGES[action](client, id)
      const current = model.isCurrent ? ', current' : ''
      terminal.result({ model }, [`${model.id}  ${model.name}  version ${model.version}, ${model.state}${current}`])
    }
  })
}
