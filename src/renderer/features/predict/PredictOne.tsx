import { Button, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { client } from '../../api/host.ts'
import { useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, Scroll } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { Answer } from './Answer.tsx'
import classes from './predict.module.css'
import { PredictPanes, type PredictView } from './predict-view.tsx'

/** One compound: drawn while it is typed, answered on Ctrl+Enter. The question is in the address, so that it can be kept. */
export function PredictOne({ model, head }: PredictView): ReactNode {
  const { t } = useT()
  const asked = useRoute().params.smiles ?? ''
  const [draft, setDraft] = useState(asked)
  const smiles = draft.trim()
  const [settled] = useDebouncedValue(smiles, 200)
  const check = useCall(settled === '' ? null : signal => client.chemistry.check({ smiles: settled }, { signal }), [
    settled,
  ])
  const answer = useCall(
    asked === '' ? null : signal => client.predictions.predict({ modelId: model.id, smiles: [asked] }, { signal }),
    [model.id, asked],
  )
  const predict = (): void => {
    if (smiles === '') return
    if (smiles === asked) answer.reload()
    else setParams({ smiles }, false)
  }
  const refused = settled !== '' && check.data?.ok === false ? check.data.reason : null
  const item = answer.data?.[0]

  return (
    <PredictPanes
      input={
        <>
          {head}
          <Textarea
            label="SMILES"
            placeholder="CC(=O)Nc1ccc(O)cc1"
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            value={draft}
            error={refused}
            onChange={event => setDraft(event.currentTarget.value)}
            onKeyDown={event => {
              if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey) return
              event.preventDefault()
              predict()
            }}
          />
          <div className={classes.sketch}>
            {settled === '' ? (
              <Text c="dimmed" fz="xs">
                {t('predict.drawnHere')}
              </Text>
            ) : (
              <Depiction smiles={settled} width={330} height={212} />
            )}
          </div>
          <Button
            data-default-action
            leftSection={<IconTargetArrow size={14} />}
            disabled={smiles === '' || refused !== null}
            loading={answer.loading && asked !== ''}
            onClick={predict}
          >
            {t('predict.predict')}
          </Button>
        </>
      }
      answer={
        answer.error ? (
          <Scroll>
            <ErrorCard error={answer.error} onRetry={answer.reload} />
          </Scroll>
        ) : item?.ok === false ? (
          <Scroll>
            <ErrorCard error={item.error} />
          </Scroll>
        ) : item ? (
          <Scroll label={t('predict.answer')}>
            <Answer prediction={item.prediction} model={model} />
          </Scroll>
        ) : (
          <EmptyNote icon={<IconTargetArrow size={28} />} title={t('predict.ask')} text={t('predict.askText')} />
        )
      }
    />
  )
}
