import { Button, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPencil, IconPhoto, IconTargetArrow } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { EmptyNote, Scroll } from '../../components/Layout.tsx'
import { useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { Answer } from './Answer.tsx'
import { FileDrop } from './FileDrop.tsx'
import classes from './predict.module.css'
import { PredictPanes, type PredictView } from './predict-view.tsx'
import { Sketcher } from './Sketcher.tsx'
import { linesOf } from './start-table.ts'
import { useTableStart } from './use-table-start.ts'

/** One compound: drawn or typed, answered on Enter. The question is in the address, so that it can be kept. */
export function PredictOne(view: PredictView): ReactNode {
  const { model, head, fallback } = view
  const { t } = useT()
  const asked = useRoute().params.smiles ?? ''
  const [draft, setDraft] = useState(asked)
  const [seen, setSeen] = useState(asked)
  const [sketching, setSketching] = useState(false)
  const table = useTableStart(view)
  const smiles = draft.trim()
  const [settled] = useDebouncedValue(smiles, 200)
  // An analogue that was opened, or a step back, changes the question from outside.
  if (asked !== seen) {
    setSeen(asked)
    setDraft(asked)
  }
  const check = useCall(settled === '' ? null : signal => client.chemistry.check({ smiles: settled }, { signal }), [
    settled,
  ])
  const answer = useCall(
    asked === ''
      ? null
      : signal => client.predictions.predict({ modelId: model.id, smiles: [asked], fallback }, { signal }),
    [model.id, asked, fallback.join()],
  )
  const predict = (text = smiles): void => {
    if (text === '') return
    if (text === asked) answer.reload()
    else setParams({ smiles: text }, false)
  }
  const list = useAction(() => table.ofLines(linesOf(draft)))
  const isList = linesOf(draft).length > 1
  const refused = !isList && settled !== '' && check.data?.ok === false ? check.data.reason : null
  const item = asked === '' ? undefined : answer.data?.[0]

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
              if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || isList) return
              event.preventDefault()
              predict()
            }}
          />
          {!isList &&
            (sketching ? (
              <Sketcher smiles={refused === null ? settled : ''} onDraw={setDraft} />
            ) : (
              <div className={classes.sketch}>
                {settled === '' ? (
                  <Text c="dimmed" fz="xs">
                    {t('predict.drawnHere')}
                  </Text>
                ) : (
                  <Depiction smiles={settled} width={330} height={212} />
                )}
              </div>
            ))}
          {!isList && (
            <Button
              variant="default"
              leftSection={sketching ? <IconPhoto size={14} /> : <IconPencil size={14} />}
              aria-pressed={sketching}
              onClick={() => setSketching(!sketching)}
            >
              {t(sketching ? 'predict.sketchDone' : 'predict.sketch')}
            </Button>
          )}
          {isList ? (
            <Button
              data-default-action
              leftSection={<IconTargetArrow size={14} />}
              loading={list.busy}
              onClick={() => list.run()}
            >
              {t('predict.predictList', { count: linesOf(draft).length })}
            </Button>
          ) : (
            <Button
              data-default-action
              leftSection={<IconTargetArrow size={14} />}
              disabled={smiles === '' || refused !== null}
              loading={answer.loading && asked !== ''}
              onClick={() => predict()}
            >
              {t('predict.predict')}
            </Button>
          )}
          {list.error && <ErrorCard error={list.error} />}
          <FileDrop start={table} compact />
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
            <Answer prediction={item.prediction} model={model} fallback={fallback} />
          </Scroll>
        ) : (
          <EmptyNote icon={<IconTargetArrow size={28} />} title={t('predict.ask')} text={t('predict.askText')} />
        )
      }
    />
  )
}
