import { Button, Chip, Group, NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconTableImport } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import type { Dataset, LedgerEntry, LedgerFate } from '../../../shared/contract/datasets.ts'
import { client, download } from '../../api/host.ts'
import { chooseFiles, useImportQueue } from '../../api/import-queue.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { GridView } from '../../components/grid/GridView.tsx'
import type { GridColumn } from '../../components/grid/grid-column.ts'
import { usePagedRows } from '../../components/grid/use-paged-rows.ts'
import { Bar, EmptyNote, Grow } from '../../components/Layout.tsx'
import { isKnownRule, ruleText } from '../../components/rule-text.ts'
import { SearchField } from '../../components/SearchField.tsx'
import { formatCount } from '../../format/quantities.ts'
import { type Language, type Translate, useT } from '../../i18n/translate.ts'
import { setParams, useRoute } from '../../route/use-route.ts'
import { SpreadGroups } from './SpreadGroups.tsx'

const LEDGER_FATES = ['altered', 'merged', 'rejected', 'ignored'] as const satisfies readonly LedgerFate[]

/** Every row that was not taken exactly as it stood, and why. */
export function DatasetLedger({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { params } = useRoute()
  const chosen = params.fate ?? ''
  const fates = useMemo(() => LEDGER_FATES.filter(fate => chosen.split(',').includes(fate)), [chosen])
  const { id } = dataset
  const rule = params.rule ?? ''
  const [search] = useDebouncedValue(params.q ?? '', 200)
  const kinds = useCall(signal => client.datasets.ledgerRules({ id }, { signal }), [id, dataset.state])
  const paged = usePagedRows<LedgerEntry>(
    async (offset, limit, signal) => {
      const { total, entries } = await client.datasets.ledger(
        { id, offset, limit, fates, rules: rule === '' ? [] : [rule], search },
        { signal },
      )
      return { total, rows: entries }
    },
    [id, fates, rule, search, dataset.state],
  )
  const columns = useMemo(() => ledgerColumns(t, language), [t, language])
  const save = useAction(() => download({ what: 'ledger', id }))
  const saveRejected = useAction(() => download({ what: 'rejected', id }))
  const correct = (): void =>
    chooseFiles(files => useImportQueue.getState().add(files, { id, name: dataset.name }), false)
  const isFiltered = fates.length > 0 || rule !== '' || search !== ''
  return (
    <>
      <Bar>
        <Chip.Group multiple value={fates} onChange={next => setParams({ fate: next.join(',') })}>
          <Group gap={6} role="group" aria-label={t('ledger.filter')}>
            {LEDGER_FATES.map(fate => (
              <Chip key={fate} value={fate} size="xs" variant="outline">
                {t(`fate.${fate}`)}
                {fate !== 'ignored' && ` ${formatCount(dataset.rows[fate], language)}`}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <NativeSelect
          aria-label={t('ledger.rule')}
          value={rule}
          onChange={event => setParams({ rule: event.currentTarget.value })}
          data={[
            { value: '', label: t('ledger.everyRule') },
            ...(kinds.data ?? []).map(kind => ({
              value: kind.rule,
              label: `${ruleText({ rule: kind.rule, message: kind.rule }, t)} (${formatCount(kind.count, language)})`,
            })),
          ]}
          maw={240}
        />
        <SearchField
          label={t('ledger.search')}
          value={params.q ?? ''}
          onChange={text => setParams({ q: text })}
          w={180}
        />
        <Grow />
        {dataset.rows.rejected > 0 && (
          <Button variant="default" loading={saveRejected.busy} onClick={() => saveRejected.run()}>
            {t('ledger.downloadRejected')}
          </Button>
        )}
        {dataset.state === 'ready' && (
          <Button variant="default" leftSection={<IconTableImport size={14} />} onClick={correct}>
            {t('ledger.reimport')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={save.busy}
          onClick={() => save.run()}
        >
          {t('ledger.download')}
        </Button>
      </Bar>
      {dataset.state === 'ready' && <SpreadGroups dataset={dataset} />}
      {save.error && <ErrorCard error={save.error} />}
      {saveRejected.error && <ErrorCard error={saveRejected.error} />}
      {paged.error && <ErrorCard error={paged.error} />}
      <GridView
        label={t('data.tab.ledger')}
        columns={columns}
        rowCount={paged.total}
        rowAt={paged.rowAt}
        order={null}
        onOrder={() => {}}
        onRange={paged.onRange}
        empty={
          <EmptyNote
            title={t(paged.starting ? 'common.loading' : isFiltered ? 'ledger.nothing' : 'ledger.empty')}
            {...(paged.starting || isFiltered ? {} : { text: t('ledger.emptyText') })}
          />
        }
      />
    </>
  )
}

function ledgerColumns(t: Translate, language: Language): GridColumn<LedgerEntry>[] {
  return [
    {
      id: 'line',
      header: t('data.line'),
      width: '72px',
      align: 'end',
      cell: entry => <span className="muted">{formatCount(entry.line, language)}</span>,
    },
    {
      id: 'fate',
      header: t('ledger.fate'),
      width: '96px',
      cell: entry => (
        <>
          <span
            style={{
              display: 'inline-block',
              width: 8,
              height: 8,
              borderRadius: 2,
              marginRight: 6,
              background: `var(--fate-${entry.fate})`,
            }}
            aria-hidden
          />
          {t(`fate.${entry.fate}`)}
        </>
      ),
    },
    {
      id: 'reason',
      header: t('ledger.reason'),
      width: 'minmax(200px, 3fr)',
      cell: entry => (
        <span title={entry.message}>
          {ruleText(entry, t)} <span className="muted">{isKnownRule(entry) && entry.message}</span>
        </span>
      ),
    },
    {
      id: 'column',
      header: t('ledger.column'),
      width: 'minmax(80px, 1fr)',
      showFrom: 560,
      cell: entry => entry.column ?? '–',
    },
    {
      id: 'raw',
      header: t('ledger.raw'),
      width: 'minmax(100px, 1.5fr)',
      showFrom: 420,
      cell: entry => (
        <span className="mono" title={entry.raw ?? ''}>
          {entry.raw ?? '–'}
        </span>
      ),
    },
  ]
}
