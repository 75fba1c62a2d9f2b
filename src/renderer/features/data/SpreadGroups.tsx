import { Button, Group, Modal } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Dataset, SpreadGroup } from '../../../shared/contract/datasets.ts'
import { client } from '../../api/host.ts'
import { useAction, useCall } from '../../api/use-call.ts'
import { Depiction } from '../../components/Depiction.tsx'
import { ErrorCard } from '../../components/ErrorCard.tsx'
import { ScrollRegion } from '../../components/Layout.tsx'
import { formatPX } from '../../format/affinity.ts'
import { formatCount } from '../../format/quantities.ts'
import { useT } from '../../i18n/translate.ts'
import { navigate } from '../../route/use-route.ts'
import classes from './import.module.css'

const SHOWN = 100

/** Structures whose measurements disagree by more than 1 log unit: said, listed, and dropped into a new version with one click. */
export function SpreadGroups({ dataset }: { dataset: Dataset }): ReactNode {
  const { t, language } = useT()
  const { id } = dataset
  const [listed, setListed] = useState(false)
  const isFlagged = Number(dataset.summary?.groupsSpreadOver1Log ?? 0) > 0
  const found = useCall(isFlagged ? signal => client.datasets.spreadGroups({ id }, { signal }) : null, [id, isFlagged])
  const groups = found.data ?? []
  const drop = useAction(async () => {
    const rows = groups.flatMap(group => group.rows)
    const next = await client.versions.edit({ id, drop: rows, note: t('ledger.spread.note') })
    setListed(false)
    navigate({ page: 'data', id: next.id })
  })
  if (groups.length === 0) return found.error ? <ErrorCard error={found.error} /> : null
  return (
    <>
      <Group gap={8} className={classes.flag}>
        <IconAlertTriangle size={16} color="var(--state-warn)" aria-hidden />
        <span style={{ flex: 1 }}>
          {t('ledger.spread', { count: groups.length, n: formatCount(groups.length, language) })}
        </span>
        <Button size="compact-sm" variant="default" onClick={() => setListed(true)}>
          {t('ledger.spread.list')}
        </Button>
        <Button size="compact-sm" loading={drop.busy} onClick={() => drop.run()}>
          {t('ledger.spread.drop')}
        </Button>
      </Group>
      {drop.error && <ErrorCard error={drop.error} />}
      <Modal opened={listed} onClose={() => setListed(false)} size="lg" title={t('ledger.spread.title')}>
        <GroupList groups={groups.slice(0, SHOWN)} />
        {groups.length > SHOWN && <p className="muted">{t('ledger.spread.more', { count: groups.length - SHOWN })}</p>}
      </Modal>
    </>
  )
}

function GroupList({ groups }: { groups: readonly SpreadGroup[] }): ReactNode {
  const { t, language } = useT()
  return (
    <ScrollRegion className={classes.wrap} label={t('ledger.spread.title')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('data.structure')}</th>
            <th scope="col">{t('role.id')}</th>
            <th scope="col">{t('ledger.spread.records')}</th>
            <th scope="col">{t('ledger.spread.range')}</th>
            <th scope="col">{t('ledger.spread.apart')}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(group => (
            <tr key={group.line}>
              <td>
                <Depiction smiles={group.smiles} width={84} height={52} />
              </td>
              <td>{group.id ?? t('ledger.spread.line', { line: formatCount(group.line, language) })}</td>
              <td>{formatCount(group.records, language)}</td>
              <td>
                {formatPX(group.lowest)} – {formatPX(group.highest)}
              </td>
              <td>{formatPX(group.highest - group.lowest)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
