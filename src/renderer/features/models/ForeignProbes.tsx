import type { ReactNode } from 'react'
import type { ForeignCard } from '../../../shared/contract/foreign.ts'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { formatPX, pXName } from '../../format/affinity.ts'
import { known, useT } from '../../i18n/translate.ts'
import classes from './models.module.css'

/** What a model that was just registered says of compounds that everybody knows: a wrong preset shows here first. */
export function ForeignProbes({ modelId }: { modelId: string }): ReactNode {
  const answer = useCall(signal => client.models.get({ id: modelId }, { signal }), [modelId])
  if (answer.error) return <ErrorCard error={answer.error} />
  const card = answer.data?.card
  return card?.format === 'bindery-foreign-1' ? <ProbeList card={card} /> : null
}

export function ProbeList({ card }: { card: ForeignCard }): ReactNode {
  const { t } = useT()
  const unit = pXName(card.endpoint)
  return (
    <>
      <p className="muted" style={{ margin: 0, maxWidth: '68ch' }}>
        {t('foreign.probesText')}
      </p>
      <div className={classes.probes}>
        {card.probes.map(({ name, smiles, pX }) => {
          const key = known(`probe.${name}`)
          return (
            <figure key={name} className={classes.probe}>
              <Depiction smiles={smiles} width={130} height={84} />
              <figcaption>
                {key === null ? name : t(key)} <strong>{pX === null ? '–' : `${formatPX(pX)} ${unit}`}</strong>
              </figcaption>
            </figure>
          )
        })}
      </div>
      {card.doubts.map(doubt => (
        <p key={doubt} className={classes.doubt}>
          {t(`foreign.doubt.${doubt}`)}
        </p>
      ))}
    </>
  )
}
